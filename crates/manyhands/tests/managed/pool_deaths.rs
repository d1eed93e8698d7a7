//! Ends: of a server's pool's workers, of its clients, of the server.

use super::there;
use manyhands::*;
use std::cell::RefCell;
use wasm_bindgen_test::wasm_bindgen_test as test;

fn square(x: u64) -> u64 {
    x * x
}

#[test]
async fn a_killed_worker_is_replaced() {
    fn program() {
        let manager = Manager::new().unwrap();
        let pool = manager.pool(2).unwrap();
        let (begun, never) = (Queue::new(0).unwrap(), Event::new().unwrap());
        let wait = |(begun, never): (Queue<u32>, Event), x: u32| {
            if x == 3 {
                begun.put(&current_process().pid).unwrap();
                never.wait().unwrap();
            }
            x
        };
        let by = pool.chunk_size(1).unwrap();
        let step = partial(wait, (begun.clone(), never));
        let result = by.map_async(step, 0..8).unwrap();
        let pid = begun.get().unwrap();
        assert!(pool.pids().unwrap().contains(&pid));
        kill(pid).unwrap();
        let failed = result.get().unwrap_err();
        let Error::TaskError(error) = failed else {
            panic!("{failed:?}")
        };
        let worker = error.worker.as_ref().unwrap();
        assert_eq!((error.index, worker.pid, worker.exit_code), (3, pid, -9));
        let pids = pool.pids().unwrap();
        assert!(pids.len() == 2 && !pids.contains(&pid));
        assert_eq!(pool.map(square, 0..4).unwrap(), [0, 1, 4, 9]);
    }
    there(program, ()).await;
}

/// The chunks of a client that died are skipped; those of others are not.
#[test]
async fn what_the_dead_have_asked_for_is_given_up() {
    type Gate = (Queue<()>, Event);
    fn step((begun, go): Gate, _: u32) {
        begun.put(&()).unwrap();
        go.wait().unwrap();
    }
    fn ask(pool: PoolProxy, gate: Gate) {
        let by = pool.chunk_size(1).unwrap();
        by.map(partial(step, gate), 0..1000).unwrap();
    }
    fn program() {
        let manager = Manager::new().unwrap();
        let pool = manager.pool(2).unwrap();
        let gate = (Queue::new(0).unwrap(), Event::new().unwrap());
        let client = Process::spawn(ask, (pool.clone(), gate.clone())).unwrap();
        gate.0.get().unwrap();
        gate.0.get().unwrap();
        let mine = pool.map_async(square, 0..20).unwrap();
        client.kill().unwrap();
        assert!(client.join().is_err());
        // When it answers the second, it has seen to its objects after the
        // first.
        assert_eq!(manager.number_of_objects(), Ok(1));
        assert_eq!(manager.number_of_objects(), Ok(1));
        gate.1.set();
        assert_eq!(mine.get().unwrap().len(), 20);
        assert_eq!(gate.0.qsize(), 0);
    }
    there(program, ()).await;
}

thread_local! {
    /// Open for as long as its worker lives.
    static KEPT: RefCell<Vec<Connection>> = const { RefCell::new(Vec::new()) };
}

/// A pipe for every worker, which ends when its worker is gone.
fn watch_over(pool: &PoolProxy) -> Vec<Connection> {
    let (there, go) = (Queue::new(0).unwrap(), Event::new().unwrap());
    let keep = |(there, go): (Queue<()>, Event), writer: Connection| {
        KEPT.with_borrow_mut(|kept| kept.push(writer));
        there.put(&()).unwrap();
        // Until every worker has one.
        go.wait().unwrap();
    };
    let pipes = (0..pool.processes()).map(|_| one_way_pipe(100).unwrap());
    let (readers, writers): (Vec<_>, Vec<_>) = pipes.unzip();
    let keep = partial(keep, (there.clone(), go.clone()));
    let kept = pool
        .chunk_size(1)
        .unwrap()
        .map_async(keep, writers)
        .unwrap();
    for _ in &readers {
        there.get().unwrap();
    }
    go.set();
    kept.get().unwrap();
    readers
}

fn exit_code(error: &Error) -> Option<i32> {
    match error {
        Error::ManagerDied { exit_code, .. } => *exit_code,
        other => panic!("{other:?}"),
    }
}

/// However the server or the pool ends, the workers do, and who waits is told.
#[test]
async fn workers_end_with_their_pool_and_with_the_server() {
    fn wait(pool: PoolProxy, begun: Queue<()>) -> Option<i32> {
        let never = |begun: Queue<()>| {
            begun.put(&()).unwrap();
            Event::new().unwrap().wait().unwrap();
        };
        exit_code(&pool.apply(never, begun).unwrap_err())
    }
    fn all_end(workers: Vec<Connection>) {
        for worker in workers {
            assert_eq!(worker.recv::<()>(), Err(Error::EOFError));
        }
    }
    fn program() {
        let begun = Queue::new(0).unwrap();
        // The last proxy is dropped.
        let manager = Manager::new().unwrap();
        let pool = manager.pool(2).unwrap();
        let workers = watch_over(&pool);
        drop(pool);
        all_end(workers);
        // The server is told to end.
        let pool = manager.pool(2).unwrap();
        let workers = watch_over(&pool);
        let waiter = Process::spawn(wait, (pool.clone(), begun.clone())).unwrap();
        begun.get().unwrap();
        manager.shutdown().unwrap();
        assert_eq!(waiter.join().unwrap(), Some(0));
        assert_eq!(exit_code(&pool.map(square, 0..1).unwrap_err()), Some(0));
        all_end(workers);
        // The server is killed, while its workers wait for work.
        let manager = Manager::new().unwrap();
        let pool = manager.pool(2).unwrap();
        let workers = watch_over(&pool);
        let slow = manager.pool(1).unwrap();
        let waiter = Process::spawn(wait, (slow, begun.clone())).unwrap();
        begun.get().unwrap();
        manager.process().kill().unwrap();
        assert!(matches!(waiter.join().unwrap(), None | Some(-9)));
        assert_eq!(exit_code(&pool.map(square, 0..1).unwrap_err()), Some(-9));
        all_end(workers);
    }
    there(program, ()).await;
}
