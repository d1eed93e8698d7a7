//! Pools: their methods and their life cycle.

use super::run_in_process;
use manyhands::*;
use std::{cell::RefCell, rc::Rc, time::Duration};
use wasm_bindgen_test::wasm_bindgen_test as test;

fn square(x: u64) -> u64 {
    x * x
}

#[test]
async fn map_keeps_the_order() {
    fn program() {
        let pool = Pool::new(2).unwrap();
        let squares: Vec<u64> = (0..1000).map(square).collect();
        assert_eq!(pool.map(square, 0..1000).unwrap(), squares);
        for size in [1, 7, 999, 1000, 5000] {
            let by = pool.chunk_size(size).unwrap();
            assert_eq!(
                by.map(square, 0..1000).unwrap(),
                squares,
                "chunks of {size}"
            );
        }
        for policy in Policy::ALL {
            let by = pool.policy(policy);
            assert_eq!(by.map(square, 0..1000).unwrap(), squares, "{policy:?}");
            assert_eq!(by.map(square, 0..1).unwrap(), [0], "{policy:?}");
        }
        assert!(pool.map(square, []).unwrap().is_empty());
        let power = |base: u64, exponent: u32| base.pow(exponent);
        assert_eq!(pool.starmap(power, [(2, 5), (3, 2)]).unwrap(), [32, 9]);
        assert_eq!(pool.map(partial(power, 2), [1, 2, 3]).unwrap(), [2, 4, 8]);
        assert_eq!(pool.apply(power, (2, 10)).unwrap(), 1024);
    }
    run_in_process(program).await;
}

#[test]
async fn the_page_drives_a_pool() {
    crate::setup();
    let pool = Pool::new(2).unwrap();
    let seen = Rc::new(RefCell::new(None));
    let told = seen.clone();
    let result = pool.map_async(square, 0..100).unwrap();
    let result = result.with_callback(move |result| {
        *told.borrow_mut() = Some(result.map(Vec::len).map_err(Clone::clone));
    });
    assert_eq!(result.await.unwrap()[99], 99 * 99);
    assert_eq!(*seen.borrow(), Some(Ok(100)));
    let event = Event::new().unwrap();
    let refused = pool.map(|event: Event| event.wait().unwrap(), [event.clone()]);
    assert!(
        matches!(refused, Err(Error::BlockingOnPage { .. })),
        "{refused:?}"
    );
    event.set();
    let mut results = pool.imap(square, 0..).unwrap();
    for x in 0..300 {
        assert_eq!(results.next_async().await, Some(Ok(x * x)));
    }
    drop(results);
    let apply = pool.apply_async(square, 12).unwrap();
    assert_eq!(apply.get_async().await, Ok(144));
    assert_eq!(apply.get_async().await, Ok(144));
    pool.close();
    pool.join_async().await.unwrap();
}

/// 10 items, chunk 4, items 1 and 9 fail: 0, 1, 4, 5, 6, 7, 8, 9 run.
#[test]
async fn a_failure_skips_the_rest_of_its_chunk_only() {
    fn try_it(ran: Queue<u32>, item: u32) -> Result<u32, String> {
        ran.put(&item).unwrap();
        if item == 1 || item == 9 {
            Err(format!("no {item}"))
        } else {
            Ok(item)
        }
    }
    fn program() {
        let pool = Pool::new(2).unwrap();
        let ran = Queue::new(0).unwrap();
        let by = pool.chunk_size(4).unwrap();
        let failed = by.try_map(partial(try_it, ran.clone()), 0..10).unwrap_err();
        let Error::TaskError(error) = failed else {
            panic!("{failed:?}")
        };
        assert_eq!(
            (error.index, error.text.as_str(), error.worker),
            (1, "no 1", None)
        );
        let mut all: Vec<u32> = std::iter::from_fn(|| ran.try_get().ok()).collect();
        all.sort_unstable();
        assert_eq!(all, [0, 1, 4, 5, 6, 7, 8, 9]);
        // The pool still works.
        assert_eq!(pool.map(square, 0..4).unwrap(), [0, 1, 4, 9]);
    }
    run_in_process(program).await;
}

