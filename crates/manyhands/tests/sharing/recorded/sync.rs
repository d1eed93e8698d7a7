//! The rules of locks, semaphores, events, conditions and barriers.

use super::{Outcome, elsewhere, null, raises, soon};
use crate::common::conformance::{Difference, name};
use manyhands::*;
use serde_json::{Value as Json, json};
use std::{cell::Cell, time::Duration};

/// The intended differences from CPython, with their reasons.
pub const DIFFERENCES: &[Difference] = &[
    (
        "semaphore_with_more_than_there_can_be",
        None,
        "Python's is about a C int; it is a value out of range",
    ),
    (
        "barrier_for_none",
        None,
        "a barrier that nobody could ever pass is refused",
    ),
];

pub fn locks(rule: &str) -> Option<Outcome> {
    let lock = Lock::new().unwrap();
    let rlock = RLock::new().unwrap();
    let try_there = || elsewhere(|lock: RLock| lock.try_acquire().unwrap(), rlock.clone());
    Some(match rule {
        "lock_when_locked" => {
            let once = || lock.try_acquire().unwrap();
            let (first, second) = (once(), once());
            Ok(json!([
                first,
                second,
                lock.acquire_timeout(soon()).unwrap()
            ]))
        }
        "lock_release_when_unlocked" => null(lock.release()),
        "lock_release_twice" => {
            lock.acquire().unwrap();
            lock.release().unwrap();
            null(lock.release())
        }
        "lock_released_by_another_process" => {
            lock.acquire().unwrap();
            elsewhere(|lock: Lock| lock.release().unwrap(), lock.clone());
            Ok(json!([null, lock.try_acquire().unwrap()]))
        }
        "lock_as_context" => {
            let guard = lock.lock().unwrap();
            let inside = lock.try_acquire().unwrap();
            drop(guard);
            Ok(json!([inside, lock.try_acquire().unwrap()]))
        }
        "rlock_again" => {
            let first = rlock.try_acquire().unwrap();
            let second = rlock.acquire_timeout(soon()).unwrap();
            let twice = try_there();
            rlock.release().unwrap();
            let once = try_there();
            rlock.release().unwrap();
            Ok(json!([first, second, twice, once, try_there()]))
        }
        "rlock_release_when_unlocked" => null(rlock.release()),
        "rlock_release_too_often" => {
            rlock.acquire().unwrap();
            rlock.acquire().unwrap();
            rlock.release().unwrap();
            rlock.release().unwrap();
            null(rlock.release())
        }
        "rlock_released_by_another_process" => {
            rlock.acquire().unwrap();
            let release = |lock: RLock| {
                let error = lock.release().unwrap_err();
                (name(&error), error.to_string())
            };
            Ok(json!(elsewhere(release, rlock.clone())))
        }
        _ => return None,
    })
}

pub fn semaphores(rule: &str) -> Option<Outcome> {
    let new = |value| Semaphore::new(value).unwrap();
    Some(match rule {
        "semaphore_counts" => {
            let semaphore = new(2);
            let taken = [0; 3].map(|_| semaphore.try_acquire());
            let later = semaphore.acquire_timeout(soon()).unwrap();
            let value = semaphore.get_value();
            Ok(json!([taken[0], taken[1], taken[2], later, value]))
        }
        "semaphore_release_beyond_the_first_value" => {
            let semaphore = new(1);
            semaphore.release().unwrap();
            Ok(json!(semaphore.get_value()))
        }
        "semaphore_of_none" => {
            let semaphore = new(0);
            let before = semaphore.try_acquire();
            semaphore.release().unwrap();
            Ok(json!([before, semaphore.try_acquire()]))
        }
        "semaphore_with_more_than_there_can_be" => null(Semaphore::new(1 << 31).map(drop)),
        "semaphore_release_of_more_than_there_can_be" => null(new((1 << 31) - 1).release()),
        "semaphore_released_by_another_process" => {
            let semaphore = new(0);
            elsewhere(|one: Semaphore| one.release().unwrap(), semaphore.clone());
            Ok(json!([null, semaphore.try_acquire()]))
        }
        "bounded_semaphore_release_too_often" => null(BoundedSemaphore::new(1).unwrap().release()),
        "bounded_semaphore_counts" => {
            let semaphore = BoundedSemaphore::new(1).unwrap();
            let taken = [0; 2].map(|_| semaphore.try_acquire());
            semaphore.release().unwrap();
            Ok(json!([taken[0], taken[1], semaphore.get_value()]))
        }
        _ => return None,
    })
}

