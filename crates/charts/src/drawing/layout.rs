//! Chooses the drawing of a chart by its kind.

use super::scene::Scene;
use super::{area, lines, rows};
use crate::model::{Chart, ChartKind};

impl Chart {
    /// Draws the chart in this width with a font size of `em`, both in px. The height
    /// follows from the content.
    pub fn scene(&self, width: f64, em: f64) -> Scene {
        let em = if em.is_finite() {
            em.clamp(6.0, 64.0)
        } else {
            16.0
        };
        let width = if width.is_finite() {
            width.clamp(em * 8.0, 16_384.0)
        } else {
            em * 40.0
        };
        match self.kind {
            ChartKind::Lines | ChartKind::Scatter => lines::scene(self, width, em),
            ChartKind::Area => area::scene(self, width, em),
            ChartKind::Bars | ChartKind::Strip | ChartKind::Histogram => {
                rows::scene(self, width, em)
            }
        }
    }
}
