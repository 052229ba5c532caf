//! Reads the table of Stripe's v1 POST endpoints, which scripts/generate-endpoints.mjs writes.
//!
//! Numbers of two bytes are little-endian, a text is a byte with its length and then ASCII. The table is the number of blocks, the
//! offset of each block and of the end of the last; the rows, sorted by path, eight to a block; and the texts that rows refer
//! to by offset. A row is
//! - the number of bytes that its path shares with the row before it (none at the start of a block), and the rest of the path;
//! - the operation's name, empty where it follows from the path;
//! - a byte: the place of the amount in its low three bits, then [`NEGATIVE`] and the other flags;
//! - where there is an amount, the offset of the parameter's name or of the object that has it;
//! - the number of required parameters, the number of all, and the offset of each name, the required ones first. The
//!   highest bit marks a parameter with which the amount cannot be read from the request.
//!
//! Every endpoint takes `expand`, which no row lists.

use super::AmountSource;
use crate::prelude::*;

/// The place of the amount; none where 0.
const PLACE: u8 = 7;
/// Where a negative amount is a credit to the customer.
const NEGATIVE: u8 = 8;
/// Where `metadata` is that of the object which the call makes.
const HOLDS_KEY: u8 = 16;
/// Where some parameter says the amount otherwise, or adds to it.
const OBSCURABLE: u8 = 32;
const FILLS_CUSTOMER: u8 = 64;
const FILLS_DESCRIPTION: u8 = 128;

/// In a parameter's offset: the amount cannot be read from a request that has it.
const OBSCURES: u16 = 0x8000;

const EVERYWHERE: &str = "expand";

const BYTES: &[u8] = include_bytes!("table.bin");

/// The table, which the npm package's JavaScript carries rather than its wasm.
#[cfg(not(feature = "handed-in"))]
fn table() -> &'static [u8] {
    BYTES
}

#[cfg(feature = "handed-in")]
pub(crate) const SIZE: usize = BYTES.len();
#[cfg(feature = "handed-in")]
pub(crate) static HANDED_IN: crate::shared::Shared<SIZE> = crate::shared::Shared::new();

#[cfg(feature = "handed-in")]
fn table() -> &'static [u8] {
    HANDED_IN.bytes()
}

/// What stands in a row behind its path, as numbers and the offsets of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Where the block begins, and with it the row's path.
    block: u16,
    operation: u16,
    amount: u16,
    names: u16,
    flags: u8,
    required: u8,
    count: u8,
}

impl Entry {
    pub(super) fn path(self) -> String {
        let mut rows = Rows::between(self.block, self.operation);
        while rows.advance().is_some() {}
        rows.path().to_string()
    }

    pub(super) fn operation(self) -> &'static str {
        Reader { at: self.operation }.text()
    }

    pub(crate) fn amount_source(self) -> AmountSource {
        let name = Reader { at: self.amount }.text();
        match self.flags & PLACE {
            1 => AmountSource::Parameter(name),
            2 | 6 => AmountSource::OptionalParameter(name),
            3 => AmountSource::ParameterOrPrice(name),
            4 => AmountSource::LineItems(name),
            5 => AmountSource::Elsewhere(name),
            _ => AmountSource::None,
        }
    }

    pub(crate) fn takes_negative_amounts(self) -> bool {
        self.flags & NEGATIVE != 0
    }

    pub(crate) fn holds_key(self) -> bool {
        self.flags & HOLDS_KEY != 0
    }

    pub(crate) fn fills_amount(self) -> bool {
        matches!(self.flags & PLACE, 1..=3)
    }

    pub(crate) fn fills_customer(self) -> bool {
        self.flags & FILLS_CUSTOMER != 0
    }

    pub(crate) fn fills_description(self) -> bool {
        self.flags & FILLS_DESCRIPTION != 0
    }

    pub(crate) fn has_parameter(self, name: &str) -> bool {
        self.find(name).is_some() || name == EVERYWHERE
    }

    /// Whether the amount cannot be read from a request that has this parameter.
    pub(crate) fn is_obscured_by(self, name: &str) -> bool {
        self.flags & OBSCURABLE != 0 && self.find(name).is_some_and(|offset| offset & OBSCURES != 0)
    }

    fn find(self, name: &str) -> Option<u16> {
        let is_it = |offset: &u16| Reader { at: *offset & !OBSCURES }.bytes() == name.as_bytes();
        self.offsets().iter().map(number).find(is_it)
    }

    fn offsets(self) -> &'static [[u8; 2]] {
        Reader { at: self.names }.shorts(self.count.into())
    }

    /// The names of all parameters.
    pub(crate) fn parameters(self) -> Vec<&'static str> {
        let mut names = self.first_parameters(self.count);
        names.push(EVERYWHERE);
        names
    }

    pub(crate) fn required_parameters(self) -> Vec<&'static str> {
        self.first_parameters(self.required)
    }

    fn first_parameters(self, count: u8) -> Vec<&'static str> {
        let mut names = Vec::new();
        for known in self.offsets().iter().take(count.into()) {
            names.push(Reader { at: number(known) & !OBSCURES }.text());
        }
        names
    }
}

