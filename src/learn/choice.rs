//! A choice of lessons: `&lessons=pipe,value` in the address shows only these, in this order, and
//! leads through them. The teacher makes the address here.

use super::course::Course;
use super::lesson::Entry;
use crate::class_link::{self, Addition, ClassLink, LESSONS};
use std::rc::Rc;
use yew::prelude::*;

/// The names of the lessons that a query chooses; empty if it chooses none.
pub fn names(query: &str) -> Vec<String> {
    let list = class_link::value(query, LESSONS).unwrap_or_default();
    // (Some programs that pass addresses on write a comma so.)
    let list = list.replace("%2C", ",").replace("%2c", ",");
    let mut names: Vec<String> = Vec::new();
    for name in list.split(',').filter(|name| !name.is_empty()) {
        if !names.iter().any(|other| other == name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// The course with the lessons that the query chooses. Names that no lesson has are passed over;
/// if nothing is left, all lessons are listed.
pub fn chosen_by(query: &str, course: Course) -> Course {
    let names = names(query);
    let find = |name: &String| course.all.iter().find(|entry| entry.name == *name);
    let entries: Vec<Entry> = names.iter().filter_map(find).cloned().collect();
    match entries.is_empty() {
        true => course,
        false => Course { entries, ..course },
    }
}

/// The properties of [`Choice`].
#[derive(Properties, PartialEq)]
pub struct Props {
    pub course: Rc<Course>,
}

/// The lessons to choose from, and the link to those that are chosen.
#[component]
pub fn Choice(props: &Props) -> Html {
    let all = &props.course.all;
    let chosen = use_state_eq(Vec::<Entry>::new);
    let row = |entry: &Entry| {
        let place = chosen.iter().position(|one| one.name == entry.name);
        let onchange = {
            let (chosen, entry) = (chosen.clone(), entry.clone());
            Callback::from(move |_: Event| {
                let mut other = (*chosen).clone();
                match place {
                    Some(place) => drop(other.remove(place)),
                    None => other.push(entry.clone()),
                }
                chosen.set(other);
            })
        };
        html! {
            <label class="check" key={entry.name.clone()}>
                <input type="checkbox" data-chooses={entry.name.clone()} checked={place.is_some()} {onchange} />
                <span class="learn-number numeric">{ place.map(|place| (place + 1).to_string()) }</span>
                <span>{ entry.title.clone() }</span>
            </label>
        }
    };
    let names: Vec<&str> = chosen.iter().map(|entry| entry.name.as_str()).collect();
    html! {
        <details class="class-link" id="choice">
            <summary>{ "Choose lessons for a class" }</summary>
            <div class="class-link-body">
                <p class="note">{ "Tick them in the order in which the class is to meet them. Who opens the \
                    link sees this list only." }</p>
                <div class="choice-list">{ for all.iter().map(row) }</div>
                if !names.is_empty() {
                    <ClassLink query={format!("learn&{LESSONS}={}", names.join(","))} additions={vec![
                        Addition::new(class_link::HIDDEN, "The answers are hidden until they are asked for"),
                        Addition::new(class_link::PRESENT, "Presenter view"),
                    ]} />
                }
            </div>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course() -> Course {
        let entry = |name: &str| Entry {
            name: name.to_owned(),
            title: name.to_owned(),
            group: "All".to_owned(),
        };
        let all = ["hands", "pipe", "value"].map(entry).to_vec();
        Course {
            entries: all.clone(),
            all,
        }
    }

    fn listed(query: &str) -> Vec<String> {
        let chosen = chosen_by(query, course());
        assert_eq!(chosen.all.len(), 3, "every lesson can still be opened");
        chosen.entries.into_iter().map(|entry| entry.name).collect()
    }

    #[test]
    fn a_choice_lists_only_its_lessons_in_its_order() {
        assert_eq!(listed("?learn&lessons=value,hands"), ["value", "hands"]);
        assert_eq!(
            listed("?learn=pipe&lessons=value%2Chands,value"),
            ["value", "hands"]
        );
        assert_eq!(listed("?learn&lessons=nothing,pipe"), ["pipe"]);
    }

    #[test]
    fn without_a_choice_all_are_listed() {
        for query in ["?learn", "?learn&lessons=", "?learn&lessons=nothing"] {
            assert_eq!(listed(query).len(), 3, "{query}");
        }
    }
}
