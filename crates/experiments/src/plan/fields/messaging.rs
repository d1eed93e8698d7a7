//! What the experiment about messages is asked.

use super::{REPEATS, choice};
use crate::plan::field::{Among, Field, Kind, Limit, Row};

pub(crate) const MESSAGING: &[Field] = &[
    Field {
        name: "payloads",
        label: "Payloads",
        help: "What is sent.",
        kind: Kind::Several(
            Among::These(&[
                choice("number", "a number", "One floating-point number."),
                choice("struct", "a struct", "A name, a time and three numbers."),
                choice("table", "a table", "Rows of nested fields, up to the size."),
                choice("bytes", "bytes", "So many bytes."),
                choice(
                    "integers",
                    "integers",
                    "As many 64-bit integers as fit the size.",
                ),
            ]),
            &["number", "struct", "table", "bytes", "integers"],
        ),
    },
    Field {
        name: "ways",
        label: "Ways",
        help: "How it is sent.",
        kind: Kind::Several(
            Among::These(&[
                choice(
                    "clone",
                    "structured clone",
                    "A JavaScript object, copied by the browser.",
                ),
                choice("json", "JSON", "As JSON text, through shared memory."),
                choice(
                    "codec",
                    "binary codec",
                    "As Manyhands sends everything: in few bytes, through shared memory.",
                ),
                choice(
                    "bytes",
                    "plain bytes",
                    "Bytes as they are, through shared memory: for bytes and integers.",
                ),
                choice(
                    "transfer",
                    "transfer",
                    "A buffer that changes hands without a copy: for bytes and integers.",
                ),
                choice(
                    "shared",
                    "shared array",
                    "An array that both can see, read in one copy: for bytes and integers.",
                ),
                choice(
                    "in-place",
                    "shared array, in place",
                    "The same, read element by element where it lies.",
                ),
            ]),
            &[
                "clone", "json", "codec", "bytes", "transfer", "shared", "in-place",
            ],
        ),
    },
    Field {
        name: "sizes",
        label: "Sizes",
        help: "How large tables, bytes and integers are.",
        kind: Kind::Numbers(
            Limit::Fixed(100, 10_000_000, "bytes"),
            Row::At(&[1_000, 10_000, 100_000, 1_000_000]),
            8,
        ),
    },
    REPEATS,
];
