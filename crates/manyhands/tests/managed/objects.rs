//! How long objects exist, and the objects that a server does not keep.

use super::run_in_process;
use manyhands::*;
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test as test;

const ROUNDS: u32 = 20;

/// Objects that this and other processes create and drop leave nothing behind.
#[test]
async fn nothing_grows() {
    fn make_and_leave(dicts: Queue<DictProxy<u32, u32>>) {
        for _ in 0..5 {
            let dict = dicts.get().unwrap();
            dict.set(&1, &1).unwrap();
            // The proxy is still held when this process ends.
            std::mem::forget(dict);
        }
    }
    fn program() {
        let manager = Manager::new().unwrap();
        let dicts = manager.queue(0).unwrap();
        let round = || {
            for number in 0..500u32 {
                let dict = manager.dict::<u32, Vec<u32>>().unwrap();
                dict.set(&number, &vec![number; 100]).unwrap();
                assert_eq!(dict.clone().len().unwrap(), 1);
            }
            for _ in 0..5 {
                dicts.put(&manager.dict().unwrap()).unwrap();
            }
            let process = Process::spawn(make_and_leave, dicts.clone()).unwrap();
            process.join().unwrap();
            assert_eq!(manager.number_of_objects().unwrap(), 0);
        };
        round();
        let before = diagnostics().arena_bytes_used;
        round();
        let after = diagnostics().arena_bytes_used;
        // A pipe may or may not have kept a spare segment.
        assert!(after <= before + (1 << 17), "{before} and then {after}");
    }
    run_in_process(program, ()).await;
}

/// Locks, queues and similar objects are not proxies: they work after the server has
/// ended.
#[test]
async fn what_travels_by_itself_outlives_the_server() {
    type All = (
        (Lock, RLock, Condition, Event),
        (Semaphore, BoundedSemaphore, Barrier),
        (Queue<u32>, JoinableQueue<u32>),
    );
    fn use_all(all: All) -> u32 {
        let ((lock, rlock, condition, event), (semaphore, bounded, barrier), queues) = all;
        drop(lock.lock().unwrap());
        drop(rlock.lock().unwrap());
        let guard = condition.lock().unwrap();
        condition.notify_all().unwrap();
        drop(guard);
        event.set();
        semaphore.release().unwrap();
        bounded.acquire().unwrap();
        bounded.release().unwrap();
        barrier.wait().unwrap();
        let item = queues.0.get().unwrap() + queues.1.get().unwrap();
        queues.1.task_done().unwrap();
        item
    }
    fn program() {
        let manager = Manager::new().unwrap();
        let all: All = (
            (
                manager.lock().unwrap(),
                manager.rlock().unwrap(),
                manager.condition().unwrap(),
                manager.event().unwrap(),
            ),
            (
                manager.semaphore(0).unwrap(),
                manager.bounded_semaphore(1).unwrap(),
                manager.barrier(2).unwrap(),
            ),
            (
                manager.queue(1).unwrap(),
                manager.joinable_queue(1).unwrap(),
            ),
        );
        assert_eq!(manager.number_of_objects(), Ok(0));
        // They can be values like any others.
        let dict = manager.dict::<u32, All>().unwrap();
        dict.set(&1, &all).unwrap();
        let all = dict.get(&1).unwrap();
        manager.shutdown().unwrap();
        let gone = dict.get(&1).unwrap_err();
        assert!(matches!(gone, Error::ManagerDied { .. }), "{gone:?}");
        let process = Process::spawn(use_all, all.clone()).unwrap();
        let ((.., event), (semaphore, bounded, barrier), queues) = all;
        queues.0.put(&1).unwrap();
        queues.1.put(&2).unwrap();
        assert_eq!(event.wait(), Ok(true));
        semaphore.acquire().unwrap();
        barrier.wait().unwrap();
        queues.1.join().unwrap();
        assert_eq!(process.join().unwrap(), 3);
        let error = bounded.release().unwrap_err();
        assert!(matches!(error, Error::ValueError(_)), "{error:?}");
        let error = manager.barrier(0).unwrap_err();
        assert!(matches!(error, Error::ValueError(_)), "{error:?}");
    }
    run_in_process(program, ()).await;
}

