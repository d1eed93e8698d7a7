//! Markdown as elements of the page.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use yew::prelude::*;

/// How the address of a line of the program begins. A link to it is a button with the line's
/// number as `data-line`; what it does is up to the element around the text.
const LINE: &str = "#line-";

/// Paragraphs, lists, code, emphasis and links. HTML is shown as the text that it is.
pub fn markdown(text: &str) -> Html {
    let mut parser = Parser::new_ext(text, Options::empty());
    elements(&mut parser, None)
}

/// The content of a single paragraph, without the paragraph.
pub fn inline(text: &str) -> Html {
    let mut parser = Parser::new_ext(text, Options::empty()).filter(|event| {
        !matches!(
            event,
            Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph)
        )
    });
    elements(&mut parser, None)
}

fn elements<'a>(events: &mut dyn Iterator<Item = Event<'a>>, until: Option<TagEnd>) -> Html {
    let mut all = Vec::new();
    while let Some(event) = events.next() {
        all.push(match event {
            Event::End(end) if Some(end) == until => break,
            Event::Start(tag) => element(events, tag),
            Event::Code(code) => html! { <code>{ code.to_string() }</code> },
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                html! { { text.to_string() } }
            }
            Event::SoftBreak => html! { { " " } },
            Event::HardBreak => html! { <br /> },
            _ => continue,
        });
    }
    all.into_iter().collect()
}

fn element<'a>(events: &mut dyn Iterator<Item = Event<'a>>, tag: Tag<'a>) -> Html {
    let inside = elements(events, Some(tag.to_end()));
    match tag {
        Tag::Paragraph => html! { <p>{ inside }</p> },
        Tag::Emphasis => html! { <em>{ inside }</em> },
        Tag::Strong => html! { <strong>{ inside }</strong> },
        Tag::List(None) => html! { <ul>{ inside }</ul> },
        Tag::List(Some(_)) => html! { <ol>{ inside }</ol> },
        Tag::Item => html! { <li>{ inside }</li> },
        Tag::CodeBlock(_) => html! { <pre>{ inside }</pre> },
        Tag::Link { dest_url, .. } if dest_url.starts_with(LINE) => {
            let line = dest_url[LINE.len()..].to_owned();
            html! { <button type="button" class="line-link" data-line={line}>{ inside }</button> }
        }
        Tag::Link { dest_url, .. } if is_web(&dest_url) => {
            html! { <a href={dest_url.to_string()} rel="noopener">{ inside }</a> }
        }
        _ => inside,
    }
}

/// Whether a link leads to a page: of this site, or of the web.
fn is_web(address: &str) -> bool {
    ["https://", "http://", "?", "./"]
        .iter()
        .any(|begin| address.starts_with(begin))
}
