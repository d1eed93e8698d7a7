//! Plans: from URLs and controls, good and bad.
#![cfg(not(target_arch = "wasm32"))]

use manyhands::StartMethod;
use manyhands::experiment::{SpeedUpField as Field, SpeedUpPlan};
use manyhands::workload::Workload;
use proptest::prelude::*;

const CORES: u32 = 4;

fn message(field: Field, text: &str) -> String {
    let mut plan = SpeedUpPlan::default_for(CORES);
    let before = plan.clone();
    let invalid = plan.set(field, text, CORES).expect_err(text);
    assert_eq!(plan, before, "a refused text changes nothing");
    assert_eq!(invalid.field, field);
    invalid.message
}

#[test]
fn the_default_fits_the_machine() {
    let plan = SpeedUpPlan::default_for(CORES);
    assert_eq!((plan.workers, plan.repeats), (4, 5));
    let limits = [0, 1, 2, 8, 64, u32::MAX].map(SpeedUpPlan::max_workers);
    assert_eq!(limits, [2, 2, 4, 16, 100, 100]);
    for cores in [0, 1, 2, 8, 64, u32::MAX] {
        assert_eq!(SpeedUpPlan::default_for(cores).validate(cores), Ok(()));
    }
    assert_eq!(SpeedUpPlan::default_for(0).workers, 1);
}

#[test]
fn a_whole_query_is_read() {
    let query = "?workload=prime-count&size=2%2C000,000&workers=3&repeats=7&start=spawn&seed=42&run=1&utm=x";
    let (plan, invalid, run) = SpeedUpPlan::from_query(query, CORES);
    assert_eq!(invalid, []);
    assert!(run);
    let expected = SpeedUpPlan {
        workload: Workload::PrimeCount,
        size: 2_000_000,
        workers: 3,
        repeats: 7,
        start_method: StartMethod::Spawn,
        seed: 42,
    };
    assert_eq!(plan, expected);
}

#[test]
fn the_order_of_a_query_does_not_matter_and_the_first_of_a_key_counts() {
    let (plan, invalid, run) =
        SpeedUpPlan::from_query("size=500&size=9&workload=mandelbrot&run=yes", CORES);
    assert_eq!((plan.workload, plan.size), (Workload::Mandelbrot, 500));
    assert_eq!(invalid, []);
    assert!(!run);
    let (plan, _, _) = SpeedUpPlan::from_query("workload=mandelbrot", CORES);
    assert_eq!(plan.size, Workload::Mandelbrot.default_size());
}

#[test]
fn an_empty_query_is_the_default() {
    for query in ["", "?", "&&=&", "other=1"] {
        let expected = (SpeedUpPlan::default_for(CORES), Vec::new(), false);
        assert_eq!(SpeedUpPlan::from_query(query, CORES), expected);
    }
}

#[test]
fn junk_keeps_the_default_of_its_field_only() {
    let query =
        "workload=fib%20onacci&size=%E2%88%921&workers=10000&repeats=3&start=fork&seed=%zz%";
    let (plan, invalid, _) = SpeedUpPlan::from_query(query, CORES);
    let mut expected = SpeedUpPlan::default_for(CORES);
    expected.repeats = 3;
    assert_eq!(plan, expected);
    let fields: Vec<Field> = invalid.iter().map(|one| one.field).collect();
    use Field::*;
    assert_eq!(fields, [Workload, Size, Workers, StartMethod, Seed]);
    assert!(invalid[0].message.contains("'fib onacci'"));
    assert!(invalid[4].message.contains("'%zz%'"));
}

#[test]
fn messages_say_what_is_allowed() {
    assert_eq!(
        message(Field::Workers, "10000"),
        "The number of workers must be a whole number from 1 to 8, but 10000 was given."
    );
    assert_eq!(
        message(Field::Size, "-1"),
        "The size must be a whole number from 1,000 to 4,000,000,000 numbers, but -1 was given."
    );
    assert_eq!(
        message(Field::Repeats, " "),
        "The number of repeats must be a whole number from 1 to 50, but nothing was given."
    );
    assert_eq!(
        message(Field::Size, "abc"),
        "The size must be a whole number from 1,000 to 4,000,000,000 numbers, but 'abc' is not a whole number."
    );
    assert_eq!(
        message(Field::StartMethod, "fork"),
        "Unknown start method 'fork': choose 'spawn' or 'forkserver'."
    );
    assert!(message(Field::Workload, "x").ends_with(", server, pipeline."));
    let message_of_k_means = message(Field::Workload, "k-means");
    assert!(message_of_k_means.starts_with("'k-means' is more than compute"));
    assert!(message_of_k_means.ends_with(", word-count, group-by."));
    assert!(message(Field::Size, &"9".repeat(5_000)).chars().count() < 200);
    assert!(message(Field::Workload, &"π".repeat(5_000)).chars().count() < 300);
}

