//! Groups: what their members have by them, said once.

use super::{
    graph::{Ends, Way},
    inventory::Principal,
    work::{Holder, Work},
};
use crate::model::{Access, AssetKind, RelationKind};
use hashbrown::HashMap;
use std::{collections::BTreeSet, rc::Rc};

impl<'i> Work<'i, '_> {
    /// Adds the memberships of users. Who is denied something, or bounded, has less than the group: such a membership says
    /// nothing by itself.
    pub(super) fn memberships(&mut self) {
        for number in 0..self.inventory.principals.len() {
            let Some(holder) = self.holder(number) else { continue };
            for group in holder.groups.clone() {
                let Some(group) = self.inventory.principals.get(group as usize) else { continue };
                let group = self.graph.asset(&group.arn, AssetKind::Group);
                let ends = Ends::of(&holder.name, RelationKind::MemberOf, &group);
                let ends = if self.is_plain(&holder) {
                    ends
                } else {
                    ends.stating([(Rc::clone(&holder.name), Access::Use)], (group, Access::Reach))
                };
                self.graph.step(ends, Way::default());
            }
        }
    }

    fn is_plain(&self, holder: &Holder<'i>) -> bool {
        holder.principal.boundary.is_none()
            && !self.rights.any_denied(&holder.documents)
            && !self.is_spoken_of(holder.principal)
    }

    /// Leaves to a group what its members may by being in it: there it can be taken away.
    pub(super) fn leave_to_groups(&mut self) {
        let mut of_groups: HashMap<Rc<str>, Vec<Rc<str>>> = HashMap::new();
        for ends in self.graph.steps.keys() {
            if ends.kind == RelationKind::MemberOf && ends.needs.is_empty() {
                of_groups.entry(Rc::clone(&ends.from)).or_default().push(Rc::clone(&ends.to));
            }
        }
        let mut left = Vec::new();
        // What a user has by policies of its own, the group cannot take away.
        let own = |one: &&Principal| !one.inline.is_empty() || !one.attached.is_empty();
        let own: BTreeSet<&str> = self.inventory.principals.iter().filter(own).map(|one| &*one.arn).collect();
        for ends in self.graph.steps.keys().filter(|ends| !own.contains(&*ends.from)) {
            let Some(groups) = of_groups.get(&ends.from) else { continue };
            let has = |group: &Rc<str>| {
                let of_group =
                    |name: &Rc<str>| if *name == ends.from { Rc::clone(group) } else { Rc::clone(name) };
                let mut same = ends.clone();
                same.from = Rc::clone(group);
                same.needs = ends.needs.iter().map(|(name, access)| (of_group(name), *access)).collect();
                same.kind != RelationKind::MemberOf && self.graph.steps.contains_key(&same)
            };
            if groups.iter().any(has) {
                left.push(ends.clone());
            }
        }
        for ends in left {
            self.graph.steps.remove(&ends);
        }
    }
}
