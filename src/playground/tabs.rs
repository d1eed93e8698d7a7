//! Tabs: several panels in one place, of which one is shown.

use super::super::browser;
use yew::prelude::*;

/// A panel and the name of its tab.
#[derive(Clone, PartialEq)]
pub struct Tab {
    pub id: &'static str,
    pub title: &'static str,
    pub content: Html,
}

#[derive(Properties, PartialEq)]
pub struct Props {
    pub tabs: Vec<Tab>,
}

/// The panels. The arrow keys lead from tab to tab.
#[component]
pub fn Tabs(props: &Props) -> Html {
    let chosen = use_state_eq(|| 0_usize);
    let last = props.tabs.len() - 1;
    let onkeydown = {
        let chosen = chosen.clone();
        let ids: Vec<_> = props.tabs.iter().map(|tab| tab.id).collect();
        Callback::from(move |event: KeyboardEvent| {
            let to = match event.key().as_str() {
                "ArrowRight" if *chosen < last => *chosen + 1,
                "ArrowLeft" if *chosen > 0 => *chosen - 1,
                "Home" | "ArrowRight" => 0,
                "End" | "ArrowLeft" => last,
                _ => return,
            };
            event.prevent_default();
            chosen.set(to);
            browser::focus(&format!("tab-{}", ids[to]));
        })
    };
    html! {
        <section class="panel tabs">
            <div class="tab-list" role="tablist" aria-label="What the program shows" {onkeydown}>
                { for props.tabs.iter().enumerate().map(|(at, tab)| {
                    let is_chosen = at == *chosen;
                    let onclick = {
                        let chosen = chosen.clone();
                        Callback::from(move |_: MouseEvent| chosen.set(at))
                    };
                    html! {
                        <button type="button" role="tab" id={format!("tab-{}", tab.id)}
                            aria-selected={is_chosen.to_string()} aria-controls={format!("panel-{}", tab.id)}
                            tabindex={if is_chosen { "0" } else { "-1" }} {onclick}>{ tab.title }</button>
                    }
                }) }
            </div>
            { for props.tabs.iter().enumerate().map(|(at, tab)| html! {
                <div class="tab-panel" role="tabpanel" id={format!("panel-{}", tab.id)}
                    aria-labelledby={format!("tab-{}", tab.id)} hidden={at != *chosen}>{ tab.content.clone() }</div>
            }) }
        </section>
    }
}
