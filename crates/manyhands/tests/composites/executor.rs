//! Executors and futures.

use super::run_in_process;
use manyhands::{
    futures::{ReturnWhen, as_completed, wait, wait_async},
    *,
};
use std::{cell::RefCell, rc::Rc, time::Duration};
use wasm_bindgen_test::wasm_bindgen_test as test;

fn square(x: u64) -> u64 {
    x * x
}

fn wait_for(event: Event, x: u64) -> u64 {
    event.wait().unwrap();
    x
}

#[test]
async fn submitted_calls_return_their_results() {
    fn program() {
        let executor = ProcessPoolExecutor::new(2).unwrap();
        assert!(executor.pids().is_empty(), "workers start on demand");
        let futures: Vec<_> = (0..20)
            .map(|x| executor.submit(square, x).unwrap())
            .collect();
        for (x, future) in futures.iter().enumerate() {
            assert_eq!(future.result(), Ok((x * x) as u64));
            assert!(future.done() && !future.running() && !future.cancelled());
        }
        assert_eq!(executor.pids().len(), 2);
        let squares: Result<Vec<u64>, Error> = executor.map(square, 0..50).unwrap().collect();
        assert!(squares.unwrap().into_iter().eq((0..50).map(square)));
        let squares = executor.map_chunks(square, 0..50, 7).unwrap();
        assert!(squares.map(Result::unwrap).eq((0..50).map(square)));
        executor.shutdown(true, false).unwrap();
        let late = executor.submit(square, 1).unwrap_err();
        let text = "cannot schedule new futures after shutdown";
        assert_eq!(late, Error::RuntimeError(text.into()));
        assert!(ProcessPoolExecutor::new(0).is_err());
    }
    run_in_process(program).await;
}

#[test]
async fn an_idle_worker_is_used_again() {
    fn program() {
        let executor = ProcessPoolExecutor::new(4).unwrap();
        for x in 0..10 {
            assert_eq!(executor.submit(square, x).unwrap().result(), Ok(x * x));
        }
        assert_eq!(executor.pids().len(), 1);
    }
    run_in_process(program).await;
}

/// The call queue holds one call more than there are workers, and these count as running.
#[test]
async fn pending_futures_can_be_cancelled() {
    fn program() {
        let executor = ProcessPoolExecutor::new(1).unwrap();
        let event = Event::new().unwrap();
        let futures: Vec<_> = (0..5)
            .map(|x| {
                executor
                    .submit(partial(wait_for, event.clone()), x)
                    .unwrap()
            })
            .collect();
        let cancelled: Vec<bool> = futures.iter().map(Future::cancel).collect();
        assert_eq!(cancelled, [false, false, true, true, true]);
        assert!(futures[0].running() && futures[1].running());
        assert!(futures[2].cancelled() && futures[2].done());
        assert_eq!(futures[2].result(), Err(Error::CancelledError));
        event.set();
        assert_eq!(futures[1].result(), Ok(1));
        event.clear();
        let futures: Vec<_> = (0..5)
            .map(|x| {
                executor
                    .submit(partial(wait_for, event.clone()), x)
                    .unwrap()
            })
            .collect();
        executor.shutdown(false, true).unwrap();
        event.set();
        let results: Vec<bool> = futures
            .iter()
            .map(|future| future.result().is_ok())
            .collect();
        assert_eq!(results, [true, true, false, false, false]);
    }
    run_in_process(program).await;
}

