//! The runner of the messaging experiment: every payload by every way of sending.

use super::{
    Measured, Part, PayloadKind, Plan, Route, Way,
    page::Echo,
    payload::{Form, Payload},
    pipes::{self, Answer, Question},
};
use crate::{Model, RunError, driver::Driver, form::Named, session::Session};

/// Measures one payload by one way.
struct Case {
    payload: PayloadKind,
    way: Way,
    size: u64,
}

fn cases(plan: &Plan) -> Vec<Case> {
    let mut cases = Vec::new();
    for &payload in &plan.payloads {
        let sizes = if payload.is_sized() {
            &plan.sizes[..]
        } else {
            &[0]
        };
        for &size in sizes {
            for &way in plan.ways.iter().filter(|way| way.can_carry(payload)) {
                cases.push(Case { payload, way, size });
            }
        }
    }
    cases
}

pub(crate) async fn run(session: &mut Session<'_>, plan: &Plan) -> Result<(), RunError> {
    let cases = cases(plan);
    for Case { payload, way, .. } in &cases {
        session.add(&Measured::Time(*payload, *way));
        for part in [Part::Encode, Part::Transit, Part::Decode] {
            session.add(&Measured::Part(*payload, *way, part));
        }
    }
    for route in [Route::Pipe, Route::Queue] {
        session.add(&Measured::Latency(route));
        session.add(&Measured::Stream(route));
    }
    let (repeats, streams) = (plan.repeats, &plan.sizes);
    session.steps(repeats * (cases.len() + 2 + 2 * streams.len()) as u32);
    let echo = session.until(Echo::open()).await?;
    let driver: Driver<Question, Answer> = Driver::start(pipes::send, ())?;
    let model = Model::Processes(Default::default());
    for _ in 0..repeats {
        for case in &cases {
            let Case { payload, way, size } = *case;
            session
                .begin_step(format!("{} as {}", payload.name(), way.name()))
                .await?;
            let value = Payload::new(payload, size);
            let place = if way.is_on_page() {
                Model::EventLoop
            } else {
                model
            };
            session.begin(place).await;
            let answer = measure(session, case, &value, &echo, &driver).await?;
            session.end(place).await;
            let x = value.size() as f64;
            let time = Measured::Time(payload, way);
            session.sample(&time, x, answer.total);
            session.result(&time, x, answer.digest, &value.digest());
            for (part, time) in [
                (Part::Encode, answer.encode),
                (Part::Transit, answer.transit),
                (Part::Decode, answer.decode),
            ] {
                session.sample(&Measured::Part(payload, way, part), x, time);
            }
        }
        for route in [Route::Pipe, Route::Queue] {
            let id = route.name();
            session
                .begin_step(format!("To and fro through a {id}"))
                .await?;
            session.begin(model).await;
            let answer = driver.ask(session, Question::Latency(route)).await?;
            session.end(model).await;
            for time in answer.samples {
                session.sample(&Measured::Latency(route), 16.0, time);
            }
            for &size in streams {
                session
                    .begin_step(format!("One after another through a {id}"))
                    .await?;
                session.begin(model).await;
                let answer = driver.ask(session, Question::Stream(route, size)).await?;
                session.end(model).await;
                for rate in answer.samples {
                    session.sample(&Measured::Stream(route), size as f64, rate);
                }
            }
        }
    }
    driver.end(session).await
}

async fn measure(
    session: &mut Session<'_>,
    case: &Case,
    payload: &Payload,
    echo: &Echo,
    driver: &Driver<Question, Answer>,
) -> Result<Answer, RunError> {
    let question = match case.way {
        Way::Clone => return session.until(echo.clone(payload)).await,
        Way::Transfer => return session.until(echo.transfer(payload)).await,
        Way::Json => Question::Send(case.payload, case.size, Form::Json),
        Way::Codec => Question::Send(case.payload, case.size, Form::Codec),
        Way::Bytes => Question::Send(case.payload, case.size, Form::Plain),
        Way::Shared => Question::Share(case.payload, case.size, false),
        Way::InPlace => Question::Share(case.payload, case.size, true),
    };
    driver.ask(session, question).await
}
