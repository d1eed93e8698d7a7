//! A part of the page that is closed at first.

use yew::prelude::*;

/// The properties of [`Section`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The element's id is `section-` and this.
    pub name: &'static str,
    /// The heading.
    pub title: AttrValue,
    /// What is inside, in a few words beside the heading.
    #[prop_or_default]
    pub about: AttrValue,
    /// The content.
    pub children: Html,
}

/// The part. Whether it is open belongs to the element and not to the state of the page, so
/// it stays as it is when another experiment is shown.
#[component]
pub fn Section(props: &Props) -> Html {
    html! {
        <details class="section" id={format!("section-{}", props.name)}>
            <summary>
                <h3 class="section-name">{ &props.title }</h3>
                <span class="note">{ &props.about }</span>
            </summary>
            <div class="section-body">{ props.children.clone() }</div>
        </details>
    }
}
