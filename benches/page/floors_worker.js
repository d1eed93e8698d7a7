// One of the workers of floors.js.
// The number of times that a word is read before the worker sleeps.
const SPIN = 3000;
let words = null;
let bytes = null;

// Sleeps until the word is no longer `seen`.
function wait(index, seen, spin) {
    for (;;) {
        if (spin) for (let reading = 0; reading < SPIN; reading++) if (Atomics.load(words, index) !== seen) return;
        if (Atomics.load(words, index) !== seen) return;
        Atomics.wait(words, index, seen);
    }
}

function work(microseconds) {
    if (!microseconds) return;
    const end = performance.now() + microseconds / 1e3;
    while (performance.now() < end);
}

// µs per turn: the median of several batches, as in objects.rs.
const BATCHES = 40;
function per_turn(turns, turn) {
    const batch = Math.floor(turns / BATCHES);
    const took = [];
    for (let number = 0; number < BATCHES; number++) {
        const begin = performance.now();
        for (let index = 0; index < batch; index++) turn(number * batch + index);
        took.push((performance.now() - begin) * 1e3 / batch);
    }
    return took.sort((one, other) => one - other)[BATCHES / 2];
}

const jobs = {
    // A word in each direction; indices 0 and 16 are in different cache lines.
    pingpong({ role, rounds, spin, work_us }) {
        return per_turn(rounds, role === 0 ? (round) => {
            Atomics.store(words, 0, round + 1);
            Atomics.notify(words, 0, 1);
            wait(16, round, spin);
        } : (round) => {
            wait(0, round, spin);
            work(work_us);
            Atomics.store(words, 16, round + 1);
            Atomics.notify(words, 16, 1);
        });
    },
    // Frames in a ring of 1 MiB. Word 0 counts the frames that were written, word 16 those that
    // were read, and word 32 says that the reader sleeps.
    ring({ role, count, bytes: size }) {
        const capacity = 1 << 20, base = 1 << 10;
        const frame = Math.max(size, 16);
        const slots = Math.floor(capacity / frame);
        const own = new Uint8Array(frame);
        const begin = performance.now();
        for (let number = 0; number < count; number++) {
            const at = base + (number % slots) * frame;
            if (role === 0) {
                let seen;
                while (number - (seen = Atomics.load(words, 16)) >= slots) wait(16, seen, true);
                bytes.set(own, at);
                Atomics.store(words, 0, number + 1);
                if (Atomics.load(words, 32)) Atomics.notify(words, 0);
            } else {
                let seen;
                while ((seen = Atomics.load(words, 0)) <= number) {
                    Atomics.store(words, 32, 1);
                    wait(0, seen, true);
                    Atomics.store(words, 32, 0);
                }
                own.set(bytes.subarray(at, at + frame));
                Atomics.store(words, 16, number + 1);
                Atomics.notify(words, 16);
            }
        }
        for (let seen; role === 0 && (seen = Atomics.load(words, 16)) < count;) wait(16, seen, true);
        const seconds = (performance.now() - begin) / 1e3;
        return size > 16 ? count * size / seconds : count / seconds;
    },
    // Word 0 is the lock: 0 free, 1 taken, 2 taken with a waiter. Word 16 is the number.
    lock({ count }) {
        const begin = performance.now();
        for (let number = 0; number < count; number++) {
            let state = Atomics.compareExchange(words, 0, 0, 1);
            for (let attempt = 0; state !== 0 && attempt < 100; attempt++) state = Atomics.compareExchange(words, 0, 0, 1);
            while (state !== 0) {
                if (state === 2 || Atomics.compareExchange(words, 0, 1, 2) !== 0) Atomics.wait(words, 0, 2);
                state = Atomics.compareExchange(words, 0, 0, 2);
            }
            words[16] += 1;
            if (Atomics.exchange(words, 0, 0) === 2) Atomics.notify(words, 0, 1);
        }
        return 2 * count * 1e3 / (performance.now() - begin);
    },
    exchanges({ role, count }) {
        if (role !== 0) return 0;
        const begin = performance.now();
        for (let number = 0; number < count; number++) {
            Atomics.compareExchange(words, 0, 0, 1);
            Atomics.compareExchange(words, 0, 1, 0);
        }
        return (performance.now() - begin) * 1e6 / count;
    },
};

onmessage = ({ data }) => {
    if (data.job === 'echo') {
        onmessage = (event) => postMessage(event.data);
    } else if (data.job === 'count') {
        let left = data.count;
        onmessage = () => { if (--left === 0) postMessage('done'); };
    } else {
        words = new Int32Array(data.memory);
        bytes = new Uint8Array(data.memory);
        onmessage = () => postMessage(jobs[data.job](data));
    }
    postMessage('up');
};
