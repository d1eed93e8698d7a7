// Shows the recorded runs where the program cannot start, and so cannot show them: what
// was measured, as tables. It needs nothing but the reports that come with the page.

import { files } from "./site.js";

const NUMBER = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
// A table of a whole distribution helps nobody.
const MAX_ROWS = 12;

// Makes an element with a text or with children.
export function element(name, attributes = {}, ...content) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...content);
    return made;
}

// Shows the recorded run of the experiment in the page's address, and links to the others.
export async function showRecorded() {
    const list = await files().catch(() => ({}));
    const paths = new Map();
    for (const path of Object.keys(list)) {
        const name = path.match(/^assets\/recorded-[^/]*\/(.*)\.json$/)?.[1];
        if (name && name !== "cpython") paths.set(name, path);
    }
    const asked = new URLSearchParams(location.search).get("experiment");
    const name = paths.has(asked) ? asked : "speed-up";
    const report = paths.has(name) && (await fetchReport(paths.get(name)));
    if (!report) return;
    const links = [...paths.keys()].map((other) => {
        const here = other === name ? { "aria-current": "page" } : {};
        return element("li", {}, element("a", { href: `?experiment=${other}`, ...here }, title(other)));
    });
    document.getElementById("app").append(
        element("section", { class: "fallback", id: "recorded", "aria-labelledby": "recorded-title" },
            element("h2", {}, "Recorded runs"),
            element("nav", { class: "experiments", "aria-label": "Recorded runs" }, element("ul", {}, ...links)),
            element("h3", { id: "recorded-title" }, title(name)),
            element("p", { class: "note" }, `Recorded ${whenAndWhere(report)}.`),
            ...report.series.filter(isShort).map(table),
        ),
    );
}

async function fetchReport(path) {
    for (const cache of ["default", "reload"]) {
        try {
            const response = await fetch(new URL(path, document.baseURI), { cache });
            if (response.ok) return await response.json();
        } catch (wrong) {
            // It is not the report, or not all of it.
        }
    }
    return undefined;
}

function title(name) {
    const words = name.replaceAll("-", " ").replace(/^io /, "I/O ");
    return words[0].toUpperCase() + words.slice(1);
}

function whenAndWhere({ environment, provenance }) {
    const when = environment.recorded_at.slice(0, 16).replace("T", ", ");
    const { browser, machine } = provenance ?? {};
    const where = machine
        ? `${browser}, ${machine.system}, ${machine.processor}, ${machine.cores} cores`
        : environment.user_agent;
    return `on ${when} UTC in ${where}`;
}

function isShort({ points }) {
    return points.length > 0 && points.length <= MAX_ROWS;
}

// The samples of a series: for each place their median, and the least and the most.
function table({ label, axis, measure, points }) {
    const unit = measure.unit && ` (${measure.unit})`;
    const rows = points.map((point) => {
        const samples = point.samples.filter(Number.isFinite).sort((a, b) => a - b);
        const cells = [median(samples), samples[0], samples.at(-1)].map((value) =>
            element("td", {}, value === undefined ? "–" : NUMBER.format(value)));
        return element("tr", {}, element("th", { scope: "row" }, point.label ?? String(point.x)), ...cells);
    });
    const heads = [axis.label + (axis.unit && ` (${axis.unit})`), `${measure.label}${unit}, median`, "least", "most"];
    return element("div", { class: "table-scroll", tabindex: "0" },
        element("table", {},
            element("caption", {}, label),
            element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))),
            element("tbody", {}, ...rows)));
}

function median(sorted) {
    const middle = sorted.length / 2;
    return sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2 || undefined;
}
