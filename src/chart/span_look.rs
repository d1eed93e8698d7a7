//! How each kind of span looks: a colour and lines over it that always go together.

use timeline::SpanKind;

/// The style sheet's name of a kind's colour.
pub(super) fn colour(kind: SpanKind) -> &'static str {
    match kind {
        SpanKind::StartUp => "--startup",
        SpanKind::Computing => "--processes",
        SpanKind::Waiting => "--waiting",
        SpanKind::Idle => "--sunken",
    }
}

/// Lines over its colour, in a square of eight pixels.
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
