//! Compares pools and executors with CPython's, as `tests/recorded/pools.py` recorded them.
//! Every rule of the recording has its counterpart here.

use crate::common::conformance::{Difference, check_rules, name, recorded_form, rules};
use manyhands::{futures::as_completed, *};
use serde_json::{Map, Value as Json, json};
use std::{cell::RefCell, collections::BTreeSet, rc::Rc, time::Duration};
use wasm_bindgen_test::wasm_bindgen_test as test;

/// The intended differences from CPython, with their reasons.
fn differences() -> Vec<Difference> {
    vec![
        (
            "pool_map_raises_what_the_item_raised",
            Some(json!({ "raises": "TaskError", "says": null })),
            "the error says which item it was, with the item's text",
        ),
        (
            "pool_imap_goes_on_after_an_error",
            Some(json!({ "value": ["TaskError", 1, "TaskError", 3, "TaskError", 5] })),
            "the same",
        ),
        (
            "pool_imap_in_chunks_ends_with_an_error",
            Some(json!({ "value": [1, 3, 5, 7, "TaskError"] })),
            "what the chunk came to before its error is not lost",
        ),
        (
            "pool_imap_unordered_goes_on_after_an_error",
            Some(json!({ "value": ["1", "3", "5", "TaskError", "TaskError", "TaskError"] })),
            "as above",
        ),
        (
            "pool_a_killed_worker_s_result_in_a_second",
            Some(json!({ "value": "TaskError" })),
            "in Python it never comes (bpo-22393); ours says how the worker ended",
        ),
        (
            "executor_map_ends_with_an_error",
            Some(json!({ "value": [1, 3, "TaskError"] })),
            "as above",
        ),
    ]
}

/// The value of a result, or the name of its error.
fn kind<T: serde::Serialize>(result: Result<T, Error>) -> Json {
    result.map_or_else(|error| json!(name(&error)), |value| json!(value))
}

fn square(x: i64) -> i64 {
    x * x
}

fn power(base: i64, exponent: u32) -> i64 {
    base.pow(exponent)
}

fn odd(x: i64) -> Result<i64, String> {
    if x % 2 == 0 {
        Err(format!("{x} is even"))
    } else {
        Ok(x)
    }
}

fn fail_1_and_9(ran: Queue<i64>, item: i64) -> Result<i64, String> {
    ran.put(&item).unwrap();
    if item == 1 || item == 9 {
        Err(format!("no {item}"))
    } else {
        Ok(item)
    }
}

fn pid(_: i64) -> u32 {
    current_process().pid
}

fn kill_own_worker(_: i64) -> i64 {
    kill(current_process().pid).unwrap();
    while may_block() {}
    0
}

fn leave(code: i64) -> i64 {
    exit(code as i32)
}

fn waits(event: Event) -> i64 {
    event.wait().unwrap();
    1
}

fn range(end: i64) -> std::ops::Range<i64> {
    0..end
}

