//! Cells of CSV.

/// A text as a cell of CSV (RFC 4180). A text that a spreadsheet would evaluate as a formula
/// gets an apostrophe before it.
pub fn csv_cell(text: &str) -> String {
    // A number may begin with a minus sign.
    let formula =
        text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err();
    let text = if formula {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}
