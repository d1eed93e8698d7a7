//! The lessons' files, fetched from the page's host.

use super::super::browser;
use super::lesson::{Entry, Lesson, read_index};

/// The list of the lessons.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// Those that are listed, in their order: all, or the teacher's choice.
    pub entries: Vec<Entry>,
    /// All that there are.
    pub all: Vec<Entry>,
}

const NO_LESSONS: &str = "This page was built without the lessons.";

impl Course {
    /// Fetches the list.
    ///
    /// # Errors
    /// A sentence for the visitor.
    pub async fn fetch() -> Result<Course, String> {
        let entries = fetched(&["index.md"], |texts| read_index(&texts[0])).await;
        let entries =
            entries.map_err(|why| format!("The list of lessons could not be read. {why}"))?;
        Ok(Course {
            all: entries.clone(),
            entries,
        })
    }

    /// Fetches a lesson.
    ///
    /// # Errors
    /// A sentence for the visitor.
    pub async fn lesson(&self, name: &str) -> Result<Lesson, String> {
        if !self.all.iter().any(|entry| entry.name == name) {
            return Err(format!(
                "There is no lesson with the name “{name}”. The lessons that there are stand in \
                 the list."
            ));
        }
        let files = [format!("{name}.md"), format!("{name}.py")];
        let files: Vec<_> = files.iter().map(String::as_str).collect();
        let lesson = fetched(&files, |texts| Lesson::read(&texts[0], &texts[1])).await;
        lesson.map_err(|why| format!("The lesson “{name}” could not be read. {why}"))
    }

    /// Where a lesson stands in the list.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.entries.iter().position(|entry| entry.name == name)
    }
}

/// The lesson's program in Rust, if it has one.
pub async fn rust_program(name: &str) -> Option<String> {
    let folder = browser::named_address("manyhands-lessons")?;
    let address = format!("{folder}{name}.rs");
    let program = browser::fetch_text(&address, false).await.ok()?;
    // (A host may answer with a page of its own for what is missing.)
    (!program.starts_with('<')).then(|| program.replace("\r\n", "\n"))
}

/// Fetches files and makes something of them. A copy that the browser keeps may be wrong:
/// then it is fetched anew, once.
pub(super) async fn fetched<T>(
    files: &[&str],
    read: impl Fn(&[String]) -> Result<T, String>,
) -> Result<T, String> {
    let folder = browser::named_address("manyhands-lessons").ok_or(NO_LESSONS)?;
    let mut why = String::new();
    for fresh in [false, true] {
        let mut texts = Vec::new();
        for file in files {
            match browser::fetch_text(&format!("{folder}{file}"), fresh).await {
                Ok(text) => texts.push(text.replace("\r\n", "\n")),
                Err(error) => why = format!("{file}: {error}."),
            }
        }
        if texts.len() == files.len() {
            match read(&texts) {
                Ok(it) => return Ok(it),
                Err(error) => why = error,
            }
        }
    }
    Err(why)
}
