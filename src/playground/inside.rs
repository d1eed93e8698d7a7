//! What is inside the program: a picture and a sentence for each queue, lock, pipe, …

use super::objects::{End, Object, Place};
use super::session::Session;
use super::view::color;
use yew::prelude::*;

/// How many slots of a queue are drawn.
const SLOTS: u32 = 12;

/// The objects of the program as they are, or as they were last.
pub fn inside(session: &Session, is_busy: bool) -> Html {
    let (objects, more) = &session.objects;
    // When the program has ended all of them are gone: then it is what was seen last.
    let shown = |object: &&Object| !is_busy || !object.is_gone;
    let objects: Vec<&Object> = objects.iter().filter(shown).collect();
    if objects.is_empty() {
        return html! {
            <p class="note">{ "Queues, pipes, locks, semaphores, events, conditions and barriers \
                of the program are shown here, with who holds them and who waits for them." }</p>
        };
    }
    html! {
        <>
            if !is_busy { <p class="note">{ "As they were seen last." }</p> }
            <ul class="objects" id="objects">
                { for objects.iter().map(|object| item(object, session)) }
            </ul>
            if *more > 0 {
                <p class="note">{ format!("{more} more are not shown.") }</p>
            }
        </>
    }
}

fn item(object: &Object, session: &Session) -> Html {
    let name = match (&object.name, &object.ends[..]) {
        (Some(name), _) => Some(name.to_string()),
        (None, [first, second]) => match (&first.name, &second.name) {
            (Some(first), Some(second)) => Some(format!("{first}, {second}")),
            _ => None,
        },
        _ => None,
    };
    let made = match (object.line, &object.inside) {
        (Some(line), Some(class)) if !is_lock_of_value(object) => {
            format!("made by the {class} of line {line}")
        }
        (Some(line), _) => format!("made at line {line}"),
        (None, _) => format!("made by {}", session.name(object.pid)),
    };
    html! {
        <li key={object.id} class="object" data-name={name.clone()} data-kind={object.kind.clone()}>
            <p class="object-name">
                if let Some(name) = name { <code>{ name }</code> }
                <span class="object-kind">{ kind_word(object) }</span>
                <span class="object-made">{ made }</span>
            </p>
            <div class="object-state">
                { picture(object) }
                <p class="object-text">{ text(object, session) }</p>
            </div>
            if !object.waiting.is_empty() {
                <ul class="object-waiting" aria-label="Waiting">
                    { for object.waiting.iter().map(|(place, to)| waiting(place, to, session)) }
                </ul>
            }
        </li>
    }
}

/// A `Value` and an `Array` are in the variable itself, and their locks in them.
fn is_lock_of_value(object: &Object) -> bool {
    matches!(object.inside.as_deref(), Some("Value" | "Array"))
}

fn kind_word(object: &Object) -> String {
    match &object.inside {
        Some(class) if is_lock_of_value(object) => format!("lock of the {class}"),
        _ if object.module == "multiprocessing" => object.kind.to_string(),
        // Threads of one process have others of the same names.
        _ => format!("{}.{}", object.module, object.kind),
    }
}

fn who(place: &Place, session: &Session) -> String {
    let thread = session.thread_name(place.pid, place.thread);
    let line = place
        .line
        .map(|line| format!(", line {line}"))
        .unwrap_or_default();
    match thread {
        Some(thread) => format!("{} ({thread}){line}", place.name),
        None => format!("{}{line}", place.name),
    }
}

fn waiting(place: &Place, to: &str, session: &Session) -> Html {
    let text = format!("{} waits in {to}()", who(place, session));
    html! {
        <li><svg class={classes!("chip", color(place.pid))} aria-hidden="true">
            <rect class="lane-part" width="100%" height="100%" />
            <rect fill="url(#hatch-7)" width="100%" height="100%" />
        </svg>{ text }</li>
    }
}

