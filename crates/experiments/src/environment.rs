//! Describes the browser in which a report is recorded.

use super::{Environment, clock};
use manyhands::{Port, diagnostics, trace};

/// The properties of this browser at this moment.
pub fn environment() -> Environment {
    let diagnostics = diagnostics();
    Environment {
        user_agent: diagnostics.user_agent,
        logical_cores: manyhands::cpu_count(),
        isolated: diagnostics.isolated,
        arena_port: match diagnostics.arena_port {
            Some(Port::TwoMemory) => "two-memory".into(),
            Some(Port::JavaScript) => "javascript".into(),
            None => "none".into(),
        },
        clock_step_us: clock::step(trace::now_us).unwrap_or(0.0),
        recorded_at: String::from(js_sys::Date::new_0().to_iso_string()),
        hidden: diagnostics.hidden,
        throttled: false,
    }
}
