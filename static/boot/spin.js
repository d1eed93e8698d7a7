// A worker of the check-up page: computes for so many milliseconds and tells how much.
self.onmessage = ({ data }) => {
    const end = performance.now() + data;
    let done = 0;
    let value = 1;
    while (performance.now() < end) {
        for (let i = 0; i < 20000; i += 1) value = Math.imul(value, 1664525) + 1013904223 | 0;
        done += 1;
    }
    // (The condition is never true: it keeps engines from leaving the loop out.)
    self.postMessage(value === 0.5 ? 0 : done);
};
self.postMessage("ready");
