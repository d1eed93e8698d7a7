//! Python programs in the page: what they print, next to what CPython prints.
//!
//! `programs/*.out` is what CPython 3.11 wrote to its standard output, and its exit code.
//! Where the machine has a `python3`, a test checks that this is still so.

use super::builds::copy_of_dist;
use super::page::Page;
use super::serve;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use test_support::server::Server;

/// A program, and what CPython makes of it.
pub struct Program {
    pub name: &'static str,
    pub source: &'static str,
    pub expected: &'static str,
}

macro_rules! programs {
    ($($folder:literal: $($name:literal),*;)*) => {
        &[$($(Program {
            name: $name,
            source: include_str!(concat!($folder, $name, ".py")),
            expected: include_str!(concat!("programs/", $name, ".out")),
        }),*),*]
    };
}

/// The programs that the playground offers, and the tests' own.
pub const PROGRAMS: &[Program] = programs!(
    "../../src/playground/programs/":
        "process", "map", "pool-methods", "executor", "queue", "consumers", "pipe",
        "pipe-stream", "lock", "event", "sentinel", "value", "manager", "threads", "asyncio", "memory", "word-count", "worker-error",
        "no-guard";
    "programs/": "event-loop", "feeder", "files", "files-of-processes", "gil", "hot-code",
        "interrupts", "listener", "locks", "log-records", "managers", "managers-that-end", "messages",
        "own-managers", "pool", "process-pool", "processes", "shared-memory", "signals", "system",
        "thread-pools", "thread-rules", "threads-and-processes", "threads-at-the-end", "values";
);

