//! The name that a student types for the files that are handed in. It stays in this browser,
//! and in the files.

use super::browser;
use yew::prelude::*;

const KEPT: &str = "manyhands name";
/// The longest name, in characters.
const MAX_CHARS: usize = 80;

/// The name, without spaces around it; empty if there is none.
pub fn name() -> String {
    let name = browser::kept_text(KEPT).unwrap_or_default();
    name.trim().to_owned()
}

/// Forgets the name.
pub fn forget() {
    browser::forget_text(KEPT);
}

/// The beginning of a file's name, with the student's name behind it if there is one.
pub fn file_name(begin: &str) -> String {
    named(begin, &name())
}

fn named(begin: &str, name: &str) -> String {
    let plain: String = (name.chars())
        .map(|char| if char.is_alphanumeric() { char } else { '-' })
        .collect();
    match plain.is_empty() {
        true => begin.to_owned(),
        false => format!("{begin}-{plain}"),
    }
}

/// The field for the name.
#[component]
pub fn NameField() -> Html {
    let shown = use_state_eq(name);
    let oninput = {
        let shown = shown.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
                let text: String = input.value().chars().take(MAX_CHARS).collect();
                browser::keep_text(KEPT, &text);
                shown.set(text);
            }
        })
    };
    html! {
        <label class="student-name">
            <span>{ "Your name, for the files that you hand in" }</span>
            <input id="name" autocomplete="off" value={(*shown).clone()} {oninput} />
        </label>
    }
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn a_name_is_made_fit_for_a_file() {
        assert_eq!(named("manyhands", ""), "manyhands");
        assert_eq!(named("manyhands", "Ada L./é"), "manyhands-Ada-L--é");
    }
}
