//! The tasks of the page: each is an owner of its own, and can wait for a time.

use manyhands::*;
use std::{cell::Cell, future::Future, rc::Rc, time::Duration};
use wasm_bindgen_futures::spawn_local;
use wasm_bindgen_test::wasm_bindgen_test as test;

const SOON: Duration = Duration::from_millis(20);

/// Runs `count` tasks on the page and waits until all have ended.
async fn tasks<F: Future<Output = ()> + 'static>(count: u32, task: impl Fn(u32) -> F) {
    let left = Rc::new(Cell::new(count));
    for number in 0..count {
        let (task, left) = (task(number), left.clone());
        spawn_local(async move {
            task.await;
            left.set(left.get() - 1);
        });
    }
    while left.get() > 0 {
        sleep_async(Duration::from_millis(1)).await;
    }
}

/// Lets the other tasks run.
async fn yield_now() {
    sleep_async(Duration::ZERO).await;
}

#[test]
async fn two_tasks_of_the_page_exclude_each_other() {
    crate::setup();
    let value = Value::new(0i32).unwrap();
    let array = Array::<i32>::new(1).unwrap();
    tasks(2, |_| {
        let (value, array) = (value.clone(), array.clone());
        async move {
            for _ in 0..50 {
                let mut number = value.lock_async().await.unwrap();
                let before = *number;
                yield_now().await;
                *number = before + 1;
                drop(number);
                let numbers = array.lock_async().await.unwrap();
                let before = numbers.get(0).unwrap();
                yield_now().await;
                numbers.set(0, before + 1).unwrap();
            }
        }
    })
    .await;
    assert_eq!(value.get_async().await, Ok(100));
    assert_eq!(array.to_vec_async().await, Ok(vec![100]));
}

/// A task can acquire a lock again that it already has (Python's `with v.get_lock():
/// v.value += 1`).
#[test]
async fn a_task_can_acquire_again_what_it_has() {
    crate::setup();
    let value = Value::new(0i32).unwrap();
    tasks(3, |_| {
        let value = value.clone();
        async move {
            for _ in 0..20 {
                let _lock = value.get_lock().lock_async().await.unwrap();
                let before = value.get_async().await.unwrap();
                yield_now().await;
                value.set_async(before + 1).await.unwrap();
            }
        }
    })
    .await;
    assert_eq!(value.get_async().await, Ok(60));
    assert!(!value.get_lock().locked());
}

/// Tasks of the page and a process exclude each other.
#[test]
async fn tasks_and_processes_exclude_each_other() {
    crate::setup();
    fn count(value: Value<i32>) {
        for _ in 0..200 {
            *value.lock().unwrap() += 1;
        }
    }
    let value = Value::new(0i32).unwrap();
    let process = Process::spawn(count, value.clone()).unwrap();
    tasks(2, |_| {
        let value = value.clone();
        async move {
            for _ in 0..50 {
                let mut number = value.lock_async().await.unwrap();
                *number += 1;
                yield_now().await;
            }
        }
    })
    .await;
    process.join_async().await.unwrap();
    assert_eq!(value.get_async().await, Ok(300));
}

/// A call without `_async` does not know its task. It does not get a lock that a task
/// has, and does not take it away from the task.
#[test]
async fn calls_that_do_not_await_respect_the_tasks() {
    crate::setup();
    let lock = RLock::new().unwrap();
    let go_on = Rc::new(Cell::new(false));
    let held = lock.clone();
    let may_go_on = go_on.clone();
    spawn_local(async move {
        let _guard = held.lock_async().await.unwrap();
        while !may_go_on.get() {
            yield_now().await;
        }
    });
    while !lock.locked() {
        yield_now().await;
    }
    assert_eq!(lock.try_acquire(), Ok(false));
    assert!(matches!(lock.lock(), Err(Error::BlockingOnPage { .. })));
    assert_eq!(lock.acquire_timeout_async(SOON).await, Ok(false));
    go_on.set(true);
    assert_eq!(
        lock.acquire_timeout_async(Duration::from_secs(60)).await,
        Ok(true)
    );
    lock.release().unwrap();
    assert!(!lock.locked());
}

