//! SHA-256 (FIPS 180-4) of text that comes in parts, and its hex. The compression function is sha2's; the padding is here,
//! since the buffering of its `Digest` takes as long as the hash of so short a text, and 2 KB of wasm.

use sha2::block_api::compress256;

pub(crate) const BLOCK: usize = 64;

/// The state before the first block (FIPS 180-4, 5.3.3).
pub(crate) const INITIAL: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// A hash that is being made.
pub(crate) struct Sha256 {
    state: [u32; 8],
    block: [u8; BLOCK],
    /// How much of the block is filled.
    filled: usize,
    /// The length of all parts in bytes.
    length: u64,
}

impl Sha256 {
    pub(crate) const fn new() -> Sha256 {
        Sha256 { state: INITIAL, block: [0; BLOCK], filled: 0, length: 0 }
    }

    pub(crate) fn add(&mut self, mut part: &[u8]) {
        self.length = self.length.wrapping_add(u64::try_from(part.len()).unwrap_or(0));
        while !part.is_empty() {
            let room = self.block.get_mut(self.filled..).unwrap_or_default();
            let (now, later) = part.split_at_checked(room.len()).unwrap_or((part, &[]));
            room.iter_mut().zip(now).for_each(|(to, from)| *to = *from);
            self.filled = self.filled.saturating_add(now.len());
            part = later;
            if self.filled == BLOCK {
                compress256(&mut self.state, &[self.block]);
                self.filled = 0;
            }
        }
    }

    /// The digest: a 1 bit, zeros, and the length in bits at the end of a block (FIPS 180-4, 5.1.1).
    pub(crate) fn finish(mut self) -> [u32; 8] {
        let bits = self.length.wrapping_mul(8);
        self.add(&[0x80]);
        if self.filled > BLOCK.saturating_sub(8) {
            self.zeros(BLOCK);
            compress256(&mut self.state, &[self.block]);
            self.filled = 0;
        }
        self.zeros(BLOCK.saturating_sub(8));
        if let Some(end) = self.block.last_chunk_mut::<8>() {
            *end = bits.to_be_bytes();
        }
        compress256(&mut self.state, &[self.block]);
        self.state
    }

    fn zeros(&mut self, end: usize) {
        self.block.get_mut(self.filled..end).unwrap_or_default().fill(0);
    }
}

/// The digest in lowercase hex.
pub(crate) fn hex(digest: [u32; 8]) -> [u8; 64] {
    let mut hex = [0; 64];
    let bytes = digest.map(u32::to_be_bytes);
    for (pair, byte) in hex.as_chunks_mut::<2>().0.iter_mut().zip(bytes.as_flattened()) {
        *pair = [digit(byte >> 4), digit(byte & 15)];
    }
    hex
}

/// `0` to `9`, then `a` to `f`, without a branch.
const fn digit(nibble: u8) -> u8 {
    let letter = nibble.wrapping_add(6) >> 4;
    nibble.wrapping_add(b'0').wrapping_add(letter.wrapping_mul(b'a' - b'0' - 10))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sha2::Digest;
    use std::string::String;
    use std::vec::Vec;

    fn reference(text: &[u8]) -> String {
        ::hex::encode(sha2::Sha256::digest(text))
    }

    fn of(parts: &[&[u8]]) -> String {
        let mut hash = Sha256::new();
        parts.iter().for_each(|part| hash.add(part));
        String::from_utf8(hex(hash.finish()).to_vec()).unwrap()
    }

    #[test]
    fn every_length_around_the_blocks() {
        let text: Vec<u8> = (0..=255).cycle().take(400).collect();
        for length in 0..text.len() {
            assert_eq!(of(&[&text[..length]]), reference(&text[..length]), "{length}");
        }
    }

    proptest! {
        #[test]
        fn in_any_parts(text in proptest::collection::vec(any::<u8>(), 0..300), cuts in proptest::collection::vec(0_usize..300, 0..6)) {
            let mut ends: Vec<usize> = cuts.into_iter().map(|cut| cut.min(text.len())).chain([0, text.len()]).collect();
            ends.sort_unstable();
            let parts: Vec<&[u8]> = ends.windows(2).map(|ends| &text[ends[0]..ends[1]]).collect();
            prop_assert_eq!(of(&parts), reference(&text));
        }
    }
}
