//! Python programs that are interrupted and that read standard input.

use super::page::Page;
use super::python::{Ran, open_example, run_until};
use super::python_limits::assert_all_ended;
use serde_json::{Value, json};
use test_support::browser::live_bytes;

const TALK: &str = "
    const [source, options, done] = arguments;
    (window.wrappedJSObject ?? window).talkTo(source, JSON.parse(options))
        .then((ran) => done(JSON.stringify(ran)));";

async fn talk(page: &Page, source: &str, options: Value) -> Ran {
    let arguments = vec![source.into(), options.to_string().into()];
    let ran = page.client.execute_async(TALK, arguments).await;
    let ran = ran.unwrap_or_else(|error| panic!("{source}: {error}"));
    Ran(serde_json::from_str(ran.as_str().expect("a text")).expect("JSON"))
}

/// Ctrl-C reaches every process of a program: one that handles it as tutorials show, one
/// that waits in a pool, and one that does not handle it.
pub async fn python_programs_are_interrupted(page: Page) {
    let _server = open_example(&page).await;
    let at = |text: &str| json!({ "interruptAt": text });

    let source = "print('computing', flush=True)\ntry:\n    while True:\n        pass\n\
        except KeyboardInterrupt:\n    print('Stopped by the user.')\n";
    let ran = talk(&page, source, at("computing")).await;
    assert_eq!(ran.stream("stdout"), "computing\nStopped by the user.\n");
    assert_eq!(ran.code(), 0);

    let source = "import time\nprint('sleeping', flush=True)\ntime.sleep(600)\n";
    let ran = talk(&page, source, at("sleeping")).await;
    assert_eq!(ran.code(), -2);
    let traceback = "Traceback (most recent call last):\n  File \"/home/main.py\", line 3, in \
        <module>\n    time.sleep(600)\n    ~~~~~~~~~~^^^^^\nKeyboardInterrupt\n";
    assert_eq!(ran.traceback(), traceback);
    assert_eq!(ran.stream("stderr"), traceback);

    let source = "import time\nfrom multiprocessing import Process, Queue\n\n\
        def work(name, ready):\n    ready.put(name)\n    try:\n        while True:\n            \
        time.sleep(60)\n    except KeyboardInterrupt:\n        print(name, 'stops')\n\n\
        if __name__ == '__main__':\n    ready = Queue()\n    \
        workers = [Process(target=work, args=(n, ready)) for n in range(2)]\n    \
        for worker in workers:\n        worker.start()\n    \
        for _ in workers:\n        ready.get()\n    print('working', flush=True)\n    try:\n        \
        workers[0].join()\n    except KeyboardInterrupt:\n        print('main stops')\n    \
        for worker in workers:\n        worker.join()\n    \
        print([worker.exitcode for worker in workers])\n";
    let ran = talk(&page, source, at("working")).await;
    let printed = ran.stream("stdout");
    let mut lines: Vec<&str> = printed.lines().collect();
    assert_eq!(lines.pop(), Some("[0, 0]"), "{:#}", ran.0);
    // Whether the first worker has ended before the signal reaches the first process.
    lines.retain(|line| *line != "main stops");
    lines.sort_unstable();
    assert_eq!(lines, ["0 stops", "1 stops", "working"]);
    assert_eq!(ran.code(), 0);

    let source = "import signal, time\nfrom multiprocessing import Pool\n\n\
        def ignore():\n    signal.signal(signal.SIGINT, signal.SIG_IGN)\n\n\
        def work(n):\n    if n == 2:\n        print('in the pool', flush=True)\n    \
        time.sleep(60)\n\n\
        if __name__ == '__main__':\n    pool = Pool(2, initializer=ignore)\n    try:\n        \
        pool.map(work, range(8), chunksize=1)\n    except KeyboardInterrupt:\n        \
        print('terminating')\n        pool.terminate()\n    else:\n        pool.close()\n    \
        pool.join()\n    print('joined')\n";
    let source = source.replace("n == 2", "n == 1");
    let ran = talk(&page, &source, at("in the pool")).await;
    let printed = ran.stream("stdout");
    assert_eq!(printed, "in the pool\nterminating\njoined\n", "{:#}", ran.0);
    assert_eq!((ran.code(), ran.stream("stderr")), (0, String::new()));

    // A handler of its own, more than once, and the program goes on.
    let source = "import signal, time\ncount = 0\n\ndef handler(number, frame):\n    \
        global count\n    count += 1\n\nsignal.signal(signal.SIGINT, handler)\n\
        while count < 3:\n    before = count\n    print('again', flush=True)\n    \
        while count == before:\n        time.sleep(0.01)\nprint(count)\n";
    let ran = talk(&page, source, at("again")).await;
    assert_eq!(ran.stream("stdout"), "again\nagain\nagain\n3\n");
    assert_eq!(ran.code(), 0);
}

