//! Pipes.

use super::run_in_process;
use manyhands::{
    Connection, Error, Process, Queue,
    connection::{wait, wait_async},
    one_way_pipe, pipe,
};
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test as test;

fn echo(end: Connection) {
    while let Ok(bytes) = end.recv_bytes() {
        end.send_bytes(&bytes).unwrap();
    }
}

#[test]
async fn every_size_comes_back_whole() {
    fn program() {
        let (here, there) = pipe().unwrap();
        let process = Process::spawn(echo, there).unwrap();
        let edges = [
            0, 1, 15, 16, 17, 4047, 4048, 4049, 4064, 65_503, 65_504, 65_505,
        ];
        let large = [1 << 20, (1 << 20) + 1, 3 << 20];
        for size in edges.into_iter().chain(large) {
            let sent: Vec<u8> = (0..size).map(|index| (index % 251) as u8).collect();
            here.send_bytes(&sent).unwrap();
            assert!(here.recv_bytes().unwrap() == sent, "{size} bytes");
        }
        drop(here);
        process.join().unwrap();
    }
    run_in_process(program, ()).await;
}

#[test]
async fn a_closed_end_is_eof_there_and_a_broken_pipe_here() {
    fn program() {
        let (here, there) = pipe().unwrap();
        let process = Process::spawn(
            |end: Connection| {
                end.send(&1u32).unwrap();
                end.send(&2u32).unwrap();
            },
            there,
        );
        process.unwrap().join().unwrap();
        assert_eq!(here.recv(), Ok(1u32));
        assert_eq!(here.recv(), Ok(2u32));
        assert!(here.poll(Duration::from_secs(60)).unwrap());
        assert_eq!(here.recv::<u32>(), Err(Error::EOFError));
        assert_eq!(here.send(&3u32), Err(Error::BrokenPipeError));
    }
    run_in_process(program, ()).await;
}

/// As in Python, where one connection can be an argument of several processes.
#[test]
async fn clones_of_an_end_are_one_end_until_the_last_is_gone() {
    fn sends(to: Connection, number: u32) {
        (0..50).for_each(|_| to.send(&number).unwrap());
    }
    fn program() {
        let (from, to) = one_way_pipe(1 << 12).unwrap();
        let numbers = [1, 2, 3u32];
        let start = |number| Process::spawn(sends, (to.clone(), number)).unwrap();
        let processes = numbers.map(start);
        drop(to);
        let received = std::iter::from_fn(|| match from.recv::<u32>() {
            Err(Error::EOFError) => None,
            received => Some(received.unwrap()),
        });
        let mut received: Vec<u32> = received.collect();
        received.sort_unstable();
        let expected: Vec<u32> = numbers.into_iter().flat_map(|n| [n; 50]).collect();
        assert_eq!(received, expected);
        for process in processes {
            process.join().unwrap();
        }
        // Each clone is closed on its own.
        let (here, there) = pipe().unwrap();
        let clone = here.clone();
        assert_eq!(clone.ids(), here.ids());
        here.close();
        assert_eq!(
            here.clone().send(&1u8),
            Err(Error::OSError("handle is closed".into()))
        );
        clone.send(&2u8).unwrap();
        assert_eq!(there.recv(), Ok(2u8));
        there.send(&3u8).unwrap();
        drop(clone.clone());
        assert_eq!(clone.recv(), Ok(3u8));
        drop(clone);
        assert_eq!(there.recv::<u8>(), Err(Error::EOFError));
        assert_eq!(there.send(&4u8), Err(Error::BrokenPipeError));
    }
    run_in_process(program, ()).await;
}

#[test]
async fn a_waiting_receiver_gets_an_error_when_the_sender_dies() {
    fn program() {
        let (receiver, sender) = one_way_pipe(64).unwrap();
        let (ready, never) = (Queue::new(0).unwrap(), Queue::new(0).unwrap());
        let keeper = Process::spawn(
            |_: Connection, ready: Queue<u32>, never: Queue<u32>| {
                ready.put(&1).unwrap();
                never.get().unwrap();
            },
            (sender, ready.clone(), never),
        );
        let keeper = keeper.unwrap();
        ready.get().unwrap();
        let waiter = Process::spawn(
            |end: Connection| end.recv::<u32>().unwrap_err().to_string(),
            receiver,
        );
        keeper.kill().unwrap();
        assert_eq!(waiter.unwrap().join().unwrap(), Error::EOFError.to_string());
    }
    run_in_process(program, ()).await;
}

