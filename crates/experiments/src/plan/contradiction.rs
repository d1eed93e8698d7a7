//! Values that are possible one by one, but not together.

use super::{Choice, Invalid, Plan, Value};
use workloads::{Job, grouped};

impl Plan {
    /// Everything in this plan that contradicts something else in it.
    pub(super) fn contradictions(&self) -> Vec<Invalid> {
        let mut found = Vec::new();
        let mut say = |field, message| found.push(Invalid { field, message });
        if let (Some(items), Some(most)) = (self.job_items(), self.numbers("chunks").last())
            && *most > items
        {
            let [most, items] = [*most, items].map(|number| grouped(number.into()));
            say(
                "chunks",
                format!(
                    "{most} chunks are more than this work has items: choose at most {items}, or a larger size."
                ),
            );
        }
        let [items, chunk] = ["items", "chunk"].map(|name| self.number(name));
        if chunk > items {
            say(
                "chunk",
                format!(
                    "A chunk of {chunk} is more than the {items} tasks there are: choose at most {items}."
                ),
            );
        }
        let stages = ["readers", "writers"].map(|name| (name, self.number(name)));
        let most = self.numbers("transformers").last().copied();
        for (name, workers) in stages
            .into_iter()
            .chain(most.map(|most| ("transformers", most)))
        {
            if workers > items {
                say(
                    name,
                    format!(
                        "{workers} processes for {items} recordings have nothing to do: choose at most {items}."
                    ),
                );
            }
        }
        if let threads @ [_, _, ..] = self.names("threads")
            && threads.contains(&"none")
        {
            say(
                "threads",
                "None and some threads contradict each other: choose either.".to_owned(),
            );
        }
        self.unsendable(&mut say);
        found
    }

    /// Everything in this plan that this build can read of, but not run.
    pub(super) fn unrunnable(&self) -> impl Iterator<Item = Invalid> {
        self.fields().iter().filter_map(|field| {
            let chosen = match self.value(field.name)? {
                Value::Name(name) => std::slice::from_ref(name),
                Value::Names(names) => names,
                Value::Number(_) | Value::Numbers(_) => return None,
            };
            let known = field.known().into_iter();
            let (can, cannot): (Vec<Choice>, Vec<Choice>) = known.partition(Choice::is_runnable);
            let names = |all: &[Choice]| {
                let names: Vec<&str> = all.iter().map(|choice| choice.name).collect();
                names.join(", ")
            };
            let cannot: Vec<Choice> = (cannot.into_iter())
                .filter(|choice| chosen.contains(&choice.name))
                .collect();
            (!cannot.is_empty()).then(|| Invalid {
                field: field.name,
                message: format!(
                    "{}: this build has no threads, which {} would need: choose among {}, or build with the feature `threads`.",
                    field.label,
                    names(&cannot),
                    names(&can)
                ),
            })
        })
    }

    /// A payload that none of the chosen ways can carry.
    fn unsendable(&self, say: &mut impl FnMut(&'static str, String)) {
        let ways = self.names("ways");
        for payload in self.names("payloads") {
            if !ways.iter().any(|way| can_carry(way, payload)) {
                say(
                    "ways",
                    format!(
                        "None of the chosen ways can carry '{payload}': add clone, json or codec."
                    ),
                );
            }
        }
    }

    fn job_items(&self) -> Option<u64> {
        let job = Job::new(self.workload()?, self.number("size"), 0).ok()?;
        Some(job.items())
    }

    /// Drops the numbers of chunks that are more than the work has items.
    pub(super) fn drop_chunks_beyond_items(&mut self) {
        let Some(items) = self.job_items() else {
            return;
        };
        let fields = self.fields().iter();
        for (_, value) in fields
            .zip(&mut self.values)
            .filter(|(field, _)| field.name == "chunks")
        {
            if let Value::Numbers(numbers) = value {
                numbers.retain(|number| *number <= items);
                if numbers.is_empty() {
                    numbers.push(1);
                }
            }
        }
    }
}

/// Whether a way of sending can carry a payload: bytes as they are, buffers and
/// shared arrays hold nothing but bytes and integers.
pub(crate) fn can_carry(way: &str, payload: &str) -> bool {
    matches!(way, "clone" | "json" | "codec") || matches!(payload, "bytes" | "integers")
}
