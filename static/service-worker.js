// The service worker of the page. It does two things:
// - it adds to every response the headers that make the page cross-origin isolated, so
//   that the site works on hosts that do not send them (see boot/isolate.js);
// - it keeps the files of one build, so that the site also works offline and stays whole
//   while its host is updated.
// It is not installed on a host that sends the headers itself.
//
// Nothing is kept unless its length and its hash are those of the build: a host may
// answer with a web page in place of a file, or with half of it. A build is dropped only
// when the next one is kept as a whole.

// script/list-files replaces both: the name of the build, and for each of its files the
// length in bytes and the SHA-256 of its content.
const VERSION = "unstamped";
const FILES = {};

const SCOPE = new URL(self.registration.scope);
// The scope is part of the names of caches, because other sites on the same origin have
// caches too.
const CACHE_PREFIX = `manyhands ${SCOPE.pathname} `;
const CACHE = CACHE_PREFIX + VERSION;
const PAGE = "./";
const LIST = `assets/files-${VERSION}.json`;
// Files in these folders are large and not always needed: they are kept when they are
// first used, never before.
const ON_DEMAND = /^(python\/|assets\/editor-)/;

const TYPES = {
    css: "text/css",
    html: "text/html",
    js: "text/javascript",
    json: "application/json",
    svg: "image/svg+xml",
    txt: "text/plain",
    wasm: "application/wasm",
};

// A new build is fetched as a whole before it may take the place of the old one. The
// first build of a visitor is not: it would compete with the first start. The page asks
// for it once it runs.
self.addEventListener("install", (event) => {
    if (self.registration.active) event.waitUntil(keepAll());
});

// This happens when no page of the old build is open (there is no call of skipWaiting),
// because such a page may still load files that only the old cache contains.
self.addEventListener("activate", (event) => {
    event.waitUntil(removeOldCaches());
});

// The page sends "keep" when it runs.
self.addEventListener("message", (event) => {
    if (event.data === "keep") event.waitUntil(keepAll().catch(ignore));
});

self.addEventListener("fetch", (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (url.origin !== SCOPE.origin || !url.pathname.startsWith(SCOPE.pathname)) return;
    if (request.method !== "GET") return;
    event.respondWith(answer(event, pathOf(url)).then(isolated));
});

// The path of a file below the scope, without the query; the page's own is `PAGE`.
function pathOf(url) {
    const path = url.pathname.slice(SCOPE.pathname.length);
    return path === "" || path === "index.html" ? PAGE : path;
}

function answer(event, path) {
    const { request } = event;
    if (path === PAGE) return answerPage(event);
    // The list of files is here, where it works without the host.
    if (path === LIST) return Promise.resolve(new Response(JSON.stringify(FILES), { headers: headersOf(path) }));
    if (!Object.hasOwn(FILES, path) || request.headers.has("range")) return fetch(request);
    return answerFile(event, path);
}

// The page comes from the host if that answers, so that an update is seen at once, and
// else from the cache.
async function answerPage(event) {
    const cache = await caches.open(CACHE);
    try {
        const response = await fetch(event.request);
        if (response.status !== 200) {
            const kept = response.status >= 500 && (await cache.match(SCOPE.href));
            return kept || response;
        }
        const bytes = await response.arrayBuffer();
        if (!response.redirected) event.waitUntil(keep(cache, PAGE, bytes).catch(ignore));
        const { status, statusText, headers } = response;
        return new Response(bytes, { status, statusText, headers });
    } catch (offline) {
        const kept = await cache.match(SCOPE.href);
        if (kept) return kept;
        throw offline;
    }
}

// A file of this build never changes, so it comes from the cache if it is there. A page
// that could not use a file asks for it with the cache mode "reload".
async function answerFile(event, path) {
    const cache = await caches.open(CACHE);
    const key = new URL(path, SCOPE).href;
    if (event.request.cache !== "reload") {
        const kept = await cache.match(key);
        if (kept) return kept;
    }
    try {
        let response = await fetch(event.request);
        // The browser's own cache may hold an answer that was wrong when it came.
        if (isWebPage(response)) response = await fetch(key, { cache: "reload" });
        if (response.status !== 200 || !response.body || isWebPage(response)) return response;
        return checked(event, cache, path, response);
    } catch (offline) {
        const kept = await cache.match(key);
        if (kept) return kept;
        throw offline;
    }
}

