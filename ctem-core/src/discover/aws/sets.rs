//! Sets of targets, each kept once: most principals are allowed the same on the same, and so the work is done once for all.

use hashbrown::HashMap;
use std::rc::Rc;

/// Sets of numbers, by id.
#[derive(Debug, Default)]
pub(super) struct Sets {
    sets: Vec<Rc<[u32]>>,
    ids: HashMap<Rc<[u32]>, SetId>,
    done: HashMap<(Operation, SetId, SetId), SetId>,
}

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
    /// The set of these numbers.
    pub(super) fn of(&mut self, mut members: Vec<u32>) -> SetId {
        members.sort_unstable();
        members.dedup();
        let members: Rc<[u32]> = members.into();
        if let Some(known) = self.ids.get(&members) {
            return *known;
        }
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
