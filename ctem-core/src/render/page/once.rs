//! Lists that have each thing once, called by its number.

use serde::{Serialize, Serializer};
use std::{collections::HashMap, hash::Hash};

/// A list without repetitions, in the order in which its things first came.
pub(super) struct Once<T> {
    list: Vec<T>,
    numbers: HashMap<T, u32>,
}

impl<T: Clone + Eq + Hash> Once<T> {
    /// The number of a thing, which is added when it is new.
    pub(super) fn number(&mut self, thing: T) -> u32 {
        if let Some(known) = self.numbers.get(&thing) {
            return *known;
        }
        let number = self.list.len() as u32;
        self.list.push(thing.clone());
        self.numbers.insert(thing, number);
        number
    }
}

impl Once<Box<str>> {
    /// The number of a text.
    pub(super) fn text(&mut self, text: &str) -> u32 {
        match self.numbers.get(text) {
            Some(known) => *known,
            None => self.number(text.into()),
        }
    }
}

impl<T> Default for Once<T> {
    fn default() -> Self {
        Self { list: Vec::new(), numbers: HashMap::new() }
    }
}

impl<T: Serialize> Serialize for Once<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.list.serialize(to)
    }
}
