//! The rules of pipes.

use super::{Outcome, null, raises, soon};
use crate::common::conformance::Difference;
use manyhands::*;
use serde_json::{Value as Json, json};
use std::time::Duration;

/// The intended differences from CPython, with their reasons.
pub const DIFFERENCES: &[Difference] = &[(
    "pipe_the_message_stays_when_the_buffer_is_too_short",
    None,
    "in Python it comes with the exception; ours stays, to be received by a larger buffer",
)];

pub fn pipes(rule: &str) -> Option<Outcome> {
    let (a, b) = pipe().unwrap();
    let (r, w) = one_way_pipe(1 << 16).unwrap();
    let gone = |end: &Connection| {
        end.close();
    };
    Some(match rule {
        "pipe_ends" => {
            let ends = [&a, &b, &r, &w].map(|end| json!([end.is_readable(), end.is_writable()]));
            Ok(json!(ends))
        }
        "pipe_both_ways" => {
            a.send(&1).unwrap();
            b.send(&2).unwrap();
            let got: (i32, i32) = (a.recv().unwrap(), b.recv().unwrap());
            let more = |end: &Connection| end.poll(Duration::ZERO).unwrap();
            Ok(json!([got.0, got.1, more(&a), more(&b)]))
        }
        "pipe_recv_after_the_other_end_closed" => {
            gone(&b);
            null(a.recv())
        }
        "pipe_recv_what_was_sent_before_the_close" => {
            b.send(&7).unwrap();
            gone(&b);
            let first: i32 = a.recv().unwrap();
            Ok(json!([first, raises(a.recv::<i32>())]))
        }
        "pipe_send_after_the_other_end_closed" => {
            gone(&b);
            null(a.send(&1))
        }
        "one_way_send_after_the_other_end_closed" => {
            gone(&r);
            null(w.send(&1))
        }
        "one_way_recv_after_the_other_end_closed" => {
            gone(&w);
            null(r.recv())
        }
        "one_way_send_on_the_reading_end" => null(r.send(&1)),
        "one_way_send_bytes_on_the_reading_end" => null(r.send_bytes(b"")),
        "one_way_recv_on_the_writing_end" => null(w.recv()),
        "one_way_recv_bytes_on_the_writing_end" => null(w.recv_bytes().map(drop)),
        "one_way_poll_on_the_writing_end" => null(w.poll(Duration::ZERO).map(drop)),
        "pipe_send_after_close" => {
            a.close();
            null(a.send(&1))
        }
        "pipe_recv_after_close" => {
            a.close();
            null(a.recv())
        }
        "pipe_poll_after_close" => {
            a.close();
            null(a.poll(Duration::ZERO).map(drop))
        }
        "pipe_close_twice" => {
            a.close();
            a.close();
            Ok(Json::Null)
        }
        "pipe_poll" => {
            let both = || {
                let now = a.poll(Duration::ZERO).unwrap();
                (now, a.poll(soon()).unwrap())
            };
            let before = both();
            b.send(&1).unwrap();
            let there = both();
            let got: i32 = a.recv().unwrap();
            let after = a.poll(Duration::ZERO).unwrap();
            b.close();
            let end = a.poll(Duration::ZERO).unwrap();
            Ok(json!([
                before.0, before.1, there.0, there.1, got, after, end
            ]))
        }
        "pipe_bytes_of_no_length" => {
            a.send_bytes(b"").unwrap();
            a.send_bytes(b"x").unwrap();
            let length = || b.recv_bytes().unwrap().len();
            Ok(json!([length(), length()]))
        }
        "pipe_recv_bytes_into" => {
            a.send_bytes(b"abc").unwrap();
            let mut buffer = [0; 5];
            Ok(json!([b.recv_bytes_into(&mut buffer).unwrap(), buffer]))
        }
        "pipe_recv_bytes_into_too_little" => {
            a.send_bytes(b"abc").unwrap();
            null(b.recv_bytes_into(&mut [0; 2]).map(drop))
        }
        "pipe_the_message_stays_when_the_buffer_is_too_short" => {
            a.send_bytes(b"abc").unwrap();
            b.recv_bytes_into(&mut [0; 2]).unwrap_err();
            Ok(json!(b.poll(Duration::ZERO).unwrap()))
        }
        "pipe_the_other_end_in_a_process_that_ended" => {
            let process = Process::spawn(|end: Connection| end.send(&1).unwrap(), w).unwrap();
            process.join().unwrap();
            let first: i32 = r.recv().unwrap();
            Ok(json!([first, raises(r.recv::<i32>())]))
        }
        _ => return None,
    })
}
