use manyhands::{Error, Process};

fn square(n: u32) -> u32 {
    n * n
}

pub async fn main() -> Result<u32, Error> {
    let process = Process::spawn(square, 12)?;
    process.join_async().await
}
