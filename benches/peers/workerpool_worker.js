importScripts('./workerpool.min.js');
workerpool.worker({ square: (x) => x * x });