fn pools(rule: &str) -> Option<Result<Json, Error>> {
    let pool = |workers| Pool::new(workers).unwrap();
    let soon = Duration::from_millis(10);
    Some(match rule {
        "pool_default_chunk_sizes" => {
            let cases = [
                (5, 4),
                (16, 4),
                (17, 4),
                (100, 4),
                (1000, 8),
                (10, 3),
                (0, 4),
            ];
            let sizes = cases.map(|(items, workers)| default_chunk_size(items, workers));
            Ok(json!(sizes))
        }
        "pool_map" => {
            let pool = pool(2);
            let by_two = pool.chunk_size(2).unwrap();
            Ok(json!([
                pool.map(square, range(5)).unwrap(),
                pool.map(square, []).unwrap(),
                by_two.map(square, range(5)).unwrap(),
            ]))
        }
        "pool_starmap_and_partial" => {
            let pool = pool(2);
            Ok(json!([
                pool.starmap(power, [(2, 5), (3, 2)]).unwrap(),
                pool.map(partial(power, 2), [1, 2, 3]).unwrap(),
                pool.apply(power, (2, 10)).unwrap(),
            ]))
        }
        "pool_map_failures_skip_the_rest_of_their_chunk" => {
            let (pool, ran) = (pool(2), Queue::new(0).unwrap());
            let by_four = pool.chunk_size(4).unwrap();
            by_four
                .try_map(partial(fail_1_and_9, ran.clone()), range(10))
                .unwrap_err();
            let ran: BTreeSet<i64> = std::iter::from_fn(|| ran.try_get().ok()).collect();
            Ok(json!(ran))
        }
        "pool_map_raises_what_the_item_raised" => {
            pool(2).try_map(odd, [1, 2, 3]).map(|values| json!(values))
        }
        "pool_imap_goes_on_after_an_error" => {
            let pool = pool(2);
            let results = pool.chunk_size(1).unwrap().try_imap(odd, range(6)).unwrap();
            Ok(results.map(kind).collect())
        }
        "pool_imap_in_chunks_ends_with_an_error" => {
            let pool = pool(2);
            let by_three = pool.chunk_size(3).unwrap();
            let results = by_three.try_imap(odd, [1, 3, 5, 7, 8, 9, 11]).unwrap();
            Ok(results.map(kind).collect())
        }
        "pool_imap_unordered" => {
            let pool = pool(2);
            let results = pool.imap_unordered(square, range(10)).unwrap();
            let results: BTreeSet<i64> = results.map(Result::unwrap).collect();
            Ok(json!(results))
        }
        "pool_imap_unordered_goes_on_after_an_error" => {
            let pool = pool(2);
            let by_one = pool.chunk_size(1).unwrap();
            let results = by_one.try_imap_unordered(odd, range(6)).unwrap();
            let mut results: Vec<String> = results
                .map(|result| kind(result).to_string().trim_matches('"').into())
                .collect();
            results.sort_unstable();
            Ok(json!(results))
        }
        "pool_max_tasks_per_child_counts_chunks" => {
            let builder = Pool::builder().processes(1).max_tasks_per_child(2);
            let pool = builder.build().unwrap();
            let pids = |size| {
                let by = pool.chunk_size(size).unwrap();
                let pids: BTreeSet<u32> = by.map(pid, range(6)).unwrap().into_iter().collect();
                pids.len()
            };
            Ok(json!([pids(1), pids(3)]))
        }
        "pool_join_before_close" => pool(1).join().map(|()| Json::Null),
        "pool_map_after_close" => {
            let pool = pool(1);
            pool.close();
            pool.map(square, [1]).map(|values| json!(values))
        }
        "pool_results_after_close" => {
            let pool = pool(2);
            let result = pool.map_async(square, range(5)).unwrap();
            pool.close();
            pool.join().unwrap();
            result.get().map(|values| json!(values))
        }
        "pool_map_after_terminate" => {
            let pool = pool(1);
            pool.terminate();
            pool.map(square, [1]).map(|values| json!(values))
        }
        "pool_of_none" => Pool::new(0).map(|_| Json::Null),
        "pool_async_result_in_no_time" => {
            let (pool, event) = (pool(1), Event::new().unwrap());
            let result = pool.apply_async(waits, event).unwrap();
            Ok(json!([
                result.ready(),
                kind(result.get_timeout(soon)),
                kind(result.successful()),
            ]))
        }
        "pool_async_result_when_done" => {
            let pool = pool(1);
            let result = pool.apply_async(square, 3).unwrap();
            result.wait(None).unwrap();
            Ok(json!([
                result.ready(),
                result.successful().unwrap(),
                result.get().unwrap(),
            ]))
        }
        "pool_callbacks" => {
            let (pool, results) = (pool(1), Rc::new(RefCell::new(Vec::new())));
            let hear = || {
                let results = results.clone();
                move |result: Result<&Vec<i64>, &Error>| {
                    let word = result.map_or(json!("failed"), |values| json!(values[0]));
                    results.borrow_mut().push(word);
                }
            };
            let fine = pool.map_async(square, [3]).unwrap().with_callback(hear());
            fine.wait(None).unwrap();
            let failed = pool.try_map_async(odd, [2]).unwrap().with_callback(hear());
            failed.wait(None).unwrap();
            Ok(json!(*results.borrow()))
        }
        "pool_a_killed_worker_s_result_in_a_second" => {
            let pool = pool(2);
            let result = pool.apply_async(kill_own_worker, 1).unwrap();
            Ok(kind(result.get()))
        }
        "pool_works_on_after_a_killed_worker" => {
            let pool = pool(2);
            pool.apply(kill_own_worker, 1).unwrap_err();
            pool.map(square, range(4)).map(|values| json!(values))
        }
        _ => return None,
    })
}

