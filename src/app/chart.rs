//! What charts share: the size of their box, tooltips, patterns for parts.

use super::geometry::{coordinate, place_tooltip, translate};
use super::svg::{column, text};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::Element;
use yew::prelude::*;

/// A drawing's box in pixels, and the size of its text.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Size {
    /// Width; 0 before it was measured.
    pub width: f64,
    /// Height.
    pub height: f64,
    /// The font's size, which margins are counted in.
    pub em: f64,
}

/// The size of the element that `node` refers to, now and whenever it changes:
/// drawing in real pixels keeps text as large as the page's.
#[hook]
pub fn use_size(node: NodeRef) -> Size {
    let size = use_state_eq(Size::default);
    use_effect_with(node, {
        let size = size.clone();
        move |node| {
            let observer = node.cast::<Element>().and_then(|element| {
                size.set(measure(&element));
                let measured = element.clone();
                let closure = Closure::<dyn FnMut()>::new(move || size.set(measure(&measured)));
                let callback = AsRef::<wasm_bindgen::JsValue>::as_ref(&closure).unchecked_ref();
                let observer = web_sys::ResizeObserver::new(callback).ok()?;
                observer.observe(&element);
                Some((observer, closure))
            });
            move || {
                if let Some((observer, closure)) = observer {
                    observer.disconnect();
                    drop(closure);
                }
            }
        }
    });
    *size
}

fn measure(element: &Element) -> Size {
    let em = web_sys::window()
        .and_then(|window| window.get_computed_style(element).ok().flatten())
        .and_then(|style| style.get_property_value("font-size").ok())
        .and_then(|text| text.trim_end_matches("px").parse().ok())
        .unwrap_or(16.0);
    Size {
        width: element.client_width().into(),
        height: element.client_height().into(),
        em,
    }
}

/// A tooltip at a point: the first line is its heading.
pub fn tooltip(lines: &[String], at: (f64, f64), size: Size) -> Html {
    // SVG cannot measure text before it is drawn; digits and lower-case letters
    // of interface fonts are about half as wide as they are high.
    let letter = size.em * 0.85;
    let letters = lines.iter().map(|line| line.chars().count()).max();
    let width = letters.unwrap_or(0) as f64 * letter * 0.56 + size.em * 1.4;
    let line_height = letter * 1.45;
    let height = lines.len() as f64 * line_height + size.em * 0.6;
    let place = place_tooltip(at, (width, height), size.em, (size.width, size.height));
    html! {
        <g class="tooltip" transform={translate(place.x, place.y)} aria-hidden="true">
            <rect width={coordinate(place.width)} height={coordinate(place.height)} rx="6" />
            { for lines.iter().enumerate().map(|(number, line)| {
                let class = if number == 0 { "strong" } else { "" };
                let y = size.em * 0.3 + (number as f64 + 0.74) * line_height;
                text(class, (size.em * 0.7, y), "start", line.clone())
            }) }
        </g>
    }
}

/// A part of a whole: a name, a colour and a pattern that always go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Starting processes.
    StartUp,
    /// Carrying arguments and results.
    Sending,
    /// The work itself, by a process.
    Computing,
    /// The work itself, by the main thread.
    MainThread,
    /// Waiting for something or for others.
    Waiting,
    /// Nothing left to do.
    Idle,
}

impl Part {
    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Part::StartUp => "start-up",
            Part::Sending => "sending",
            Part::Computing => "computing",
            Part::MainThread => "main thread",
            Part::Waiting => "waiting",
            Part::Idle => "idle",
        }
    }

    fn class(self) -> &'static str {
        match self {
            Part::StartUp => "part-startup",
            Part::Sending => "part-sending",
            Part::Computing => "part-computing",
            Part::MainThread => "part-main",
            Part::Waiting => "part-waiting",
            Part::Idle => "part-idle",
        }
    }

    fn pattern_id(self) -> String {
        format!("{}-pattern", self.class())
    }

    /// The mark drawn over the part's colour, in a square of eight pixels.
    fn mark(self) -> Html {
        match self {
            Part::Computing => Html::default(),
            Part::MainThread => html! { <path class="fill-mark" d="M0 4H8" stroke-width="1.2" /> },
            Part::StartUp => {
                html! { <path class="fill-mark" d="M-2 2L2 -2M0 8L8 0M6 10L10 6" stroke-width="2" /> }
            }
            Part::Sending => html! { <circle class="fill-dot" cx="4" cy="4" r="1.6" /> },
            Part::Waiting => html! { <path class="fill-mark" d="M2 0V8M6 0V8" stroke-width="2" /> },
            Part::Idle => Html::default(),
        }
    }
}

/// A stretch of a part, placed by lengths or percentages.
pub fn part_rect(part: Part, x: AttrValue, width: AttrValue) -> Html {
    let over = match part {
        Part::Computing | Part::Idle => Html::default(),
        _ => {
            let fill = format!("url(#{})", part.pattern_id());
            column("fill-over", x.clone(), width.clone(), Some(fill))
        }
    };
    html! {
        <g class={part.class()}>
            { column("fill-base", x, width, None) }
            { over }
        </g>
    }
}

/// The patterns of all parts, once for the whole page.
pub fn patterns() -> Html {
    let parts = [
        Part::StartUp,
        Part::Sending,
        Part::MainThread,
        Part::Waiting,
    ];
    html! {
        // Not hidden by `display`: browsers do not paint with patterns of a
        // drawing that is not laid out.
        <svg class="patterns" width="0" height="0" aria-hidden="true" focusable="false">
            <defs>
                { for parts.map(|part| html! {
                    <pattern id={part.pattern_id()} width="8" height="8" patternUnits="userSpaceOnUse">
                        { part.mark() }
                    </pattern>
                }) }
            </defs>
        </svg>
    }
}

/// The class of a list with more rows than fit a screen: it scrolls.
pub fn many(rows: usize) -> Option<&'static str> {
    (rows > 16).then_some("many")
}

/// What the parts look like.
pub fn part_legend(parts: &[Part]) -> Html {
    html! {
        <ul class="legend">
            { for parts.iter().map(|&part| html! {
                <li>
                    <svg class="swatch" aria-hidden="true" focusable="false">
                        { part_rect(part, "0".into(), "100%".into()) }
                    </svg>
                    { part.name() }
                </li>
            }) }
        </ul>
    }
}
