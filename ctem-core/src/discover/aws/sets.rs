//! Sets of targets, each kept once: most principals are allowed the same on the same, and so the work is done once for all.

use hashbrown::HashMap;
use std::rc::Rc;

/// Sets of numbers, by id.
#[derive(Debug)]
pub(super) struct Sets {
    sets: Vec<Rc<[u32]>>,
    ids: HashMap<Rc<[u32]>, SetId>,
    done: HashMap<(Operation, SetId, SetId), SetId>,
    /// How many more members there may be.
    room: usize,
    /// Whether a set was left out, since there were too many.
    pub(super) exhausted: bool,
}

/// All sets have so many members together at most (200 MB): an account at its limits has a tenth of it.
const MOST_MEMBERS: usize = 50_000_000;

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct SetId(u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Operation {
    Both,
    Either,
    Without,
}

impl Sets {
    /// The set of these numbers; that of nothing where there are too many sets.
    pub(super) fn of(&mut self, mut members: Vec<u32>) -> SetId {
        members.sort_unstable();
        members.dedup();
        let members: Rc<[u32]> = members.into();
        if let Some(known) = self.ids.get(&members) {
            return *known;
        }
        let Some(room) = self.room.checked_sub(members.len()) else {
            self.exhausted = true;
            return self.none();
        };
        self.room = room;
        let id = SetId(self.sets.len() as u32);
        self.sets.push(Rc::clone(&members));
        self.ids.insert(members, id);
        id
    }

    /// The set of nothing.
    pub(super) fn none(&mut self) -> SetId {
        self.of(Vec::new())
    }

    pub(super) fn members(&self, set: SetId) -> Rc<[u32]> {
        self.sets.get(set.0 as usize).cloned().unwrap_or_default()
    }

    pub(super) fn is_empty(&self, set: SetId) -> bool {
        self.members(set).is_empty()
    }

    pub(super) fn has(&self, set: SetId, member: u32) -> bool {
        self.members(set).binary_search(&member).is_ok()
    }

    pub(super) fn both(&mut self, a: SetId, b: SetId) -> SetId {
        self.combined(Operation::Both, a, b)
    }

    pub(super) fn either(&mut self, a: SetId, b: SetId) -> SetId {
        self.combined(Operation::Either, a, b)
    }

    pub(super) fn without(&mut self, a: SetId, b: SetId) -> SetId {
        self.combined(Operation::Without, a, b)
    }

    fn combined(&mut self, operation: Operation, a: SetId, b: SetId) -> SetId {
        if let Some(done) = self.done.get(&(operation, a, b)) {
            return *done;
        }
        let (left, right) = (self.members(a), self.members(b));
        let in_right = |member: &u32| right.binary_search(member).is_ok();
        let members = match operation {
            Operation::Both => left.iter().copied().filter(in_right).collect(),
            Operation::Without => left.iter().copied().filter(|member| !in_right(member)).collect(),
            Operation::Either => left.iter().chain(right.iter()).copied().collect(),
        };
        let set = self.of(members);
        self.done.insert((operation, a, b), set);
        set
    }
}

impl Default for Sets {
    fn default() -> Self {
        let (sets, ids, done) = Default::default();
        Self { sets, ids, done, room: MOST_MEMBERS, exhausted: false }
    }
}

#[cfg(test)]
mod tests {
    use super::Sets;

    #[test]
    fn sets_have_so_many_members_together_and_no_more() {
        let mut sets = Sets { room: 5, ..Sets::default() };
        let [a, b] = [vec![3, 1, 3], vec![2, 3]].map(|members| sets.of(members));
        let both = sets.both(a, b);
        assert_eq!((&*sets.members(a), &*sets.members(both)), (&[1, 3][..], &[3][..]));
        assert!(!sets.exhausted);
        let either = sets.either(a, b);
        assert!(sets.exhausted && sets.is_empty(either));
        assert_eq!(sets.of(vec![1, 3]), a, "what is there costs nothing");
    }
}
