// What only JavaScript can send: objects that the browser clones, and buffers
// that change hands. The page imports this file, and a worker runs it too.

const ECHO = '#manyhands-echo';

if (import.meta.url.endsWith(ECHO)) {
    // `data` is looked at, so that it is really made here; `back` sends it back.
    self.onmessage = ({ data }) => self.postMessage(data.back ? data.payload : data.payload === undefined);
    self.postMessage('up');
}

// A worker that answers; resolves when it is up.
export function open() {
    return new Promise((resolve, reject) => {
        const worker = new Worker(import.meta.url + ECHO, { type: 'module', name: 'echo' });
        worker.onmessage = () => resolve(worker);
        worker.onerror = (event) => reject(new Error(event.message || 'the worker did not come up'));
    });
}

export function close(worker) {
    worker.terminate();
}

function answer(worker) {
    return new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onmessageerror = () => reject(new Error('the message could not be read'));
    });
}

// What comes back of a payload.
export function there_and_back(worker, payload) {
    const back = answer(worker);
    worker.postMessage({ payload, back: true });
    return back;
}

// Sends it so often, each time until a short word is back: ms for one. A buffer
// that is handed over cannot be sent again, so there must be one for each time.
export async function round_trips(worker, payloads, times, transfer) {
    const begin = performance.now();
    for (let time = 0; time < times; time++) {
        const payload = transfer ? payloads[time] : payloads[0];
        const back = answer(worker);
        worker.postMessage({ payload, back: false }, transfer ? [payload] : []);
        await back;
    }
    return (performance.now() - begin) / times;
}
