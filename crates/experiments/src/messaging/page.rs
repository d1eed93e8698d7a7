//! Messages through the browser: the page posts to a worker, which answers.

use super::{payload::Payload, pipes::Answer};
use crate::{
    clock::{Batch, STEPS_PER_SAMPLE},
    environment,
    per_call::{LONG_US, per_call},
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

/// The largest number of buffers that are transferred in one batch, which are all created
/// before it,
const MAX_TRANSFERS: u64 = 200;
/// and the largest number of round trips otherwise.
const MAX_ROUND_TRIPS: u64 = 100_000;
/// The largest number of bytes in one batch.
const MAX_BATCH_BYTES: u64 = 64 << 20;

/// A worker that answers each message. It is terminated when this is dropped.
pub(super) struct Echo {
    worker: JsValue,
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
    async fn trips(
        &self,
        size: u64,
        transfer: bool,
        payload: impl Fn() -> Result<JsValue, Error>,
    ) -> Result<f64, Error> {
        let most = match transfer {
            true => (MAX_BATCH_BYTES / size.max(1)).clamp(1, MAX_TRANSFERS),
            false => MAX_ROUND_TRIPS,
        };
        let mut batch = Batch::new(self.step, STEPS_PER_SAMPLE).at_most(most);
        loop {
            let times = batch.size();
            let count = if transfer { times } else { 1 };
            let payloads = (0..count)
                .map(|_| payload())
                .collect::<Result<Array, Error>>()?;
            let trip = round_trips(&self.worker, &payloads, times as u32, transfer);
            let once_ms = JsFuture::from(trip).await.map_err(failed)?;
            let time = once_ms.as_f64().unwrap_or(f64::NAN) * 1e3 * times as f64;
            if let Some(once) = batch.once(time, LONG_US) {
                // Even the largest batch may be below the step of a coarse clock. Then
                // there is no sample.
                return Ok(if time < self.step { f64::NAN } else { once });
            }
        }
    }

    /// A JavaScript object, cloned by the browser.
    pub(super) async fn clone(&self, payload: &Payload) -> Result<Answer, Error> {
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
            .trips(payload.size(), false, || Ok(value.clone()))
            .await?;
        let back = JsFuture::from(there_and_back(&self.worker, &value)).await;
        let digest = read(back.map_err(failed)?)?.digest();
        Ok(Answer {
            encode,
            transit,
            decode,
            total: encode + transit + decode,
            digest,
            samples: Vec::new(),
        })
    }

    /// A buffer that is transferred to the worker and back.
    pub(super) async fn transfer(&self, payload: &Payload) -> Result<Answer, Error> {
        let bytes = payload.encode(super::payload::Form::Plain);
        let kind = payload.kind();
        let buffer = || JsValue::from(Uint8Array::from(bytes.as_slice()).buffer());
        let read = |value: &JsValue| {
            let bytes = Uint8Array::new(value).to_vec();
            Payload::decode(super::payload::Form::Plain, &bytes, kind)
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
        let transit = self.trips(payload.size(), true, || Ok(buffer())).await?;
        let back = JsFuture::from(there_and_back(&self.worker, &value)).await;
        let digest = read(&back.map_err(failed)?).digest();
        Ok(Answer {
            encode,
            transit,
            decode,
            total: encode + transit + decode,
            digest,
            samples: Vec::new(),
        })
    }
}
