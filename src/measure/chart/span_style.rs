//! The look of each kind of span: a colour, and lines drawn over it.

use timeline::SpanKind;

/// The CSS variable that holds the colour.
pub(super) fn colour(kind: SpanKind) -> &'static str {
    match kind {
        SpanKind::StartUp => "--startup",
        SpanKind::Computing => "--processes",
        SpanKind::Waiting => "--waiting",
        SpanKind::Idle => "--sunken",
    }
}

/// The lines over the colour (x1, y1, x2, y2), in a square of 8 px.
pub(super) fn lines(kind: SpanKind) -> &'static [[f64; 4]] {
    match kind {
        SpanKind::StartUp => &[
            [-2.0, 2.0, 2.0, -2.0],
            [0.0, 8.0, 8.0, 0.0],
            [6.0, 10.0, 10.0, 6.0],
        ],
        SpanKind::Waiting => &[[2.0, 0.0, 2.0, 8.0], [6.0, 0.0, 6.0, 8.0]],
        SpanKind::Computing | SpanKind::Idle => &[],
    }
}
