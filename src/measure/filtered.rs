//! The first picture of the batch before and after the image filter, so that the
//! visitor sees what the processes do.

use super::state::State;
use experiments::Plan;
use js_sys::Uint8ClampedArray;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};
use workloads::{
    NullHost, Workload,
    image_filter::{HEIGHT, WIDTH, filtered, picture},
};
use yew::prelude::*;

/// The two pictures, if the plan's workload is the image filter.
pub fn pictures(state: &State) -> Html {
    let (workload, seed) = match &state.form.plan {
        Plan::SpeedUp(plan) => (plan.workload, plan.seed),
        Plan::Granularity(plan) => (plan.workload, plan.seed),
        _ => return Html::default(),
    };
    if workload != Workload::ImageFilter {
        return Html::default();
    }
    html! { <Pictures {seed} /> }
}

#[derive(Properties, PartialEq)]
struct Props {
    seed: u64,
}

#[component]
fn Pictures(props: &Props) -> Html {
    let (before, after) = (use_node_ref(), use_node_ref());
    use_effect_with(props.seed, {
        let (before, after) = (before.clone(), after.clone());
        move |seed| {
            let plain = picture(*seed, 0, &mut NullHost);
            draw(&before, &plain);
            draw(&after, &filtered(plain, &mut NullHost));
        }
    });
    let canvas = |canvas: NodeRef, words: &'static str| {
        html! {
            <figure class="photograph">
                <canvas ref={canvas} width={WIDTH.to_string()} height={HEIGHT.to_string()} role="img" aria-label={words} />
                <figcaption class="note">{ words }</figcaption>
            </figure>
        }
    };
    html! {
        <section class="panel" id="filtered" aria-labelledby="filtered-title">
            <h3 class="panel-title" id="filtered-title">{ "A picture of the batch" }</h3>
            <div class="photographs">
                { canvas(before, "The first picture of this seed, as it comes") }
                { canvas(after, "The same after all passes of the filter") }
            </div>
        </section>
    }
}

/// Draws a picture. If the browser cannot draw on the canvas, it stays empty.
fn draw(place: &NodeRef, picture: &image::RgbImage) {
    let opaque: Vec<u8> = (picture.pixels())
        .flat_map(|pixel| [pixel.0[0], pixel.0[1], pixel.0[2], 255])
        .collect();
    // The module's memory is shared, and browsers refuse to draw from shared memory, so
    // this makes a copy.
    let opaque = Uint8ClampedArray::new_from_slice(&opaque);
    let paint = || -> Option<()> {
        let context = place
            .cast::<HtmlCanvasElement>()?
            .get_context("2d")
            .ok()??;
        let context = context.dyn_into::<CanvasRenderingContext2d>().ok()?;
        let data = ImageData::new_with_js_u8_clamped_array_and_sh(
            &opaque,
            picture.width(),
            picture.height(),
        );
        context.put_image_data(&data.ok()?, 0.0, 0.0).ok()
    };
    let _ = paint();
}
