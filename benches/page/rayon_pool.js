// wasm-bindgen-rayon in a process. Its pool must be started before the target blocks, since
// it starts with messages and promises. The kernel runs the target as soon as the module is
// instantiated, so this file runs before it: if the program's address ends in `?rayon=N`, it
// instantiates the module, starts the pool of N threads, and then calls the kernel's own
// handler, which finds the existing instance.

const threads = Number(new URLSearchParams(self.location?.search).get('rayon'));
let milliseconds = NaN;

if (threads && self.name === 'manyhands process') {
    let handled = false;
    const listener = async (event) => {
        // The kernel may send the message twice; see boot.js.
        event.stopImmediatePropagation();
        if (handled) return;
        handled = true;
        const glue = await import(event.data.glue);
        glue.initSync({ module: event.data.module });
        const begin = performance.now();
        await glue.initThreadPool(threads);
        milliseconds = performance.now() - begin;
        self.removeEventListener('message', listener);
        self.onmessage(event);
    };
    self.addEventListener('message', listener);
}

// The time that the start of this process's pool took, in ms.
export function pool_ms() {
    return milliseconds;
}

// Each running thread of a pool sends a message to the page about once a millisecond.
const channel = new BroadcastChannel('rayon');
let beats = 0;
channel.onmessage = () => beats++;

export function beat_for_ever() {
    for (;;) {
        channel.postMessage(null);
        const next = performance.now() + 1;
        while (performance.now() < next);
    }
}

export function beats_received() {
    return beats;
}
