//! Where a report was recorded.

use super::Environment;
use crate::{Port, diagnostics, trace};

/// What there is to say about this browser, now.
pub fn environment() -> Environment {
    let diagnostics = diagnostics();
    Environment {
        user_agent: diagnostics.user_agent,
        logical_cores: crate::cpu_count(),
        isolated: diagnostics.isolated,
        arena_port: match diagnostics.arena_port {
            Some(Port::TwoMemory) => "two-memory".into(),
            Some(Port::JavaScript) => "javascript".into(),
            None => "none".into(),
        },
        clock_step_us: clock_step_us(),
        recorded_at: String::from(js_sys::Date::new_0().to_iso_string()),
        hidden: diagnostics.hidden,
        throttled: false,
    }
}

/// The smallest step that the clock was seen to make, in µs.
fn clock_step_us() -> f64 {
    let mut smallest = f64::INFINITY;
    for _ in 0..20 {
        let begin = trace::now_us();
        let mut now = begin;
        // Bounded: a clock that stands still must not hang the page.
        for _ in 0..100_000 {
            now = trace::now_us();
            if now > begin {
                break;
            }
        }
        if now > begin {
            smallest = smallest.min(now - begin);
        }
    }
    if smallest.is_finite() { smallest } else { 0.0 }
}
