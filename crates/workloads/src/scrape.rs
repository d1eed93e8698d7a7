//! A simulated scrape of many slow web addresses: the links of each page are counted after
//! a wait. Addresses, pages and delays come from the seed; no network is used.
//!
//! In Python: `count_links(urllib.request.urlopen(address).read())`, in threads
//! or with `asyncio`.

use super::{
    Bound, Host, Tally, Waits,
    definition::{About, Definition, Task},
    digits::counted,
    random::{Random, mix},
};
use std::{fmt::Write, ops::Range, time::Duration};

/// The shortest time of a request, in µs. The median is 47 ms, and one in a hundred takes
/// half a second.
const MIN_LATENCY_US: u64 = 20_000;

/// The numbers that separate the random streams for delays and for pages.
const DELAYS: u64 = 1;
const PAGES: u64 = 2;

pub(super) struct Scrape;

impl Definition for Scrape {
    fn about(&self) -> &'static About {
        &About {
            name: "scrape",
            title: "Scrape",
            description: "Asks many slow addresses for a page and counts the links on it: nearly all of the time is waiting, and some addresses are far slower than others. (Nothing is really asked for: the delays are made up.)",
            unit: "addresses",
            item: "an address",
            bound: Bound::Io,
            seeded: true,
            sizes: (1, 10_000),
            presets: [10, 30, 200],
        }
    }

    fn compute(&self, task: &Task, items: Range<u64>, host: &mut dyn Host) -> Tally {
        let mut tally = Tally::default();
        for item in items {
            host.checkpoint();
            let page = page(task.seed, item);
            let hash = page
                .bytes()
                .fold(0, |hash, byte| mix(hash ^ u64::from(byte)));
            tally.add(item, links(&page).into(), hash);
        }
        tally
    }

    fn waits(&self, seed: u64, item: u64) -> Waits {
        Waits {
            before: latency(seed, item),
            after: Duration::ZERO,
        }
    }

    fn answer(&self, size: u64, tally: &Tally) -> String {
        format!(
            "{} on {}",
            counted(tally.value() as u64, "link"),
            counted(size, "page")
        )
    }
}

/// The address of an item, in the reserved domain `.example`.
pub fn address(seed: u64, item: u64) -> String {
    let site = mix(mix(seed) ^ item) % 50;
    format!("https://site-{site}.example/page-{item}")
}

/// The time until the address answers. Most are short, and the distribution has a long
/// tail, as on a real network.
pub fn latency(seed: u64, item: u64) -> Duration {
    let share = Random::new(mix(seed ^ DELAYS), item).below_u64(1000);
    Duration::from_micros(MIN_LATENCY_US + 30_000 * share / (1050 - share))
}

/// The page at the address of an item.
pub fn page(seed: u64, item: u64) -> String {
    let mut random = Random::new(mix(seed ^ PAGES), item);
    let mut page = format!("<title>{}</title>\n", address(seed, item));
    for paragraph in 0..8 + random.below(24) {
        // Writing to a string cannot fail.
        let _ = write!(page, "<p>{paragraph}: {:016x}", random.next_u64());
        if random.below(3) == 0 {
            let there = address(seed, random.below_u64(1000));
            let _ = write!(page, " <a href=\"{there}\">there</a>");
        }
        page.push_str("</p>\n");
    }
    page
}

/// The number of links in a page.
pub fn links(page: &str) -> u32 {
    page.matches("<a href=").count() as u32
}
