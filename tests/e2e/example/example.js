// A page of somebody else's that runs Python programs: the end-to-end test calls it.
import { start } from "./python/python.js";

// Runs a program and returns its events, its outcome, the sizes of the files that it left,
// with the texts of small ones, and when it began and ended, in µs on the page's clock; or what
// it was refused with. It is killed when an event's text has `killAt` in it, if that is not
// empty. `options` are those of `start`.
window.runProgram = async (source, killAt = "", options = {}) => {
    const events = [];
    const began = performance.now() * 1000;
    try {
        const run = await start(source, {
            ...options,
            onEvent(event) {
                events.push(event);
                if (killAt && event.text?.includes(killAt)) run.kill();
            },
        });
        const outcome = await run.finished;
        const left = Object.entries(await run.files()).map(([name, bytes]) =>
            [name, bytes.length, bytes.length < 1000 ? new TextDecoder().decode(bytes) : null]);
        return { events, outcome, pid: run.pid, left, began, ended: performance.now() * 1000 };
    } catch (error) {
        return { error: `${error.name}: ${error.message}` };
    }
};

// Runs a program so often; returns the runs that did not print this and end well with all
// their processes. (What a WebDriver's script returns stays alive in the page, so all events
// would.)
window.runOften = async (source, times, printed) => {
    const wrong = [];
    for (let round = 0; round < times; round += 1) {
        const { events, outcome } = await runProgram(source);
        const text = events.map(({ stream, text }) => stream === "stdout" ? text : "").join("");
        const states = new Map(events.filter(({ type }) => type === "process").map(({ pid, state }) => [pid, state]));
        const haveEnded = [...states.values()].every((state) => state === "ended");
        if (outcome.code !== 0 || text !== printed || !haveEnded) {
            wrong.push({ round, outcome, text, states: [...states] });
        }
    }
    return wrong;
};

// Runs a program and talks to it. It gets the next of `lines` each time that it waits for
// standard input, where "^C" interrupts it instead and null ends its input; each comes
// `pause` ms later. It is interrupted each time that it prints `interruptAt`.
window.talkTo = async (source, { lines = [], interruptAt = "", pause = 0, busy = 0 }) => {
    const events = [];
    const left = [...lines];
    const starts = start(source, {
        onEvent(event) {
            events.push(event);
            const waits = event.type === "input" && event.waiting;
            if (waits && left.length > 0) {
                const line = left.shift();
                const answer = () => line === "^C" ? run.interrupt() : run.input(line);
                if (pause) setTimeout(answer, pause);
                else answer();
            }
            const printed = event.type === "output" && event.text.includes(interruptAt);
            if (interruptAt && printed) run.interrupt();
        },
    });
    // The page is busy once the process has been started, and before anybody has the run.
    queueMicrotask(() => {
        const end = performance.now() + busy;
        while (performance.now() < end);
    });
    const run = await starts;
    return { events, outcome: await run.finished, pid: run.pid };
};

// Runs a program with files beside it, and kills it once its first process has printed
// nothing for `seconds`. Returns how it ended, whether it was killed, what its first process
// printed, and what was stuck at the end.
window.runUntilSilent = async (source, files, seconds) => {
    const ran = { stdout: "", silent: false, stuck: "", code: null, traceback: "" };
    let run, timer;
    const wait = () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
            ran.silent = true;
            run?.kill();
        }, seconds * 1000);
    };
    wait();
    try {
        run = await start(source, {
            files,
            onEvent(event) {
                if (event.type === "blocked" && !ran.silent) ran.stuck = event.text ?? "";
                if (event.stream !== "stdout") return;
                if (run && event.pid !== run.pid) return;
                ran.stdout += event.text;
                wait();
            },
        });
        Object.assign(ran, await run.finished);
    } catch (error) {
        ran.traceback = `${error.name}: ${error.message}`;
    }
    clearTimeout(timer);
    return ran;
};
