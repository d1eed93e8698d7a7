// A page of somebody else's that runs Python programs: the end-to-end test calls it.
import { start } from "./python/python.js";

// Runs a program with files, and returns its events, its outcome and the sizes of the files
// that it left, with the texts of small ones, or what it was refused with. It is killed
// when it prints `killAt`, if that is not empty.
window.runProgram = async (source, killAt = "", files = {}) => {
    const events = [];
    try {
        const run = await start(source, {
            files,
            onEvent(event) {
                events.push(event);
                if (killAt && event.type === "output" && event.text.includes(killAt)) run.kill();
            },
        });
        const outcome = await run.finished;
        const left = Object.entries(await run.files()).map(([name, bytes]) =>
            [name, bytes.length, bytes.length < 1000 ? new TextDecoder().decode(bytes) : null]);
        return { events, outcome, pid: run.pid, left };
    } catch (error) {
        return { error: `${error.name}: ${error.message}` };
    }
};
