//! A chart that stands alone: with its heading, its sentence and its legend, as
//! one SVG drawing to take away.

use super::scene::escaped;
use super::{Kind, Look, Picture, Scene};
use crate::geometry::{coordinate, line, marker, text_width};

/// A legend's sign, 30 by 16 pixels, as SVG elements.
pub fn legend_entry(picture: &Picture, number: usize) -> String {
    let mut scene = Scene::default();
    sign(&mut scene, picture, number, (0.0, 0.0));
    scene.to_svg()
}

fn sign(scene: &mut Scene, picture: &Picture, number: usize, (x, y): (f64, f64)) {
    let look = Look::of(picture, number);
    let class = look.class();
    let middle = y + 8.0;
    match picture.kind {
        Kind::Lines => {
            let stroke = line([(x, middle), (x + 30.0, middle)]);
            scene.path(format!("{class} {}", look.line()), stroke);
        }
        Kind::Bars | Kind::Stacked | Kind::Area | Kind::Histogram => {
            let (at, size) = ((x + 4.0, y + 1.0), (22.0, 14.0));
            scene.rectangle(format!("{class} {}", look.bar()), at, size, look.pattern());
            return;
        }
        Kind::Scatter | Kind::Strip => {}
    }
    let mark = format!("{class} {}", look.mark());
    scene.path_at(mark, marker(look.marker, 10.0), (x + 15.0, middle));
}

/// The whole sheet: a drawing of this width (heading, sentence, legend, chart)
/// as one `svg` element, still without its colours, which the style sheet has.
pub fn sheet(picture: &Picture, width: f64, em: f64) -> String {
    let margin = em;
    let inner = width - margin * 2.0;
    let mut head = Scene::default();
    let mut y = margin + em;
    head.text("heading", (margin, y), "start", &picture.title);
    for words in wrapped(&picture.sentence, inner, em * 0.9) {
        y += em * 1.3;
        head.text("words", (margin, y), "start", words);
    }
    y += em * 0.8;
    if picture.has_legend() {
        let mut x = margin;
        for (number, series) in picture.series.iter().enumerate() {
            let room = 30.0 + em * 0.5 + text_width(&series.label, em * 0.85) + em * 1.2;
            if x + room > width && x > margin {
                x = margin;
                y += em * 1.4;
            }
            sign(&mut head, picture, number, (x, y));
            head.text(
                "words",
                (x + 30.0 + em * 0.5, y + 8.0 + em * 0.3),
                "start",
                &series.label,
            );
            x += room;
        }
        y += em * 1.8;
    }
    let chart = picture.scene(inner, em);
    let height = y + chart.height + margin;
    let size = [width, height].map(coordinate);
    let [shift_x, shift_y] = [margin, y].map(coordinate);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"sheet\" width=\"{0}\" height=\"{1}\" \
         viewBox=\"0 0 {0} {1}\" role=\"img\"><title>{2}</title><desc>{3}</desc>\
         <rect class=\"paper\" width=\"{0}\" height=\"{1}\"/>{4}\
         <g transform=\"translate({shift_x} {shift_y})\">{5}</g></svg>",
        size[0],
        size[1],
        escaped(&picture.title),
        escaped(&picture.sentence),
        head.to_svg(),
        chart.to_svg(),
    )
}

/// A text in lines of no more than this width; a word that is longer stays
/// whole.
fn wrapped(text: &str, width: f64, size: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(last) if text_width(last, size) + text_width(word, size) + size * 0.5 <= width => {
                last.push(' ');
                last.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
