//! A class on one picture (`?class`): the reports of an experiment from many laptops, dropped
//! onto this page, become one chart, and results of exercises one table.
//!
//! [`collect`] reads the files, [`keep`] lets them outlive a reload, [`picture`] makes charts of
//! reports, [`results`] tables of results. Nothing leaves the browser.

mod collect;
mod keep;
mod picture;
mod results;
#[cfg(test)]
mod tests;

use super::browser;
use super::chart::{ChartFigure, table_view};
use super::hatches::hatches;
use super::header::{Part, site_footer, site_header};
use super::report_file::{file_text, on_drag_over};
use super::save::save;
use charts::geometry::plural;
use collect::{Change, Collected};
use picture::{Picture, pictures};
use std::rc::Rc;
use web_sys::{DragEvent, FileList, HtmlInputElement};
use yew::platform::spawn_local;
use yew::prelude::*;

/// The page.
#[component]
pub fn Class() -> Html {
    let collected = use_reducer(|| Collected::of(keep::kept()));
    let without_room = use_state_eq(|| 0);
    use_effect_with(collected.changes, {
        let (collected, without_room) = (collected.clone(), without_room.setter());
        move |_| without_room.set(keep::keep(&collected))
    });
    let refusal = use_state_eq(|| None::<AttrValue>);
    use_effect_with((), |()| {
        browser::describe(
            "A class on one picture",
            "Drop the reports of an experiment from many laptops onto one page: each becomes a \
             mark of one chart, with the median and the spread of all.",
        );
    });
    let all = use_memo(collected.changes, {
        let collected = collected.clone();
        move |_| {
            let drawn = pictures(&collected.reports());
            let drawn = drawn
                .into_iter()
                .map(|picture| (Rc::new(picture.chart.clone()), picture));
            drawn.collect::<Vec<_>>()
        }
    });
    let on_files = {
        let collected = collected.dispatcher();
        Callback::from(move |files: FileList| {
            let files: Vec<_> = (0..files.length())
                .filter_map(|at| files.item(at))
                .collect();
            let collected = collected.clone();
            spawn_local(async move {
                for file in files {
                    let (name, text) = file_text(file).await;
                    collected.dispatch(Change::Add(name, text));
                }
            });
        })
    };
    let onchange = {
        let on_files = on_files.clone();
        Callback::from(move |event: Event| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                if let Some(files) = input.files() {
                    on_files.emit(files);
                }
                // Without this, choosing the same files again would cause no event.
                input.set_value("");
            }
        })
    };
    let ondrop = Callback::from(move |event: DragEvent| {
        event.prevent_default();
        if let Some(files) = event.data_transfer().and_then(|data| data.files()) {
            on_files.emit(files);
        }
    });
    let save_csv = |file: &'static str, csv: String| {
        let refusal = refusal.setter();
        Callback::from(move |_: MouseEvent| {
            refusal.set(save(file, "text/csv", &csv).err().map(AttrValue::from));
        })
    };
    let results = collected.results();
    let everything: String = all
        .iter()
        .map(|(_, picture)| picture.csv.as_str())
        .enumerate()
        .map(|(at, csv)| match at {
            0 => csv,
            // The headings stand once.
            _ => csv.split_once('\n').map_or("", |(_, rest)| rest),
        })
        .collect();
    let is_empty = collected.items.is_empty() && collected.refused.is_empty();
    let clear = {
        let collected = collected.dispatcher();
        Callback::from(move |_: MouseEvent| collected.dispatch(Change::Clear))
    };
    html! {
        <div class="page measure" {ondrop} ondragover={on_drag_over()}>
            { hatches() }
            <a class="skip" href="#class">{ "To the pictures" }</a>
            { site_header(Part::Measure) }
            <main id="class" class="class" tabindex="-1" data-files={collected.items.len().to_string()}>
                <section class="about">
                    <h2 class="question">{ "A class on one picture" }</h2>
                    <p class="explanation">
                        { "Let everybody run the same experiment, save its report as JSON, and send it \
                           to you. Each file becomes a mark on one chart. Results of exercises \
                           become a table. The files stay in this browser." }
                    </p>
                    <p class={classes!("class-tools", is_empty.then_some("is-empty"))}>
                        <label class="button picker">
                            <input type="file" id="load" multiple={true} accept=".json,application/json" {onchange} />
                            { "Choose files…" }
                        </label>
                        if is_empty {
                            <span>{ "or drop all of them here at once" }</span>
                        }
                        if !all.is_empty() {
                            <button type="button" id="save-class-csv"
                                onclick={save_csv("manyhands-class.csv", everything)}>{ "Save every value (CSV)" }</button>
                        }
                        if !is_empty {
                            <button type="button" id="clear" onclick={clear}>{ "Remove all" }</button>
                        }
                    </p>
                    <p class="note">
                        { "To hold CPython beside the browsers, run " }
                        <a href="manyhands_speed_up.py" download="manyhands_speed_up.py">{ "this script" }</a>
                        { " with Python 3.8 or later: it writes such a report, too." }
                    </p>
                </section>
                if let Some(why) = &*refusal {
                    <p class="error" role="alert">{ why.clone() }</p>
                }
                if *without_room > 0 {
                    <p class="warning" id="without-room" role="status">{ format!("⚠ This tab has no room to keep {}: \
                        a reload of this page forgets them. Keep the files.", plural(*without_room as u64, "file", "files")) }</p>
                }
                { refused(&collected) }
                { for all.iter().map(|(chart, picture)| one_picture(chart, picture)) }
                if !results.is_empty() {
                    { results_panel(&collected, save_csv("manyhands-class-exercises.csv", results::csv(&results))) }
                }
                { names(&collected) }
            </main>
            { site_footer(Html::default()) }
        </div>
    }
}

