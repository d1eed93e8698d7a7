//! Results: obtaining them several times, time-outs, and results that cannot be decoded.

use super::run_in_process;
use manyhands::{
    futures::{ReturnWhen, as_completed, wait, wait_timeout_async},
    *,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{cell::Cell, rc::Rc, time::Duration};
use wasm_bindgen_test::wasm_bindgen_test as test;

fn square(x: u64) -> u64 {
    x * x
}

fn wait_for(event: Event, x: u64) -> u64 {
    event.wait().unwrap();
    x
}

const SHORT_TIME: Duration = Duration::from_millis(5);

/// As in Python, and without `Clone`.
#[test]
async fn a_result_can_be_had_as_often_as_it_is_asked_for() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct NoClone(u64);
    fn no_clone(x: u64) -> NoClone {
        NoClone(x)
    }
    fn fail(x: u64) -> Result<u64, String> {
        Err(format!("no {x}"))
    }
    fn queue(x: u64) -> Queue<u64> {
        let queue = Queue::new(0).unwrap();
        queue.put(&x).unwrap();
        queue
    }
    fn program() {
        let executor = ProcessPoolExecutor::new(2).unwrap();
        let future = executor.submit(no_clone, 3).unwrap();
        let clone = future.clone();
        let seen = Rc::new(Cell::new(0));
        for _ in 0..3 {
            assert_eq!(future.result(), Ok(NoClone(3)));
            assert_eq!(clone.result_timeout(SHORT_TIME), Ok(NoClone(3)));
            let seen_by_callback = seen.clone();
            future.add_done_callback(move |result| {
                seen_by_callback.set(seen_by_callback.get() + result.unwrap().0)
            });
        }
        assert_eq!(seen.get(), 9);
        assert_eq!(future.exception(None), Ok(None));
        // A shared object in a result exists as long as the future.
        let future = executor.submit(queue, 5).unwrap();
        drop(future.result().unwrap());
        assert_eq!(future.result().unwrap().get(), Ok(5));

        let pool = Pool::new(2).unwrap();
        for policy in Policy::ALL {
            let by = pool.policy(policy);
            let result = by.map_async(square, 0..100).unwrap();
            for _ in 0..3 {
                assert!(result.get().unwrap().into_iter().eq((0..100).map(square)));
                assert_eq!(result.successful(), Ok(true));
            }
            let result = by.try_map_async(fail, 0..10).unwrap();
            let first = result.get().unwrap_err();
            assert!(matches!(&first, Error::TaskError(error) if error.text == "no 0"));
            assert_eq!(result.get().unwrap_err(), first);
            assert_eq!(result.successful(), Ok(false));
        }
        assert_eq!(pool.map_async(square, []).unwrap().get(), Ok(vec![]));
    }
    run_in_process(program).await;
}

#[test]
async fn a_future_that_is_given_twice_is_yielded_once() {
    fn program() {
        let executor = ProcessPoolExecutor::new(2).unwrap();
        let futures: Vec<_> = (0..3)
            .map(|x| executor.submit(square, x).unwrap())
            .collect();
        let twice = || futures.iter().chain(&futures).cloned();
        let mut all: Vec<u64> = as_completed(twice(), None)
            .map(|future| future.unwrap().result().unwrap())
            .collect();
        all.sort_unstable();
        assert_eq!(all, [0, 1, 4]);
        let all: Vec<_> = twice().collect();
        let (done, not_done) = wait(&all, None, ReturnWhen::AllCompleted).unwrap();
        assert_eq!((done.len(), not_done.len()), (3, 0));
    }
    run_in_process(program).await;
}

/// This includes futures that are done before the iteration begins.
#[test]
async fn futures_are_yielded_in_the_order_in_which_they_are_done() {
    fn program() {
        let executor = ProcessPoolExecutor::new(2).unwrap();
        let event = Event::new().unwrap();
        let first = executor
            .submit(partial(wait_for, event.clone()), 1)
            .unwrap();
        let second = executor.submit(square, 2).unwrap();
        let futures = [first, second];
        let mut completed = as_completed(futures.clone(), None);
        wait(&futures, None, ReturnWhen::FirstCompleted).unwrap();
        event.set();
        wait(&futures, None, ReturnWhen::AllCompleted).unwrap();
        let mut next = || completed.next().unwrap().unwrap().result().unwrap();
        assert_eq!((next(), next()), (4, 1));
    }
    run_in_process(program).await;
}

