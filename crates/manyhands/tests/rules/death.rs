//! All ways in which a process can end.

use super::life::loop_until_killed;
use crate::{common::*, setup};
use manyhands::{println, *};
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
async fn a_panic_is_exit_code_1_with_its_text() {
    setup();
    let collected = Collected::new();
    let process = Process::spawn(|| -> u32 { panic!("boom {}", 7) }, ()).unwrap();
    let error = failure(&process).await;
    assert_eq!((error.exit_code, error.reason), (1, Reason::Panicked));
    assert!(error.text.contains("boom 7"), "{}", error.text);
    let lines = collected.lines(process.pid().unwrap()).join("\n");
    assert!(
        lines.starts_with(&format!("Process {}:", process.name().unwrap())),
        "{lines}"
    );
    assert!(lines.contains("boom 7"), "{lines}");
}

#[test]
async fn an_exit_with_a_text_prints_it() {
    setup();
    let collected = Collected::new();
    let process = Process::spawn(|| exit("why"), ()).unwrap();
    let pid = process.pid().unwrap();
    assert_eq!(ending(process).await, (1, Reason::Exited));
    assert_eq!(collected.lines(pid), ["why"]);
}

#[test]
async fn traps_end_like_signals() {
    setup();
    let aborts = Process::spawn(|| std::process::abort(), ()).unwrap();
    assert_eq!(ending(aborts).await, (-6, Reason::Trapped));
    let outside = Process::spawn(
        || {
            let far = std::hint::black_box(usize::MAX - 63) as *const u32;
            // Read outside the memory on purpose: the engine traps.
            std::hint::black_box(unsafe { far.read_volatile() });
        },
        (),
    );
    assert_eq!(ending(outside.unwrap()).await, (-11, Reason::Trapped));
}

/// Rust aborts when an allocation fails. The error says that it was one.
#[test]
async fn a_process_that_uses_up_its_memory_says_so() {
    setup();
    fn uses_up() -> usize {
        let mut all = Vec::new();
        // A module has at most 4 GiB. What is not written to costs nothing.
        while all.len() < 100 {
            all.push(std::hint::black_box(Vec::<u8>::with_capacity(1 << 30)));
        }
        all.len()
    }
    let error = failure(&Process::spawn(uses_up, ()).unwrap()).await;
    assert_eq!((error.exit_code, error.reason), (-6, Reason::Trapped));
    assert!(error.text.contains("MemoryError"), "{error}");
    let pool = Pool::new(1).unwrap();
    let results = pool.map_async(|_: u8| uses_up(), [1]).unwrap();
    let text = results.await.unwrap_err().to_string();
    assert!(text.contains("MemoryError"), "{text}");
    // An abort for another reason says nothing of it.
    let aborts = Process::spawn(|| std::process::abort(), ()).unwrap();
    let error = failure::<()>(&aborts).await;
    assert!(!error.text.contains("MemoryError"), "{error}");
}

#[test]
async fn a_failing_process_does_not_affect_others() {
    setup();
    let forever = Process::spawn(loop_until_killed, ()).unwrap();
    let panics = Process::spawn(|| panic!("no"), ()).unwrap();
    let exits = Process::spawn(|| exit(7), ()).unwrap();
    let works = Process::spawn(|| (1..=10u32).sum::<u32>(), ()).unwrap();
    assert_eq!(ending(exits).await, (7, Reason::Exited));
    assert_eq!(ending(panics).await, (1, Reason::Panicked));
    assert_eq!(works.join_async().await.unwrap(), 55);
    assert!(forever.is_alive().unwrap());
    forever.kill().unwrap();
    assert_eq!(ending(forever).await, (-9, Reason::Killed));
}

#[test]
async fn kill_ends_waiting_calling_and_computing_processes() {
    setup();
    fn waits() {
        Process::spawn(loop_until_killed, ())
            .unwrap()
            .join()
            .unwrap();
    }
    fn calls() {
        loop {
            // Every call of the library checks for a signal.
            active_children();
            println!("again");
        }
    }
    for (target, signal) in [(0, -15), (1, -9), (2, -15)] {
        let process = Process::spawn(
            |target: u32| match target {
                0 => waits(),
                1 => calls(),
                _ => loop_until_killed(),
            },
            target,
        )
        .unwrap();
        // Waits until the process is running.
        let timeout = std::time::Duration::from_millis(100);
        assert_eq!(process.join_timeout_async(timeout).await, Ok(None));
        if signal == -9 {
            process.kill().unwrap();
        } else {
            process.terminate().unwrap();
        }
        assert_eq!(
            ending(process).await,
            (signal, Reason::Killed),
            "target {target}"
        );
    }
    kill_all().await;
}

#[test]
async fn a_process_killed_before_it_runs_never_runs() {
    setup();
    let collected = Collected::new();
    let process = Process::spawn(|| println!("I ran"), ()).unwrap();
    let pid = process.pid().unwrap();
    process.kill().unwrap();
    let (code, reason) = ending(process).await;
    assert_eq!((code, reason), (-9, Reason::Killed));
    assert!(collected.lines(pid).is_empty());
}

#[test]
async fn killing_a_dead_process_does_nothing() {
    setup();
    let process = Process::spawn(|| 5u32, ()).unwrap();
    assert_eq!(process.join_async().await.unwrap(), 5);
    process.kill().unwrap();
    process.terminate().unwrap();
    assert_eq!(process.exit_code().unwrap(), Some(0));
    assert_eq!(process.join_async().await.unwrap(), 5);
}

#[test]
async fn orphans_live_on_and_leave_nothing_behind() {
    setup();
    fn parent() {
        let child = Process::spawn(
            || {
                // Runs until its parent is dead.
                let parent = parent_process().unwrap().pid;
                println!("child of {parent}");
                while active_children().is_empty() {
                    std::hint::spin_loop();
                }
            },
            (),
        );
        println!("{}", child.unwrap().pid().unwrap());
        loop_until_killed();
    }
    let collected = Collected::new();
    let process = Process::spawn(parent, ()).unwrap();
    let pid = process.pid().unwrap();
    let child = loop {
        assert_eq!(
            process
                .join_timeout_async(std::time::Duration::from_millis(20))
                .await,
            Ok(None)
        );
        if let Some(line) = collected.lines(pid).first() {
            break line.parse::<u32>().unwrap();
        }
    };
    process.kill().unwrap();
    ending(process).await;
    // The orphan still runs until all processes are killed.
    assert!(
        diagnostics().processes >= 1,
        "the orphan {child} should live"
    );
    kill_all().await;
    assert_eq!(diagnostics().processes, 0);
}
