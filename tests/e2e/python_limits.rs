//! Python programs that ask for too much: each gets an exception or a sentence, and the page
//! goes on.

use super::builds::copy_of_dist;
use super::page::Page;
use super::python::{Ran, open_example, run, run_until};
use super::serve;
use std::fs;

/// Runs one more program: the page has survived the one before.
async fn goes_on(page: &Page) {
    let source = "from multiprocessing import Process\n\nif __name__ == '__main__':\n    \
        p = Process(target=print, args=('goes on',))\n    p.start()\n    p.join()\n";
    let ran = run(page, source).await;
    let printed = (ran.code(), ran.stream("stdout"));
    assert_eq!(printed, (0, "goes on\n".to_owned()), "{:#}", ran.0);
}

/// What is nested too deeply raises a RecursionError, whoever calls itself: the program, the
/// interpreter or its parser.
pub async fn python_has_a_limit_of_recursion_everywhere(page: Page) {
    let _server = open_example(&page).await;
    let ran = run(&page, include_str!("programs/limits/recursion.py")).await;
    let printed = ran.stream("stdout");
    let printed: Vec<&str> = printed.lines().collect();
    let (end, cases) = printed.split_last().expect("lines");
    assert_eq!((*end, ran.code()), ("end", 0), "{:#}", ran.0);
    assert_eq!(cases.len(), 35, "{cases:#?}");
    for case in cases {
        assert!(case.ends_with(": RecursionError"), "{case}");
    }
    goes_on(&page).await;
}

/// A program that uses all memory gets a MemoryError, which it may handle.
pub async fn python_has_a_limit_of_memory(page: Page) {
    let _server = open_example(&page).await;
    for (source, said) in [
        (
            "try:\n    numbers = list(range(10**8))\nexcept MemoryError as error:\n    \
             print(error)\nprint(sum(range(1000)))\n",
            "this process has used its memory, which is 2 GiB at most\n499500\n",
        ),
        (
            "text = 'x'\ntry:\n    while True:\n        text += text\n\
             except (MemoryError, OverflowError):\n    print('full')\ndel text\n\
             print(len([0] * 1000))\n",
            "full\n1000\n",
        ),
    ] {
        let ran = run(&page, source).await;
        assert_eq!(
            (ran.code(), ran.stream("stdout").as_str()),
            (0, said),
            "{:#}",
            ran.0
        );
    }
    goes_on(&page).await;
}

/// A process that a signal of the machine's ended, which it could not tell itself.
pub async fn python_says_why_a_process_ended(page: Page) {
    let _server = open_example(&page).await;
    for (signal, said) in [
        ("SIGABRT", "Process-1 was ended by signal 6 (SIGABRT)"),
        ("SIGSEGV", "Process-1 was ended by signal 11 (SIGSEGV)"),
    ] {
        let source = format!(
            "import os, signal\nfrom multiprocessing import Process\n\ndef f():\n    \
             os.kill(os.getpid(), signal.{signal})\n\nif __name__ == '__main__':\n    \
             p = Process(target=f)\n    p.start()\n    p.join()\n    print(p.exitcode)\n"
        );
        let ran = run(&page, &source).await;
        assert_eq!(ran.code(), 0, "{:#}", ran.0);
        assert!(ran.stream("stderr").contains(said), "{:#}", ran.0);
    }
}

/// Programs that start processes for ever: a pool without a guard ends by itself, and
/// processes that start processes can be killed.
pub async fn python_that_starts_processes_for_ever_is_bounded(page: Page) {
    let _server = open_example(&page).await;
    let no_guard = "from multiprocessing import Pool\n\ndef square(n):\n    return n * n\n\n\
        pool = Pool(2)\nprint(pool.map(square, [1, 2, 3]))\n";
    let ran = run(&page, no_guard).await;
    let said = "20 processes in a row failed while they imported this program";
    let stderr = ran.stream("stderr");
    assert_eq!(stderr.matches(said).count(), 1, "{stderr}");
    assert_eq!(ran.code(), 1);
    assert_all_ended(&ran);
    goes_on(&page).await;

    let bomb = "from multiprocessing import Process\n\ndef start():\n    while True:\n        \
        Process(target=start).start()\n        print('started one', flush=True)\n\n\
        if __name__ == '__main__':\n    start()\n";
    let ran = run_until(&page, bomb, "started one").await;
    assert_eq!(ran.code(), -9);
    goes_on(&page).await;

    // Those for which there is no place get an exception, and a program may go on.
    let many = "import time\nfrom multiprocessing import Process\n\n\
        if __name__ == '__main__':\n    started = []\n    try:\n        while True:\n            \
        p = Process(target=time.sleep, args=(600,), daemon=True)\n            p.start()\n            \
        started.append(p)\n    except BlockingIOError as error:\n        print(error, flush=True)\n    \
        for p in started:\n        p.kill()\n";
    let ran = run_until(&page, many, "never").await;
    let printed = ran.stream("stdout");
    let said = "[Errno 11] No more than ";
    assert!(printed.starts_with(said), "{:#}", ran.0);
    assert!(
        printed.contains("join some before you start more"),
        "{printed}"
    );
    goes_on(&page).await;
}

