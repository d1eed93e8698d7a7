//! How pools and executors end: accepted calls are not lost, and nobody waits for ever.

use super::run_in_process;
use manyhands::*;
use std::cell::RefCell;
use wasm_bindgen_test::wasm_bindgen_test as test;

fn square(x: u64) -> u64 {
    x * x
}

fn wait_for(event: Event, x: u64) -> u64 {
    event.wait().unwrap();
    x
}

fn add(sum: Value<u64>, x: u64) {
    *sum.lock().unwrap() += x;
}

fn squares(range: std::ops::Range<u64>) -> Vec<Result<u64, Error>> {
    range.map(|x| Ok(square(x))).collect()
}

/// In Python a thread submits the items, whether or not anybody reads the results.
#[test]
async fn a_stream_that_nobody_reads_to_its_end_does_not_delay_the_end_of_its_pool() {
    fn program() {
        let pool = Pool::new(2).unwrap();
        let mut ordered = pool.imap(square, 0..300).unwrap();
        assert_eq!(ordered.next(), Some(Ok(0)));
        let mut chunks = pool.chunk_size(7).unwrap().imap(square, 0..600).unwrap();
        assert_eq!(chunks.next(), Some(Ok(0)));
        let mut unordered = pool.imap_unordered(square, 0..300).unwrap();
        let first = unordered.next().unwrap();
        pool.close();
        pool.join().unwrap();
        let rest: Vec<_> = ordered.collect();
        assert_eq!(rest, squares(1..300));
        let rest: Vec<_> = chunks.collect();
        assert_eq!(rest, squares(1..600));
        let rest = std::iter::once(first).chain(unordered);
        let mut rest: Vec<u64> = rest.map(Result::unwrap).collect();
        rest.sort_unstable();
        assert!(rest.into_iter().eq((0..300).map(square)));

        let executor = ProcessPoolExecutor::new(2).unwrap();
        let mut results = executor.map(square, 0..300).unwrap();
        assert_eq!(results.next(), Some(Ok(0)));
        executor.shutdown(true, false).unwrap();
        let rest: Vec<_> = results.collect();
        assert_eq!(rest, squares(1..300));
    }
    run_in_process(program).await;
}

#[test]
async fn the_page_joins_a_pool_whose_streams_nobody_reads_to_their_end() {
    crate::setup();
    let pool = Pool::new(2).unwrap();
    let mut results = pool.imap(square, 0..300).unwrap();
    assert_eq!(results.next_async().await, Some(Ok(0)));
    pool.close();
    pool.join_async().await.unwrap();
    for x in 1..300 {
        assert_eq!(results.next_async().await, Some(Ok(square(x))));
    }
    assert_eq!(results.next_async().await, None);
    let executor = ProcessPoolExecutor::new(2).unwrap();
    let mut results = executor.map(square, 0..300).unwrap();
    executor.shutdown_async(false).await;
    for x in 0..300 {
        assert_eq!(results.next_async().await, Some(Ok(square(x))));
    }
}

/// The source of a stream may use the pool to which the stream belongs, also while the
/// pool is being joined.
#[test]
async fn a_source_that_uses_its_own_pool_is_read_to_its_end() {
    fn program() {
        let pool = std::rc::Rc::new(Pool::new(2).unwrap());
        let own = pool.clone();
        let source = (0..200).inspect(move |_| assert_eq!(own.pids().len(), 2));
        let results = pool.imap(square, source).unwrap();
        pool.close();
        pool.join().unwrap();
        assert_eq!(results.collect::<Vec<_>>(), squares(0..200));
    }
    run_in_process(program).await;
}