#[test]
fn numbers_out_of_range_and_no_numbers_are_told_apart() {
    for text in [
        "0",
        "−1",
        "-5",
        "1e30",
        "1e999",
        "-1e3",
        "51",
        "99999999999999999999999",
    ] {
        assert!(
            message(Field::Repeats, text).ends_with("was given."),
            "{text}"
        );
    }
    let junk = [
        "abc", "1.5", "1e-3", "1,5", "1,0000", "_1", "1_", ",000", "inf", "NaN", "0x10", "1 000",
        "--1", "+-1", "-", "e3", "1e", "½", "٣",
    ];
    for text in junk {
        assert!(
            message(Field::Size, text).ends_with("is not a whole number."),
            "{text}"
        );
    }
}

#[test]
fn sizes_may_be_written_as_people_write_them() {
    for text in [
        "1000000",
        "1,000,000",
        "1_000_000",
        "1e6",
        "1E6",
        "+1e+6",
        " 1.0e6 ",
        "1000000.0",
    ] {
        let mut plan = SpeedUpPlan::default_for(CORES);
        assert_eq!(plan.set(Field::Size, text, CORES), Ok(()), "{text}");
        assert_eq!(plan.size, 1_000_000, "{text}");
    }
}

#[test]
fn seeds_reach_as_far_as_json_is_exact() {
    let mut plan = SpeedUpPlan::default_for(CORES);
    for (text, seed) in [
        ("0", 0),
        ("1e15", 1_000_000_000_000_000),
        ("9007199254740991", (1 << 53) - 1),
    ] {
        assert_eq!(plan.set(Field::Seed, text, CORES), Ok(()), "{text}");
        assert_eq!(plan.seed, seed);
    }
    assert!(message(Field::Seed, "9007199254740992").ends_with("was given."));
}

#[test]
fn another_workload_brings_its_own_size() {
    let mut plan = SpeedUpPlan::default_for(CORES);
    plan.set(Field::Size, "2000000", CORES).unwrap();
    plan.set(Field::Workload, "sum-of-squares", CORES).unwrap();
    assert_eq!(plan.size, 2_000_000);
    plan.set(Field::Workload, "mandelbrot", CORES).unwrap();
    assert_eq!(plan.size, Workload::Mandelbrot.default_size());
    assert_eq!(plan.validate(CORES), Ok(()));
}

#[test]
fn a_plan_from_elsewhere_is_checked_whole() {
    let plan = SpeedUpPlan {
        workload: Workload::Mandelbrot,
        size: 1 << 40,
        workers: 0,
        repeats: 51,
        start_method: StartMethod::Spawn,
        seed: u64::MAX,
    };
    let invalid = plan.validate(CORES).unwrap_err();
    let fields: Vec<&str> = invalid.iter().map(|one| one.field.name()).collect();
    assert_eq!(fields, ["size", "workers", "repeats", "seed"]);
    assert!(invalid[0].message.contains("16 to 8,192 pixels per side"));
    let mut plan = SpeedUpPlan::default_for(CORES);
    plan.workload = Workload::Sleep;
    plan.size = 10;
    let invalid = plan.validate(CORES).unwrap_err();
    assert_eq!((invalid.len(), invalid[0].field), (1, Field::Workload));
}

prop_compose! {
    fn plans()(
        which in 0..Workload::COMPUTE.len(), share in 0.0..=1.0_f64, workers in 1..=2 * CORES, repeats in 1..=50_u32,
        spawn: bool, seed in 0..1_u64 << 53,
    ) -> SpeedUpPlan {
        let workload = Workload::COMPUTE[which];
        let (low, high) = (*workload.sizes().start(), *workload.sizes().end());
        SpeedUpPlan {
            workload,
            size: low + ((high - low) as f64 * share) as u64,
            workers,
            repeats,
            start_method: StartMethod::ALL[usize::from(spawn)],
            seed,
        }
    }
}

proptest! {
    #[test]
    fn the_same_url_gives_the_same_plan(plan in plans()) {
        prop_assert_eq!(plan.validate(CORES), Ok(()));
        let (again, invalid, run) = SpeedUpPlan::from_query(&plan.to_query(), CORES);
        prop_assert_eq!(&again, &plan);
        prop_assert_eq!((invalid, run), (Vec::new(), false));
    }

    #[test]
    fn no_query_panics_or_gives_a_plan_that_cannot_be(
        query in prop_oneof![
            any::<String>(),
            "([?&=%+,_.eE−-]|workload|size|workers|repeats|start|seed|run|mandelbrot|[0-9]){0,40}",
        ],
        cores: u32,
    ) {
        let (plan, _, _) = SpeedUpPlan::from_query(&query, cores);
        prop_assert_eq!(plan.validate(cores), Ok(()));
    }

    #[test]
    fn no_text_panics_or_makes_a_plan_that_cannot_be(
        which in 0..6_usize,
        text in prop_oneof![any::<String>(), "[+−-]?[0-9,_.]{0,12}([eE][+-]?[0-9]{0,4})?"],
    ) {
        let mut plan = SpeedUpPlan::default_for(CORES);
        let result = plan.set(Field::ALL[which], &text, CORES);
        prop_assert_eq!(plan.validate(CORES), Ok(()));
        if let Err(invalid) = result {
            prop_assert!(invalid.message.ends_with('.'));
            prop_assert_eq!(plan, SpeedUpPlan::default_for(CORES));
        }
    }
}