pub fn events_and_conditions(rule: &str) -> Option<Outcome> {
    let event = Event::new().unwrap();
    let condition = Condition::new().unwrap();
    Some(match rule {
        "event_set_and_cleared" => {
            let mut found = vec![
                event.is_set(),
                event.wait_timeout(soon()).unwrap(),
                event.wait_timeout(Duration::ZERO).unwrap(),
            ];
            event.set();
            event.set();
            found.extend([
                event.is_set(),
                event.wait().unwrap(),
                event.wait_timeout(soon()).unwrap(),
            ]);
            event.clear();
            found.extend([event.is_set(), event.wait_timeout(soon()).unwrap()]);
            Ok(json!(found))
        }
        "event_wakes_another_process" => {
            let wait = |event: Event| event.wait().unwrap();
            let process = Process::spawn(wait, event.clone()).unwrap();
            event.set();
            Ok(json!(process.join().unwrap()))
        }
        "condition_wait_without_the_lock" => null(condition.wait_timeout(soon()).map(drop)),
        "condition_notify_without_the_lock" => null(condition.notify(1)),
        "condition_notify_all_without_the_lock" => null(condition.notify_all()),
        "condition_release_without_the_lock" => null(condition.release()),
        "condition_wait_for_without_the_lock" => {
            null(condition.wait_for(|| false, Some(soon())).map(drop))
        }
        "condition_wait_for_what_holds_without_the_lock" => {
            condition.wait_for(|| true, None).map(Json::from)
        }
        "condition_in_time" => {
            let _lock = condition.lock().unwrap();
            Ok(json!([
                condition.wait_timeout(soon()).unwrap(),
                condition.wait_timeout(Duration::ZERO).unwrap(),
                condition.wait_for(|| false, Some(soon())).unwrap(),
                condition.wait_for(|| true, Some(soon())).unwrap(),
            ]))
        }
        "condition_notify_nobody" => {
            let _lock = condition.lock().unwrap();
            condition.notify(1).unwrap();
            condition.notify(3).unwrap();
            condition.notify_all().unwrap();
            Ok(json!(condition.wait_timeout(soon()).unwrap()))
        }
        "condition_gives_the_lock_back_as_often_as_it_was_taken" => {
            condition.acquire().unwrap();
            condition.acquire().unwrap();
            condition.wait_timeout(soon()).unwrap();
            condition.release().unwrap();
            condition.release().unwrap();
            null(condition.release())
        }
        "condition_notified_by_another_process" => {
            let flag = RawValue::new(0).unwrap();
            let lock = condition.lock().unwrap();
            let notify = |condition: Condition, flag: RawValue<i32>| {
                let _lock = condition.lock().unwrap();
                flag.set(1);
                condition.notify(1).unwrap();
            };
            let process = Process::spawn(notify, (condition.clone(), flag.clone())).unwrap();
            condition.wait().unwrap();
            drop(lock);
            process.join().unwrap();
            Ok(json!([true, flag.get()]))
        }
        _ => return None,
    })
}

/// Calls `act` with a barrier for two at which one process waits.
fn with_a_waiter(act: impl FnOnce(&Barrier)) -> Outcome {
    let barrier = Barrier::new(2).unwrap();
    let wait_at_barrier = |barrier: Barrier| match barrier.wait() {
        Ok(number) => (Some(number), String::new()),
        Err(error) => (None, name(&error)),
    };
    let process = Process::spawn(wait_at_barrier, barrier.clone()).unwrap();
    while barrier.n_waiting() == 0 {}
    let waiting = barrier.n_waiting();
    act(&barrier);
    let found = match process.join().unwrap() {
        (Some(number), _) => json!(number),
        (None, error) => json!(error),
    };
    Ok(json!([waiting, found, barrier.broken()]))
}

pub fn barriers(rule: &str) -> Option<Outcome> {
    let new = |parties| Barrier::new(parties).unwrap();
    Some(match rule {
        "barrier_new" => {
            let barrier = new(3);
            Ok(json!([
                barrier.parties(),
                barrier.n_waiting(),
                barrier.broken()
            ]))
        }
        "barrier_for_one" => {
            let barrier = new(1);
            let numbers = (
                barrier.wait().unwrap(),
                barrier.wait_timeout(soon()).unwrap(),
            );
            Ok(json!([numbers.0, numbers.1, barrier.broken()]))
        }
        "barrier_for_none" => Barrier::new(0).map(|barrier| json!(barrier.parties())),
        "barrier_time_out" => null(new(2).wait_timeout(soon()).map(drop)),
        "barrier_stays_broken_until_reset" => {
            let barrier = new(2);
            let first = raises(barrier.wait_timeout(soon()));
            let broken = barrier.broken();
            let second = raises(barrier.wait());
            let waiting = barrier.n_waiting();
            barrier.reset();
            let after = barrier.broken();
            let third = raises(barrier.wait_timeout(soon()));
            Ok(json!([first, broken, second, waiting, after, third]))
        }
        "barrier_abort" => {
            let barrier = new(1);
            barrier.abort();
            Ok(json!([barrier.broken(), raises(barrier.wait())]))
        }
        "barrier_reset_when_nobody_waits" => {
            let barrier = new(1);
            barrier.reset();
            Ok(json!([barrier.broken(), barrier.wait().unwrap()]))
        }
        "barrier_action" => {
            thread_local! {
                static ACTED: Cell<u32> = const { Cell::new(0) };
            }
            ACTED.set(0);
            let barrier = new(1).with_action(|| ACTED.set(ACTED.get() + 1));
            for _ in 0..2 {
                barrier.wait().unwrap();
            }
            Ok(json!(ACTED.get()))
        }
        "barrier_abort_while_somebody_waits" => with_a_waiter(|barrier| barrier.abort()),
        "barrier_reset_while_somebody_waits" => with_a_waiter(|barrier| barrier.reset()),
        "barrier_meeting" => with_a_waiter(|barrier| {
            barrier.wait().unwrap();
        }),
        _ => return None,
    })
}
