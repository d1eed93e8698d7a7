//! What the processes print, in order, and the field in which they are answered.

use super::super::browser;
use super::session::{Piece, Session, Stream};
use super::shown::SharedShown;
use super::view::color;
use std::time::Duration;
use web_sys::HtmlInputElement;
use yew::platform::spawn_local;
use yew::prelude::*;

/// How long a screen reader is left alone after it was told of output.
const SPEECH_PAUSE: Duration = Duration::from_millis(1500);

#[derive(Properties, PartialEq)]
pub struct Props {
    pub shown: SharedShown,
    /// Changes when the output does.
    pub changes: usize,
    /// The run that is shown.
    pub number: u32,
}

/// The output, which follows its end unless the visitor has scrolled away from there.
#[component]
pub fn Output(props: &Props) -> Html {
    let log = use_node_ref();
    let follows = use_mut_ref(|| true);
    let onscroll = {
        let (log, follows) = (log.clone(), follows.clone());
        Callback::from(move |_| {
            if let Some(log) = log.cast::<web_sys::Element>() {
                let below = log.scroll_height() - log.scroll_top() - log.client_height();
                *follows.borrow_mut() = below < 24;
            }
        })
    };
    use_effect_with(props.number, {
        let follows = follows.clone();
        move |_| *follows.borrow_mut() = true
    });
    use_effect_with(
        (log.clone(), props.changes, props.number),
        move |(log, ..)| {
            if let Some(log) = log.cast::<web_sys::Element>().filter(|_| *follows.borrow()) {
                log.set_scroll_top(log.scroll_height());
            }
        },
    );
    let shown = props.shown.borrow();
    let session = &shown.session;
    html! {
        <>
            if session.dropped_bytes > 0 {
                <p class="note" id="output-dropped">
                    { format!("Only the end is shown: {} earlier bytes are not kept.", session.dropped_bytes) }
                </p>
            }
            <pre class="console python-output" id="output" ref={log} role="region" tabindex="0"
                aria-label="Output" {onscroll}>
                { for session.output.iter().map(|piece| self::piece(piece, session)) }
            </pre>
            <Speaker shown={props.shown.clone()} changes={props.changes} />
        </>
    }
}

/// The style sheet shows `data-from` beside the first line, so that it does not belong to
/// the text that a visitor copies.
fn piece(piece: &Piece, session: &Session) -> Html {
    let name = session.name(piece.pid);
    let (class, stream) = match piece.stream {
        Stream::Output => (None, ""),
        Stream::Error => (Some("is-stderr"), "stderr "),
        Stream::Input => (Some("is-input"), "typed "),
    };
    html! {
        <span key={piece.number} class={classes!("piece", class, color(piece.pid), piece.continues.then_some("is-inside"))}
            title={format!("{stream}{name}, pid {}", piece.pid)}
            data-from={format!("{stream}{name}")} data-pid={format!("{stream}{}", piece.pid)}>{ piece.text.clone() }</span>
    }
}

#[derive(Properties, PartialEq)]
struct SpeakerProps {
    shown: SharedShown,
    changes: usize,
}

/// Tells screen readers of the output, now and then, and not all of it if there is much.
#[component]
fn Speaker(props: &SpeakerProps) -> Html {
    let words = use_state_eq(AttrValue::default);
    let pausing = use_mut_ref(|| false);
    use_effect_with(props.changes, {
        let (shown, words) = (props.shown.clone(), words.clone());
        move |_| {
            if std::mem::replace(&mut *pausing.borrow_mut(), true) {
                return;
            }
            spawn_local(async move {
                browser::sleep(SPEECH_PAUSE).await;
                *pausing.borrow_mut() = false;
                let new = shown.borrow_mut().session.take_unspoken();
                if let Some(new) = new {
                    words.set(new.into());
                }
            });
        }
    });
    html! { <p class="visually-hidden" id="spoken" role="log" aria-live="polite">{ (*words).clone() }</p> }
}

#[derive(Properties, PartialEq)]
pub struct QuestionProps {
    /// The name of the process that waits for a line of input.
    pub name: String,
    /// Called with the line, or `None` for the end of the input.
    pub on_answer: Callback<Option<String>>,
}

/// The field for a line of input.
#[component]
pub fn Question(props: &QuestionProps) -> Html {
    let field = use_node_ref();
    let onsubmit = {
        let (field, answer) = (field.clone(), props.on_answer.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(field) = field.cast::<HtmlInputElement>() {
                answer.emit(Some(field.value()));
                field.set_value("");
            }
        })
    };
    let onend = {
        let answer = props.on_answer.clone();
        Callback::from(move |_: MouseEvent| answer.emit(None))
    };
    html! {
        <form class="question-form" id="question" {onsubmit}>
            <label class="field-label" for="answer">{ format!("{} waits for a line of input", props.name) }</label>
            <div class="entry">
                <input id="answer" ref={field} autocomplete="off" autocapitalize="off" spellcheck="false" />
                <button type="submit">{ "Send" }</button>
                <button type="button" id="end-of-input" onclick={onend}>{ "End of input" }</button>
            </div>
        </form>
    }
}