#[test]
async fn futures_are_waited_for_together() {
    fn fail(event: Event, x: u64) -> u64 {
        event.wait().unwrap();
        panic!("{x}");
    }
    fn program() {
        let executor = ProcessPoolExecutor::new(2).unwrap();
        let (first, second) = (Event::new().unwrap(), Event::new().unwrap());
        let submit = |event: &Event, x| {
            executor
                .submit(partial(wait_for, event.clone()), x)
                .unwrap()
        };
        let futures = [submit(&first, 1), submit(&second, 2)];
        let soon = Some(Duration::from_millis(1));
        let (done, not) = wait(&futures, soon, ReturnWhen::FirstCompleted).unwrap();
        assert_eq!((done.len(), not.len()), (0, 2));
        second.set();
        let (done, not) = wait(&futures, None, ReturnWhen::FirstCompleted).unwrap();
        assert_eq!(done[0].result(), Ok(2));
        first.set();
        assert_eq!(not[0].result(), Ok(1));
        // A future whose result was taken still counts as done.
        let (done, _) = wait(&futures, None, ReturnWhen::AllCompleted).unwrap();
        assert_eq!(done.len(), 2);

        let (first, second) = (Event::new().unwrap(), Event::new().unwrap());
        let failing = executor.submit(partial(fail, first.clone()), 7).unwrap();
        let futures = [submit(&second, 1), failing.clone()];
        first.set();
        let (done, not) = wait(&futures, None, ReturnWhen::FirstException).unwrap();
        assert_eq!((done.len(), not.len()), (1, 1));
        assert!(matches!(
            failing.exception(None),
            Ok(Some(Error::TaskError(_)))
        ));
        assert!(failing.result().is_err());
        second.set();
        assert_eq!(not[0].result(), Ok(1));

        let (first, second) = (Event::new().unwrap(), Event::new().unwrap());
        let mut both = as_completed([submit(&first, 1), submit(&second, 2)], None);
        second.set();
        assert_eq!(both.next().unwrap().unwrap().result(), Ok(2));
        first.set();
        assert_eq!(both.next().unwrap().unwrap().result(), Ok(1));
        assert!(both.next().is_none());
    }
    run_in_process(program).await;
}

/// A killed worker breaks the executor. A panic or an exit affects only its own future.
#[test]
async fn a_killed_worker_breaks_the_executor() {
    fn leave(code: u64) -> u64 {
        exit(code as i32)
    }
    fn program() {
        let executor = ProcessPoolExecutor::new(2).unwrap();
        let left = executor.submit(leave, 3).unwrap().result().unwrap_err();
        let Error::TaskError(error) = left else {
            panic!("{left:?}")
        };
        assert_eq!(error.worker.unwrap().exit_code, 3);
        assert_eq!(executor.submit(square, 3).unwrap().result(), Ok(9));
        let event = Event::new().unwrap();
        let futures: Vec<_> = (0..6)
            .map(|x| {
                executor
                    .submit(partial(wait_for, event.clone()), x)
                    .unwrap()
            })
            .collect();
        kill(executor.pids()[0]).unwrap();
        for future in &futures {
            let result = future.result();
            assert!(
                matches!(result, Err(Error::BrokenProcessPool(_))),
                "{result:?}"
            );
        }
        assert!(matches!(
            executor.submit(square, 1),
            Err(Error::BrokenProcessPool(_))
        ));
        let executor = ProcessPoolExecutor::new(1).unwrap();
        let future = executor.submit(partial(wait_for, event), 1).unwrap();
        executor.kill_workers();
        assert!(matches!(future.result(), Err(Error::BrokenProcessPool(_))));
    }
    run_in_process(program).await;
}

#[test]
async fn the_page_awaits_futures() {
    crate::setup();
    let executor = ProcessPoolExecutor::new(2).unwrap();
    let futures: Vec<_> = (0..6)
        .map(|x| executor.submit(square, x).unwrap())
        .collect();
    let sum = Rc::new(RefCell::new(0));
    for future in &futures {
        let sum = sum.clone();
        future.add_done_callback(move |result| *sum.borrow_mut() += result.unwrap());
    }
    let (done, not) = wait_async(&futures, ReturnWhen::AllCompleted).await;
    assert_eq!((done.len(), not.len()), (6, 0));
    assert_eq!(*sum.borrow(), 55);
    assert_eq!(futures[5].clone().await, Ok(25));
    let mut rest = as_completed(futures[..5].iter().cloned(), None);
    let mut count = 0;
    while let Some(future) = rest.next_async().await {
        future.await.unwrap();
        count += 1;
    }
    assert_eq!(count, 5);
    executor.shutdown_async(false).await;
}
