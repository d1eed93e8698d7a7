import { expose } from './comlink.mjs';
expose((x) => x * x);
