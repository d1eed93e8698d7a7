//! Ours against what CPython did, as `tests/recorded/objects.py` recorded it:
//! every rule there has its other half here.

use super::{crowd, there};
use crate::common::conformance::{Difference, hold, name, recorded_form, rules};
use manyhands::*;
use serde_json::{Map, Value as Json, json};
use std::{cell::Cell, time::Duration};
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Where ours is another one on purpose, and why.
const DIFFERENCES: &[Difference] = &[
    (
        "queue_a_process_ends_before_its_items_are_read",
        None,
        "there is no feeder thread: what was put is there, and its process can end",
    ),
    (
        "pipe_the_message_stays_when_the_buffer_is_too_short",
        None,
        "in Python it comes with the exception; ours stays, to be received by a larger buffer",
    ),
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
    (
        "type_code_that_is_none",
        None,
        "a letter is looked up, not a type: a value out of range",
    ),
    (
        "array_slice_beyond_the_end",
        None,
        "a range beyond the end is an error, as everywhere in Rust, and not clipped",
    ),
    ("array_slice_from_beyond_the_end", None, "the same"),
    ("array_slice_backwards", None, "the same"),
    (
        "array_write_beyond_the_end",
        None,
        "ours has a start and not a range, so that the sizes cannot differ: it is the end",
    ),
    (
        "shared_memory_of_no_name",
        None,
        "Python's is the operating system's; it is a value out of range",
    ),
    (
        "shared_memory_use_after_close",
        None,
        "Python's comes from its None; ours says that it is closed",
    ),
    (
        "shared_memory_beyond_the_end",
        None,
        "wording: ours has no dimensions, and says what was asked for",
    ),
    (
        "shared_memory_write_beyond_the_end",
        None,
        "Python's comes from a memoryview; it is the end",
    ),
    (
        "shareable_list_zeros_at_the_end",
        None,
        "Python takes zeros at the end for padding; ours keeps them",
    ),
];

type Outcome = Result<Json, Error>;

fn soon() -> Duration {
    Duration::from_millis(10)
}

fn raises<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    name(&result.unwrap_err())
}

fn null(result: Result<(), Error>) -> Outcome {
    result.map(|()| Json::Null)
}

/// Calls in another process.
fn elsewhere<A, M, T>(target: T, arguments: A) -> T::Output
where
    T: Target<A, M>,
    T::Output: serde::Serialize + serde::de::DeserializeOwned + 'static,
{
    let process = Process::spawn(target, arguments).unwrap();
    process.join().unwrap()
}

