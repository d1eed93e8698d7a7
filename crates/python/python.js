// Runs Python programs on this page: CPython's own `multiprocessing`, with an interpreter
// in each process, and each process in a Web Worker.
//
//     import { start } from "./python/python.js";
//     const run = await start('print("hello")', {
//         onEvent: (event) => console.log(event),
//     });
//     const { code, traceback } = await run.finished;
//
// The page must be cross-origin isolated. Nothing is fetched before the first start.

/// Why a program could not be started. Its message is a sentence for the visitor.
export class PythonError extends Error {
    name = "PythonError";
}

// The compiled image, once the first program asked for it.
let image;

/**
 * Starts a program.
 *
 * @param {string} source The program, as in a file `main.py`.
 * @param {object} [options]
 * @param {Object<string, string | Uint8Array>} [options.files] Files that are beside the
 *   program when it starts: their content by their names, which may contain folders, as in
 *   "data/numbers.csv". A file `helper.py` can be imported.
 * @param {(event: object) => void} [options.onEvent] Called with each event, in order, and
 *   not before the caller has the run:
 *   - `{ type: "output", pid, name, stream, text }`: what a process wrote, with any of
 *     its threads, whole lines or parts of one; `stream` is "stdout" or "stderr".
 *   - `{ type: "process", pid, name, parent, state, exitcode }`: a process is "starting",
 *     "running" or "ended". `name` is null while it starts, `parent` is null for the
 *     first process, `exitcode` is null until it has ended, and negative for a signal.
 *   - `{ type: "thread", pid, thread, name, state }`: a thread of the process `pid`, other
 *     than its first one, is "starting", "running" or "ended". `thread` is its own number,
 *     which no process has. When it gets another name, it is told again as "running".
 *   - `{ type: "objects", objects, more }`: the queues, locks and pipes of the program,
 *     and those of its threads, whenever this has changed, and at most ten times a second.
 *     `more` is how many there are besides. See below.
 *   - `{ type: "trace", records, dropped }`: what threads did, at most ten times a second.
 *     `dropped` is how many waits are missing. See below.
 *   - `{ type: "input", pid, name, waiting }`: a process waits for a line of standard
 *     input (`run.input`), or no longer does.
 *   - `{ type: "blocked", text, waits }`: nothing in the program can go on, since each of
 *     its threads waits for another one; or a part of it cannot, since threads wait for
 *     locks in a circle. `text` says who waits for whom, in sentences;
 *     `waits` has `{ pid, name, line }` for each thread, where `line` is the program's, or
 *     null. When something goes on after all, `text` is null and `waits` is empty.
 *     What waits with a time-out can go on, and so can a thread that waits for one of its
 *     own process's locks, events or queues if another thread runs. The server of a
 *     `Manager` only does what it is asked for, so it is as if it was not there.
 *
 *   Each of the `objects` has all of these fields; what it does not have, or what is not
 *   known, is null:
 *   `id` (a number, for as long as the run), `kind` (its class: "Queue", "JoinableQueue",
 *   "SimpleQueue", "Pipe", "Lock", "RLock", "Semaphore", "BoundedSemaphore", "Event",
 *   "Condition" or "Barrier"), `module` ("multiprocessing", or for those of one process's
 *   threads "threading" or "queue", of which the first 48 of a process are told), `name` (the
 *   variable that holds it, as the program's source says), `in` (the class that made it for
 *   itself: "Pool", "ProcessPoolExecutor", "Value" or "Array"), `pid` and `line` (who made it
 *   where), `size` (how many items are in a queue), `buffered` (how many of these its feeder
 *   threads still have), `maxsize`, `value` (free permits, which are 0 for a lock that is held;
 *   1 for an event that is set; the unfinished tasks of a JoinableQueue; how many wait at a
 *   condition or barrier), `parties` (of a barrier), `holder` (`{ pid, name, thread, line }`:
 *   who acquired the lock where),
 *   `waiting` (an array of the same with `to`: "get", "put", "join", "recv", "send",
 *   "acquire" or "wait"), `ends` (of a pipe: two of `{ name, receives, sends, messages,
 *   bytes, heldBy }`, where `messages` and `bytes` wait to be received at this end and
 *   `heldBy` has `{ pid, name }` for each process that holds it; a message of more than
 *   32 KiB counts as several), `gone` (whether it no longer exists: then it is as it was
 *   seen last).
 *
 *   Each of the `records` is `{ pid, thread, what, for, line, begin, end, whom }`. `what` is
 *   "starting", "running" or "waiting"; a thread waits while it runs. `for` says what is
 *   waited for: "lock", "message", "room" (in a pipe), "process" (its end), "any" (of
 *   several connections and processes), "time", "thread lock" (a lock of one process's
 *   threads, of which their queues and events are made), "thread" (its end), "input", "gil"
 *   (its turn to run Python), or null. `line` is the program's, or null. `begin` and `end`
 *   are µs on the clock of `performance.now()`. What goes on has the end null, and is told
 *   again with the same beginning when it ends. `whom` is for whom a thread has
 *   waited, if that is known: `{ pid, name, line }` of who held the lock, with the line at
 *   which it had acquired it; of the process whose end it was; or of who sent the message,
 *   and from which line.
 * @param {boolean} [options.gil] Whether only one thread of a process runs Python at a
 *   time, as in CPython's usual build (true, the default), or all do, as in its
 *   free-threaded build.
 * @returns {Promise<Run>} once the first process has been started.
 * @throws {PythonError} if the page is not isolated, the interpreter could not be
 *   downloaded, or there is no room for another process.
 */
