//! Objects' lives, and the rules of those that are waited for.

use super::there;
use manyhands::*;
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test as test;

const ROUNDS: u32 = 20;

/// Made and dropped, by this process and by others: nothing is left behind.
#[test]
async fn nothing_grows() {
    fn make_and_leave(dicts: QueueProxy<DictProxy<u32, u32>>) {
        for _ in 0..5 {
            let dict = dicts.get().unwrap();
            dict.set(&1, &1).unwrap();
            // Still held when this process ends.
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
            assert_eq!(manager.number_of_objects().unwrap(), 1);
        };
        round();
        let before = diagnostics().arena_bytes_used;
        round();
        let after = diagnostics().arena_bytes_used;
        // A pipe's spare segment may come or go.
        assert!(after <= before + (1 << 17), "{before} and then {after}");
    }
    there(program, ()).await;
}

#[test]
async fn a_lock_of_a_server_keeps_the_rules() {
    fn program() {
        let manager = Manager::new().unwrap();
        let lock = manager.lock().unwrap();
        let guard = lock.lock().unwrap();
        assert!(lock.locked().unwrap());
        // Anybody may release it.
        let release = |lock: LockProxy| lock.release().unwrap();
        Process::spawn(release, lock.clone())
            .unwrap()
            .join()
            .unwrap();
        assert!(!lock.locked().unwrap());
        drop(guard);
        let text = "semaphore or lock released too many times";
        assert_eq!(lock.release(), Err(Error::ValueError(text.into())));

        let rlock = manager.rlock().unwrap();
        rlock.acquire().unwrap();
        rlock.acquire().unwrap();
        let text = "attempt to release recursive lock not owned by thread";
        let release = |lock: RLockProxy| {
            (lock.try_acquire(), lock.release().unwrap_err())
                .1
                .to_string()
        };
        let process = Process::spawn(release, rlock.clone()).unwrap();
        assert_eq!(process.join().unwrap(), text);
        rlock.release().unwrap();
        assert!(rlock.locked().unwrap());
        rlock.release().unwrap();
        assert_eq!(rlock.release(), Err(Error::AssertionError(text.into())));
        let condition = manager.condition().unwrap();
        let error = condition.wait().unwrap_err();
        assert!(matches!(error, Error::AssertionError(_)), "{error:?}");
    }
    there(program, ()).await;
}

#[test]
async fn a_condition_hands_things_over() {
    fn produce(condition: ConditionProxy, list: ListProxy<u32>) {
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
    there(program, ()).await;
}

#[test]
async fn a_barrier_lets_all_go_at_once() {
    fn program() {
        let manager = Manager::new().unwrap();
        let barrier = manager.barrier(3).unwrap();
        let wait = |barrier: BarrierProxy| (0..10).map(|_| barrier.wait().unwrap()).collect();
        let others: [Process<Vec<u32>>; 2] =
            [(); 2].map(|()| Process::spawn(wait, barrier.clone()).unwrap());
        let mine: Vec<u32> = (0..10).map(|_| barrier.wait().unwrap()).collect();
        let others = others.map(|process| process.join().unwrap());
        for round in 0..10 {
            let mut numbers = [mine[round], others[0][round], others[1][round]];
            numbers.sort_unstable();
            assert_eq!(numbers, [0, 1, 2]);
        }
        let error = manager.barrier(0).unwrap_err();
        assert_eq!(error, Error::ValueError("parties must be > 0".into()));
    }
    there(program, ()).await;
}

#[test]
async fn a_bounded_queue_counts_tasks() {
    fn work(queue: QueueProxy<String>) -> Vec<String> {
        let mut done = Vec::new();
        for _ in 0..20 {
            done.push(queue.get().unwrap());
            queue.task_done().unwrap();
        }
        done
    }
    fn program() {
        let manager = Manager::new().unwrap();
        let queue = manager.queue(2).unwrap();
        let process = Process::spawn(work, queue.clone()).unwrap();
        let items: Vec<String> = (0..20).map(|n| n.to_string()).collect();
        for item in &items {
            queue.put(item).unwrap();
        }
        queue.join().unwrap();
        assert_eq!(process.join().unwrap(), items);
    }
    there(program, ()).await;
}

/// The longest time there is is as good as no time-out at all: for this
/// process's own waits, for those at a server, and for the page's.
#[test]
async fn the_longest_time_outs() {
    const FOREVER: Duration = Duration::MAX;
    type Asked = (Queue<u32>, QueueProxy<u32>);
    fn answer(asked: Asked, answers: Asked) {
        for _ in 0..ROUNDS {
            let number = asked.0.get_timeout(FOREVER).unwrap();
            answers.0.put_timeout(&number, FOREVER).unwrap();
            let number = asked.1.get_timeout(FOREVER).unwrap();
            answers.1.put_timeout(&number, FOREVER).unwrap();
        }
    }
    fn let_go(lock: LockProxy, own: Lock, event: EventProxy, ring: Connection) {
        event.set().unwrap();
        lock.release().unwrap();
        own.release().unwrap();
        ring.send(&1u8).unwrap();
    }
    fn program(ask: Connection) {
        let manager = Manager::new().unwrap();
        let queues = || (Queue::new(1).unwrap(), manager.queue(1).unwrap());
        let (asked, answers) = (queues(), queues());
        let process = Process::spawn(answer, (asked.clone(), answers.clone())).unwrap();
        for number in 0..ROUNDS {
            asked.0.put_timeout(&number, FOREVER).unwrap();
            assert_eq!(answers.0.get_timeout(FOREVER), Ok(number));
            asked.1.put_timeout(&number, FOREVER).unwrap();
            assert_eq!(answers.1.get_timeout(FOREVER), Ok(number));
        }
        assert_eq!(process.join_timeout(FOREVER), Ok(Some(())));

        let (lock, own) = (manager.lock().unwrap(), Lock::new().unwrap());
        let event = manager.event().unwrap();
        let (here, there) = pipe().unwrap();
        lock.acquire().unwrap();
        own.acquire().unwrap();
        let arguments = (lock.clone(), own.clone(), event.clone(), there);
        let process = Process::spawn(let_go, arguments).unwrap();
        assert_eq!(event.wait_timeout(FOREVER), Ok(true));
        assert_eq!(lock.acquire_timeout(FOREVER), Ok(true));
        assert_eq!(own.acquire_timeout(FOREVER), Ok(true));
        assert_eq!(here.poll(FOREVER), Ok(true));
        process.join().unwrap();

        // The page waits for both.
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
