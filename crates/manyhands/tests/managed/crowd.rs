//! Many clients at once, of whom some wait and some are slow.

use super::there;
use manyhands::*;
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Everybody waits for something, and the server still answers.
#[test]
async fn parked_calls_stop_nobody() {
    fn get(queue: QueueProxy<u32>, here: Queue<()>) -> u32 {
        here.put(&()).unwrap();
        queue.get().unwrap()
    }
    fn lock(lock: LockProxy, event: EventProxy, here: Queue<()>) {
        here.put(&()).unwrap();
        event.wait().unwrap();
        lock.acquire().unwrap();
        lock.release().unwrap();
    }
    fn program() {
        let manager = Manager::new().unwrap();
        let here = Queue::new(0).unwrap();
        let (queue, locked) = (manager.queue(0).unwrap(), manager.lock().unwrap());
        let event = manager.event().unwrap();
        locked.acquire().unwrap();
        let getter = Process::spawn(get, (queue.clone(), here.clone())).unwrap();
        let arguments = (locked.clone(), event.clone(), here.clone());
        let locker = Process::spawn(lock, arguments).unwrap();
        here.get().unwrap();
        here.get().unwrap();
        event.set().unwrap();
        let dict = manager.dict().unwrap();
        for number in 0..300u32 {
            dict.set(&number, &number).unwrap();
            assert_eq!(dict.get(&number), Ok(number));
        }
        assert!(getter.is_alive().unwrap() && locker.is_alive().unwrap());
        queue.put(&7).unwrap();
        assert_eq!(getter.join().unwrap(), 7);
        locked.release().unwrap();
        locker.join().unwrap();
    }
    there(program, ()).await;
}

/// One asks for much and never reads the answers; the others are served.
#[test]
async fn a_slow_client_stops_nobody() {
    fn ask_and_never_read(
        value: ValueProxy<Vec<u8>>,
        lock: LockProxy,
        asked: Queue<()>,
        go: Queue<()>,
    ) {
        // Every guard's release is answered, and nobody reads the answer.
        for _ in 0..50 {
            drop(lock.lock().unwrap());
        }
        value.get().unwrap();
        asked.put(&()).unwrap();
        go.get().unwrap();
        value.get().unwrap();
    }
    fn program() {
        let manager = Manager::new().unwrap();
        let value = manager.value(&vec![1; 300_000]).unwrap();
        let (asked, go) = (Queue::new(0).unwrap(), Queue::new(0).unwrap());
        let arguments = (
            value.clone(),
            manager.lock().unwrap(),
            asked.clone(),
            go.clone(),
        );
        let slow = Process::spawn(ask_and_never_read, arguments).unwrap();
        asked.get().unwrap();
        let list = manager.list(&[]).unwrap();
        for number in 0..100u32 {
            list.append(&number).unwrap();
        }
        assert_eq!(list.len().unwrap(), 100);
        go.put(&()).unwrap();
        slow.join().unwrap();
    }
    there(program, ()).await;
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
    there(program, ()).await;
}
