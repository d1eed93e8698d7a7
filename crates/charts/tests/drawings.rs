//! Drawings of charts: they contain all data, no data makes them invalid, the keyboard
//! reaches every point, and the table contains the same values.
#![cfg(not(target_arch = "wasm32"))]

use charts::drawing::*;
use charts::*;
use proptest::prelude::*;

const KINDS: [ChartKind; 6] = [
    ChartKind::Lines,
    ChartKind::Scatter,
    ChartKind::Bars,
    ChartKind::Area,
    ChartKind::Strip,
    ChartKind::Histogram,
];

fn dot(x: f64, y: f64) -> Dot {
    Dot {
        x,
        y,
        interval: Some((y * 0.9, y * 1.1)),
        samples: vec![y * 0.9, y, y * 1.1],
        quartiles: Some([y * 0.95, y, y * 1.05]),
        ..Dot::default()
    }
}

fn line(label: &str, role: Role, dots: Vec<Dot>) -> ChartLine {
    ChartLine {
        label: label.into(),
        role,
        series: None,
        dots,
    }
}

fn chart(kind: ChartKind, lines: Vec<ChartLine>) -> Chart {
    Chart {
        id: "test".into(),
        title: "Time against workers".into(),
        sentence: "Two processes took half as long.".into(),
        kind,
        x: Axis::linear(Quantity::new("workers", "")),
        y: Axis::linear(Quantity::new("time", "ms")),
        lines,
    }
}

fn two(kind: ChartKind) -> Chart {
    let dots = |factor: f64| [1.0, 2.0, 4.0].map(|x| dot(x, factor / x)).to_vec();
    chart(
        kind,
        vec![
            line("spawn", Role::Measured, dots(800.0)),
            line("forkserver", Role::Measured, dots(600.0)),
        ],
    )
}

/// Checks what must hold for every drawing, whatever the data.
fn check(chart: &Chart, width: f64, em: f64) -> Scene {
    let scene = chart.scene(width, em);
    assert!(scene.width.is_finite() && scene.height.is_finite() && scene.height > 0.0);
    let inside = |(x, y): (f64, f64)| {
        x >= -1.0 && x <= scene.width + 1.0 && y >= -1.0 && y <= scene.height + 1.0
    };
    for spot in &scene.spots {
        assert!(
            inside(spot.at),
            "{spot:?} is outside of {} {}",
            scene.width,
            scene.height
        );
        assert!(spot.series < chart.lines.len());
        assert!(!spot.label().is_empty());
    }
    let svg = scene.to_svg();
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    assert_well_formed(&svg);
    scene
}

