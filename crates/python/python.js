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
 * @param {(event: object) => void} [options.onEvent] Called with each event, in order:
 *   - `{ type: "output", pid, name, stream, text }`: what a process wrote, with any of
 *     its threads, whole lines or parts of one; `stream` is "stdout" or "stderr".
 *   - `{ type: "process", pid, name, parent, state, exitcode }`: a process is "starting",
 *     "running" or "ended". `name` is null while it starts, `parent` is null for the
 *     first process, `exitcode` is null until it has ended, and negative for a signal.
 *   - `{ type: "input", pid, name, waiting }`: a process waits for a line of standard
 *     input (`run.input`), or no longer does.
 *   - `{ type: "blocked", text, waits }`: nothing in the program can go on, since each of
 *     its threads waits for another one. `text` says who waits for whom, in sentences;
 *     `waits` has `{ pid, name, line }` for each thread, where `line` is the program's, or
 *     null. When something goes on after all, `text` is null and `waits` is empty.
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
    try {
        return new Run(glue.start(String(source), files, Boolean(gil), onEvent));
    } catch (error) {
        throw new PythonError(`Python could not be started: ${error.message}`, { cause: error });
    }
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

    constructor(run) {
        this.#run = run;
        /** The pid of its first process. */
        this.pid = run.pid();
        /**
         * Resolves to `{ code, traceback }` when the first process has ended and everything
         * that was printed until then has been told. `code` is its exit code: 0 if the
         * program ended well, negative for a signal (-9 after `kill`, -2 if it ended by a
         * `KeyboardInterrupt`). `traceback` is the
         * text of the exception that ended it, or null.
         */
        this.finished = run.finished().then((outcome) => {
            const { code, traceback } = outcome;
            outcome.free();
            return { code, traceback: traceback ?? null };
        });
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

    /** Kills all processes of the program. Those that have ended stay as they are. */
    kill() {
        this.#run.kill();
    }
}