function isWebPage(response) {
    return (response.headers.get("Content-Type") ?? "").startsWith("text/html");
}

// Passes a file on as it arrives, and keeps it at its end. Where it is not the file of
// this build, the stream ends with an error, so that nobody takes it for the file.
function checked(event, cache, path, response) {
    const chunks = [];
    const { readable, writable } = new TransformStream({
        transform(chunk, controller) {
            chunks.push(chunk);
            controller.enqueue(chunk);
        },
        async flush(controller) {
            const bytes = await new Blob(chunks).arrayBuffer();
            if (await isWhole(path, bytes)) await put(cache, path, bytes).catch(ignore);
            else controller.error(new Error(`${path} is not whole`));
        },
    });
    event.waitUntil(response.body.pipeTo(writable).catch(ignore));
    return new Response(readable, { headers: headersOf(path) });
}

// The headers of a file whose content is known to be right. A host may send a wrong type.
function headersOf(path) {
    const extension = path === PAGE ? "html" : path.split(".").pop();
    const type = TYPES[extension] ?? "application/octet-stream";
    return { "Content-Type": type === "text/html" ? `${type}; charset=utf-8` : type };
}

// Whether these bytes are this file of this build. The page cannot contain its own hash:
// it names the list of the build's files.
async function isWhole(path, bytes) {
    if (path === PAGE) {
        const text = new TextDecoder().decode(bytes);
        return text.includes(LIST) && text.trimEnd().endsWith("</html>");
    }
    const [length, hash] = FILES[path];
    if (bytes.byteLength !== length) return false;
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return hash === Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Keeps a file if it is whole; resolves to whether it is.
async function keep(cache, path, bytes) {
    const whole = await isWhole(path, bytes);
    if (whole) await put(cache, path, bytes);
    return whole;
}

function put(cache, path, bytes) {
    return cache.put(new URL(path, SCOPE), new Response(bytes, { headers: headersOf(path) }));
}

// Keeps all files that are not kept yet. Rejects if one of them cannot be had.
async function keepAll() {
    const cache = await caches.open(CACHE);
    for (const path of [PAGE, ...Object.keys(FILES)]) {
        if (!(await cache.match(new URL(path, SCOPE)))) await find(cache, path);
    }
}

// Looks for a file where it may be had, the nearest place first, and keeps it.
async function find(cache, path) {
    const onDemand = ON_DEMAND.test(path);
    const address = new URL(path, SCOPE);
    // An older build may have the same file. (`match` of all caches finds also those of
    // other sites, but only what is whole is kept.)
    const places = [
        () => caches.match(address),
        ...["default", "reload"].map((mode) => () => !onDemand && fetch(address, { cache: mode })),
    ];
    for (const place of places) {
        const response = await place();
        if (response && response.ok && (await keep(cache, path, await response.arrayBuffer()))) return;
    }
    if (!onDemand) throw new Error(`${path} could not be kept: the host has not the file of this build`);
}

async function removeOldCaches() {
    for (const name of await caches.keys()) {
        if (name.startsWith(CACHE_PREFIX) && name !== CACHE) await caches.delete(name);
    }
}

// The same response with the headers for isolation. A response with status 0 (an opaque
// redirect) is passed on unchanged; the browser follows it.
function isolated(response) {
    if (response.status === 0) return response;
    const headers = new Headers(response.headers);
    headers.set("Cross-Origin-Opener-Policy", "same-origin");
    headers.set("Cross-Origin-Embedder-Policy", "require-corp");
    // So that pages which are isolated themselves may show this one in a frame.
    headers.set("Cross-Origin-Resource-Policy", "cross-origin");
    // This isolates a frame in any other page, where the browser (Chromium) knows it.
    headers.set("Document-Isolation-Policy", "isolate-and-require-corp");
    const bodiless = [101, 204, 205, 304].includes(response.status);
    return new Response(bodiless ? null : response.body, {
        status: response.status,
        statusText: response.statusText,
        headers,
    });
}

function ignore() {
    // Without the cache the page works, but not offline.
}
