//! A complete drawing for a file: the chart with its heading, sentence and legend as one
//! SVG.

use super::look::{Look, looks};
use super::scene::{Scene, escaped};
use crate::geometry::{coordinate, line, marker, text_width};
use crate::model::{Chart, ChartKind};

/// The sample of a line in a legend, 30 by 16 px, as SVG elements.
pub fn legend_entry(chart: &Chart, number: usize) -> String {
    let mut scene = Scene::default();
    if let Some(look) = looks(chart).get(number) {
        legend_sample(&mut scene, chart.kind, look, (0.0, 0.0));
    }
    scene.to_svg()
}

fn legend_sample(scene: &mut Scene, kind: ChartKind, look: &Look, (x, y): (f64, f64)) {
    let class = look.class();
    let middle = y + 8.0;
    match kind {
        ChartKind::Lines => {
            let stroke = line([(x, middle), (x + 30.0, middle)]);
            scene.path(format!("{class} {}", look.line()), stroke);
        }
        ChartKind::Bars | ChartKind::Area | ChartKind::Histogram => {
            let (at, size) = ((x + 4.0, y + 1.0), (22.0, 14.0));
            scene.rectangle(format!("{class} {}", look.bar()), at, size, look.pattern());
            return;
        }
        ChartKind::Scatter | ChartKind::Strip => {}
    }
    let mark = format!("{class} {}", look.mark());
    scene.path_at(mark, marker(look.marker, 10.0), (x + 15.0, middle));
}

/// The complete drawing (heading, sentence, legend, chart) of this width in px, as one
/// `svg` element. It has no colours yet; they come from the style sheet.
pub fn sheet(chart: &Chart, width: f64, em: f64) -> String {
    let margin = em;
    let inner = width - margin * 2.0;
    let mut head = Scene::default();
    let mut y = margin + em;
    head.text("heading", (margin, y), "start", &chart.title);
    for words in wrapped(&chart.sentence, inner, em * 0.9) {
        y += em * 1.3;
        head.text("words", (margin, y), "start", words);
    }
    y += em * 0.8;
    let scene = chart.scene(inner, em);
    if chart.has_legend() && !scene.named {
        let mut x = margin;
        for (line, look) in chart.lines.iter().zip(&looks(chart)) {
            let room = 30.0 + em * 0.5 + text_width(&line.label, em * 0.85) + em * 1.2;
            if x + room > width && x > margin {
                x = margin;
                y += em * 1.4;
            }
            legend_sample(&mut head, chart.kind, look, (x, y));
            head.text(
                "words",
                (x + 30.0 + em * 0.5, y + 8.0 + em * 0.3),
                "start",
                &line.label,
            );
            x += room;
        }
        y += em * 1.8;
    }
    let height = y + scene.height + margin;
    let size = [width, height].map(coordinate);
    let [shift_x, shift_y] = [margin, y].map(coordinate);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"sheet\" width=\"{0}\" height=\"{1}\" \
         viewBox=\"0 0 {0} {1}\" role=\"img\"><title>{2}</title><desc>{3}</desc>\
         <rect class=\"paper\" width=\"{0}\" height=\"{1}\"/>{4}\
         <g transform=\"translate({shift_x} {shift_y})\">{5}</g></svg>",
        size[0],
        size[1],
        escaped(&chart.title),
        escaped(&chart.sentence),
        head.to_svg(),
        scene.to_svg(),
    )
}

/// Breaks a text into lines of at most this width. A longer word is not broken.
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
