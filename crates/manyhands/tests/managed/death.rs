//! The ends of the server and of its clients.

use super::{poll, run_in_process};
use manyhands::*;
use std::pin::pin;
use wasm_bindgen_test::wasm_bindgen_test as test;

fn died(error: &Error) -> (Option<i32>, &str) {
    match error {
        Error::ManagerDied { exit_code, text } => (*exit_code, text),
        other => panic!("{other:?}"),
    }
}

/// Blocks the server until there is an item.
fn wait_in_the_server(number: &mut u32, item: Queue<u32>) {
    *number = item.get().unwrap();
}

/// Waits for an answer when the server dies, and makes more calls afterwards.
fn ask(value: ValueProxy<u32>, asks: Queue<()>) -> (Option<i32>, String) {
    let mut waits = pin!(value.get_async());
    assert!(poll(waits.as_mut()).is_pending());
    asks.put(&()).unwrap();
    let error = value.get().unwrap_err();
    let again = value.get().unwrap_err();
    assert_eq!(died(&again), died(&error));
    (died(&error).0, died(&error).1.into())
}

/// Blocks the server for ever.
fn block(value: ValueProxy<u32>, never: Queue<u32>, blocks: Queue<()>) -> Option<i32> {
    let mut waits = pin!(value.mutate_async(wait_in_the_server, never));
    assert!(poll(waits.as_mut()).is_pending());
    blocks.put(&()).unwrap();
    died(&value.get().unwrap_err()).0
}

/// After a panic in a function that runs in the server, all clients learn why the
/// server ended.
#[test]
async fn a_panic_kills_the_server_and_everybody_is_told() {
    fn boom(value: &mut u32, (go, text): (Queue<()>, String)) {
        go.get().unwrap();
        assert_eq!(*value, 2, "{text}");
    }
    fn program() {
        let manager = Manager::new().unwrap();
        let value = manager.value(&1u32).unwrap();
        let (asks, go) = (Queue::new(0).unwrap(), Queue::new(0).unwrap());
        let mut boom = pin!(value.mutate_async(boom, (go.clone(), "boom".into())));
        assert!(poll(boom.as_mut()).is_pending());
        let waiter = Process::spawn(ask, (value.clone(), asks.clone())).unwrap();
        asks.get().unwrap();
        go.put(&()).unwrap();
        let error = value.get().unwrap_err();
        let (code, text) = died(&error);
        assert_eq!(code, Some(1));
        assert!(text.contains("boom"), "{text}");
        assert!(error.to_string().contains("exit code 1"), "{error}");
        let (code, text) = waiter.join().unwrap();
        assert_eq!(code, Some(1));
        assert!(text.contains("boom"), "{text}");
        // A client that sends its first request learns it as well.
        let ask = |value: ValueProxy<u32>| value.get().unwrap_err().to_string();
        let late = Process::spawn(ask, value.clone()).unwrap();
        assert!(late.join().unwrap().contains("boom"));
        died(&manager.dict::<u32, u32>().unwrap_err());
    }
    run_in_process(program, ()).await;
}

#[test]
async fn a_killed_server_wakes_who_waits() {
    fn program() {
        let manager = Manager::new().unwrap();
        let value = manager.value(&1).unwrap();
        let (never, waits) = (Queue::new(0).unwrap(), Queue::new(0).unwrap());
        let waiter = Process::spawn(block, (value.clone(), never, waits.clone())).unwrap();
        waits.get().unwrap();
        manager.process().kill().unwrap();
        // The exit code is known until the parent has joined the process, and always to
        // the parent.
        let code = waiter.join().unwrap();
        assert!(matches!(code, None | Some(-9)), "{code:?}");
        assert_eq!(died(&value.get().unwrap_err()).0, Some(-9));
        manager.shutdown().unwrap();
    }
    run_in_process(program, ()).await;
}

#[test]
async fn shutdown_ends_everything() {
    fn program() {
        let manager = Manager::new().unwrap();
        let value = manager.value(&1).unwrap();
        value.set(&2).unwrap();
        manager.shutdown().unwrap();
        assert_eq!(manager.process().exit_code().unwrap(), Some(0));
        assert_eq!(died(&value.get().unwrap_err()), (Some(0), ""));
        manager.shutdown().unwrap();
        // The same when the manager is dropped.
        let manager = Manager::new().unwrap();
        let list = manager.list(&[1]).unwrap();
        assert_eq!(list.len(), Ok(1));
        drop(manager);
        died(&list.len().unwrap_err());
        assert_eq!(active_children(), []);
    }
    run_in_process(program, ()).await;
}

/// As in Python, a server that does not shut down in time is terminated.
#[test]
async fn a_server_that_is_held_up_is_terminated() {
    fn program() {
        let manager = Manager::new().unwrap();
        let value = manager.value(&1).unwrap();
        let (never, waits) = (Queue::new(0).unwrap(), Queue::new(0).unwrap());
        let waiter = Process::spawn(block, (value.clone(), never, waits.clone())).unwrap();
        waits.get().unwrap();
        manager.shutdown().unwrap();
        assert_eq!(manager.process().exit_code(), Ok(Some(-15)));
        let code = waiter.join().unwrap();
        assert!(matches!(code, None | Some(-15)), "{code:?}");
        assert_eq!(died(&value.get().unwrap_err()).0, Some(-15));
    }
    run_in_process(program, ()).await;
}

/// A process that never drops its manager ends nevertheless, and so does the server of
/// a process that was killed.
#[test]
async fn a_server_does_not_outlive_those_who_can_ask_it() {
    fn leave() {
        let manager = Manager::new().unwrap();
        assert_eq!(manager.list(&[1]).unwrap().len(), Ok(1));
        std::mem::forget(manager);
        exit(7);
    }
    fn stay(server: Queue<Sentinel>, never: Queue<()>) {
        let manager = Manager::new().unwrap();
        let lists = manager.dict::<u32, ListProxy<u32>>().unwrap();
        // A proxy that the server itself keeps does not keep the server alive.
        lists.set(&1, &manager.list(&[1]).unwrap()).unwrap();
        server.put(&manager.process().sentinel().unwrap()).unwrap();
        never.get().unwrap();
    }
    fn program() {
        let process = Process::spawn(leave, ()).unwrap();
        assert!(process.join().is_err());
        assert_eq!(process.exit_code(), Ok(Some(7)));
        let (server, never) = (Queue::new(0).unwrap(), Queue::new(0).unwrap());
        let process = Process::spawn(stay, (server.clone(), never)).unwrap();
        let server = server.get().unwrap();
        process.kill().unwrap();
        assert!(process.join().is_err());
        server.wait().unwrap();
    }
    run_in_process(program, ()).await;
}
