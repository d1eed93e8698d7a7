//! Plans from valid and invalid texts of URLs and controls.
#![cfg(not(target_arch = "wasm32"))]

use experiments::{
    Experiment, Invalid, Kind, Locking, Model, Plan, io_bound, sharing, speed_up, start_up,
};
use proptest::prelude::*;
use workloads::Workload;

const CORES: u32 = 4;

fn default_of(experiment: Experiment) -> Plan {
    Plan::default_for(experiment, CORES)
}

fn speed_up() -> Plan {
    default_of(Experiment::SpeedUp)
}

fn of_speed_up(plan: &Plan) -> &speed_up::Plan {
    match plan {
        Plan::SpeedUp(plan) => plan,
        other => panic!("a plan of {}", other.experiment()),
    }
}

fn refused(mut plan: Plan, field: &str, text: &str) -> String {
    let before = plan.clone();
    let invalid = plan.set(field, text, CORES).expect_err(text);
    assert_eq!(plan, before, "a refused text changes nothing");
    assert_eq!(invalid.field, field);
    invalid.message
}

fn message(field: &str, text: &str) -> String {
    refused(speed_up(), field, text)
}

fn read(query: &str) -> (Plan, Vec<Invalid>) {
    let (plan, invalid, _) = Plan::from_query(query, CORES);
    (plan, invalid)
}

#[test]
fn the_default_fits_the_machine() {
    let plan = speed_up();
    let typed = of_speed_up(&plan);
    assert_eq!((typed.workers, typed.repeats, plan.repeats()), (4, 3, 3));
    let limits = [0, 1, 2, 8, 64, u32::MAX].map(|cores| {
        let field = plan.field("workers").unwrap();
        *plan.range(field, cores).unwrap().end()
    });
    assert_eq!(limits, [2, 2, 4, 16, 100, 100]);
    for experiment in Experiment::ALL {
        for cores in [0, 1, 2, 8, 64, u32::MAX] {
            let plan = Plan::default_for(experiment, cores);
            assert_eq!(plan.validate(cores), Ok(()), "{experiment}, {cores}");
        }
    }
    assert_eq!(speed_up::Plan::default_for(0).workers, 1);
    assert_eq!(io_bound::Plan::default_for(3).workers, [4]);
    assert_eq!(io_bound::Plan::more_for(3).workers, [1, 2, 4, 8, 12]);
}

#[test]
fn experiments_and_fields_have_one_name() {
    for experiment in Experiment::ALL {
        assert_eq!(experiment.name().parse(), Ok(experiment));
        assert_eq!(serde_json::to_value(experiment).unwrap(), experiment.name());
        assert!(!experiment.claims().is_empty() && experiment.question().ends_with('?'));
        let mut names: Vec<&str> = experiment.fields().iter().map(|one| one.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), experiment.fields().len(), "{experiment}");
        for field in experiment.fields() {
            assert!(
                !field.label.is_empty() && field.help.ends_with('.'),
                "{}",
                field.name
            );
            let chosen = matches!(field.kind, Kind::Choice(..) | Kind::Several(..));
            assert_eq!(chosen, !field.choices().is_empty(), "{}", field.name);
        }
    }
}

/// A build without threads can read a plan that needs threads, but cannot run it.
#[test]
fn a_plan_of_threads_is_read_everywhere() {
    let threads = Model::Threads(Locking::Gil).name();
    let has_threads = cfg!(feature = "threads");
    for (query, field, others) in [
        (
            format!("experiment=speed-up&workers=2&threads={threads}"),
            "threads",
            "none",
        ),
        (
            format!("experiment=io-bound&models=main,{threads}"),
            "models",
            "main, event-loop, processes",
        ),
    ] {
        let (plan, invalid, _) = Plan::from_query(&query, CORES);
        let names = plan.text(field);
        assert!(names.split(',').any(|name| name == threads), "{query}");
        assert_eq!(plan.validate(CORES).is_ok(), has_threads, "{query}");
        let field = plan.field(field).unwrap();
        let offered = field.choices().iter().any(|one| one.name == threads);
        assert_eq!(offered, has_threads);
        if has_threads {
            assert_eq!(invalid, []);
            continue;
        }
        assert_eq!(plan.validate(CORES), Err(invalid.clone()));
        assert_eq!(
            invalid,
            [Invalid {
                field: field.name,
                message: format!(
                    "{}: this build has no threads, which {threads} would need: choose among \
                     {others}, or build with the feature `threads`.",
                    field.label
                ),
            }]
        );
        // The default plan can be run.
        let plan = Plan::default_for(plan.experiment(), CORES);
        assert_eq!(plan.validate(CORES), Ok(()));
    }
}

