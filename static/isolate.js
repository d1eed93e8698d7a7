// Makes the page cross-origin isolated, which browsers require before workers may
// share memory. A host can do this with two headers. On a host that does not send
// them, this script installs the service worker that adds them, and reloads the page
// once.
//
// The script runs first and blocks the page. It uses only old JavaScript (ES5), so
// that a browser that cannot run the rest of the page can still explain why. It sets
// on <html>:
//   data-isolation         "yes", "pending" (a reload may follow) or "none"
//   data-isolation-reason  for "none": why, and what to do, in one or two sentences
// and dispatches the event "isolation" on the document when they change.
(function () {
    "use strict";

    var RELOADS = "manyhands-isolation-reloads";
    var PATIENCE = 20000; // milliseconds for a service worker to get ready
    var root = document.documentElement;

    function settle(state, reason) {
        root.setAttribute("data-isolation", state);
        if (reason) root.setAttribute("data-isolation-reason", reason);
        var event = document.createEvent("Event");
        event.initEvent("isolation", false, false);
        document.dispatchEvent(event);
    }

    // How often this tab has reloaded itself for isolation. If storage is forbidden,
    // the navigation type of the browser tells at least whether this is a reload.
    function reloads() {
        try {
            return Number(window.sessionStorage.getItem(RELOADS)) || 0;
        } catch (error) {
            var entries = performance.getEntriesByType("navigation");
            return entries.length && entries[0].type === "navigate" ? 0 : 1;
        }
    }

    function setReloads(count) {
        try {
            if (count) window.sessionStorage.setItem(RELOADS, String(count));
            else window.sessionStorage.removeItem(RELOADS);
        } catch (error) {
            // reloads() does without storage.
        }
    }

    function framed() {
        try {
            return window.top !== window.self;
        } catch (error) {
            return true;
        }
    }

    // Shows errors that happen before the program runs. Otherwise the page would say
    // "loading" for ever. start.js reports its own errors in more detail; this listener
    // is for the case that start.js itself cannot run.
    window.addEventListener("error", function (event) {
        var line = document.getElementById("loading-status");
        if (!line || root.getAttribute("data-started")) return;
        var what = event.target && event.target !== window
            ? "A part of it could not be downloaded."
            : "This browser reports: " + event.message;
        line.setAttribute("role", "alert");
        line.textContent = "Manyhands did not start. " + what +
            " Reload the page; if that does not help, use a current Chrome, Edge, Firefox or Safari.";
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

    if (window.crossOriginIsolated && !(typeof SharedArrayBuffer === "function" && moduleWorkers())) {
        return settle("none", "This browser cannot start programs in parts (module workers) that " +
            "share memory. Use a current Chrome, Edge, Firefox or Safari.");
    }
    if (window.crossOriginIsolated) {
        setReloads(0);
        return settle("yes");
    }
    if (!("crossOriginIsolated" in window) || !("noModule" in document.createElement("script"))) {
        return settle("none", "This browser is too old to let several cores share memory. " +
            "Use a current Chrome, Edge, Firefox or Safari.");
    }
    if (!window.isSecureContext) {
        return settle("none", "This page came over an unencrypted connection, and browsers let " +
            "several cores share memory only on https pages. Open it with an address that " +
            "begins with https, or serve it from this machine (127.0.0.1).");
    }
    if (framed()) {
        return settle("none", "This page is shown inside another page, which does not let it " +
            "use several cores. Open it in a tab of its own.");
    }
    if (!("serviceWorker" in navigator)) {
        return settle("none", "This window allows no service worker (private windows and some " +
            "settings forbid them), and the host does not send the headers that several cores " +
            "need. Open the page in an ordinary window.");
    }
    if (reloads() > 0) {
        return settle("none", "The page was reloaded once to get the use of several cores, and " +
            "the browser still refuses. An extension or a setting may be in the way: close this " +
            "tab and open the page in a new one, or try another browser.");
    }

    var given = false;
    function giveUp(reason) {
        if (given) return;
        given = true;
        settle("none", reason);
    }

    settle("pending");
    var timer = setTimeout(function () {
        giveUp("The service worker that this page needs in order to use several cores did not " +
            "get ready. Reload the page; if that does not help, try another browser.");
    }, PATIENCE);

    navigator.serviceWorker
        .register("service-worker.js", { updateViaCache: "none" })
        .then(function () { return navigator.serviceWorker.ready; })
        .then(function () {
            clearTimeout(timer);
            if (given) return;
            given = true;
            setReloads(1);
            window.location.reload();
        })
        .catch(function (error) {
            clearTimeout(timer);
            giveUp("The service worker that this page needs in order to use several cores was " +
                "refused (" + error.message.replace(/\.$/, "") + "). Private windows and some settings forbid " +
                "service workers: open the page in an ordinary window.");
        });
})();
