//! A queue whose greatest comes first, for searches that only ever add what is no greater than what they took last.

use std::collections::BinaryHeap;

/// A radix heap (Ahuja, Mehlhorn, Orlin and Tarjan, *Faster algorithms for the shortest path problem*, 1990): what waits lies
/// in one of 65 buckets, by the highest bit in which its number differs from the last one taken. Only the bucket that is
/// next is sorted out, so that most of a long queue is written and read in order and seldom compared.
///
/// Numbers are not negative, so their bits order as they do. Of equal numbers the greatest item comes first. O(64) for each
/// item at most, besides what is sorted among equals.
pub(super) struct RadixHeap<T> {
    last: u64,
    /// What has the last number.
    now: BinaryHeap<T>,
    /// By the highest differing bit, counted from 1: the rest.
    later: Vec<Vec<(u64, T)>>,
}

impl<T: Ord> RadixHeap<T> {
    pub(super) fn new() -> Self {
        Self { last: u64::MAX, now: BinaryHeap::new(), later: (0..=u64::BITS).map(|_| Vec::new()).collect() }
    }

    pub(super) fn push(&mut self, number: f64, item: T) {
        self.put(number.to_bits(), item);
    }

    pub(super) fn pop(&mut self) -> Option<(f64, T)> {
        if self.now.is_empty() {
            // The first bucket that holds anything holds the greatest number.
            let next = std::mem::take(self.later.iter_mut().find(|bucket| !bucket.is_empty())?);
            self.last = next.iter().map(|(bits, _)| *bits).max()?;
            for (bits, item) in next {
                self.put(bits, item);
            }
        }
        self.now.pop().map(|item| (f64::from_bits(self.last), item))
    }

    fn put(&mut self, bits: u64, item: T) {
        let differs = u64::BITS - (self.last ^ bits).leading_zeros();
        match self.later.get_mut(differs as usize).filter(|_| differs > 0) {
            Some(bucket) => bucket.push((bits, item)),
            None => self.now.push(item),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_gives_what_a_heap_gives(first in 0.0..1e9f64, factors in proptest::collection::vec((0u8..4, 0..9u32), 0..200)) {
            let (mut queue, mut heap) = (RadixHeap::new(), BinaryHeap::new());
            queue.push(first, 0);
            heap.push((first.to_bits(), 0));
            for (divide, item) in factors {
                let (number, taken) = queue.pop().unwrap();
                prop_assert_eq!(heap.pop(), Some((number.to_bits(), taken)));
                for number in [number, number / f64::from(1 + u32::from(divide))] {
                    queue.push(number, item);
                    heap.push((number.to_bits(), item));
                }
            }
            while let Some((number, item)) = queue.pop() {
                prop_assert_eq!(heap.pop(), Some((number.to_bits(), item)));
            }
            prop_assert!(heap.is_empty());
        }
    }
}
