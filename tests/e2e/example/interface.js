// Stands in for `python.js`: it starts no program, but speaks its whole interface, so that
// the end-to-end test can see what the page makes of it.
export async function start(_source, { onEvent }) {
    const process = { type: "process", pid: 1, name: "MainProcess", parent: null, exitcode: null };
    const print = (text) => onEvent({ type: "output", pid: 1, name: "MainProcess", stream: "stdout", text });
    const wait = (waiting) => onEvent({ type: "input", pid: 1, name: "MainProcess", waiting });
    let end;
    const run = {
        pid: 1,
        finished: new Promise((resolve) => { end = resolve; }),
        input(line) {
            wait(false);
            if (line === null) return;
            print(`hello ${line}`);
            wait(true);
        },
        interrupt() {
            print("interrupted\n");
        },
        async files() {
            return {};
        },
        kill() {
            print("killed\n");
            onEvent({ ...process, state: "ended", exitcode: -9 });
            end({ code: -9, traceback: null });
        },
    };
    onEvent({ ...process, state: "starting" });
    onEvent({ ...process, state: "running" });
    print("What is your name? ");
    wait(true);
    return run;
}
