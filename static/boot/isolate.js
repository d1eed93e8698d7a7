// Makes the page cross-origin isolated, which browsers require before workers may
// share memory. A host can do this with headers. On a host that does not send them,
// this script installs the service worker that adds them, and reloads the page.
//
// The script runs first and blocks the page. It uses only old JavaScript (ES5), so
// that a browser that cannot run the rest of the page can still explain why. It sets
// on <html>:
//   data-isolation         "yes", "pending" (a reload may follow) or "none"
//   data-isolation-reason  for "none": why, and what to do, in one or two sentences
//   data-failed            the address of a part of the page that did not load
// and dispatches the event "isolation" on the document when the first two change.
(function () {
    "use strict";

    var PATIENCE = 20000; // milliseconds for a service worker to get ready
    var root = document.documentElement;
    var here = document.currentScript && document.currentScript.src;

    // When this page has reloaded itself for isolation, in milliseconds. The key has the
    // page's path in it, because other sites on the same origin have the same storage.
    // Times, and no mark that a success removes: Chromium gives an isolated page another
    // copy of the storage, so that what is removed there is still here.
    var RELOADS = "manyhands reloads " + location.pathname;
    // So many reloads in so many milliseconds are a loop.
    var LOOP = 2;
    var LOOP_TIME = 20000;

    function settle(state, reason) {
        root.setAttribute("data-isolation", state);
        if (reason) root.setAttribute("data-isolation-reason", reason);
        var event = document.createEvent("Event");
        event.initEvent("isolation", false, false);
        document.dispatchEvent(event);
    }

    // Reloads the page, unless it seems to be in a loop. Returns whether it does.
    function reload() {
        var recent;
        try {
            recent = JSON.parse(sessionStorage.getItem(RELOADS) || "[]").filter(function (time) {
                return Math.abs(Date.now() - time) < LOOP_TIME;
            });
            if (recent.length >= LOOP) return false;
            sessionStorage.setItem(RELOADS, JSON.stringify(recent.concat(Date.now())));
        } catch (forbidden) {
            // Without storage, the browser tells whether this is a reload already.
            var entries = performance.getEntriesByType("navigation");
            if (!entries.length || entries[0].type === "reload") return false;
        }
        location.reload();
        return true;
    }

    function framed() {
        try {
            return window.top !== window.self;
        } catch (error) {
            return true;
        }
    }

    // Says something where the page says that it is loading.
    function say(text) {
        var line = document.getElementById("loading-status");
        if (!line || root.getAttribute("data-started")) return;
        line.setAttribute("role", "alert");
        line.textContent = text;
    }

    // A part of the page that does not load, or of which only a half came, is looked after
    // by mend.js, which needs no other part. If that cannot run either, the page would say
    // "loading" for ever.
    window.addEventListener("error", function (event) {
        var part = event.target;
        var url = part && part !== window ? part.src || part.href : event.filename;
        if (root.getAttribute("data-started") || (part && part.rel === "icon")) return;
        if (here && url && !root.getAttribute("data-failed")) {
            root.setAttribute("data-failed", url);
            var script = document.createElement("script");
            script.type = "module";
            script.src = here.replace("isolate.js", "mend.js");
            document.head.appendChild(script);
        } else {
            say("Manyhands did not start. " + (event.message
                ? "This browser reports: " + event.message + ". If it is an old one, use a current " +
                    "Chrome, Edge, Firefox or Safari."
                : "The page’s host did not send " + String(url).replace(/^.*\/assets\//, "assets/") +
                    " as it should. Check the connection and reload the page."));
        }
    }, true);

    // Whether module workers are supported, which processes need. A browser that
    // supports them reads the option `type` of the constructor. The getter records that
    // and throws, so that no worker is started.
    function moduleWorkers() {
        var asked = false;
        try {
            new Worker("", Object.defineProperty({}, "type", { get: function () {
                asked = true;
                throw new Error("It need not start.");
            } }));
        } catch (stopped) {
            // The getter threw, as intended.
        }
        return asked;
    }

    if (window.crossOriginIsolated && typeof SharedArrayBuffer !== "function") {
        return settle("none", "This browser has switched off the memory that processes share " +
            "(SharedArrayBuffer): a security setting or a policy of this computer’s administrator " +
            "does that. Change it for this page, or try another browser.");
    }
    if (window.crossOriginIsolated && !moduleWorkers()) {
        return settle("none", "This browser cannot start programs in parts (module workers), as " +
            "Firefox before 114 and Safari before 15. Update it.");
    }
    if (window.crossOriginIsolated) return settle("yes");
    if (!("crossOriginIsolated" in window) || !("noModule" in document.createElement("script"))) {
        return settle("none", "This browser is too old to let several cores share memory. " +
            "Use a current Chrome, Edge, Firefox or Safari.");
    }
    if (!window.isSecureContext) {
        return settle("none", "This page came over an unencrypted connection, and browsers let " +
            "several cores share memory only on https pages. Open it with an address that " +
            "begins with https, or serve it from this machine (127.0.0.1).");
    }
    var inFrame = "This page is shown inside another page, which does not let it " +
        "use several cores. Open it in a tab of its own.";
    // Only Chromium isolates a frame in a page that is not isolated itself (with the header
    // Document-Isolation-Policy), and only Chromium has `userAgentData`.
    if (framed() && !("userAgentData" in navigator)) return settle("none", inFrame);
    if (!("serviceWorker" in navigator)) {
        return settle("none", framed() ? inFrame : "This window allows no service worker " +
            "(private windows and some settings forbid them), and the host does not send the " +
            "headers that several cores need. Open the page in an ordinary window.");
    }
    var script = new URL("service-worker.js", location.href).href;
    var controller = navigator.serviceWorker.controller;
    if (controller && controller.scriptURL === script) {
        return settle("none", framed() ? inFrame : "The service worker of this page adds the " +
            "headers that several cores need, and the browser still refuses. An extension or a " +
            "setting may be in the way: try a window without extensions, or another browser.");
    }

    var given = false;
    function giveUp(reason) {
        if (given) return;
        given = true;
        settle("none", framed() ? inFrame : reason);
    }

    settle("pending");
    var timer = setTimeout(function () {
        giveUp("The service worker that this page needs in order to use several cores did not " +
            "get ready. Reload the page; if that does not help, try another browser.");
    }, PATIENCE);

    // The service worker is not in control on the first visit, and when the reader reloads
    // past it (Shift+Reload): a plain reload then puts it in control. On an origin with
    // several sites, that of another site may be in control until then.
    navigator.serviceWorker
        .register("service-worker.js", { updateViaCache: "none" })
        .then(active)
        .then(function () {
            clearTimeout(timer);
            if (given) return;
            given = true;
            if (reload()) return;
            settle("none", "The browser does not let this page’s service worker work, which " +
                "several cores need: it does so after Shift+Reload, and while its developer tools " +
                "bypass service workers. Reload the page without Shift.");
        })
        .catch(function (error) {
            clearTimeout(timer);
            giveUp("The service worker that this page needs in order to use several cores was " +
                "refused (" + error.message.replace(/\.$/, "") + "). Private windows and some settings forbid " +
                "service workers: open the page in an ordinary window.");
        });

    // Resolves when a service worker of the registration is active.
    function active(registration) {
        return new Promise(function (resolve, reject) {
            if (registration.active) return resolve();
            var worker = registration.installing || registration.waiting;
            worker.addEventListener("statechange", function () {
                if (worker.state === "activated") resolve();
                if (worker.state === "redundant") reject(new Error("it could not be installed"));
            });
        });
    }
})();
