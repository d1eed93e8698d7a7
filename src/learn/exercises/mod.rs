//! The exercises (`?learn=exercises&seed=7`): questions with numbers of their own on each
//! machine, which are checked at once, and a result to hand in.
//!
//! [`sheet`] says which questions a seed draws, [`pencil`] makes those that are calculated,
//! [`check`] says whether an answer is right, [`result`] writes what is handed in; [`work`]
//! holds the answers, [`question`] draws one question, and [`key`] the answers for the teacher.
//! Programs run as in the lessons.

mod check;
mod key;
mod pencil;
mod question;
mod random;
mod result;
mod sheet;
#[cfg(test)]
mod tests;
mod work;

use super::address::EXERCISES;
use super::course::{Course, fetched};
use super::trouble::trouble;
use crate::browser;
use crate::class_link::{self, Addition, ClassLink};
use crate::playground::shown::SharedShown;
use crate::playground::{run, runner::use_download};
use crate::save;
use crate::student::{self, NameField};
use check::{Check, Question};
use question::{Asked, question};
#[cfg(feature = "measure")]
pub use result::SCHEMA;
use result::{Result as HandedIn, kept};
use std::rc::Rc;
use work::{Change, Work, outcome};
use yew::platform::spawn_local;
use yew::prelude::*;

/// Said once before a file without a name is saved.
const NO_NAME: &str = "There is no name in the file yet, so nobody will know whose it is. Type your \
    name, or save again to leave it out.";

/// The largest seed that an address may give.
const LARGEST_SEED: u32 = 999_999;

/// The seed of the address. Where there is none, one is drawn and put into the address, so
/// that neighbours get different numbers.
fn seed() -> u32 {
    let query = browser::query();
    let given = class_link::value(&query, "seed").and_then(|seed| seed.parse().ok());
    given
        .filter(|seed| *seed <= LARGEST_SEED)
        .unwrap_or_else(|| {
            let drawn = 1000 + (js_sys::Math::random() * 9000.0) as u32;
            let options = class_link::options(&query);
            browser::replace_query(&format!("learn={EXERCISES}&seed={drawn}{options}"));
            drawn
        })
}

async fn fetch(course: Rc<Course>, seed: u32) -> Result<Vec<Question>, String> {
    let groups = fetched(&["exercises.md"], |texts| sheet::read_exercises(&texts[0])).await?;
    let mut exercises = Vec::new();
    for exercise in sheet::draw(&groups, seed) {
        let lesson = course.lesson(&exercise.lesson).await?;
        exercises.push((exercise, Rc::new(lesson)));
    }
    Ok(sheet::questions(exercises, seed))
}

/// The properties of [`Exercises`].
#[derive(Properties, PartialEq)]
pub struct Props {
    pub course: Rc<Course>,
}

/// Fetches the exercises and shows a sheet of them.
#[component]
pub fn Exercises(props: &Props) -> Html {
    let seed = *use_memo((), |()| seed());
    let questions = use_state_eq(|| None::<Result<Rc<[Question]>, AttrValue>>);
    use_effect_with((), {
        let (course, questions) = (props.course.clone(), questions.setter());
        move |()| {
            browser::describe(
                "Exercises",
                "Questions about Python programs with several processes, with numbers of your \
                 own: answer, let the program run here, and hand in the result.",
            );
            spawn_local(async move {
                let fetched = fetch(course, seed).await;
                questions.set(Some(fetched.map(Rc::from).map_err(|why| {
                    format!("The exercises could not be read. {why}").into()
                })));
            });
        }
    });
    match &*questions {
        None => html! { <p class="note" role="status">{ "The exercises are being fetched…" }</p> },
        Some(Err(why)) => trouble(why),
        Some(Ok(questions)) if browser::has_part(&browser::query(), key::KEY) => html! {
            <key::Key {seed} questions={questions.clone()} />
        },
        Some(Ok(questions)) => html! { <Sheet {seed} questions={questions.clone()} /> },
    }
}

#[derive(Properties, PartialEq)]
struct SheetProps {
    seed: u32,
    questions: Rc<[Question]>,
}

