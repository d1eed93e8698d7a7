//! What stands in the place of a lesson that cannot be shown.

use super::super::browser;
use yew::prelude::*;

/// Says why there is nothing to show.
pub fn trouble(why: &str) -> Html {
    html! {
        <p class="advice is-bad" id="lesson-trouble" role="alert">
            <span>{ why.to_owned() }</span>
            <button type="button" onclick={|_| browser::reload()}>{ "Try again" }</button>
        </p>
    }
}
