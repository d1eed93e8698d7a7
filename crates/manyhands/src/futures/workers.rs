//! The workers of an executor, which finish what was submitted before they end.
//!
//! Must not know what can be submitted.

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
    /// The executors of this process whose workers may not have ended.
    static LIVING: RefCell<Vec<Rc<Engine>>> = const { RefCell::new(Vec::new()) };
}

/// Called before this process ends (Python's `_python_exit`).
fn shut_down_executors() {
    for engine in LIVING.take() {
        engine.close_and_join();
    }
}

/// The workers of one executor. When the last handle of the executor is dropped, they
/// finish what was submitted, as at the end of Python's `with`.
pub(super) struct Workers {
    pub(super) engine: Rc<Engine>,
    pub(super) pending: Rc<PendingCalls>,
}

impl Workers {
    pub(super) fn new(plan: Plan) -> Result<Workers, Error> {
        let engine = Engine::new(plan)?;
        let pending = PendingCalls::new(&engine);
        engine.add_submitting_job(pending.clone());
        LIVING.with_borrow_mut(|living| {
            living.retain(|engine| !engine.is_over());
            living.push(engine.clone());
        });
        register_finaliser(ExitPriority::Executors, shut_down_executors);
        Ok(Workers { engine, pending })
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        let was_shut_down = self.engine.state() != State::Running;
        // Nobody is left who could run the engine while the calls wait.
        self.pending.send_all();
        self.engine.close();
        if !may_block() {
            self.engine.join_on_page();
        } else if !was_shut_down {
            // There is nobody to be told of an error.
            let _ = self.engine.join(None);
        }
        if self.engine.is_over() {
            LIVING.with_borrow_mut(|living| {
                living.retain(|engine| !Rc::ptr_eq(engine, &self.engine));
            });
        }
    }
}
