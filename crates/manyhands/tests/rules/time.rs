//! Sleeping, the clock, and time limits for `async` calls.

use crate::{common::*, setup};
use manyhands::*;
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test as test;

const SHORT_TIME: Duration = Duration::from_millis(30);

#[test]
async fn a_process_sleeps_and_the_page_may_not() {
    setup();
    fn sleeps_briefly(start: Instant) -> (bool, Duration) {
        let before = Instant::now();
        sleep(SHORT_TIME).unwrap();
        // The parent and the child read the same clock.
        (before >= start, before.elapsed())
    }
    let start = Instant::now();
    let process = Process::spawn(sleeps_briefly, start).unwrap();
    let (is_later, slept) = process.join_async().await.unwrap();
    assert!(is_later && slept >= SHORT_TIME, "{slept:?}");
    assert!(start.elapsed() >= slept);
    assert_eq!(start.duration_since(start + SHORT_TIME), Duration::ZERO);
    assert!(start + SHORT_TIME > start && start - SHORT_TIME < start);
    assert!(matches!(
        sleep(SHORT_TIME),
        Err(Error::BlockingOnPage { .. })
    ));
}

/// Killing a process ends its sleep of an hour.
#[test]
async fn a_sleeping_process_can_be_killed() {
    setup();
    fn sleeps(up: Event) {
        up.set();
        sleep(Duration::from_secs(3600)).unwrap();
    }
    let up = Event::new().unwrap();
    let process = Process::spawn(sleeps, up.clone()).unwrap();
    up.wait_async().await;
    process.kill().unwrap();
    assert_eq!(ending(process).await, (-9, Reason::Killed));
}

#[test]
async fn an_async_call_can_have_a_time_limit() {
    setup();
    let queue = Queue::<u8>::new(1).unwrap();
    let nothing = within(SHORT_TIME, queue.get_async()).await;
    assert_eq!(nothing, Err(Error::TimeoutError));
    queue.try_put(&1).unwrap();
    // A result that is ready is returned even if there is no time left.
    assert_eq!(within(Duration::ZERO, queue.get_async()).await, Ok(Ok(1)));
    assert!(queue.is_empty());
}

/// A call that is dropped undoes what it has begun.
#[test]
async fn a_dropped_call_leaves_nothing_behind() {
    setup();
    let tasks = JoinableQueue::new(1).unwrap();
    tasks.try_put(&1u8).unwrap();
    let full = within(SHORT_TIME, tasks.put_async(&2)).await;
    assert_eq!(full, Err(Error::TimeoutError));
    assert_eq!(tasks.get_async().await, Ok(1));
    tasks.task_done().unwrap();
    tasks.join_async().await;
    let refused = tasks.task_done();
    assert!(matches!(refused, Err(Error::ValueError(_))), "{refused:?}");

    let barrier = Barrier::new(2).unwrap();
    let alone = within(SHORT_TIME, barrier.wait_async()).await;
    assert_eq!(alone, Err(Error::TimeoutError));
    assert!(barrier.broken());

    // The waiter that was not dropped gets the only notification.
    let condition = Condition::new().unwrap();
    {
        let _lock = condition.lock_async().await.unwrap();
        let nobody = within(SHORT_TIME, condition.wait_async()).await;
        assert_eq!(nobody, Err(Error::TimeoutError));
    }
    fn waits(condition: Condition, up: Event) -> bool {
        let _lock = condition.lock().unwrap();
        up.set();
        condition.wait().is_ok()
    }
    let up = Event::new().unwrap();
    let process = Process::spawn(waits, (condition.clone(), up.clone())).unwrap();
    up.wait_async().await;
    {
        let _lock = condition.lock_async().await.unwrap();
        condition.notify(1).unwrap();
    }
    assert!(process.join_async().await.unwrap());
}
