// What the page's host has now, compared with the build that this page belongs to.

const LIST = document.querySelector('meta[name="manyhands-files"]').content;
const TYPES = { js: /(java|ecma)script/, css: /^text\/css/ };
// Files in these folders are not needed by the page itself, or are large.
const NOT_NEEDED = /^assets\/(recorded|editor|lessons)-|\.svg$|^python\//;

const RELOADS = `manyhands mended ${location.pathname}`;
const LOOP_TIME = 120000; // milliseconds

// The name of the build.
export const BUILD = LIST.replace(/^.*-|\.json$/g, "");

// The address of a file of this site.
export const absolute = (path) => new URL(path, document.baseURI);

// Whether the host has another build of this site. `false` when it does not answer.
export async function isUpdated() {
    try {
        const response = await fetch(absolute("./"), { cache: "no-store" });
        const page = await response.text();
        return response.ok && page.includes('name="manyhands-files"') && !page.includes(LIST);
    } catch (unreachable) {
        return false;
    }
}

// The build's files, by their paths: [length in bytes, SHA-256]. Rejects when the host
// does not have the list.
export async function files() {
    for (const cache of ["default", "reload"]) {
        try {
            const response = await fetch(absolute(LIST), { cache });
            if (response.ok) return await response.json();
        } catch (wrong) {
            // It is not the list, or not all of it.
        }
    }
    throw new Error(`the host does not have ${LIST}`);
}

// Looks at files: all of the build, or only those that the page needs to start. A copy
// that the browser keeps and that is wrong is fetched anew. Resolves to a list with, for
// each file, its path and
//   mended    whether the kept copy was wrong and the host's is right
//   problem   what is wrong with the host's; none if nothing is
export async function inspect({ all = false, progress = () => {} } = {}) {
    const entries = Object.entries(await files());
    const wanted = entries.filter(([path]) => (all ? !path.startsWith("python/") : !NOT_NEEDED.test(path)));
    const seen = [];
    for (const [path, file] of wanted) {
        progress(seen.length, wanted.length);
        const kept = await problemOf(path, file, "default");
        const problem = kept && (await problemOf(path, file, "reload"));
        seen.push({ path, problem, mended: Boolean(kept) && !problem });
    }
    return seen;
}

async function problemOf(path, [length, hash], cache) {
    let response;
    let bytes;
    try {
        response = await fetch(absolute(path), { cache });
        bytes = await response.arrayBuffer();
    } catch (broken) {
        return response ? "it broke off, or has another content" : "the host does not answer";
    }
    if (!response.ok) return `the host answered ${response.status}`;
    const type = response.headers.get("Content-Type") ?? "";
    const right = TYPES[path.split(".").pop()];
    if (bytes.byteLength !== length || (await digest(bytes, hash)) !== hash) {
        if (type.startsWith("text/html")) return "the host answered with a web page";
        if (bytes.byteLength < length) return `only ${bytes.byteLength} of ${length} bytes came`;
        return "it has another content";
    }
    if (right && !right.test(type)) return `the host sends it with the type “${type}”, which browsers refuse`;
    return undefined;
}

// The SHA-256 in hexadecimal digits. On insecure pages browsers do not compute it: there
// it is taken for what it should be.
async function digest(bytes, expected) {
    if (!globalThis.crypto?.subtle) return expected;
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Reloads the page, unless that was done a moment ago for the same reason. Returns whether
// it does.
export function reloadOnce(reason) {
    try {
        const [time, before] = JSON.parse(sessionStorage.getItem(RELOADS) ?? "[0]");
        if (before === reason && Date.now() - time < LOOP_TIME) return false;
        sessionStorage.setItem(RELOADS, JSON.stringify([Date.now(), reason]));
    } catch (forbidden) {
        // Without storage, the browser tells whether this is a reload already.
        if (performance.getEntriesByType("navigation")[0]?.type === "reload") return false;
    }
    location.reload();
    return true;
}
