//! The workers of an executor. They complete the submitted calls before they end.
//!
//! This module must not know what can be submitted.

use super::pending::PendingCalls;
use crate::{
    Error,
    pool::{
        engine::{Engine, State},
        plan::Plan,
    },
    process::{ExitPriority, may_block, register_finaliser},
};
use std::{cell::RefCell, rc::Rc};

thread_local! {
    /// The engines of this process's executors whose workers may still be running.
    static ENGINES: RefCell<Vec<Rc<Engine>>> = const { RefCell::new(Vec::new()) };
}

/// Called before this process ends (Python's `_python_exit`).
fn shut_down_executors() {
    for engine in ENGINES.take() {
        engine.close_and_join();
    }
}

/// The workers of one executor. When the last handle of the executor is dropped, they
/// complete the submitted calls, as at the end of Python's `with`.
pub(super) struct Workers {
    pub(super) engine: Rc<Engine>,
    pub(super) pending: Rc<PendingCalls>,
}

impl Workers {
    pub(super) fn new(plan: Plan) -> Result<Workers, Error> {
        let engine = Engine::new(plan)?;
        let pending = PendingCalls::new(&engine);
        engine.add_submitting_job(pending.clone());
        ENGINES.with_borrow_mut(|engines| {
            engines.retain(|engine| !engine.is_over());
            engines.push(engine.clone());
        });
        register_finaliser(ExitPriority::Executors, shut_down_executors);
        Ok(Workers { engine, pending })
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        let was_shut_down = self.engine.state() != State::Running;
        // After this, nobody runs the engine, which would send the calls that are still
        // pending.
        self.pending.remove_limit();
        self.engine.close();
        if !may_block() {
            self.engine.join_on_page();
        } else if !was_shut_down {
            // Nobody is left who could be told of an error.
            let _ = self.engine.join(None);
        }
        if self.engine.is_over() {
            ENGINES.with_borrow_mut(|engines| {
                engines.retain(|engine| !Rc::ptr_eq(engine, &self.engine));
            });
        }
    }
}
