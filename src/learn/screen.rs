//! One lesson: its text, its program, the question, and what the run answers.

use super::super::browser;
use super::address::link;
use super::answer::Facts;
use super::course::Course;
use super::done::set_done;
use super::knobs::{knobs, link_part, turned, turned_by};
use super::lesson::{Lesson, Reason};
use super::markdown::{inline, markdown};
use super::recorded::{recorded_bar, use_recorded};
use super::rust::Rust;
use super::trouble::trouble;
use crate::class_link::{self, Addition, ClassLink};
use crate::playground::editor::{Editor, EditorHandle};
use crate::playground::runner::use_runner;
use crate::playground::session::{End, Stage};
use crate::playground::share;
use crate::presenter::{At, Keys, Turn, keys, use_presenter};
use std::rc::Rc;
use yew::platform::spawn_local;
use yew::prelude::*;

/// Choices longer than this stand below each other, in characters.
const LONG_CHOICE: usize = 24;

/// The properties of [`Screen`].
#[derive(Properties, PartialEq)]
pub struct Props {
    pub course: Rc<Course>,
    /// The lesson's name.
    pub name: String,
    /// Opens another lesson by its name, or the list.
    pub on_open: Callback<String>,
}

/// Fetches the lesson and shows it.
#[component]
pub fn Screen(props: &Props) -> Html {
    let lesson = use_state_eq(|| None::<Result<Rc<Lesson>, AttrValue>>);
    use_effect_with((), {
        let (course, name, lesson) = (props.course.clone(), props.name.clone(), lesson.setter());
        move |()| {
            spawn_local(async move {
                let loaded = course.lesson(&name).await;
                lesson.set(Some(loaded.map(Rc::new).map_err(AttrValue::from)));
            });
        }
    });
    let open = &props.on_open;
    let entries = &props.course.entries;
    let place = props.course.place(&props.name);
    let previous = place.and_then(|place| entries.get(place.checked_sub(1)?));
    let next = place.and_then(|place| entries.get(place + 1));
    // A phone has no room for the titles: screen readers read them all the same.
    let near = |word: &'static str| html! { <span class="lesson-near">{ word }</span> };
    let far = |title: &str| html! { <span class="lesson-far">{ title.to_owned() }</span> };
    html! {
        <>
            <nav class="lesson-nav" aria-label="Lessons">
                <span>
                    if let Some(entry) = previous {
                        { link(&entry.name, open, Some("previous"), html! { <>{ "‹ " }{ near("Previous ") }{ far(&entry.title) }</> }) }
                    }
                </span>
                <span>{ link("", open, None, match place {
                    Some(place) => html! { { format!("Lesson {} of {}", place + 1, entries.len()) } },
                    None => html! { { "All lessons" } },
                }) }</span>
                <span>
                    if let Some(entry) = next {
                        { link(&entry.name, open, Some("next"), html! { <>{ near("Next ") }{ far(&entry.title) }{ " ›" }</> }) }
                    }
                </span>
            </nav>
            { match &*lesson {
                None => html! { <p class="note" role="status">{ "The lesson is being fetched…" }</p> },
                // What is not there is not there the next time either.
                Some(Err(why)) if props.course.all.iter().all(|entry| entry.name != props.name) => html! {
                    <p class="advice is-bad" id="lesson-trouble" role="alert"><span>{ why.clone() }</span></p>
                },
                Some(Err(why)) => trouble(why),
                Some(Ok(lesson)) => html! {
                    <Bench name={props.name.clone()} lesson={lesson.clone()} on_open={open.clone()}
                        previous={previous.map(|entry| entry.name.clone())} next={next.map(|entry| entry.name.clone())} />
                },
            } }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct BenchProps {
    name: String,
    lesson: Rc<Lesson>,
    on_open: Callback<String>,
    /// The names of the lessons before and after this one.
    previous: Option<String>,
    next: Option<String>,
}

/// The lesson itself.
#[component]
fn Bench(props: &BenchProps) -> Html {
    let lesson = &props.lesson;
    let handle = (*use_memo((), |()| EditorHandle::default())).clone();
    let is_editor_there = use_state_eq(|| false);
    let text = use_state_eq(|| {
        let query = browser::query();
        AttrValue::from(turned_by(&lesson.program, |name| {
            class_link::value(&query, name)
        }))
    });
    // What is chosen now, and what was when the run began.
    let guess = use_state_eq(|| None::<String>);
    let guessed = use_state_eq(|| None::<String>);
    let guesses_again = use_state_eq(|| false);
    // Whether the wait that explains the answer is outlined in the lanes.
    let is_outlined = use_state_eq(|| false);
    let trouble = use_state_eq(|| None::<AttrValue>);
    let on_start = {
        let (guess, guessed, again, outlined) = (
            guess.clone(),
            guessed.setter(),
            guesses_again.setter(),
            is_outlined.setter(),
        );
        Callback::from(move |()| {
            guessed.set((*guess).clone());
            again.set(false);
            outlined.set(false);
        })
    };
    let runner = use_runner(&text, on_start.clone());
    let can_run = runner.isolation.is_isolated();
    let recorded = use_recorded(&props.name, &lesson.program, can_run);
    // Shows the recorded run, or runs the program.
    let on_run = {
        let (shown, run, update) = (runner.shown.clone(), runner.run.clone(), use_force_update());
        let (recorded, program) = (recorded.clone(), lesson.program.clone());
        Callback::from(move |()| match &*recorded {
            _ if can_run => run.emit(()),
            Some(Some(recorded)) => {
                let mut now = shown.borrow_mut();
                now.number += 1;
                now.session = recorded.session();
                now.source.clone_from(&program);
                drop(now);
                on_start.emit(());
                update.force_update();
            }
            _ => {}
        })
    };

    use_effect_with((), {
        let (title, shown) = (lesson.title.clone(), runner.shown.clone());
        // The first paragraph, without the marks of Markdown.
        let about = lesson.text.split("\n\n").next().unwrap_or_default();
        let about = about.replace(['*', '`'], "");
        move |()| {
            browser::describe(&title, &about);
            // Who leaves the lesson leaves its run.
            move || shown.kill()
        }
    });
    let on_edit = {
        let text = text.setter();
        Callback::from(move |new: String| text.set(new.into()))
    };
    let on_turn = {
        let (previous, next) = (props.previous.clone(), props.next.clone());
        let open = props.on_open.clone();
        Callback::from(move |turn| {
            let to = match turn {
                Turn::Next => &next,
                Turn::Previous => &previous,
            };
            if let Some(name) = to {
                open.emit(name.clone());
            }
        })
    };
    let presenter = {
        let session = &runner.shown.borrow().session;
        let keys = Keys {
            on_run: on_run.clone(),
            on_turn,
            at: match session.is_busy() {
                _ if Facts::are_there(session) => At::Answer,
                true => At::Running,
                false => At::Question,
            },
        };
        use_presenter(&props.name, keys)
    };
    let on_save_trouble = {
        let trouble = trouble.setter();
        Callback::from(move |why: Option<String>| trouble.set(why.map(AttrValue::from)))
    };
    let on_open = {
        let (text, trouble) = (text.clone(), trouble.setter());
        Callback::from(move |_: MouseEvent| {
            let (text, trouble) = (text.to_string(), trouble.clone());
            spawn_local(async move {
                match share::address(&text).await {
                    Ok(address) => browser::go_to(&address),
                    Err(why) => trouble.set(Some(why.into())),
                }
            });
        })
    };

    let now = runner.shown.borrow();
    let session = &now.session;
    let marks = match presenter.covered {
        true => Vec::new(),
        false => runner.marks(),
    };
    // A recorded run answers for its own program, whatever stands in the editor.
    let is_recorded = matches!(session.stage, Stage::Recorded(_));
    let is_its_run = runner.is_as_run() || is_recorded;
    let outcome = (is_its_run && Facts::are_there(session)).then(|| {
        let facts = Facts::of(session, &now.source, session.until(browser::now_ms()));
        let answer = lesson.answer.of(&facts);
        // An edited program may give the answer and lack what explains it.
        answer.map(|answer| (lesson.because(&answer, &facts).unwrap_or_default(), answer))
    });
    let was_stopped = !session.was_blocked
        && matches!(&session.stage, Stage::Ended { end, .. } if *end != End::Own);
    let outcome = match outcome {
        Some(_) if was_stopped => Some(Err(
            "You stopped the program before it gave its answer.".to_owned()
        )),
        Some(Err(_)) if session.blocked.is_some() => Some(Err(
            "The program is stuck, so it gives no answer. Press Stop.".to_owned(),
        )),
        outcome => outcome,
    };
    use_effect_with(outcome.as_ref().is_some_and(Result::is_ok), {
        let name = props.name.clone();
        move |is_done| {
            if *is_done {
                set_done(&name);
            }
        }
    });
    let is_changed = **text != *lesson.program;
    let on_reset = {
        let (text, program) = (text.setter(), lesson.program.clone());
        Callback::from(move |_: MouseEvent| text.set(program.clone().into()))
    };
    // A click on a line of the answer shows the line, and the wait in the lanes.
    let on_line = {
        let (handle, outlined) = (handle.clone(), is_outlined.setter());
        Callback::from(move |event: MouseEvent| {
            let button = event.target_dyn_into::<web_sys::Element>();
            let line = button.and_then(|button| button.get_attribute("data-line"));
            if let Some(line) = line.and_then(|line| line.parse().ok()) {
                handle.go_to(line);
                outlined.set(true);
            }
        })
    };
    let wait = match &outcome {
        Some(Ok((reason, _))) if *is_outlined => reason.wait.clone(),
        _ => None,
    };
    let card = match outcome {
        Some(Ok(_)) if presenter.covered && !*guesses_again => html! {
            <>
                { question(lesson, &guess, true) }
                { covered(&presenter.reveal) }
            </>
        },
        Some(outcome) if !*guesses_again => {
            let again = guesses_again.setter();
            let on_again = Callback::from(move |_: MouseEvent| again.set(true));
            let run = match is_recorded {
                true => "In the recorded run",
                false => "In this run",
            };
            let next = props.next.as_deref().map(|next| {
                link(
                    next,
                    &props.on_open,
                    Some("next-lesson"),
                    html! { { "Next lesson ›" } },
                )
            });
            let guess = guessed.as_deref();
            answer(
                lesson,
                run,
                guess,
                &outcome,
                on_again,
                on_line,
                next.unwrap_or_default(),
            )
        }
        _ => question(lesson, &guess, session.is_busy()),
    };
    html! {
        <div class="lesson" data-lesson={props.name.clone()} onkeydown={runner.onkeydown.clone()}>
            <div class="lesson-left">
                <section class="lesson-text">
                    <h2 class="question">{ inline(&lesson.title) }</h2>
                    { markdown(&lesson.text) }
                </section>
                <section class="panel playground-editor" aria-label="Program">
                    <pre class="print-only"><code>{ (*text).clone() }</code></pre>
                    <Editor text={(*text).clone()} {marks} on_edit={on_edit.clone()} {handle}
                        is_loaded={is_editor_there} />
                    <div class="lesson-tools">
                        { for knobs(&text).into_iter().map(|knob| {
                            let (name, text, edit) = (knob.name.clone(), text.clone(), on_edit.clone());
                            let onchange = Callback::from(move |event: Event| {
                                if let Some(select) = event.target_dyn_into::<web_sys::HtmlSelectElement>() {
                                    edit.emit(turned(&text, &name, &select.value()));
                                }
                            });
                            let is_other = !knob.choices.contains(&knob.value);
                            html! {
                                <label class="knob" key={knob.name.clone()}>
                                    <span>{ knob.label.clone() }</span>
                                    <select id={format!("knob-{}", knob.name)} {onchange} disabled={session.is_busy()}>
                                        { for is_other.then_some(&knob.value).into_iter().chain(&knob.choices).map(|choice| html! {
                                            <option key={choice.clone()} value={choice.clone()}
                                                selected={*choice == knob.value}>{ choice.replace('_', "") }</option>
                                        }) }
                                    </select>
                                </label>
                            }
                        }) }
                        <span class="lesson-buttons">
                            <button type="button" id="reset" onclick={on_reset} disabled={!is_changed}>{ "Reset" }</button>
                            <button type="button" id="open-playground" onclick={on_open}
                                title="Opens this program in the playground">{ "Edit it yourself" }</button>
                        </span>
                    </div>
                    if let Some(why) = &*trouble {
                        <p class="advice is-bad" role="alert">{ why.clone() }</p>
                    }
                </section>
            </div>
            <div class="lesson-right">
                <section class="panel lesson-question" id="lesson-question" aria-label="Question">{ card }</section>
                if can_run {
                    { runner.bar() }
                } else {
                    { recorded_bar(&recorded, session, **text != *lesson.program, &on_run) }
                }
                <div class="lesson-look note">{ markdown(&format!("**Look:** {}", lesson.look)) }</div>
                if presenter.covered {
                    <p class="note" id="stage-covered">{ "What the program prints and what its processes do are \
                        covered until the answer is shown." }</p>
                } else {
                    { runner.stage(wait, false, &on_save_trouble) }
                }
            </div>
            <Rust name={props.name.clone()} />
            <div class="for-teachers">
                <p class="note">
                    <button type="button" class="link" id="present" aria-pressed={presenter.on.to_string()}
                        onclick={presenter.toggle.clone()}>{ "Presenter view" }</button>
                    { format!(": large type, and keys: {}.", keys("lesson")) }
                </p>
                <ClassLink query={format!("learn={}{}", props.name, link_part(&text, &lesson.program))}
                    additions={vec![
                        Addition::new(class_link::HIDDEN, "The answer is hidden until it is asked for"),
                        Addition::new(class_link::PRESENT, "Presenter view"),
                        Addition::new(class_link::EMBED, "For a frame in another page: only the lesson, with a \
                            recorded run where that page forbids Python’s processes"),
                    ]}
                    note={(turned_by_knobs(&text, &lesson.program) != **text).then_some(
                        "It opens the lesson’s own program with these knobs: what you changed besides \
                         does not travel. “Edit it yourself” has a link that is the whole program.")} />
            </div>
        </div>
    }
}

/// The lesson's program with the values that the knobs have in this one.
fn turned_by_knobs(program: &str, original: &str) -> String {
    let all = knobs(program);
    all.iter().fold(original.to_owned(), |text, knob| {
        turned(&text, &knob.name, &knob.value)
    })
}

/// Stands for the answer until it is asked for.
fn covered(reveal: &Callback<MouseEvent>) -> Html {
    html! {
        <div class="lesson-answer" id="cover">
            <p role="status">{ "The program has answered." }</p>
            <p><button type="button" id="reveal" onclick={reveal}>{ "Show the answer" }</button></p>
        </div>
    }
}

/// What is asked before the run.
fn question(lesson: &Lesson, guess: &UseStateHandle<Option<String>>, busy: bool) -> Html {
    let is_long = lesson
        .choices
        .iter()
        .any(|choice| choice.text.chars().count() > LONG_CHOICE);
    html! {
        <fieldset class="field" disabled={busy}>
            <legend>{ inline(&lesson.question) }</legend>
            <div class={classes!("choices", is_long.then_some("is-long"))}>
                { for lesson.choices.iter().map(|choice| {
                    let onchange = {
                        let (guess, value) = (guess.clone(), choice.value.clone());
                        Callback::from(move |_: Event| guess.set(Some(value.clone())))
                    };
                    html! {
                        <label class="choice" key={choice.value.clone()}>
                            <input type="radio" name="guess" value={choice.value.clone()} {onchange}
                                checked={guess.as_ref() == Some(&choice.value)} />
                            <span><span>{ inline(&choice.text) }</span></span>
                        </label>
                    }
                }) }
            </div>
        </fieldset>
    }
}

/// What the run answers, beside the guess.
fn answer(
    lesson: &Lesson,
    run: &str,
    guess: Option<&str>,
    outcome: &Result<(Reason, String), String>,
    on_again: Callback<MouseEvent>,
    on_line: Callback<MouseEvent>,
    next: Html,
) -> Html {
    let again = html! {
        <button type="button" id="guess-again" onclick={on_again}>{ "Guess again" }</button>
    };
    let (reason, value) = match outcome {
        Ok(outcome) => outcome,
        Err(why) => {
            return html! {
                <>
                    <p class="lesson-verdict" id="answer-trouble" role="status">{ why.clone() }</p>
                    <p>{ again }</p>
                </>
            };
        }
    };
    let text = |value: &str| match lesson.choice(value) {
        Some(choice) => inline(&choice.text),
        None => html! { <code>{ value.to_owned() }</code> },
    };
    let is_right = guess == Some(value.as_str());
    html! {
        <>
            <div id="run-answer" data-answer={value.clone()} role="status" onclick={on_line}
                class={classes!("lesson-answer", is_right.then_some("is-right"))}>
                <p class="lesson-verdict">
                    { match guess {
                        Some(_) if is_right => html! { { "You guessed it: " } },
                        Some(guess) => html! { <>{ "You guessed: " }{ text(guess) }{ format!(". {run}: ") }</> },
                        None => html! { { format!("{run}: ") } },
                    } }
                    <strong>{ text(value) }</strong>{ "." }
                </p>
                { markdown(&reason.text) }
            </div>
            <p class="lesson-after">{ again }{ next }</p>
        </>
    }
}