/// Asserts that every element is closed and that no text opens one.
fn assert_well_formed(svg: &str) {
    let mut open: Vec<&str> = Vec::new();
    for part in svg.split('<').skip(1) {
        let (tag, text) = part.split_once('>').expect("a tag that ends");
        assert!(!text.contains('>'), "{part}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{svg}");
        } else if !tag.ends_with('/') {
            open.push(tag.split(' ').next().unwrap());
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn every_kind_draws_every_value() {
    for kind in KINDS {
        let chart = two(kind);
        for width in [320.0, 700.0, 1600.0] {
            let scene = check(&chart, width, 16.0);
            assert_eq!(scene.spots.len(), 6, "{kind:?}");
            let svg = scene.to_svg();
            assert!(svg.contains("s0") && svg.contains("s1"), "{kind:?}: {svg}");
            assert!(svg.contains("time ("), "{kind:?}: {svg}");
        }
    }
}

#[test]
fn nothing_and_a_single_value_are_drawn_too() {
    for kind in KINDS {
        check(&chart(kind, Vec::new()), 600.0, 16.0);
        check(
            &chart(kind, vec![line("a", Role::Measured, Vec::new())]),
            600.0,
            16.0,
        );
        let one = chart(kind, vec![line("a", Role::Measured, vec![dot(3.0, 7.0)])]);
        assert_eq!(check(&one, 600.0, 16.0).spots.len(), 1);
    }
}

#[test]
fn names_from_hostile_files_are_only_text() {
    for kind in KINDS {
        let mut chart = two(kind);
        let evil = "</text><script>alert(\"1\")</script>&\u{0}";
        chart.lines[0].label = evil.into();
        chart.lines[0].dots[0].label = Some(evil.into());
        chart.title = evil.into();
        chart.sentence = evil.into();
        chart.y.quantity.label = evil.into();
        let scene = check(&chart, 500.0, 16.0);
        for svg in [
            scene.to_svg(),
            sheet(&chart, 800.0, 16.0),
            legend_entry(&chart, 0),
        ] {
            assert!(!svg.contains("<script"), "{svg}");
            assert_well_formed(&svg);
        }
    }
}

#[test]
fn a_logarithmic_axis_spans_decades() {
    let mut chart = two(ChartKind::Lines);
    chart.x = Axis::log(Quantity::new("payload", "bytes"));
    chart.y = Axis::log(Quantity::new("time", "µs"));
    chart.lines[0].dots = vec![dot(8.0, 0.9), dot(1000.0, 80.0), dot(1e7, 2e6)];
    let scene = check(&chart, 900.0, 16.0);
    let svg = scene.to_svg();
    for label in ["1\u{a0}kB", "1\u{a0}µs", "1\u{a0}s"] {
        assert!(svg.contains(label), "{label}: {svg}");
    }
}

/// Where there is room, the name of each line stands beside its marks and not in a legend; no
/// two names touch, and none is outside the drawing.
#[test]
fn names_stand_where_the_marks_are() {
    let mut lines = two(ChartKind::Lines);
    lines.lines[1].dots = lines.lines[0].dots.clone();
    let bars = two(ChartKind::Bars);
    for (chart, class) in [(&lines, "name"), (&bars, "row-name")] {
        let scene = check(chart, 700.0, 16.0);
        assert!(scene.named);
        let svg = scene.to_svg();
        let begin = format!("<text class=\"{class}\" ");
        let texts = svg.split(&begin).skip(1);
        let height = |text: &str| text.split("y=\"").nth(1)?.split('"').next()?.parse().ok();
        let heights: Vec<f64> = texts.filter_map(height).collect();
        assert!(heights.len() >= 2, "{svg}");
        for (number, y) in heights.iter().enumerate() {
            assert!((0.0..=scene.height).contains(y), "{y}");
            let touches = |other: &&f64| (y - *other).abs() < 14.0;
            assert_eq!(heights[number + 1..].iter().find(touches), None);
        }
    }
    // In a narrow drawing a legend names them.
    lines.lines[0].label = "a name that is far too long for a narrow drawing".into();
    assert!(!check(&lines, 320.0, 16.0).named);
}

/// Where a line ends early and another one goes on at the same height, a legend names both: the
/// name would stand on the other line.
#[test]
fn no_line_goes_through_a_name() {
    let mut chart = two(ChartKind::Lines);
    chart.lines[0].label = "the one that ends early".into();
    chart.lines[0].dots = vec![dot(1.0, 9.0), dot(4.0, 2.0)];
    chart.lines[1].dots = vec![dot(1.0, 9.0), dot(4.0, 2.0), dot(30.0, 1.9)];
    assert!(!check(&chart, 700.0, 16.0).named);
    // Far below the other line, it has a place.
    chart.lines[1].dots = vec![dot(1.0, 9.0), dot(4.0, 8.0), dot(30.0, 7.0)];
    assert!(check(&chart, 700.0, 16.0).named);
}

/// The error bars of two lines at the same places stand side by side.
#[test]
fn error_bars_do_not_hide_each_other() {
    let mut chart = two(ChartKind::Lines);
    chart.lines[1].dots = chart.lines[0].dots.clone();
    let scene = check(&chart, 700.0, 16.0);
    let ends = |series: usize| {
        let spots = scene.spots.iter().filter(move |spot| spot.series == series);
        spots.map(|spot| spot.at.0).collect::<Vec<f64>>()
    };
    for (one, other) in ends(0).into_iter().zip(ends(1)) {
        assert!((one - other).abs() >= 3.0, "{one} and {other}");
    }
}

/// The CSS class of the colour that a line has in the legend.
fn colour(chart: &Chart, number: usize) -> String {
    let sign = legend_entry(chart, number);
    let class = sign.split("class=\"").nth(1).expect("a class");
    class.split(' ').next().unwrap().to_owned()
}

#[test]
fn a_name_has_its_colour_and_no_two_lines_share_one() {
    let named = [
        "anything",
        "Waiting",
        "Processes (spawn)",
        "processes",
        "else",
    ];
    let lines = named.map(|label| line(label, Role::Measured, vec![dot(1.0, 5.0)]));
    let mut chart = chart(ChartKind::Lines, lines.to_vec());
    chart
        .lines
        .insert(1, line("best", Role::Ideal, vec![dot(1.0, 5.0)]));
    let colours: Vec<String> = (0..6).map(|number| colour(&chart, number)).collect();
    assert_eq!(colours, ["s1", "ideal", "s7", "s0", "s2", "s3"]);
}

#[test]
fn another_report_s_lines_lie_beside_this_one_s() {
    let theirs = {
        let mut theirs = two(ChartKind::Lines);
        theirs.lines[0].dots[0].y = 7.0;
        theirs.lines[1].role = Role::Fitted;
        theirs
    };
    let both = two(ChartKind::Lines).beside(&theirs);
    let labels: Vec<&str> = both.lines.iter().map(|line| &*line.label).collect();
    assert_eq!(labels, ["spawn", "forkserver", "spawn, there"]);
    assert_eq!(both.lines[2].role, Role::Reference);
    assert_eq!(both.lines[2].dots, theirs.lines[0].dots);
    // A stacked value of the other report would seem to be part of this chart's value.
    let areas = two(ChartKind::Area);
    assert_eq!(areas.beside(&theirs), areas);
}

#[test]
fn each_series_looks_different_without_colour() {
    let many = (0..8).map(|n| line(&format!("way {n}"), Role::Measured, vec![dot(1.0, 5.0)]));
    let chart = chart(ChartKind::Lines, many.collect());
    let signs: std::collections::BTreeSet<String> = (0..8)
        .map(|number| {
            let sign = legend_entry(&chart, number);
            // The legend entry without its colour.
            sign.replace(&format!("s{number}"), "s")
        })
        .collect();
    assert_eq!(signs.len(), 8, "{signs:#?}");
    let bars = Chart {
        kind: ChartKind::Bars,
        ..chart
    };
    let signs: std::collections::BTreeSet<String> = (0..8)
        .map(|number| {
            legend_entry(&bars, number).replace(&format!("class=\"s{number}"), "class=\"s")
        })
        .collect();
    assert_eq!(signs.len(), 8, "{signs:#?}");
}

#[test]
fn every_point_is_reached_by_keys() {
    for kind in KINDS {
        let scene = two(kind).scene(600.0, 16.0);
        // Goes along the first series, to the second one, and back to its beginning.
        let mut at = 0;
        let mut seen = vec![at];
        for key in ["ArrowRight", "ArrowRight", "ArrowRight"] {
            at = scene.step(at, Step::of_key(key).unwrap());
            seen.push(at);
        }
        assert_eq!(seen, [0, 1, 2, 2], "{kind:?}");
        at = scene.step(at, Step::NextSeries);
        assert_eq!(scene.spots[at].series, 1);
        assert_eq!(scene.step(at, Step::NextSeries), at);
        at = scene.step(at, Step::First);
        assert_eq!(at, 3);
        assert_eq!(scene.step(at, Step::Previous), 3);
        assert_eq!(scene.step(at, Step::Last), 5);
        assert_eq!(scene.spots[scene.step(5, Step::PreviousSeries)].series, 0);
        assert_eq!(scene.step(999, Step::Next), 0);
    }
    assert_eq!(Step::of_key("Enter"), None);
}

#[test]
fn a_pointer_finds_what_is_near() {
    let scene = two(ChartKind::Lines).scene(600.0, 16.0);
    let (x, y) = scene.spots[4].at;
    assert_eq!(scene.nearest((x + 2.0, y - 2.0), 20.0), Some(4));
    assert_eq!(scene.nearest((-500.0, -500.0), 20.0), None);
    assert_eq!(Scene::default().nearest((0.0, 0.0), 20.0), None);
}

#[test]
fn a_million_points_are_a_drawing_of_bounded_size() {
    let dots: Vec<Dot> = (0..1_000_000)
        .map(|n| Dot {
            x: f64::from(n),
            y: f64::from(n % 1009 * 7919 % 97),
            ..Dot::default()
        })
        .collect();
    for kind in [ChartKind::Lines, ChartKind::Area] {
        let scene = check(
            &chart(kind, vec![line("depth", Role::Measured, dots.clone())]),
            1000.0,
            16.0,
        );
        assert!(scene.to_svg().len() < 300_000, "{kind:?}");
        assert!(scene.spots.len() <= 120);
    }
    let many = Dot {
        samples: vec![1.0; 1_000_000],
        quartiles: Some([1.0; 3]),
        y: 1.0,
        ..Dot::default()
    };
    for kind in [ChartKind::Strip, ChartKind::Histogram] {
        let scene = check(
            &chart(kind, vec![line("all", Role::Measured, vec![many.clone()])]),
            800.0,
            16.0,
        );
        assert!(scene.to_svg().len() < 300_000, "{kind:?}");
    }
}

#[test]
fn the_table_says_the_same_and_the_csv_is_safe() {
    let mut chart = two(ChartKind::Lines);
    let table = chart.table();
    assert_eq!(table.heads, ["series", "workers", "time", "low", "high"]);
    assert_eq!(table.rows.len(), 6);
    assert_eq!(table.rows[0][..2], ["spawn", "1"]);
    assert_eq!(table.rows[0][2], "800\u{a0}ms");
    chart.lines[0].label = "=cmd|' /C calc'!A0".into();
    chart.lines[1].label = "a, \"b\"".into();
    chart.lines[0].dots[0].y = -4.5;
    let csv = chart.to_csv();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines[0], "series,workers,time (ms),low,high");
    assert!(
        lines[1].starts_with("'=cmd|' /C calc'!A0,1,-4.5,"),
        "{}",
        lines[1]
    );
    assert!(
        lines[4].starts_with("\"a, \"\"b\"\"\",1,600,"),
        "{}",
        lines[4]
    );
    let strip = two(ChartKind::Strip).table();
    assert_eq!(strip.heads[5..], ["least", "most", "n"]);
    assert_eq!(strip.rows[0][7], "3");
}

#[test]
fn a_sheet_stands_alone() {
    for kind in KINDS {
        let sheet = sheet(&two(kind), 900.0, 16.0);
        assert_well_formed(&sheet);
        assert!(sheet.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
        for words in ["Time against workers", "half as long", "forkserver"] {
            assert!(sheet.contains(words), "{kind:?}: {words}");
        }
    }
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => -1e3..1e6_f64,
        2 => Just(0.0),
        1 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
        1 => Just(1e300),
        1 => Just(1e-300),
    ]
}

proptest! {
    #[test]
    fn no_data_breaks_a_drawing(
        values in prop::collection::vec((number(), number(), number(), prop::bool::ANY), 0..40),
        kind in 0..KINDS.len(),
        width in prop_oneof![0.0..4000.0_f64, Just(f64::NAN)],
        logarithmic in (prop::bool::ANY, prop::bool::ANY),
    ) {
        let mut all = vec![line("a", Role::Measured, Vec::new()), line("b", Role::Ideal, Vec::new())];
        for (x, y, sample, second) in values {
            all[usize::from(second)].dots.push(Dot {
                x,
                y,
                label: None,
                interval: Some((y, sample)),
                samples: vec![y, sample],
                quartiles: Some([y, sample, y]),
                names: Vec::new(),
            });
        }
        let mut chart = chart(KINDS[kind], all);
        let scale = |log| if log { ScaleKind::Log } else { ScaleKind::Linear };
        (chart.x.scale, chart.y.scale) = (scale(logarithmic.0), scale(logarithmic.1));
        check(&chart, width, 16.0);
        chart.table();
        assert_well_formed(&sheet(&chart, 800.0, 16.0));
    }
}
