//! The results of a class's exercises as one table.

use super::collect::HandedIn;
use charts::csv_cell;

/// A table: headings, and a row for each result, the best first.
pub fn table(results: &[(&str, &HandedIn)]) -> (Vec<String>, Vec<Vec<String>>) {
    let questions = results.iter().map(|(_, result)| result.answers.len());
    let most = questions.max().unwrap_or(0);
    let mut heads = ["Name", "Sheet", "Right", "Answered"]
        .map(str::to_owned)
        .to_vec();
    heads.extend((1..=most).map(|number| number.to_string()));
    let mut sorted = results.to_vec();
    sorted.sort_by(|(a, one), (b, other)| other.score().cmp(&one.score()).then(a.cmp(b)));
    let rows = sorted.into_iter().map(|(name, result)| {
        let answered = result.answers.iter().filter(|(_, right)| right.is_some());
        let mut row = vec![
            name.to_owned(),
            result.seed.to_string(),
            format!("{} of {}", result.score(), result.answers.len()),
            answered.count().to_string(),
        ];
        row.extend(result.answers.iter().map(|(exercise, right)| {
            let mark = match right {
                Some(true) => "✓",
                Some(false) => "✗",
                None => "–",
            };
            format!("{mark} {exercise}")
        }));
        row.resize(heads_len(most), String::new());
        row
    });
    (heads, rows.collect())
}

fn heads_len(questions: usize) -> usize {
    questions + 4
}

/// The kinds of exercises, with how many answers were right and how many there were, those that
/// were right least often first.
pub fn by_exercise(results: &[(&str, &HandedIn)]) -> Vec<(String, usize, usize)> {
    let mut kinds: Vec<(String, usize, usize)> = Vec::new();
    for (exercise, right) in results.iter().flat_map(|(_, result)| &result.answers) {
        let Some(right) = right else { continue };
        let at = kinds
            .iter()
            .position(|(name, ..)| name == exercise)
            .unwrap_or_else(|| {
                kinds.push((exercise.clone(), 0, 0));
                kinds.len() - 1
            });
        kinds[at].1 += usize::from(*right);
        kinds[at].2 += 1;
    }
    kinds.sort_by(|(_, a, of_a), (_, b, of_b)| (a * of_b).cmp(&(b * of_a)));
    kinds
}

/// Says which kinds of exercises were right least often, unless all were equally often.
pub fn hardest(kinds: &[(String, usize, usize)]) -> Option<String> {
    let (_, right, of) = kinds.first()?;
    let (least, more): (Vec<_>, Vec<_>) =
        (kinds.iter()).partition(|(_, other, of_other)| other * of == right * of_other);
    if more.is_empty() {
        return None;
    }
    let least: Vec<String> = (least.iter())
        .map(|(name, right, of)| format!("{name} ({right} of {of})"))
        .collect();
    Some(format!("Least often right: {}.", least.join(", ")))
}

/// The results as CSV, with a line for each question of each.
pub fn csv(results: &[(&str, &HandedIn)]) -> String {
    let mut csv = "name,seed,number,exercise,right\n".to_owned();
    for (name, result) in results {
        for (at, (exercise, right)) in result.answers.iter().enumerate() {
            let [seed, number] = [result.seed.to_string(), (at + 1).to_string()];
            let cells = [
                *name,
                &seed,
                &number,
                exercise,
                right.map_or("", |right| if right { "true" } else { "false" }),
            ];
            csv += &cells.map(csv_cell).join(",");
            csv.push('\n');
        }
    }
    csv
}
