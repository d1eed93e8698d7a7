//! The rules of queues.

use super::{Outcome, elsewhere, null, soon};
use crate::common::conformance::Difference;
use manyhands::*;
use serde_json::{Value as Json, json};
use std::time::Duration;

/// The intended differences from CPython, with their reasons.
pub const DIFFERENCES: &[Difference] = &[(
    "queue_a_process_ends_before_its_items_are_read",
    None,
    "there is no feeder thread: what was put is there, and its process can end",
)];

pub fn queues(rule: &str) -> Option<Outcome> {
    let one_in_one = || {
        let queue = Queue::new(1).unwrap();
        queue.put(&1).unwrap();
        queue
    };
    let closed = || {
        let queue = Queue::<i32>::new(0).unwrap();
        queue.close();
        queue
    };
    Some(match rule {
        "queue_new" => {
            let queue = Queue::<i32>::new(0).unwrap();
            Ok(json!([queue.is_empty(), queue.is_full(), queue.qsize()]))
        }
        "queue_bounded" => {
            let queue = Queue::new(2).unwrap();
            queue.put(&1).unwrap();
            let (full, size) = (queue.is_full(), queue.qsize());
            queue.put(&2).unwrap();
            let (then, more) = (queue.is_full(), queue.qsize());
            let got = (queue.get().unwrap(), queue.get().unwrap());
            Ok(json!([full, size, then, more, got.0, got.1]))
        }
        "queue_get_nowait_when_empty" => null(Queue::new(0).unwrap().try_get()),
        "queue_get_in_time" => null(Queue::new(0).unwrap().get_timeout(soon())),
        "queue_get_in_no_time" => null(Queue::new(0).unwrap().get_timeout(Duration::ZERO)),
        "queue_put_nowait_when_full" => null(one_in_one().try_put(&2)),
        "queue_put_in_time" => null(one_in_one().put_timeout(&2, soon())),
        "queue_put_in_no_time" => null(one_in_one().put_timeout(&2, Duration::ZERO)),
        "queue_refused_items_are_not_there" => {
            let queue = one_in_one();
            queue.try_put(&2).unwrap_err();
            Ok(json!([queue.qsize(), queue.get().unwrap()]))
        }
        "queue_unbounded" => {
            let queue = Queue::new(0).unwrap();
            for number in 0..1000 {
                queue.put(&number).unwrap();
            }
            let (full, size) = (queue.is_full(), queue.qsize());
            let same = (0..1000).all(|number| queue.get() == Ok(number));
            Ok(json!([full, size, same]))
        }
        "queue_put_after_close" => null(closed().put(&1)),
        "queue_get_after_close" => null(closed().try_get().map(drop)),
        "queue_close_twice" => {
            closed().close();
            Ok(Json::Null)
        }
        "queue_a_process_ends_before_its_items_are_read" => {
            let queue = Queue::new(0).unwrap();
            let put = |queue: Queue<Vec<u8>>| queue.put(&vec![b'x'; 1 << 20]).unwrap();
            elsewhere(put, queue.clone());
            queue.get().unwrap();
            Ok(json!(true))
        }
        "simple_queue_order" => {
            let queue = SimpleQueue::new().unwrap();
            let before = queue.is_empty();
            for text in ["a", "b"] {
                queue.put(&text.to_string()).unwrap();
            }
            let there = queue.is_empty();
            let got = (queue.get().unwrap(), queue.get().unwrap());
            Ok(json!([before, there, got.0, got.1, queue.is_empty()]))
        }
        "simple_queue_get_after_close"
        | "simple_queue_put_after_close"
        | "simple_queue_close_twice" => {
            let queue = SimpleQueue::<()>::new().unwrap();
            queue.close();
            match rule {
                "simple_queue_get_after_close" => null(queue.get()),
                "simple_queue_put_after_close" => null(queue.put(&())),
                _ => {
                    queue.close();
                    Ok(Json::Null)
                }
            }
        }
        "joinable_queue_task_done_without_a_task" => {
            null(JoinableQueue::<()>::new(0).unwrap().task_done())
        }
        "joinable_queue_task_done_too_often" => {
            let queue = JoinableQueue::new(0).unwrap();
            queue.put(&1).unwrap();
            queue.get().unwrap();
            queue.task_done().unwrap();
            null(queue.task_done())
        }
        "joinable_queue_join_when_all_is_done" => {
            let queue = JoinableQueue::new(0).unwrap();
            queue.join().unwrap();
            queue.put(&1).unwrap();
            queue.get().unwrap();
            queue.task_done().unwrap();
            null(queue.join())
        }
        "joinable_queue_refused_items_do_not_count" => {
            let queue = JoinableQueue::new(1).unwrap();
            queue.put(&1).unwrap();
            queue.try_put(&2).unwrap_err();
            queue.get().unwrap();
            queue.task_done().unwrap();
            null(queue.task_done())
        }
        "joinable_queue_is_a_queue" => null(JoinableQueue::new(0).unwrap().try_get()),
        _ => return None,
    })
}