/// The rows from a block's start on. The path of the row that was read last is in `path`.
pub(super) struct Rows {
    reader: Reader,
    end: u16,
    block: u16,
    path: Vec<u8>,
}

impl Rows {
    /// Those of the block in which a path would stand, and of all behind it.
    pub(super) fn from(path: &str) -> Rows {
        let mut blocks = index();
        let end = blocks.last().map_or(0, number);
        // The last block that begins with this path or one before it is always among those left.
        while let Some((before, from)) = blocks.split_at_checked(blocks.len() / 2)
            && !before.is_empty()
        {
            let mut reader = Reader { at: from.first().map_or(0, number) };
            // A block's first path shares nothing. Behind the last block there is no path.
            reader.byte();
            blocks = if reader.at < end && reader.bytes() <= path.as_bytes() { from } else { before };
        }
        Rows::between(blocks.first().map_or(0, number), end)
    }

    fn between(at: u16, end: u16) -> Rows {
        Rows { reader: Reader { at }, end, block: 0, path: Vec::with_capacity(80) }
    }

    pub(super) fn advance(&mut self) -> Option<Entry> {
        let start = self.reader.at;
        if start >= self.end {
            return None;
        }
        let shared = self.reader.byte();
        if shared == 0 {
            self.block = start;
        }
        self.path.truncate(shared.into());
        self.path.extend_from_slice(self.reader.bytes());
        Some(self.reader.entry(self.block))
    }

    /// The path of the row that was read last.
    pub(super) fn path(&self) -> &str {
        core::str::from_utf8(&self.path).unwrap_or("")
    }
}

/// The offsets of the blocks, and of the last one's end.
fn index() -> &'static [[u8; 2]] {
    let mut reader = Reader { at: 0 };
    let blocks = reader.short();
    reader.shorts(blocks.saturating_add(1))
}

fn number(bytes: &[u8; 2]) -> u16 {
    u16::from_le_bytes(*bytes)
}

/// Reads on from an offset. Behind the table's end there are zeros and empty texts.
struct Reader {
    at: u16,
}

impl Reader {
    fn take(&mut self, length: u16) -> &'static [u8] {
        let start = self.at;
        self.at = start.saturating_add(length);
        table().get(start.into()..self.at.into()).unwrap_or_default()
    }

    fn byte(&mut self) -> u8 {
        self.take(1).first().copied().unwrap_or(0)
    }

    fn shorts(&mut self, count: u16) -> &'static [[u8; 2]] {
        self.take(count.saturating_mul(2)).as_chunks().0
    }

    fn short(&mut self) -> u16 {
        self.shorts(1).first().map_or(0, number)
    }

    /// The bytes of a text.
    fn bytes(&mut self) -> &'static [u8] {
        let length = self.byte().into();
        self.take(length)
    }

    fn text(&mut self) -> &'static str {
        core::str::from_utf8(self.bytes()).unwrap_or("")
    }

    fn entry(&mut self, block: u16) -> Entry {
        let operation = self.at;
        self.bytes();
        let flags = self.byte();
        let amount = if flags & PLACE == 0 { u16::MAX } else { self.short() };
        let required = self.byte();
        let count = self.byte();
        let names = self.at;
        self.shorts(count.into());
        Entry { block, operation, amount, names, flags, required, count }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn from_any_offset_there_is_an_answer_and_an_end(at in any::<u16>(), end in any::<u16>()) {
            let mut rows = Rows::between(at, end);
            while let Some(entry) = rows.advance() {
                let _ = (entry.path(), entry.operation(), entry.amount_source(), entry.parameters());
            }
        }

        #[test]
        fn a_search_ends_at_the_row_or_before_it(name in "[a-z_/{}]{0,12}|\\PC{0,4}") {
            let mut rows = Rows::from(&name);
            let first = rows.advance().map(|_| rows.path().to_string());
            let starts_before = first.is_some_and(|first| first <= name || first == "account_links");
            prop_assert!(starts_before, "{}", name);
        }
    }
}