fn executors(rule: &str) -> Option<Result<Json, Error>> {
    let executor = |workers| ProcessPoolExecutor::new(workers).unwrap();
    let waiting = |executor: &ProcessPoolExecutor, event: &Event| {
        let all = (0..5).map(|_| executor.submit(waits, event.clone()).unwrap());
        all.collect::<Vec<_>>()
    };
    Some(match rule {
        "executor_submit" => {
            let executor = executor(2);
            let future = executor.submit(square, 3).unwrap();
            let result = future.result().unwrap();
            Ok(json!([
                result,
                future.done(),
                future.running(),
                future.cancelled()
            ]))
        }
        "executor_an_exception_is_its_future_s" => {
            fn odd(x: i64) -> i64 {
                assert!(x % 2 == 1, "{x} is even");
                x
            }
            let executor = executor(2);
            let failed = executor.submit(odd, 2).unwrap();
            let fine = executor.submit(odd, 3).unwrap();
            let failed = failed.exception(None).unwrap();
            Ok(json!([failed.is_none(), fine.result().unwrap()]))
        }
        "executor_exit_in_a_task_is_its_future_s" => {
            let executor = executor(2);
            let left = executor.submit(leave, 3).unwrap();
            let fine = executor.submit(square, 3).unwrap();
            Ok(json!([left.result().is_ok(), fine.result().unwrap()]))
        }
        "executor_a_killed_worker_breaks_it" => {
            let executor = executor(2);
            let killed = executor.submit(kill_own_worker, 1).unwrap();
            let killed = kind(killed.result());
            Ok(json!([killed, kind(executor.submit(square, 1).map(drop))]))
        }
        "executor_cancels_what_waits" => {
            let (executor, event) = (executor(1), Event::new().unwrap());
            let futures = waiting(&executor, &event);
            let cancelled = [0, 1, 3, 4].map(|n: usize| futures[n].cancel());
            event.set();
            Ok(json!(cancelled))
        }
        "executor_cancelled_result" => {
            let (executor, event) = (executor(1), Event::new().unwrap());
            let futures = waiting(&executor, &event);
            futures[4].cancel();
            event.set();
            let last = &futures[4];
            Ok(json!([last.cancelled(), last.done(), kind(last.result())]))
        }
        "executor_submit_after_shutdown" => {
            let executor = executor(2);
            executor.shutdown(true, false).unwrap();
            executor.submit(square, 1).map(|_| Json::Null)
        }
        "executor_map" => {
            let executor = executor(2);
            let one: Vec<Json> = executor.map(square, range(5)).unwrap().map(kind).collect();
            let two = executor.map_chunks(square, range(5), 2).unwrap();
            Ok(json!([one, two.map(kind).collect::<Vec<_>>()]))
        }
        "executor_map_ends_with_an_error" => {
            fn odd(x: i64) -> i64 {
                assert!(x % 2 == 1, "{x} is even");
                x
            }
            let executor = executor(2);
            let results = executor.map(odd, [1, 3, 4, 5]).unwrap();
            Ok(results.map(kind).collect())
        }
        "executor_of_none" => ProcessPoolExecutor::new(0).map(|_| Json::Null),
        "executor_chunks_of_none" => executor(1).map_chunks(square, [1], 0).map(|_| Json::Null),
        "executor_result_in_no_time" => {
            let (executor, event) = (executor(1), Event::new().unwrap());
            let future = executor.submit(waits, event.clone()).unwrap();
            let found = kind(future.result_timeout(Duration::from_millis(10)));
            event.set();
            Ok(found)
        }
        _ => return ends(rule),
    })
}

