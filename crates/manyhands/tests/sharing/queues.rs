//! Queues.

use super::{prewarm_workers, run_in_process};
use manyhands::{Error, JoinableQueue, Process, Queue, SimpleQueue, StartMethod};
use std::{collections::BTreeMap, time::Duration};
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
async fn a_queue_is_bounded_by_items() {
    crate::setup();
    let queue = Queue::new(2).unwrap();
    assert!(queue.is_empty());
    queue.try_put(&1u32).unwrap();
    queue.try_put(&2).unwrap();
    assert!(queue.is_full());
    assert_eq!(queue.try_put(&3), Err(Error::Full));
    assert_eq!(queue.qsize(), 2);
    assert_eq!(queue.try_get(), Ok(1));
    assert_eq!(queue.try_get(), Ok(2));
    assert_eq!(queue.try_get(), Err(Error::Empty));
    queue.close();
    assert_eq!(
        queue.try_get(),
        Err(Error::ValueError("Queue is closed".into()))
    );
}

#[test]
async fn put_and_get_time_out() {
    fn program() {
        let queue = Queue::new(1).unwrap();
        let soon = Duration::from_millis(5);
        assert_eq!(queue.get_timeout(soon), Err(Error::Empty));
        queue.put(&1u8).unwrap();
        assert_eq!(queue.put_timeout(&2, soon), Err(Error::Full));
        assert_eq!(queue.get_timeout(soon), Ok(1));
    }
    run_in_process(program, ()).await;
}

const EACH: u32 = if cfg!(debug_assertions) {
    2_000
} else {
    100_000
};

/// No item is lost or duplicated, and the order of each producer is kept.
#[test]
async fn many_producers_and_consumers_lose_nothing() {
    prewarm_workers().await;
    fn produce(queue: Queue<(u32, u32)>, name: u32) {
        for number in 0..EACH {
            queue.put(&(name, number)).unwrap();
        }
    }
    fn consume(queue: Queue<(u32, u32)>) -> Vec<(u32, u32)> {
        let mut got = Vec::new();
        loop {
            let item = queue.get().unwrap();
            if item.0 == u32::MAX {
                return got;
            }
            got.push(item);
        }
    }
    fn program() {
        for bound in [0, 10] {
            let queue = Queue::new(bound).unwrap();
            let start = || Process::builder().start_method(StartMethod::Forkserver);
            let consumers: Vec<_> = (0..4)
                .map(|_| start().spawn(consume, queue.clone()).unwrap())
                .collect();
            let producers: Vec<_> = (0..4)
                .map(|name| start().spawn(produce, (queue.clone(), name)).unwrap())
                .collect();
            for producer in producers {
                producer.join().unwrap();
            }
            for _ in 0..4 {
                queue.put(&(u32::MAX, 0)).unwrap();
            }
            let mut seen: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
            for consumer in consumers {
                let got = consumer.join().unwrap();
                for name in 0..4 {
                    let of_one: Vec<u32> = got
                        .iter()
                        .filter(|item| item.0 == name)
                        .map(|item| item.1)
                        .collect();
                    assert!(of_one.is_sorted(), "producer {name}'s order was not kept");
                    seen.entry(name).or_default().extend(of_one);
                }
            }
            for numbers in seen.values_mut() {
                numbers.sort_unstable();
                assert!(numbers.iter().copied().eq(0..EACH), "lost or doubled");
            }
        }
    }
    run_in_process(program, ()).await;
}

#[test]
async fn a_process_can_end_before_its_queue_is_read() {
    crate::setup();
    let queue = Queue::new(0).unwrap();
    let process = Process::spawn(
        |queue: Queue<Vec<u8>>| {
            for length in 0..200 {
                queue.put(&vec![length as u8; length * 100]).unwrap();
            }
        },
        queue.clone(),
    );
    process.unwrap().join_async().await.unwrap();
    assert_eq!(queue.qsize(), 200);
    for length in 0..200 {
        assert_eq!(
            queue.get_async().await.unwrap(),
            vec![length as u8; length * 100]
        );
    }
}

#[test]
async fn a_joinable_queue_counts_tasks() {
    crate::setup();
    let queue = JoinableQueue::new(0).unwrap();
    for number in 0..10u32 {
        queue.put(&number).unwrap();
    }
    let work = |queue: JoinableQueue<u32>| {
        for _ in 0..10 {
            queue.get().unwrap();
            queue.task_done().unwrap();
        }
        queue.task_done().unwrap_err().to_string()
    };
    let process = Process::spawn(work, queue.clone()).unwrap();
    queue.join_async().await;
    let text = process.join_async().await.unwrap();
    assert_eq!(text, "task_done() called too many times");
}

#[test]
async fn a_simple_queue_waits_while_its_pipe_is_full() {
    fn program() {
        let queue = SimpleQueue::new().unwrap();
        let process = Process::spawn(
            |queue: SimpleQueue<Vec<u8>>| {
                for _ in 0..10 {
                    queue.put(&vec![1; 60_000]).unwrap();
                }
            },
            queue.clone(),
        );
        for _ in 0..10 {
            assert_eq!(queue.get().unwrap().len(), 60_000);
        }
        process.unwrap().join().unwrap();
        assert!(queue.is_empty());
    }
    run_in_process(program, ()).await;
}

#[test]
async fn a_queue_travels_through_a_queue_and_nothing_is_left_behind() {
    crate::setup();
    let warm_up = Queue::<u32>::new(0).unwrap();
    drop(warm_up);
    let before = manyhands::diagnostics().arena_bytes_used;
    for _ in 0..50 {
        let outer = Queue::new(0).unwrap();
        let inner = Queue::new(0).unwrap();
        inner.try_put(&7u32).unwrap();
        outer.try_put(&inner).unwrap();
        drop(inner);
        let inner: Queue<u32> = outer.try_get().unwrap();
        assert_eq!(inner.try_get(), Ok(7));
        // This also tests a queue in a message that is never received.
        outer.try_put(&inner).unwrap();
    }
    assert_eq!(manyhands::diagnostics().arena_bytes_used, before);
}

/// Queues are iterators that wait for the next item, until somebody leaves the loop or
/// closes the handle.
#[test]
async fn queues_are_iterators() {
    fn program() -> [Vec<u32>; 3] {
        let put = |to: &Queue<u32>| (0..5).for_each(|number| to.put(&number).unwrap());
        let queue = Queue::new(0).unwrap();
        put(&queue);
        let mut taken = Vec::new();
        for number in &queue {
            taken.push(number.unwrap());
            if taken.len() == 3 {
                queue.close();
            }
        }
        let joinable = JoinableQueue::new(0).unwrap();
        (0..5).for_each(|number| joinable.put(&number).unwrap());
        let all = (&joinable).into_iter().take(5).map(Result::unwrap);
        let joinable_items = all.collect();
        let simple = SimpleQueue::new().unwrap();
        (0..5).for_each(|number| simple.put(&number).unwrap());
        let simple_items = simple.into_iter().take(5).map(Result::unwrap).collect();
        [taken, joinable_items, simple_items]
    }
    let all = vec![0, 1, 2, 3, 4];
    let taken = run_in_process(program, ()).await;
    assert_eq!(taken, [vec![0, 1, 2], all.clone(), all]);
    // On the page it ends with the error.
    let queue = Queue::<u32>::new(0).unwrap();
    let items: Vec<_> = queue.into_iter().collect();
    assert!(
        matches!(&items[..], [Err(manyhands::Error::BlockingOnPage { .. })]),
        "{items:?}"
    );
}