#[test]
fn a_whole_query_is_read() {
    let query = "?workload=prime-count&size=2%2C000,000&workers=3&repeats=7&start=spawn&seed=42&threads=none&run=1&utm=x";
    let (plan, invalid, run) = Plan::from_query(query, CORES);
    assert_eq!(invalid, []);
    assert!(run);
    assert_eq!(plan.experiment(), Experiment::SpeedUp);
    assert_eq!(
        plan.to_query(),
        "experiment=speed-up&workload=prime-count&size=2000000&workers=3&repeats=7&start=spawn&seed=42&scaling=strong&threads=none"
    );
    let (plan, invalid) = read("experiment=sharing&ways=manager,locked&increments=1e3");
    assert_eq!(invalid, []);
    // The methods are in the order of the page, not of the query.
    assert_eq!(plan.workload(), None);
    let Plan::Sharing(plan) = plan else {
        panic!("{plan:?}");
    };
    use sharing::CountMethod;
    assert_eq!(plan.methods, [CountMethod::Locked, CountMethod::Manager]);
    assert_eq!(plan.increments, 1_000);
}

#[test]
fn the_order_of_a_query_does_not_matter_and_the_first_of_a_key_counts() {
    let (plan, invalid, run) =
        Plan::from_query("size=500&size=9&workload=mandelbrot&run=yes", CORES);
    assert_eq!(plan.workload(), Some(Workload::Mandelbrot));
    assert_eq!(of_speed_up(&plan).size, 500);
    assert_eq!(invalid, []);
    assert!(!run);
    let (plan, _) = read("workload=mandelbrot");
    assert_eq!(of_speed_up(&plan).size, Workload::Mandelbrot.default_size());
}

#[test]
fn an_empty_query_is_the_default() {
    for query in ["", "?", "&&=&", "other=1"] {
        let expected = (speed_up(), Vec::new(), false);
        assert_eq!(Plan::from_query(query, CORES), expected);
    }
}

#[test]
fn junk_keeps_the_default_of_its_field_only() {
    let query =
        "workload=fib%20onacci&size=%E2%88%921&workers=10000&repeats=3&start=fork&seed=%zz%";
    let (plan, invalid) = read(query);
    let mut expected = speed_up();
    expected.set("repeats", "3", CORES).unwrap();
    assert_eq!(plan, expected);
    let fields: Vec<&str> = invalid.iter().map(|one| one.field).collect();
    assert_eq!(fields, ["workload", "size", "workers", "start", "seed"]);
    assert!(invalid[0].message.contains("'fib onacci'"));
    assert!(invalid[4].message.contains("'%zz%'"));
    let (plan, invalid) = read("experiment=magic&workers=3");
    assert_eq!(
        (plan.experiment(), of_speed_up(&plan).workers),
        (Experiment::SpeedUp, 3)
    );
    assert_eq!((invalid.len(), invalid[0].field), (1, "experiment"));
    assert!(invalid[0].message.ends_with("pool-methods, io-bound."));
}

