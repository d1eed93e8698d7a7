//! Many clients at once, some of which are slow, and many calls of one client.

use super::{poll, run_in_process};
use manyhands::*;
use std::{pin::pin, task::Poll};
use wasm_bindgen_test::wasm_bindgen_test as test;

/// One client sends many requests and never reads the answers; the others are served.
#[test]
async fn a_slow_client_stops_nobody() {
    fn ask_and_never_read(value: ValueProxy<Vec<u8>>, asked: Queue<()>, go: Queue<()>) -> usize {
        for _ in 0..20 {
            let answer = pin!(value.get_async());
            let _ = poll(answer);
        }
        asked.put(&()).unwrap();
        go.get().unwrap();
        value.get().unwrap().len()
    }
    fn program() {
        let manager = Manager::new().unwrap();
        let value = manager.value(&vec![1; 300_000]).unwrap();
        let (asked, go) = (Queue::new(0).unwrap(), Queue::new(0).unwrap());
        let arguments = (value.clone(), asked.clone(), go.clone());
        let slow = Process::spawn(ask_and_never_read, arguments).unwrap();
        asked.get().unwrap();
        let list = manager.list(&[]).unwrap();
        for number in 0..100u32 {
            list.append(&number).unwrap();
        }
        assert_eq!(list.len().unwrap(), 100);
        go.put(&()).unwrap();
        assert_eq!(slow.join().unwrap(), 300_000);
    }
    run_in_process(program, ()).await;
}

/// A call that blocks also receives the answers for calls that are awaited at the same
/// time.
#[test]
async fn an_awaited_call_and_one_that_blocks() {
    fn wait_for_item(number: &mut u32, item: Queue<u32>) {
        *number = item.get().unwrap();
    }
    fn program() {
        let manager = Manager::new().unwrap();
        let list = manager.list(&[1u32, 2, 3]).unwrap();
        // This call blocks, so that afterwards the next call waits only for the pipe of
        // the answers.
        assert_eq!(list.len(), Ok(3));
        // The server cannot answer until there is an item.
        let item = Queue::new(0).unwrap();
        let mut first = pin!(list.mutate_async(0, wait_for_item, item.clone()));
        let mut second = pin!(list.get_async(0));
        assert!(poll(first.as_mut()).is_pending());
        assert!(poll(second.as_mut()).is_pending());
        item.put(&7).unwrap();
        assert_eq!(list.get(2), Ok(3));
        assert_eq!(poll(second), Poll::Ready(Ok(7)));
        assert_eq!(poll(first), Poll::Ready(Ok(())));
    }
    run_in_process(program, ()).await;
}

const EACH: u32 = 200;

#[test]
async fn many_clients_at_once() {
    fn work(name: u32, dict: DictProxy<(u32, u32), String>, list: ListProxy<u32>) {
        for number in 0..EACH {
            dict.set(&(name, number), &format!("{name} {number}"))
                .unwrap();
            list.append(&name).unwrap();
        }
        for number in 0..EACH {
            let text = dict.pop(&(name, number)).unwrap();
            assert_eq!(text, format!("{name} {number}"));
        }
    }
    fn program() {
        let manager = Manager::new().unwrap();
        let (dict, list) = (manager.dict().unwrap(), manager.list(&[]).unwrap());
        let processes: Vec<_> = (0..6)
            .map(|name| Process::spawn(work, (name, dict.clone(), list.clone())).unwrap())
            .collect();
        for process in processes {
            process.join().unwrap();
        }
        assert!(dict.is_empty().unwrap());
        for name in 0..6 {
            assert_eq!(list.count(&name).unwrap(), EACH as usize);
        }
    }
    run_in_process(program, ()).await;
}
