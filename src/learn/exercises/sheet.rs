//! A sheet of exercises: which questions a seed draws. The same seed draws the same sheet on
//! every machine.

use super::super::knobs::{knobs, turned};
use super::super::lesson::{Choice, Lesson, choices};
use super::check::{Check, Question};
use super::pencil;
use super::random::Random;
use std::rc::Rc;

/// An exercise of `lessons/exercises.md`: a question about the program of a lesson that holds
/// whatever its knobs are.
#[derive(Clone, Debug, PartialEq)]
pub struct Exercise {
    /// The lesson's name.
    pub lesson: String,
    /// The question, in Markdown.
    pub text: String,
    /// The answers to choose from; none if a number is to be typed.
    pub choices: Vec<Choice>,
    /// Values that knobs may have here, if they are not those of the program.
    pub values: Vec<(String, Vec<String>)>,
}

/// Reads `lessons/exercises.md`: groups, of which each sheet has one exercise, and in them the
/// exercises.
///
/// # Errors
/// A sentence about what is wrong with the file.
pub fn read_exercises(text: &str) -> Result<Vec<Vec<Exercise>>, String> {
    let mut groups: Vec<Vec<Exercise>> = Vec::new();
    let mut bodies = text.split("\n### ");
    if bodies.next().is_some_and(|first| first.contains("\n## ")) {
        groups.push(Vec::new());
    }
    for part in bodies {
        let (part, next_group) = match part.split_once("\n## ") {
            Some((part, _)) => (part, true),
            None => (part, false),
        };
        let (lesson, body) = part.split_once('\n').unwrap_or((part, ""));
        let exercise = exercise(lesson.trim(), body)
            .map_err(|why| format!("exercises.md, {}: {why}", lesson.trim()))?;
        let group = groups
            .last_mut()
            .ok_or("exercises.md should begin with a group: “## Group”.")?;
        group.push(exercise);
        if next_group {
            groups.push(Vec::new());
        }
    }
    if groups.is_empty() || groups.iter().any(Vec::is_empty) {
        return Err("exercises.md has a group without exercises.".to_owned());
    }
    Ok(groups)
}

fn exercise(lesson: &str, body: &str) -> Result<Exercise, String> {
    let mut values = Vec::new();
    let mut rest = String::new();
    for line in body.lines() {
        match line.split_once(": ") {
            Some((name, list)) if is_constant(name) => {
                let list: Vec<String> = list.split(',').map(|one| one.trim().to_owned()).collect();
                values.push((name.to_owned(), list));
            }
            _ => {
                rest.push_str(line);
                rest.push('\n');
            }
        }
    }
    let (text, choices) = match rest.lines().any(|line| line.starts_with("- ")) {
        true => choices(&rest)?,
        false => (rest.trim().to_owned(), Vec::new()),
    };
    if text.is_empty() {
        return Err("it has no question.".to_owned());
    }
    Ok(Exercise {
        lesson: lesson.to_owned(),
        text,
        choices,
        values,
    })
}

fn is_constant(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
}

/// The exercises that a seed draws: one of each group.
pub fn draw(groups: &[Vec<Exercise>], seed: u32) -> Vec<Exercise> {
    let mut random = Random::new(seed, 0);
    let drawn = groups
        .iter()
        .filter_map(|group| random.one_of(group).cloned());
    drawn.collect()
}

/// The questions of a sheet: those about programs, with the lessons of the exercises drawn for
/// this seed, and the calculations.
pub fn questions(exercises: Vec<(Exercise, Rc<Lesson>)>, seed: u32) -> Vec<Question> {
    let mut purpose = 0;
    let mut random = || {
        purpose += 1;
        Random::new(seed, purpose)
    };
    let mut questions: Vec<Question> = exercises
        .into_iter()
        .map(|(exercise, lesson)| about_program(exercise, lesson, &mut random()))
        .collect();
    questions.extend(pencil::questions(random));
    questions
}

fn about_program(exercise: Exercise, lesson: Rc<Lesson>, random: &mut Random) -> Question {
    let mut program = lesson.program.clone();
    let mut settings = Vec::new();
    for knob in knobs(&lesson.program) {
        let own = exercise.values.iter().find(|(name, _)| *name == knob.name);
        let values = own.map_or(&knob.choices, |(_, values)| values);
        if let Some(value) = random.one_of(values) {
            program = turned(&program, &knob.name, value);
            settings.push((knob.name, value.clone()));
        }
    }
    let mut choices = exercise.choices;
    random.shuffle(&mut choices);
    Question {
        name: exercise.lesson,
        text: exercise.text,
        choices,
        settings,
        check: Check::Run {
            program: without_knobs(&program),
            lesson,
        },
    }
}

/// The program without the comments that make knobs of its constants.
fn without_knobs(program: &str) -> String {
    let lines = program
        .split('\n')
        .map(|line| match line.split_once("# knob:") {
            Some((code, _)) => code.trim_end(),
            None => line,
        });
    lines.collect::<Vec<_>>().join("\n")
}
