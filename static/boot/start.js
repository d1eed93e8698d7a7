// Downloads the program and starts it. Shows the progress of the download. What is done
// if the program does not start is in mend.js.

const root = document.documentElement;
const line = document.getElementById("loading-status");
const bar = document.getElementById("loading-bar");
const query = new URLSearchParams(location.search);
// The experiments and what else needs the library have a module of their own, which these
// parts of a query open, also the settings of the first experiment. (`?run=1` starts an
// experiment, `?run` runs Python.) All others are the other module's: an address with a part
// that nobody knows, as other sites add, opens Home.
const OF_EXPERIMENTS = ["measure", "experiment", "faults", "rust", "class", "workload", "size",
    "workers", "repeats"];
const isSite = !query.get("run") && !OF_EXPERIMENTS.some((part) => query.has(part));
const program = document.querySelector(`meta[name="${isSite ? "site" : "manyhands"}-program"]`);

// An error with a sentence for the reader and advice on what to do. It is certain when the
// cause is this browser, whatever the host has sent.
const problemWith = (sentence, advice, cause, certain = false) =>
    Object.assign(new Error(sentence, { cause }), { advice, certain });

// For a program that is whole and yet does not start.
const UPDATE = "The browser may not know the WebAssembly that it is made of (shared memory, atomic " +
    "operations): update it, or use a current Chrome, Edge, Firefox or Safari.";

// Resolves when isolation is no longer pending. While it is, the page may be reloaded
// soon, and a program that started now would be lost.
function isolationSettled() {
    return new Promise((resolve) => {
        const look = () => {
            if (root.dataset.isolation !== "pending") resolve();
        };
        document.addEventListener("isolation", look);
        look();
    });
}

// Returns the response with the module, and a promise that tells whether the download
// was complete. The promise reads a copy of the stream, which also moves the progress
// bar.
async function download(url, total) {
    let response;
    try {
        response = await fetch(url);
    } catch (error) {
        throw problemWith("The program could not be downloaded.", "", error);
    }
    if (!response.ok) throw problemWith("The program could not be downloaded.");
    const complete = watch(response.clone().body.getReader(), total);
    return { response, complete };
}

async function watch(reader, total) {
    let loaded = 0;
    try {
        for (;;) {
            const { done, value } = await reader.read();
            if (done) return true;
            loaded += value.byteLength;
            showProgress(loaded, total);
        }
    } catch (brokenOff) {
        return false;
    }
}

function showProgress(loaded, total) {
    if (!bar.isConnected || !(total > 0)) return;
    bar.max = total;
    bar.value = Math.min(loaded, total);
    const percent = Math.floor((100 * bar.value) / total);
    line.textContent = loaded < total
        ? `Loading: ${percent} % of ${(total / 1e6).toFixed(1)} MB`
        : "Starting…";
}

async function start() {
    if (typeof WebAssembly !== "object") {
        throw problemWith("This browser has WebAssembly switched off, which Manyhands is made of.",
            "Strict security settings do that, such as Edge’s “Enhance your security on the web” or " +
            "the lockdown mode of Apple’s devices, and so may the administrator of this computer. " +
            "Make an exception for this page, or use another browser.", undefined, true);
    }
    await isolationSettled();
    const glueUrl = new URL(program.content, document.baseURI);
    const moduleUrl = new URL(program.dataset.module, document.baseURI);
    const glue = import(glueUrl).catch((error) => {
        throw problemWith("A part of the program could not be loaded.", "", error);
    });
    const [{ default: init }, { response, complete }] = await Promise.all([
        glue,
        download(moduleUrl, Number(program.dataset.bytes)),
    ]);
    try {
        await init({ module_or_path: response });
    } catch (error) {
        if (!(await complete)) throw problemWith("The download of the program broke off.", "", error);
        const advice = adviceOn(error);
        throw problemWith("The program did not start.", advice ?? UPDATE, error, Boolean(advice));
    }
}

// What a reader can do where the error says for certain why the browser does not take the
// program.
function adviceOn(error) {
    if (error instanceof RangeError) {
        return "The browser gave it no memory, also when it asked for less: close other tabs and " +
            "programs, or use a 64-bit browser on a machine with more memory.";
    }
    if (error instanceof WebAssembly.CompileError && /disallowed|policy|CSP/i.test(error.message)) {
        return "A Content-Security-Policy forbids WebAssembly here: the page’s host, or an extension, " +
            "has to allow 'wasm-unsafe-eval'.";
    }
    return undefined;
}

async function explain(problem) {
    if (root.dataset.started !== "yes") root.dataset.started = "no";
    const { mend } = await import("./mend.js");
    await mend(problem);
}

// Asks the service worker, if one serves this page, to cache all files for offline use.
function keepCopy() {
    try {
        navigator.serviceWorker?.controller?.postMessage("keep");
    } catch (forbidden) {
        // Some settings forbid access to service workers; the page runs without one.
    }
}

// The last rule of the style sheet says so: without it, only a part of it came.
function isStyled() {
    return getComputedStyle(root).getPropertyValue("--whole").trim() !== "";
}

async function main() {
    if (query.has("check")) {
        const { check } = await import("./check.js");
        await isolationSettled();
        root.dataset.started = "check";
        return check();
    }
    // isolate.js always says something: if it did not, it did not run.
    if (!root.dataset.isolation) throw problemWith("A part of the page could not be loaded.");
    await start();
    root.dataset.started = "yes";
    keepCopy();
    if (!isStyled()) throw problemWith("The page’s style sheet could not be loaded.");
}

main().catch(explain);
