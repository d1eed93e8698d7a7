//! Locks, semaphores, events, conditions and barriers.

use super::run_in_process;
use manyhands::*;
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test as test;

fn value_error(text: &str) -> Error {
    Error::ValueError(text.into())
}

#[test]
async fn a_lock_has_no_owner_who_alone_may_release_it() {
    crate::setup();
    let lock = Lock::new().unwrap();
    assert!(lock.try_acquire().unwrap());
    assert!(!lock.try_acquire().unwrap());
    let process = Process::spawn(|lock: Lock| lock.release().unwrap(), lock.clone());
    process.unwrap().join_async().await.unwrap();
    assert!(!lock.locked());
    assert_eq!(
        lock.release(),
        Err(value_error("semaphore or lock released too many times"))
    );
    let guard = lock.lock_async().await.unwrap();
    assert!(lock.locked());
    drop(guard);
    assert!(!lock.locked());
}

#[test]
async fn waiters_of_a_dead_owner_get_an_error_and_can_recover_the_lock() {
    fn hold_for_ever(lock: Lock, told: Queue<u32>, never: Queue<u32>) {
        lock.acquire().unwrap();
        told.put(&current_process().pid).unwrap();
        never.get().unwrap();
    }
    fn program() {
        let (lock, told, never) = (
            Lock::new().unwrap(),
            Queue::new(0).unwrap(),
            Queue::new(0).unwrap(),
        );
        let arguments = (lock.clone(), told.clone(), never);
        let process = Process::spawn(hold_for_ever, arguments).unwrap();
        let pid = told.get().unwrap();
        let waiter = Process::spawn(
            |lock: Lock| lock.acquire().unwrap_err().to_string(),
            lock.clone(),
        );
        process.kill().unwrap();
        assert!(process.join().is_err());
        assert_eq!(lock.acquire(), Err(Error::OwnerDied { pid }));
        assert_eq!(
            waiter.unwrap().join().unwrap(),
            Error::OwnerDied { pid }.to_string()
        );
        assert!(lock.recover());
        assert!(!lock.recover());
        lock.release().unwrap();
        assert!(lock.try_acquire().unwrap());
    }
    run_in_process(program, ()).await;
}

#[test]
async fn an_rlock_belongs_to_its_owner() {
    crate::setup();
    let lock = RLock::new().unwrap();
    assert!(lock.try_acquire().unwrap());
    assert!(lock.try_acquire().unwrap());
    let process = Process::spawn(
        |lock: RLock| {
            let timed_out = !lock.acquire_timeout(Duration::from_millis(1)).unwrap();
            (timed_out, lock.release().unwrap_err().to_string())
        },
        lock.clone(),
    );
    let (timed_out, text) = process.unwrap().join_async().await.unwrap();
    assert!(timed_out);
    assert_eq!(
        text,
        "attempt to release recursive lock not owned by thread"
    );
    lock.release().unwrap();
    assert!(lock.locked());
    lock.release().unwrap();
    assert!(!lock.locked());
    assert!(matches!(lock.release(), Err(Error::AssertionError(_))));
}

#[test]
async fn semaphores_count_and_bounded_ones_refuse_more() {
    fn program() {
        let semaphore = Semaphore::new(1).unwrap();
        semaphore.release().unwrap();
        assert_eq!(semaphore.get_value(), 2);
        let bounded = BoundedSemaphore::new(1).unwrap();
        let text = "semaphore or lock released too many times";
        assert_eq!(bounded.release(), Err(value_error(text)));
        assert!(bounded.try_acquire());
        assert!(!bounded.acquire_timeout(Duration::from_millis(1)).unwrap());
        let process = Process::spawn(
            |bounded: BoundedSemaphore| bounded.acquire().unwrap(),
            bounded.clone(),
        );
        bounded.release().unwrap();
        process.unwrap().join().unwrap();
        assert!(bounded.locked());
    }
    run_in_process(program, ()).await;
}

#[test]
async fn an_event_wakes_all() {
    fn program() {
        let event = Event::new().unwrap();
        assert!(!event.wait_timeout(Duration::from_millis(1)).unwrap());
        let waiting: Vec<_> = (0..3)
            .map(|_| Process::spawn(|event: Event| event.wait().unwrap(), event.clone()).unwrap())
            .collect();
        event.set();
        for process in waiting {
            process.join().unwrap();
        }
        event.clear();
        assert!(!event.is_set());
    }
    run_in_process(program, ()).await;
}

#[test]
async fn notify_wakes_the_given_number_of_waiters() {
    fn wait(condition: Condition, ready: Queue<u32>, woken: Queue<u32>) {
        let _lock = condition.lock().unwrap();
        ready.put(&0).unwrap();
        condition.wait().unwrap();
        woken.put(&0).unwrap();
    }
    fn program() {
        let condition = Condition::new().unwrap();
        let (ready, woken) = (Queue::new(0).unwrap(), Queue::new(0).unwrap());
        let without = condition.notify_all();
        assert!(matches!(without, Err(Error::AssertionError(_))));
        let waiting: Vec<_> = (0..3)
            .map(|_| {
                Process::spawn(wait, (condition.clone(), ready.clone(), woken.clone())).unwrap()
            })
            .collect();
        for _ in 0..3 {
            ready.get().unwrap();
        }
        // All three wait, since each put its item with the lock held.
        let lock = condition.lock().unwrap();
        assert!(!condition.wait_timeout(Duration::from_millis(1)).unwrap());
        condition.notify(2).unwrap();
        drop(lock);
        for _ in 0..2 {
            woken.get().unwrap();
        }
        assert_eq!(
            woken.get_timeout(Duration::from_millis(20)),
            Err(Error::Empty)
        );
        let lock = condition.lock().unwrap();
        condition.notify_all().unwrap();
        drop(lock);
        for process in waiting {
            process.join().unwrap();
        }
        let _lock = condition.lock().unwrap();
        let soon = Some(Duration::from_millis(1));
        assert!(!condition.wait_for(|| false, soon).unwrap());
    }
    run_in_process(program, ()).await;
}

