// Shows a lesson where the program of the page cannot start: its text, its program and what a
// recorded run of it has shown. It needs nothing but the lesson's files.

import { element } from "./recorded.js";

const FOLDER = document.querySelector('meta[name="manyhands-lessons"]')?.content;
const NAME = /^[a-z0-9-]+$/i;

// Shows the lesson with this name, or the list of all if there is none.
export async function showLesson(name) {
    const list = entries(await text("index.md"));
    const at = list.findIndex((entry) => entry.name === name);
    const shown = at < 0 ? undefined : await lesson(name, list[at].title);
    const links = list.map((entry) => element("li", {}, element("a", {
        href: `?learn=${entry.name}`, ...(entry.name === name ? { "aria-current": "page" } : {}),
    }, entry.title)));
    document.getElementById("app").append(
        element("section", { class: "fallback", id: "recorded" },
            ...(shown ?? []),
            element("h2", {}, "Lessons"),
            element("ul", {}, ...links)));
}

async function lesson(name, title) {
    const [words, program, run] = await Promise.all([
        text(`${name}.md`), text(`${name}.py`), text(`${name}.json`).then(JSON.parse, () => undefined)]);
    const part = (heading) => words.split(`\n## ${heading}\n`)[1]?.split(/\n##? /)[0].trim() ?? "";
    const about = words.split(/\n## /)[0].replace(/^# .*\n/, "").trim();
    const content = [
        element("h2", {}, title),
        ...paragraphs(about),
        element("pre", { tabindex: "0", "aria-label": "Program" }, element("code", {}, program)),
        ...paragraphs(part("Question")),
    ];
    if (run?.program === program) {
        content.push(element("details", { id: "recorded-lesson" },
            element("summary", {}, "What a recorded run of it has shown"),
            element("pre", { tabindex: "0", "aria-label": "Output" }, output(run)),
            ...run.said.map((line) => element("p", {}, line)),
            element("p", { class: "note" },
                `Recorded on ${run.date} on a computer with ${run.cores} cores, in ${run.browser}.`)));
    }
    return content;
}

// What all processes of the run wrote, in the order in which it was heard.
function output(run) {
    return run.events.filter(([, event]) => event.type === "output").map(([, event]) => event.text).join("");
}

async function text(file) {
    const response = await fetch(new URL(FOLDER + file, document.baseURI));
    if (!response.ok) throw new Error(`the host answered ${response.status}`);
    return (await response.text()).replaceAll("\r\n", "\n");
}

function entries(index) {
    return [...index.matchAll(/^\d+\. \[(.*)\]\((.*)\.md\)/gm)]
        .map(([, title, name]) => ({ title, name })).filter(({ name }) => NAME.test(name));
}

// The paragraphs and lists of a text in Markdown, with its code and without its other marks.
function paragraphs(markdown) {
    const blocks = [];
    for (const block of markdown.split(/\n\n+/).filter(Boolean)) {
        if (block.startsWith("- ")) {
            const items = block.split(/\n/).map((item) => choice(item.replace(/^- /, "")));
            blocks.push(element("ul", {}, ...items.map((item) => element("li", {}, ...inline(item)))));
        } else {
            blocks.push(element("p", {}, ...inline(block)));
        }
    }
    return blocks;
}

// What the visitor reads of a choice: the part after its value, if there is one.
function choice(item) {
    const quoted = item.match(/^`[^`]*`\s*:?\s*(.*)$/);
    return quoted ? quoted[1] || item : item.split(": ").slice(1).join(": ") || item;
}

function inline(words) {
    const plain = words.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1");
    return plain.split("`").map((part, at) =>
        at % 2 ? element("code", {}, part) : part.replace(/\*+/g, ""));
}