#[test]
async fn imap_goes_on_after_an_error_in_chunks_of_one() {
    fn odd(x: u32) -> Result<u32, String> {
        if x % 2 == 1 {
            Ok(x)
        } else {
            Err(format!("{x} is even"))
        }
    }
    fn program() {
        let pool = Pool::new(2).unwrap();
        let by = pool.chunk_size(1).unwrap();
        let results: Vec<_> = by.try_imap(odd, 0..6).unwrap().collect();
        let good: Vec<_> = results.iter().map(|result| result.clone().ok()).collect();
        assert_eq!(good, [None, Some(1), None, Some(3), None, Some(5)]);
        let Err(Error::TaskError(error)) = &results[4] else {
            panic!()
        };
        assert_eq!((error.index, error.text.as_str()), (4, "4 is even"));
        // With larger chunks the iteration ends at the error. The results before it are
        // not lost.
        let by = pool.chunk_size(3).unwrap();
        let results: Vec<_> = by.try_imap(odd, [1, 3, 5, 7, 8, 9, 11]).unwrap().collect();
        assert_eq!(results[..4], [Ok(1), Ok(3), Ok(5), Ok(7)]);
        assert!(results[4].is_err());
        assert_eq!(results.len(), 5);
        let by = pool.chunk_size(1).unwrap();
        let mut unordered: Vec<_> = by
            .try_imap_unordered(odd, 0..6)
            .unwrap()
            .filter_map(Result::ok)
            .collect();
        unordered.sort_unstable();
        assert_eq!(unordered, [1, 3, 5]);
    }
    run_in_process(program).await;
}

#[test]
async fn a_pool_is_closed_before_it_is_joined() {
    fn spin() {
        while may_block() {}
    }
    fn program() {
        let value_error = |text: &str| Error::ValueError(text.into());
        let pool = Pool::new(2).unwrap();
        assert_eq!(pool.join(), Err(value_error("Pool is still running")));
        let result = pool.map_async(square, 0..50).unwrap();
        pool.close();
        assert_eq!(pool.map(square, 0..1), Err(value_error("Pool not running")));
        pool.join().unwrap();
        assert!(result.ready());
        assert_eq!(result.get().unwrap().len(), 50);
        let pool = Pool::new(1).unwrap();
        let never = pool.apply_async(spin, ()).unwrap();
        let soon = Duration::from_millis(5);
        assert_eq!(never.get_timeout(soon), Err(Error::TimeoutError));
        assert!(never.successful().is_err());
        pool.terminate();
        pool.join().unwrap();
        assert_eq!(never.get(), Err(value_error("the pool was terminated")));
        assert!(matches!(Pool::new(0), Err(Error::ValueError(_))));
        let pool = Pool::new(1).unwrap();
        assert!(matches!(
            pool.chunk_size(0).map(drop),
            Err(Error::ValueError(_))
        ));
    }
    run_in_process(program).await;
}

#[test]
async fn workers_run_the_initializer_and_are_replaced_after_max_tasks() {
    fn say(log: Queue<u32>) {
        log.put(&current_process().pid).unwrap();
    }
    fn program() {
        let log = Queue::new(0).unwrap();
        let builder = Pool::builder().processes(1).max_tasks_per_child(2);
        let pool = builder.initializer(say, log.clone()).build().unwrap();
        let by = pool.chunk_size(1).unwrap();
        let pids = by.map(|_: u32| current_process().pid, 0..6).unwrap();
        let said: Vec<u32> = (0..3).map(|_| log.get().unwrap()).collect();
        assert_eq!(pids, [said[0], said[0], said[1], said[1], said[2], said[2]]);
    }
    run_in_process(program).await;
}

#[test]
async fn a_running_map_is_cancelled() {
    fn step((begun, go): (Queue<()>, Event), _: u32) {
        begun.put(&()).unwrap();
        go.wait().unwrap();
    }
    fn program() {
        let pool = Pool::new(2).unwrap();
        let (begun, go) = (Queue::new(0).unwrap(), Event::new().unwrap());
        let step = partial(step, (begun.clone(), go.clone()));
        let by = pool.chunk_size(100).unwrap();
        let result = by.map_async(step, 0..1000).unwrap();
        begun.get().unwrap();
        begun.get().unwrap();
        let progress = result.progress();
        assert_eq!(
            (progress.total, progress.done, progress.running()),
            (1000, 0, 2)
        );
        assert_eq!(progress.queued(), 998);
        let mut items: Vec<usize> = progress.workers.iter().map(|worker| worker.item).collect();
        items.sort_unstable();
        assert_eq!(items, [0, 100]);
        result.cancel();
        go.set();
        assert_eq!(result.get(), Err(Error::CancelledError));
        assert_eq!(begun.qsize(), 0);
        assert_eq!(pool.apply(square, 5), Ok(25));
    }
    run_in_process(program).await;
}