#[test]
fn several_numbers_and_names_are_written_as_people_do() {
    let mut plan = default_of(Experiment::Messaging);
    for text in [
        "1000,100000",
        "1000, 100000",
        "1,000 100,000",
        " 1e3;1e5 1000",
        "1000+100000",
    ] {
        let text = text.replace('+', " ");
        assert_eq!(plan.set("sizes", &text, CORES), Ok(()), "{text}");
        assert_eq!(plan.text("sizes"), "1000,100000", "{text}");
    }
    let refused = |field: &str, text: &str| refused(default_of(Experiment::Messaging), field, text);
    assert!(refused("sizes", "").ends_with("but nothing was given."));
    assert!(refused("sizes", "1 2").ends_with("but 1 was given."));
    let many = "100 200 300 400 500 600 700 800 900";
    assert_eq!(
        refused("sizes", many),
        "Sizes may be at most 8 numbers, but more were given."
    );
    assert_eq!(
        refused("ways", ","),
        "Ways: choose among clone, json, codec, bytes, transfer, shared, in-place, at least one."
    );
    assert!(refused("ways", "json,smoke").ends_with("but 'smoke' was given."));
    assert!(refused("sizes", &"9,".repeat(100_000)).chars().count() < 200);
}

#[test]
fn contradictions_are_reported_with_a_solution() {
    let said = |query: &str| {
        let (plan, invalid) = read(query);
        let again = plan.validate(CORES).expect_err(query);
        assert_eq!(again, invalid);
        assert_eq!(invalid.len(), 1, "{invalid:?}");
        (invalid[0].field, invalid[0].message.clone())
    };
    assert_eq!(
        said("experiment=granularity&workload=mandelbrot&size=64&chunks=1,65"),
        (
            "chunks",
            "65 chunks are more than this work has items: choose at most 64, or a larger size."
                .to_owned()
        )
    );
    assert_eq!(said("experiment=pool-methods&items=4&chunk=5").0, "chunk");
    assert_eq!(
        said("experiment=pipelines&items=2&readers=1&writers=1&transformers=1,3").0,
        "transformers"
    );
    assert_eq!(
        said("experiment=messaging&payloads=table&ways=transfer,bytes").1,
        "None of the chosen ways can carry 'table': add clone, json or codec."
    );
    // Another workload removes the numbers of chunks for which it has too few items.
    let mut plan = default_of(Experiment::Granularity);
    plan.set("workload", "image-filter", CORES).unwrap();
    assert_eq!(plan.validate(CORES), Ok(()));
}

#[test]
fn an_unknown_field_is_refused() {
    let error = speed_up().set("colour", "red", CORES).unwrap_err();
    assert!(error.message.contains("it has workload, size, workers"));
    assert_eq!(speed_up().field("colour").map(|field| field.name), None);
    assert_eq!(speed_up().text("colour"), "");
}

/// `KEYS`, the descriptions of the fields, and serde use the same names.
#[test]
fn a_plan_s_struct_is_read_as_it_is_written() {
    let keys: Vec<&str> = start_up::Plan::FIELDS.iter().map(|one| one.name).collect();
    let named = start_up::KEYS;
    assert_eq!(
        keys,
        [
            named.counts,
            named.methods,
            named.repeats,
            named.browser_memory
        ]
    );
    assert_eq!(named.browser_memory, "browser-memory");
    let plan = start_up::Plan::default_for(CORES);
    let json = serde_json::to_value(&plan).unwrap();
    assert_eq!(json["browser-memory"], "no");
    assert_eq!(
        serde_json::from_value::<start_up::Plan>(json).unwrap(),
        plan
    );
}

/// Other programs and some browsers escape more characters than necessary.
#[test]
fn escapes_are_read_and_none_is_written() {
    let query = "experiment=messaging&ways=json%2Ccodec&sizes=1%2C000+20_000&payloads=%62ytes";
    let (plan, invalid) = read(query);
    assert_eq!(invalid, []);
    assert_eq!(
        plan.to_query(),
        "experiment=messaging&payloads=bytes&ways=json,codec&sizes=1000,20000&repeats=3"
    );
}