/// After waiting for a condition, a task has the lock again.
#[test]
async fn tasks_wait_for_a_condition() {
    crate::setup();
    let condition = Condition::new().unwrap();
    let items = Rc::new(Cell::new(0u32));
    let taken = Rc::new(Cell::new(0u32));
    let (all, stock) = (taken.clone(), items.clone());
    let shared = condition.clone();
    tasks(4, move |number| {
        let (condition, items, taken) = (shared.clone(), stock.clone(), all.clone());
        async move {
            for _ in 0..10 {
                let _lock = condition.lock_async().await.unwrap();
                if number % 2 == 0 {
                    items.set(items.get() + 1);
                    yield_now().await;
                    condition.notify(1).unwrap();
                } else {
                    let is_there = || items.get() > 0;
                    assert!(condition.wait_for_async(is_there, None).await.unwrap());
                    let before = items.get();
                    yield_now().await;
                    items.set(before - 1);
                    taken.set(taken.get() + 1);
                }
            }
        }
    })
    .await;
    assert_eq!((items.get(), taken.get()), (0, 20));
    let _lock = condition.lock_async().await.unwrap();
    assert_eq!(condition.wait_timeout_async(SOON).await, Ok(false));
    assert_eq!(
        condition.wait_for_async(|| false, Some(SOON)).await,
        Ok(false)
    );
    condition.release().unwrap();
    let refused = condition.wait_async().await;
    assert!(
        matches!(refused, Err(Error::AssertionError(_))),
        "{refused:?}"
    );
}

#[test]
async fn the_page_waits_for_a_time() {
    crate::setup();
    let lock = Lock::new().unwrap();
    assert_eq!(lock.acquire_timeout_async(SOON).await, Ok(true));
    assert_eq!(lock.acquire_timeout_async(SOON).await, Ok(false));
    lock.release().unwrap();
    let semaphore = Semaphore::new(1).unwrap();
    assert!(semaphore.acquire_timeout_async(SOON).await);
    assert!(!semaphore.acquire_timeout_async(SOON).await);
    let event = Event::new().unwrap();
    assert!(!event.wait_timeout_async(SOON).await);
    event.set();
    assert!(event.wait_timeout_async(SOON).await);
    let barrier = Barrier::new(2).unwrap();
    let alone = barrier.wait_timeout_async(SOON).await;
    assert_eq!(alone, Err(Error::BrokenBarrierError));
    assert!(barrier.broken());
    let queue = Queue::new(1).unwrap();
    assert_eq!(queue.put_timeout_async(&1u8, SOON).await, Ok(()));
    assert_eq!(queue.put_timeout_async(&2, SOON).await, Err(Error::Full));
    assert_eq!(queue.get_timeout_async(SOON).await, Ok(1));
    assert_eq!(queue.get_timeout_async(SOON).await, Err(Error::Empty));
    let tasks = JoinableQueue::new(1).unwrap();
    tasks.put_timeout_async(&1u8, SOON).await.unwrap();
    assert_eq!(tasks.put_timeout_async(&2, SOON).await, Err(Error::Full));
    let process = Process::spawn(|queue: Queue<u8>| queue.get().unwrap(), queue.clone()).unwrap();
    let sentinel = process.sentinel().unwrap();
    assert!(!sentinel.wait_timeout_async(SOON).await);
    queue.put_async(&3).await.unwrap();
    assert!(sentinel.wait_timeout_async(Duration::from_secs(60)).await);
    assert_eq!(process.join_async().await, Ok(3));
    let (to, from) = pipe().unwrap();
    to.send_bytes(&[1, 2]).unwrap();
    let mut bytes = [0; 4];
    assert_eq!(from.recv_bytes_into_async(&mut bytes).await, Ok(2));
    assert_eq!(bytes, [1, 2, 0, 0]);
    let array = Array::<u8>::from_slice(&[1, 2, 3]).unwrap();
    array.add_async(0, 1).await.unwrap();
    array.write_async(1, &[8, 9]).await.unwrap();
    assert_eq!(array.slice_async(0..2).await, Ok(vec![2, 8]));
    assert_eq!(array.get_async(2).await, Ok(9));
}
