// The check-up page (`?check`): what of this browser, this computer and this page's host
// allows processes, what does not, and one line of text with all of it for whoever looks
// after the computers. It does not need the program, which may be what does not run.

import { BUILD, absolute, files, inspect, isUpdated } from "./site.js";
import { element } from "./recorded.js";

const root = document.documentElement;
const SPIN_MS = 250; // how long each worker computes to count the cores
const ROUNDS = 3; // an odd number
const LOST_MS = 10000; // after which a worker that has not answered counts as lost

// What every check gives: whether it is good (`undefined`: it does not matter), what was
// found as a few words, and what a bad finding means.
const CHECKS = [
    ["isolation", "Isolated, so that memory may be shared", isolation],
    ["WebAssembly", "WebAssembly, which the program is made of", webAssembly],
    ["shared memory", "Shared memory", sharedMemory],
    ["workers", "Module workers, which processes are made of", workers],
    ["cores", "Cores that compute at the same time", cores],
    ["clock", "Clock", clock],
    ["storage", "Storage, for work without a connection", storage],
    ["files", "Files of this page", wholeFiles],
];

// Runs every check and shows what it gave.
export async function check() {
    const app = document.getElementById("app");
    const line = element("output", { id: "check-line", class: "check-line", tabindex: "0" });
    const copy = element("button", { type: "button", id: "check-copy", disabled: "" }, "Copy");
    const verdict = element("p", { id: "check-verdict", role: "status" }, "Checking…");
    const list = element("dl", { class: "check-list" });
    const kept = element("p", { id: "check-kept", role: "status" }, "…");
    const keep = element("button", { type: "button", id: "check-keep", hidden: "" }, "Keep them here");
    app.replaceChildren(
        element("main", { class: "fallback", id: "check" },
            element("h1", {}, "Check-up"),
            element("p", {}, "What this browser, this computer and this page’s host allow. Nothing of it is sent anywhere."),
            verdict, list,
            element("h2", {}, "Work without a connection"),
            kept, keep,
            element("h2", {}, "One line for whoever looks after this computer"),
            line, copy,
            element("p", {}, element("a", { href: "./" }, "Back to Manyhands"))));
    const words = [`Manyhands ${BUILD} ${location.origin}${location.pathname} ${new Date().toISOString().slice(0, 16)}Z`];
    let bad = 0;
    for (const [name, title, run] of CHECKS) {
        const finding = element("dd", { "data-check": name }, "…");
        list.append(element("dt", {}, title), finding);
        const { good, found, meaning = "" } = await run((text) => (finding.textContent = text)).catch((error) => ({
            good: false, found: `failed (${error.message ?? error})`,
        }));
        const mark = good === undefined ? "–" : good ? "✓" : "✗";
        finding.textContent = `${mark} ${found}${good === false && meaning ? `. ${meaning}` : ""}`;
        finding.dataset.good = String(good);
        words.push(`${name}: ${good === false ? "NO, " : ""}${found}`);
        if (good === false) bad += 1;
    }
    words.push(navigator.userAgent);
    line.textContent = words.join(" | ");
    verdict.textContent = bad === 0
        ? "Everything that Manyhands needs is here."
        : `${bad === 1 ? "One thing is" : `${bad} things are`} not as Manyhands needs ${bad === 1 ? "it" : "them"}: see ✗.`;
    root.dataset.checked = bad === 0 ? "yes" : "no";
    copy.disabled = false;
    copy.onclick = () => copyText(line, copy);
    keep.onclick = () => keepAll(kept, keep);
    await showKept(kept, keep).catch((error) => {
        kept.textContent = `What is kept could not be found out (${error.message}).`;
    });
}

// The files of this build that this browser does not keep: [path, [length in bytes, SHA-256]].
async function missingFiles() {
    const name = (await caches.keys()).find((one) => one.endsWith(` ${BUILD}`));
    const cache = name && (await caches.open(name));
    const all = Object.entries(await files());
    const kept = await Promise.all(all.map(([path]) => cache?.match(absolute(path))));
    return all.filter((_, at) => !kept[at]);
}

// Says whether lessons run without a connection, and offers to keep what is missing.
async function showKept(kept, keep) {
    keep.hidden = true;
    if (!navigator.serviceWorker?.controller) {
        kept.textContent = "This host keeps nothing in the browser: the pages need a connection.";
        return;
    }
    const missing = await missingFiles();
    const bytes = missing.reduce((sum, [, [length]]) => sum + length, 0);
    keep.hidden = missing.length === 0;
    kept.textContent = keep.hidden
        ? "This browser keeps all files of the site: lessons run without a connection."
        : `Lessons still need a connection: ${(bytes / 1e6).toFixed(1)} MB of this site are not kept in this browser.`;
}

// Fetches what is missing. The service worker keeps it.
async function keepAll(kept, keep) {
    keep.disabled = true;
    try {
        const missing = await missingFiles();
        for (const [at, [path]] of missing.entries()) {
            kept.textContent = `${at} of ${missing.length} files…`;
            const response = await fetch(absolute(path));
            if (!response.ok) throw new Error(`the host answered ${response.status} for ${path}`);
            await response.arrayBuffer();
        }
        await showKept(kept, keep);
        if (!keep.hidden) kept.textContent = "The files were fetched, but this browser did not keep them: it may have no room.";
    } catch (error) {
        kept.textContent = `Not all files could be kept (${error.message}). Try again.`;
    }
    keep.disabled = false;
}

async function copyText(line, button) {
    getSelection().selectAllChildren(line);
    try {
        await navigator.clipboard.writeText(line.textContent);
        button.textContent = "Copied";
    } catch (forbidden) {
        button.textContent = "Selected: copy it with the keyboard";
    }
}

