//! What all pages have in common: the header with the parts of the site, the footer, and
//! whether processes can run.

use super::browser::{self, Isolation, ThemeChoice};
use charts::geometry::plural;
use yew::prelude::*;

/// The parts of the site.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The first page, and what has no link in the header.
    Home,
    Learn,
    Run,
    Measure,
    Rust,
}

/// The links of the header: each part, its address, and its name.
const PARTS: [(Part, &str, &str); 4] = [
    (Part::Learn, "?learn", "Learn"),
    (Part::Run, "?run", "Run your own"),
    (Part::Measure, "?measure", "Measure"),
    (Part::Rust, "?rust", "For Rust"),
];

/// The header of every page; the link to `here` is marked.
pub fn site_header(here: Part) -> Html {
    let link = |(part, address, name): (Part, &'static str, &'static str)| {
        html! {
            <li key={name}>
                <a href={address} aria-current={(part == here).then_some("page")}>{ name }</a>
            </li>
        }
    };
    html! {
        <header class="masthead">
            <h1 class="brand">
                <a href="./">
                    // The same drawing as the page's icon.
                    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
                        <rect class="logo-ground" width="32" height="32" rx="7" />
                        <path class="logo-lanes" d="M7 9h18M7 16h8M7 23h8M19 16h6M19 23h4" />
                    </svg>
                    { "Manyhands" }
                </a>
            </h1>
            <nav class="site" aria-label="Parts of the site"><ul>{ for PARTS.map(link) }</ul></nav>
            <Theme />
        </header>
    }
}

/// The choice between light and dark colours, which the browser keeps.
#[component]
fn Theme() -> Html {
    let chosen = use_state_eq(ThemeChoice::of_page);
    let onchange = {
        let chosen = chosen.clone();
        Callback::from(move |event: Event| {
            if let Some(select) = event.target_dyn_into::<web_sys::HtmlSelectElement>() {
                let choice = ThemeChoice::named(&select.value());
                choice.choose();
                chosen.set(choice);
            }
        })
    };
    html! {
        <select class="theme" id="theme" aria-label="Colours" {onchange}>
            { for ThemeChoice::ALL.map(|choice| html! {
                <option key={choice.name()} value={choice.name()} selected={choice == *chosen}>
                    { choice.title() }
                </option>
            }) }
        </select>
    }
}

/// The footer of every page. `notice` is what this page has to say there of its own.
pub fn site_footer(notice: Html) -> Html {
    html! {
        <footer class="foot">
            <p>
                { "Everything runs in this browser: no request leaves this page’s own address. " }
                { notice }
            </p>
            <ul class="foot-links">
                <li><a href="?glossary">{ "Glossary" }</a></li>
                <li><a href="?check">{ "Check this computer" }</a></li>
                if let Some(source) = browser::named_address("manyhands-source") {
                    <li><a href={source}>{ "Source" }</a></li>
                }
                <li><a href="https://docs.python.org/3/library/multiprocessing.html">{ "Python’s documentation" }</a></li>
                <li><a href="LICENSE-MIT.txt">{ "MIT" }</a>{ " or " }<a href="LICENSE-APACHE.txt">{ "Apache 2.0 licence" }</a></li>
            </ul>
        </footer>
    }
}

/// Why processes cannot run here, if they cannot.
pub fn isolation_status(isolation: &Isolation) -> Html {
    match isolation {
        Isolation::Isolated => Html::default(),
        Isolation::NotIsolated(reason) => html! {
            <p class="level level-bad" id="level" role="alert">
                <svg class="level-mark" viewBox="0 0 10 10" aria-hidden="true">
                    <path d="M1.5 1.5L8.5 8.5M8.5 1.5L1.5 8.5" fill="none" stroke="currentColor" stroke-width="2" />
                </svg>
                <span>
                    <strong>{ "Processes cannot run here. " }</strong>{ reason.clone() }
                    if let Some(address) = browser::address_if_framed() {
                        { " " }<a id="own-tab" href={address} target="_blank" rel="noopener">{ "Open it in a tab of its own" }</a>
                    }
                </span>
            </p>
        },
    }
}

/// That processes can run here, and what the browser tells of the computer; for the footer.
pub fn readiness(isolation: &Isolation, cores: u32) -> Html {
    if !isolation.is_isolated() {
        return Html::default();
    }
    html! {
        { format!(
            "This page is isolated, so that processes can share memory. This browser tells of {}.",
            plural(cores.into(), "logical core", "logical cores"),
        ) }
    }
}

/// Says that the page belongs to an older build of the site, if it does, and offers to
/// reload it.
pub fn update_notice(site_updated: bool) -> Html {
    if !site_updated {
        return Html::default();
    }
    html! {
        <p class="level level-bad updated" id="updated" role="alert">
            <span>
                <span>
                    <strong>{ "This site was updated since this page was opened. " }</strong>
                    { "What it needs to go on is gone from its host. Save the reports that you \
                       want to keep, then reload: your plan is kept." }
                </span>
                <button type="button" id="reload" onclick={|_| browser::reload()}>{ "Reload" }</button>
            </span>
        </p>
    }
}
