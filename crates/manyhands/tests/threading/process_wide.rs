//! What a process holds for all its threads.

use super::{all_processes_ended, run_in_process};
use crate::common;
use manyhands::*;
use std::sync::{Mutex, OnceLock, mpsc};
use wasm_bindgen_test::wasm_bindgen_test as test;

/// The arena's bytes in use, once everything has ended.
async fn bytes_used() -> u32 {
    all_processes_ended().await;
    diagnostics().arena_bytes_used
}

#[test]
async fn any_thread_may_use_and_close_what_one_has_made() {
    fn program(to_page: Connection) {
        let end = ProcessWide::new(&to_page).unwrap();
        drop(to_page);
        let threads: Vec<_> = (0..3)
            .map(|number: u32| {
                let end = end.clone();
                Thread::run(move || end.get().unwrap().send(&number).unwrap()).unwrap()
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        // The last reference is another thread's.
        let (give, take) = mpsc::channel();
        let last = Thread::run(move || drop::<ProcessWide<Connection>>(take.recv().unwrap()));
        give.send(end).unwrap();
        last.unwrap().join().unwrap();
        Event::new().unwrap().wait().unwrap();
    }
    crate::setup();
    let (here, there) = pipe().unwrap();
    let process = Process::spawn(program, there).unwrap();
    let mut received = Vec::new();
    loop {
        match here.recv_async::<u32>().await {
            Ok(number) => received.push(number),
            Err(error) => break assert_eq!(error, Error::EOFError),
        }
    }
    received.sort_unstable();
    assert_eq!(received, [0, 1, 2]);
    assert!(process.is_alive().unwrap());
    process.kill().unwrap();
    assert_eq!(common::ending(process).await, (-9, Reason::Killed));
}

#[test]
async fn what_a_thread_has_made_outlives_it() {
    static MADE: Mutex<Option<ProcessWide<(Semaphore, Connection)>>> = Mutex::new(None);
    fn program() -> (u32, bool) {
        let thread = Thread::run(|| {
            let (here, there) = pipe().unwrap();
            here.send("kept").unwrap();
            let made = (Semaphore::new(3).unwrap(), there);
            *MADE.lock().unwrap() = Some(ProcessWide::new(&made).unwrap());
        });
        thread.unwrap().join().unwrap();
        let made = MADE.lock().unwrap().take().unwrap();
        let (semaphore, end) = made.get().unwrap();
        (
            semaphore.get_value(),
            end.recv::<String>().unwrap() == "kept",
        )
    }
    assert_eq!(run_in_process(program).await, (3, true));
}

#[test]
async fn it_travels_as_the_value_does() {
    fn program() -> bool {
        let lock = ProcessWide::new(&Lock::new().unwrap()).unwrap();
        let process = Process::spawn(
            |lock: ProcessWide<Lock>| lock.get().unwrap().lock().is_ok(),
            lock.clone(),
        );
        process.unwrap().join().unwrap()
    }
    assert!(run_in_process(program).await);
    assert!(matches!(
        ProcessWide::new(&common::Unpicklable),
        Err(Error::PicklingError(_))
    ));
}

#[test]
async fn a_process_that_a_thread_started_is_its_process_s() {
    fn child(gate: Event) -> (u32, bool) {
        gate.wait().unwrap();
        (parent_process().unwrap().pid, true)
    }
    fn program() -> bool {
        static STARTED: OnceLock<Process<(u32, bool)>> = OnceLock::new();
        let gate = Event::new().unwrap();
        let thread = Thread::spawn(
            |gate: Event| {
                let daemon = Process::builder().daemon(true);
                let _ = STARTED.set(daemon.spawn(child, gate).unwrap());
            },
            gate.clone(),
        );
        thread.unwrap().join().unwrap();
        // It lives on, although the thread has ended, and every thread may join it.
        let process = STARTED.get().unwrap();
        assert!(process.is_alive().unwrap());
        assert_eq!(active_children().len(), 1);
        gate.set();
        let joined = [(); 2].map(|()| Thread::run(|| STARTED.get().unwrap().join()).unwrap());
        let own = current_process().pid;
        let expected = Ok((own, true));
        let joined = joined.map(|thread| thread.join().unwrap());
        joined == [expected.clone(), expected.clone()]
            && process.join() == expected
            && active_children().is_empty()
    }
    assert!(run_in_process(program).await);
}

/// A process ends, by itself or killed, while its threads use what it holds: it is
/// released, once, and whoever waits for it learns so.
#[test]
async fn what_a_process_holds_is_released_with_it() {
    fn program(to_page: Connection, up: Semaphore, ends: bool) {
        let end = ProcessWide::new(&to_page).unwrap();
        drop(to_page);
        for _ in 0..3 {
            let (end, up) = (end.clone(), ProcessWide::new(&up).unwrap());
            let using = move || {
                up.get().unwrap().release().unwrap();
                loop {
                    // Both fail once the process has ended.
                    let made = Semaphore::new(1).map(|made| ProcessWide::new(&made));
                    drop((end.get(), made));
                }
            };
            let daemon = Thread::builder().daemon(true);
            daemon.run::<_, ()>(using).unwrap();
        }
        if !ends {
            // Looks for no signal, so that the worker must be ended from outside.
            loop {
                std::hint::spin_loop();
            }
        }
        for _ in 0..3 {
            up.acquire().unwrap();
        }
    }
    crate::setup();
    let mut used = Vec::new();
    for round in 0..4 {
        let ends = round % 2 == 0;
        let (here, there) = pipe().unwrap();
        let up = Semaphore::new(0).unwrap();
        let process = Process::spawn(program, (there, up.clone(), ends)).unwrap();
        if !ends {
            for _ in 0..3 {
                up.acquire_async().await;
            }
            process.kill().unwrap();
        }
        assert_eq!(here.recv_async::<()>().await, Err(Error::EOFError));
        let joined = process.join_async().await;
        assert_eq!(joined.is_ok(), ends, "{joined:?}");
        drop((here, up, process));
        used.push(bytes_used().await);
    }
    assert!(
        used[3] <= used[1] + 4096,
        "bytes in use after each round: {used:?}"
    );
}

#[test]
async fn a_buffer_is_the_same_bytes_for_all_threads() {
    fn program() -> (u64, Vec<u8>) {
        static KEPT: OnceLock<SharedBuffer> = OnceLock::new();
        let buffer = SharedBuffer::new(16).unwrap();
        KEPT.set(buffer.clone()).unwrap();
        let threads: Vec<_> = (0..4u8)
            .map(|number| {
                Thread::run(move || {
                    let buffer = KEPT.get().unwrap();
                    for _ in 0..100 {
                        buffer.store(8 + usize::from(number), number).unwrap();
                    }
                    // Made by a thread that ends before it is used.
                    SharedBuffer::new(8).inspect(|own| own.store(0, 1u64 << number).unwrap())
                })
            })
            .collect();
        let made = threads.into_iter().map(|thread| thread.unwrap().join());
        let made: Vec<SharedBuffer> = made.map(|made| made.unwrap().unwrap()).collect();
        let sum = made.iter().map(|own| own.load::<u64>(0).unwrap()).sum();
        let mut bytes = vec![0; 4];
        buffer.read(8, &mut bytes).unwrap();
        (sum, bytes)
    }
    crate::setup();
    // Everything that is made once is there after the first round.
    let used = async || {
        assert_eq!(run_in_process(program).await, (15, vec![0, 1, 2, 3]));
        bytes_used().await
    };
    let before = used().await;
    assert_eq!(used().await, before);
}

/// A thread that still runs when its process ends does not write into what others have
/// then.
#[test]
async fn a_buffer_is_not_written_after_the_process() {
    const BYTES: usize = 1 << 20;
    fn program() {
        let buffer = SharedBuffer::new(BYTES).unwrap();
        let written = buffer.clone();
        let write = move || while written.write(0, &[1; BYTES]).is_ok() {};
        Thread::builder().daemon(true).run(write).unwrap();
        while buffer.load::<u8>(BYTES - 1).unwrap() == 0 {
            std::thread::yield_now();
        }
    }
    crate::setup();
    for _ in 0..10 {
        let process = Process::spawn(program, ()).unwrap();
        process.join_async().await.unwrap();
        // Where the buffer was.
        let others: Vec<_> = (0..4).map(|_| SharedBuffer::new(BYTES).unwrap()).collect();
        all_processes_ended().await;
        for other in others {
            let mut bytes = vec![0; BYTES];
            other.read(0, &mut bytes).unwrap();
            assert!(bytes.iter().all(|byte| *byte == 0));
        }
    }
}