fn queues(rule: &str) -> Option<Outcome> {
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

fn pipes(rule: &str) -> Option<Outcome> {
    let (a, b) = pipe().unwrap();
    let (r, w) = one_way_pipe(1 << 16).unwrap();
    let gone = |end: &Connection| {
        end.close();
    };
    Some(match rule {
        "pipe_ends" => {
            let ends = [&a, &b, &r, &w].map(|end| json!([end.is_readable(), end.is_writable()]));
            Ok(json!(ends))
        }
        "pipe_both_ways" => {
            a.send(&1).unwrap();
            b.send(&2).unwrap();
            let got: (i32, i32) = (a.recv().unwrap(), b.recv().unwrap());
            let more = |end: &Connection| end.poll(Duration::ZERO).unwrap();
            Ok(json!([got.0, got.1, more(&a), more(&b)]))
        }
        "pipe_recv_after_the_other_end_closed" => {
            gone(&b);
            null(a.recv())
        }
        "pipe_recv_what_was_sent_before_the_close" => {
            b.send(&7).unwrap();
            gone(&b);
            let first: i32 = a.recv().unwrap();
            Ok(json!([first, raises(a.recv::<i32>())]))
        }
        "pipe_send_after_the_other_end_closed" => {
            gone(&b);
            null(a.send(&1))
        }
        "one_way_send_after_the_other_end_closed" => {
            gone(&r);
            null(w.send(&1))
        }
        "one_way_recv_after_the_other_end_closed" => {
            gone(&w);
            null(r.recv())
        }
        "one_way_send_on_the_reading_end" => null(r.send(&1)),
        "one_way_send_bytes_on_the_reading_end" => null(r.send_bytes(b"")),
        "one_way_recv_on_the_writing_end" => null(w.recv()),
        "one_way_recv_bytes_on_the_writing_end" => null(w.recv_bytes().map(drop)),
        "one_way_poll_on_the_writing_end" => null(w.poll(Duration::ZERO).map(drop)),
        "pipe_send_after_close" => {
            a.close();
            null(a.send(&1))
        }
        "pipe_recv_after_close" => {
            a.close();
            null(a.recv())
        }
        "pipe_poll_after_close" => {
            a.close();
            null(a.poll(Duration::ZERO).map(drop))
        }
        "pipe_close_twice" => {
            a.close();
            a.close();
            Ok(Json::Null)
        }
        "pipe_poll" => {
            let both = || {
                let now = a.poll(Duration::ZERO).unwrap();
                (now, a.poll(soon()).unwrap())
            };
            let before = both();
            b.send(&1).unwrap();
            let there = both();
            let got: i32 = a.recv().unwrap();
            let after = a.poll(Duration::ZERO).unwrap();
            b.close();
            let end = a.poll(Duration::ZERO).unwrap();
            Ok(json!([
                before.0, before.1, there.0, there.1, got, after, end
            ]))
        }
        "pipe_bytes_of_no_length" => {
            a.send_bytes(b"").unwrap();
            a.send_bytes(b"x").unwrap();
            let length = || b.recv_bytes().unwrap().len();
            Ok(json!([length(), length()]))
        }
        "pipe_recv_bytes_into" => {
            a.send_bytes(b"abc").unwrap();
            let mut buffer = [0; 5];
            Ok(json!([b.recv_bytes_into(&mut buffer).unwrap(), buffer]))
        }
        "pipe_recv_bytes_into_too_little" => {
            a.send_bytes(b"abc").unwrap();
            null(b.recv_bytes_into(&mut [0; 2]).map(drop))
        }
        "pipe_the_message_stays_when_the_buffer_is_too_short" => {
            a.send_bytes(b"abc").unwrap();
            b.recv_bytes_into(&mut [0; 2]).unwrap_err();
            Ok(json!(b.poll(Duration::ZERO).unwrap()))
        }
        "pipe_the_other_end_in_a_process_that_ended" => {
            let process = Process::spawn(|end: Connection| end.send(&1).unwrap(), w).unwrap();
            process.join().unwrap();
            let first: i32 = r.recv().unwrap();
            Ok(json!([first, raises(r.recv::<i32>())]))
        }
        _ => return None,
    })
}

fn locks(rule: &str) -> Option<Outcome> {
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
            Ok(json!([null_of(()), lock.try_acquire().unwrap()]))
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

fn null_of((): ()) -> Json {
    Json::Null
}

fn semaphores(rule: &str) -> Option<Outcome> {
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
            Ok(json!([null_of(()), semaphore.try_acquire()]))
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

fn events_and_conditions(rule: &str) -> Option<Outcome> {
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

/// A barrier for two at which one waits, in a process.
fn with_a_waiter(act: impl FnOnce(&Barrier)) -> Outcome {
    let barrier = Barrier::new(2).unwrap();
    let meet = |barrier: Barrier| match barrier.wait() {
        Ok(number) => (Some(number), String::new()),
        Err(error) => (None, name(&error)),
    };
    let process = Process::spawn(meet, barrier.clone()).unwrap();
    while barrier.n_waiting() == 0 {}
    let waiting = barrier.n_waiting();
    act(&barrier);
    let found = match process.join().unwrap() {
        (Some(number), _) => json!(number),
        (None, error) => json!(error),
    };
    Ok(json!([waiting, found, barrier.broken()]))
}

fn barriers(rule: &str) -> Option<Outcome> {
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

fn wrapped<T: Integer + serde::Serialize>(number: i64) -> Json {
    let value = Value::new(T::wrap(0)).unwrap();
    value.set_wrapping(number).unwrap();
    json!(value.get().unwrap())
}

fn zero<T: Element + serde::Serialize>() -> Json {
    json!(RawArray::<T>::new(1).unwrap().get(0).unwrap())
}

fn values(rule: &str) -> Option<Outcome> {
    let array = |values: &[i32]| Array::from_slice(values).unwrap();
    let three = || array(&[1, 2, 3]);
    Some(match rule {
        "type_code_sizes" => {
            let sizes: Map<String, Json> = TypeCode::all()
                .map(|code| (code.to_string(), json!(code.size())))
                .collect();
            Ok(sizes.into())
        }
        "type_code_that_is_none" => null(TypeCode::new('z').map(drop)),
        "value_wraps" => Ok(json!([
            wrapped::<i8>(200),
            wrapped::<i8>(-129),
            wrapped::<u8>(-1),
            wrapped::<i16>(70_000),
            wrapped::<u16>(-1),
            wrapped::<i32>(1 << 31),
            wrapped::<u32>(-1),
            wrapped::<i64>(-1),
            wrapped::<i64>(1 << 40),
            wrapped::<u8>(256),
        ])),
        "value_begins_with_zero" => Ok(json!([
            zero::<i8>(),
            zero::<u8>(),
            zero::<i16>(),
            zero::<u16>(),
            zero::<i32>(),
            zero::<u32>(),
            zero::<i64>(),
            zero::<u64>(),
            zero::<i64>(),
            zero::<u64>(),
            zero::<f32>(),
            zero::<f64>(),
        ])),
        "value_of_a_float" => {
            let narrow = Value::new(0.1f32).unwrap().get().unwrap();
            let wide = Value::new(0.1f64).unwrap().get().unwrap();
            Ok(json!([f64::from(narrow), wide]))
        }
        "value_has_an_rlock" => {
            let value = Value::new(1).unwrap();
            let _lock = value.get_lock().lock().unwrap();
            value.add(1).unwrap();
            let try_acquire = |lock: RLock| lock.try_acquire().unwrap();
            let other = elsewhere(try_acquire, value.get_lock().clone());
            Ok(json!([value.get().unwrap(), other]))
        }
        "value_changed_by_another_process" => {
            let (value, raw) = (Value::new(21).unwrap(), RawValue::new(0.5).unwrap());
            let double = |value: Value<i32>, raw: RawValue<f64>| {
                value.set(value.get().unwrap() * 2).unwrap();
                raw.set(raw.get() * 2.0);
            };
            elsewhere(double, (value.clone(), raw.clone()));
            Ok(json!([value.get().unwrap(), raw.get()]))
        }
        "array_begins_with_zeros" => {
            let (array, raw) = (
                Array::<i32>::new(3).unwrap(),
                RawArray::<f64>::new(2).unwrap(),
            );
            let all = array.to_vec().unwrap();
            Ok(json!([all, array.len(), raw.to_vec(), raw.len()]))
        }
        "array_of_no_length" => {
            let array = Array::<i32>::new(0).unwrap();
            Ok(json!([array.len(), array.to_vec().unwrap()]))
        }
        "array_wraps" => {
            let array = RawArray::<i8>::new(2).unwrap();
            array.set_wrapping(0, 200).unwrap();
            array.set_wrapping(1, -129).unwrap();
            Ok(json!(array.to_vec()))
        }
        "array_get_beyond_the_end" => null(three().get(3).map(drop)),
        "array_set_beyond_the_end" => null(three().set(3, 1)),
        "array_slices" => {
            let array = array(&[1, 2, 3, 4]);
            array.write(1, &[7, 8]).unwrap();
            let slice = |range| array.slice(range).unwrap();
            let all = array.to_vec().unwrap();
            Ok(json!([all, slice(1..3), slice(2..2), slice(4..4)]))
        }
        "array_slice_beyond_the_end" => three().slice(1..10).map(Json::from),
        "array_slice_from_beyond_the_end" => three().slice(5..7).map(Json::from),
        "array_slice_backwards" => {
            let backwards = std::ops::Range { start: 2, end: 1 };
            three().slice(backwards).map(Json::from)
        }
        "array_write_beyond_the_end" => null(three().write(2, &[1, 2])),
        _ => return None,
    })
}

fn memory(rule: &str) -> Option<Outcome> {
    let mut shm = SharedMemory::create(None, 5).unwrap();
    let byte = |shm: &SharedMemory, at: usize| {
        let mut byte = [0];
        shm.read(at, &mut byte).map(|()| json!(byte[0]))
    };
    let name = shm.name().to_string();
    let outcome = match rule {
        "shared_memory_new" => {
            let other = SharedMemory::attach(&name).unwrap();
            let mut bytes = [1; 5];
            shm.read(0, &mut bytes).unwrap();
            let prefix = name.starts_with("psm_");
            Ok(json!([shm.size(), other.size(), bytes, prefix]))
        }
        "shared_memory_is_one" => {
            let other = SharedMemory::attach(&name).unwrap();
            shm.write(0, b"Hands").unwrap();
            other.write(0, b"h").unwrap();
            let mut bytes = [0; 5];
            shm.read(0, &mut bytes).unwrap();
            Ok(json!(String::from_utf8_lossy(&bytes)))
        }
        "shared_memory_that_exists" => null(SharedMemory::create(Some(&name), 5).map(drop)),
        "shared_memory_that_does_not_exist" => {
            null(SharedMemory::attach("psm_there_is_none").map(drop))
        }
        "shared_memory_of_no_size" => null(SharedMemory::create(None, 0).map(drop)),
        "shared_memory_of_no_name" => null(SharedMemory::create(Some(""), 1).map(drop)),
        "shared_memory_attach_after_unlink" => {
            shm.unlink().unwrap();
            null(SharedMemory::attach(&name).map(drop))
        }
        "shared_memory_use_after_unlink" => {
            shm.unlink().unwrap();
            shm.write(0, &[7]).unwrap();
            byte(&shm, 0)
        }
        "shared_memory_create_after_unlink" => {
            shm.write(0, &[7]).unwrap();
            shm.unlink().unwrap();
            let new = SharedMemory::create(Some(&name), 5).unwrap();
            Ok(json!([byte(&new, 0).unwrap(), byte(&shm, 0).unwrap()]))
        }
        "shared_memory_unlink_twice" => {
            shm.unlink().unwrap();
            null(shm.unlink())
        }
        "shared_memory_use_after_close" => {
            shm.close();
            byte(&shm, 0)
        }
        "shared_memory_close_twice" => {
            shm.close();
            shm.close();
            Ok(Json::Null)
        }
        "shared_memory_stays_when_it_is_closed" => {
            shm.write(0, &[7]).unwrap();
            shm.close();
            byte(&SharedMemory::attach(&name).unwrap(), 0)
        }
        "shared_memory_beyond_the_end" => byte(&shm, 5),
        "shared_memory_write_beyond_the_end" => null(shm.write(4, b"xx")),
        _ => {
            shm.unlink().unwrap();
            return None;
        }
    };
    let _ = shm.unlink();
    Some(outcome)
}

fn plain(item: Item) -> Json {
    match item {
        Item::None => Json::Null,
        Item::Bool(value) => json!(value),
        Item::Int(value) => json!(value),
        Item::Float(value) => json!(value),
        Item::Str(value) => json!(value),
        Item::Bytes(value) => json!(value),
    }
}

fn plain_all(list: &ShareableList) -> Json {
    list.to_vec().unwrap().into_iter().map(plain).collect()
}

fn lists(rule: &str) -> Option<Outcome> {
    let new = |items: &[Item]| {
        let mut list = ShareableList::create(items.to_vec(), None).unwrap();
        let name = list.shm().name().to_string();
        list.shm().unlink().unwrap();
        (list, name)
    };
    let of = |items: &[Item]| new(items).0;
    Some(match rule {
        "shareable_list_items" => Ok(plain_all(&of(&[
            Item::Int(-7),
            Item::Float(2.5),
            true.into(),
            false.into(),
            Item::None,
            "né".into(),
            vec![b'a', b'b'].into(),
            "".into(),
        ]))),
        "shareable_list_attached" => {
            let items = [Item::Int(1), "two".into()];
            let mut list = ShareableList::create(items, None).unwrap();
            let other = ShareableList::attach(list.shm().name()).unwrap();
            other.set(1, "2").unwrap();
            list.shm().unlink().unwrap();
            Ok(json!([other.len(), plain_all(&list)]))
        }
        "shareable_list_of_nothing" => Ok(json!(of(&[]).len())),
        "shareable_list_too_long" => null(of(&["hello".into()]).set(0, "xxxxxxxxx")),
        "shareable_list_too_long_in_bytes" => null(of(&["hello".into()]).set(0, "ééééé")),
        "shareable_list_room" => {
            let list = of(&[
                "".into(),
                "hello".into(),
                "8 bytes!".into(),
                Item::Int(1),
                Item::None,
            ]);
            let most = |index| (0..40).rfind(|length| list.set(index, "x".repeat(*length)).is_ok());
            Ok((0..5).map(most).map(|most| json!(most)).collect())
        }
        "shareable_list_other_types" => {
            let list = of(&["hello".into(), Item::Int(1), Item::None]);
            list.set(0, 2.5).unwrap();
            list.set(1, "text").unwrap();
            list.set(2, true).unwrap();
            Ok(plain_all(&list))
        }
        "shareable_list_get_beyond_the_end" => of(&[Item::Int(1)]).get(1).map(plain),
        "shareable_list_set_beyond_the_end" => null(of(&[Item::Int(1)]).set(1, 1)),
        "shareable_list_find" => {
            let list = of(&["a".into(), "b".into(), "a".into(), Item::None]);
            let index = |item: &str| list.index(item).unwrap();
            Ok(json!([
                index("b"),
                index("a"),
                list.count("a").unwrap(),
                list.count(7).unwrap()
            ]))
        }
        "shareable_list_find_what_is_not_there" => of(&["a".into()]).index("b").map(Json::from),
        "shareable_list_zeros_at_the_end" => Ok(plain(
            of(&[vec![b'a', 0, b'b', 0, 0].into()]).get(0).unwrap(),
        )),
        _ => return None,
    })
}

/// Our outcome of each of these rules that we have a half of, as JSON.
fn program(rules: Vec<String>) -> String {
    let halves = [
        queues,
        pipes,
        locks,
        semaphores,
        events_and_conditions,
        barriers,
        values,
        memory,
        lists,
    ];
    let ours: Map<String, Json> = rules
        .into_iter()
        .filter_map(|rule| {
            let outcome = halves.iter().find_map(|half| half(&rule))?;
            Some((rule, recorded_form(outcome)))
        })
        .collect();
    Json::from(ours).to_string()
}

#[test]
async fn every_rule_is_cpython_s_or_another_one_on_purpose() {
    crowd().await;
    let recorded = rules(include_str!("../recorded/objects.json"));
    let names: Vec<String> = recorded.keys().cloned().collect();
    let ours: Json = serde_json::from_str(&there(program, names).await).unwrap();
    hold("objects", &recorded, ours.as_object().unwrap(), DIFFERENCES);
}
