//! Python programs in the page: what they print, next to what CPython prints.
//!
//! `programs/*.out` is what CPython 3.11 wrote to its standard output, and its exit code.
//! Where the machine has a `python3`, a test checks that this is still so.

use super::builds::copy_of_dist;
use super::page::Page;
use super::serve;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
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
        "pipe-stream", "lock", "event", "sentinel", "memory", "word-count", "worker-error",
        "no-guard";
    "programs/": "feeder", "locks", "messages", "pool", "process-pool", "processes",
        "thread-pools", "threads", "threads-and-processes", "threads-at-the-end";
);

/// The site with a page of somebody else's in it, which runs programs by `python.js`.
/// (A script of the driver's own would not do: Firefox runs each in a sandbox, which ends
/// with the script, and the workers with it.)
fn serve_example(page: &Page) -> Server {
    let folder = copy_of_dist(&format!("python-{:?}", page.kind));
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
    const [source, killAt, done] = arguments;
    (window.wrappedJSObject ?? window).runProgram(source, killAt)
        .then((ran) => done(JSON.stringify(ran)));";

struct Ran(Value);

impl Ran {
    fn stream(&self, stream: &str) -> String {
        let events = self.0["events"].as_array().expect("events");
        let texts = events.iter().filter(|event| event["stream"] == stream);
        texts.filter_map(|event| event["text"].as_str()).collect()
    }

    fn code(&self) -> i64 {
        self.0["outcome"]["code"]
            .as_i64()
            .unwrap_or_else(|| panic!("{}", self.0))
    }

    fn traceback(&self) -> &str {
        self.0["outcome"]["traceback"].as_str().unwrap_or_default()
    }
}

async fn run(page: &Page, source: &str) -> Ran {
    run_until(page, source, "").await
}

/// Runs a program, and kills it once it has printed something.
async fn run_until(page: &Page, source: &str, kill_at: &str) -> Ran {
    let arguments = vec![source.into(), kill_at.into()];
    let ran = page.client.execute_async(RUN, arguments).await;
    let ran = ran.unwrap_or_else(|error| panic!("{source}: {error}"));
    Ran(serde_json::from_str(ran.as_str().expect("a text")).expect("JSON"))
}

/// Opens the example page, with time for programs. The site is there as long as the
/// server that is returned.
async fn open_example(page: &Page) -> Server {
    let server = serve_example(page);
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
        ("input()", "EOFError"),
        (
            "import threading\nthreading.Thread(target=print).start()",
            "can't start new thread",
        ),
        (
            "import multiprocessing\nmultiprocessing.set_start_method('fork')",
            "cannot find context for 'fork'",
        ),
        ("def f(): f()\nf()", "RecursionError"),
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

/// What CPython prints is what is recorded; where there is no `python3`, nothing is known.
pub fn cpython_prints_what_is_recorded() {
    let python = |arguments: &[&str], folder: &std::path::Path| {
        std::process::Command::new("python3")
            .args(arguments)
            .current_dir(folder)
            .output()
    };
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("cpython");
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
        let code = ran.status.code().unwrap_or(-1);
        let printed = format!("{}exit code {code}\n", String::from_utf8_lossy(&ran.stdout));
        assert_eq!(
            printed,
            *expected,
            "{name}: {}",
            String::from_utf8_lossy(&ran.stderr)
        );
    }
}

/// Measures loops in one interpreter against native CPython, and prints the medians.
pub async fn measures_loops_of_python(page: Page) {
    const ROUNDS: usize = 9;
    let source = include_str!("programs/loops.py");
    let _server = open_example(&page).await;
    let mut here: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    let mut native = here.clone();
    let add = |into: &mut BTreeMap<String, Vec<f64>>, printed: &str| {
        for line in printed.lines() {
            let (name, ms) = line.split_once(' ').expect("a loop and its time");
            let ms = ms.parse().expect("a number of milliseconds");
            into.entry(name.to_owned()).or_default().push(ms);
        }
    };
    // In turn, so that what else the machine does disturbs both alike.
    for _ in 0..ROUNDS {
        add(&mut here, &run(&page, source).await.stream("stdout"));
        let python = std::process::Command::new("python3")
            .args(["-c", source])
            .output();
        add(
            &mut native,
            &String::from_utf8(python.expect("python3").stdout).unwrap(),
        );
    }
    let median = |times: &[f64]| {
        let mut times = times.to_vec();
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    for (name, times) in &here {
        let (ours, theirs) = (median(times), median(&native[name]));
        println!(
            "{name}: {ours:.1} ms here, {theirs:.1} ms in CPython, {:.1} times as long (n = {ROUNDS})",
            ours / theirs
        );
    }
}

/// Measures how long it takes from the start of a program, and of a process, to the
/// first message, and prints the medians.
pub async fn measures_starts_of_python(page: Page) {
    let _server = open_example(&page).await;
    for method in ["spawn", "forkserver"] {
        let source = format!(
            "import time\nfrom multiprocessing import Pipe, Process, set_start_method\n\n\
             def hello(end):\n    end.send('hello')\n\n\
             if __name__ == '__main__':\n    set_start_method('{method}')\n    times = []\n    \
             here, there = Pipe()\n    for _ in range(16):\n        time.sleep(0.5)\n        \
             began = time.perf_counter()\n        process = Process(target=hello, args=(there,))\n        \
             process.start()\n        here.recv()\n        \
             times.append(time.perf_counter() - began)\n        process.join()\n    \
             times = sorted(times[1:])\n    \
             print(f'{method}: {{times[0] * 1e3:.1f}} ms at least, median {{times[7] * 1e3:.1f}} ms, n = 15')\n    \
             here, there = Pipe()\n    began = time.perf_counter()\n    \
             for _ in range(1000):\n        here.send(1)\n        there.recv()\n    \
             print(f'a message within a process: {{(time.perf_counter() - began) * 1e3:.1f}} µs')\n"
        );
        print!("{}", run(&page, &source).await.stream("stdout"));
    }
}
