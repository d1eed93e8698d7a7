//! The arithmetic of charts: scales, ticks, paths, bars, labels.
#![cfg(not(target_arch = "wasm32"))]

use charts::geometry::{distribution::Bin, ticks::nice_ticks, *};
use proptest::prelude::*;

#[test]
fn a_scale_takes_both_ends_to_both_ends_and_may_run_backwards() {
    let plot = Plot::within(400.0, 300.0, [10.0, 20.0, 30.0, 40.0]);
    assert_eq!((plot.right(), plot.bottom()), (380.0, 270.0));
    let y = Scale::linear((0.0, 8.0), (plot.bottom(), plot.top));
    assert_eq!(y.at(0.0), 270.0);
    assert_eq!(y.at(8.0), 10.0);
    assert_eq!(y.at(4.0), 140.0);
    assert_eq!(y.clamped(99.0), 10.0);
    assert_eq!(y.clamped(-99.0), 270.0);
}

#[test]
fn a_single_sample_is_drawn_in_the_middle_and_nothing_divides_by_zero() {
    let x = Scale::linear((3.0, 3.0), (0.0, 100.0));
    assert_eq!(x.at(3.0), 50.0);
    assert_eq!(Scale::linear((0.0, 1.0), (0.0, 9.0)).at(f64::NAN), 4.5);
    let tiny = Plot::within(5.0, 5.0, [10.0; 4]);
    assert_eq!((tiny.width, tiny.height), (1.0, 1.0));
}

#[test]
fn ticks_are_round_and_cover_the_data() {
    assert_eq!(nice_ticks(3.0, 3).values, [0.0, 1.0, 2.0, 3.0]);
    assert_eq!(nice_ticks(3.1, 4).values, [0.0, 1.0, 2.0, 3.0, 4.0]);
    assert_eq!(nice_ticks(0.9, 4).step, 0.25);
    assert_eq!(nice_ticks(412.0, 5).values.last(), Some(&500.0));
    assert_eq!(nice_ticks(f64::NAN, 4).end(), 1.0);
    assert_eq!(nice_ticks(0.0, 4).end(), 1.0);
}

#[test]
fn whole_number_ticks_keep_the_last_one() {
    assert_eq!(integer_ticks(1, 4, 8).values, [1.0, 2.0, 3.0, 4.0]);
    assert_eq!(integer_ticks(1, 1, 8).values, [1.0]);
    assert_eq!(integer_ticks(1, 32, 8).values.last(), Some(&32.0));
    assert!(integer_ticks(1, 256, 8).values.len() <= 8);
    assert_eq!(integer_ticks(5, 2, 8).values, [5.0]);
}

#[test]
fn tick_labels_have_the_decimals_of_their_step() {
    let label = |most, count| {
        let ticks = nice_ticks(most, count);
        ticks
            .values
            .iter()
            .map(|&tick| ticks.label(tick))
            .collect::<Vec<_>>()
    };
    assert_eq!(label(1.0, 4), ["0.00", "0.25", "0.50", "0.75", "1.00"]);
    assert_eq!(label(0.3, 3), ["0.0", "0.1", "0.2", "0.3"]);
    assert_eq!(label(40.0, 4), ["0", "10", "20", "30", "40"]);
}

#[test]
fn a_missing_sample_breaks_the_line() {
    let points = [
        (0.0, 0.0),
        (1.0, 2.004),
        (2.0, f64::NAN),
        (3.0, 1.0),
        (4.0, 1.0),
    ];
    assert_eq!(line(points), "M0 0L1 2M3 1L4 1");
    assert_eq!(line([]), "");
    assert_eq!(error_bar(1.0, f64::NAN, 2.0, 3.0), "");
    assert_eq!(error_bar(10.0, 8.0, 2.0, 3.0), "M10 8V2M7 8H13M7 2H13");
}

