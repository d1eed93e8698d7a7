// Adds the guard that a program needs whose processes import its file:
//
//     if __name__ == "__main__":
//
// Statements that only define something stay where they are, since new processes need what
// they define. All others move under the guard, in their order, with their comments. The
// program therefore does in its first process what it did before.

import { pythonLanguage } from "@codemirror/lang-python";

const GUARD = 'if __name__ == "__main__":';
const INDENT = "    ";

const DEFINITIONS = new Set(["FunctionDefinition", "ClassDefinition", "DecoratedStatement"]);
const FUNCTIONS = new Set([...DEFINITIONS, "LambdaExpression"]);
const STRINGS = new Set(["String", "FormatString"]);
// What does something, even without a call.
const ACTIONS = new Set(["CallExpression", "AwaitExpression", "ForStatement", "WhileStatement",
    "RaiseStatement", "PrintStatement"]);
// Calls that start processes: a new process must not make them, whoever needs their result.
const STARTS = /(^|\.)(Pool|Manager|ProcessPoolExecutor|start)$/;

/** The program with the guard. It is the same text if there is nothing to guard. */
export function guarded(source) {
    const tree = pythonLanguage.parser.parse(source).topNode;
    const text = (node) => source.slice(node.from, node.to);
    const statements = children(tree).filter(({ name, type }) => name !== "Comment" && !type.isError);

    const needed = new Set(statements.flatMap((statement) => [...globalNames(statement, text)]));
    // Names that only the first process has.
    const own = new Set();
    const groups = [];
    let group;
    for (const statement of statements) {
        if (stays(statement)) {
            group = undefined;
            continue;
        }
        targets(statement, text).forEach((name) => own.add(name));
        if (!group) groups.push(group = []);
        group.push(statement);
    }
    return indented(source, tree, groups);

    function stays(statement) {
        if (DEFINITIONS.has(statement.name) || isGuard(statement, text)) return true;
        if (some(statement, ({ name }) => name === "ImportStatement")) return true;
        const reads = (node) => node.name === "VariableName" && own.has(text(node));
        if (some(statement, reads)) return false;
        const acts = some(statement, ({ name }) => ACTIONS.has(name));
        const isNeeded = statement.name === "AssignStatement" &&
            [...targets(statement, text)].some((name) => needed.has(name));
        if (isNeeded) return !some(statement, (node) => startsProcesses(node, text));
        // What only computes something may stay at the beginning.
        return !acts && groups.length === 0;
    }
}

function isGuard(statement, text) {
    return statement.name === "IfStatement" && /^if\s*\(?\s*__name__\s*==/.test(text(statement));
}

function startsProcesses(node, text) {
    return node.name === "CallExpression" && STARTS.test(text(node.firstChild));
}

function children(node) {
    const all = [];
    for (let child = node.firstChild; child; child = child.nextSibling) all.push(child);
    return all;
}

// Whether this is so of the node or of a node inside it, outside of functions.
function some(node, is) {
    if (is(node)) return true;
    return children(node).some((child) => !FUNCTIONS.has(child.name) && some(child, is));
}

// The names that a statement gives a value to, outside of functions.
function targets(node, text, found = new Set()) {
    const parts = children(node);
    const end = {
        AssignStatement: parts.findLastIndex(({ name }) => name === "AssignOp"),
        UpdateStatement: 1,
        ForStatement: parts.findIndex(({ name }) => name === "in"),
        NamedExpression: 1,
    }[node.name] ?? 0;
    parts.slice(0, end).forEach((part) => addNames(part, text, found));
    parts.forEach((part, at) => {
        if (parts[at - 1]?.name === "as") addNames(part, text, found);
        if (!FUNCTIONS.has(part.name)) targets(part, text, found);
    });
    return found;
}

// `a, (b, c)` names three; `a.b` and `a[0]` name none that are new.
function addNames(node, text, found) {
    if (node.name === "VariableName") found.add(text(node));
    else if (node.name !== "MemberExpression") children(node).forEach((child) => addNames(child, text, found));
}

// The names outside of a function or class that it reads, for all in this statement.
function globalNames(statement, text) {
    const read = new Set();
    visit(statement);
    return read;

    function visit(node) {
        if (!FUNCTIONS.has(node.name)) return children(node).forEach(visit);
        const local = new Set(), names = new Set();
        collect(node, names, local);
        names.forEach((name) => { if (!local.has(name)) read.add(name); });
    }

    function collect(node, names, local) {
        const parts = children(node);
        if (node.name === "ScopeStatement") return;
        if (node.name === "ParamList") {
            parts.forEach((part, at) => {
                if (part.name === "VariableName" && parts[at - 1]?.name !== "AssignOp") local.add(text(part));
            });
        }
        if (node.name === "VariableName") names.add(text(node));
        for (const part of parts) {
            if (part.name === "Body") localNames(part, local);
            collect(part, names, local);
        }
    }

    function localNames(body, local) {
        const shared = new Set();
        some(body, (node) => {
            if (node.name === "ScopeStatement") addNames(node, text, shared);
            return false;
        });
        targets(body, text).forEach((name) => { if (!shared.has(name)) local.add(name); });
    }
}

// Puts each group of statements under a guard of its own.
function indented(source, tree, groups) {
    const lines = source.split("\n");
    const starts = [0];
    for (const line of lines) starts.push(starts.at(-1) + line.length + 1);
    const lineAt = (position) => starts.findLastIndex((start) => start <= position);

    // Lines that begin inside a string belong to its text.
    const inString = new Set();
    tree.cursor().iterate(({ name, from, to }) => {
        if (!STRINGS.has(name)) return;
        for (let line = lineAt(from) + 1; line <= lineAt(to - 1); line += 1) inString.add(line);
    });
    const isOutside = (line) => !inString.has(line) && /^(#.*|\s*)$/.test(lines[line]);

    const out = [];
    let done = 0;
    for (const group of groups) {
        let first = lineAt(group[0].from);
        let last = lineAt(group.at(-1).to - 1);
        while (last > first && isOutside(last)) last -= 1;
        while (first > done && lines[first - 1].startsWith("#") && !inString.has(first - 1)) first -= 1;
        // The comment at the top of a file is about the file.
        if (first === 0) first = lineAt(group[0].from);
        out.push(...lines.slice(done, first), GUARD);
        for (let line = first; line <= last; line += 1) {
            const stays = inString.has(line) || lines[line].trim() === "";
            out.push(stays ? lines[line] : INDENT + lines[line]);
        }
        done = last + 1;
    }
    out.push(...lines.slice(done));
    return out.join("\n");
}
