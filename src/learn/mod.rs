//! The lessons (`?learn`): a list of them, and `?learn=NAME` for one.
//!
//! What a lesson says is in the files of the folder `lessons/`, which [`course`] fetches and
//! [`lesson`] reads; [`answer`] reads from a run what the lesson asks, [`waited`] which wait explains
//! it, and [`knobs`] changes constants of the program. [`list`] and [`screen`] draw, [`rust`] the
//! same program in Rust; [`choice`] is a teacher's choice of lessons. [`recorded`] stands for a run
//! where Python cannot run. [`exercises`] makes a sheet of questions of them. [`address`] says
//! which of all these an address opens. Programs run as in the playground, whose parts are used
//! here.

mod address;
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
mod trouble;
mod waited;

pub use address::is_opened_by;

use super::browser::{self, Isolation};
use super::class_link;
use super::hatches::hatches;
use super::header::{Part, isolation_status, site_footer, site_header};
use address::{EXERCISES, address_of, address_without_embed, lesson_of};
use course::Course;
use screen::Screen;
use std::rc::Rc;
use trouble::trouble;
use yew::platform::spawn_local;
use yew::prelude::*;

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
        Some(Ok(course)) if *name == EXERCISES => html! {
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
