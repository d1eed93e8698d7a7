// The part of the kernel that must be JavaScript: starting a worker, and the functions
// of the platform that the kernel calls. Everything else is Rust.
//
// The script of a worker is the same JavaScript glue that the page runs. The glue imports
// this file, so the code below runs in each of the library's workers before the worker
// receives its first message.

// The numbers of these messages to the dispatcher. They must be equal to those in
// `message.rs`.
const TRAPPED = 4;
const FAILED = 5;

// The size of a thread's stack in bytes; a process has a stack of the same size.
const STACK = 1 << 20;

let stopping = false;

// Read once, because it never changes and reading it takes as long as reading the time.
const origin = performance.timeOrigin;

if (typeof WorkerGlobalScope !== 'undefined' && self.name.startsWith('manyhands ')) {
    self.onmessage = async ({ data }) => {
        self.onmessage = null;
        let stage = FAILED;
        try {
            const held = hold(data.lock);
            const glue = await import(data.glue);
            // `memory` is present only for a thread, which uses the memory of its process.
            const { memory } = data;
            const wasm = glue.initSync({ module: data.module, memory, thread_stack_size: memory && STACK });
            // The target must not run before the lock is granted: a target that loops
            // would keep the request from ever being made.
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
            // Frees the thread's stack and its thread-local storage. A process has its own
            // memory, which is freed as a whole.
            if (memory) wasm.__wbindgen_thread_destroy();
        } catch (error) {
            self.postMessage([stage, data.worker, String(error)]);
        }
        if (!data.dispatcher) self.close();
    };
    // If something wraps `Worker` (a test runner does), this file may run too late to
    // receive the first message. On 'up', the creator posts that message again.
    self.postMessage('up');
}

// Takes a Web Lock that is held until this worker has really ended. The dispatcher
// requests the same lock, and knows that the worker has ended when it is granted.
function hold(lock) {
    return new Promise((resolve) => {
        if (!navigator.locks) return resolve();
        navigator.locks.request(lock, () => {
            resolve();
            return new Promise(() => {});
        }).catch(resolve);
    });
}

// Whether this instance is one of the library's workers (and not the page).
export function is_worker() {
    return typeof WorkerGlobalScope !== 'undefined' && self.name.startsWith('manyhands ');
}

// Starts a worker and posts `boot` to it. `tell` is called with each message that the
// worker posts, and with a FAILED message if its script cannot be loaded.
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

// Resolves when the worker that holds the lock has ended.
export async function gone(lock) {
    if (navigator.locks) return navigator.locks.request(lock, () => {});
    // Without Web Locks it waits for 3 s: the slowest end that was observed took 2 s.
    return new Promise((resolve) => setTimeout(resolve, 3000));
}

export function post(message) {
    self.postMessage(message);
}

// Ends this worker. The exception ends the current call, and nothing runs after it.
export function stop() {
    stopping = true;
    self.close();
    throw new Error('this process has ended');
}

// A shared memory as described. Browsers set its whole maximum apart at once: where they
// refuse that, half of it is tried, and so on. (script/inline-boot makes the glue call this
// for the instance's own memory, too.)
export function sharedMemory({ initial, maximum, shared }) {
    for (;;) {
        try {
            return new WebAssembly.Memory({ initial, maximum, shared });
        } catch (error) {
            if (!(error instanceof RangeError) || maximum <= initial) throw error;
            maximum = Math.max(initial, maximum >> 1);
        }
    }
}

// The time in milliseconds, on a scale that all threads share.
export function now() {
    return last = origin + performance.now();
}

// The result of the last call of now(), if that was within the same millisecond of the
// wall clock; otherwise the present time. Reading the wall clock takes a tenth of the
// time of reading the precise clock.
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

// Resolves after so many milliseconds, never earlier. A timer alone is not enough: it
// ignores fractions of a millisecond, and nested timers take at least 4 ms each.
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
