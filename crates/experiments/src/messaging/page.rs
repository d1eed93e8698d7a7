//! Messages through the browser: the page posts messages to a worker, which sends them back.

use super::{payload::Payload, pipes::Reply};
use crate::{
    clock::{Batch, STEPS_PER_SAMPLE},
    environment,
    per_call::{LONG_BATCH_US, per_call},
};
use js_sys::{Array, Promise, Uint8Array};
use manyhands::Error;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen(module = "/src/messaging/echo.js")]
extern "C" {
    fn open() -> Promise;
    fn close(worker: &JsValue);
    fn there_and_back(worker: &JsValue, payload: &JsValue) -> Promise;
    fn round_trips(worker: &JsValue, payloads: &Array, times: u32, transfer: bool) -> Promise;
}

/// The largest number of buffers that are transferred in one batch. All of them are created
/// before the batch.
const MAX_TRANSFERS: u64 = 200;
/// The largest number of round trips in one batch without transfers.
const MAX_ROUND_TRIPS: u64 = 100_000;
/// The largest number of bytes in one batch.
const MAX_BATCH_BYTES: u64 = 64 << 20;

/// A worker that sends each message back. It is terminated when this is dropped.
pub(super) struct Echo {
    worker: JsValue,
    /// The step of the page's clock, in µs.
    step: f64,
}

impl Drop for Echo {
    fn drop(&mut self) {
        close(&self.worker);
    }
}

fn failed(error: JsValue) -> Error {
    Error::RuntimeError(format!("the browser refused to send a message: {error:?}"))
}

impl Echo {
    pub(super) async fn open() -> Result<Echo, Error> {
        Ok(Echo {
            worker: JsFuture::from(open()).await.map_err(failed)?,
            step: environment().clock_step_us,
        })
    }

    /// The time of one call, in µs.
    fn per_call(&self, mut call: impl FnMut() -> Result<(), Error>) -> Result<f64, Error> {
        per_call(self.step, |times| (0..times).try_for_each(|_| call()))
    }

    /// The time of one round trip, in µs.
    async fn round_trip_time(
        &self,
        size: u64,
        transfer: bool,
        payload: impl Fn() -> Result<JsValue, Error>,
    ) -> Result<f64, Error> {
        let most = match transfer {
            true => (MAX_BATCH_BYTES / size.max(1)).clamp(1, MAX_TRANSFERS),
            false => MAX_ROUND_TRIPS,
        };
        let mut batch = Batch::new(self.step, STEPS_PER_SAMPLE).max_size(most);
        loop {
            let times = batch.size();
            let count = if transfer { times } else { 1 };
            let payloads = (0..count)
                .map(|_| payload())
                .collect::<Result<Array, Error>>()?;
            let trip = round_trips(&self.worker, &payloads, times as u32, transfer);
            let once_ms = JsFuture::from(trip).await.map_err(failed)?;
            let time = once_ms.as_f64().unwrap_or(f64::NAN) * 1e3 * times as f64;
            if let Some(once) = batch.time_per_call(time, LONG_BATCH_US) {
                // Even the largest batch may take less than a step of a coarse clock. Then
                // there is no sample.
                return Ok(if time < self.step { f64::NAN } else { once });
            }
        }
    }

    /// Measures a JavaScript object that the browser clones.
    pub(super) async fn clone(&self, payload: &Payload) -> Result<Reply, Error> {
        let object = || {
            serde_wasm_bindgen::to_value(payload)
                .map_err(|error| Error::PicklingError(error.to_string()))
        };
        let read = |value: JsValue| {
            serde_wasm_bindgen::from_value::<Payload>(value)
                .map_err(|error| Error::PicklingError(error.to_string()))
        };
        let encode = self.per_call(|| object().map(drop))?;
        let value = object()?;
        let decode = self.per_call(|| read(value.clone()).map(drop))?;
        let transit = self
            .round_trip_time(payload.size(), false, || Ok(value.clone()))
            .await?;
        let back = JsFuture::from(there_and_back(&self.worker, &value)).await;
        let digest = read(back.map_err(failed)?)?.digest();
        Ok(Reply {
            encode,
            transit,
            decode,
            total: encode + transit + decode,
            digest,
            samples: Vec::new(),
        })
    }

    /// Measures a buffer that is transferred to the worker and back.
    pub(super) async fn transfer(&self, payload: &Payload) -> Result<Reply, Error> {
        let bytes = payload.encode(super::payload::Encoding::Plain);
        let kind = payload.kind();
        let buffer = || JsValue::from(Uint8Array::from(bytes.as_slice()).buffer());
        let read = |value: &JsValue| {
            let bytes = Uint8Array::new(value).to_vec();
            Payload::decode(super::payload::Encoding::Plain, &bytes, kind)
        };
        let encode = self.per_call(|| {
            std::hint::black_box(buffer());
            Ok(())
        })?;
        let value = buffer();
        let decode = self.per_call(|| {
            std::hint::black_box(read(&value));
            Ok(())
        })?;
        let transit = self
            .round_trip_time(payload.size(), true, || Ok(buffer()))
            .await?;
        let back = JsFuture::from(there_and_back(&self.worker, &value)).await;
        let digest = read(&back.map_err(failed)?).digest();
        Ok(Reply {
            encode,
            transit,
            decode,
            total: encode + transit + decode,
            digest,
            samples: Vec::new(),
        })
    }
}