/// The site with a page of somebody else's in it, which runs programs by `python.js`.
/// (A script of the driver's own would not do: Firefox runs each in a sandbox, which ends
/// with the script, and the workers with it.)
fn serve_example(page: &Page, name: &str, change: impl FnOnce(&Path)) -> Server {
    let folder = copy_of_dist(&format!("{name}-{:?}", page.kind));
    change(&folder);
    for (name, text) in [
        ("example.html", include_str!("example/example.html")),
        ("example.js", include_str!("example/example.js")),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
    serve(|options| options.root = folder)
}

/// Runs a program on the example page; the result comes as JSON, which every sandbox may
/// read.
const RUN: &str = "
    const [source, killAt, options, done] = arguments;
    const page = window.wrappedJSObject ?? window;
    page.runProgram(source, killAt, page.JSON.parse(options))
        .then((ran) => done(JSON.stringify(ran)));";

pub struct Ran(pub Value);

impl Ran {
    pub fn stream(&self, stream: &str) -> String {
        let events = (self.0["events"].as_array()).unwrap_or_else(|| panic!("{}", self.0));
        let texts = events.iter().filter(|event| event["stream"] == stream);
        texts.filter_map(|event| event["text"].as_str()).collect()
    }

    pub fn code(&self) -> i64 {
        self.0["outcome"]["code"]
            .as_i64()
            .unwrap_or_else(|| panic!("{}", self.0))
    }

    pub fn traceback(&self) -> &str {
        self.0["outcome"]["traceback"].as_str().unwrap_or_default()
    }
}

pub async fn run(page: &Page, source: &str) -> Ran {
    run_until(page, source, "").await
}

/// Runs a program, and kills it once it has printed something.
pub async fn run_until(page: &Page, source: &str, kill_at: &str) -> Ran {
    run_with_files(page, source, kill_at, json!({})).await
}

/// [`run_until`] with files beside the program.
pub async fn run_with_files(page: &Page, source: &str, kill_at: &str, files: Value) -> Ran {
    let options = json!({ "files": files }).to_string();
    let arguments = vec![source.into(), kill_at.into(), options.into()];
    let ran = page.client.execute_async(RUN, arguments).await;
    let ran = ran.unwrap_or_else(|error| panic!("{source}: {error}"));
    Ran(serde_json::from_str(ran.as_str().expect("a text")).expect("JSON"))
}

/// Runs a program with these options of `start`, as JavaScript.
async fn run_with(page: &Page, source: &str, options: &str) -> Ran {
    // The options are an object of the page's own.
    let script = format!(
        "const [source, done] = arguments;
        const page = window.wrappedJSObject ?? window;
        page.runProgram(source, '', page.eval('({options})'))
            .then((ran) => done(JSON.stringify(ran)));"
    );
    let ran = page
        .client
        .execute_async(&script, vec![source.into()])
        .await;
    let ran = ran.unwrap_or_else(|error| panic!("{source}: {error}"));
    Ran(serde_json::from_str(ran.as_str().expect("a text")).expect("JSON"))
}

/// Opens the example page, with time for programs. The site is there as long as the
/// server that is returned.
pub async fn open_example(page: &Page) -> Server {
    open_changed_example(page, "python", |_| ()).await
}

/// The same, where `change` was done to the folder of the site, which has a name of its own.
async fn open_changed_example(page: &Page, name: &str, change: impl FnOnce(&Path)) -> Server {
    let server = serve_example(page, name, change);
    let timeouts = fantoccini::wd::TimeoutConfiguration::new(
        Some(std::time::Duration::from_secs(180)),
        None,
        None,
    );
    page.client
        .update_timeouts(timeouts)
        .await
        .expect("time-outs");
    page.open(&format!("{}example.html", server.url())).await;
    let loaded = "!!(window.wrappedJSObject ?? window).runProgram";
    page.until("the example page", loaded).await;
    server
}

/// Every program prints what it prints in CPython.
pub async fn python_programs_print_what_cpython_prints(page: Page) {
    let _server = open_example(&page).await;
    for Program {
        name,
        source,
        expected,
    } in PROGRAMS
    {
        let ran = run(&page, source).await;
        let printed = format!("{}exit code {}\n", ran.stream("stdout"), ran.code());
        assert_eq!(printed, *expected, "{name}: {:#}", ran.0);
    }
}

/// No thread is lost where the worker that starts others answers late, as in Firefox, which
/// stops it for a while when a worker ends.
pub async fn python_starts_threads_also_when_answers_are_late(page: Page) {
    let late = |folder: &Path| {
        let images = fs::read_dir(folder.join("python")).expect("python");
        let images = images.map(|entry| entry.expect("an entry").path());
        let mut glues = images.map(|image| image.join("manyhands_python.js"));
        let glue = glues.find(|glue| glue.exists()).expect("the image");
        let text = fs::read_to_string(&glue).expect("the glue");
        let [now, later] = [
            "if (data === 'up') worker.postMessage(boot);",
            "if (data === 'up') setTimeout(() => worker.postMessage(boot), 40);",
        ];
        assert!(text.contains(now), "the answer is elsewhere");
        fs::write(&glue, text.replace(now, later)).expect("the changed glue");
    };
    let _server = open_changed_example(&page, "late", late).await;
    let source = "import threading, time\nfrom multiprocessing import Process\n\n\
        def threads():\n    for pause in range(12):\n        \
        thread = threading.Thread(target=time.sleep, args=(pause / 1000,))\n        \
        thread.start()\n        thread.join()\n\n\
        if __name__ == '__main__':\n    for _ in range(4):\n        \
        process = Process(target=threads)\n        process.start()\n        process.join()\n    \
        print('end')\n";
    let ran = run(&page, source).await;
    assert_eq!((ran.code(), ran.stream("stdout").as_str()), (0, "end\n"));
}

/// Exceptions, in the first process and in others, and events.
pub async fn python_errors_are_told(page: Page) {
    let _server = open_example(&page).await;

    let ran = run(
        &page,
        "def f():\n    return 1 / 0\n\nprint('before')\nf()\n",
    )
    .await;
    assert_eq!((ran.code(), ran.stream("stdout").as_str()), (1, "before\n"));
    assert_eq!(
        ran.traceback(),
        ran.stream("stderr"),
        "both have the traceback"
    );
    for part in [
        "Traceback (most recent call last):",
        "line 5, in <module>",
        "line 2, in f",
        "    return 1 / 0",
        "ZeroDivisionError: division by zero",
    ] {
        assert!(
            ran.traceback().contains(part),
            "{part}: {}",
            ran.traceback()
        );
    }
    assert!(
        !ran.traceback().contains("_manyhands"),
        "{}",
        ran.traceback()
    );

    let ran = run(&page, "print('never')\nfor\n").await;
    assert_eq!((ran.code(), ran.stream("stdout").as_str()), (1, ""));
    assert!(ran.traceback().contains("line 2"), "{}", ran.traceback());
    assert!(
        ran.traceback().contains("SyntaxError"),
        "{}",
        ran.traceback()
    );
    let stderr = ran.stream("stderr");
    assert!(!stderr.contains("_manyhands"), "{stderr}");

    let ran = run(&page, PROGRAMS[0].source).await;
    let stderr = ran.stream("stderr");
    for part in [
        "Process Process-3:\n",
        "ValueError: this process ends with a traceback",
    ] {
        assert!(stderr.contains(part), "{part}: {stderr}");
    }
    assert_eq!(
        ran.0["outcome"]["traceback"],
        Value::Null,
        "the first process ended well"
    );

    let no_guard = PROGRAMS
        .iter()
        .find(|program| program.name == "no-guard")
        .unwrap();
    let stderr = run(&page, no_guard.source).await.stream("stderr");
    let said = "An attempt has been made to start a new process before the\n        current \
                process has finished its bootstrapping phase.";
    assert!(stderr.contains(said), "{stderr}");

    for (program, said) in [
        ("raise SystemExit(300)", ""),
        (
            "import numpy",
            "ModuleNotFoundError: No module named 'numpy'",
        ),
        ("open('data.txt')", "FileNotFoundError"),
        (
            "import multiprocessing\nmultiprocessing.set_start_method('fork')",
            "cannot find context for 'fork'",
        ),
        ("def f(): f()\nf()", "RecursionError"),
        (
            "import numpy",
            "numpy is not here, since only Python's own library is: use lists",
        ),
        (
            "import sqlite3",
            "sqlite3 is a part of Python that this build does not have: use files",
        ),
        (
            "import subprocess\nsubprocess.run(['ls'])",
            "no other programs can be started: use multiprocessing",
        ),
        (
            "import os\nos.execv('ls', ['ls'])",
            "no other programs can be started: use multiprocessing",
        ),
        (
            "import os\nos.fork()",
            "start one with multiprocessing.Process",
        ),
    ] {
        let ran = run(&page, program).await;
        assert!(
            ran.stream("stderr").contains(said),
            "{program}: {:#}",
            ran.0
        );
        assert_eq!(
            ran.code(),
            if said.is_empty() { 44 } else { 1 },
            "{program}"
        );
    }
}

/// The life of each process is told, and text without an end of the line arrives.
pub async fn python_events_tell_of_every_process(page: Page) {
    let _server = open_example(&page).await;
    let source = "import sys\nfrom multiprocessing import Process\n\ndef f():\n    \
        print('part', end='', flush=True)\n    print('s of a line')\n    sys.stdout.write('no end ✓')\n\n\
        if __name__ == '__main__':\n    p = Process(target=f, name='child')\n    p.start()\n    p.join()\n";
    let ran = run(&page, source).await;
    assert_eq!(
        ran.stream("stdout"),
        "parts of a line\nno end ✓",
        "{:#}",
        ran.0
    );
    let events = ran.0["events"].as_array().unwrap();
    let first = &ran.0["pid"];
    let states = |pid: &dyn Fn(&Value) -> bool| -> Vec<Value> {
        let of_process = events.iter().filter(|event| event["type"] == "process");
        of_process
            .filter(|event| pid(&event["pid"]))
            .cloned()
            .collect()
    };
    let parent = states(&|pid| pid == first);
    let ended = json!({ "type": "process", "pid": first, "name": "MainProcess",
        "parent": null, "state": "ended", "exitcode": 0 });
    assert_eq!(parent.last(), Some(&ended));
    let child = states(&|pid| pid != first);
    let told: Vec<&Value> = child.iter().map(|event| &event["state"]).collect();
    assert_eq!(told, ["starting", "running", "ended"], "{child:#?}");
    assert!(
        child.iter().all(|event| event["parent"] == *first),
        "{child:#?}"
    );
    assert_eq!(child[2]["name"], "child");
    let printed = events
        .iter()
        .find(|event| event["text"] == "part")
        .expect("the part");
    assert_eq!(
        (&printed["name"], &printed["pid"]),
        (&json!("child"), &child[0]["pid"])
    );
}

/// Files come with a program, are shared by its processes, and can be had when it has
/// ended. How much there may be has a bound, and all of it is freed after each run.
pub async fn python_files_come_and_go(page: Page) {
    let _server = open_example(&page).await;
    let source = "import helper\nfrom multiprocessing import Pool\n\n\
        if __name__ == '__main__':\n    print(open('data/in.txt').read())\n    \
        with Pool(2) as pool:\n        print(pool.map(helper.double, [1, 2]))\n    \
        with open('data/out.txt', 'w') as file:\n        file.write('left ✓')\n    \
        unclosed = open('unclosed.txt', 'w')\n    unclosed.write('flushed')\n    \
        helper.fail()\n";
    let helper = "def double(n):\n    return 2 * n\n\ndef fail():\n    return 1 / 0\n";
    let files = json!({ "helper.py": helper, "data/in.txt": "given ✓" });
    let ran = run_with_files(&page, source, "", files).await;
    assert_eq!(ran.stream("stdout"), "given ✓\n[2, 4]\n", "{:#}", ran.0);
    for part in [
        "File \"/home/main.py\", line 12, in <module>",
        "File \"/home/helper.py\", line 5, in fail\n    return 1 / 0",
    ] {
        assert!(
            ran.traceback().contains(part),
            "{part}: {}",
            ran.traceback()
        );
    }
    let mut left: Vec<&Value> = ran.0["left"].as_array().expect("files").iter().collect();
    left.sort_by_key(|file| file[0].to_string());
    let out = json!(["data/out.txt", "left ✓".len(), "left ✓"]);
    let names: Vec<&Value> = left.iter().map(|file| &file[0]).collect();
    assert_eq!(
        names,
        ["data/in.txt", "data/out.txt", "helper.py", "unclosed.txt"]
    );
    assert_eq!((left[1], &left[3][2]), (&out, &json!("flushed")));

    for (files, said) in [
        (json!({ "../up.txt": "" }), "must be a path within"),
        (json!({ "main.py": "" }), "and not main.py"),
        (json!({ "a.txt": 5 }), "must be a string or a Uint8Array"),
    ] {
        let options = json!({ "files": files }).to_string();
        let arguments = vec!["print(1)".into(), "".into(), options.into()];
        let ran = page.client.execute_async(RUN, arguments).await;
        let ran = ran.expect("a refusal").to_string();
        assert!(ran.contains(said), "{said}: {ran}");
    }

    // All runs together would need more memory than the page has for them.
    let fill = "import errno, sys\nfile = open('full', 'wb', buffering=0)\npart = bytes(1 << 20)\n\
        try:\n    for count in range(1000):\n        file.write(part)\n\
        except OSError as error:\n    print(error, count > 100)\n    file.truncate(0)\n    \
        print(file.seek(0), file.write(part))\n    \
        while len(sys.argv) == 9:\n        pass\n";
    let full = "[Errno 28] No space left on device True\n0 1048576\n";
    for _ in 0..3 {
        let ran = run(&page, fill).await;
        assert_eq!(ran.stream("stdout"), full, "{:#}", ran.0["events"]);
    }
    let endless = fill.replace("== 9", "< 9");
    let ran = run_until(&page, &endless, "1048576").await;
    assert_eq!(ran.code(), -9);
    let ran = run(&page, fill).await;
    assert_eq!(ran.stream("stdout"), full, "{:#}", ran.0["events"]);
}

/// When nothing in a program can go on, the page is told, with the lines.
pub async fn python_tells_when_nothing_can_go_on(page: Page) {
    let _server = open_example(&page).await;
    for (source, sentences) in [
        (
            include_str!("programs/stuck/two-locks.py"),
            &[
                "MainProcess waits at line 19 (`one.join()`) until Process-1 has ended.",
                "Process-1 waits at line 8 (`with second:`) for the lock `b`, which Process-2 \
                 acquired at line 5 (`with first:`) and holds.",
                "Process-2 waits at line 8 (`with second:`) for the lock `a`, which Process-1 \
                 acquired at line 5 (`with first:`) and holds.",
            ][..],
        ),
        (
            include_str!("programs/stuck/join-before-drain.py"),
            &[
                "MainProcess waits at line 10 (`process.join()`) until Process-1 has ended.",
                "Process-1 waits at its end until one of its threads has ended.",
                "A thread of Process-1 waits until there is room in the queue `queue`.",
            ],
        ),
        (
            include_str!("programs/stuck/beside-a-manager.py"),
            &[
                "This program cannot go on",
                "MainProcess waits at line 13 (`process.join()`) until Process-2 has ended.",
                "Process-2 waits at line 5 (`print(queue.get())`) for a message.",
            ],
        ),
        (
            include_str!("programs/stuck/locks-of-threads.py"),
            &[
                "MainProcess waits at line 17 (`one.join()`) until one of its threads has ended.",
                "A thread of MainProcess waits at line 9 (`with second:`) for the lock `b`, which a \
                 thread of MainProcess acquired at line 7 (`with first:`) and holds.",
                "A thread of MainProcess waits at line 9 (`with second:`) for the lock `a`, which a \
                 thread of MainProcess acquired at line 7 (`with first:`) and holds.",
            ],
        ),
        (
            include_str!("programs/stuck/nobody-fills.py"),
            &[
                "Process-1 waits at line 5 (`print(queue.get())`) for a message in the \
             queue `queue`.",
            ],
        ),
    ] {
        let ran = run_until(&page, source, "cannot go on").await;
        assert_eq!(ran.code(), -9, "{:#}", ran.0);
        let events = ran.0["events"].as_array().unwrap();
        let told: Vec<&str> = events
            .iter()
            .filter(|event| event["type"] == "blocked")
            .filter_map(|event| event["text"].as_str())
            .collect();
        assert_eq!(told.len(), 1, "{:#}", ran.0);
        for sentence in sentences {
            assert!(told[0].contains(sentence), "{sentence}: {}", told[0]);
        }
    }
}

/// Where something can still go on, nothing is told.
pub async fn python_is_silent_while_something_can_go_on(page: Page) {
    let _server = open_example(&page).await;
    for source in [
        "import multiprocessing, queue\nq = multiprocessing.Queue()\ntry:\n    q.get(timeout=2)\n\
         except queue.Empty:\n    print('went on')\n",
        "import time\nfrom multiprocessing import Process\n\nif __name__ == '__main__':\n    \
         p = Process(target=time.sleep, args=(2,))\n    p.start()\n    p.join()\n    \
         print('went on')\n",
        "import time\nfrom multiprocessing import Process, Queue\n\ndef produce(q):\n    \
         end = time.perf_counter() + 2\n    while time.perf_counter() < end:\n        pass\n    \
         q.put('went on')\n\nif __name__ == '__main__':\n    q = Queue()\n    \
         p = Process(target=produce, args=(q,))\n    p.start()\n    print(q.get())\n    p.join()\n",
        "import threading, time\ndone = threading.Event()\n\ndef tick():\n    for _ in range(4):\n        \
         time.sleep(0.5)\n    done.set()\n\nthreading.Thread(target=tick).start()\ndone.wait()\n\
         print('went on')\n",
        // The server of a manager does what a client asks for.
        "import time\nfrom multiprocessing import Manager, Process\n\ndef produce(q):\n    \
         time.sleep(2.5)\n    q.put('went on')\n\nif __name__ == '__main__':\n    \
         with Manager() as manager:\n        q = manager.Queue()\n        \
         p = Process(target=produce, args=(q,))\n        p.start()\n        print(q.get())\n        \
         p.join()\n",
    ] {
        let ran = run(&page, source).await;
        assert_eq!(
            (ran.code(), ran.stream("stdout").as_str()),
            (0, "went on\n"),
            "{:#}",
            ran.0
        );
        let mut events = ran.0["events"].as_array().unwrap().iter();
        assert!(
            !events.any(|event| event["type"] == "blocked"),
            "{:#}",
            ran.0
        );
    }
}

/// A run has CPython's lock for threads, or does not, as it was asked for, in all its
/// processes.
pub async fn python_has_a_gil_unless_told_otherwise(page: Page) {
    let _server = open_example(&page).await;
    let source = "import sys\nfrom multiprocessing import Process\n\ndef tell():\n    \
        print(sys._is_gil_enabled())\n\nif __name__ == '__main__':\n    tell()\n    \
        p = Process(target=tell)\n    p.start()\n    p.join()\n";
    for (options, printed) in [
        ("{}", "True\nTrue\n"),
        ("{ gil: true }", "True\nTrue\n"),
        ("{ gil: false }", "False\nFalse\n"),
    ] {
        let ran = run_with(&page, source, options).await;
        assert_eq!(ran.stream("stdout"), printed, "{options}: {:#}", ran.0);
    }
}

/// A program that would never end is killed with all its processes, while another runs.
pub async fn python_runs_are_killed_and_do_not_mix(page: Page) {
    let _server = open_example(&page).await;
    let endless = "from multiprocessing import Process\n\ndef f():\n    while True:\n        pass\n\n\
        if __name__ == '__main__':\n    for _ in range(2):\n        Process(target=f).start()\n    \
        print('started', flush=True)\n    f()\n";
    let ran = run_until(&page, endless, "started").await;
    assert_eq!(ran.code(), -9);
    let script = "
        const [one, two, done] = arguments;
        const { runProgram } = window.wrappedJSObject ?? window;
        Promise.all([runProgram(one), runProgram(two)]).then((ran) => done(JSON.stringify(ran)));";
    let count = |word: &str| {
        format!(
            "from multiprocessing import Process\n\ndef f(n):\n    print('{word}', n)\n\n\
            if __name__ == '__main__':\n    for n in range(3):\n        \
            p = Process(target=f, args=(n,))\n        p.start()\n        p.join()\n"
        )
    };
    let arguments = vec![count("left").into(), count("right").into()];
    let both = page.client.execute_async(script, arguments).await;
    let both = both.expect("two runs");
    let both: Vec<Value> = serde_json::from_str(both.as_str().expect("a text")).expect("JSON");
    for (ran, word) in both.into_iter().map(Ran).zip(["left", "right"]) {
        assert_eq!(ran.code(), 0, "{:#}", ran.0);
        let printed = format!("{word} 0\n{word} 1\n{word} 2\n");
        assert_eq!(ran.stream("stdout"), printed, "{:#}", ran.0);
    }
}

/// Shared memory that a program leaves behind ends with it, whether it ended or was killed:
/// its name is free again, and so is its room, of which there is less than this needs.
pub async fn python_shared_memory_ends_with_its_program(page: Page) {
    let _server = open_example(&page).await;
    let source = "from multiprocessing import Array, Process\n\
        from multiprocessing.shared_memory import SharedMemory\n\n\
        def f(array):\n    array[-1] = 7\n\nif __name__ == '__main__':\n    \
        block = SharedMemory('left', create=True, size=40_000_000)\n    block.buf[-1] = 1\n    \
        array = Array('q', 2_500_000)\n    p = Process(target=f, args=(array,))\n    p.start()\n    \
        p.join()\n    print(array[-1], block.buf[-1], flush=True)\n";
    let endless = format!("{source}    while True:\n        pass\n");
    for round in 0..6 {
        let ran = match round % 2 {
            0 => run(&page, source).await,
            _ => run_until(&page, &endless, "7 1").await,
        };
        assert_eq!(ran.stream("stdout"), "7 1\n", "round {round}: {:#}", ran.0);
    }
}

/// What CPython prints is what is recorded; where there is no `python3`, nothing is known.
pub fn cpython_prints_what_is_recorded() {
    let python = |arguments: &[&str], folder: &std::path::Path| {
        std::process::Command::new("python3")
            .args(arguments)
            .current_dir(folder)
            .output()
    };
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("cpython");
    // Programs write files, which those of an earlier run of this test are not to find.
    let _ = fs::remove_dir_all(&folder);
    for Program {
        name,
        source,
        expected,
    } in PROGRAMS
    {
        let folder = folder.join(name);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("main.py"), source).unwrap();
        let Ok(ran) = python(&["main.py"], &folder) else {
            println!("there is no python3 on this machine");
            return;
        };
        // A program that a signal ended has its number, as in Python's `subprocess`.
        let code = ran
            .status
            .code()
            .or(ran.status.signal().map(|signal| -signal));
        let code = code.expect("an exit code");
        let printed = format!("{}exit code {code}\n", String::from_utf8_lossy(&ran.stdout));
        assert_eq!(
            printed,
            *expected,
            "{name}: {}",
            String::from_utf8_lossy(&ran.stderr)
        );
    }
}

