//! A list that grows at its end, in parts that copies share.

use std::sync::Arc;

/// So many things are one part.
const PART: usize = 256;

/// A list of which a copy shares all parts that neither changes.
#[derive(Debug, Clone)]
pub(crate) struct List<T> {
    /// Each is full but the last, and none is empty.
    parts: Vec<Arc<Vec<T>>>,
    len: usize,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { parts: Vec::new(), len: 0 }
    }
}

impl<T: Clone> List<T> {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn get(&self, at: usize) -> Option<&T> {
        self.parts.get(at / PART)?.get(at % PART)
    }

    /// One thing, to change. Copies its part where that is shared.
    pub(crate) fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        Arc::make_mut(self.parts.get_mut(at / PART)?).get_mut(at % PART)
    }

    pub(crate) fn push(&mut self, thing: T) {
        match self.parts.last_mut().filter(|part| part.len() < PART) {
            Some(part) => Arc::make_mut(part).push(thing),
            None => self.parts.push(Arc::new(vec![thing])),
        }
        self.len += 1;
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.parts.iter().flat_map(|part| part.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_what_was_pushed_and_a_copy_stays_as_it_was() {
        let mut list = List::default();
        (0..1000).for_each(|n| list.push(n));
        let before = list.clone();
        list.push(1000);
        *list.get_mut(300).unwrap() = 7;
        assert_eq!(
            (list.len(), list.get(300), list.get(1000), list.get(1001)),
            (1001, Some(&7), Some(&1000), None)
        );
        assert!(before.iter().copied().eq(0..1000));
        let shared = before.parts.iter().zip(&list.parts).filter(|(a, b)| Arc::ptr_eq(a, b)).count();
        assert_eq!((before.len(), shared), (1000, 2));
    }
}