#[test]
async fn a_barrier_can_be_used_again() {
    fn wait_at_barrier(barrier: Barrier, log: Queue<u32>) {
        for round in 0..20 {
            log.put(&round).unwrap();
            barrier.wait().unwrap();
        }
    }
    fn program() {
        let (barrier, log) = (Barrier::new(3).unwrap(), Queue::new(0).unwrap());
        let processes: Vec<_> = (0..3)
            .map(|_| Process::spawn(wait_at_barrier, (barrier.clone(), log.clone())).unwrap())
            .collect();
        for process in processes {
            process.join().unwrap();
        }
        let rounds: Vec<u32> = (0..60).map(|_| log.get().unwrap()).collect();
        assert!(rounds.is_sorted(), "{rounds:?}");
    }
    run_in_process(program, ()).await;
}

#[test]
async fn a_time_out_breaks_the_barrier_for_all() {
    fn program() {
        let barrier = Barrier::new(2).unwrap();
        let wait = |barrier: Barrier| barrier.wait().unwrap_err().to_string();
        assert_eq!(
            barrier.wait_timeout(Duration::from_millis(1)),
            Err(Error::BrokenBarrierError)
        );
        assert!(barrier.broken());
        let late = Process::spawn(wait, barrier.clone()).unwrap();
        assert_eq!(late.join().unwrap(), Error::BrokenBarrierError.to_string());
        barrier.reset();
        assert!(!barrier.broken());
        let early = Process::spawn(wait, barrier.clone()).unwrap();
        while barrier.n_waiting() == 0 {}
        barrier.abort();
        assert_eq!(early.join().unwrap(), Error::BrokenBarrierError.to_string());
        assert!(matches!(Barrier::new(0), Err(Error::ValueError(_))));
    }
    run_in_process(program, ()).await;
}

/// The action runs once, in the last process to arrive, before any process goes on.
#[test]
async fn the_action_of_a_barrier_runs_before_any_process_goes_on() {
    thread_local! {
        static SHARED: std::cell::RefCell<Option<Queue<u32>>> = const { std::cell::RefCell::new(None) };
    }
    fn action() {
        SHARED.with_borrow(|log| log.as_ref().unwrap().put(&u32::MAX).unwrap());
    }
    fn wait_at_barrier(barrier: Barrier, log: Queue<u32>) -> u32 {
        SHARED.set(Some(log.clone()));
        let number = barrier.wait().unwrap();
        log.put(&number).unwrap();
        number
    }
    fn program() {
        let log = Queue::new(0).unwrap();
        let barrier = Barrier::new(3).unwrap().with_action(action);
        let arguments = || (barrier.clone(), log.clone());
        let all: Vec<_> = (0..3)
            .map(|_| Process::spawn(wait_at_barrier, arguments()).unwrap())
            .collect();
        let mut numbers: Vec<u32> = all.iter().map(|one| one.join().unwrap()).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, [0, 1, 2]);
        assert_eq!(log.get(), Ok(u32::MAX));
        assert_eq!(log.qsize(), 3);
    }
    run_in_process(program, ()).await;
}

/// When a process dies in the action, the others get an error. After a reset the barrier
/// works again.
#[test]
async fn a_barrier_whose_action_dies_is_broken_until_it_is_reset() {
    fn wait_at_barrier(barrier: Barrier) -> String {
        format!("{:?}", barrier.wait().map(drop))
    }
    fn program() {
        let barrier = Barrier::new(2).unwrap().with_action(|| panic!("no"));
        let all: Vec<_> = (0..2)
            .map(|_| Process::spawn(wait_at_barrier, barrier.clone()).unwrap())
            .collect();
        let (failed, told): (Vec<_>, Vec<_>) =
            all.iter().map(|one| one.join()).partition(Result::is_err);
        assert_eq!(failed.len(), 1);
        assert_eq!(told[0].as_deref(), Ok("Err(BrokenBarrierError)"));
        assert!(barrier.broken());
        barrier.reset();
        assert!(!barrier.broken());
        let waiter = Process::spawn(wait_at_barrier, barrier.clone()).unwrap();
        while barrier.n_waiting() == 0 {}
        barrier.reset();
        assert_eq!(waiter.join().as_deref(), Ok("Err(BrokenBarrierError)"));
        assert_eq!(barrier.n_waiting(), 0);
    }
    run_in_process(program, ()).await;
}

#[test]
async fn the_page_waits_at_a_barrier_with_processes() {
    crate::setup();
    let barrier = Barrier::new(2)
        .unwrap()
        .with_timeout(Duration::from_secs(60));
    let process = Process::spawn(|barrier: Barrier| barrier.wait().unwrap(), barrier.clone());
    let mine = barrier.wait_async().await.unwrap();
    assert_eq!(mine + process.unwrap().join_async().await.unwrap(), 1);
    let hurry = barrier.with_timeout(Duration::from_millis(1));
    assert_eq!(hurry.wait_async().await, Err(Error::BrokenBarrierError));
}
