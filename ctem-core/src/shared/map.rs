//! A map in the order of its keys, in parts that copies share.

use std::{fmt, sync::Arc};

/// So many entries are one part at most.
const PART: usize = 128;

/// A map of which a copy shares all parts that neither changes.
#[derive(Clone)]
pub(crate) struct Map<K, V> {
    /// In the order of keys. None is empty.
    parts: Vec<Arc<Vec<(K, V)>>>,
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self { parts: Vec::new() }
    }
}

impl<K: Ord, V> Map<K, V> {
    pub(crate) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        let part = self.parts.get(self.part(key))?;
        let at = part.binary_search_by(|(known, _)| known.cmp(key)).ok()?;
        part.get(at).map(|(_, value)| value)
    }

    pub(crate) fn contains_key(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// All entries, in the order of their keys.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.parts.iter().flat_map(|part| part.iter()).map(|(key, value)| (key, value))
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }

    /// The part that a key is in, or belongs into.
    fn part(&self, key: &K) -> usize {
        let begins_before = |part: &Arc<Vec<(K, V)>>| part.first().is_some_and(|(first, _)| first <= key);
        self.parts.partition_point(begins_before).saturating_sub(1)
    }
}

impl<K: Ord + Clone, V: Clone> Map<K, V> {
    /// The value of a key, to change. Copies its part where that is shared.
    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let at = self.part(key);
        let part = self.parts.get_mut(at)?;
        let at = part.binary_search_by(|(known, _)| known.cmp(key)).ok()?;
        Arc::make_mut(part).get_mut(at).map(|(_, value)| value)
    }

    /// Puts an entry in. What it replaces comes back.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        let at = self.part(&key);
        let is_last = at + 1 >= self.parts.len();
        let Some(part) = self.parts.get_mut(at) else {
            self.parts.push(Arc::new(vec![(key, value)]));
            return None;
        };
        match part.binary_search_by(|(known, _)| known.cmp(&key)) {
            Ok(known) => {
                let known = Arc::make_mut(part).get_mut(known);
                known.map(|(_, known)| std::mem::replace(known, value))
            }
            Err(place) if part.len() < PART => {
                Arc::make_mut(part).insert(place, (key, value));
                None
            }
            // What comes in order leaves full parts behind.
            Err(place) if is_last && place == part.len() => {
                self.parts.push(Arc::new(vec![(key, value)]));
                None
            }
            Err(place) => {
                let part = Arc::make_mut(part);
                let mut behind = part.split_off(PART / 2);
                match place.checked_sub(part.len()) {
                    Some(place) => behind.insert(place, (key, value)),
                    None => part.insert(place, (key, value)),
                }
                self.parts.insert(at + 1, Arc::new(behind));
                None
            }
        }
    }

    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        let at = self.part(key);
        let part = self.parts.get_mut(at)?;
        let place = part.binary_search_by(|(known, _)| known.cmp(key)).ok()?;
        let part = Arc::make_mut(part);
        let (_, value) = part.remove(place);
        if part.is_empty() {
            self.parts.remove(at);
        }
        Some(value)
    }

    /// Leaves the entries that are to stay.
    pub(crate) fn retain(&mut self, stays: impl Fn(&K, &V) -> bool) {
        for part in &mut self.parts {
            if !part.iter().all(|(key, value)| stays(key, value)) {
                Arc::make_mut(part).retain(|(key, value)| stays(key, value));
            }
        }
        self.parts.retain(|part| !part.is_empty());
    }

    /// Puts a value in the place of each that is to be another.
    pub(crate) fn update(&mut self, mut other: impl FnMut(&K, &V) -> Option<V>) {
        for part in &mut self.parts {
            let others =
                part.iter().enumerate().filter_map(|(at, (key, value))| Some((at, other(key, value)?)));
            let others: Vec<(usize, V)> = others.collect();
            if others.is_empty() {
                continue;
            }
            let part = Arc::make_mut(part);
            for (at, other) in others {
                if let Some((_, value)) = part.get_mut(at) {
                    *value = other;
                }
            }
        }
    }
}

impl<K: Ord + Clone, V: Clone> FromIterator<(K, V)> for Map<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::default();
        for (key, value) in entries {
            map.insert(key, value);
        }
        map
    }
}

impl<K: Ord, V: PartialEq> PartialEq for Map<K, V> {
    /// Whatever parts they are in.
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<K: Ord + fmt::Debug, V: fmt::Debug> fmt::Debug for Map<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{
        prelude::*,
        test_runner::{Config, RngSeed},
    };
    use std::collections::BTreeMap;

    proptest! {
        #![proptest_config(Config { cases: 64, rng_seed: RngSeed::Fixed(20_251_113), failure_persistence: None, ..Config::default() })]

        #[test]
        fn a_map_is_an_ordered_map_and_a_copy_stays_as_it_was(
            changes in prop::collection::vec((0u16..1500, 0u8..8), 0..3000), copied in 0usize..3000,
        ) {
            let (mut map, mut known) = (Map::default(), BTreeMap::new());
            let mut copies = None;
            for (n, (key, kind)) in changes.into_iter().enumerate() {
                if n == copied {
                    copies = Some((map.clone(), known.clone()));
                }
                match kind {
                    0 | 1 => prop_assert_eq!(map.remove(&key), known.remove(&key)),
                    2 => {
                        let changed = [map.get_mut(&key), known.get_mut(&key)].map(|value| value.map(|value| *value += 1));
                        prop_assert_eq!(changed[0], changed[1]);
                    }
                    _ => prop_assert_eq!(map.insert(key, n), known.insert(key, n)),
                }
                prop_assert_eq!(map.get(&key), known.get(&key));
            }
            for (mut map, mut known) in copies.into_iter().chain([(map, known)]) {
                prop_assert!(map.iter().eq(known.iter()) && map.is_empty() == known.is_empty());
                prop_assert!(map.parts.iter().all(|part| (1..=PART).contains(&part.len())));
                map.retain(|key, _| key % 3 != 0);
                map.update(|key, value| (key % 7 == 0).then_some(value + 1));
                known.retain(|key, _| key % 3 != 0);
                known.iter_mut().filter(|(key, _)| *key % 7 == 0).for_each(|(_, value)| *value += 1);
                prop_assert!(map.iter().eq(known.iter()));
            }
        }
    }
}
