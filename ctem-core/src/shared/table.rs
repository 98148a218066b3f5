//! A hash table that grows: what came in lately lies beside what copies share.

use std::{collections::HashMap, hash::Hash, sync::Arc};

/// So many entries may lie beside the others: a copy copies these.
const MOST: usize = 1024;

/// A hash table of which a copy shares all but the latest entries. Nothing is ever taken out.
#[derive(Debug, Clone)]
pub(crate) struct Table<K, V> {
    shared: Arc<HashMap<K, V>>,
    /// What came in, or is otherwise, since a copy was made.
    lately: HashMap<K, V>,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self { shared: Arc::default(), lately: HashMap::new() }
    }
}

impl<K: Clone + Eq + Hash, V: Clone> Table<K, V> {
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.lately.get(key).or_else(|| self.shared.get(key))
    }

    /// Puts an entry in, in place of the one of its key.
    pub(crate) fn insert(&mut self, key: K, value: V) {
        if let Some(all) = Arc::get_mut(&mut self.shared) {
            all.extend(self.lately.drain());
            all.insert(key, value);
            return;
        }
        self.lately.insert(key, value);
        if self.lately.len() > MOST {
            let all = Arc::make_mut(&mut self.shared);
            all.extend(self.lately.drain());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_what_was_put_in_last_and_a_copy_stays_as_it_was() {
        let mut table = Table::default();
        (0..100).for_each(|n| table.insert(n, n));
        let before = table.clone();
        // Few, and so many that all are put together.
        for most in [200, 2000] {
            (50..most).for_each(|n| table.insert(n, n + 1));
            assert!((0..most).all(|n| table.get(&n) == Some(&if n < 50 { n } else { n + 1 })));
            assert_eq!(table.get(&most), None);
        }
        assert!((0..100).all(|n| before.get(&n) == Some(&n)) && before.get(&100).is_none());
        assert!(table.lately.len() <= MOST);
    }
}
