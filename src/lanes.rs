//! Four SHA-256 hashes at once, each in one lane of the wasm's 128-bit vectors: for batches, where a hash of its own for each
//! takes 1.6 times as long. The same code runs anywhere; the tests run it on the machine's own vectors.

// The operators are those of vectors, which wrap: FIPS 180-4 adds modulo 2^32.
#![allow(clippy::arithmetic_side_effects)]

use wide::u32x4;

use crate::sha256::{BLOCK, INITIAL};

/// How many texts are hashed at once.
pub(crate) const LANES: usize = 4;

/// The most blocks of a text: an ordinary event has one or two.
const MOST_BLOCKS: usize = 4;

/// The most that padding adds to a text: a byte, zeros, and the length.
const PADDING: usize = 1 + BLOCK + 8;

/// A short text, padded to whole blocks.
pub(crate) struct Lane {
    bytes: [u8; MOST_BLOCKS * BLOCK + PADDING],
    length: usize,
    blocks: usize,
}

impl Lane {
    pub(crate) const fn new() -> Lane {
        Lane { bytes: [0; MOST_BLOCKS * BLOCK + PADDING], length: 0, blocks: 0 }
    }

    /// Begins another text. What is left of the last one lies under it or under its padding.
    pub(crate) fn clear(&mut self) {
        self.length = 0;
        self.blocks = 0;
    }

    /// Adds a part of the text. What does not fit is counted and left out.
    pub(crate) fn add(&mut self, part: &[u8]) {
        let end = self.length.saturating_add(part.len());
        if let Some(room) = self.bytes.get_mut(self.length..end) {
            copy(room, part);
        }
        self.length = end;
    }

    /// Pads the text (FIPS 180-4, 5.1.1), unless it is too long.
    pub(crate) fn pad(&mut self) -> bool {
        let blocks = self.length.saturating_add(9).div_ceil(BLOCK);
        if blocks > MOST_BLOCKS {
            return false;
        }
        // As many zeros for every length: the blocks end among them.
        if let Some(padding) = self.bytes.get_mut(self.length..).and_then(<[u8]>::first_chunk_mut::<PADDING>)
        {
            *padding = [0; PADDING];
            padding[0] = 0x80;
        }
        let padded = self.bytes.get_mut(..blocks.saturating_mul(BLOCK)).unwrap_or_default();
        if let (Some(end), Ok(length)) = (padded.last_chunk_mut::<8>(), u64::try_from(self.length)) {
            *end = length.wrapping_mul(8).to_be_bytes();
        }
        self.blocks = blocks;
        true
    }

    /// The blocks of a padded text.
    pub(crate) fn blocks(&self) -> &[[u8; BLOCK]] {
        self.bytes.as_chunks().0.get(..self.blocks).unwrap_or_default()
    }
}

/// Copies a short part, of the room's length, by whole words that may overlap. wasm's `memory.copy` leaves the wasm for each.
#[inline(always)]
fn copy(room: &mut [u8], part: &[u8]) {
    fn ends<const SIZE: usize>(room: &mut [u8], part: &[u8]) -> bool {
        let (Some(first), Some(last)) = (part.first_chunk::<SIZE>(), part.last_chunk::<SIZE>()) else {
            return false;
        };
        let fits = part.len() <= SIZE.saturating_mul(2);
        if fits {
            room.first_chunk_mut::<SIZE>().into_iter().for_each(|to| *to = *first);
            room.last_chunk_mut::<SIZE>().into_iter().for_each(|to| *to = *last);
        }
        fits
    }
    let done = ends::<1>(room, part)
        || ends::<2>(room, part)
        || ends::<4>(room, part)
        || ends::<8>(room, part)
        || ends::<16>(room, part);
    if !done {
        room.copy_from_slice(part);
    }
}

/// The digests of four padded texts, where they have as many blocks each.
// Hosts compile a function at its first call: a single key must not wait for this one.
#[inline(never)]
pub(crate) fn digests(texts: &[Lane; LANES]) -> Option<[[u32; 8]; LANES]> {
    let [one, two, three, four] = texts.each_ref().map(Lane::blocks);
    if [two, three, four].iter().any(|other| other.len() != one.len()) {
        return None;
    }
    let mut state = INITIAL.map(u32x4::splat);
    for (((one, two), three), four) in one.iter().zip(two).zip(three).zip(four) {
        compress(&mut state, [one, two, three, four]);
    }
    let words = state.map(u32x4::to_array);
    Some(core::array::from_fn(|lane| words.map(|word| word.get(lane).copied().unwrap_or(0))))
}

