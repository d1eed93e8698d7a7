//! The few figures of messages and pools by which two trees are compared
//! (`script/bench --against`). They have the same names as in the groups `objects` and `pools`.

use crate::{Outcome, objects, pools, report};
use manyhands::Process;

/// The number of measured rounds, after one round that is not measured.
const ROUNDS: u32 = 5;

pub async fn measure() -> Outcome {
    for round in 0..=ROUNDS {
        let trip = Process::spawn(objects::pipe_round_trip, 20_000)?;
        let trip = trip.join_async().await?;
        let one_way = Process::spawn(objects::queue_one_way, 300_000)?;
        let one_way = one_way.join_async().await?;
        let rates = Process::spawn(pools::map_tiny, (10_000, 100_000))?;
        let (chunk1, _) = rates.join_async().await?;
        if round > 0 {
            report::sample("pipe_rtt_16B", "µs", round, trip);
            report::sample("queue_oneway", "1/s", round, one_way);
            report::sample("pool_map_tiny_chunk1", "1/s", round, chunk1);
        }
    }
    Ok(())
}
