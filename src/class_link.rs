//! The link for the class: an address that opens a lesson, a sheet of exercises or an
//! experiment as it is set here, and with what the teacher adds to it.

use super::browser;
use super::playground::share;
use yew::platform::spawn_local;
use yew::prelude::*;

/// Opens the presenter view.
pub const PRESENT: &str = "present";
/// Leaves out what is around, for a frame in another page.
pub const EMBED: &str = "embed";
/// Covers the answers.
pub const HIDDEN: &str = "answers=hidden";

/// The name of the lessons that the teacher has chosen: `lessons=pipe,value`.
pub const LESSONS: &str = "lessons";

/// Whether a part of an address is kept on the way from one lesson or experiment to another.
fn is_option(part: &str) -> bool {
    let is_choice = part
        .split_once('=')
        .is_some_and(|(name, _)| name == LESSONS);
    is_choice || [PRESENT, EMBED, HIDDEN].contains(&part)
}

/// Whether a query covers the answers.
pub fn are_answers_hidden(query: &str) -> bool {
    browser::has_part(query, HIDDEN)
}

/// The options of a query, each with an `&` before it.
pub fn options(query: &str) -> String {
    let found = browser::parts(query).filter(|part| is_option(part));
    found.map(|part| format!("&{part}")).collect()
}

/// The value that a query gives for a name.
pub fn value<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = browser::parts(query).filter_map(|part| part.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// Puts an option into the page's address, or removes it.
pub fn set_option(option: &str, on: bool) {
    browser::replace_query(&with_option(&browser::query(), option, on));
}

/// A query with an option or without it, and without a `?`.
pub fn with_option(query: &str, option: &str, on: bool) -> String {
    let mut kept: Vec<&str> = (query.trim_start_matches('?').split('&'))
        .filter(|part| part.strip_suffix('=').unwrap_or(part) != option)
        .collect();
    if on {
        kept.push(option);
    }
    kept.join("&")
}

/// What a teacher may add to a link.
#[derive(Clone, PartialEq)]
pub struct Addition {
    /// The part of the address.
    pub part: AttrValue,
    /// What it does.
    pub label: &'static str,
}

impl Addition {
    /// An addition to a link.
    pub fn new(part: impl Into<AttrValue>, label: &'static str) -> Addition {
        Addition {
            part: part.into(),
            label,
        }
    }
}

/// The properties of [`ClassLink`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The query of the link, without a `?` and without additions.
    pub query: AttrValue,
    /// What may be added.
    pub additions: Vec<Addition>,
    /// What the link does not carry, if there is something.
    #[prop_or_default]
    pub note: Option<&'static str>,
}

/// The link, what may be added to it, and a button that copies it.
#[component]
pub fn ClassLink(props: &Props) -> Html {
    // What this page's own address has is in the link as well, unless it is taken out.
    let chosen = use_state_eq(|| {
        let query = browser::query();
        let additions = props.additions.iter();
        (additions.map(|addition| browser::has_part(&query, &addition.part))).collect::<Vec<_>>()
    });
    let copied = use_state_eq(|| None::<AttrValue>);
    let mut address = format!("{}?{}", browser::bare_address(), props.query);
    for (addition, _) in (props.additions.iter().zip(chosen.iter())).filter(|(_, is)| **is) {
        address.push('&');
        address.push_str(&addition.part);
    }
    let is_copied = copied.as_deref() == Some(address.as_str());
    let oncopy = {
        let (address, copied) = (address.clone(), copied.setter());
        Callback::from(move |_: MouseEvent| {
            let (address, copied) = (address.clone(), copied.clone());
            spawn_local(async move {
                let is_copied = share::copy_text(&address).await;
                copied.set(is_copied.then(|| address.into()));
                if !is_copied {
                    browser::select_text("class-link");
                }
            });
        })
    };
    let box_of = |(at, addition): (usize, &Addition)| {
        let onchange = {
            let chosen = chosen.clone();
            Callback::from(move |_: Event| {
                let mut other = (*chosen).clone();
                if let Some(one) = other.get_mut(at) {
                    *one = !*one;
                }
                chosen.set(other);
            })
        };
        html! {
            <label class="check" key={at}>
                <input type="checkbox" data-adds={addition.part.clone()} {onchange}
                    checked={chosen.get(at).copied().unwrap_or_default()} />
                <span>{ addition.label }</span>
            </label>
        }
    };
    html! {
        <details class="class-link">
            <summary>{ "Link for the class" }</summary>
            <div class="class-link-body">
                { for props.additions.iter().enumerate().map(box_of) }
                <div class="class-link-row">
                    <input id="class-link" aria-label="Link for the class" readonly={true} value={address} />
                    <button type="button" id="copy-class-link" onclick={oncopy}>{ "Copy" }</button>
                </div>
                <p class="note" role="status">
                    { if is_copied { "Copied." } else { "" } }
                    { for props.note.map(|note| html! { { note } }) }
                </p>
            </div>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_travel_and_can_be_taken_away() {
        let query = "?learn=pipe&ITEMS=3&present&answers=hidden";
        assert_eq!(options(query), "&present&answers=hidden");
        assert_eq!(options("?learn&lessons=pipe,value"), "&lessons=pipe,value");
        assert!(are_answers_hidden(query));
        assert!(!are_answers_hidden("?learn=pipe&answers=shown"));
        assert_eq!(value(query, "ITEMS"), Some("3"));
        assert_eq!(value(query, "present"), None);
        assert_eq!(
            with_option(query, PRESENT, false),
            "learn=pipe&ITEMS=3&answers=hidden"
        );
        assert_eq!(
            with_option("?learn=pipe", PRESENT, true),
            "learn=pipe&present"
        );
        assert_eq!(
            with_option("?learn=pipe&present=", PRESENT, true),
            "learn=pipe&present"
        );
    }
}
