//! Charts as data: everything is on the drawing, nothing breaks it, every point
//! can be walked to, and the same is told as a table.
#![cfg(not(target_arch = "wasm32"))]

use charts::geometry::Unit;
use charts::picture::*;
use proptest::prelude::*;

const KINDS: [Kind; 7] = [
    Kind::Lines,
    Kind::Scatter,
    Kind::Bars,
    Kind::Stacked,
    Kind::Area,
    Kind::Strip,
    Kind::Histogram,
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

fn series(label: &str, role: Role, dots: Vec<Dot>) -> Series {
    Series {
        label: label.into(),
        role,
        colour: 0,
        dots,
    }
}

fn picture(kind: Kind, series: Vec<Series>) -> Picture {
    Picture {
        id: "test".into(),
        title: "Time against workers".into(),
        sentence: "Two processes took half as long.".into(),
        kind,
        x: Dimension::linear("workers", Unit::named("")),
        y: Dimension::linear("time", Unit::named("ms")),
        series: (0..)
            .zip(series)
            .map(|(colour, series)| Series { colour, ..series })
            .collect(),
    }
}

fn two(kind: Kind) -> Picture {
    let dots = |factor: f64| [1.0, 2.0, 4.0].map(|x| dot(x, factor / x)).to_vec();
    picture(
        kind,
        vec![
            series("spawn", Role::Measured, dots(800.0)),
            series("forkserver", Role::Measured, dots(600.0)),
        ],
    )
}

/// What every drawing must be, whatever the data.
fn check(picture: &Picture, width: f64, em: f64) -> Scene {
    let scene = picture.scene(width, em);
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
        assert!(spot.series < picture.series.len());
        assert!(!spot.label().is_empty());
    }
    let svg = scene.to_svg();
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    assert_well_formed(&svg);
    scene
}

/// Every element is closed, and no text opens one.
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
        let picture = two(kind);
        for width in [320.0, 700.0, 1600.0] {
            let scene = check(&picture, width, 16.0);
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
        check(&picture(kind, Vec::new()), 600.0, 16.0);
        check(
            &picture(kind, vec![series("a", Role::Measured, Vec::new())]),
            600.0,
            16.0,
        );
        let one = picture(kind, vec![series("a", Role::Measured, vec![dot(3.0, 7.0)])]);
        assert_eq!(check(&one, 600.0, 16.0).spots.len(), 1);
    }
}

#[test]
fn names_from_hostile_files_are_only_text() {
    for kind in KINDS {
        let mut picture = two(kind);
        let evil = "</text><script>alert(\"1\")</script>&\u{0}";
        picture.series[0].label = evil.into();
        picture.series[0].dots[0].label = Some(evil.into());
        picture.title = evil.into();
        picture.sentence = evil.into();
        picture.y.label = evil.into();
        let scene = check(&picture, 500.0, 16.0);
        for svg in [
            scene.to_svg(),
            sheet(&picture, 800.0, 16.0),
            legend_entry(&picture, 0),
        ] {
            assert!(!svg.contains("<script"), "{svg}");
            assert_well_formed(&svg);
        }
    }
}

#[test]
fn a_logarithmic_axis_spans_decades() {
    let mut picture = two(Kind::Lines);
    picture.x = Dimension {
        label: "payload".into(),
        unit: Unit::Bytes,
        logarithmic: true,
    };
    picture.y = Dimension {
        label: "time".into(),
        unit: Unit::named("µs"),
        logarithmic: true,
    };
    picture.series[0].dots = vec![dot(8.0, 0.9), dot(1000.0, 80.0), dot(1e7, 2e6)];
    let scene = check(&picture, 700.0, 16.0);
    let svg = scene.to_svg();
    for label in ["1\u{a0}kB", "1\u{a0}µs", "1\u{a0}s"] {
        assert!(svg.contains(label), "{label}: {svg}");
    }
}

#[test]
fn each_series_looks_different_without_colour() {
    let many = (0..8).map(|n| series(&format!("way {n}"), Role::Measured, vec![dot(1.0, 5.0)]));
    let picture = picture(Kind::Lines, many.collect());
    let signs: std::collections::BTreeSet<String> = (0..8)
        .map(|number| {
            let sign = legend_entry(&picture, number);
            // Without its colour.
            sign.replace(&format!("s{number}"), "s")
        })
        .collect();
    assert_eq!(signs.len(), 8, "{signs:#?}");
    let bars = Picture {
        kind: Kind::Bars,
        ..picture
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
        // Along the first series, across to the second, back to its beginning.
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
    let scene = two(Kind::Lines).scene(600.0, 16.0);
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
    for kind in [Kind::Lines, Kind::Area] {
        let scene = check(
            &picture(kind, vec![series("depth", Role::Measured, dots.clone())]),
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
    for kind in [Kind::Strip, Kind::Histogram] {
        let scene = check(
            &picture(
                kind,
                vec![series("all", Role::Measured, vec![many.clone()])],
            ),
            800.0,
            16.0,
        );
        assert!(scene.to_svg().len() < 300_000, "{kind:?}");
    }
}

#[test]
fn the_table_says_the_same_and_the_csv_is_safe() {
    let mut picture = two(Kind::Lines);
    let table = picture.table();
    assert_eq!(table.heads, ["series", "workers", "time", "low", "high"]);
    assert_eq!(table.rows.len(), 6);
    assert_eq!(table.rows[0][..2], ["spawn", "1"]);
    assert_eq!(table.rows[0][2], "800\u{a0}ms");
    picture.series[0].label = "=cmd|' /C calc'!A0".into();
    picture.series[1].label = "a, \"b\"".into();
    picture.series[0].dots[0].y = -4.5;
    let csv = picture.to_csv();
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
    let strip = two(Kind::Strip).table();
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
        let mut all = vec![series("a", Role::Measured, Vec::new()), series("b", Role::Ideal, Vec::new())];
        for (x, y, sample, second) in values {
            all[usize::from(second)].dots.push(Dot {
                x,
                y,
                label: None,
                interval: Some((y, sample)),
                samples: vec![y, sample],
                quartiles: Some([y, sample, y]),
            });
        }
        let mut picture = picture(KINDS[kind], all);
        (picture.x.logarithmic, picture.y.logarithmic) = logarithmic;
        check(&picture, width, 16.0);
        picture.table();
        assert_well_formed(&sheet(&picture, 800.0, 16.0));
    }
}