fn assert_all_ended(ran: &Ran) {
    let events = ran.0["events"].as_array().expect("events");
    let count = |state: &str| {
        let all = events.iter().filter(|event| event["type"] == "process");
        all.filter(|event| event["state"] == state).count()
    };
    assert_eq!(count("starting"), count("ended"), "{:#}", ran.0);
}

/// What cannot be sent to another process is told, and the program goes on.
pub async fn python_says_what_cannot_be_pickled(page: Page) {
    let _server = open_example(&page).await;
    let source = "import threading\nfrom multiprocessing import Pool, Process, Queue\n\n\
        def attempt(call, *args):\n    try:\n        call(*args)\n    except Exception as error:\n        \
        print(type(error).__name__, str(error).split(' at 0x')[0])\n\n\
        def lock():\n    return threading.Lock()\n\n\
        if __name__ == '__main__':\n    attempt(Process(target=lambda: 1).start)\n    \
        attempt(Process(target=print, args=(threading.Lock(),)).start)\n    \
        with Pool(1) as pool:\n        attempt(pool.map, lambda n: n, [1])\n        \
        attempt(pool.apply, lock)\n        print(pool.apply(abs, (-1,)))\n";
    let ran = run(&page, source).await;
    let printed = ran.stream("stdout");
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!((lines.len(), ran.code()), (5, 0), "{:#}", ran.0);
    assert!(
        lines[0].starts_with("PicklingError Can't pickle"),
        "{printed}"
    );
    assert!(lines[1].starts_with("TypeError cannot pickle"), "{printed}");
    assert!(
        lines[2].starts_with("PicklingError Can't pickle"),
        "{printed}"
    );
    assert!(
        lines[3].starts_with("MaybeEncodingError Error sending result"),
        "{printed}"
    );
    assert_eq!(lines[4], "1");
}

/// A program of 1 MB runs.
pub async fn python_runs_a_program_of_1_mb(page: Page) {
    let _server = open_example(&page).await;
    let source = format!(
        "numbers = [\n{}]\nprint(len(numbers), sum(numbers))\n",
        "    1234567,\n".repeat(76_000)
    );
    assert!(source.len() > 980_000);
    let ran = run(&page, &source).await;
    let printed = format!("76000 {}\n", 76_000_u64 * 1_234_567);
    assert_eq!(ran.stream("stdout"), printed, "{:#}", ran.0["outcome"]);
}

/// A host that sends something else in the place of the interpreter.
pub async fn a_file_that_is_no_interpreter_is_explained(page: Page) {
    let folder = copy_of_dist(&format!("wrong-python-{:?}", page.kind));
    for image in fs::read_dir(folder.join("python")).unwrap() {
        let wasm = image.unwrap().path().join("manyhands_python_bg.wasm");
        if wasm.is_file() {
            fs::write(&wasm, "<!doctype html><title>Sign in</title>").unwrap();
        }
    }
    let server = serve(|options| options.root = folder);
    page.open(&format!("{}?run", server.url())).await;
    page.until_ready().await;
    page.set("program", "print('mine')\n").await;
    page.click("#run").await;
    page.until_words_are_shown("Python could not be started")
        .await;
    assert!(page.is_idle().await, "it can be tried again");
    let program =
        "((area) => area.wrappedJSObject ?? area)(document.querySelector('#program')).value";
    assert_eq!(page.text(program).await, "print('mine')\n");
}

/// The deadlock to begin from: the page says why it cannot go on.
pub async fn the_deadlock_to_begin_from_is_told(page: Page) {
    let _server = open_example(&page).await;
    let source = include_str!("../../src/playground/programs/two-locks.py");
    // However slow the machine is, both have their first lock.
    let certain = source.replace("has_other.wait(2)", "has_other.wait()");
    assert_ne!(source, certain);
    let ran = run_until(&page, &certain, "cannot go on").await;
    assert_eq!((ran.code(), ran.stream("stdout")), (-9, String::new()));
    // In the same order, it ends.
    let ordered = source.replace("args=(b, a,", "args=(a, b,");
    let ran = run(&page, &ordered).await;
    assert_eq!(
        ran.stream("stdout"),
        "both locks\nboth locks\n",
        "{:#}",
        ran.0
    );
}
