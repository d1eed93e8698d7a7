// What is done when the page does not start, or when a part of it does not load: a wrong
// copy is replaced by the host's, an updated site is loaded anew, and what cannot be
// mended is explained. isolate.js and start.js load this file when they need it.

import { inspect, isUpdated, reloadOnce } from "./site.js";

const root = document.documentElement;
const line = document.getElementById("loading-status");

// An error with a sentence for the reader and advice on what to do.
const problemWith = (sentence, advice, cause) =>
    Object.assign(new Error(sentence, { cause }), { advice });

let begun = false;

// Does what can be done about a problem: reloads the page or explains.
export async function mend(problem) {
    if (begun) return;
    begun = true;
    console.error(problem);
    if (problem.certain) return explain(problem);
    if (line) line.textContent = "Something did not load. Looking for the cause…";
    const updated = await isUpdated();
    let seen = [];
    let unknown;
    try {
        if (!updated) seen = await inspect();
    } catch (error) {
        unknown = error;
    }
    const wrong = seen.filter((file) => file.problem);
    const mended = seen.filter((file) => file.mended).map((file) => file.path);
    // Whether nothing is wrong any more. (The service worker may have replaced a wrong copy
    // before this script looked at it.)
    const whole = !wrong.length && !unknown;
    // The program runs, so only the style sheet is missing. That needs no reload, after which
    // Firefox would take the same wrong sheet from its memory.
    if (whole && root.dataset.started === "yes") return styleAnew();
    if (whole && reloadOnce(updated ? "updated" : mended.join() || problem.message)) return;
    await explain(explained(problem, { updated, wrong, mended: mended.length > 0, unknown }));
}

function styleAnew() {
    for (const link of document.querySelectorAll('link[rel="stylesheet"]')) {
        const address = new URL(link.href);
        address.search = `again=${Date.now()}`;
        link.href = address;
    }
}

async function explain(problem) {
    tell(problem);
    if (root.dataset.started === "yes") return;
    const learn = new URLSearchParams(location.search).get("learn");
    if (learn !== null) {
        const { showLesson } = await import("./lesson.js");
        return showLesson(learn);
    }
    const { showRecorded } = await import("./recorded.js");
    await showRecorded();
}

function explained(problem, { updated, wrong, mended, unknown }) {
    if (updated) {
        return problemWith("This site was updated, and its host still answers with parts of the old " +
            "version.", "Reload the page in a minute.", problem.cause);
    }
    if (wrong.every((file) => file.problem === "the host does not answer") && (wrong.length || unknown)) {
        return problemWith(problem.message, "Check the connection and reload the page.", problem.cause);
    }
    if (wrong.length) {
        const [{ path, problem: what }] = wrong;
        const others = wrong.length > 1 ? ` (and ${wrong.length - 1} more)` : "";
        return problemWith(`${problem.message} The fault is the host’s: ${path}: ${what}${others}.`,
            "Reload the page later; if that does not help, tell whoever looks after this site.");
    }
    if (unknown || mended) {
        return problemWith(problem.message, "Reload the page.", problem.cause);
    }
    return problem;
}

function tell(problem) {
    if (root.dataset.started === "yes") return;
    root.dataset.started = "no";
    const place = line?.isConnected ? line : document.getElementById("app");
    const detail = problem.cause ? ` (${problem.cause.message ?? problem.cause})` : "";
    const reason = root.dataset.isolation === "none" ? ` ${root.dataset.isolationReason}` : "";
    place.setAttribute("role", "alert");
    place.textContent = `${problem.message}${detail} ${problem.advice ?? ""}${reason}`;
    document.getElementById("loading-bar")?.remove();
}

// A part that isolate.js saw fail. The style sheet alone is no reason to say anything.
if (root.dataset.failed && root.dataset.started !== "yes") {
    mend(problemWith("A part of the page could not be loaded."));
}
