//! The header of the page: its name, what it is, and whether processes can run.

use super::browser::{self, Isolation};
use charts::geometry::plural;
use yew::prelude::*;

/// The header, which also names the number of logical cores.
pub fn header(isolation: &Isolation, cores: u32) -> Html {
    html! {
        <header class="masthead">
            // The same drawing as the page's icon.
            <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
                <rect class="logo-ground" width="32" height="32" rx="7" />
                <path class="logo-lanes" d="M7 9h18M7 16h8M7 23h8M19 16h6M19 23h4" />
            </svg>
            <h1>{ "Manyhands" }</h1>
            <p class="tagline">
                { "Python’s " }<code>{ "multiprocessing" }</code>
                { ", live in your browser: the same real work on this page’s one thread and in \
                   real, separate processes, measured side by side." }
            </p>
            { isolation_status(isolation, cores) }
        </header>
    }
}

/// Whether processes can run here, and if not, why.
pub fn isolation_status(isolation: &Isolation, cores: u32) -> Html {
    match isolation {
        Isolation::Isolated => html! {
            <p class="level level-good" id="level">
                <svg class="level-mark" viewBox="0 0 10 10" aria-hidden="true">
                    <path d="M1 5.5L4 8.5L9 2" fill="none" stroke="currentColor" stroke-width="2" />
                </svg>
                <span>
                    { format!(
                        "Ready for processes: this page is isolated, so they can share memory. \
                         This browser tells of {}.",
                        plural(cores.into(), "logical core", "logical cores"),
                    ) }
                </span>
            </p>
        },
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
