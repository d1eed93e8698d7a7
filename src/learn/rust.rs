//! The lesson's program in Rust, folded away at first, with the colours of the editor.

use super::course::rust_program;
use yew::platform::spawn_local;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct Props {
    /// The lesson's name.
    pub name: String,
}

/// The program, if the lesson has one.
#[component]
pub fn Rust(props: &Props) -> Html {
    let program = use_state_eq(|| None::<AttrValue>);
    use_effect_with(props.name.clone(), {
        let program = program.setter();
        move |name| {
            let name = name.clone();
            spawn_local(async move {
                program.set(rust_program(&name).await.map(AttrValue::from));
            });
        }
    });
    let Some(program) = &*program else {
        return Html::default();
    };
    html! {
        <details class="panel lesson-rust" id="lesson-rust">
            <summary>{ "The same in Rust" }</summary>
            <p class="note">
                { "With " }<a href="?rust">{ "the library behind this site" }</a>
                { ". The tests of the site compile and run this program." }
            </p>
            <pre tabindex="0" aria-label="The program in Rust"><code>{ for parts(program).iter().map(shown) }</code></pre>
        </details>
    }
}

fn shown((look, text): &(Look, &str)) -> Html {
    let class = match look {
        Look::Plain => return html! { { text.to_string() } },
        Look::Comment => "code-comment",
        Look::Text => "code-text",
        Look::Number => "code-number",
        Look::Keyword => "code-keyword",
        Look::Defined => "code-defined",
        Look::Called => "code-called",
    };
    html! { <span {class}>{ text.to_string() }</span> }
}

/// How a part of a program looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Look {
    Plain,
    Comment,
    /// A string or a character.
    Text,
    Number,
    Keyword,
    /// The name of a function where it is defined.
    Defined,
    /// The name of a function or macro where it is called.
    Called,
}

const KEYWORDS: &[&str] = &[
    "async", "await", "break", "const", "continue", "else", "enum", "fn", "for", "if", "impl",
    "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "self", "static",
    "struct", "trait", "type", "use", "where", "while",
];

/// Takes a program apart. All parts together are the program.
pub fn parts(program: &str) -> Vec<(Look, &str)> {
    let mut parts = Vec::new();
    let mut rest = program;
    let mut before = "";
    while !rest.is_empty() {
        let (length, look) = first(rest, before);
        let (part, after) = rest.split_at(length);
        if !part.trim().is_empty() {
            before = part;
        }
        parts.push((look, part));
        rest = after;
    }
    parts
}

/// The length and the look of the first part; `before` is the part before it.
fn first(text: &str, before: &str) -> (usize, Look) {
    let is_word = |char: char| char.is_alphanumeric() || char == '_';
    let until = |end: fn(char) -> bool| text.find(end).unwrap_or(text.len());
    let Some(char) = text.chars().next() else {
        return (0, Look::Plain);
    };
    if text.starts_with("//") {
        return (until(|char| char == '\n'), Look::Comment);
    }
    if char == '"' {
        return (quoted(text), Look::Text);
    }
    if char == '\'' {
        // Otherwise it begins a lifetime.
        let inside = &text[1..];
        let end = inside
            .char_indices()
            .nth(if inside.starts_with('\\') { 2 } else { 1 });
        return match end {
            Some((at, '\'')) => (at + 2, Look::Text),
            _ => (1, Look::Plain),
        };
    }
    if !is_word(char) {
        return (char.len_utf8(), Look::Plain);
    }
    let length = text.find(|char| !is_word(char)).unwrap_or(text.len());
    let (word, after) = text.split_at(length);
    let look = if char.is_ascii_digit() {
        Look::Number
    } else if KEYWORDS.contains(&word) {
        Look::Keyword
    } else if matches!(word, "true" | "false") {
        Look::Number
    } else if before == "fn" {
        Look::Defined
    } else if after.starts_with('(') || after.starts_with("!(") {
        Look::Called
    } else {
        Look::Plain
    };
    (length, look)
}

/// The length of the string at the beginning of a text.
fn quoted(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    while let Some((at, char)) = chars.next() {
        match char {
            '\\' => drop(chars.next()),
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}
