use super::*;
use std::rc::Rc;

fn state(query: &str) -> State {
    State::new(2, 5.0, Isolation::Isolated, query).0
}

fn after(state: State, actions: impl IntoIterator<Item = Action>) -> State {
    let all = actions.into_iter();
    let last = all.fold(Rc::new(state), |state, action| state.reduce(action));
    (*last).clone()
}

/// What is marked as wrong is what was given, and not the value that is kept in its place.
#[test]
fn a_wrong_value_of_the_address_is_shown_beside_its_error() {
    let state = state("?workers=999&size=2e6");
    assert_eq!(state.form.text("workers"), "999");
    let error = state.form.error("workers").expect("an error");
    assert!(error.contains("but 999 was given"), "{error}");
    assert_eq!(state.form.plan.text("workers"), "2");
    assert_eq!(state.form.text("size"), "2,000,000");
    assert_eq!(state.form.first_invalid(), Some("workers"));
    let mended = after(state, [Action::Set("workers", "1".to_owned())]);
    assert_eq!(mended.form.error("workers"), None);
    assert_eq!(mended.form.first_invalid(), None);
}

#[test]
fn other_pages_are_read_during_a_run() {
    let running = after(
        state("?experiment=sharing"),
        [
            Action::Start,
            Action::ChooseExperiment(Experiment::Messaging),
        ],
    );
    assert_eq!(running.experiment(), Experiment::Messaging);
    assert_eq!(running.stage, Stage::Running);
    assert_eq!(running.measured_elsewhere(), Some(Experiment::Sharing));
    assert!(!running.is_measuring());
    assert_eq!(running.measured_plan().experiment(), Experiment::Sharing);
    // Back on its page, it is measured here.
    let back = after(
        running.clone(),
        [Action::OpenAddress("?experiment=sharing".to_owned())],
    );
    assert!(back.is_measuring());
    let stopped = after(
        running,
        [Action::Stop, Action::Finish(Stage::Cancelled, None)],
    );
    assert_eq!(stopped.experiment(), Experiment::Messaging);
    assert_eq!(stopped.stage, Stage::Ready);
    assert_eq!(stopped.measured_elsewhere(), None);
}

#[test]
fn more_can_be_measured_and_less_again() {
    let first = state("?experiment=granularity");
    let (words, more) = first.other_extent();
    assert_eq!(words, "Measure more");
    let second = after(first.clone(), [Action::ChoosePlan(more)]);
    assert_eq!(second.form.text("repeats"), "5");
    let (words, less) = second.other_extent();
    assert_eq!(words, "Measure less");
    assert_eq!(less, first.form.plan);
}
