// The service worker of the page. It does two things:
// - it adds to every response the headers that make the page cross-origin isolated, so
//   that the site works on hosts that do not send them (see isolate.js);
// - it caches the files of the site, so that the site also works offline.
// It is not installed on a host that sends the headers itself.

// script/finish-dist replaces both: a hash of the build, and the files it consists of.
const VERSION = "unstamped";
const FILES = [];

const SCOPE = new URL(self.registration.scope);
// The scope is part of the names of caches, because other sites on the same origin have
// caches too.
const CACHE_PREFIX = `manyhands ${SCOPE.pathname} `;
const CACHE = CACHE_PREFIX + VERSION;
const CACHED_FILES = new Set(FILES.map((file) => new URL(file, SCOPE).href));

// A new version waits until no page of the old version is open (it does not call
// skipWaiting), because such a page may still load files that only the old cache
// contains.
self.addEventListener("activate", (event) => {
    event.waitUntil(removeOldCaches());
});

// The page sends "keep" when it runs. Only then are missing files fetched, so that
// caching never competes with the first start.
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
    const kept = CACHED_FILES.has(key) || isHashed(url);
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

// The key of a file in the cache: its address without the query, so that the page has
// one entry for all queries.
function keyOf(url) {
    const path = url.pathname === `${SCOPE.pathname}index.html` ? SCOPE.pathname : url.pathname;
    return SCOPE.origin + path;
}

// Whether the file's name contains a hash of its content, so that it never changes.
function isHashed(url) {
    return /-[0-9a-f]{12,}/.test(url.pathname.slice(SCOPE.pathname.length));
}

// The same response with the headers for isolation. A response with status 0 (an opaque
// redirect) is passed on unchanged; the browser follows it.
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
    for (const key of CACHED_FILES) {
        if (await cache.match(key)) continue;
        try {
            await cache.add(key);
        } catch (unreachable) {
            // The file is fetched when it is needed.
        }
    }
}

async function removeOldCaches() {
    for (const name of await caches.keys()) {
        if (name.startsWith(CACHE_PREFIX) && name !== CACHE) await caches.delete(name);
    }
}

function ignoreFullDisk() {
    // Without the cache the page works, but not offline.
}