#[test]
async fn what_python_forbids_is_a_typed_error() {
    crate::setup();
    let (receiver, sender) = one_way_pipe(64).unwrap();
    let os_error = |text: &str| Error::OSError(text.into());
    assert_eq!(
        receiver.send(&1u8),
        Err(os_error("connection is read-only"))
    );
    assert_eq!(
        sender.recv::<u8>(),
        Err(os_error("connection is write-only"))
    );
    assert!(!receiver.poll(Duration::ZERO).unwrap());
    sender.send_bytes(&[7; 40]).unwrap();
    assert!(receiver.poll(Duration::ZERO).unwrap());
    let mut short = [0; 39];
    let answer = receiver.recv_bytes_into(&mut short);
    assert_eq!(answer, Err(Error::BufferTooShort { bytes: 40 }));
    let mut enough = [0; 64];
    assert_eq!(receiver.recv_bytes_into(&mut enough), Ok(40));
    assert_eq!(enough[..41], [&[7; 40][..], &[0]].concat());
    receiver.close();
    receiver.close();
    assert_eq!(receiver.recv::<u8>(), Err(os_error("handle is closed")));
    assert_eq!(sender.send(&1u8), Err(Error::BrokenPipeError));
    assert!(matches!(one_way_pipe(0), Err(Error::ValueError(_))));
}

#[test]
async fn the_page_waits_without_blocking() {
    crate::setup();
    let (here, there) = pipe().unwrap();
    let process = Process::spawn(echo, there).unwrap();
    for number in 0..20u64 {
        here.send_async(&number).await.unwrap();
        assert_eq!(here.recv_async::<u64>().await, Ok(number));
    }
    let refused = here.recv::<u64>();
    assert!(
        matches!(refused, Err(Error::BlockingOnPage { .. })),
        "{refused:?}"
    );
    drop(here);
    process.join_async().await.unwrap();
}

#[test]
async fn an_end_travels_through_a_pipe() {
    fn program() {
        let (here, there) = pipe().unwrap();
        let process = Process::spawn(
            |end: Connection| {
                let gift: Connection = end.recv().unwrap();
                gift.send(&"through the gift".to_string()).unwrap();
            },
            there,
        );
        let (receiver, sender) = one_way_pipe(1024).unwrap();
        here.send(&sender).unwrap();
        drop(sender);
        assert_eq!(receiver.recv::<String>().unwrap(), "through the gift");
        process.unwrap().join().unwrap();
        assert_eq!(receiver.recv::<String>(), Err(Error::EOFError));
    }
    run_in_process(program, ()).await;
}

/// `connection.wait` with a connection, a queue and two sentinels, which become ready one
/// after another.
#[test]
async fn wait_returns_the_objects_that_are_ready() {
    fn say(go: Queue<()>, sender: Connection, queue: Queue<u32>) {
        go.get().unwrap();
        sender.send(&1u32).unwrap();
        go.get().unwrap();
        queue.put(&2).unwrap();
        go.get().unwrap();
    }
    fn program() {
        let (go, queue) = (Queue::new(0).unwrap(), Queue::<u32>::new(0).unwrap());
        let (receiver, sender) = one_way_pipe(100).unwrap();
        let arguments = (go.clone(), sender, queue.clone());
        let process = Process::spawn(say, arguments).unwrap();
        let sleeper = Process::spawn(|queue: Queue<()>| queue.get().unwrap(), go.clone()).unwrap();
        // One of the two processes gets the item; the other one waits on.
        sleeper.kill().unwrap();
        assert!(sleeper.join().is_err());
        let (ended, dead) = (process.sentinel().unwrap(), sleeper.sentinel().unwrap());
        assert_eq!(wait(&[&dead, &receiver], None), Ok(vec![0]));
        assert_eq!(
            wait(&[&receiver, &queue], Some(Duration::from_millis(1))),
            Ok(vec![])
        );
        go.put(&()).unwrap();
        assert_eq!(wait(&[&ended, &receiver, &queue], None), Ok(vec![1]));
        assert_eq!(receiver.recv(), Ok(1u32));
        go.put(&()).unwrap();
        assert_eq!(wait(&[&ended, &receiver, &queue], None), Ok(vec![2]));
        go.put(&()).unwrap();
        // When the process ends, its end of the pipe is closed as well.
        let ready = wait(&[&ended, &receiver], None).unwrap();
        assert!(!ready.is_empty());
        assert_eq!(receiver.recv::<u32>(), Err(Error::EOFError));
        process.join().unwrap();
    }
    run_in_process(program, ()).await;
}

#[test]
async fn the_page_waits_for_several_at_once() {
    crate::setup();
    let (receiver, sender) = one_way_pipe(100).unwrap();
    let process = Process::spawn(|sender: Connection| sender.send(&7u8).unwrap(), sender).unwrap();
    let ready = wait_async(&[&receiver], None).await;
    assert_eq!(ready, [0]);
    assert_eq!(receiver.recv_async().await, Ok(7u8));
    assert_eq!(wait_async(&[&process.sentinel().unwrap()], None).await, [0]);
    process.join_async().await.unwrap();
}
