use super::report_of;
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
async fn every_payload_by_every_method() {
    let report = report_of(
        "experiment=messaging&sizes=1000,4000&repeats=1&payloads=number,struct,table,bytes,integers\
         &ways=clone,json,codec,bytes,transfer,shared,in-place",
    )
    .await;
    let always = ["clone", "json", "codec"];
    let raw = ["bytes", "transfer", "shared", "in-place"];
    for payload in ["number", "struct", "table", "bytes", "integers"] {
        let sized = !matches!(payload, "number" | "struct");
        let plain = matches!(payload, "bytes" | "integers");
        for method in always.into_iter().chain(raw) {
            let id = format!("{payload}-{method}");
            let series = report.series_of(&id);
            let carries = plain || always.contains(&method);
            assert_eq!(series.is_some(), carries, "{id}");
            let Some(series) = series else { continue };
            assert_eq!(series.points.len(), if sized { 2 } else { 1 }, "{id}");
            // All repeats have received the same payload.
            assert!(
                series.points.iter().all(|point| point.digests.len() == 1),
                "{id}"
            );
            for part in ["encode", "transit", "decode"] {
                let part = report.series_of(&format!("{id}-{part}")).unwrap();
                assert_eq!(part.points.len(), series.points.len());
                assert!(
                    part.points.iter().all(|point| point.samples[0] > 0.0),
                    "{id}"
                );
            }
        }
    }
    for id in ["latency-pipe", "latency-queue"] {
        let latencies = &report.series_of(id).unwrap().points[0].samples;
        assert!(
            latencies.len() >= 20 && latencies.iter().all(|time| *time > 0.0),
            "{id}"
        );
    }
    assert!(
        report
            .findings
            .iter()
            .filter(|one| one.claim.is_some())
            .count()
            >= 2
    );
}