/// The compression function (FIPS 180-4, 6.2.2).
fn compress(state: &mut [u32x4; 8], blocks: [&[u8; BLOCK]; LANES]) {
    let mut words: [u32x4; 16] = core::array::from_fn(|at| {
        let word =
            |block: &[u8; BLOCK]| block.as_chunks().0.get(at).map_or(0, |word| u32::from_be_bytes(*word));
        u32x4::new(blocks.map(word))
    });
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    for (round, constants) in K.as_chunks::<16>().0.iter().enumerate() {
        if round > 0 {
            schedule(&mut words);
        }
        for (word, constant) in words.iter().zip(constants) {
            let sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
            let choice = g ^ (e & (f ^ g));
            let t1 = h + sum1 + choice + (*word + u32x4::splat(*constant));
            let sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
            let majority = b ^ ((a ^ b) & (b ^ c));
            (h, g, f, e, d, c, b) = (g, f, e, d + t1, c, b, a);
            a = t1 + sum0 + majority;
        }
    }
    for (old, new) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *old += new;
    }
}

/// The next sixteen words of the message schedule, in the place of the last.
fn schedule(words: &mut [u32x4; 16]) {
    for at in 0..16_usize {
        let word = |back: usize| words.get(at.wrapping_sub(back) & 15).copied().unwrap_or_default();
        let (two, fifteen) = (word(2), word(15));
        let sigma1 = rotate(two, 17) ^ rotate(two, 19) ^ (two >> 10);
        let sigma0 = rotate(fifteen, 7) ^ rotate(fifteen, 18) ^ (fifteen >> 3);
        let next = word(16) + sigma0 + word(7) + sigma1;
        if let Some(place) = words.get_mut(at) {
            *place = next;
        }
    }
}

/// To the right; vectors have no rotation of their own.
fn rotate(word: u32x4, by: u32) -> u32x4 {
    word >> by | word << 32_u32.wrapping_sub(by)
}

/// The first 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2).
#[rustfmt::skip]
const K: [u32; 64] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
];

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::Digest;
    use std::vec::Vec;

    #[test]
    fn every_length_in_every_lane() {
        let text: Vec<u8> = (0..=255).cycle().take(400).collect();
        for length in 0..=247 {
            // A text of its own in each lane, all of one length.
            let texts: [&[u8]; LANES] = core::array::from_fn(|lane| &text[lane * 30..lane * 30 + length]);
            let mut lanes = texts.map(|text| {
                let mut lane = Lane::new();
                let (first, last) = text.split_at(text.len() / 2);
                lane.add(first);
                lane.add(last);
                lane
            });
            assert!(lanes.iter_mut().all(Lane::pad));
            for (digest, text) in digests(&lanes).unwrap().into_iter().zip(texts) {
                let bytes: Vec<u8> = digest.iter().flat_map(|word| word.to_be_bytes()).collect();
                assert_eq!(bytes, sha2::Sha256::digest(text).to_vec(), "{length}");
            }
        }
    }

    #[test]
    fn longer_texts_do_not_fit() {
        let mut lane = Lane::new();
        lane.add(&[b'x'; 248]);
        assert!(!lane.pad());
        lane.clear();
        lane.add(&[b'x'; 200]);
        lane.add(&[b'x'; 1000]);
        assert!(!lane.pad());
        lane.clear();
        lane.add(&[b'x'; 247]);
        assert!(lane.pad());
    }

    #[test]
    fn texts_of_different_sizes_are_for_hashes_of_their_own() {
        let lanes = [55, 55, 56, 55].map(|length| {
            let mut lane = Lane::new();
            lane.add(&[b'x'; 56][..length]);
            assert!(lane.pad());
            lane
        });
        assert_eq!(lanes.each_ref().map(|lane| lane.blocks().len()), [1, 1, 2, 1]);
        assert_eq!(digests(&lanes), None);
    }
}
