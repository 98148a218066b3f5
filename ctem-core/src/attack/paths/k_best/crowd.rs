//! Which of many sets is a part of one: asked of a node that was taken with thousands of sets, such as a host that thousands of entry
//! points lead to.
//!
//! Each set is found by one of its members, the one that finds fewest. A part of a set is found by one of its members too, so it is
//! enough to look at what its own members find.

use super::sets::{SetId, Sets};
use crate::attack::graph::{VariableId, condensed::Node, index::Id};
use std::collections::HashMap;

/// So many sets are looked at one after the other; where there are more, they are found by their members.
pub(super) const FEW: usize = 32;

/// So many members are looked at for the one to find a set by.
const LOOKED_AT: usize = 256;

/// Sets by node, or by none for those that are enough for the event.
#[derive(Default)]
pub(super) struct Crowd {
    by_member: HashMap<(Node, VariableId), Vec<SetId>>,
}

impl Crowd {
    /// Adds a set, the last of those of a node in any order, so that there are so many.
    pub(super) fn add(
        &mut self,
        at: Node,
        count: usize,
        mut all: impl Iterator<Item = SetId>,
        sets: &Sets<'_>,
    ) {
        match count.checked_sub(FEW) {
            None | Some(0) => {}
            Some(1) => all.for_each(|set| self.index(at, set, sets)),
            Some(_) => {
                if let Some(set) = all.next() {
                    self.index(at, set, sets);
                }
            }
        }
    }

    /// Whether a part of a set, or all of it, is among those of a node, of which there are so many, the last added first.
    pub(super) fn has_part_of(
        &self,
        set: SetId,
        at: Node,
        count: usize,
        mut all: impl Iterator<Item = SetId>,
        sets: &Sets<'_>,
    ) -> bool {
        // A set with more members than there are sets is held against each.
        if count <= FEW || sets.count(set) > count {
            return all.any(|part| sets.is_part(part, set));
        }
        sets.look(sets.count(set) as u64);
        // The empty set has no member to be found by.
        let members = sets.members(set).chain([VariableId::NONE]);
        let mut found = members.filter_map(|member| self.by_member.get(&(at, member))).flatten();
        found.any(|part| sets.is_part(*part, set))
    }

    fn index(&mut self, at: Node, set: SetId, sets: &Sets<'_>) {
        let finds = |member: &VariableId| self.by_member.get(&(at, *member)).map_or(0, Vec::len);
        sets.look(sets.count(set).min(LOOKED_AT) as u64);
        let member = sets.members(set).take(LOOKED_AT).min_by_key(finds).unwrap_or(VariableId::NONE);
        self.by_member.entry((at, member)).or_default().push(set);
    }
}
