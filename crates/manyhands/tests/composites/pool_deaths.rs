//! Pools whose workers die.

use super::run_in_process;
use manyhands::*;
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test as test;

fn die(item: u32) -> u32 {
    match item {
        3 => panic!("three is too much"),
        5 => exit(7),
        _ => item,
    }
}

/// In Python the result never arrives (bpo-22393).
#[test]
async fn a_dead_worker_is_replaced_and_its_chunk_fails() {
    fn program() {
        let pool = Pool::new(2).unwrap();
        let before = pool.pids();
        let by = pool.chunk_size(1).unwrap();
        let results: Vec<_> = by.imap(die, 0..8).unwrap().collect();
        let good: Vec<_> = results.iter().map(|result| result.clone().ok()).collect();
        let item = |item| {
            if [3, 5].contains(&item) {
                None
            } else {
                Some(item)
            }
        };
        assert_eq!(good, (0..8).map(item).collect::<Vec<_>>());
        let Err(Error::TaskError(error)) = &results[3] else {
            panic!("{:?}", results[3])
        };
        let worker = error.worker.as_ref().unwrap();
        assert_eq!(
            (error.index, worker.exit_code, worker.reason),
            (3, 1, Reason::Panicked)
        );
        assert!(before.contains(&worker.pid));
        assert!(error.to_string().contains("three is too much"), "{error}");
        let Err(Error::TaskError(error)) = &results[5] else {
            panic!("{:?}", results[5])
        };
        let worker = error.worker.as_ref().unwrap();
        assert_eq!(
            (error.index, worker.exit_code, worker.reason),
            (5, 7, Reason::Exited)
        );
        // A map fails as a whole; the error names the item.
        let failed = by.map(die, 0..5).unwrap_err();
        let Error::TaskError(error) = failed else {
            panic!("{failed:?}")
        };
        assert_eq!(error.index, 3);
        let failed = pool.chunk_size(5).unwrap().map(die, 1..6).unwrap_err();
        let Error::TaskError(error) = failed else {
            panic!("{failed:?}")
        };
        assert_eq!(error.index, 2);
        assert_eq!(by.map(die, [1, 2]).unwrap(), [1, 2]);
    }
    run_in_process(program).await;
}

#[test]
async fn an_endless_task_is_ended_by_its_time_out() {
    fn spin(item: u32) -> u32 {
        while item == 1 && may_block() {}
        item
    }
    fn program() {
        let builder = Pool::builder()
            .processes(2)
            .task_timeout(Duration::from_millis(300));
        let pool = builder.build().unwrap();
        let by = pool.chunk_size(1).unwrap();
        let results: Vec<_> = by.imap(spin, 0..4).unwrap().collect();
        let Err(Error::TaskError(error)) = &results[1] else {
            panic!("{:?}", results[1])
        };
        assert!(error.text.contains("longer than 300ms"), "{error}");
        assert_eq!(error.worker.as_ref().unwrap().exit_code, -9);
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 3);
    }
    run_in_process(program).await;
}

#[test]
async fn a_pool_whose_workers_cannot_come_up_is_broken() {
    fn fail() {
        panic!("no");
    }
    fn program() {
        let builder = Pool::builder().processes(2);
        let pool = builder.initializer(fail, ()).build().unwrap();
        let result = pool.map(|x: u32| x, 0..10);
        assert!(
            matches!(result, Err(Error::BrokenProcessPool(_))),
            "{result:?}"
        );
        assert!(matches!(
            pool.map(|x: u32| x, 0..10),
            Err(Error::BrokenProcessPool(_))
        ));
    }
    run_in_process(program).await;
}