/// The sheet.
#[component]
fn Sheet(props: &SheetProps) -> Html {
    let (seed, questions) = (props.seed, &props.questions);
    let isolated = use_memo((), |()| browser::Isolation::of_page()).is_isolated();
    let is_hidden = class_link::are_answers_hidden(&browser::query());
    let shown = (*use_memo((), |()| SharedShown::default())).clone();
    let update = use_force_update();
    let download = use_download();
    let work = {
        let count = questions.len();
        use_reducer(move || {
            Work::new(
                count,
                &browser::kept_text(&kept_name(seed)).unwrap_or_default(),
            )
        })
    };
    let refusal = use_state_eq(|| None::<AttrValue>);
    let is_warned = use_state_eq(|| false);

    use_effect_with((), {
        let shown = shown.clone();
        move |()| move || shown.kill()
    });
    use_effect_with(work.answers.clone(), move |answers| {
        let kept = kept(answers);
        if !kept.is_empty() {
            browser::keep_text(&kept_name(seed), &kept);
        }
    });
    // What the run answers.
    let now = shown.borrow();
    let answered = work.running.and_then(|at| {
        Some((
            at,
            outcome(
                &questions[at],
                &work.given[at],
                &now.session,
                browser::now_ms(),
            )?,
        ))
    });
    let busy = now.session.is_busy();
    use_effect_with(answered, {
        let (shown, work) = (shown.clone(), work.dispatcher());
        move |answered| {
            if let Some((at, outcome)) = answered.clone() {
                // A program that is stuck would wait for ever.
                shown.kill();
                work.dispatch(match outcome {
                    Ok(answered) => Change::Answer(at, answered),
                    Err(why) => Change::Fail(at, why.into()),
                });
            }
        }
    });

    let on_check = {
        let (shown, work, questions) = (shown.clone(), work.clone(), questions.clone());
        Callback::from(move |at: usize| match work.check(at, &questions[at]) {
            Some(change) => work.dispatch(change),
            None if shown.borrow().session.is_busy() => {}
            None => {
                if let Check::Run { program, .. } = &questions[at].check {
                    // In this order, so that the run before is not taken for this one.
                    run::start(program.clone(), true, shown.clone(), update.clone());
                    work.dispatch(Change::Run(at));
                }
            }
        })
    };
    let on_stop = {
        let shown = shown.clone();
        Callback::from(move |()| shown.kill())
    };
    let on_give = {
        let work = work.dispatcher();
        Callback::from(move |(at, text)| work.dispatch(Change::Give(at, text)))
    };
    let save = |ending: &'static str| {
        let (questions, work) = (questions.clone(), work.clone());
        let (refusal, is_warned) = (refusal.setter(), is_warned.clone());
        Callback::from(move |_: MouseEvent| {
            if student::name().is_empty() && !*is_warned {
                is_warned.set(true);
                refusal.set(Some(NO_NAME.into()));
                browser::focus("name");
                return;
            }
            let saved_at = String::from(js_sys::Date::new_0().to_iso_string());
            let result = HandedIn {
                name: &student::name(),
                seed,
                saved_at: &saved_at,
                questions: &questions,
                answers: &work.answers,
            };
            let begin = student::file_name("manyhands-exercises");
            let file = format!("{begin}-{seed}.{ending}");
            let saved = match ending {
                "json" => save::save(&file, "application/json", &result.to_json()),
                _ => save::save(&file, "text/csv", &result.to_csv()),
            };
            refusal.set(saved.err().map(AttrValue::from));
        })
    };
    let on_anew = Callback::from(move |_: MouseEvent| {
        browser::forget_text(&kept_name(seed));
        student::forget();
        browser::reload();
    });
    let (done, of) = (work.answers.iter().flatten().count(), questions.len());
    let right = work
        .answers
        .iter()
        .flatten()
        .filter(|answered| answered.right)
        .count();
    let score = match is_hidden {
        true => format!("{done} of {of} answered"),
        false => format!("{right} of {of} right, {done} answered"),
    };
    html! {
        <div class="exercises" data-seed={seed.to_string()}>
            <section class="about">
                <h2 class="question">{ "Exercises" }</h2>
                <p class="explanation">
                    { format!("This is sheet {seed}. Other sheets have other numbers, and this page’s \
                        address opens this one again on any machine. Each question is answered once: \
                        choose or calculate first, then check.") }
                </p>
                <p class="print-only">{ format!("Sheet {seed}. Name:") }</p>
            </section>
            <ol class="exercise-list">
                { for questions.iter().enumerate().map(|(at, one)| question(Asked {
                    at,
                    question: one,
                    work: &work,
                    busy,
                    isolated,
                    is_hidden,
                    session: &now.session,
                    download,
                    on_give: &on_give,
                    on_check: &on_check,
                    on_stop: &on_stop,
                })) }
            </ol>
            <section class={classes!("panel", "exercise-result", (done == 0).then_some("is-unanswered"))} aria-label="Result">
                <h3 class="panel-title">{ "Result" }</h3>
                <p class="exercise-score" id="score" role="status" data-right={(!is_hidden).then(|| right.to_string())}>{ score }</p>
                <NameField />
                <p class="exercise-save">
                    <button type="button" id="save-json" onclick={save("json")}>{ "Save JSON" }</button>
                    <button type="button" id="save-csv" onclick={save("csv")}>{ "Save CSV" }</button>
                    if done != 0 {
                        <button type="button" id="anew" onclick={on_anew}>{ "Forget my answers and my name" }</button>
                    }
                </p>
                if let Some(why) = &*refusal {
                    <p class="error" role="alert">{ why.clone() }</p>
                }
                <p class="note">
                    { "Nothing is sent anywhere: the name and the answers stay in this browser, and \
                       in the file if you save it. " }
                    <a href={format!("?learn={EXERCISES}")}>{ "Another sheet" }</a>
                </p>
            </section>
            <div class="for-teachers">
                <p class="note">
                    <a id="key" href={format!("?learn={EXERCISES}&seed={seed}&{}", key::KEY)}>{ "Answers, for the teacher" }</a>
                    { ": on a page to print. A student who looks for it finds it, too." }
                </p>
                <ClassLink query={format!("learn={EXERCISES}")} additions={vec![
                    Addition::new(format!("seed={seed}"), "Everybody gets this sheet; otherwise each gets one of their own"),
                    Addition::new(class_link::HIDDEN, "Whether an answer is right stands only in the file"),
                ]} />
            </div>
        </div>
    }
}

/// The name under which the browser keeps the answers of a sheet.
fn kept_name(seed: u32) -> String {
    format!("manyhands exercises {seed}")
}