/// The state in words.
fn text(object: &Object, session: &Session) -> String {
    let held = |of: &str| match (&object.holder, object.value) {
        (Some(holder), _) => format!("{of}held by {}", who(holder, session)),
        (None, Some(0)) if of.is_empty() => "held".to_owned(),
        _ if of.is_empty() => "free".to_owned(),
        _ => String::new(),
    };
    let value = object.value;
    match object.kind.as_str() {
        "Queue" | "JoinableQueue" | "SimpleQueue" => {
            let size = object.size.unwrap_or_default();
            let mut text = match object.maxsize {
                Some(most) => format!("{size} of {most}"),
                None => items(size, "item"),
            };
            if let Some(buffered @ 1..) = object.buffered {
                text += &format!(", {buffered} not yet in its pipe");
            }
            if let Some(tasks) = value.filter(|_| object.kind == "JoinableQueue") {
                text += &format!(", {} unfinished", items(tasks, "task"));
            }
            text
        }
        "Pipe" => {
            let ends = object.ends.iter().map(end_text);
            ends.collect::<Vec<_>>().join("; ")
        }
        "Event" => match value {
            Some(0) => "not set".to_owned(),
            Some(_) => "set".to_owned(),
            None => String::new(),
        },
        "Semaphore" | "BoundedSemaphore" => {
            value.map_or_else(String::new, |value| format!("{value} free"))
        }
        "Barrier" => {
            let parties = object
                .parties
                .map_or_else(String::new, |all| format!(" of {all}"));
            format!("{}{parties} wait", value.unwrap_or_default())
        }
        "Condition" => format!("{} wait{}", value.unwrap_or_default(), held(", its lock ")),
        _ => held(""),
    }
}

fn items(count: u32, what: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{count} {what}{end}")
}

fn end_text(end: &End) -> String {
    let name = end.name.as_deref().unwrap_or(match end.receives {
        true => "the receiving end",
        false => "the sending end",
    });
    let names: Vec<&str> = end.held_by.iter().map(|(_, name)| &**name).collect();
    let held = match names[..] {
        [] => "open in no process".to_owned(),
        _ => format!("open in {}", names.join(", ")),
    };
    match (end.receives, end.messages) {
        (true, messages @ 1..) => format!(
            "{name} {held}, {} ({}) to receive",
            items(messages, "message"),
            items(end.bytes, "byte")
        ),
        _ => format!("{name} {held}"),
    }
}

/// The state as a picture. What it shows is said in words beside it.
fn picture(object: &Object) -> Html {
    match object.kind.as_str() {
        "Queue" | "JoinableQueue" | "SimpleQueue" => slots(object),
        "Pipe" => ends(object),
        _ => ring(object),
    }
}

/// A row of slots that fill.
fn slots(object: &Object) -> Html {
    let size = object.size.unwrap_or_default();
    let most = object.maxsize.unwrap_or(size + 1).clamp(1, SLOTS);
    html! {
        <span class="slots" aria-hidden="true">
            { for (0..most).map(|slot| html! {
                <span class={classes!("slot", (slot < size).then_some("is-full"))} />
            }) }
            if size > most || object.maxsize.is_none_or(|all| all > most) { <span>{ "…" }</span> }
        </span>
    }
}

/// Two ends, each with the hues of the processes that hold it.
fn ends(object: &Object) -> Html {
    let end = |end: &End| {
        html! {
            <span class="pipe-end">
                { for end.held_by.iter().take(4).map(|(pid, _)| html! {
                    <svg class={classes!("chip", color(*pid))}><rect class="lane-part" width="100%" height="100%" /></svg>
                }) }
            </span>
        }
    };
    html! {
        <span class="pipe" aria-hidden="true">
            { for object.ends.first().map(end) }
            <span class="pipe-line">{ for object.ends.iter().map(|end| "•".repeat(end.messages.min(6) as usize)) }</span>
            { for object.ends.get(1).map(end) }
        </span>
    }
}

/// A ring with its holder's hue; full if it is held, set, or has nothing free.
fn ring(object: &Object) -> Html {
    let hue = object.holder.as_ref().map(|holder| color(holder.pid));
    let is_full = match object.kind.as_str() {
        "Event" => object.value != Some(0),
        "Barrier" | "Condition" => object.value.is_some_and(|value| value > 0),
        _ => object.value == Some(0) || object.holder.is_some(),
    };
    html! {
        <svg class={classes!("ring", hue)} viewBox="0 0 20 20" aria-hidden="true">
            <circle cx="10" cy="10" r="7.5" />
            if is_full { <circle class="ring-full" cx="10" cy="10" r="4" /> }
        </svg>
    }
}
