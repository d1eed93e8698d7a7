//! The lessons (`?learn`): a list of them, and `?learn=NAME` for one.
//!
//! What a lesson says is in the files of the folder `lessons/`, which [`course`] fetches and
//! [`lesson`] reads; [`answer`] reads from a run what the lesson asks, [`waited`] which wait explains
//! it, and [`knobs`] changes constants of the program. [`list`] and [`screen`] draw, [`rust`] the
//! same program in Rust; [`choice`] is a teacher's choice of lessons. [`recorded`] stands for a run
//! where Python cannot run. [`exercises`] makes a sheet of questions of them. Programs run as in
//! the playground, whose parts are used here.

mod answer;
mod choice;
mod course;
mod done;
pub mod exercises;
mod knobs;
mod lesson;
mod list;
mod markdown;
mod recorded;
mod rust;
mod screen;
#[cfg(test)]
mod tests;
mod waited;

use super::browser::{self, Isolation};
use super::class_link;
use super::hatches::hatches;
use super::header::{Part, isolation_status, site_footer, site_header};
use course::Course;
use screen::Screen;
use std::rc::Rc;
use yew::platform::spawn_local;
use yew::prelude::*;

/// Whether this query opens the lessons: `?learn` or `?learn=NAME`.
pub fn is_opened_by(query: &str) -> bool {
    lesson_of(query).is_some()
}

/// The name of the lesson that a query opens; empty for the list.
fn lesson_of(query: &str) -> Option<String> {
    let mut parts = query.trim_start_matches('?').split('&');
    parts.find_map(|part| match part.split_once('=') {
        None => (part == "learn").then(String::new),
        Some((key, name)) => (key == "learn").then(|| name.to_owned()),
    })
}

/// The lessons.
#[component]
pub fn Learn() -> Html {
    let isolation = use_memo((), |()| Isolation::of_page());
    let name = use_state_eq(|| lesson_of(&browser::query()).unwrap_or_default());
    let course = use_state_eq(|| None::<Result<Rc<Course>, AttrValue>>);

    use_effect_with((), {
        let course = course.setter();
        move |()| {
            spawn_local(async move {
                let loaded = Course::fetch().await;
                let loaded = loaded.map(|course| choice::chosen_by(&browser::query(), course));
                course.set(Some(loaded.map(Rc::new).map_err(AttrValue::from)));
            });
        }
    });
    use_effect_with((), {
        let name = name.setter();
        move |()| {
            let listener = browser::on_back(move || {
                name.set(lesson_of(&browser::query()).unwrap_or_default());
            });
            move || drop(listener)
        }
    });
    let on_open = {
        let name = name.setter();
        Callback::from(move |to: String| {
            browser::push_query(&address_of(&to));
            browser::scroll_to_top();
            name.set(to);
        })
    };
    let content = match &*course {
        None => html! { <p class="note" role="status">{ "The lessons are being fetched…" }</p> },
        Some(Err(why)) => trouble(why),
        Some(Ok(course)) if name.is_empty() => html! {
            <list::List course={course.clone()} on_open={on_open.clone()} />
        },
        Some(Ok(course)) if *name == exercises::NAME => html! {
            <exercises::Exercises course={course.clone()} />
        },
        Some(Ok(course)) => html! {
            <Screen key={(*name).clone()} course={course.clone()} name={(*name).clone()} {on_open} />
        },
    };
    if browser::has_part(&browser::query(), class_link::EMBED) {
        let own = format!(
            "{}?{}",
            browser::bare_address(),
            address_without_embed(&name)
        );
        return html! {
            <main id="learn" class="is-embedded" tabindex="-1">
                { hatches() }
                { isolation_status(&isolation) }
                { content }
                <p class="note"><a id="own-page" href={own} target="_blank" rel="noopener">{ "Open this in a tab of its own" }</a></p>
            </main>
        };
    }
    html! {
        <div class="page">
            { hatches() }
            <a class="skip" href="#learn">{ "To the lesson" }</a>
            { site_header(Part::Learn) }
            { isolation_status(&isolation) }
            <main id="learn" tabindex="-1">{ content }</main>
            { site_footer(Html::default()) }
        </div>
    }
}

/// The query of a lesson, or of the list if the name is empty, with the options of this page's
/// address: the presenter view, hidden answers, a frame.
fn address_of(name: &str) -> String {
    let options = class_link::options(&browser::query());
    match name {
        "" => format!("learn{options}"),
        name => format!("learn={name}{options}"),
    }
}

/// The query of a lesson on a page of its own, with the knobs that this page's address gives.
fn address_without_embed(name: &str) -> String {
    let query = browser::query();
    let query = class_link::with_option(&query, class_link::EMBED, false);
    match lesson_of(&query).as_deref() == Some(name) {
        true => query,
        false => address_of(name).replace(&format!("&{}", class_link::EMBED), ""),
    }
}

/// Says why there is nothing to show.
fn trouble(why: &str) -> Html {
    html! {
        <p class="advice is-bad" id="lesson-trouble" role="alert">
            <span>{ why.to_owned() }</span>
            <button type="button" onclick={|_| browser::reload()}>{ "Try again" }</button>
        </p>
    }
}

/// A link inside the lessons, which does not load the page anew. `to` is a lesson's name, or
/// empty for the list.
fn link(to: &str, on_open: &Callback<String>, id: Option<&'static str>, content: Html) -> Html {
    let onclick = {
        let (to, open) = (to.to_owned(), on_open.clone());
        Callback::from(move |event: MouseEvent| {
            // Clicks that open a new tab or window are left to the browser.
            if event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0 {
                return;
            }
            event.prevent_default();
            open.emit(to.clone());
        })
    };
    let address = format!("?{}", address_of(to));
    html! { <a {id} href={address} {onclick}>{ content }</a> }
}
