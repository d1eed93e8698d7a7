// Downloads the program and starts it. Shows the progress of the download and, if the
// program does not start, an error text for the visitor.

const root = document.documentElement;
const line = document.getElementById("loading-status");
const bar = document.getElementById("loading-bar");
const program = document.querySelector('meta[name="manyhands-program"]');

class Problem extends Error {
    constructor(sentence, advice, cause) {
        super(sentence, { cause });
        this.advice = advice;
    }
}

const RELOAD = "Check the connection and reload the page.";
const UPDATE = "Use a current Chrome, Edge, Firefox or Safari.";

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
        throw new Problem("The program could not be downloaded.", RELOAD, error);
    }
    if (!response.ok) {
        const sentence = `The program could not be downloaded (the server answered ${response.status}).`;
        throw new Problem(sentence, RELOAD);
    }
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
        throw new Problem("This browser does not run WebAssembly, which Manyhands is made of.", UPDATE);
    }
    await isolationSettled();
    const glueUrl = new URL(program.content, document.baseURI);
    const moduleUrl = new URL(program.dataset.module, document.baseURI);
    const glue = import(glueUrl).catch((error) => {
        throw new Problem("A part of the program could not be loaded.", RELOAD, error);
    });
    const [{ default: init }, { response, complete }] = await Promise.all([
        glue,
        download(moduleUrl, Number(program.dataset.bytes)),
    ]);
    try {
        await init({ module_or_path: response });
    } catch (error) {
        if (!(await complete)) {
            throw new Problem("The download of the program broke off.", RELOAD, error);
        }
        throw new Problem("The program was downloaded but did not start.", UPDATE, error);
    }
}

function tell(problem) {
    console.error(problem);
    const place = line.isConnected ? line : document.getElementById("app");
    const detail = problem.cause ? ` (${problem.cause.message ?? problem.cause})` : "";
    const reason = root.dataset.isolation === "none" ? ` ${root.dataset.isolationReason}` : "";
    place.setAttribute("role", "alert");
    place.textContent = `${problem.message}${detail} ${problem.advice ?? UPDATE}${reason}`;
    bar.remove();
}

// Asks the service worker, if one serves this page, to cache all files for offline use.
function keepCopy() {
    try {
        navigator.serviceWorker?.controller?.postMessage("keep");
    } catch (forbidden) {
        // Some settings forbid access to service workers; the page runs without one.
    }
}

start().then(
    () => {
        root.dataset.started = "yes";
        keepCopy();
    },
    (problem) => {
        root.dataset.started = "no";
        tell(problem);
    },
);
