//! What a program imports, as far as its text says.

/// Names under which a program uses a module that Python imports only then.
const LATER: [(&str, &str); 8] = [
    ("Pool", "multiprocessing.pool"),
    ("Manager", "multiprocessing.managers"),
    ("Value", "multiprocessing.sharedctypes"),
    ("Array", "multiprocessing.sharedctypes"),
    ("Lock", "multiprocessing.synchronize"),
    ("Event", "multiprocessing.synchronize"),
    ("ProcessPoolExecutor", "concurrent.futures.process"),
    ("ThreadPoolExecutor", "concurrent.futures.thread"),
];

/// A module that prints when it is imported, which only the program may make it do.
const PRINTS: &str = "this";

/// The modules that a program imports. Some may not exist, since texts within the program
/// and the names of functions look the same.
pub fn of(source: &str) -> Vec<String> {
    let mut modules = Vec::new();
    for line in source.lines().map(str::trim_start) {
        if let Some(list) = line.strip_prefix("import ") {
            modules.extend(list.split(',').filter_map(name));
        } else if let Some((module, list)) = from(line) {
            modules.push(module.to_owned());
            let within = list.split(',').filter_map(name);
            modules.extend(within.map(|name| format!("{module}.{name}")));
        }
    }
    let is_part = |letter: char| letter == '_' || letter.is_alphanumeric();
    for (word, module) in LATER {
        if source
            .split(|letter| !is_part(letter))
            .any(|one| one == word)
        {
            modules.push(module.to_owned());
        }
    }
    modules.retain(|module| module != PRINTS);
    modules
}

/// The two parts of `from MODULE import NAMES`.
fn from(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix("from ")?.split_once(" import ")
}

/// The name at the beginning of `NAME as OTHER`.
fn name(text: &str) -> Option<String> {
    text.split_whitespace().next().map(str::to_owned)
}
