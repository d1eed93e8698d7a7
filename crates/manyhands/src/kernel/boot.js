// The part of the kernel that must be JavaScript: starting a worker, and the functions
// of the platform that the kernel calls. Everything else is Rust.
//
// The script of a worker is the same JavaScript glue that the page runs. The glue imports
// this file, so the code below runs in each of the library's workers before the worker
// receives its first message.
//
// The page creates one worker, the dispatcher. The dispatcher creates one, the starter,
// and the starter creates the workers of all processes and threads.

// The numbers of these messages to the dispatcher. They must be equal to those in
// `message.rs`.
const TRAPPED = 4;
const FAILED = 5;
const READY = 7;
// From the starter to the dispatcher, which handles it in this file: a worker is ended.
const TERMINATED = 8;
// From a worker to the starter: its thread has ended, and it can be given another one.
const IDLE = 9;

let stopping = false;
// The instance of this worker, once it has one.
let instance;
// The number of the worker that it was last told to be. It grows with each message.
let told;

// Read once, because it never changes and reading it takes as long as reading the time.
const origin = performance.timeOrigin;

if (typeof WorkerGlobalScope !== 'undefined' && self.name.startsWith('manyhands ')) {
    self.onmessage = begin;
    // If something wraps `Worker` (a test runner does), this file may run too late to
    // receive the first message. On 'up', the creator posts that message again.
    self.postMessage('up');
}

// A worker's first message, or, if its thread has ended and it was kept, the next one: what
// it is to do.
async function begin({ data }) {
    // It is the answer to 'up', which comes after the thread has ended that the first message
    // was about. While it was handled, the message about the next thread would get lost.
    if (data.worker <= told) return;
    told = data.worker;
    self.onmessage = null;
    if (data.starter) return startWorkers(data.glue);
    let stage = FAILED;
    try {
        const lock = hold(data.lock);
        const starter = data.dispatcher && createStarter(data.glue);
        const glue = await import(data.glue);
        // `memory` is present only for a thread, which uses the memory of its process.
        const { memory } = data;
        const stack = memory && data.stack;
        // In an instance that has run a thread this makes a stack and thread-local storage
        // for the next one.
        if (instance) instance.__wbindgen_start(stack);
        else instance = glue.initSync({ module: data.module, memory, thread_stack_size: stack });
        // The target must not run before the lock is granted: a target that loops
        // would keep the request from ever being made.
        await lock.held;
        if (data.dispatcher) {
            data.starter = await starter;
            glue.__manyhands_dispatcher(data);
            return;
        }
        stage = TRAPPED;
        try {
            glue.__manyhands_process(data.arena, data.slot, data.state, data.worker, data.stack);
        } catch (error) {
            if (!stopping) throw error;
        }
        // Frees the thread's stack and its thread-local storage. A process has its own
        // memory, which is freed as a whole.
        if (memory) instance.__wbindgen_thread_destroy();
        if (data.reuse && !stopping) {
            self.onmessage = begin;
            self.postMessage([IDLE, data.worker]);
            lock.release();
            return;
        }
    } catch (error) {
        const text = stage === TRAPPED ? reason(error) : String(error);
        self.postMessage([stage, data.worker, text]);
    }
    if (!data.dispatcher) self.close();
}

// Why an instance ended: the engine's text. Rust aborts when an allocation fails, and engines
// call any abort "unreachable". That it was an allocation can be seen from the names of the
// functions, if the module still has them; else it is likely if the memory can hardly grow.
function reason(error) {
    const text = String(error);
    if (!/unreachable/i.test(text)) return text;
    const { memory } = instance;
    const size = `${Math.round(memory.buffer.byteLength / 2 ** 20)} MiB`;
    if (/rust_oom|alloc_error/.test(error.stack)) {
        return `MemoryError: an allocation failed in a process whose memory has ${size} (${text})`;
    }
    try {
        // 256 MiB, in pages of 64 KiB.
        memory.grow(4096);
        return text;
    } catch {
        return `${text}; perhaps a MemoryError, as its memory has ${size} and cannot have 256 MiB more`;
    }
}