async function isolation() {
    const good = globalThis.crossOriginIsolated === true;
    const by = navigator.serviceWorker?.controller ? "by the service worker" : "by the host’s headers";
    return { good, found: good ? `yes, ${by}` : "not isolated", meaning: root.dataset.isolationReason };
}

// (module (memory 1) (memory 1)): two memories, the faster way to reach shared memory.
const TWO_MEMORIES = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 5, 5, 2, 0, 1, 0, 1]);

async function webAssembly() {
    if (typeof WebAssembly !== "object") {
        return { good: false, found: "switched off", meaning: "A security setting or the administrator of this computer does that." };
    }
    await WebAssembly.compile(TWO_MEMORIES.slice(0, 8));
    const two = WebAssembly.validate(TWO_MEMORIES);
    return { good: true, found: `yes, ${two ? "with" : "without"} several memories` };
}

// The largest shared memory of those that the program asks for, one after the other.
async function sharedMemory() {
    const maxima = [1024, 512, 256, 128, 64]; // MiB
    if (typeof WebAssembly !== "object") {
        return { good: false, found: "none", meaning: "It needs WebAssembly." };
    }
    if (typeof SharedArrayBuffer !== "function") {
        return {
            good: false,
            found: "no SharedArrayBuffer",
            meaning: globalThis.crossOriginIsolated
                ? "A setting or a policy of this browser switches it off."
                : "Browsers have it only on isolated pages.",
        };
    }
    for (const mebibytes of maxima) {
        try {
            new WebAssembly.Memory({ initial: 16, maximum: mebibytes * 16, shared: true });
            return { good: true, found: `up to ${mebibytes} MiB${mebibytes === maxima[0] ? "" : ` (${maxima[0]} refused)`}` };
        } catch (refused) {
            // A smaller one may be allowed.
        }
    }
    return { good: false, found: "refused", meaning: "The browser has no room for it: close other tabs, or use a 64-bit browser." };
}

// Starts so many workers, which compute for a while when all of them are ready. Resolves
// to how long the start took and how much they did together.
async function spin(count) {
    const begin = performance.now();
    const address = new URL("./spin.js", import.meta.url);
    const made = Array.from({ length: count }, () => new Worker(address, { type: "module" }));
    const answers = (ask) => Promise.all(made.map((worker) => new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = () => reject(new Error("a worker could not be started"));
        setTimeout(() => reject(new Error(`a worker gave no sign of life for ${LOST_MS / 1000} s`)), LOST_MS);
        if (ask) worker.postMessage(ask);
    })));
    try {
        await answers();
        const ready = performance.now();
        const done = await answers(SPIN_MS);
        return { start: ready - begin, done: done.reduce((a, b) => a + b, 0) };
    } finally {
        made.forEach((worker) => worker.terminate());
    }
}

async function workers() {
    const { start } = await spin(1);
    return { good: true, found: `one started in ${Math.round(start)} ms` };
}

async function cores(say) {
    const told = navigator.hardwareConcurrency || 1;
    const ratios = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
        say(`measuring, ${round} of ${ROUNDS}…`);
        const alone = await spin(1);
        const together = await spin(told);
        ratios.push(together.done / alone.done);
    }
    // The middle one. Where other programs disturbed the worker that was alone, a ratio can
    // be larger than the number of cores.
    const measured = Math.min(told, ratios.sort((a, b) => a - b)[(ROUNDS - 1) / 2]);
    return {
        good: told > 1 && measured >= 1.2,
        found: `${measured.toFixed(1)} measured, ${told} told`,
        meaning: told === 1
            ? "With one core, processes run, but nothing gets faster."
            : "Processes run, but other programs or a limit of this computer keep them from running at the same time.",
    };
}

async function clock() {
    let step = Infinity;
    const until = performance.now() + 300;
    for (let last = performance.now(), moves = 0; moves < 20 && last < until;) {
        const now = performance.now();
        if (now > last) {
            step = Math.min(step, now - last);
            moves += 1;
        }
        last = now;
    }
    const found = step < 1 ? `steps of ${Number((step * 1000).toPrecision(2))} µs` : `steps of ${Number(step.toPrecision(2))} ms`;
    return { good: step <= 1, found, meaning: "Short times cannot be measured: a setting against fingerprinting makes the clock coarse." };
}

async function storage() {
    const parts = [];
    try {
        sessionStorage.setItem("manyhands check", "1");
        sessionStorage.removeItem("manyhands check");
        parts.push("session storage");
    } catch (forbidden) {
        parts.push("no session storage");
    }
    if (!("serviceWorker" in navigator) || !("caches" in globalThis)) {
        return { good: undefined, found: `${parts}, no service worker` };
    }
    const registration = await navigator.serviceWorker.getRegistration();
    let kept = 0;
    for (const name of await caches.keys()) {
        if (name.endsWith(` ${BUILD}`)) kept += (await (await caches.open(name)).keys()).length;
    }
    parts.push(registration ? `service worker with ${kept} files kept` : "no service worker in use");
    return { good: undefined, found: parts.join(", ") };
}

async function wholeFiles(say) {
    const updated = await isUpdated();
    const seen = await inspect({ all: true, progress: (done, total) => say(`${done} of ${total}…`) });
    const wrong = seen.filter(({ problem }) => problem);
    const mended = seen.filter((file) => file.mended).length;
    const whole = `${seen.length - wrong.length} of ${seen.length} whole`;
    const also = [
        mended ? `${mended} wrong copies replaced` : "",
        updated ? "the site was updated: reload the page" : "",
        ...wrong.slice(0, 3).map(({ path, problem }) => `${path}: ${problem}`),
    ].filter(Boolean);
    return { good: wrong.length === 0 && !updated, found: [whole, ...also].join("; "), meaning: "The host does not send what belongs to this build." };
}
