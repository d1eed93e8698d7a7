//! More data than the arena has room for. These tests have an arena of 64 MiB.

use super::run_in_process;
use manyhands::*;
use wasm_bindgen_test::wasm_bindgen_test as test;

const LARGE: usize = 1_500_000;
const COUNT: usize = 60;

fn large(n: usize) -> Vec<u8> {
    vec![n as u8; LARGE]
}

fn all_large() -> impl Iterator<Item = Vec<u8>> {
    (0..COUNT).map(large)
}

fn sum(bytes: Vec<u8>) -> usize {
    bytes.into_iter().map(usize::from).sum()
}

fn sums() -> Vec<usize> {
    (0..COUNT).map(|n| n * LARGE).collect()
}

/// Are these the sums of all large items, in order?
fn yields_all_sums(results: impl Iterator<Item = Result<usize, Error>>) -> bool {
    let results: Result<Vec<usize>, Error> = results.collect();
    results.unwrap() == sums()
}

#[test]
async fn large_items_wait_for_room() {
    fn program() {
        let pool = Pool::new(2).unwrap();
        assert!(yields_all_sums(pool.imap(sum, all_large()).unwrap()));
        let by_three = pool.chunk_size(3).unwrap();
        assert!(yields_all_sums(by_three.imap(sum, all_large()).unwrap()));
        // With four workers, the largest guided chunk has an eighth of all items. With two
        // it would have a quarter, and an arena in use may have no piece of that size.
        let four = Pool::new(4).unwrap();
        for policy in [Policy::Shared, Policy::Guided, Policy::Auto] {
            let by = four.chunk_size(2).unwrap().policy(policy);
            assert_eq!(by.map(sum, all_large()).unwrap(), sums(), "{policy:?}");
        }
        let executor = ProcessPoolExecutor::new(2).unwrap();
        assert!(yields_all_sums(executor.map(sum, all_large()).unwrap()));
        let calls: Vec<_> = all_large()
            .map(|bytes| executor.submit(sum, bytes).unwrap())
            .collect();
        assert!(yields_all_sums(calls.iter().map(Future::result)));
    }
    run_in_process(program).await;
}

#[test]
async fn large_results_wait_for_room() {
    fn program() {
        let pool = Pool::new(2).unwrap();
        let numbers = || 0..COUNT;
        let results = pool.imap(large, numbers()).unwrap();
        assert!(yields_all_sums(results.map(|bytes| bytes.map(sum))));
        let mut results: Vec<usize> = pool
            .imap_unordered(large, numbers())
            .unwrap()
            .map(|bytes| sum(bytes.unwrap()))
            .collect();
        results.sort_unstable();
        assert_eq!(results, sums());
        let results = pool.chunk_size(1).unwrap().map(large, numbers()).unwrap();
        assert!(yields_all_sums(
            results.into_iter().map(|bytes| Ok(sum(bytes)))
        ));
        let executor = ProcessPoolExecutor::new(2).unwrap();
        let results = executor.map(large, numbers()).unwrap();
        assert!(yields_all_sums(results.map(|bytes| bytes.map(sum))));
    }
    run_in_process(program).await;
}

#[test]
async fn large_items_and_results_wait_for_room_on_the_page() {
    crate::setup();
    let pool = Pool::new(2).unwrap();
    let mut results = pool.imap(|bytes: Vec<u8>| bytes, all_large()).unwrap();
    for n in 0..COUNT {
        let bytes = results.next_async().await.unwrap().unwrap();
        assert_eq!((bytes.len(), bytes[LARGE - 1]), (LARGE, n as u8));
    }
    assert_eq!(results.next_async().await, None);
}

