//! Rows by their keys. A world has few of anything, and a B-tree for each kind of row would be a third of the wasm.

use core::borrow::Borrow;

use crate::prelude::*;

/// Rows in the order of their keys.
#[derive(Debug)]
pub(crate) struct Table<K, V> {
    rows: Vec<(K, V)>,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Table<K, V> {
        Table::new()
    }
}

impl<K, V> Table<K, V> {
    pub(crate) const fn new() -> Table<K, V> {
        Table { rows: Vec::new() }
    }
}

impl<K: Ord, V> Table<K, V> {
    fn find<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        self.rows.binary_search_by(|(own, _)| own.borrow().cmp(key))
    }

    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.rows.get(self.find(key).ok()?).map(|(_, value)| value)
    }

    pub(crate) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let at = self.find(key).ok()?;
        self.rows.get_mut(at).map(|(_, value)| value)
    }

    /// Puts a row in the place of the one that was there.
    pub(crate) fn insert(&mut self, key: K, value: V) {
        match self.find(&key) {
            Ok(at) => {
                if let Some((_, own)) = self.rows.get_mut(at) {
                    *own = value;
                }
            }
            Err(at) => self.rows.insert(at, (key, value)),
        }
    }

    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let at = self.find(key).ok()?;
        Some(self.rows.remove(at).1)
    }

    /// Puts a row there unless there is one.
    pub(crate) fn fill(&mut self, key: K, value: V) {
        if let Err(at) = self.find(&key) {
            self.rows.insert(at, (key, value));
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.rows.iter().map(|(key, value)| (key, value))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.rows.iter().map(|(_, value)| value)
    }
}

impl<K: Ord> Table<K, u64> {
    /// Adds to a sum.
    pub(crate) fn add(&mut self, key: K, more: u64) {
        let sum = self.get(&key).copied().unwrap_or(0).saturating_add(more);
        self.insert(key, sum);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_a_map(steps in proptest::collection::vec((0_u8..4, 0_u8..8, any::<u64>()), 0..60)) {
            let (mut table, mut map) = (Table::default(), BTreeMap::new());
            for (step, key, value) in steps {
                match step {
                    0 => {
                        table.insert(key, value);
                        map.insert(key, value);
                    }
                    1 => {
                        table.fill(key, value);
                        map.entry(key).or_insert(value);
                    }
                    2 => prop_assert_eq!(table.remove(&key), map.remove(&key)),
                    _ => {
                        table.add(key, value);
                        let sum = map.entry(key).or_insert(0_u64);
                        *sum = sum.saturating_add(value);
                    }
                }
                prop_assert_eq!(table.get(&key), map.get(&key));
                prop_assert_eq!(table.get_mut(&key), map.get_mut(&key));
                prop_assert!(table.values().eq(map.values()));
            }
        }
    }
}