fn ends(rule: &str) -> Option<Result<Json, Error>> {
    fn nested(x: i64) -> i64 {
        let executor = ProcessPoolExecutor::new(1).unwrap();
        executor.submit(square, x).unwrap().result().unwrap()
    }
    fn process_exit_code(x: i64) -> Option<i32> {
        let process = Process::spawn(square, x).unwrap();
        process.join().unwrap();
        process.exit_code().unwrap()
    }
    let executor = |workers| ProcessPoolExecutor::new(workers).unwrap();
    Some(match rule {
        "executor_dropped_completes_what_was_submitted" => {
            let future = executor(1).submit(square, 3).unwrap();
            Ok(kind(future.result()))
        }
        "executor_with_waits" => {
            let futures: Vec<_> = {
                let executor = executor(1);
                let futures = range(5).map(|x| executor.submit(square, x).unwrap());
                futures.collect()
            };
            Ok(futures.iter().map(Future::done).collect())
        }
        "executor_map_is_read_after_shutdown" => {
            let executor = executor(2);
            let mut squares = executor.map(square, range(200)).unwrap();
            let first = kind(squares.next().unwrap());
            executor.shutdown(true, false).unwrap();
            Ok(json!([first, squares.filter(Result::is_ok).count()]))
        }
        "executor_within_an_executor" => Ok(kind(executor(1).submit(nested, 3).unwrap().result())),
        "executor_task_with_a_process" => {
            let future = executor(1).submit(process_exit_code, 3).unwrap();
            Ok(kind(future.result()))
        }
        "executor_result_twice" => {
            let future = executor(1).submit(square, 3).unwrap();
            Ok(json!([kind(future.result()), kind(future.result())]))
        }
        "executor_as_completed_of_duplicates" => {
            let future = executor(1).submit(square, 3).unwrap();
            Ok(json!(as_completed([future.clone(), future], None).count()))
        }
        "pool_result_twice" => {
            let pool = Pool::new(1).unwrap();
            let result = pool.map_async(square, range(3)).unwrap();
            let (first, second) = (kind(result.get()), kind(result.get()));
            Ok(json!([first, second, kind(result.successful())]))
        }
        "pool_imap_is_read_after_join" => {
            let pool = Pool::new(2).unwrap();
            let mut squares = pool.imap(square, range(200)).unwrap();
            let first = kind(squares.next().unwrap());
            pool.close();
            pool.join().unwrap();
            Ok(json!([first, squares.filter(Result::is_ok).count()]))
        }
        _ => return None,
    })
}

#[test]
async fn every_rule_agrees_with_cpython_or_is_a_named_difference() {
    fn program(rules: Vec<String>) -> String {
        let ours: Map<String, Json> = rules
            .into_iter()
            .filter_map(|rule| {
                let outcome = pools(&rule).or_else(|| executors(&rule))?;
                Some((rule, recorded_form(outcome)))
            })
            .collect();
        Json::from(ours).to_string()
    }
    crate::setup();
    let recorded = rules(include_str!("../recorded/pools.json"));
    let names: Vec<String> = recorded.keys().cloned().collect();
    let process = Process::spawn(program, names).unwrap();
    let ours: Json = serde_json::from_str(&process.join_async().await.unwrap()).unwrap();
    check_rules(
        "pools",
        &recorded,
        ours.as_object().unwrap(),
        &differences(),
    );
}
