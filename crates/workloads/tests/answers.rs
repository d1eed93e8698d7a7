//! Workloads: known answers, from formulae, from Python and from slow but
//! obvious computations.
#![cfg(not(target_arch = "wasm32"))]

use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, time::Duration};
use workloads::{
    Job, NullHost, Tally, Workload, group_by, image_filter, k_means, mandelbrot, matrix_product,
    n_body, option_price, pipeline, scrape, server, sha256_chain, word_count,
};

fn full_tally(workload: Workload, size: u64, seed: u64) -> Tally {
    workload.share(size, seed, 0, 1)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn sums_of_squares_follow_the_formula() {
    for n in [1_000_u64, 1_001, 4_099, 200_000] {
        let m = u128::from(n);
        let formula = (m - 1) * m * (2 * m - 1) / 6;
        assert_eq!(full_tally(Workload::SumOfSquares, n, 1).value(), formula);
    }
    // The last chunk of the largest size, where squares almost fill 64 bits.
    let size = *Workload::SumOfSquares.sizes().end();
    let job = Job::new(Workload::SumOfSquares, size, 1).unwrap();
    let below = |n: u64| (u128::from(n) - 1) * u128::from(n) * (2 * u128::from(n) - 1) / 6;
    let last = job.run(job.items() - 100..job.items(), &mut NullHost);
    assert_eq!(
        last.value(),
        below(size) - below((job.items() - 100) * 4096)
    );
}

#[test]
fn one_is_added_to_each_number() {
    let sum = full_tally(Workload::AddOne, 20_000, 1).value();
    assert_eq!(sum, 20_000 * 20_001 / 2);
}

#[test]
fn factorials_are_those_of_python() {
    let factorial = |n| full_tally(Workload::Factorial, n, 1).product();
    assert_eq!(factorial(1).to_string(), "1");
    assert_eq!(factorial(20).to_string(), "2432902008176640000");
    assert_eq!(
        factorial(100).to_string(),
        "93326215443944152681699238856266700490715968264381621468592963895217599993229915608941463976156518286253697920827223758251185210916864000000000000000000000000"
    );
    // hashlib.sha256(math.factorial(3000).to_bytes(…, "little")): large enough that factors
    // are split.
    assert_eq!(
        hex(&Sha256::digest(factorial(3_000).to_bytes_le())),
        "4fd987fcaac37e8b2e73b2b4469fe441191703f16013eb5d3baa50f3d7fa781e"
    );
    let answer = |n| Workload::Factorial.answer(n, &full_tally(Workload::Factorial, n, 1));
    assert_eq!(
        answer(20),
        "20! has 19 digits, begins with 243290 and ends with 4 zeros"
    );
    assert_eq!(
        answer(20_000),
        "20,000! has 77,338 digits, begins with 181921 and ends with 4,999 zeros"
    );
}

#[test]
fn primes_are_counted_right() {
    let known = [
        (1_000, 168),
        (10_000, 1_229),
        (1_000_000, 78_498),
        (1_000_003, 78_498),
        (1_000_004, 78_499),
    ];
    for (size, primes) in known {
        assert_eq!(full_tally(Workload::PrimeCount, size, 1).value(), primes);
    }
    // Every small size against trial division, and those around the end of the
    // first item.
    let is_prime = |n: u64| {
        n >= 2
            && (2..n)
                .take_while(|d| d * d <= n)
                .all(|d| !n.is_multiple_of(d))
    };
    let mut primes = 0;
    for size in 0..66_000 {
        if size < 600 || (65_500..65_600).contains(&size) {
            let counted = full_tally(Workload::PrimeCount, size, 1).value();
            assert_eq!(counted, primes, "{size}");
        }
        primes += u128::from(is_prime(size));
    }
}

#[test]
fn primes_are_counted_right_for_large_numbers() {
    // The last items of the largest size, checked by a slow and simple sieve that removes
    // the multiples of every number up to the root.
    let size = *Workload::PrimeCount.sizes().end();
    let job = Job::new(Workload::PrimeCount, size, 1).unwrap();
    let items = job.items() - 20..job.items();
    let first = items.start * 65_536;
    let mut composite = vec![false; (size - first) as usize];
    for divisor in 2..=size.isqrt() {
        let offset = first.next_multiple_of(divisor) - first;
        for multiple in (offset as usize..composite.len()).step_by(divisor as usize) {
            composite[multiple] = true;
        }
    }
    let primes = composite.iter().filter(|composite| !**composite).count();
    let counted = job.run(items, &mut NullHost).value();
    assert_eq!(counted, primes as u128);
}

#[test]
fn pi_comes_closer_with_more_points() {
    let points = 2_000_000;
    let hits = full_tally(Workload::MonteCarloPi, points, 1).value();
    let pi = 4.0 * hits as f64 / points as f64;
    // Five standard deviations of 4·hits/n.
    let deviation = (std::f64::consts::PI * (4.0 - std::f64::consts::PI) / points as f64).sqrt();
    assert!((pi - std::f64::consts::PI).abs() < 5.0 * deviation, "{pi}");
}

#[test]
fn the_option_is_worth_what_black_and_scholes_say() {
    // Hull, "Options, Futures, and Other Derivatives": 10.4506.
    assert!((option_price::closed_formula() - 10.450_583_572_185_565).abs() < 1e-12);
    let futures = 400_000;
    let paid = full_tally(Workload::OptionPrice, futures, 1).value() as f64 / f64::from(1 << 20);
    let price = (-0.05_f64).exp() * paid / futures as f64;
    // The payoff has a standard deviation of 14.7; the tolerance is four standard errors.
    assert!((price - option_price::closed_formula()).abs() < 4.0 * 14.0 / (futures as f64).sqrt());
    let answer =
        Workload::OptionPrice.answer(futures, &full_tally(Workload::OptionPrice, futures, 1));
    assert!(
        answer.ends_with("(the closed formula says 10.4506)"),
        "{answer}"
    );
}

#[test]
fn matrix_products_agree_with_the_definition() {
    let (size, seed) = (17, 5);
    let factor = |which| -> Vec<Vec<f64>> {
        (0..size)
            .map(|row| matrix_product::row(seed, which, row, size).collect())
            .collect()
    };
    let (left, right) = (factor(0), factor(1));
    assert!(
        left.concat()
            .iter()
            .all(|entry| entry.fract() == 0.0 && (0.0..1024.0).contains(entry))
    );
    assert_ne!(left, right);
    for item in 0..size {
        let mut sum = 0.0;
        for (k, others) in right.iter().enumerate() {
            for other in others {
                sum += left[item as usize][k] * other;
            }
        }
        let job = Job::new(Workload::MatrixProduct, size, seed).unwrap();
        let row = job.run(item..item + 1, &mut NullHost);
        assert_eq!(row.value(), sum as u128);
    }
}

#[test]
fn the_mandelbrot_set_has_its_area() {
    let side = 300;
    let inside = full_tally(Workload::Mandelbrot, side, 1).value();
    let area = inside as f64 * (2.5 / side as f64).powi(2);
    assert!((area - 1.5066).abs() < 0.02, "{area}");
    // The picture is symmetric, and the tally counts the pixels of its rows.
    let picture: Vec<Vec<u16>> = (0..60).map(|y| mandelbrot::row(60, y).collect()).collect();
    for y in 0..60 {
        let mirrored = picture[59 - y].iter().zip(&picture[y]);
        assert!(mirrored.filter(|(a, b)| a != b).count() <= 2, "row {y}");
    }
    let inside = picture
        .concat()
        .iter()
        .filter(|n| **n == mandelbrot::LIMIT)
        .count();
    assert_eq!(
        full_tally(Workload::Mandelbrot, 60, 1).value(),
        inside as u128
    );
}

#[test]
fn the_solar_system_keeps_its_energy() {
    // The Computer Language Benchmarks Game: n-body 1000.
    let mut system = n_body::System::new(9, 0);
    assert_eq!(format!("{:.9}", system.energy()), "-0.169075164");
    for _ in 0..n_body::STEPS {
        system.advance();
    }
    assert_eq!(format!("{:.9}", system.energy()), "-0.169087605");
    let systems = 5;
    let drift = full_tally(Workload::NBody, systems, 9).value() as f64 / 1e15 / systems as f64;
    assert!((1e-6..1e-3).contains(&drift), "{drift}");
    assert_ne!(n_body::System::new(9, 1), n_body::System::new(9, 2));
}

#[test]
fn pictures_are_filtered_as_pixel_by_pixel() {
    let picture = image_filter::picture(3, 1, &mut NullHost);
    assert_eq!(
        picture.dimensions(),
        (image_filter::WIDTH, image_filter::HEIGHT)
    );
    assert_ne!(picture, image_filter::picture(3, 2, &mut NullHost));
    let passes = [
        [1, 2, 1, 2, 4, 2, 1, 2, 1].map(|part| part as f32 / 16.0),
        [1, 2, 1, 2, 4, 2, 1, 2, 1].map(|part| part as f32 / 16.0),
        [-2, -1, 0, -1, 1, 1, 0, 1, 2].map(|part| part as f32),
    ];
    let mut expected = picture.clone();
    for kernel in passes {
        let before = expected.clone();
        for y in 1..image_filter::HEIGHT - 1 {
            for x in 1..image_filter::WIDTH - 1 {
                for channel in 0..3 {
                    let mut sum = 0.0;
                    for (index, weight) in (0..).zip(kernel) {
                        let neighbour = before.get_pixel(x + index % 3 - 1, y + index / 3 - 1);
                        sum += f32::from(neighbour[channel]) * weight;
                    }
                    expected.get_pixel_mut(x, y)[channel] = sum.clamp(0.0, 255.0) as u8;
                }
            }
        }
    }
    let filtered = image_filter::filtered(picture, &mut NullHost);
    let worst = filtered
        .as_raw()
        .iter()
        .zip(expected.as_raw())
        .map(|(a, b)| a.abs_diff(*b))
        .max();
    assert_eq!(worst, Some(0));
}

#[test]
fn chains_of_hashes_are_those_of_python() {
    // block = seed.to_bytes(8, "little") + item.to_bytes(8, "little"), then
    // block = hashlib.sha256(block).digest(), repeatedly.
    let chain = |seed, item, links| hex(&sha256_chain::chain(seed, item, links, &mut NullHost));
    let once = "374708fff7719dd5979ec875d56cd2286f6d3cf7ec317a3b25632aab28ec37bb";
    assert_eq!(chain(0, 0, 1), once);
    let often = "e7618d3a98648c0e0378288322dda817d16dc1a43ac95583ab387d4eb95d9e0c";
    assert_eq!(chain(0, 0, sha256_chain::LINKS), often);
    let other = "da6e9b930963fa97f4bca948671d5449a3a56a8088978b92a578530a4e15e719";
    assert_eq!(chain(7, 3, sha256_chain::LINKS), other);
}

#[test]
fn words_are_counted_as_one_by_one() {
    let (pages, seed) = (9, 4);
    let corpus = word_count::Corpus::new(seed);
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for page in 0..pages {
        for word in corpus.page(page).split(' ').filter(|word| !word.is_empty()) {
            *counts.entry(word.to_owned()).or_default() += 1;
        }
    }
    let tally = full_tally(Workload::WordCount, pages, seed);
    assert_eq!(tally.value(), u128::from(pages) * word_count::PAGE as u128);
    let table: BTreeMap<String, u64> = (tally.table().iter())
        .map(|(word, columns)| (word.clone(), columns[0]))
        .collect();
    assert_eq!(table, counts);
    // Map, shuffle and reduce, run separately.
    let mut reducers = vec![BTreeMap::new(); 3];
    for page in 0..pages {
        let text = corpus.page(page);
        for (word, count) in word_count::map(&text) {
            let reducer = word_count::reducer(word, 3);
            word_count::reduce(&mut reducers[reducer as usize], [(word, count)]);
        }
    }
    assert!(reducers.iter().all(|words| words.len() > 20));
    let together: BTreeMap<String, u64> = reducers.into_iter().flatten().collect();
    assert_eq!(together, counts);
    assert_eq!(word_count::reducer("word", 0), 0);
    // Zipf: the most frequent word is far more frequent than the tenth.
    let mut frequencies: Vec<u64> = counts.into_values().collect();
    frequencies.sort_unstable_by(|a, b| b.cmp(a));
    assert!(frequencies[0] > 4 * frequencies[10]);
}

#[test]
fn groups_are_those_of_a_plain_table() {
    let (rows, seed) = (20_000, 6);
    let mut groups: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for number in 0..rows {
        let sale = group_by::sale(seed, number);
        let group = groups
            .entry(group_by::name(sale.shop))
            .or_insert(vec![0; 3]);
        group[0] += 1;
        group[1] += sale.pieces;
        group[2] += sale.cents;
    }
    let tally = full_tally(Workload::GroupBy, rows, seed);
    assert_eq!(tally.table(), &groups);
    assert_eq!(groups.len(), group_by::SHOPS);
    let cents: u64 = groups.values().map(|group| group[2]).sum();
    assert_eq!(tally.value(), cents.into());
    let answer = Workload::GroupBy.answer(rows, &tally);
    assert!(answer.starts_with("20,000 sales; shop 0"), "{answer}");
}

#[test]
fn k_means_ends_at_a_fixed_point() {
    let job = Job::new(Workload::KMeans, 6_000, 11).unwrap();
    let prepared = job.prepare(&mut NullHost);
    let mut shared = job.first_round();
    let mut values = Vec::new();
    let tally = loop {
        let tally = prepared.run(&shared, 0..job.items(), &mut NullHost);
        values.push(tally.value());
        match job.next_round(&shared, &tally) {
            Some(next) => shared = next,
            None => break tally,
        }
    };
    assert_eq!(tally, job.serial(&mut NullHost));
    // Each round brings points nearer to their centres, except for rounding.
    assert!(values.len() > 2 && values.len() as u64 <= k_means::ROUNDS);
    assert!(
        values
            .windows(2)
            .all(|pair| pair[1] <= pair[0] + pair[0] / 1000)
    );
    // The result is a fixed point, checked with floating-point arithmetic.
    let cloud = k_means::Cloud::new(11);
    let centres = k_means::centres(&shared);
    let mut groups = vec![Vec::new(); k_means::GROUPS];
    for number in 0..job.size() {
        let point = cloud.point(number);
        assert!(point.iter().all(|place| *place < k_means::SIDE));
        let distance = |group: &usize| {
            let [across, down] = centres[*group];
            let across = f64::from(across) - f64::from(point[0]);
            let down = f64::from(down) - f64::from(point[1]);
            across.hypot(down)
        };
        let nearest = (0..k_means::GROUPS).min_by(|a, b| distance(a).total_cmp(&distance(b)));
        assert_eq!(nearest, Some(k_means::nearest(&centres, point).0));
        groups[nearest.unwrap()].push(point);
    }
    for (group, points) in groups
        .iter()
        .enumerate()
        .filter(|(_, points)| !points.is_empty())
    {
        for axis in 0..2 {
            let sum: f64 = points.iter().map(|point| f64::from(point[axis])).sum();
            let mean = sum / points.len() as f64;
            let moves = (mean - f64::from(centres[group][axis])).abs();
            assert!(
                values.len() as u64 == k_means::ROUNDS || moves <= 0.5,
                "{group}"
            );
        }
    }
}

#[test]
fn latencies_have_a_long_tail() {
    let mut latencies: Vec<Duration> = (0..2_000).map(|item| scrape::latency(1, item)).collect();
    latencies.sort_unstable();
    let ms = |share: usize| latencies[latencies.len() * share / 1000].as_millis();
    assert!((44..51).contains(&ms(500)), "{}", ms(500));
    assert!(latencies[0] >= Duration::from_millis(20) && ms(990) > 350 && ms(999) < 700);
    let page = scrape::page(1, 2);
    assert!(page.contains(&scrape::address(1, 2)));
    assert_eq!(
        scrape::links(&page),
        page.split("<a href=").count() as u32 - 1
    );
    assert!(full_tally(Workload::Scrape, 50, 1).value() > 100);
}

#[test]
fn one_request_in_ten_is_slow_and_all_come_in_order() {
    let requests: Vec<server::Request> = (0..5_000).map(|item| server::request(2, item)).collect();
    let slow = requests.iter().filter(|request| request.is_slow()).count();
    assert!((420..580).contains(&slow), "{slow}");
    assert!(requests.is_sorted_by_key(|request| request.arrives));
    let last = requests.last().unwrap().arrives;
    assert!(last.abs_diff(server::INTERVAL * 5_000) < server::INTERVAL);
    let job = Job::new(Workload::Server, 30, 2).unwrap();
    assert_eq!(job.arrival(7), requests[7].arrives);
    assert_eq!(job.waits(7).before, requests[7].lookup);
    let expected = requests[..30]
        .iter()
        .filter(|request| request.is_slow())
        .count();
    assert_eq!(job.serial(&mut NullHost).value(), expected as u128);
}

#[test]
fn the_pipeline_s_stages_can_be_done_apart() {
    let job = Job::new(Workload::Pipeline, 2, 8).unwrap();
    let mut tally = Tally::default();
    for item in 0..2 {
        let recording = pipeline::read(8, item, &mut NullHost);
        let smooth = pipeline::transform(&recording, &mut NullHost);
        assert_eq!(
            (recording.len(), smooth.len()),
            (pipeline::SAMPLES, pipeline::SAMPLES)
        );
        let rough = |samples: &[u16]| -> u64 {
            samples
                .windows(2)
                .map(|pair| u64::from(pair[0].abs_diff(pair[1])))
                .sum()
        };
        assert!(rough(&smooth) * 20 < rough(&recording));
        tally = tally.merge(pipeline::write(item, &smooth));
    }
    assert_eq!(tally, job.serial(&mut NullHost));
    assert!(pipeline::transform(&[], &mut NullHost).is_empty());
    assert_eq!(pipeline::transform(&[5], &mut NullHost), [5]);
}

#[test]
fn answers_read_well() {
    let answer = |workload: Workload, size| {
        let job = Job::new(workload, size, 1).unwrap();
        job.answer(&job.serial(&mut NullHost))
    };
    assert_eq!(
        answer(Workload::SumOfSquares, 1_000),
        "the squares of the numbers below 1,000 add up to 332,833,500"
    );
    assert_eq!(
        answer(Workload::PrimeCount, 1_000_000),
        "78,498 primes below 1,000,000"
    );
    assert!(answer(Workload::MonteCarloPi, 100_000).starts_with("π ≈ 3.1"));
    let mandelbrot = answer(Workload::Mandelbrot, 100);
    assert!(
        mandelbrot.contains(" of 10,000 pixels are in the set, an area of 1.5"),
        "{mandelbrot}"
    );
    let rest = [
        (Workload::AddOne, 10),
        (Workload::MatrixProduct, 3),
        (Workload::NBody, 3),
        (Workload::ImageFilter, 1),
        (Workload::Sha256Chain, 1),
        (Workload::WordCount, 2),
        (Workload::KMeans, 5_000),
        (Workload::Sleep, 10),
        (Workload::Scrape, 10),
        (Workload::Server, 10),
        (Workload::Pipeline, 1),
    ]
    .map(|(workload, size)| answer(workload, size));
    assert_eq!(
        rest,
        [
            "10 numbers, each one larger, add up to 55",
            "the 9 entries of the product add up to 7,612,667",
            "in 3 solar systems the energy drifts by 0.0085 % on average",
            "1 picture of 192 × 128 pixels, 54.3 % bright on average",
            "1 chain; the first 8 bytes of their ends add up to 14102ad6f6d9b956",
            "500 words, 214 different ones; the most frequent is 'dou', 59 times",
            "5,000 points in 8 groups, 5,899 away from their centres (root mean square)",
            "10 naps, 100 ms one after another",
            "93 links on 10 pages",
            "10 requests answered, 1 of them slow",
            "1 recording smoothed, with a mean level of 20102.0",
        ]
    );
}