#[test]
async fn a_condition_hands_things_over() {
    fn produce(condition: Condition, list: ListProxy<u32>) {
        for number in 0..20 {
            let _guard = condition.lock().unwrap();
            list.append(&number).unwrap();
            condition.notify(1).unwrap();
        }
    }
    fn program() {
        let manager = Manager::new().unwrap();
        let (condition, list) = (manager.condition().unwrap(), manager.list(&[]).unwrap());
        let arguments = (condition.clone(), list.clone());
        let process = Process::spawn(produce, arguments).unwrap();
        let mut seen = 0;
        while seen < 20 {
            let _guard = condition.lock().unwrap();
            let there = || list.len().unwrap() > seen;
            assert!(condition.wait_for(there, None).unwrap());
            seen = list.len().unwrap();
        }
        process.join().unwrap();
    }
    run_in_process(program, ()).await;
}

/// The longest possible time-out is the same as no time-out.
#[test]
async fn the_longest_time_outs() {
    const FOREVER: Duration = Duration::MAX;
    fn answer(asked: Queue<u32>, answers: Queue<u32>) {
        for _ in 0..ROUNDS {
            let number = asked.get_timeout(FOREVER).unwrap();
            answers.put_timeout(&number, FOREVER).unwrap();
        }
    }
    fn let_go(lock: Lock, event: Event, ring: Connection) {
        event.set();
        lock.release().unwrap();
        ring.send(&1u8).unwrap();
    }
    fn program(ask: Connection) {
        let manager = Manager::new().unwrap();
        let (asked, answers) = (manager.queue(1).unwrap(), manager.queue(1).unwrap());
        let process = Process::spawn(answer, (asked.clone(), answers.clone())).unwrap();
        for number in 0..ROUNDS {
            asked.put_timeout(&number, FOREVER).unwrap();
            assert_eq!(answers.get_timeout(FOREVER), Ok(number));
        }
        assert_eq!(process.join_timeout(FOREVER), Ok(Some(())));

        let (lock, event) = (manager.lock().unwrap(), manager.event().unwrap());
        let (here, there) = pipe().unwrap();
        lock.acquire().unwrap();
        let arguments = (lock.clone(), event.clone(), there);
        let process = Process::spawn(let_go, arguments).unwrap();
        assert_eq!(event.wait_timeout(FOREVER), Ok(true));
        assert_eq!(lock.acquire_timeout(FOREVER), Ok(true));
        assert_eq!(here.poll(FOREVER), Ok(true));
        process.join().unwrap();

        // The page waits until both processes wait.
        ask.recv::<u8>().unwrap();
        ask.send(&1u8).unwrap();
        ask.recv::<u8>().unwrap();
    }
    crate::setup();
    let (here, theirs) = pipe().unwrap();
    let process = Process::spawn(program, theirs).unwrap();
    here.send_async(&1u8).await.unwrap();
    assert_eq!(here.poll_async(FOREVER).await, Ok(true));
    here.send_async(&1u8).await.unwrap();
    assert_eq!(process.join_timeout_async(FOREVER).await, Ok(Some(())));
}

/// A key may be given in a borrowed form, as for a `HashMap`.
#[test]
async fn keys_of_a_dict_may_be_borrowed() {
    fn program() {
        let manager = Manager::new().unwrap();
        let dict = manager.dict::<String, Vec<u32>>().unwrap();
        dict.set("k", &vec![1]).unwrap();
        dict.set(&String::from("l"), &vec![2]).unwrap();
        assert_eq!(dict.get("k"), Ok(vec![1]));
        assert_eq!(dict.get(&String::from("k")), Ok(vec![1]));
        assert_eq!(dict.contains_key("l"), Ok(true));
        assert_eq!(dict.get_or("m", vec![]), Ok(vec![]));
        assert_eq!(dict.setdefault("m", &vec![3]), Ok(vec![3]));
        dict.mutate("k", |list: &mut Vec<u32>, item| list.push(item), 4)
            .unwrap();
        assert_eq!(dict.pop("k"), Ok(vec![1, 4]));
        dict.remove("l").unwrap();
        assert_eq!(dict.get("l"), Err(Error::KeyError("\"l\"".into())));
        let by_bytes = manager.dict::<Vec<u8>, u32>().unwrap();
        by_bytes.set(&[1, 2][..], &3).unwrap();
        assert_eq!(by_bytes.get(&vec![1, 2]), Ok(3));
    }
    run_in_process(program, ()).await;
}
