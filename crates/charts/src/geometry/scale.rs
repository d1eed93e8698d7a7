//! From data to pixels.

/// A scale: `domain` are data values, `range` are pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    domain: (f64, f64),
    range: (f64, f64),
    logarithmic: bool,
}

impl Scale {
    /// A scale that takes the first domain value to the first range value and
    /// the second to the second, in a straight line. The range may run
    /// backwards, as `y` does on a screen.
    pub fn linear(domain: (f64, f64), range: (f64, f64)) -> Scale {
        Scale {
            domain,
            range,
            logarithmic: false,
        }
    }

    /// A scale on which equal factors are equally far apart. A domain that is
    /// not positive has no logarithm: the scale is linear then.
    pub fn logarithmic(domain: (f64, f64), range: (f64, f64)) -> Scale {
        Scale {
            domain,
            range,
            logarithmic: domain.0 > 0.0 && domain.1 > 0.0,
        }
    }

    /// Where `value` lies in pixels. A domain without width takes everything to
    /// the middle of the range, so that one single sample can be drawn; what a
    /// logarithmic scale has no place for lies at its beginning.
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

    /// As [`at`](Scale::at), but never outside the range.
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

/// The rectangle inside a drawing that data is drawn in; what is left around it
/// is for labels.
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
    /// The rectangle that margins (top, right, bottom, left) leave of a drawing
    /// of `width` by `height`; never smaller than one pixel.
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