/// The process that produces the items is also the only one that reads the results and so
/// makes room.
#[test]
async fn a_reader_that_is_also_the_producer_does_not_wait_for_itself() {
    fn same(bytes: Vec<u8>) -> Vec<u8> {
        bytes
    }
    fn program() {
        // Nobody reads while the items are submitted, and each of them is large.
        let pool = Pool::new(2).unwrap();
        let mut results = pool.imap(same, all_large()).unwrap();
        for n in 0..COUNT {
            // The reader needs room in the arena, too.
            let own = SharedMemory::create(None, 4 * LARGE).unwrap();
            assert_eq!(results.next(), Some(Ok(large(n))));
            own.unlink().unwrap();
        }
        // The results of one stream are the source of another stream of the same pool.
        let first = pool.imap(same, all_large()).unwrap();
        let second = pool.imap(same, first.map(Result::unwrap)).unwrap();
        assert!(yields_all_sums(second.map(|bytes| bytes.map(sum))));
        // The reader submits everything before it reads a result.
        let executor = ProcessPoolExecutor::new(2).unwrap();
        let calls: Vec<_> = all_large()
            .map(|bytes| executor.submit(same, bytes).unwrap())
            .collect();
        executor.shutdown(true, false).unwrap();
        assert!(yields_all_sums(
            calls.iter().map(|call| call.result().map(sum))
        ));
    }
    run_in_process(program).await;
}

/// If nobody can make room, each item fails with an error, and nobody waits.
#[test]
async fn in_a_full_arena_each_item_has_its_result_or_a_memory_error() {
    fn program() {
        let pool = Pool::new(2).unwrap();
        let executor = ProcessPoolExecutor::new(1).unwrap();
        assert_eq!(executor.submit(|x: u32| x, 1).unwrap().result(), Ok(1));
        // About 2 MiB are free after this.
        let mut taken = Vec::new();
        while let Ok(block) = SharedMemory::create(None, 2 << 20) {
            taken.push(block);
        }
        let is_memory_error =
            |error: &Error| matches!(error, Error::MemoryError { limit, .. } if *limit == 64 << 20);
        let results: Vec<_> = pool
            .imap(|n: usize| vec![0u8; n], [3 << 20; 10])
            .unwrap()
            .collect();
        assert_eq!(results.len(), 10);
        assert!(
            results
                .iter()
                .all(|result| is_memory_error(result.as_ref().unwrap_err()))
        );
        let results: Vec<_> = pool
            .imap(sum, (0..10).map(|_| vec![0; 3 << 20]))
            .unwrap()
            .collect();
        assert_eq!(results.len(), 10);
        assert!(
            results
                .iter()
                .all(|result| is_memory_error(result.as_ref().unwrap_err()))
        );
        let refused = executor.submit(sum, vec![0; 3 << 20]).unwrap().result();
        assert!(is_memory_error(&refused.unwrap_err()));
        for block in taken {
            block.unlink().unwrap();
        }
        // There is room again.
        assert!(yields_all_sums(pool.imap(sum, all_large()).unwrap()));
    }
    run_in_process(program).await;
}

/// A result for which there will never be room is a memory error and not a pickling
/// error.
#[test]
async fn a_result_larger_than_the_arena_is_a_memory_error() {
    const TOO_LARGE: usize = 70 << 20;
    fn too_large() -> Vec<u8> {
        vec![0; TOO_LARGE]
    }
    fn is_too_large(result: Result<Vec<u8>, Error>) -> bool {
        let fits = |bytes| (TOO_LARGE..TOO_LARGE + 100).contains(&bytes);
        matches!(result, Err(Error::MemoryError { bytes, limit }) if fits(bytes) && limit == 64 << 20)
    }
    fn program() {
        let pool = Pool::new(1).unwrap();
        assert!(is_too_large(pool.apply(too_large, ())));
        assert!(is_too_large(
            pool.imap(|()| too_large(), [()]).unwrap().next().unwrap()
        ));
        let executor = ProcessPoolExecutor::new(1).unwrap();
        assert!(is_too_large(
            executor.submit(too_large, ()).unwrap().result()
        ));
        assert_eq!(executor.submit(|x: u32| x, 1).unwrap().result(), Ok(1));
        let process = Process::spawn(too_large, ()).unwrap();
        assert!(is_too_large(process.join()));
        assert!(is_too_large(process.join()));
        assert_eq!(process.exit_code(), Ok(Some(1)));
        // The shared objects in such a result are released.
        let before = Queue::<u32>::new(0).unwrap();
        let lost = |queue: Queue<u32>| (queue, too_large());
        let process = Process::spawn(lost, before.clone()).unwrap();
        assert!(matches!(process.join(), Err(Error::MemoryError { .. })));
        before.put(&1).unwrap();
        assert_eq!(before.get(), Ok(1));
    }
    run_in_process(program).await;
}
