//! The number of processes that can be alive at the same time, and the error for the next one.

use crate::{Outcome, report, victims, watch::Watch};
use manyhands::{Process, Settings, configure, diagnostics, trace};

pub async fn measure() -> Outcome {
    let most = report::query_number("most", 600);
    configure(Settings {
        max_processes: most,
        ..Settings::default()
    })?;
    let watch = Watch::new();
    let first = Process::spawn(victims::asleep_outside_kernel, ())?;
    watch.wait_until_it_runs(&first).await?;
    let other = first.sentinel()?;
    let mut living = vec![first];
    let begin = trace::now_us();
    let sentence = loop {
        let process = match Process::spawn(victims::blocked, other) {
            Ok(process) => process,
            Err(error) => break error.to_string(),
        };
        if !watch.wait_until_it_runs(&process).await? {
            break match process.join_async().await {
                Ok(()) => "an idle process returned by itself".into(),
                Err(error) => error.to_string(),
            };
        }
        living.push(process);
    };
    let seconds = (trace::now_us() - begin) / 1e6;
    for process in &living {
        if !process.is_alive()? {
            return Err("a process that was to be idle has ended".into());
        }
    }
    report::sample("live_processes", "", 0, living.len() as f64);
    report::sample("live_processes_time", "s", 0, seconds);
    report::note("the next one", &sentence);
    report::note(
        "arena",
        &format!("{} bytes used", diagnostics().arena_bytes_used),
    );
    Ok(())
}