/// Python 3.14's `buffersize`.
#[test]
async fn a_buffered_map_takes_no_more_than_its_buffer_ahead() {
    fn program() {
        let executor = ProcessPoolExecutor::new(2).unwrap();
        let taken = std::rc::Rc::new(std::cell::Cell::new(0));
        let count = taken.clone();
        let source = (0..).inspect(move |_| count.set(count.get() + 1));
        let buffered = executor.buffer_size(3).unwrap();
        let mut results = buffered.map(square, source).unwrap();
        assert_eq!(taken.get(), 3);
        for x in 0..50 {
            assert_eq!(results.next(), Some(Ok(square(x))));
            assert!(taken.get() <= x + 4, "{} after {x}", taken.get());
        }
        // It does not go on after a shutdown. With this endless source, the shutdown
        // would otherwise never end.
        executor.shutdown(true, false).unwrap();
        let submitted = taken.get();
        let rest: Vec<_> = results.collect();
        let (end, values) = rest.split_last().unwrap();
        assert_eq!(values, squares(50..submitted));
        let late = "cannot schedule new futures after shutdown";
        assert_eq!(*end, Err(Error::RuntimeError(late.into())));
        let refused = executor.buffer_size(0).map(drop);
        let text = "buffersize must be None or > 0";
        assert_eq!(refused, Err(Error::ValueError(text.into())));
    }
    run_in_process(program).await;
}

#[test]
async fn a_dropped_executor_completes_what_was_submitted() {
    fn program() {
        let future = ProcessPoolExecutor::new(1).unwrap().submit(square, 3);
        assert_eq!(future.unwrap().result(), Ok(9));
        // All calls are done, as at the end of Python's `with`.
        let sum = Value::new(0u64).unwrap();
        {
            let executor = ProcessPoolExecutor::new(2).unwrap();
            for x in 0..20 {
                let add = partial(add, sum.clone());
                executor.submit(add, x).unwrap();
            }
        }
        assert_eq!(sum.get(), Ok(190));
        let results = {
            let executor = ProcessPoolExecutor::new(2).unwrap();
            executor.map(square, 0..300).unwrap()
        };
        assert_eq!(results.collect::<Vec<_>>(), squares(0..300));
        // Dropping an executor after a shutdown without `wait` does not wait either.
        let event = Event::new().unwrap();
        let futures: Vec<_> = {
            let executor = ProcessPoolExecutor::new(1).unwrap();
            let submit = |x| executor.submit(partial(wait_for, event.clone()), x);
            let futures = (0..5).map(|x| submit(x).unwrap()).collect();
            executor.shutdown(false, false).unwrap();
            futures
        };
        event.set();
        let results: Vec<_> = futures.iter().map(Future::result).collect();
        assert_eq!(results, (0..5).map(Ok).collect::<Vec<_>>());
    }
    run_in_process(program).await;
}

/// Nobody waits for the executor or runs its engine. The calls put their results into a
/// queue, for which the process waits.
#[test]
async fn a_dropped_executor_goes_on_while_its_process_waits_for_something_else() {
    fn put(queue: Queue<u64>, x: u64) {
        queue.put(&x).unwrap();
    }
    fn program() {
        let queue = Queue::new(0).unwrap();
        let executor = ProcessPoolExecutor::new(2).unwrap();
        for x in 0..30 {
            executor.submit(partial(put, queue.clone()), x).unwrap();
        }
        executor.shutdown(false, false).unwrap();
        drop(executor);
        let mut all: Vec<u64> = (0..30).map(|_| queue.get().unwrap()).collect();
        all.sort_unstable();
        assert!(all.into_iter().eq(0..30));
    }
    run_in_process(program).await;
}

thread_local! {
    static NEVER_DROPPED: RefCell<Option<ProcessPoolExecutor>> = const { RefCell::new(None) };
}

/// As Python's `_python_exit`: an executor that is never shut down completes its calls
/// before the process ends, in whichever way the process ends by itself.
#[test]
async fn a_process_completes_the_calls_of_its_executors_before_it_ends() {
    fn submit(sum: Value<u64>) -> ProcessPoolExecutor {
        let executor = ProcessPoolExecutor::new(2).unwrap();
        for x in 0..20 {
            executor.submit(partial(add, sum.clone()), x).unwrap();
        }
        executor
    }
    fn end(way: u32, sum: Value<u64>) {
        let executor = submit(sum);
        match way {
            0 => NEVER_DROPPED.set(Some(executor)),
            1 => executor.shutdown(false, false).unwrap(),
            2 => exit(3),
            _ => panic!("it panics"),
        }
    }
    crate::setup();
    for (way, code) in [(0, 0), (1, 0), (2, 3), (3, 1)] {
        let sum = Value::new(0u64).unwrap();
        let process = Process::spawn(end, (way, sum.clone())).unwrap();
        let _ = process.join_async().await;
        assert_eq!(process.exit_code(), Ok(Some(code)));
        assert_eq!(sum.get(), Ok(190));
    }
}

