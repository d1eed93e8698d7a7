//! The messaging experiment: what is sent, by every way there is.

mod page;
mod payload;
mod pipes;

use super::driver::Driver;
use crate::{Model, Quantity, RunError, Series, plan::can_carry, session::Session};
use page::Echo;
use payload::{Form, Payload};
use pipes::{Answer, Question};

/// The parts of a message's time: ids and names.
const PARTS: [(&str, &str); 3] = [
    ("encode", "encoding"),
    ("transit", "transit"),
    ("decode", "decoding"),
];

/// One payload by one way.
struct Case {
    /// The series' id: `bytes-codec`.
    id: String,
    payload: &'static str,
    way: &'static str,
    size: u64,
}

fn cases(session: &Session<'_>) -> Vec<Case> {
    let plan = session.plan;
    let mut cases = Vec::new();
    for payload in plan.names("payloads") {
        let sizes = match *payload {
            "number" | "struct" => &[0],
            _ => plan.numbers("sizes"),
        };
        for size in sizes {
            for way in plan
                .names("ways")
                .iter()
                .filter(|way| can_carry(way, payload))
            {
                cases.push(Case {
                    id: format!("{payload}-{way}"),
                    payload,
                    way,
                    size: *size,
                });
            }
        }
    }
    cases
}

pub(super) async fn run(session: &mut Session<'_>) -> Result<(), RunError> {
    let plan = session.plan;
    let cases = cases(session);
    add_series(session, &cases);
    let repeats = plan.count("repeats");
    let streams = plan.numbers("sizes");
    session.steps(repeats * (cases.len() + 2 + 2 * streams.len()) as u32);
    let echo = session.until(Echo::open()).await?;
    let driver: Driver<Question, Answer> = Driver::start(pipes::send, ())?;
    let model = Model::Processes(Default::default());
    for _ in 0..repeats {
        for case in &cases {
            session
                .enter(format!("{} as {}", case.payload, case.way))
                .await?;
            let payload = Payload::new(case.payload, case.size);
            let place = if on_page(case.way) {
                Model::EventLoop
            } else {
                model
            };
            session.begin(place).await;
            let answer = measure(session, case, &payload, &echo, &driver).await?;
            session.end(place).await;
            let x = payload.size() as f64;
            session.sample(&case.id, x, answer.total);
            session.result(&case.id, x, answer.digest, &payload.digest());
            for ((part, _), time) in
                PARTS
                    .into_iter()
                    .zip([answer.encode, answer.transit, answer.decode])
            {
                session.sample(&format!("{}-{part}", case.id), x, time);
            }
        }
        for (id, queue) in [("pipe", false), ("queue", true)] {
            session.enter(format!("To and fro through a {id}")).await?;
            session.begin(model).await;
            let answer = driver.ask(session, Question::Latency { queue }).await?;
            session.end(model).await;
            for time in answer.samples {
                session.sample(&format!("latency-{id}"), 16.0, time);
            }
            for &size in streams {
                session
                    .enter(format!("One after another through a {id}"))
                    .await?;
                session.begin(model).await;
                let answer = driver
                    .ask(session, Question::Stream { queue, size })
                    .await?;
                session.end(model).await;
                for rate in answer.samples {
                    session.sample(&format!("stream-{id}"), size as f64, rate);
                }
            }
        }
    }
    driver.end(session).await
}

fn on_page(way: &str) -> bool {
    matches!(way, "clone" | "transfer")
}

async fn measure(
    session: &mut Session<'_>,
    case: &Case,
    payload: &Payload,
    echo: &Echo,
    driver: &Driver<Question, Answer>,
) -> Result<Answer, RunError> {
    let name = case.payload.to_owned();
    let question = match case.way {
        "clone" => return session.until(echo.clone(payload)).await,
        "transfer" => return session.until(echo.transfer(payload)).await,
        "json" => Question::Send(name, case.size, Form::Json),
        "codec" => Question::Send(name, case.size, Form::Codec),
        "bytes" => Question::Send(name, case.size, Form::Plain),
        way => Question::Share(name, case.size, way == "in-place"),
    };
    driver.ask(session, question).await
}

fn add_series(session: &mut Session<'_>, cases: &[Case]) {
    let plan = session.plan;
    let title = |field: &str, name: &str| {
        let choices = plan
            .field(field)
            .map(|field| field.choices())
            .unwrap_or_default();
        let choice = choices.into_iter().find(|choice| choice.name == name);
        choice.map_or(String::new(), |choice| choice.title.to_owned())
    };
    let axis = || Quantity::new("payload", "bytes");
    let time = || Quantity::new("time", "µs");
    let mut known: Vec<&str> = Vec::new();
    for case in cases {
        if known.contains(&case.id.as_str()) {
            continue;
        }
        known.push(&case.id);
        let label = format!(
            "{} by {}",
            title("payloads", case.payload),
            title("ways", case.way)
        );
        session.add(Series::new(&case.id, &label, axis(), time()).of_way(case.way));
        for (part, word) in PARTS {
            let (id, label) = (format!("{}-{part}", case.id), format!("{label}: {word}"));
            session.add(Series::new(id, label, axis(), time()).of_way(case.way));
        }
    }
    for (id, label) in [("pipe", "Pipe"), ("queue", "Queue")] {
        let there = Quantity::new("round trip", "µs");
        session.add(Series::new(format!("latency-{id}"), label, axis(), there));
        let rate = Quantity::new("throughput", "MB/s");
        session.add(Series::new(format!("stream-{id}"), label, axis(), rate));
    }
}
