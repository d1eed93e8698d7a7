// The few lines that must be JavaScript: how a worker comes up, and what the
// kernel asks of the platform. Everything else is Rust.
//
// A worker's script is the glue of the very module the page runs; the glue
// imports this file, so the code below sees every worker of ours before its
// first message.

// Numbers of the messages to the dispatcher; the same as in `message.rs`.
const TRAPPED = 4;
const FAILED = 5;

// Bytes of a thread's stack: as much as a process has.
const STACK = 1 << 20;

let stopping = false;

// It never changes, and takes as long to ask for as the time itself.
const origin = performance.timeOrigin;

if (typeof WorkerGlobalScope !== 'undefined' && self.name.startsWith('manyhands ')) {
    self.onmessage = async ({ data }) => {
        self.onmessage = null;
        let stage = FAILED;
        try {
            const held = hold(data.lock);
            const glue = await import(data.glue);
            // A thread comes up in the memory of its process.
            const { memory } = data;
            const wasm = glue.initSync({ module: data.module, memory, thread_stack_size: memory && STACK });
            // Not before the lock is there: a request that is still on its way
            // when the target begins to loop is never made.
            await held;
            if (data.dispatcher) {
                glue.__manyhands_dispatcher(data);
                return;
            }
            stage = TRAPPED;
            try {
                glue.__manyhands_process(data.arena, data.slot, data.state, data.worker);
            } catch (error) {
                if (!stopping) throw error;
            }
            // Its stack and its thread-locals, which outlive nobody else.
            if (memory) wasm.__wbindgen_thread_destroy();
        } catch (error) {
            self.postMessage([stage, data.worker, String(error)]);
        }
        if (!data.dispatcher) self.close();
    };
    // Where something wraps `Worker` (a test runner does) this file may come up
    // too late for the first message: it is then posted once more.
    self.postMessage('up');
}

// Takes a lock that is held until this worker is really gone: the dispatcher
// asks for the same lock, and hears of the death by getting it.
function hold(lock) {
    return new Promise((resolve) => {
        if (!navigator.locks) return resolve();
        navigator.locks.request(lock, () => {
            resolve();
            return new Promise(() => {});
        }).catch(resolve);
    });
}

// Is this instance a worker of ours (and not the page)?
export function is_worker() {
    return typeof WorkerGlobalScope !== 'undefined' && self.name.startsWith('manyhands ');
}

// Starts a worker and hands it `boot`; `tell` hears what it posts, and its
// failure to load.
export function create(glue, name, boot, tell) {
    const worker = new Worker(glue, { type: 'module', name });
    worker.onmessage = ({ data }) => {
        if (data === 'up') worker.postMessage(boot);
        else tell(data);
    };
    worker.onerror = (event) => {
        event.preventDefault();
        tell([FAILED, boot.worker, event.message || 'the worker script could not be loaded']);
    };
    worker.postMessage(boot);
    return worker;
}

export function listen(tell) {
    self.onmessage = ({ data }) => tell(data);
}

// Resolves when the holder of the lock is gone.
export async function gone(lock) {
    if (navigator.locks) return navigator.locks.request(lock, () => {});
    // No Web Locks: the slowest end seen, and half as much again.
    return new Promise((resolve) => setTimeout(resolve, 3000));
}

export function post(message) {
    self.postMessage(message);
}

// Ends this worker: it runs nothing after the current call, which the
// exception cuts short.
export function stop() {
    stopping = true;
    self.close();
    throw new Error('this process has ended');
}

// Milliseconds on a scale that all threads share.
export function now() {
    return last = origin + performance.now();
}

// The same as of the last time it was asked for, if that was within the same
// millisecond: to look at the wall clock takes a tenth of the time.
let last = 0;
let tick = 0;
export function recently() {
    const wall = Date.now();
    if (wall !== tick) {
        tick = wall;
        now();
    }
    return last;
}

export function delay(milliseconds) {
    return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

// Resolves after so many milliseconds, never before. A timer alone would not do:
// it leaves fractions out, and one that follows others takes at least 4 ms.
const unchanged = globalThis.SharedArrayBuffer && new Int32Array(new SharedArrayBuffer(4));
export async function sleep(milliseconds) {
    const end = performance.now() + milliseconds;
    for (let left = milliseconds; ; left = Math.max(end - performance.now(), 1)) {
        left = Math.min(left, 2 ** 31 - 1);
        const slept = unchanged && Atomics.waitAsync?.(unchanged, 0, 0, left);
        await (slept?.async ? slept.value : delay(left));
        if (performance.now() >= end) return;
    }
}

export function environment() {
    return {
        isolated: globalThis.crossOriginIsolated === true && typeof SharedArrayBuffer !== 'undefined',
        cores: navigator.hardwareConcurrency || 1,
        agent: navigator.userAgent,
        hidden: globalThis.document?.visibilityState === 'hidden',
    };
}

export function log(error, text) {
    if (error) console.error(text);
    else console.log(text);
}
