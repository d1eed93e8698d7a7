// The floors with which the library's objects are compared: what two plain workers need at
// least, with shared memory and `Atomics`, and with messages.
const script = new URL('./floors_worker.js', import.meta.url);

const open = () => new Worker(script, { type: 'module' });

const nextMessage = (worker) => new Promise((resolve, reject) => {
    worker.onmessage = (event) => resolve(event.data);
    worker.onerror = (event) => reject(new Error(event.message));
});

// Runs a job on two workers with different roles that share one memory; returns the answer of
// the first one.
async function pair(job, parameters) {
    const memory = new SharedArrayBuffer(1 << 22);
    const workers = [open(), open()];
    await Promise.all(workers.map((worker, role) => {
        worker.postMessage({ job, role, memory, ...parameters });
        return nextMessage(worker); // The worker is ready.
    }));
    const answers = workers.map(nextMessage);
    workers.forEach((worker) => worker.postMessage('go'));
    const [answer] = await Promise.all(answers);
    workers.forEach((worker) => worker.terminate());
    return answer;
}

// µs per round trip of a word. With `spin` a worker polls before it sleeps; the second worker
// works for `work_us` before it answers.
export const pingpong = (rounds, spin, work_us) => pair('pingpong', { rounds, spin, work_us });
// Messages (of 16 B) or bytes per second through a ring buffer that only copies.
export const ring = (count, bytes) => pair('ring', { count, bytes });
// Additions per second of two workers that share a futex lock.
export const lock = (count) => pair('lock', { count });
// ns for a pair of compare-exchanges in one worker.
export const exchanges = (count) => pair('exchanges', { count });

// One worker at the other end of `postMessage`.
async function echo() {
    const worker = open();
    worker.postMessage({ job: 'echo' });
    await nextMessage(worker);
    return worker;
}

// µs per round trip between the page and a worker.
export async function message_round_trip(rounds) {
    const worker = await echo();
    const begin = performance.now();
    for (let round = 0; round < rounds; round++) {
        const answer = nextMessage(worker);
        worker.postMessage(round);
        await answer;
    }
    const took = performance.now() - begin;
    worker.terminate();
    return took * 1e3 / rounds;
}

// Messages per second from the page to a worker, without waiting in between.
export async function message_one_way(count, bytes) {
    const worker = open();
    worker.postMessage({ job: 'count', count });
    await nextMessage(worker);
    const payload = bytes ? new Uint8Array(bytes) : { a: 1, b: 2 };
    const begin = performance.now();
    const done = nextMessage(worker);
    for (let number = 0; number < count; number++) worker.postMessage(payload);
    await done;
    const took = performance.now() - begin;
    worker.terminate();
    return count * 1e3 / took;
}

// µs per call through comlink.
export async function comlink_call(rounds) {
    const { wrap } = await import('./peers/comlink.mjs');
    const worker = new Worker(new URL('./peers/comlink_worker.js', import.meta.url), { type: 'module' });
    const square = wrap(worker);
    await square(1);
    const begin = performance.now();
    for (let round = 0; round < rounds; round++) await square(round);
    const took = performance.now() - begin;
    worker.terminate();
    return took * 1e3 / rounds;
}

// µs per call through workerpool.
export async function workerpool_call(rounds) {
    await import('./peers/workerpool.min.js');
    const pool = self.workerpool.pool(new URL('./peers/workerpool_worker.js', import.meta.url).href,
        { maxWorkers: 1, workerType: 'web' });
    await pool.exec('square', [1]);
    const begin = performance.now();
    for (let round = 0; round < rounds; round++) await pool.exec('square', [round]);
    const took = performance.now() - begin;
    await pool.terminate(true);
    return took * 1e3 / rounds;
}

// Calls per second of `count` tiny calls through comlink and this number of workers.
export async function comlink_tasks(count, workers) {
    const { wrap } = await import('./peers/comlink.mjs');
    const url = new URL('./peers/comlink_worker.js', import.meta.url);
    const all = Array.from({ length: workers }, () => new Worker(url, { type: 'module' }));
    const squares = all.map((worker) => wrap(worker));
    await Promise.all(squares.map((square) => square(1)));
    const begin = performance.now();
    let next = 0;
    const results = new Array(count);
    await Promise.all(squares.map(async (square) => {
        while (next < count) {
            const item = next++;
            results[item] = await square(item);
        }
    }));
    const took = performance.now() - begin;
    all.forEach((worker) => worker.terminate());
    return count * 1e3 / took;
}
