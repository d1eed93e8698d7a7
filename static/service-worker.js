// Stands between the page and its host, for two things:
// - every answer gets the headers that make the page cross-origin isolated, so
//   that the site works on hosts that send none (see isolate.js);
// - what was loaded once is kept, so that the site also works offline.
// A host that sends the headers itself does without this file.

// Stamped by script/finish-dist: the build, and the files it is made of.
const VERSION = "unstamped";
const FILES = [];

const SCOPE = new URL(self.registration.scope);
// Other sites may live on this origin: the name keeps their caches apart.
const CACHES = `manyhands ${SCOPE.pathname} `;
const CACHE = CACHES + VERSION;
const KEPT = new Set(FILES.map((file) => new URL(file, SCOPE).href));

// A new version waits until no page of the old one is open (no skipWaiting):
// such a page may still load files that only the old cache has.
self.addEventListener("activate", (event) => {
    event.waitUntil(removeOldCaches());
});

// The page says when it runs; only then is what is missing fetched, so that
// keeping a copy never competes with the first start.
self.addEventListener("message", (event) => {
    if (event.data === "keep") event.waitUntil(keepAll());
});

self.addEventListener("fetch", (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (url.origin !== SCOPE.origin || !url.pathname.startsWith(SCOPE.pathname)) return;
    if (request.method !== "GET") return;
    event.respondWith(answer(event, url).then(isolated));
});

async function answer(event, url) {
    const key = keyOf(url);
    const kept = KEPT.has(key) || isHashed(url);
    if (!kept || event.request.headers.has("range")) return fetch(event.request);

    const cache = await caches.open(CACHE);
    if (isHashed(url)) {
        const found = await cache.match(key);
        if (found) return found;
    }
    try {
        const response = await fetch(event.request);
        if (response.status === 200 && !response.redirected) {
            event.waitUntil(cache.put(key, response.clone()).catch(ignoreFullDisk));
        }
        return response;
    } catch (offline) {
        const found = await cache.match(key);
        if (found) return found;
        throw offline;
    }
}

// One entry per file: the first page is the same whatever its query says.
function keyOf(url) {
    const path = url.pathname === `${SCOPE.pathname}index.html` ? SCOPE.pathname : url.pathname;
    return SCOPE.origin + path;
}

// Whether a hash of the content is in the name, so that it never changes.
function isHashed(url) {
    return /-[0-9a-f]{12,}/.test(url.pathname.slice(SCOPE.pathname.length));
}

// The same answer with the headers. An answer without a readable status (an
// opaque redirect) is the browser's to follow.
function isolated(response) {
    if (response.status === 0) return response;
    const headers = new Headers(response.headers);
    headers.set("Cross-Origin-Opener-Policy", "same-origin");
    headers.set("Cross-Origin-Embedder-Policy", "require-corp");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    const bodiless = [101, 204, 205, 304].includes(response.status);
    return new Response(bodiless ? null : response.body, {
        status: response.status,
        statusText: response.statusText,
        headers,
    });
}

async function keepAll() {
    const cache = await caches.open(CACHE);
    for (const key of KEPT) {
        if (await cache.match(key)) continue;
        try {
            await cache.add(key);
        } catch (unreachable) {
            // It is fetched again when it is needed.
        }
    }
}

async function removeOldCaches() {
    for (const name of await caches.keys()) {
        if (name.startsWith(CACHES) && name !== CACHE) await caches.delete(name);
    }
}

function ignoreFullDisk() {
    // The page works without a copy; it only does not work offline.
}