#[test]
fn coordinates_are_short_and_never_break_a_path() {
    assert_eq!(coordinate(1.0 / 3.0), "0.33");
    assert_eq!(coordinate(-0.0001), "0");
    assert_eq!(coordinate(-12.5), "-12.5");
    assert_eq!(coordinate(7.049), "7.05");
    assert_eq!(coordinate(0.999), "1");
    assert_eq!(coordinate(1e300), "92233720368547758.07");
    assert_eq!(coordinate(f64::INFINITY), "0");
    assert_eq!(translate(1.5, -2.25), "translate(1.5 -2.25)");
}

#[test]
fn each_marker_has_a_shape_of_its_own() {
    let shapes = Marker::ALL.map(|shape| marker(shape, 10.0));
    assert!(
        shapes
            .iter()
            .all(|path| path.starts_with('M') && path.ends_with('Z'))
    );
    let different: std::collections::BTreeSet<_> = shapes.iter().collect();
    assert_eq!(different.len(), shapes.len());
    assert_eq!(Marker::of(9), Marker::Square);
}

#[test]
fn frames_fall_where_their_gaps_add_up_to() {
    assert_eq!(
        frame_positions(&[25.0, 50.0, 25.0, 1.0], 100.0),
        [0.25, 0.75, 1.0]
    );
    // The page was frozen for longer than the window, so there is nothing to draw.
    assert!(frame_positions(&[101.0, 1.0], 100.0).is_empty());
}

#[test]
fn a_tooltip_stays_inside_and_goes_below_where_there_is_no_room_above() {
    let above = place_tooltip((100.0, 100.0), (60.0, 20.0), 10.0, (200.0, 200.0));
    assert_eq!((above.x, above.y), (70.0, 70.0));
    let below = place_tooltip((195.0, 5.0), (60.0, 20.0), 10.0, (200.0, 200.0));
    assert_eq!((below.x, below.y), (140.0, 15.0));
}

#[test]
fn no_line_ends_between_a_number_and_its_unit() {
    assert_eq!(
        unbroken("took 0.27 s: 0.95× as fast"),
        "took 0.27\u{a0}s: 0.95× as fast"
    );
    assert_eq!(
        unbroken("95 % sure, 7 µs (2 MiB)"),
        "95\u{a0}% sure, 7\u{a0}µs (2\u{a0}MiB)"
    );
    // What is no number and no unit stays as it is.
    for text in ["", "2 processes", "it is s", "with 4 min-width", "a  b"] {
        assert_eq!(unbroken(text), text);
    }
}

#[test]
fn numbers_read_as_people_write_them() {
    assert_eq!(milliseconds(0.4), "0.40 ms");
    assert_eq!(milliseconds(3.12), "3.1 ms");
    assert_eq!(milliseconds(16.7), "17 ms");
    assert_eq!(milliseconds(412.3), "412 ms");
    assert_eq!(milliseconds(999.7), "1.00 s");
    assert_eq!(milliseconds(12_345.0), "12.3 s");
    assert_eq!(milliseconds(125_000.0), "2 min 5 s");
    assert_eq!(milliseconds(f64::NAN), "–");
    assert_eq!(times(1.7349), "1.73×");
    assert_eq!(times(12.36), "12.4×");
    assert_eq!(times(9.997), "10.0×");
    assert_eq!(plural(1, "process", "processes"), "1 process");
    assert_eq!(plural(2, "process", "processes"), "2 processes");
}

