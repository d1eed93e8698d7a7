//! The list of the lessons.

use super::super::browser;
use super::address::{EXERCISES, link};
use super::choice::Choice;
use super::course::Course;
use super::done::done;
use super::lesson::Entry;
use std::rc::Rc;
use yew::prelude::*;

/// The properties of [`List`].
#[derive(Properties, PartialEq)]
pub struct Props {
    pub course: Rc<Course>,
    /// Opens a lesson by its name.
    pub on_open: Callback<String>,
}

/// All lessons or those that the teacher has chosen, with those that are done, and where to go
/// on.
#[component]
pub fn List(props: &Props) -> Html {
    let Props { course, on_open } = props;
    use_effect_with((), |()| {
        browser::describe(
            "Learn",
            "Short lessons on Python’s multiprocessing: read a program, guess what it does, run \
             it in this browser, and see whether you were right.",
        );
    });
    let done = done();
    let is_done = |name: &str| done.iter().any(|other| other == name);
    let entries = &course.entries;
    let is_choice = *entries != course.all;
    let next = entries.iter().find(|entry| !is_done(&entry.name));
    // A choice is one list in its own order.
    let group_of = |entry: &Entry| match is_choice {
        true => "Lessons for this class".to_owned(),
        false => entry.group.clone(),
    };
    let mut groups: Vec<String> = entries.iter().map(group_of).collect();
    groups.dedup();
    let finished = entries.iter().filter(|entry| is_done(&entry.name)).count();
    html! {
        <>
            <section class="about">
                <h2 class="question">{ "Learn to use many processes" }</h2>
                <p class="explanation">
                    { "One idea in each lesson, about five minutes. Read a short program, guess \
                       what it does, run it here, and see whether you were right." }
                </p>
                <p>
                    if let Some(next) = next {
                        <span class="learn-next">{ link(&next.name, on_open, Some("learn-next"), html! {
                            { format!("{}: {}", if finished == 0 { "Begin" } else { "Go on" }, next.title) }
                        }) }</span>
                    }
                    if finished > 0 {
                        <span class="note">{ format!("{finished} of {} done", entries.len()) }</span>
                    }
                    if is_choice {
                        <a class="learn-all" id="all-lessons" href="?learn">{ format!("All {} lessons", course.all.len()) }</a>
                    }
                </p>
            </section>
            { for groups.iter().map(|group| html! {
                <section class="learn-group" key={group.to_string()}>
                    <h3 class="panel-title">{ group.to_string() }</h3>
                    <ol>
                        { for entries.iter().enumerate().filter(|(_, entry)| group_of(entry) == **group).map(|(at, entry)| html! {
                            <li key={entry.name.clone()}>{ link(&entry.name, on_open, None, html! {
                                <>
                                    <span class="learn-number numeric" aria-hidden="true">{ at + 1 }</span>
                                    <span class="learn-title">{ entry.title.clone() }</span>
                                    if is_done(&entry.name) { <span class="learn-done">{ "done" }</span> }
                                </>
                            }) }</li>
                        }) }
                    </ol>
                </section>
            }) }
            if !is_choice {
                <section class="learn-teachers" id="for-teachers">
                    <h3 class="panel-title">{ "For teachers" }</h3>
                    <p class="explanation">
                        { "The day before, open " }<a href="?check">{ "the check-up" }</a>{ " on each laptop: \
                           it says what is missing, and can keep the site there for lessons without a \
                           connection. Below each lesson and \
                           experiment is a link for the class, with its settings and with the answer hidden or \
                           not, and a presenter view. For several lessons, choose them below: they get one link. " }
                        { link(EXERCISES, on_open, Some("exercises"), html! { { "Exercises" } }) }
                        { " are checked here and handed in as a file, and " }
                        <a href="?class">{ "all results of a class" }</a>
                        { " make one picture." }
                    </p>
                    <Choice course={course.clone()} />
                </section>
            }
        </>
    }
}