/// Measures Python here and CPython on this machine by the same program, and prints for
/// each figure the medians, the ratio, and the least and greatest value here.
pub async fn measures_python(page: Page) {
    const ROUNDS: usize = 5;
    let source = include_str!("../../benches/python/figures.py");
    let _server = open_example(&page).await;
    // By name, in the order in which they are printed: the unit, and all values.
    type Figures = Vec<(String, String, Vec<f64>)>;
    let add = |into: &mut Figures, suffix: &str, printed: &str| {
        for line in printed.lines() {
            let number = |word: &&str| word.parse::<f64>().is_ok();
            let value = line.split(' ').skip(1).find(number).expect("a value");
            let (name, unit) = line.split_once(&format!(" {value} ")).expect("a unit");
            let (name, value) = (format!("{name}{suffix}"), value.parse().unwrap());
            match into.iter_mut().find(|figure| figure.0 == name) {
                Some(figure) => figure.2.push(value),
                None => into.push((name, unit.to_owned(), vec![value])),
            }
        }
    };
    let (mut here, mut native) = (Figures::new(), Figures::new());
    // In turn, so that what else the machine does disturbs both alike.
    for _ in 0..ROUNDS {
        add(&mut here, "", &run(&page, source).await.stream("stdout"));
        let only_threads = format!("import sys\nsys.argv.append('only threads')\n{source}");
        let ran = run_with(&page, &only_threads, "{ gil: false }").await;
        add(&mut here, ", GIL off", &ran.stream("stdout"));
        let python = std::process::Command::new("python3")
            .args(["benches/python/figures.py"])
            .output()
            .expect("python3");
        add(&mut native, "", &String::from_utf8_lossy(&python.stdout));
    }
    let median = |values: &[f64]| {
        let mut values = values.to_vec();
        values.sort_by(f64::total_cmp);
        (
            values[values.len() / 2],
            values[0],
            values[values.len() - 1],
        )
    };
    println!("| figure | here | least to greatest | CPython | ratio |\n|---|---|---|---|---|");
    for (name, unit, values) in &here {
        let (ours, least, greatest) = median(values);
        let theirs = native.iter().find(|figure| figure.0 == *name);
        let (theirs, ratio) = theirs.map_or_else(Default::default, |theirs| {
            let theirs = median(&theirs.2).0;
            (format!("{theirs:.3}"), format!("{:.3}", ours / theirs))
        });
        println!(
            "| {name}, {unit} | {ours:.3} | {least:.3} to {greatest:.3} (n = {}) | {theirs} | {ratio} |",
            values.len()
        );
    }
}
