// A page of somebody else's that runs Python programs: the end-to-end test calls it.
import { start } from "./python/python.js";

// Runs a program and returns its events and its outcome, or what it was refused with.
// It is killed when an event's text has `killAt` in it, if that is not empty. `options` are those of `start`.
window.runProgram = async (source, killAt = "", options = {}) => {
    const events = [];
    try {
        const run = await start(source, {
            ...options,
            onEvent(event) {
                events.push(event);
                if (killAt && event.text?.includes(killAt)) run.kill();
            },
        });
        return { events, outcome: await run.finished, pid: run.pid };
    } catch (error) {
        return { error: `${error.name}: ${error.message}` };
    }
};
