//! A block of `multiprocessing.shared_memory` that is open.

use manyhands::SharedBuffer;

/// A block that is open in this process.
#[derive(Clone, Debug)]
pub struct Block {
    pub(super) name: String,
    pub buffer: SharedBuffer,
}
