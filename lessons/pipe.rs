// The types say what travels: here lists one way, and numbers back.
use manyhands::{Connection, Error, Process, pipe, println};

fn worker(connection: Connection) -> Result<(), Error> {
    while let Some(mut items) = connection.recv::<Option<Vec<String>>>()? {
        items.push("from the worker".to_owned());
        connection.send(&items.len())?;
    }
    Ok(())
}

pub fn main() -> Result<(), Error> {
    let (ours, theirs) = pipe()?;
    let process = Process::spawn(worker, theirs)?;
    let items = vec!["mine".to_owned()];
    for _ in 0..2 {
        ours.send(&Some(&items))?;
        let length: usize = ours.recv()?;
        println!("the worker's copy has this many: {length}");
    }
    ours.send(&None::<Vec<String>>)?;
    process.join()??;
    println!("my list has this many items: {}", items.len());
    Ok(())
}
