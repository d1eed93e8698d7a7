//! Ends: of the server, and of clients.

use super::there;
use manyhands::*;
use wasm_bindgen_test::wasm_bindgen_test as test;

fn died(error: &Error) -> (Option<i32>, &str) {
    match error {
        Error::ManagerDied { exit_code, text } => (*exit_code, text),
        other => panic!("{other:?}"),
    }
}

/// A panic in a function that runs in the server: all hear of what it died of.
#[test]
async fn a_panic_kills_the_server_and_everybody_is_told() {
    fn wait(event: EventProxy, waits: Queue<()>) -> (Option<i32>, String) {
        event.is_set().unwrap();
        waits.put(&()).unwrap();
        let error = event.wait().unwrap_err();
        let again = event.wait().unwrap_err();
        assert_eq!(died(&again), died(&error));
        (died(&error).0, died(&error).1.into())
    }
    fn program() {
        let manager = Manager::new().unwrap();
        let (value, event) = (manager.value(&1).unwrap(), manager.event().unwrap());
        let waits = Queue::new(0).unwrap();
        let waiter = Process::spawn(wait, (event.clone(), waits.clone())).unwrap();
        waits.get().unwrap();
        let boom = |value: &mut u32, text: String| assert_eq!(*value, 2, "{text}");
        let error = value.mutate(boom, "boom".into()).unwrap_err();
        let (code, text) = died(&error);
        assert_eq!(code, Some(1));
        assert!(text.contains("boom"), "{text}");
        assert!(error.to_string().contains("exit code 1"), "{error}");
        let (code, text) = waiter.join().unwrap();
        assert_eq!(code, Some(1));
        assert!(text.contains("boom"), "{text}");
        // And whoever asks for the first time.
        let ask = |event: EventProxy| event.is_set().unwrap_err().to_string();
        let late = Process::spawn(ask, event.clone()).unwrap();
        assert!(late.join().unwrap().contains("boom"));
        died(&manager.dict::<u32, u32>().unwrap_err());
    }
    there(program, ()).await;
}

#[test]
async fn a_killed_server_wakes_who_waits() {
    fn wait(queue: QueueProxy<u32>, waits: Queue<()>) -> Option<i32> {
        queue.is_empty().unwrap();
        waits.put(&()).unwrap();
        died(&queue.get().unwrap_err()).0
    }
    fn program() {
        let manager = Manager::new().unwrap();
        let queue = manager.queue(0).unwrap();
        let waits = Queue::new(0).unwrap();
        let waiter = Process::spawn(wait, (queue.clone(), waits.clone())).unwrap();
        waits.get().unwrap();
        manager.process().kill().unwrap();
        // Its code is known until the parent has joined it, and to the parent.
        let code = waiter.join().unwrap();
        assert!(matches!(code, None | Some(-9)), "{code:?}");
        assert_eq!(died(&queue.get().unwrap_err()).0, Some(-9));
        manager.shutdown().unwrap();
    }
    there(program, ()).await;
}

#[test]
async fn shutdown_ends_everything() {
    fn wait(lock: LockProxy, waits: Queue<()>) -> Option<i32> {
        lock.locked().unwrap();
        waits.put(&()).unwrap();
        died(&lock.acquire().unwrap_err()).0
    }
    fn program() {
        let manager = Manager::new().unwrap();
        let lock = manager.lock().unwrap();
        lock.acquire().unwrap();
        let waits = Queue::new(0).unwrap();
        let waiter = Process::spawn(wait, (lock.clone(), waits.clone())).unwrap();
        waits.get().unwrap();
        manager.shutdown().unwrap();
        assert_eq!(manager.process().exit_code().unwrap(), Some(0));
        assert_eq!(waiter.join().unwrap(), Some(0));
        assert_eq!(died(&lock.release().unwrap_err()), (Some(0), ""));
        manager.shutdown().unwrap();
        // And dropped: the same.
        let manager = Manager::new().unwrap();
        let list = manager.list(&[1]).unwrap();
        assert_eq!(list.len(), Ok(1));
        drop(manager);
        died(&list.len().unwrap_err());
        assert_eq!(active_children(), []);
    }
    there(program, ()).await;
}

/// A process that never drops its manager ends all the same, and so does the
/// server of one that was killed.
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
        // A proxy in the server keeps no server alive.
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
    there(program, ()).await;
}

/// Python's lock stays locked; here who waits is told, and can recover it.
#[test]
async fn a_client_that_dies_with_a_lock() {
    fn hold_for_ever(lock: LockProxy, told: Queue<u32>, never: Queue<()>) {
        lock.acquire().unwrap();
        told.put(&current_process().pid).unwrap();
        never.get().unwrap();
    }
    fn wait(lock: LockProxy, waits: Queue<()>) -> String {
        lock.locked().unwrap();
        waits.put(&()).unwrap();
        lock.acquire().unwrap_err().to_string()
    }
    fn program() {
        let manager = Manager::new().unwrap();
        let lock = manager.lock().unwrap();
        let (told, never, waits) = (
            Queue::new(0).unwrap(),
            Queue::new(0).unwrap(),
            Queue::new(0).unwrap(),
        );
        let arguments = (lock.clone(), told.clone(), never);
        let owner = Process::spawn(hold_for_ever, arguments).unwrap();
        let pid = told.get().unwrap();
        let waiter = Process::spawn(wait, (lock.clone(), waits.clone())).unwrap();
        waits.get().unwrap();
        assert_eq!(lock.recover(), Ok(false));
        owner.kill().unwrap();
        assert!(owner.join().is_err());
        let dead = Error::OwnerDied { pid };
        assert_eq!(waiter.join().unwrap(), dead.to_string());
        assert_eq!(lock.acquire(), Err(dead.clone()));
        assert_eq!(lock.try_acquire(), Err(dead));
        assert_eq!(lock.recover(), Ok(true));
        assert_eq!(lock.recover(), Ok(false));
        lock.release().unwrap();
        lock.acquire().unwrap();
    }
    there(program, ()).await;
}

/// Who was killed while it waited gets nothing: the next one does.
#[test]
async fn an_item_is_not_lost_on_the_dead() {
    fn get(queue: QueueProxy<u32>, waits: Queue<()>) -> u32 {
        queue.is_empty().unwrap();
        waits.put(&()).unwrap();
        queue.get().unwrap()
    }
    fn program() {
        let manager = Manager::new().unwrap();
        let queue = manager.queue(0).unwrap();
        let waits = Queue::new(0).unwrap();
        let semaphore = manager.semaphore(0).unwrap();
        for round in 0..5 {
            let arguments = (queue.clone(), waits.clone());
            let doomed = Process::spawn(get, arguments).unwrap();
            waits.get().unwrap();
            doomed.kill().unwrap();
            assert!(doomed.join().is_err());
            queue.put(&round).unwrap();
            assert_eq!(queue.try_get(), Ok(round));
            semaphore.release().unwrap();
        }
        assert_eq!(semaphore.get_value(), Ok(5));
    }
    there(program, ()).await;
}