#[test]
async fn every_wait_of_a_pool_has_a_time_out() {
    fn program() {
        let event = Event::new().unwrap();
        let call = || partial(wait_for, event.clone());
        let pool = Pool::new(1).unwrap();
        let result = pool.apply_async(call(), 3).unwrap();
        pool.close();
        assert_eq!(pool.join_timeout(SHORT_TIME), Ok(false));
        let executor = ProcessPoolExecutor::new(1).unwrap();
        let future = executor.submit(call(), 4).unwrap();
        assert_eq!(executor.shutdown_timeout(SHORT_TIME, false), Ok(false));
        event.set();
        let long = Duration::from_secs(60);
        assert_eq!(pool.join_timeout(long), Ok(true));
        assert_eq!(executor.shutdown_timeout(long, false), Ok(true));
        assert_eq!((result.get(), future.result()), (Ok(3), Ok(4)));
        // The time-out ends the wait for a pool with an endless stream. The pool goes on.
        let pool = Pool::new(2).unwrap();
        let results = pool.imap(square, 0..).unwrap();
        pool.close();
        assert_eq!(pool.join_timeout(SHORT_TIME), Ok(false));
        assert!(
            results
                .take(1000)
                .map(Result::unwrap)
                .eq((0..1000).map(square))
        );
    }
    run_in_process(program).await;
}

#[test]
async fn every_wait_of_a_pool_has_a_time_out_on_the_page() {
    crate::setup();
    let event = Event::new().unwrap();
    let call = || partial(wait_for, event.clone());
    let pool = Pool::new(1).unwrap();
    let result = pool.apply_async(call(), 3).unwrap();
    assert_eq!(
        result.get_timeout_async(SHORT_TIME).await,
        Err(Error::TimeoutError)
    );
    assert!(!result.wait_async(Some(SHORT_TIME)).await);
    let mut stream = pool.imap(call(), [5]).unwrap();
    let next = stream.next_timeout_async(SHORT_TIME).await;
    assert_eq!(next, Some(Err(Error::TimeoutError)));
    pool.close();
    assert_eq!(pool.join_timeout_async(SHORT_TIME).await, Ok(false));
    let executor = ProcessPoolExecutor::new(1).unwrap();
    let future = executor.submit(call(), 4).unwrap();
    let late = future.result_timeout_async(SHORT_TIME).await;
    assert_eq!(late, Err(Error::TimeoutError));
    let late = future.exception_async(Some(SHORT_TIME)).await;
    assert_eq!(late, Err(Error::TimeoutError));
    let futures = [future];
    let (done, not_done) = wait_timeout_async(&futures, SHORT_TIME, ReturnWhen::AllCompleted).await;
    assert_eq!((done.len(), not_done.len()), (0, 1));
    let mut completed = as_completed(futures.clone(), Some(SHORT_TIME));
    let next = completed.next_timeout_async().await;
    assert!(matches!(next, Some(Err(Error::TimeoutError))), "{next:?}");
    assert!(completed.next_timeout_async().await.is_none());
    // A loop that may not wait here ends, too, and says why.
    let is_refusal = |error| matches!(error, Error::BlockingOnPage { .. });
    let refused: Vec<_> = as_completed(futures.clone(), None).collect();
    assert!(refused.len() == 1 && refused.into_iter().all(|one| is_refusal(one.unwrap_err())));
    let refused: Vec<_> = stream.by_ref().collect();
    assert!(refused.len() == 1 && refused.into_iter().all(|one| is_refusal(one.unwrap_err())));
    assert!(!executor.shutdown_timeout_async(SHORT_TIME, false).await);
    event.set();
    let long = Duration::from_secs(60);
    assert_eq!(result.get_timeout_async(long).await, Ok(3));
    assert_eq!(stream.next_timeout_async(long).await, Some(Ok(5)));
    assert_eq!(stream.next_timeout_async(long).await, None);
    assert_eq!(futures[0].exception_async(None).await, Ok(None));
    assert_eq!(futures[0].result_timeout_async(long).await, Ok(4));
    assert_eq!(pool.join_timeout_async(long).await, Ok(true));
    assert!(executor.shutdown_timeout_async(long, false).await);
}