/// `input()` and `sys.stdin`: lines, the end, an interrupt, and in a child nothing.
pub async fn python_programs_read_standard_input(page: Page) {
    let _server = open_example(&page).await;
    let source = "import sys\nname = input('Name? ')\nprint('Hello', name)\n\
        print([line for line in sys.stdin])\ntry:\n    input()\nexcept EOFError as error:\n    \
        print('EOFError:', error)\n";
    let lines = json!({ "lines": ["Ada ✓", "one\ntwo\n", "", null] });
    let ran = talk(&page, source, lines).await;
    let printed = "Name? Hello Ada ✓\n['one\\n', 'two\\n', '\\n']\nEOFError: EOF when reading \
        a line\n";
    assert_eq!(ran.stream("stdout"), printed, "{:#}", ran.0);
    assert_eq!(ran.code(), 0);
    // It is told when the program waits, after the prompt, and when it no longer does.
    let events = ran.0["events"].as_array().expect("events");
    let all = events.iter().filter(|event| event["type"] == "input");
    let waiting: Vec<&Value> = all.clone().map(|event| &event["waiting"]).collect();
    assert_eq!(waiting, [true, false].repeat(4));
    for event in all {
        assert_eq!(event["pid"], ran.0["pid"]);
        assert_eq!(event["name"], "MainProcess");
    }
    let position = |found: &dyn Fn(&&Value) -> bool| {
        let mut all = events.iter().enumerate();
        all.find(|(_, event)| found(event)).expect("the event").0
    };
    let prompt = position(&|event| event["text"] == "Name? ");
    assert!(prompt < position(&|event| event["type"] == "input"));

    // A program whose other processes wait for what the visitor types can go on: nobody says
    // that it cannot.
    let source = "from multiprocessing import Process, Queue\n\ndef f(q):\n    \
        print('got', q.get())\n\nif __name__ == '__main__':\n    q = Queue()\n    \
        p = Process(target=f, args=(q,))\n    p.start()\n    q.put(input())\n    p.join()\n";
    let ran = talk(&page, source, json!({ "lines": ["late"], "pause": 2500 })).await;
    assert_eq!(ran.stream("stdout"), "got late\n", "{:#}", ran.0);
    let mut events = ran.0["events"].as_array().expect("events").iter();
    assert!(
        !events.any(|event| event["type"] == "blocked"),
        "{:#}",
        ran.0
    );

    // What was sent before it is asked for is kept, and then nobody waits.
    let source = "print('ready', flush=True)\nwhile True:\n    try:\n        \
        text = input()\n    except KeyboardInterrupt:\n        print('interrupted')\n    \
        else:\n        print('got', text)\n        break\n";
    let lines = json!({ "lines": ["^C", "^C", "text"] });
    let ran = talk(&page, source, lines).await;
    assert_eq!(
        ran.stream("stdout"),
        "ready\ninterrupted\ninterrupted\ngot text\n"
    );

    let source = "from multiprocessing import Process\n\ndef f():\n    try:\n        input()\n    \
        except EOFError:\n        print('EOFError in the child')\n\n\
        if __name__ == '__main__':\n    p = Process(target=f)\n    p.start()\n    p.join()\n    \
        print(input(), p.exitcode)\n";
    let ran = talk(&page, source, json!({ "lines": ["for the first process"] })).await;
    let printed = "EOFError in the child\nfor the first process 0\n";
    assert_eq!(ran.stream("stdout"), printed, "{:#}", ran.0);

    // A process that waits before the caller of `start` has the run is heard of afterwards.
    let source = "print('got', input('? '))\n";
    let ran = talk(&page, source, json!({ "lines": ["text"], "busy": 2000 })).await;
    assert_eq!(ran.stream("stdout"), "? got text\n", "{:#}", ran.0);

    // The event says that nobody waits any more, also when the program is interrupted.
    let ran = talk(&page, "input('? ')\n", json!({ "lines": ["^C"] })).await;
    assert_eq!(ran.code(), -2);
    let events = ran.0["events"].as_array().expect("events");
    let last = events.iter().rfind(|event| event["type"] == "input");
    assert_eq!(last.expect("an event")["waiting"], false);
}