#[test]
fn a_field_without_effect_does_not_apply() {
    let mut plan = speed_up();
    let seed = plan.field("seed").unwrap();
    assert!(!plan.applies(seed));
    plan.set("workload", "monte-carlo-pi", CORES).unwrap();
    assert!(plan.applies(seed));
    let mut plan = default_of(Experiment::Messaging);
    let sizes = plan.field("sizes").unwrap();
    assert!(plan.applies(sizes));
    plan.set("payloads", "number,struct", CORES).unwrap();
    assert!(!plan.applies(sizes));
}

#[test]
fn messages_say_what_is_allowed() {
    assert_eq!(
        message("workers", "10000"),
        "Processes must be a whole number from 1 to 8, but 10000 was given."
    );
    assert_eq!(
        message("size", "-1"),
        "Size must be a whole number from 1,000 to 4,000,000,000 numbers, but -1 was given."
    );
    assert_eq!(
        message("repeats", " "),
        "Repeats must be a whole number from 1 to 50, but nothing was given."
    );
    assert_eq!(
        message("size", "abc"),
        "Size must be a whole number from 1,000 to 4,000,000,000 numbers, but 'abc' is not a whole number."
    );
    assert_eq!(
        message("start", "fork"),
        "Start method: choose among spawn, forkserver, but 'fork' was given."
    );
    // The speed-up experiment does not offer workloads that wait.
    let message_of_sleep = message("workload", "sleep");
    assert!(message_of_sleep.ends_with(", group-by, k-means, but 'sleep' was given."));
    assert!(message("size", &"9".repeat(5_000)).chars().count() < 200);
    assert!(message("workload", &"π".repeat(5_000)).chars().count() < 300);
}

#[test]
fn numbers_out_of_range_and_texts_that_are_no_numbers_have_different_messages() {
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
        assert!(message("repeats", text).ends_with("was given."), "{text}");
    }
    let junk = [
        "abc", "1.5", "1e-3", "1,5", "1,0000", "_1", "1_", ",000", "inf", "NaN", "0x10", "1 000",
        "--1", "+-1", "-", "e3", "1e", "½", "٣",
    ];
    for text in junk {
        assert!(
            message("size", text).ends_with("is not a whole number."),
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
        let mut plan = speed_up();
        assert_eq!(plan.set("size", text, CORES), Ok(()), "{text}");
        assert_eq!(of_speed_up(&plan).size, 1_000_000, "{text}");
    }
}

#[test]
fn seeds_reach_as_far_as_json_is_exact() {
    let mut plan = speed_up();
    for (text, seed) in [
        ("0", 0),
        ("1e15", 1_000_000_000_000_000),
        ("9007199254740991", (1 << 53) - 1),
    ] {
        assert_eq!(plan.set("seed", text, CORES), Ok(()), "{text}");
        assert_eq!(of_speed_up(&plan).seed, seed);
    }
    assert!(message("seed", "9007199254740992").ends_with("was given."));
}

#[test]
fn another_workload_brings_its_own_size() {
    let mut plan = speed_up();
    plan.set("size", "2000000", CORES).unwrap();
    plan.set("workload", "sum-of-squares", CORES).unwrap();
    assert_eq!(of_speed_up(&plan).size, 2_000_000);
    plan.set("workload", "mandelbrot", CORES).unwrap();
    assert_eq!(of_speed_up(&plan).size, Workload::Mandelbrot.default_size());
    assert_eq!(plan.validate(CORES), Ok(()));
}

fn plans() -> impl Strategy<Value = Plan> {
    (0..Experiment::ALL.len(), any::<[u16; 10]>()).prop_map(|(which, random)| {
        let mut plan = default_of(Experiment::ALL[which]);
        for (field, random) in plan.fields().iter().zip(random) {
            let random = u64::from(random);
            let text = match plan.range(field, CORES) {
                Some(range) => {
                    let (low, high) = range.into_inner();
                    let at =
                        |share: u64| low + ((high - low) as f64 * share as f64 / 65_536.0) as u64;
                    match field.kind {
                        Kind::Numbers(..) => format!("{} {}", at(random), at(random / 7)),
                        _ => at(random).to_string(),
                    }
                }
                None => {
                    let choices = field.choices();
                    choices[random as usize % choices.len()].name.to_owned()
                }
            };
            plan.set(field.name, &text, CORES).unwrap();
        }
        plan
    })
}

