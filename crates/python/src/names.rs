//! Which variable of a program holds what it makes at a line, as its source says.

use ruff_python_ast::{
    Expr, Stmt,
    visitor::{Visitor, walk_stmt},
};
use ruff_python_parser::parse_module;
use ruff_text_size::{Ranged, TextRange};

/// The file name of the program, of which lines are told.
pub const MAIN: &str = "/home/main.py";

/// The longest name that is told, in bytes.
const LONGEST: usize = 40;

/// The assignments of a program.
#[derive(Default)]
pub struct Names {
    source: String,
    /// The places at which its lines begin.
    lines: Vec<usize>,
    assignments: Vec<Assignment>,
}

struct Assignment {
    range: TextRange,
    /// What is assigned to, from left to right: one, unless a tuple is unpacked.
    targets: Vec<TextRange>,
    /// How many the value makes.
    makes: Makes,
}

#[derive(Clone, Copy, PartialEq)]
enum Makes {
    /// One value.
    One,
    /// A tuple or a list of so many.
    Several(usize),
    /// As many as a loop makes.
    Any,
}

impl Names {
    /// Reads a program. One that is not Python has no names.
    pub fn of(source: &str) -> Names {
        let mut names = Names {
            source: source.to_owned(),
            lines: std::iter::once(0)
                .chain(source.match_indices('\n').map(|(at, _)| at + 1))
                .collect(),
            assignments: Vec::new(),
        };
        if let Ok(module) = parse_module(source) {
            names.visit_body(&module.syntax().body);
        }
        names
    }

    /// The name of what is made at this line, of which `before` were made by the same
    /// assignment earlier.
    pub fn of_value(&self, line: u32, before: usize) -> Option<String> {
        let assignment = self.assignment(line)?;
        match (&assignment.targets[..], assignment.makes) {
            ([target], Makes::One) => self.text(*target),
            ([target], Makes::Several(count)) => self.item(*target, before % count.max(1)),
            ([target], Makes::Any) => self.item(*target, before),
            (targets, _) => self.text(targets[before % targets.len()]),
        }
    }

    /// The names of the two values that one call at this line makes.
    pub fn of_pair(&self, line: u32) -> Option<[String; 2]> {
        match self.assignment(line)?.targets[..] {
            [first, second] => Some([self.text(first)?, self.text(second)?]),
            _ => None,
        }
    }

    /// Where the assignment begins that contains this line.
    pub fn place(&self, line: u32) -> Option<u32> {
        Some(self.assignment(line)?.range.start().to_u32())
    }

    /// The innermost assignment that contains a line.
    fn assignment(&self, line: u32) -> Option<&Assignment> {
        let line = (line as usize).checked_sub(1)?;
        let begin = *self.lines.get(line)?;
        let end = self.lines.get(line + 1).copied();
        let end = end.unwrap_or(self.source.len() + 1) - 1;
        let in_line = |one: &&Assignment| {
            usize::from(one.range.start()) <= end && usize::from(one.range.end()) >= begin
        };
        let found = self.assignments.iter().filter(in_line);
        found.min_by_key(|one| one.range.len())
    }

    fn text(&self, range: TextRange) -> Option<String> {
        let text = self
            .source
            .get(usize::from(range.start())..usize::from(range.end()))?;
        (text.len() <= LONGEST && !text.contains('\n')).then(|| text.to_owned())
    }

    fn item(&self, range: TextRange, index: usize) -> Option<String> {
        Some(format!("{}[{index}]", self.text(range)?))
    }

    fn add(&mut self, range: TextRange, target: &Expr, value: Option<&Expr>) {
        let targets = match target {
            Expr::Tuple(tuple) if !tuple.elts.is_empty() => {
                tuple.elts.iter().map(Ranged::range).collect()
            }
            other => vec![other.range()],
        };
        let makes = match value {
            Some(Expr::Tuple(tuple)) => Makes::Several(tuple.elts.len()),
            Some(Expr::List(list)) => Makes::Several(list.elts.len()),
            Some(Expr::ListComp(_) | Expr::Generator(_)) => Makes::Any,
            // `tuple(Lock() for …)` and the like.
            Some(Expr::Call(call)) if matches!(call.arguments.args[..], [Expr::Generator(_)]) => {
                Makes::Any
            }
            _ => Makes::One,
        };
        self.assignments.push(Assignment {
            range,
            targets,
            makes,
        });
    }
}

impl Visitor<'_> for Names {
    fn visit_stmt(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Assign(assign) => {
                if let Some(target) = assign.targets.first() {
                    self.add(assign.range(), target, Some(&assign.value));
                }
            }
            Stmt::AnnAssign(assign) => {
                self.add(assign.range(), &assign.target, assign.value.as_deref());
            }
            Stmt::With(with) => {
                for item in &with.items {
                    if let Some(target) = &item.optional_vars {
                        self.add(item.range(), target, Some(&item.context_expr));
                    }
                }
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }
}