/// A program with a pool is interrupted at any moment, again and again: every run ends,
/// and no process is left.
pub async fn python_interrupts_at_any_moment(page: Page) {
    let _server = open_example(&page).await;
    interrupt_at_any_moment(&page, POOL, 6).await;
}

/// The same, 100 times; and 100 times killed.
pub async fn python_is_stopped_200_times(page: Page) {
    let _server = open_example(&page).await;
    interrupt_at_any_moment(&page, POOL, 100).await;
    for round in 0..100 {
        // A process that is left would take a place from the next rounds.
        let ran = run_until(&page, POOL, &format!("round {}\n", 1 + round % 7)).await;
        assert_eq!(ran.code(), -9, "{round}: {:#}", ran.0);
    }
}

const RUN_OFTEN: &str = "
    const [source, times, printed, done] = arguments;
    runOften(source, times, printed).then((wrong) => done(JSON.stringify(wrong)));";

/// A program with processes runs 200 times, and the page's memory does not grow.
pub async fn python_runs_200_times(page: Page) {
    let _server = open_example(&page).await;
    let source = "from multiprocessing import Pool, Queue\n\nif __name__ == '__main__':\n    \
        queue = Queue()\n    queue.put(b'x' * 100000)\n    queue.get()\n    \
        with Pool(2) as pool:\n        print(pool.map(abs, range(4)))\n";
    let mut heaps = Vec::new();
    for batch in 0..10 {
        let arguments = vec![source.into(), 20.into(), "[0, 1, 2, 3]\n".into()];
        let wrong = page.client.execute_async(RUN_OFTEN, arguments).await;
        assert_eq!(wrong.expect("an answer"), "[]", "batch {batch}");
        if [0, 9].contains(&batch) {
            heaps.push(live_bytes(&page.client).await);
        }
    }
    println!("the page's live bytes after 20 and 200 runs: {heaps:?}");
    assert!(heaps[1] < heaps[0] + 1_000_000, "{heaps:?}");
}

/// A program with a pool that works for ever. The workers ignore Ctrl-C. Without that,
/// CPython hangs in every sixth run or so: a worker that is interrupted while it leaves a lock
/// keeps the lock.
const POOL: &str = "import signal\nfrom multiprocessing import Pool\n\ndef ignore():\n    \
        signal.signal(signal.SIGINT, signal.SIG_IGN)\n\ndef square(n):\n    return n * n\n\n\
        if __name__ == '__main__':\n    with Pool(2, ignore) as pool:\n        n = 0\n        \
        while True:\n            n += 1\n            \
        assert pool.map(square, range(20))[3] == 9\n            print('round', n, flush=True)\n";

async fn interrupt_at_any_moment(page: &Page, source: &str, times: u32) {
    for round in 0..times {
        // The moments differ by what else the machine does.
        let at = format!("round {}\n", 1 + round % 7);
        let ran = talk(page, source, json!({ "interruptAt": at })).await;
        assert!([-2, 1].contains(&ran.code()), "{round}: {:#}", ran.0);
        assert_all_ended(&ran);
    }
}