export async function start(source, { onEvent = () => {}, files = {}, gil = true } = {}) {
    if (globalThis.crossOriginIsolated !== true) {
        throw new PythonError(
            "Python cannot run here: the browser does not let this page share memory between " +
            "its workers. Open it in a tab of its own, in a current browser, and from a host " +
            "that sends the headers for cross-origin isolation.");
    }
    image ??= load();
    let glue;
    try {
        glue = await image;
    } catch (error) {
        // The next start tries again.
        image = undefined;
        throw error;
    }
    // A warm process may have printed before this function has returned. The caller hears of
    // it once it has the run, so that it can use the run wherever it hears of something.
    const early = [];
    let tell = (event) => early.push(event);
    let run;
    try {
        run = glue.start(String(source), files, Boolean(gil), (event) => tell(event));
    } catch (error) {
        throw new PythonError(`Python could not be started: ${error.message}`, { cause: error });
    }
    const hasRun = new Promise((resolve) => setTimeout(resolve)).then(() => {
        for (const event of early) {
            try {
                onEvent(event);
            } catch (error) {
                reportError(error);
            }
        }
        tell = onEvent;
    });
    return new Run(run, hasRun);
}

/// Downloads and compiles the interpreter, so that the first start need not. A start does
/// it by itself.
export async function load() {
    const url = new URL("./manyhands_python_bg.wasm", import.meta.url);
    let glue, response;
    try {
        [glue, response] = await Promise.all([import("./manyhands_python.js"), fetch(url)]);
    } catch (error) {
        throw new PythonError(
            "Python could not be downloaded. Check the connection and try again.",
            { cause: error });
    }
    if (!response.ok) {
        throw new PythonError(
            `Python could not be downloaded: the host answered ${response.status}. ` +
            "Try again later.");
    }
    try {
        await glue.default({ module_or_path: response });
    } catch (error) {
        throw new PythonError(
            "Python could not be started: the download broke off, or the browser cannot " +
            "compile it. Try again, or use a current browser.",
            { cause: error });
    }
    return glue;
}

/** A program that runs or has run. */
class Run {
    #run;

    constructor(run, hasRun) {
        this.#run = run;
        /** The pid of its first process. */
        this.pid = run.pid();
        /**
         * Resolves to `{ code, traceback }` when the first process has ended, and all others
         * with it, and everything that was printed has been told. (A process that calls
         * `os._exit` ends its daemons and waits for its other children, as at any end of a
         * process; in CPython they go on without it.) `code` is the exit code of the first
         * process: 0 if the program ended well, negative for a signal (-9 after `kill`, -2 if
         * it ended by a `KeyboardInterrupt`). `traceback` is the text of the exception that
         * ended it, or null.
         */
        this.finished = Promise.all([run.finished(), hasRun]).then(([outcome]) => {
            const { code, traceback } = outcome;
            outcome.free();
            return { code, traceback: traceback ?? null };
        });
    }

    /**
     * Sends `SIGINT` to all processes of the program, as Ctrl-C does in a terminal: each
     * gets a `KeyboardInterrupt`, unless it handles the signal otherwise.
     */
    interrupt() {
        this.#run.interrupt();
    }

    /**
     * Sends a line to the program's standard input. Its end is added if it lacks one. The
     * text is read by `input()` and `sys.stdin` of the first process, now or later.
     *
     * @param {string | null} text The line, or null for the end of the input.
     */
    input(text) {
        this.#run.input(text === null ? undefined : String(text));
    }

    /**
     * The files in the program's working folder, as they are now, or as they were when the
     * first process ended: an object with a `Uint8Array` for each, by its name. The
     * program's own file is not among them.
     *
     * @returns {Promise<Object<string, Uint8Array>>}
     */
    async files() {
        return this.#run.files();
    }

    /** Kills all processes of the program. Those that have ended stay as they are. */
    kill() {
        this.#run.kill();
    }
}
