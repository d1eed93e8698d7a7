//! Envelopes: the bytes of an argument or a result, together with the handles that
//! travel with them.
//!
//! This module must not know what the bytes or the handles mean.

use super::handle::Handle;

/// Makes an envelope: the number of handles, the handles, the bytes.
pub(crate) fn seal(bytes: &[u8], handles: &[Handle]) -> Vec<u8> {
    let mut envelope = Vec::with_capacity(4 + Handle::SIZE * handles.len() + bytes.len());
    envelope.extend((handles.len() as u32).to_le_bytes());
    for handle in handles {
        envelope.extend(handle.to_bytes());
    }
    envelope.extend(bytes);
    envelope
}

/// The handles and the bytes of an envelope.
pub(crate) fn open(envelope: &[u8]) -> (Vec<Handle>, &[u8]) {
    let Some((count, rest)) = envelope.split_first_chunk::<4>() else {
        return (Vec::new(), &[]);
    };
    let length = u32::from_le_bytes(*count) as usize * Handle::SIZE;
    let (handles, bytes) = rest.split_at(length.min(rest.len()));
    let handles = handles
        .as_chunks::<{ Handle::SIZE }>()
        .0
        .iter()
        .map(|bytes| Handle::from_bytes(*bytes))
        .collect();
    (handles, bytes)
}