proptest! {
    #[test]
    fn the_same_url_gives_the_same_plan(plan in plans()) {
        let (again, invalid, run) = Plan::from_query(&plan.to_query(), CORES);
        prop_assert_eq!(&again, &plan);
        prop_assert_eq!(invalid, plan.validate(CORES).err().unwrap_or_default());
        prop_assert!(!run);
        let json = serde_json::to_value(&plan).unwrap();
        for field in plan.fields() {
            let text = plan.text(field.name);
            let list = || text.split(',');
            let number = |text: &str| serde_json::json!(text.parse::<u64>().unwrap());
            let expected = match field.kind {
                Kind::Number(_) => number(&text),
                Kind::Numbers(..) => list().map(number).collect(),
                Kind::Choice(_) => serde_json::json!(text),
                Kind::Several(_) => list().collect(),
            };
            prop_assert_eq!(&json[field.name], &expected);
        }
    }

    #[test]
    fn no_query_panics_or_gives_an_invalid_value(
        query in prop_oneof![
            any::<String>(),
            "([?&=%+,_.eE−-]|experiment|sharing|messaging|granularity|workload|size|workers|sizes|chunks|ways|run|mandelbrot|[0-9]){0,40}",
        ],
        cores: u32,
    ) {
        let (plan, invalid, _) = Plan::from_query(&query, cores);
        // The plan may contain contradictory values, and these were reported.
        for one in plan.validate(cores).err().unwrap_or_default() {
            prop_assert!(invalid.contains(&one));
        }
    }

    #[test]
    fn no_text_panics_or_gives_an_invalid_value(
        which in 0..Experiment::ALL.len(),
        index in 0..10_usize,
        text in prop_oneof![any::<String>(), "[+−-]?[0-9,_. ;]{0,12}([eE][+-]?[0-9]{0,4})?"],
    ) {
        let before = default_of(Experiment::ALL[which]);
        let field = before.fields()[index % before.fields().len()].name;
        let mut plan = before.clone();
        match plan.set(field, &text, CORES) {
            Ok(()) => prop_assert_eq!(plan.clone().set(field, &plan.text(field), CORES), Ok(())),
            Err(invalid) => {
                prop_assert!(invalid.message.ends_with('.'));
                prop_assert_eq!(plan, before);
            }
        }
    }
}

/// The default plan takes about ten seconds on any machine. The plan for measuring more is valid,
/// takes longer, and takes at most ten minutes.
#[test]
fn the_first_plan_takes_about_ten_seconds() {
    for experiment in Experiment::ALL {
        for cores in [1, 2, 4, 8, 16, 64] {
            let plan = Plan::default_for(experiment, cores);
            assert_eq!(plan.validate(cores), Ok(()), "{experiment} on {cores}");
            let seconds = plan.estimate(cores, 5.0).as_secs_f64();
            assert!(
                (2.0..14.0).contains(&seconds),
                "{experiment} on {cores}: {seconds} s"
            );
            let more = Plan::more_for(experiment, cores);
            assert_eq!(more.validate(cores), Ok(()), "{experiment} on {cores}");
            let longer = more.estimate(cores, 5.0).as_secs_f64();
            assert!(
                (1.2 * seconds..600.0).contains(&longer),
                "{experiment} on {cores}: {longer} s"
            );
            // A coarse clock makes it longer, but not endless.
            let coarse = plan.estimate(cores, 100_000.0).as_secs_f64();
            assert!(
                (seconds..180.0).contains(&coarse),
                "{experiment}: {coarse} s"
            );
        }
    }
    // The default plan does not use 64 processes on 64 cores.
    let plan = speed_up::Plan::default_for(64);
    assert_eq!(plan.workers, 8);
    let Plan::SpeedUp(plan) = Plan::more_for(Experiment::SpeedUp, 64) else {
        panic!("another experiment");
    };
    assert_eq!(plan.workers, 100);
}
