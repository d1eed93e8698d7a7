//! The page `?rust`: how to use the library from Rust, with an example that runs here.

use super::browser::{self, Isolation};
use super::header::{Part, isolation_status, site_footer, site_header};
use super::square;
use yew::platform::spawn_local;
use yew::prelude::*;

/// The example, which is compiled into this page.
const EXAMPLE: &str = include_str!("square.rs");

/// The page.
#[component]
pub fn Rust() -> Html {
    let isolation = use_memo((), |()| Isolation::of_page());
    let result = use_state_eq(|| None::<AttrValue>);
    use_effect_with((), |()| {
        browser::describe(
            "Use it from Rust",
            "The library behind this site: Python’s multiprocessing for Rust programs that are \
             compiled to WebAssembly.",
        );
    });
    let onclick = {
        let result = result.clone();
        Callback::from(move |_: MouseEvent| {
            let result = result.clone();
            spawn_local(async move {
                result.set(Some(match square::main().await {
                    Ok(number) => format!("The process returned {number}.").into(),
                    Err(error) => format!("It failed: {error}").into(),
                }));
            });
        })
    };
    html! {
        <div class="page words-page">
            <a class="skip" href="#rust">{ "To the text" }</a>
            { site_header(Part::Rust) }
            <main id="rust">
                <h2 class="question">{ "Use it from Rust" }</h2>
                { isolation_status(&isolation) }
                <p>
                    { "The library behind this site is made for Rust programs that are compiled \
                       to WebAssembly. It has the names and the rules of Python’s " }
                    <code>{ "multiprocessing" }</code>
                    { ": processes, pipes, queues, locks, shared values, pools, executors and \
                       managers." }
                </p>
                <pre class="panel" tabindex="0" aria-label="Example"><code>{ EXAMPLE }</code></pre>
                <p class="home-act">
                    <button type="button" class="run" id="run" {onclick}
                        disabled={!isolation.is_isolated()}>{ "Run it here" }</button>
                    <output id="rust-result" role="status">{ (*result).clone() }</output>
                </p>
                <p>
                    { "It needs stable Rust 1.95 or newer, no special flags, wasm-bindgen’s target " }
                    <code>{ "web" }</code>
                    { ", and a page that is cross-origin isolated: its host sends the headers " }
                    <code>{ "Cross-Origin-Opener-Policy: same-origin" }</code>{ " and " }
                    <code>{ "Cross-Origin-Embedder-Policy: require-corp" }</code>{ "." }
                </p>
                <ul class="links">
                    if let Some(source) = browser::named_address("manyhands-source") {
                        <li><a href={source}>{ "Source and documentation" }</a></li>
                    }
                    <li><a href="https://docs.python.org/3/library/multiprocessing.html">
                        { "Python’s own documentation of multiprocessing" }</a></li>
                    <li><a href="https://wasm-bindgen.github.io/wasm-bindgen/">
                        { "wasm-bindgen’s guide" }</a></li>
                </ul>
            </main>
            { site_footer(Html::default()) }
        </div>
    }
}
