//! The benchmark program that runs in the browser; `script/bench` builds and drives it.
//! Each page load measures one group of figures, which the address names
//! (`?group=start`).
//!
//! A new figure needs a line in its group's file. A new group needs a file here, a line in
//! [`measure`] and an entry in the runner's list (`benches/runner/groups.rs`).

#[cfg(target_arch = "wasm32")]
mod compute;
#[cfg(target_arch = "wasm32")]
mod cycles;
#[cfg(target_arch = "wasm32")]
mod dispatcher;
#[cfg(target_arch = "wasm32")]
mod floor;
#[cfg(target_arch = "wasm32")]
mod floors;
#[cfg(target_arch = "wasm32")]
mod kill;
#[cfg(target_arch = "wasm32")]
mod limits;
#[cfg(target_arch = "wasm32")]
mod live;
#[cfg(target_arch = "wasm32")]
mod manager;
#[cfg(target_arch = "wasm32")]
mod memory;
#[cfg(target_arch = "wasm32")]
mod objects;
#[cfg(target_arch = "wasm32")]
mod pools;
#[cfg(all(target_arch = "wasm32", feature = "bench-rayon"))]
mod rayon_pool;
#[cfg(target_arch = "wasm32")]
mod report;
#[cfg(target_arch = "wasm32")]
mod soak;
#[cfg(target_arch = "wasm32")]
mod speed;
#[cfg(target_arch = "wasm32")]
mod start;
#[cfg(target_arch = "wasm32")]
mod victims;
#[cfg(target_arch = "wasm32")]
mod watch;

/// The result of a group: nothing, or the reason why it could not be measured.
#[cfg(target_arch = "wasm32")]
type Outcome = Result<(), Box<dyn std::error::Error>>;

#[cfg(target_arch = "wasm32")]
async fn measure() -> Outcome {
    let group = report::query("group").ok_or("the address names no group")?;
    match group.as_str() {
        "start" => start::measure().await,
        "dispatcher" => dispatcher::measure().await,
        "kill" => kill::measure().await,
        "manager" => manager::measure().await,
        "memory" => memory::measure().await,
        "limits" => limits::measure().await,
        "live" => live::measure().await,
        "objects" => objects::measure().await,
        "pools" => pools::measure().await,
        "soak" | "soak-long" => soak::measure().await,
        "cycles" => cycles::measure().await,
        "compute" => compute::measure().await,
        "speed" => speed::measure().await,
        #[cfg(feature = "bench-rayon")]
        "rayon" => rayon_pool::measure().await,
        _ => Err(format!("there is no group '{group}' in this program").into()),
    }
}

#[cfg(target_arch = "wasm32")]
fn main() {
    if manyhands::is_main() {
        wasm_bindgen_futures::spawn_local(async {
            let outcome = measure().await;
            report::finish(outcome.err().map(|error| error.to_string()));
        });
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    println!("this program runs in a browser: script/bench builds and drives it");
}
