//! What a speed-up recording says.

use super::{
    overview,
    words::{processes, times, verdict},
};
use crate::experiment::{
    Experiment, SpeedUpReport,
    report::{
        Analysis, Axis, ChartKind, ChartSpec, Dot, Finding, Line, Outcome, Quantity, Recording,
        Role, Series,
    },
};

pub(super) fn analyse(recording: &Recording) -> Analysis {
    let view = SpeedUpReport::of(recording);
    let by_id = |ids: &[&str]| -> Vec<&Series> {
        ids.iter()
            .filter_map(|id| recording.series_of(id))
            .collect()
    };
    let runs = by_id(&["main", "processes"]);
    let parts = by_id(&["start-up", "sending", "computing", "waiting"]);
    let mut charts = Vec::new();
    charts.extend(speed_up_chart(&view));
    charts.extend(overview::chart(
        "time",
        "Time by number of processes",
        &runs,
        String::new(),
    ));
    charts.extend(
        overview::chart(
            "parts",
            "Where one process's time went",
            &parts,
            String::new(),
        )
        .map(|chart| ChartSpec {
            kind: ChartKind::Stacked,
            x: Axis::linear(chart.x.quantity),
            y: Axis::linear(chart.y.quantity),
            ..chart
        }),
    );
    Analysis {
        sentence: view.sentence.clone(),
        findings: findings(&view),
        charts,
        tables: vec![overview::medians(&recording.series)],
    }
}

fn speed_up_chart(view: &SpeedUpReport) -> Option<ChartSpec> {
    let measured = view.speed_up.iter().map(|row| Dot {
        x: row.workers.into(),
        y: row.summary.median,
        interval: (row.summary.n > 1).then_some((row.summary.low, row.summary.high)),
        label: None,
    });
    let ideal = view.calibration.ideal.iter();
    let ideal = ideal.map(|one| Dot::new(one.workers.into(), one.speed_up));
    let line = |label: &str, role, dots: Vec<Dot>| Line {
        label: label.to_owned(),
        role,
        series: (role == Role::Measured).then(|| "processes".to_owned()),
        dots,
    };
    let measured: Vec<Dot> = measured.collect();
    if measured.is_empty() {
        return None;
    }
    Some(ChartSpec {
        id: "speed-up".to_owned(),
        title: "Speed-up over the main thread".to_owned(),
        kind: ChartKind::Lines,
        x: Axis::linear(Quantity::new("processes", "")),
        y: Axis::linear(Quantity::new("speed-up", "×")),
        lines: vec![
            line("measured", Role::Measured, measured),
            line("ideal, calibrated here", Role::Ideal, ideal.collect()),
        ],
        sentence: view.sentence.clone(),
    })
}

fn findings(view: &SpeedUpReport) -> Vec<Finding> {
    let Some(best) = view.best() else {
        return Vec::new();
    };
    let mut all = Vec::new();
    let cores = f64::from(view.environment.logical_cores);
    let at_cores = view
        .speed_up
        .iter()
        .find(|row| f64::from(row.workers) == cores);
    if let Some(row) = at_cores.or(Some(best)) {
        let share = row.summary.median / f64::from(row.workers);
        let outcome = match (row.workers, row.summary) {
            (1, _) => Outcome::NotShown,
            (_, summary) if summary.n < 3 => Outcome::NotShown,
            _ if share >= 0.85 => Outcome::Holds,
            _ if row.summary.low > 1.0 => Outcome::HoldsInPart,
            _ if row.summary.high < 1.0 => Outcome::DoesNotHold,
            _ => Outcome::NotShown,
        };
        let ideal = match row.ideal {
            Some(ideal) => format!(", and no more than {} could be had here", times(ideal)),
            None => String::new(),
        };
        all.push(verdict(
            Experiment::SpeedUp,
            "near-linear",
            outcome,
            format!(
                "{} were {} as fast as the main thread{ideal}.",
                processes(row.workers.into()),
                times(row.summary.median)
            ),
        ));
    }
    all
}
