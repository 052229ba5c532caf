//! Chance that a seed decides: SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators").

use crate::prelude::*;

/// A stream of numbers. Two streams of one seed have nothing to do with each other, so what a flow draws for itself changes no
/// latency and no id.
#[derive(Debug)]
pub(crate) struct Chance {
    state: u64,
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

impl Chance {
    pub(crate) fn new(seed: u64, stream: u64) -> Chance {
        let mut chance = Chance { state: seed };
        let mixed = chance.advance();
        chance.state = mixed ^ stream.wrapping_mul(GOLDEN);
        chance
    }

    fn advance(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0, below the limit; 0 where there is nothing below it.
    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        let scaled = (self.advance() >> 32).saturating_mul(limit.into()) >> 32;
        u32::try_from(scaled).unwrap_or(0)
    }

    /// From `least` to `most`.
    pub(crate) fn between(&mut self, least: u32, most: u32) -> u64 {
        let span = most.saturating_sub(least).saturating_add(1);
        u64::from(least.saturating_add(self.below(span)))
    }

    /// An id as Stripe makes them: a prefix, and 24 characters that say nothing.
    pub(crate) fn id(&mut self, prefix: &str) -> String {
        let mut id = String::with_capacity(prefix.len().saturating_add(25));
        id.push_str(prefix);
        id.push('_');
        for half in [self.advance(), self.advance()] {
            let mut rest = half;
            for _ in 0..12 {
                let digit = u32::try_from(rest & 31).unwrap_or(0);
                rest >>= 5;
                id.push(char::from_digit(digit, 32).unwrap_or('0'));
            }
        }
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_decides_and_streams_differ() {
        let draw = |seed, stream| {
            let mut chance = Chance::new(seed, stream);
            (chance.below(1_000_000), chance.below(1_000_000), chance.id("ch"))
        };
        assert_eq!(draw(7, 1), draw(7, 1));
        assert_ne!(draw(7, 1), draw(7, 2));
        assert_ne!(draw(7, 1), draw(8, 1));
        assert_eq!(draw(7, 1).2.len(), "ch_".len() + 24);
    }

    #[test]
    fn every_number_below_a_limit_comes_up_and_no_other() {
        let mut chance = Chance::new(1, 1);
        let mut seen = [0_u32; 6];
        for _ in 0..6000 {
            seen[usize::try_from(chance.below(6)).unwrap()] += 1;
        }
        assert!(seen.iter().all(|count| (800..1200).contains(count)), "{seen:?}");
        assert_eq!((chance.below(0), chance.below(1), chance.between(5, 5)), (0, 0, 5));
        for _ in 0..100 {
            assert!((3..=4).contains(&chance.between(3, 4)));
        }
    }
}
