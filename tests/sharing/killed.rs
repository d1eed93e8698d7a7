//! Processes killed in the middle of it.

use super::crowd;
use manyhands::{Process, Queue};
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Whoever is killed, wherever: the others go on, and every message that
/// arrives is whole.
#[test]
async fn kills_leave_the_queue_whole() {
    crowd().await;
    fn produce(queue: Queue<Vec<u32>>) {
        for number in 0..=u32::MAX {
            queue.put(&vec![number; (number % 700) as usize]).unwrap();
        }
    }
    fn consume(queue: Queue<Vec<u32>>) {
        loop {
            queue.get().unwrap();
        }
    }
    fn program() -> u32 {
        let queue = Queue::new(50).unwrap();
        let mut received = 0;
        for round in 0..12 {
            let producer = Process::spawn(produce, queue.clone()).unwrap();
            let consumer = Process::spawn(consume, queue.clone()).unwrap();
            // It runs for as long as this takes, which is never the same.
            for _ in 0..(round * 37) {
                let got = queue.get().unwrap();
                assert!(got.iter().all(|number| *number % 700 == got.len() as u32));
                received += 1;
            }
            producer.kill().unwrap();
            consumer.kill().unwrap();
            assert!(producer.join().is_err());
            assert!(consumer.join().is_err());
            while let Ok(got) = queue.try_get() {
                assert!(got.iter().all(|number| *number % 700 == got.len() as u32));
            }
            assert_eq!(queue.qsize(), 0);
        }
        received
    }
    assert!(super::there(program, ()).await > 0);
}
