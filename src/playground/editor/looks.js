// How the editor looks: the page's colours, light and dark, by its custom properties.

import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

export const colours = HighlightStyle.define([
    { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword, tags.definitionKeyword,
        tags.moduleKeyword, tags.self], color: "var(--s2)", fontWeight: "600" },
    { tag: [tags.string, tags.special(tags.string), tags.character], color: "var(--s6)" },
    { tag: [tags.number, tags.bool, tags.null], color: "var(--s4)" },
    { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
    { tag: [tags.function(tags.definition(tags.variableName)),
        tags.definition(tags.className)], color: "var(--s0)", fontWeight: "600" },
    { tag: tags.function(tags.variableName), color: "var(--s0)" },
    { tag: tags.meta, color: "var(--s5)" },
]);

export const looks = EditorView.theme({
    "&": { height: "100%", color: "var(--ink)", backgroundColor: "var(--surface)" },
    "&.cm-focused": { outline: "3px solid var(--processes)", outlineOffset: "-3px" },
    ".cm-scroller": {
        fontFamily: "var(--mono)",
        fontSize: "0.86rem",
        lineHeight: "1.5",
        overflow: "auto",
    },
    ".cm-content": { caretColor: "var(--ink)", padding: "0.6rem 0" },
    ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
    ".cm-gutters": {
        color: "var(--muted)",
        backgroundColor: "var(--sunken)",
        borderRight: "1px solid var(--rule)",
    },
    ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--processes) 7%, transparent)" },
    ".cm-activeLineGutter": { color: "var(--ink)", backgroundColor: "transparent", fontWeight: "600" },
    "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
        background: "color-mix(in srgb, var(--processes) 28%, transparent) !important",
    },
    ".cm-selectionMatch": { backgroundColor: "color-mix(in srgb, var(--startup) 25%, transparent)" },
    ".cm-matchingBracket": {
        outline: "1px solid var(--processes)",
        backgroundColor: "transparent !important",
    },
    ".cm-nonmatchingBracket": { color: "var(--bad)", backgroundColor: "transparent !important" },
    ".cm-searchMatch": { outline: "1px solid var(--startup)", backgroundColor: "transparent" },
    ".cm-searchMatch-selected": {
        backgroundColor: "color-mix(in srgb, var(--startup) 45%, transparent)",
    },

    // Lines at which an exception has ended something: tinted, with a bar and a message.
    ".cm-marked": {
        backgroundColor: "var(--bad-surface)",
        boxShadow: "inset 4px 0 var(--bad)",
    },
    ".cm-markedNumber": { color: "var(--bad) !important", fontWeight: "700" },
    ".cm-message": {
        marginLeft: "2em",
        padding: "0 0.5em",
        border: "1px solid var(--bad)",
        borderRadius: "0.3em",
        color: "var(--bad)",
        fontFamily: "var(--sans)",
        fontSize: "0.9em",
    },

    // The panel for finding and replacing.
    ".cm-panels": {
        color: "var(--ink)",
        backgroundColor: "var(--sunken)",
        borderBottom: "1px solid var(--rule) !important",
    },
    ".cm-panel.cm-search": { padding: "0.5rem 2rem 0.5rem 0.6rem", fontSize: "0.9rem" },
    ".cm-panel.cm-search label": { fontSize: "0.85rem", whiteSpace: "nowrap" },
    ".cm-textfield": {
        padding: "0.25rem 0.5rem",
        border: "1px solid var(--edge)",
        borderRadius: "0.3rem",
        color: "var(--ink)",
        backgroundColor: "var(--surface)",
        fontSize: "0.9rem",
    },
    ".cm-button": {
        padding: "0.25rem 0.6rem",
        border: "1px solid var(--edge)",
        borderRadius: "0.3rem",
        color: "var(--ink)",
        backgroundColor: "var(--surface)",
        backgroundImage: "none",
        fontSize: "0.85rem",
    },
    ".cm-panel.cm-search [name=close]": {
        color: "var(--ink)",
        fontSize: "1.3rem",
        width: "1.8rem",
        height: "1.8rem",
        cursor: "pointer",
    },
    ".cm-panel button:focus-visible, .cm-textfield:focus-visible": {
        outline: "3px solid var(--processes)",
    },
});