/// The files that are not used, one by one.
fn refused(collected: &Collected) -> Html {
    let refused = &collected.refused;
    if refused.is_empty() {
        return Html::default();
    }
    html! {
        <section class="panel" id="refused" role="alert" aria-labelledby="refused-title">
            <h3 class="panel-title" id="refused-title">{ match refused.len() {
                1 => "1 file is not used".to_owned(),
                several => format!("{several} files are not used"),
            } }</h3>
            <ul class="class-refused">
                { for refused.iter().map(|(name, why)| html! {
                    <li><strong>{ name.clone() }</strong>{ ": " }{ why.clone() }</li>
                }) }
            </ul>
        </section>
    }
}

fn one_picture(chart: &Rc<charts::Chart>, picture: &Picture) -> Html {
    let id = format!("class-{}-values", picture.experiment);
    html! {
        <section class="class-picture" key={picture.experiment.name()} data-experiment={picture.experiment.name()}
            data-reports={picture.reports.to_string()}>
            <h3 class="class-title">{ picture.experiment.question() }</h3>
            <ChartFigure chart={chart.clone()} />
            if !picture.far.is_empty() {
                <p class="class-far">{ picture.far.clone() }</p>
            }
            if picture.differ {
                <p class="note">{ "The reports were made with different settings: a row holds only those \
                    that measured it. A link for the class gives everybody the same." }</p>
            }
            <details class="class-values">
                <summary>{ "Each laptop’s values" }</summary>
                <div class="scroll many" {id} role="region" aria-label="Each laptop’s values" tabindex="0">
                    { table_view(&picture.heads, &picture.rows) }
                </div>
            </details>
        </section>
    }
}

fn results_panel(collected: &Collected, on_save: Callback<MouseEvent>) -> Html {
    let results = collected.results();
    let (heads, rows) = results::table(&results);
    let kinds = results::by_exercise(&results);
    html! {
        <section class="panel class-results" id="class-results" aria-labelledby="class-results-title">
            <h3 class="panel-title" id="class-results-title">{ match results.len() {
                1 => "Exercises: 1 result".to_owned(),
                several => format!("Exercises: {several} results"),
            } }</h3>
            if let Some(sentence) = results::hardest(&kinds) {
                <p>{ sentence }</p>
            }
            <div class="scroll many" role="region" aria-label="Each result" tabindex="0">
                { table_view(&heads, &rows) }
            </div>
            <p><button type="button" id="save-results-csv" onclick={on_save}>{ "Save the results (CSV)" }</button></p>
        </section>
    }
}

/// The names of the laptops, which can be changed.
fn names(collected: &UseReducerHandle<Collected>) -> Html {
    if collected.items.is_empty() {
        return Html::default();
    }
    let row = |(at, item): (usize, &collect::Item)| {
        let onchange = {
            let collected = collected.dispatcher();
            Callback::from(move |event: Event| {
                if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                    collected.dispatch(Change::Rename(at, input.value()));
                }
            })
        };
        let onclick = {
            let collected = collected.dispatcher();
            Callback::from(move |_: MouseEvent| collected.dispatch(Change::Remove(at)))
        };
        html! {
            <li key={at}>
                <input id={format!("name-{}", at + 1)} aria-label={format!("Name of {}", item.name)} value={item.name.clone()} {onchange} />
                <button type="button" aria-label={format!("Remove {}", item.name)} {onclick}>{ "Remove" }</button>
            </li>
        }
    };
    html! {
        <details class="class-names" id="names">
            <summary>{ format!("Names ({})", collected.items.len()) }</summary>
            <ol>{ for collected.items.iter().enumerate().map(row) }</ol>
        </details>
    }
}