/// A value that can be decoded in a process but not on the page, where decoding it
/// panics.
#[derive(Debug, PartialEq)]
struct Unreadable(u64);

impl Serialize for Unreadable {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Unreadable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Unreadable, D::Error> {
        let value = u64::deserialize(deserializer)?;
        assert!(may_block() || value != 3, "three cannot be read");
        Ok(Unreadable(value))
    }
}

/// A value that can be encoded but not decoded.
#[derive(Debug, PartialEq)]
struct Refused(u64);

impl Serialize for Refused {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Refused {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Refused, D::Error> {
        match u64::deserialize(deserializer)? {
            3 => Err(serde::de::Error::custom("three is refused")),
            value => Ok(Refused(value)),
        }
    }
}

#[test]
async fn a_result_that_cannot_be_read_says_which_type_and_why() {
    fn names_type_and_reason<T: std::fmt::Debug>(result: Result<T, Error>) -> bool {
        let Err(Error::PicklingError(text)) = &result else {
            panic!("{result:?}")
        };
        text.contains("Refused") && text.contains("three is refused")
    }
    fn program() {
        let pool = Pool::new(2).unwrap();
        assert!(names_type_and_reason(pool.map(Refused, 0..6)));
        let mut results = pool.imap(Refused, 0..6).unwrap();
        for x in [0, 1, 2] {
            assert_eq!(results.next(), Some(Ok(Refused(x))));
        }
        assert!(names_type_and_reason(results.next().unwrap()));
        assert_eq!(results.next(), Some(Ok(Refused(4))));
        let executor = ProcessPoolExecutor::new(1).unwrap();
        let future = executor.submit(Refused, 3).unwrap();
        assert!(names_type_and_reason(future.result()));
        assert!(names_type_and_reason(future.result()));
        assert!(names_type_and_reason(
            Process::spawn(Refused, 3).unwrap().join()
        ));
    }
    run_in_process(program).await;
}

/// A panic on the page ends neither the pool nor another call.
#[test]
async fn a_result_whose_deserialize_panics_on_the_page_is_an_error_of_its_own() {
    crate::setup();
    let names_type_and_reason = |error: &Error| {
        let Error::PicklingError(text) = error else {
            return false;
        };
        text.contains("Unreadable") && text.contains("panicked")
    };
    let pool = Pool::new(2).unwrap();
    let mut stream = pool.imap(Unreadable, 0..6).unwrap();
    for x in 0..6 {
        match stream.next_async().await.unwrap() {
            Ok(value) => assert!(value == Unreadable(x) && x != 3),
            Err(error) => assert!(x == 3 && names_type_and_reason(&error), "{x}: {error}"),
        }
    }
    let one = pool.apply_async(Unreadable, 3).unwrap();
    let map = pool.map_async(Unreadable, 0..6).unwrap();
    assert!(names_type_and_reason(&one.await.unwrap_err()));
    assert!(names_type_and_reason(&map.await.unwrap_err()));
    let executor = ProcessPoolExecutor::new(1).unwrap();
    let future = executor.submit(Unreadable, 3).unwrap();
    let other = executor.submit(Unreadable, 4).unwrap();
    assert!(names_type_and_reason(
        &future.result_async().await.unwrap_err()
    ));
    assert!(names_type_and_reason(
        &future.result_async().await.unwrap_err()
    ));
    assert_eq!(other.await, Ok(Unreadable(4)));
    // A panic in a callback, or in the source of a stream, does not end them either.
    let result = pool.apply_async(square, 5).unwrap();
    let result = result.with_callback(|_| panic!("a callback panics"));
    assert_eq!(result.await, Ok(25));
    let source = (0..100).inspect(|x| assert!(*x < 90, "a source panics"));
    let mut stream = pool.imap(square, source).unwrap();
    for x in 0..90 {
        assert_eq!(stream.next_async().await, Some(Ok(square(x))));
    }
    let end = stream.next_async().await;
    assert!(matches!(end, Some(Err(Error::RuntimeError(_)))), "{end:?}");
    assert_eq!(stream.next_async().await, None);
    let last = pool.map_async(square, 0..5).unwrap();
    assert_eq!(last.await, Ok(vec![0, 1, 4, 9, 16]));
    pool.close();
    pool.join_async().await.unwrap();
}

/// A value whose `Serialize` panics, or, if it is sent nevertheless, its `Deserialize`.
#[derive(Debug, PartialEq)]
struct Panics(u64);

impl Serialize for Panics {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        assert!(self.0 != 3, "three cannot be sent");
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Panics {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Panics, D::Error> {
        let value = u64::deserialize(deserializer)?;
        assert!(value != 4, "four cannot be received");
        Ok(Panics(value))
    }
}

/// As in Python, where it is an error of `pickle` that is raised while the value is sent. It
/// costs the process, but nobody else.
#[test]
async fn a_type_that_panics_while_it_travels_is_an_error_that_names_it() {
    fn names_type_and_reason<T: std::fmt::Debug>(result: Result<T, Error>, reason: &str) {
        let Err(Error::PicklingError(text)) = &result else {
            panic!("{result:?}")
        };
        assert!(text.contains("::Panics`"), "{text}");
        assert!(text.contains(reason), "{text}");
    }
    const SENT: &str = "three cannot be sent";
    const RECEIVED: &str = "four cannot be received";
    fn program() {
        // A result.
        let process = Process::spawn(Panics, 3).unwrap();
        names_type_and_reason(process.join(), SENT);
        assert_eq!(process.exit_code(), Ok(Some(1)));
        let pool = Pool::new(2).unwrap();
        names_type_and_reason(pool.map(Panics, [1, 3, 5]), SENT);
        names_type_and_reason(pool.apply(Panics, 3), SENT);
        let mut results = pool.imap(Panics, [2, 3, 5]).unwrap();
        assert_eq!(results.next(), Some(Ok(Panics(2))));
        names_type_and_reason(results.next().unwrap(), SENT);
        assert_eq!(results.next(), Some(Ok(Panics(5))));
        let executor = ProcessPoolExecutor::new(2).unwrap();
        let (bad, good) = (executor.submit(Panics, 3), executor.submit(Panics, 5));
        names_type_and_reason(bad.unwrap().result(), SENT);
        assert_eq!(good.unwrap().result(), Ok(Panics(5)));
        // An argument.
        let four = || Panics(4);
        let unwrap = |Panics(x): Panics| x;
        names_type_and_reason(Process::spawn(unwrap, four()).unwrap().join(), RECEIVED);
        names_type_and_reason(pool.map(unwrap, [four()]), RECEIVED);
        names_type_and_reason(executor.submit(unwrap, four()).unwrap().result(), RECEIVED);
        // A message, in the process that sends it and in the one that receives it.
        let queue = Queue::new(0).unwrap();
        let put = |queue: Queue<Panics>, x: u64| queue.put(&Panics(x)).unwrap();
        let process = Process::spawn(put, (queue.clone(), 3)).unwrap();
        names_type_and_reason(process.join(), SENT);
        queue.put(&four()).unwrap();
        let get = |queue: Queue<Panics>| queue.get().unwrap().0;
        let process = Process::spawn(get, queue.clone()).unwrap();
        names_type_and_reason(process.join(), RECEIVED);
        // A panic for another reason is one, also after values have been sent.
        let panics = |queue: Queue<Panics>| -> u64 {
            queue.put(&Panics(7)).unwrap();
            panic!("another reason")
        };
        let error = Process::spawn(panics, queue.clone()).unwrap().join();
        let Err(Error::ProcessError(error)) = error else {
            panic!("{error:?}")
        };
        assert_eq!(error.reason, Reason::Panicked);
        assert_eq!(queue.get(), Ok(Panics(7)));
        assert_eq!(pool.map(square, 0..3), Ok(vec![0, 1, 4]));
    }
    run_in_process(program).await;
    // For the page.
    let process = Process::spawn(Panics, 3).unwrap();
    names_type_and_reason(process.join_async().await, SENT);
    let pool = Pool::new(1).unwrap();
    let results = pool.map_async(Panics, [3]).unwrap();
    names_type_and_reason(results.await, SENT);
}
