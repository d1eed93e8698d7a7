// A child has the statics as the program was compiled. And it cannot use a variable of its
// parent by accident: a closure that captures one does not compile.
use manyhands::{Error, Process, println};
use std::sync::Mutex;

static LANGUAGE: Mutex<&str> = Mutex::new("English");

fn greet(passed: Option<String>) {
    let language = passed.unwrap_or_else(|| LANGUAGE.lock().unwrap().to_string());
    println!("the child's language: {language}");
}

pub fn main() -> Result<(), Error> {
    *LANGUAGE.lock().unwrap() = "Latin";
    println!("the parent's language: {}", LANGUAGE.lock().unwrap());
    Process::spawn(greet, None)?.join()
}
