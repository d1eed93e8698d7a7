// `get` returns a copy here, too. `mutate` does better: it sends a function to the manager,
// which changes the list where it is.
use manyhands::{DictProxy, Error, Manager, Process, println};

type Shared = DictProxy<String, Vec<u32>>;

fn append(shared: Shared) -> Result<(), Error> {
    shared.get("list")?.push(1);
    Ok(())
}

pub fn main() -> Result<(), Error> {
    let manager = Manager::new()?;
    let shared: Shared = manager.dict()?;
    shared.set("list", &Vec::new())?;
    Process::spawn(append, shared.clone())?.join()??;
    let length = shared.get("list")?.len();
    println!("items in the manager's list: {length}");

    shared.mutate("list", |list: &mut Vec<u32>, item: u32| list.push(item), 1)?;
    let length = shared.get("list")?.len();
    println!("after mutate: {length}");
    Ok(())
}