#[test]
async fn an_executor_that_is_dropped_on_the_page_completes_what_was_submitted() {
    crate::setup();
    let future = ProcessPoolExecutor::new(1).unwrap().submit(square, 3);
    assert_eq!(future.unwrap().await, Ok(9));
    let sum = Value::new(0u64).unwrap();
    let futures: Vec<_> = {
        let executor = ProcessPoolExecutor::new(2).unwrap();
        let submit = |x| executor.submit(partial(add, sum.clone()), x).unwrap();
        let futures = (0..20).map(submit).collect();
        executor.shutdown(false, false).unwrap();
        futures
    };
    for future in futures {
        future.await.unwrap();
    }
    assert_eq!(sum.get(), Ok(190));
}

/// As in Python, the workers of an executor are not daemons; those of a pool are.
#[test]
async fn the_workers_of_an_executor_may_have_children() {
    fn process(x: u64) -> u64 {
        Process::spawn(square, x).unwrap().join().unwrap()
    }
    fn pool(x: u64) -> u64 {
        let pool = Pool::new(2).unwrap();
        pool.map(square, 0..x).unwrap().into_iter().sum()
    }
    fn executor(x: u64) -> u64 {
        let executor = ProcessPoolExecutor::new(1).unwrap();
        let inner = executor.submit(process, x).unwrap();
        inner.result().unwrap()
    }
    fn manager(x: u64) -> u64 {
        let manager = Manager::new().unwrap();
        let value = manager.value(&x).unwrap();
        value.get().unwrap()
    }
    fn in_a_pool(x: u64) -> Result<u64, String> {
        let process = Process::spawn(square, x).map_err(|error| error.to_string())?;
        process.join().map_err(|error| error.to_string())
    }
    fn program() {
        let outer = ProcessPoolExecutor::new(1).unwrap();
        assert_eq!(outer.submit(process, 12).unwrap().result(), Ok(144));
        assert_eq!(outer.submit(pool, 5).unwrap().result(), Ok(30));
        assert_eq!(outer.submit(executor, 7).unwrap().result(), Ok(49));
        assert_eq!(outer.submit(manager, 5).unwrap().result(), Ok(5));
        let refused = Pool::new(1).unwrap().apply(in_a_pool, 3).unwrap();
        let text = "daemonic processes are not allowed to have children";
        assert_eq!(refused, Err(text.into()));
    }
    run_in_process(program).await;
}

/// These executors want more workers than a browser can run at once. Each executor goes
/// on with the workers that it gets. A call for which there is no worker fails with an
/// error that says so.
#[test]
async fn many_executors_within_executors_all_end() {
    fn inner(x: u64) -> Result<u64, Error> {
        let executor = ProcessPoolExecutor::new(12)?;
        let product = partial(|x: u64, y: u64| x * y, x);
        let calls = (0..12).map(|y| executor.submit(product.clone(), y));
        let calls = calls.collect::<Result<Vec<_>, Error>>()?;
        calls.iter().map(Future::result).sum()
    }
    fn program() {
        let executor = ProcessPoolExecutor::new(12).unwrap();
        let calls: Vec<_> = (0..12)
            .map(|x| executor.submit(inner, x).unwrap())
            .collect();
        for (x, call) in (0..).zip(calls) {
            match call.result() {
                Ok(Ok(sum)) => assert_eq!(sum, x * 66),
                Ok(Err(error)) | Err(error) => assert!(
                    matches!(
                        error,
                        Error::BlockingIOError { .. }
                            | Error::BrokenProcessPool(_)
                            | Error::TaskError(_)
                    ),
                    "{error:?}"
                ),
            }
        }
    }
    run_in_process(program).await;
}