// The starter: a worker without WebAssembly, which creates and ends the workers of
// processes for the dispatcher and passes their messages on to it.
//
// The dispatcher does not do this itself, because Firefox may stop a worker that has
// workers of its own in the middle of any function, when one of these ends, until the
// page's thread has answered. If the dispatcher held the lock of the arena's heap at that
// moment, a page that waits for this lock would wait for ever.
function startWorkers(glue) {
    // By the pid of a process that lives: workers that have run a thread of it and can run
    // another. (A memory that is posted becomes another object, so it cannot be the key.)
    const idle = new Map();
    const tell = (message) => {
        if (message[0] !== IDLE) return post(message);
        const worker = workers.get(message[1]);
        // Otherwise it was terminated after it had posted this.
        if (!worker) return;
        workers.delete(message[1]);
        const others = idle.get(worker.boot.process);
        if (others?.length < MOST_IDLE) others.push(worker);
        else worker.terminate();
    };
    const start = (boot) => {
        if (boot.reuse && !idle.has(boot.process)) idle.set(boot.process, []);
        const worker = boot.reuse && idle.get(boot.process).pop();
        if (worker) give(worker, boot);
        else create(glue, 'manyhands process', boot, tell);
    };
    self.onmessage = ({ data: { boot, ended, over } }) => {
        if (boot) {
            try {
                start(boot);
            } catch (error) {
                post([FAILED, boot.worker, String(error)]);
            }
        } else if (ended) {
            workers.get(ended)?.terminate();
            workers.delete(ended);
            post([TERMINATED, ended]);
        } else {
            idle.get(over)?.forEach((worker) => worker.terminate());
            idle.delete(over);
        }
    };
    post([READY]);
}

// How many workers without a thread are kept for a process.
const MOST_IDLE = 8;

// In the dispatcher: resolves to the starter when it is ready.
function createStarter(glue) {
    return new Promise((resolve, reject) => {
        const starter = create(glue, 'manyhands starter', { starter: true, glue }, ([kind, , text]) => {
            if (kind === READY) resolve(starter);
            else reject(text);
        });
    });
}

// Takes a Web Lock that is held until this worker has really ended, or until it is released
// because what the worker ran has ended. The dispatcher requests the same lock, and knows
// this when it is granted.
function hold(lock) {
    let release = () => {};
    const held = new Promise((resolve) => {
        if (!navigator.locks) return resolve();
        navigator.locks.request(lock, () => {
            resolve();
            return new Promise((released) => { release = released; });
        }).catch(resolve);
    });
    return { held, release: () => release() };
}

// Whether this instance is one of the library's workers (and not the page).
export function is_worker() {
    return typeof WorkerGlobalScope !== 'undefined' && self.name.startsWith('manyhands ');
}

// Whether the Web allows this thread to block: not on the page and not in a service
// worker.
export function can_wait() {
    return (typeof DedicatedWorkerGlobalScope !== 'undefined' && self instanceof DedicatedWorkerGlobalScope)
        || (typeof SharedWorkerGlobalScope !== 'undefined' && self instanceof SharedWorkerGlobalScope);
}

// The workers that this instance has started and not ended, by their numbers. (The page
// has only the dispatcher here, and the dispatcher only the starter; neither has a number.)
// They must be kept: Firefox ends a worker when its `Worker` object is collected as
// garbage, and while it loads nothing else may refer to that.
const workers = new Map();

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
        tell([FAILED, worker.boot.worker, event.message || 'the worker script could not be loaded']);
    };
    give(worker, boot);
    return worker;
}

// Tells a worker what it is to do.
function give(worker, boot) {
    worker.boot = boot;
    worker.postMessage(boot);
    workers.set(boot.worker, worker);
}

// Calls `tell` with each message that the page or the starter posts to the dispatcher.
export function listen(starter, tell) {
    self.onmessage = ({ data }) => tell(data);
    starter.onmessage = ({ data }) => {
        if (data?.[0] !== TERMINATED) return tell(data);
        terminations.get(data[1])?.resolve();
        terminations.delete(data[1]);
    };
}

// Ends a worker. Resolves when `Worker.terminate()` has been called: the worker then
// begins nothing new, but may go on for a while with what it does.
const terminations = new Map();
export function terminate(starter, worker) {
    let termination = terminations.get(worker);
    if (!termination) {
        termination = {};
        termination.done = new Promise((resolve) => { termination.resolve = resolve; });
        terminations.set(worker, termination);
        starter.postMessage({ ended: worker });
    }
    return termination.done;
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

// A shared memory as described. Browsers reserve the address space for the maximum at once.
// If they refuse that, half of it is tried, and so on; the descriptor's maximum is then the
// one that was granted. (script/inline-boot makes the glue call this for the instance's own
// memory as well.)
export function sharedMemory(descriptor) {
    for (;;) {
        try {
            return new WebAssembly.Memory(descriptor);
        } catch (error) {
            const { initial, maximum } = descriptor;
            if (!(error instanceof RangeError) || maximum <= initial) throw error;
            descriptor.maximum = Math.max(initial, maximum >> 1);
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

// Calls a function and returns whether it returned. If it throws, the exception is
// reported as an uncaught one and does not propagate.
export function returns(call) {
    try {
        call();
        return true;
    } catch (error) {
        const report = globalThis.reportError ?? console.error;
        report(error);
        return false;
    }
}

export function delay(milliseconds) {
    return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

// Resolves after this number of milliseconds, never earlier. A timer alone is not enough: it
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
