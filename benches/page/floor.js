// A minimal worker with WebAssembly: a module worker that instantiates a trivial module with
// its own memory and sends a message.
const module = new WebAssembly.Module(new Uint8Array([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, // a module
    5, 3, 1, 0, 1, // with one memory of one page
]));
self.kept = new WebAssembly.Instance(module);
self.postMessage(performance.timeOrigin + performance.now());