/// Pools with other options share the workers. The workers end with the last such pool.
#[test]
async fn pools_with_other_options_share_the_workers() {
    fn program() {
        let builder = Pool::builder().max_workers(2);
        let pool = builder.build().unwrap();
        let pids = pool.pids();
        assert_eq!(pids.len(), 2);
        let by_two = pool.chunk_size(2).unwrap();
        let stealing = by_two.policy(Policy::Stealing);
        drop(pool);
        assert_eq!((by_two.pids(), stealing.pids()), (pids.clone(), pids));
        let sum = |a: u32, b: u32| a + b;
        assert_eq!(by_two.starmap(sum, [(1, 2), (3, 4)]).unwrap(), [3, 7]);
        assert_eq!(stealing.apply(sum, (5, 6)).unwrap(), 11);
        let wait = |event: Event| {
            event.wait().unwrap();
        };
        let waits = stealing.apply_async(wait, Event::new().unwrap()).unwrap();
        drop(by_two);
        assert!(!waits.ready());
        drop(stealing);
        let terminated = Error::ValueError("the pool was terminated".into());
        assert_eq!(waits.get(), Err(terminated));
        // Closing one of them closes all.
        let pool = Pool::new(1).unwrap();
        pool.chunk_size(2).unwrap().close();
        let refused = pool.map(|x: u32| x, 0..10);
        assert_eq!(refused, Err(Error::ValueError("Pool not running".into())));
        pool.join().unwrap();
    }
    run_in_process(program).await;
}

#[test]
async fn map_reduce_combines_neighbours() {
    fn program() {
        let pool = Pool::new(2).unwrap();
        let text = |x: u32| x.to_string();
        let join = |left: String, right: String| left + &right;
        for items in [0, 1, 2, 3, 7, 32] {
            let whole: String = (0..items).map(|x| x.to_string()).collect();
            let made = pool.map_reduce(text, join, 0..items).unwrap();
            assert_eq!(made.unwrap_or_default(), whole);
        }
        assert_eq!(pool.map_reduce(text, join, []), Ok(None));
    }
    run_in_process(program).await;
    // On the page.
    let pool = Pool::new(2).unwrap();
    let add = |left: u32, right: u32| left + right;
    for items in [0, 1, 2, 7] {
        let sum = pool.map_reduce_async(|x: u32| x, add, 0..items);
        assert_eq!(sum.await, Ok((items > 0).then(|| (0..items).sum())));
    }
}

/// For any list, chunk size and number of workers, the result is that of one process.
#[test]
async fn the_result_does_not_depend_on_chunks_or_workers() {
    fn mix(x: u64) -> u64 {
        x.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23)
    }
    fn program() {
        let mut seed = 7;
        let mut any = |most: u64| {
            seed = mix(seed + 1);
            seed % most
        };
        for workers in 1..4 {
            let pool = Pool::new(workers).unwrap();
            for _ in 0..12 {
                let items: Vec<u64> = (0..any(200)).map(|_| any(u64::MAX)).collect();
                let serial: Vec<u64> = items.iter().copied().map(mix).collect();
                let size = 1 + any(60) as usize;
                let by = pool.chunk_size(size).unwrap();
                let policy = Policy::ALL[any(5) as usize];
                assert_eq!(by.policy(policy).map(mix, items.clone()).unwrap(), serial);
                let streamed = by.imap(mix, items.clone()).unwrap();
                assert_eq!(streamed.collect::<Result<Vec<_>, _>>().unwrap(), serial);
                let unordered = by.imap_unordered(mix, items).unwrap();
                let mut unordered: Vec<u64> = unordered.map(Result::unwrap).collect();
                unordered.sort_unstable();
                let mut serial = serial;
                serial.sort_unstable();
                assert_eq!(unordered, serial);
            }
        }
    }
    run_in_process(program).await;
}

/// What `imap` returns is also a stream, for the page.
#[test]
async fn imap_is_a_stream() {
    use futures_core::Stream;
    use std::{future::poll_fn, pin::Pin};
    crate::setup();
    let pool = Pool::new(2).unwrap();
    let mut results = pool.imap(square, 0..20).unwrap();
    let mut squares = Vec::new();
    while let Some(result) = poll_fn(|context| Pin::new(&mut results).poll_next(context)).await {
        squares.push(result.unwrap());
    }
    assert!(squares.into_iter().eq((0..20).map(square)));
    pool.terminate();
}