proptest! {
    #[test]
    fn ticks_cover_any_data_with_few_steps(most in 1e-9f64..1e12, count in 1usize..12) {
        let ticks = nice_ticks(most, count);
        prop_assert!(ticks.end() >= most * (1.0 - 1e-6));
        prop_assert!(ticks.values.len() <= count + 1);
        prop_assert!(ticks.values.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn a_tooltip_that_fits_is_never_cut(x in 0.0f64..400.0, y in 0.0f64..300.0) {
        let placed = place_tooltip((x, y), (120.0, 40.0), 12.0, (400.0, 300.0));
        prop_assert!(placed.x >= 0.0 && placed.x + placed.width <= 400.0);
        prop_assert!(placed.y >= 0.0 && placed.y + placed.height <= 300.0);
    }
}

#[test]
fn a_logarithmic_scale_makes_equal_factors_equally_wide() {
    let x = Scale::logarithmic((1.0, 1000.0), (0.0, 300.0));
    for (value, pixel) in [(1.0, 0.0), (10.0, 100.0), (100.0, 200.0), (1000.0, 300.0)] {
        assert!((x.at(value) - pixel).abs() < 1e-9, "{value}");
        assert!((x.value_at(pixel) / value - 1.0).abs() < 1e-9, "{value}");
    }
    // Values without a logarithm are at the beginning, also on a descending scale.
    assert_eq!(x.at(0.0), 0.0);
    assert_eq!(x.at(-5.0), 0.0);
    let y = Scale::logarithmic((1.0, 100.0), (200.0, 0.0));
    assert_eq!((y.at(0.0), y.at(10.0)), (200.0, 100.0));
    // A domain without a logarithm gives a linear scale.
    assert_eq!(Scale::logarithmic((0.0, 10.0), (0.0, 10.0)).at(5.0), 5.0);
}

#[test]
fn decades_enclose_the_data_and_are_thinned() {
    let ticks = log_ticks(3.0, 4_000.0, 10.0, 8);
    assert_eq!(ticks.values, [1.0, 10.0, 100.0, 1_000.0, 10_000.0]);
    assert_eq!(ticks.between.len(), 8 * 4);
    assert_eq!(
        log_ticks(1e-6, 1e-3, 10.0, 8).values,
        [1e-6, 1e-5, 1e-4, 1e-3]
    );
    assert_eq!(log_ticks(5.0, 5.0, 10.0, 8).values, [1.0, 10.0]);
    assert_eq!(log_ticks(10.0, 10.0, 10.0, 8).values, [10.0, 100.0]);
    let wide = log_ticks(1e-9, 1e12, 10.0, 6);
    assert!(
        wide.values.len() <= 7 && wide.between.is_empty(),
        "{wide:?}"
    );
    assert!(wide.values[0] <= 1e-9 && wide.end() >= 1e12, "{wide:?}");
    // Powers of two, of which not all have a label.
    let bytes = log_ticks(1_000.0, 1e7, 2.0, 5);
    assert_eq!(
        bytes.values,
        [32.0, 1_024.0, 32_768.0, 1_048_576.0, 33_554_432.0]
    );
    for (low, high) in [(0.0, 0.0), (-3.0, f64::NAN), (f64::INFINITY, 1.0)] {
        assert_eq!(log_ticks(low, high, 10.0, 5).values, [1.0, 10.0]);
    }
}

#[test]
fn each_number_has_the_unit_people_would_use() {
    let written = |unit: &str, value: f64| Unit::named(unit).write(value).replace('\u{a0}', " ");
    assert_eq!(written("µs", 0.25), "250 ns");
    assert_eq!(written("µs", 12.0), "12.0 µs");
    assert_eq!(written("µs", 1_234.0), "1.23 ms");
    assert_eq!(written("ms", 999.7), "1.00 s");
    assert_eq!(written("s", 75.0), "75.0 s");
    assert_eq!(written("s", 0.0), "0 s");
    assert_eq!(written("bytes", 640.0), "640 B");
    assert_eq!(written("bytes", 1500.0), "1.50 kB");
    assert_eq!(written("B", 4_000_000.0), "4 MB");
    assert_eq!(written("B/s", 2_000_000.0), "2.00 MB/s");
    assert_eq!(written("/s", 12_400.0), "12.4 k/s");
    assert_eq!(written("×", 1.7349), "1.73×");
    assert_eq!(written("%", 27.31), "27.3 %");
    assert_eq!(written("items", 120_000.0), "120\u{202f}000 items");
    assert_eq!(written("", 4.0), "4");
    assert_eq!(written("ms", f64::NAN), "–");
}

#[test]
fn a_linear_axis_has_one_unit_and_round_ticks_in_it() {
    let unit = Unit::named("µs");
    let (size, name) = unit.step(61_000.0);
    assert_eq!((size, name.as_str()), (1_000.0, "ms"));
    let ticks = nice_ticks_in(size, 61_000.0, 4);
    assert_eq!(ticks.values, [0.0, 20_000.0, 40_000.0, 60_000.0, 80_000.0]);
    let (size, name) = Unit::Bytes.step(5_000_000.0);
    assert_eq!((size, name.as_str()), (1e6, "MB"));
}

#[test]
fn ticks_of_decades_are_written_shortly() {
    let labels = |unit: &str, ticks: &[f64]| -> Vec<String> {
        let unit = Unit::named(unit);
        let words = ticks.iter().map(|&tick| log_label(&unit, tick));
        words.map(|word| word.replace('\u{a0}', " ")).collect()
    };
    assert_eq!(
        labels("µs", &[1.0, 10.0, 1e3, 1e6]),
        ["1 µs", "10 µs", "1 ms", "1 s"]
    );
    assert_eq!(labels("B", &[10.0, 1e3, 1e8]), ["10 B", "1 kB", "100 MB"]);
    assert_eq!(
        labels("×", &[0.01, 0.1, 1.0, 100.0]),
        ["0.01×", "0.1×", "1×", "100×"]
    );
    assert_eq!(labels("/s", &[1.0, 1e5]), ["1/s", "100 k/s"]);
}

#[test]
fn every_sample_is_in_one_bar() {
    let linear = Scale::linear((0.0, 10.0), (0.0, 100.0));
    let counts = |bins: &[Bin]| bins.iter().map(|bin| bin.count).collect::<Vec<_>>();
    let some = bins(&[0.0, 0.1, 4.9, 5.0, 10.0, f64::NAN, 11.0], &linear, 2);
    assert_eq!(counts(&some), [3, 2]);
    assert_eq!((some[0].from, some[0].to, some[1].to), (0.0, 5.0, 10.0));
    let decades = Scale::logarithmic((1.0, 1000.0), (0.0, 90.0));
    let some = bins(&[1.0, 2.0, 20.0, 200.0, 999.0], &decades, 3);
    assert_eq!(counts(&some), [2, 1, 2]);
    // All samples are equal: one bar in the middle.
    let point = Scale::linear((7.0, 7.0), (0.0, 100.0));
    assert_eq!(counts(&bins(&[7.0; 4], &point, 5)), [0, 0, 4, 0, 0]);
}

#[test]
fn close_dots_step_aside() {
    assert_eq!(beeswarm(&[0.0, 50.0, 100.0], 4.0), [0.0; 3]);
    let close = beeswarm(&[10.0, 10.0, 10.0], 4.0);
    let different: std::collections::BTreeSet<_> =
        close.iter().map(|offset| (offset * 100.0) as i32).collect();
    assert_eq!(different.len(), 3);
    assert_eq!(beeswarm(&[1.0; 500], 4.0).len(), 500);
    assert_eq!(thinned(3, 10), [0, 1, 2]);
    assert_eq!(thinned(1_000_000, 3), [0, 499_999, 999_999]);
}

#[test]
fn layers_lie_on_each_other_and_steps_hold_their_value() {
    let drawn = layers(&[vec![1.0, 2.0], vec![3.0, f64::NAN], vec![1.0]]);
    assert_eq!(drawn[0], [(0.0, 1.0), (0.0, 2.0)]);
    assert_eq!(drawn[1], [(1.0, 4.0), (2.0, 2.0)]);
    assert_eq!(drawn[2], [(4.0, 5.0), (2.0, 2.0)]);
    assert_eq!(
        steps(&[(0.0, 1.0), (2.0, 3.0), (4.0, 0.0)]),
        [(0.0, 1.0), (2.0, 1.0), (2.0, 3.0), (4.0, 3.0), (4.0, 0.0)]
    );
    assert_eq!(
        area(&[(0.0, 1.0), (2.0, 1.0)], &[(0.0, 5.0), (2.0, 5.0)]),
        "M0 1L2 1L2 5L0 5Z"
    );
    assert_eq!(area(&[(0.0, 1.0)], &[(0.0, 5.0)]), "");
}
