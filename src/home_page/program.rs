//! The program, and the line that is at work.

use super::timeline::Timeline;
use yew::prelude::*;

/// The program that Home runs.
pub const PROGRAM: &str = include_str!("primes.py");

/// How the lines begin that are at work: of one process, while several are started, and
/// while they work.
const ALONE: &str = "    print(sum(map(";
const STARTING: &str = "    with Pool(";
const TOGETHER: &str = "        print(sum(pool.map(";

/// The program. While it runs, the line at work is marked.
pub fn program(timeline: &Timeline, is_busy: bool) -> Html {
    let at_work = is_busy.then(|| at_work(timeline)).flatten();
    html! {
        <figure class="panel home-program">
            <figcaption class="note">{ "primes.py" }</figcaption>
            <pre tabindex="0" aria-label="primes.py"><code>{ for PROGRAM.lines().map(|line| {
                let is_at_work = at_work.is_some_and(|begin| line.starts_with(begin));
                html! { <span class={classes!("code-line", is_at_work.then_some("is-at-work"))}>
                    { line }{ "\n" }
                </span> }
            }) }</code></pre>
        </figure>
    }
}

/// How the line begins that is at work.
fn at_work(timeline: &Timeline) -> Option<&'static str> {
    match (timeline.alone()?.to, timeline.together()) {
        (None, _) => Some(ALONE),
        (_, None) => None,
        (_, Some(span)) if span.to.is_some() => None,
        _ if timeline.workers().iter().any(|life| life.running.is_some()) => Some(TOGETHER),
        _ => Some(STARTING),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_that_is_marked_is_there_once() {
        for begin in [ALONE, STARTING, TOGETHER] {
            let found = PROGRAM.lines().filter(|line| line.starts_with(begin));
            assert_eq!(found.count(), 1, "{begin}");
        }
    }

    #[test]
    fn it_has_ten_lines_that_fit_a_phone() {
        let lines: Vec<_> = PROGRAM.lines().filter(|line| !line.is_empty()).collect();
        assert!(lines.len() <= 10, "{} lines", lines.len());
        assert!(lines.iter().all(|line| line.len() <= 44), "{lines:?}");
    }
}
