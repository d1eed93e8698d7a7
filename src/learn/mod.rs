//! The lessons (`?learn`): a list of them, and `?learn=NAME` for one.
//!
//! What a lesson says is in the files of the folder `lessons/`, which [`course`] fetches and
//! [`lesson`] reads; [`answer`] reads from a run what the lesson asks, [`waited`] which wait explains
//! it, and [`knobs`] changes constants of the program. [`list`] and [`screen`] draw, [`rust`] the
//! same program in Rust. Programs run as in the playground,
//! whose parts are used here.

mod answer;
mod course;
mod done;
mod knobs;
mod lesson;
mod list;
mod markdown;
mod rust;
mod screen;
#[cfg(test)]
mod tests;
mod waited;

use super::browser::{self, Isolation};
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
            browser::push_query(&match to.as_str() {
                "" => "learn".to_owned(),
                name => format!("learn={name}"),
            });
            browser::scroll_to_top();
            name.set(to);
        })
    };
    let content = match &*course {
        None => html! { <p class="note" role="status">{ "The lessons are being fetched…" }</p> },
        Some(Err(why)) => trouble(why),
        Some(Ok(course)) if name.is_empty() => list::list(course, &on_open),
        Some(Ok(course)) => html! {
            <Screen key={(*name).clone()} course={course.clone()} name={(*name).clone()} {on_open} />
        },
    };
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
    let address = match to {
        "" => "?learn".to_owned(),
        name => format!("?learn={name}"),
    };
    html! { <a {id} href={address} {onclick}>{ content }</a> }
}
