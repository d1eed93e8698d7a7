//! The same digests natively and in browsers.

use workloads::{Job, NullHost, Workload};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn digests_do_not_change_between_versions_and_machines() {
    // Recorded once. If a digest changes, old reports cannot be compared with new ones, or
    // this machine computes differently.
    let recorded = [
        (Workload::SumOfSquares, 20_000, "807d736b4523808e"),
        (Workload::AddOne, 300, "609e62469a60673f"),
        (Workload::Factorial, 300, "5c4bc1eadc3a0cb4"),
        (Workload::PrimeCount, 200_000, "7ef37f037d405d64"),
        (Workload::MonteCarloPi, 20_000, "910d8ee3e5a526fa"),
        (Workload::OptionPrice, 20_000, "8d2bd90a70cfd40d"),
        (Workload::MatrixProduct, 40, "50279b0561c35599"),
        (Workload::Mandelbrot, 40, "7096e3893179e00b"),
        (Workload::NBody, 3, "c0b758b2b7bcfd92"),
        (Workload::ImageFilter, 2, "1f303b9db1b7b43c"),
        (Workload::Sha256Chain, 3, "d114d82a784da1f9"),
        (Workload::WordCount, 12, "61aa41cc17e14853"),
        (Workload::GroupBy, 20_000, "1f83a1cc87d2d897"),
        (Workload::KMeans, 20_000, "3166aba72ff2d05d"),
        (Workload::Sleep, 12, "6b0d76eaa2ec9408"),
        (Workload::Scrape, 12, "52dcb47f329e5d6c"),
        (Workload::Server, 12, "d6c9e37c4f4e0f74"),
        (Workload::Pipeline, 2, "1c99b875fff270c0"),
    ];
    assert_eq!(recorded.map(|(workload, ..)| workload), Workload::ALL);
    for (workload, size, digest) in recorded {
        let job = Job::new(workload, size, 7).unwrap();
        assert_eq!(job.serial(&mut NullHost).digest(), digest, "{workload}");
    }
}
