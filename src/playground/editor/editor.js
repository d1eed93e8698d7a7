// The editor of the page ?run: CodeMirror, with Python's colours, in a shadow root.
//
// In a shadow root CodeMirror adopts its style sheets. In the page itself it would write
// <style> elements, which the Content-Security-Policy forbids. The page's custom
// properties (the colours of style.css) hold inside, too.

import { Decoration, drawSelection, EditorView, gutterLineClass, GutterMarker,
    highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers,
    WidgetType } from "@codemirror/view";
import { EditorState, RangeSet, StateEffect, StateField } from "@codemirror/state";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, indentOnInput, indentUnit, LanguageSupport,
    syntaxHighlighting } from "@codemirror/language";
import { pythonLanguage } from "@codemirror/lang-python";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { guarded } from "./guard.js";
import { colours, looks } from "./looks.js";

/**
 * Puts an editor into an element.
 *
 * @param {HTMLElement} host An empty element, which gets a shadow root.
 * @param {string} text What it begins with.
 * @param {(text: string) => void} onInput Called after each change, by whomever.
 * @returns {Editor}
 */
export function create(host, text, onInput) {
    const root = host.attachShadow({ mode: "open" });
    const editor = new Editor(new EditorView({
        root,
        parent: root,
        state: EditorState.create({ doc: text, extensions: extensions(onInput) }),
    }));
    // The element can be read and filled as a text area can.
    Object.defineProperty(host, "value", {
        get: () => editor.text(),
        set: (value) => editor.replace(String(value)),
    });
    host.focus = () => editor.focus();
    return editor;
}

/** An editor on the page. Lines are counted from 1. */
class Editor {
    #view;

    constructor(view) {
        this.#view = view;
    }

    text() {
        return this.#view.state.doc.toString();
    }

    /** Replaces the text by another, as one step that can be undone. */
    replace(text) {
        const { state } = this.#view;
        const change = difference(state.doc.toString(), text);
        if (change) this.#view.dispatch({ changes: change, userEvent: "input.replace" });
    }

    /** Marks lines, each with a message at its end. They stay until the text changes. */
    mark(lines, messages) {
        const { doc } = this.#view.state;
        const marks = Array.from(lines, (line, at) => ({ line, message: messages[at] }))
            .filter(({ line }) => line >= 1 && line <= doc.lines);
        this.#view.dispatch({ effects: setMarks.of(marks) });
    }

    /** Puts the cursor on a line and shows it. */
    goTo(line) {
        const { doc } = this.#view.state;
        const { from } = doc.line(Math.min(Math.max(line, 1), doc.lines));
        this.#view.dispatch({
            selection: { anchor: from },
            effects: EditorView.scrollIntoView(from, { y: "center" }),
        });
        this.focus();
    }

    focus() {
        this.#view.focus();
    }

    /** Puts what must only run in the first process under a guard. Returns whether there
     *  was something to change. */
    addGuard() {
        const before = this.text();
        const after = guarded(before);
        this.replace(after);
        return after !== before;
    }
}

// The part in which two texts differ, as a change from one to the other.
function difference(before, after) {
    const shorter = Math.min(before.length, after.length);
    let from = 0;
    while (from < shorter && before[from] === after[from]) from += 1;
    let end = 0;
    while (end < shorter - from && before.at(-1 - end) === after.at(-1 - end)) end += 1;
    const to = before.length - end;
    if (from === to && from === after.length - end) return null;
    return { from, to, insert: after.slice(from, after.length - end) };
}

function extensions(onInput) {
    return [
        lineNumbers(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        history(),
        drawSelection(),
        EditorState.allowMultipleSelections.of(true),
        EditorState.tabSize.of(4),
        indentUnit.of("    "),
        indentOnInput(),
        bracketMatching(),
        highlightSelectionMatches(),
        search({ top: true }),
        new LanguageSupport(pythonLanguage),
        syntaxHighlighting(colours),
        looks,
        marks,
        keymap.of([
            // The page runs the program; no blank line is inserted.
            { key: "Mod-Enter", run: () => true },
            ...searchKeymap, ...historyKeymap, indentWithTab, ...defaultKeymap,
        ]),
        EditorView.contentAttributes.of({
            "aria-label": "Program",
            autocapitalize: "off",
            autocorrect: "off",
            spellcheck: "false",
            // Editable text can have the keyboard's focus without it, but tools that check
            // pages look for it.
            tabindex: "0",
        }),
        EditorView.domEventHandlers({ beforeinput: typeOver }),
        EditorView.updateListener.of((update) => {
            if (update.docChanged) onInput(update.state.doc.toString());
        }),
    ];
}

// Replaces a selection by what is typed. Chromium, which would do it in the document, writes
// the style of the old text into a style attribute, which the policy forbids and it reports.
function typeOver(event, view) {
    const isTyped = event.inputType === "insertText" && event.data && !event.isComposing;
    if (!isTyped || view.state.selection.main.empty) return false;
    view.dispatch(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
    event.preventDefault();
    return true;
}

// --- Marked lines --------------------------------------------------------------------

const setMarks = StateEffect.define();

class Message extends WidgetType {
    constructor(text) {
        super();
        this.text = text;
    }

    eq(other) {
        return other.text === this.text;
    }

    toDOM() {
        const message = document.createElement("span");
        message.className = "cm-message";
        message.textContent = this.text;
        return message;
    }
}

const markedNumber = new class extends GutterMarker {
    elementClass = "cm-markedNumber";
}();

const NONE = { text: Decoration.none, numbers: RangeSet.empty };

const marks = StateField.define({
    create: () => NONE,
    update(value, transaction) {
        for (const effect of transaction.effects) {
            if (effect.is(setMarks)) return drawn(transaction.state.doc, effect.value);
        }
        return transaction.docChanged ? NONE : value;
    },
    provide: (field) => [
        EditorView.decorations.from(field, ({ text }) => text),
        gutterLineClass.from(field, ({ numbers }) => numbers),
    ],
});

function drawn(doc, list) {
    const text = [], numbers = [];
    for (const { line, message } of list) {
        const { from, to } = doc.line(line);
        text.push(Decoration.line({ class: "cm-marked" }).range(from));
        text.push(Decoration.widget({ widget: new Message(message), side: 1 }).range(to));
        numbers.push(markedNumber.range(from));
    }
    return { text: Decoration.set(text, true), numbers: RangeSet.of(numbers, true) };
}
