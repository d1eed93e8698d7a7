//! The runner of the messaging experiment: every payload by every method of sending.

use super::{
    ChannelKind, Measured, Part, PayloadKind, Plan, SendMethod,
    page::Echo,
    payload::{Encoding, Payload},
    pipes::{self, Reply, Request},
};
use crate::{Model, RunError, driver::Driver, form::Named, session::Session};

/// A payload of one size, and the method by which it is sent.
struct Case {
    payload: PayloadKind,
    method: SendMethod,
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
            for &method in plan
                .methods
                .iter()
                .filter(|method| method.can_carry(payload))
            {
                cases.push(Case {
                    payload,
                    method,
                    size,
                });
            }
        }
    }
    cases
}

pub(crate) async fn run(session: &mut Session<'_>, plan: &Plan) -> Result<(), RunError> {
    let cases = cases(plan);
    for Case {
        payload, method, ..
    } in &cases
    {
        session.add_series(&Measured::Time(*payload, *method));
        for part in [Part::Encode, Part::Transit, Part::Decode] {
            session.add_series(&Measured::Part(*payload, *method, part));
        }
    }
    for channel in [ChannelKind::Pipe, ChannelKind::Queue] {
        session.add_series(&Measured::Latency(channel));
        session.add_series(&Measured::Stream(channel));
    }
    let (repeats, streams) = (plan.repeats, &plan.sizes);
    session.set_total_steps(repeats * (cases.len() + 2 + 2 * streams.len()) as u32);
    let echo = session.wait_for(Echo::open()).await?;
    let driver: Driver<Request, Reply> = Driver::start(pipes::send, ())?;
    let model = Model::Processes(Default::default());
    for _ in 0..repeats {
        for case in &cases {
            let Case {
                payload,
                method,
                size,
            } = *case;
            session
                .begin_step(format!("{} as {}", payload.name(), method.name()))
                .await?;
            let value = Payload::new(payload, size);
            let model_of_sender = if method.is_on_page() {
                Model::EventLoop
            } else {
                model
            };
            session.begin(model_of_sender).await;
            let answer = measure(session, case, &value, &echo, &driver).await?;
            session.end(model_of_sender).await;
            let x = value.size() as f64;
            let time = Measured::Time(payload, method);
            session.sample(&time, x, answer.total);
            session.result(&time, x, answer.digest, &value.digest());
            for (part, time) in [
                (Part::Encode, answer.encode),
                (Part::Transit, answer.transit),
                (Part::Decode, answer.decode),
            ] {
                session.sample(&Measured::Part(payload, method, part), x, time);
            }
        }
        for channel in [ChannelKind::Pipe, ChannelKind::Queue] {
            let id = channel.name();
            session
                .begin_step(format!("To and fro through a {id}"))
                .await?;
            session.begin(model).await;
            let answer = driver.request(session, Request::Latency(channel)).await?;
            session.end(model).await;
            for time in answer.samples {
                session.sample(&Measured::Latency(channel), 16.0, time);
            }
            for &size in streams {
                session
                    .begin_step(format!("One after another through a {id}"))
                    .await?;
                session.begin(model).await;
                let answer = driver
                    .request(session, Request::Stream(channel, size))
                    .await?;
                session.end(model).await;
                for rate in answer.samples {
                    session.sample(&Measured::Stream(channel), size as f64, rate);
                }
            }
        }
    }
    driver.end(session).await
}

/// Measures a payload that is sent by one method.
async fn measure(
    session: &mut Session<'_>,
    case: &Case,
    payload: &Payload,
    echo: &Echo,
    driver: &Driver<Request, Reply>,
) -> Result<Reply, RunError> {
    let request = match case.method {
        SendMethod::Clone => return session.wait_for(echo.clone(payload)).await,
        SendMethod::Transfer => return session.wait_for(echo.transfer(payload)).await,
        SendMethod::Json => Request::Send(case.payload, case.size, Encoding::Json),
        SendMethod::Codec => Request::Send(case.payload, case.size, Encoding::Codec),
        SendMethod::Bytes => Request::Send(case.payload, case.size, Encoding::Plain),
        SendMethod::Shared => Request::Share(case.payload, case.size, false),
        SendMethod::InPlace => Request::Share(case.payload, case.size, true),
    };
    driver.request(session, request).await
}
