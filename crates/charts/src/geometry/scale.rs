//! Scales, which map data values to pixels.

/// A scale: `domain` are data values, `range` are pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    domain: (f64, f64),
    range: (f64, f64),
    logarithmic: bool,
}

impl Scale {
    /// A linear scale that maps the first domain value to the first range value, and the
    /// second to the second. The range may be descending, as for `y` on a screen.
    pub fn linear(domain: (f64, f64), range: (f64, f64)) -> Scale {
        Scale {
            domain,
            range,
            logarithmic: false,
        }
    }

    /// A logarithmic scale. If the domain is not positive, the scale is linear.
    pub fn logarithmic(domain: (f64, f64), range: (f64, f64)) -> Scale {
        Scale {
            domain,
            range,
            logarithmic: domain.0 > 0.0 && domain.1 > 0.0,
        }
    }

    /// The position of `value` in pixels. A domain without width maps everything to the
    /// middle of the range, so that a single sample can be drawn. Values without a
    /// logarithm are at the beginning of a logarithmic scale.
    pub fn at(&self, value: f64) -> f64 {
        let (start, end) = self.range;
        let part = if self.logarithmic {
            if value <= 0.0 {
                return start;
            }
            // Natural logarithms: the base cancels out.
            let (from, to) = (self.domain.0.ln(), self.domain.1.ln());
            (value.ln() - from) / (to - from)
        } else {
            let (from, to) = self.domain;
            (value - from) / (to - from)
        };
        let part = if part.is_finite() { part } else { 0.5 };
        start + part * (end - start)
    }

    /// The data value at a pixel.
    pub fn value_at(&self, pixel: f64) -> f64 {
        let (start, end) = self.range;
        let part = (pixel - start) / (end - start);
        let part = if part.is_finite() { part } else { 0.5 };
        let (from, to) = self.domain;
        if self.logarithmic {
            (from.ln() + part * (to.ln() - from.ln())).exp()
        } else {
            from + part * (to - from)
        }
    }

    /// Like [`at`](Scale::at), but limited to the range.
    pub fn clamped(&self, value: f64) -> f64 {
        let (low, high) = ordered(self.range);
        self.at(value).clamp(low, high)
    }

    /// The data values at both ends.
    pub fn domain(&self) -> (f64, f64) {
        self.domain
    }

    /// The pixels at both ends.
    pub fn range(&self) -> (f64, f64) {
        self.range
    }
}

fn ordered((a, b): (f64, f64)) -> (f64, f64) {
    if a <= b { (a, b) } else { (b, a) }
}

/// The rectangle of a drawing in which the data is drawn. The margins around it are for
/// labels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plot {
    /// Pixels from the left edge of the drawing.
    pub left: f64,
    /// Pixels from its top edge.
    pub top: f64,
    /// Width of the data's rectangle.
    pub width: f64,
    /// Height of the data's rectangle.
    pub height: f64,
}

impl Plot {
    /// The rectangle that remains of a drawing of `width` by `height` within the margins
    /// (top, right, bottom, left). It is at least one pixel wide and high.
    pub fn within(width: f64, height: f64, margins: [f64; 4]) -> Plot {
        let [top, right, bottom, left] = margins;
        Plot {
            left,
            top,
            width: (width - left - right).max(1.0),
            height: (height - top - bottom).max(1.0),
        }
    }

    /// The right edge.
    pub fn right(&self) -> f64 {
        self.left + self.width
    }

    /// The bottom edge.
    pub fn bottom(&self) -> f64 {
        self.top + self.height
    }
}
