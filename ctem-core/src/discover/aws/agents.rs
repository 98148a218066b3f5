//! Agents: which machines take orders of the account's systems manager, since their role lets an agent on them ask for any.

use super::{
    class::Class,
    inventory::ResourceSort,
    work::{AGENT, Work},
};
use hashbrown::HashMap;

impl Work<'_, '_> {
    /// Finds the machines whose role lets an agent work.
    pub(super) fn agents(&mut self) {
        let inventory = self.inventory;
        let class = Class::Resource(ResourceSort::Instance);
        let numbers = self.members.get(&class).cloned().unwrap_or_default();
        let mut roles: HashMap<&str, usize> = HashMap::new();
        for (number, principal) in inventory.principals.iter().enumerate() {
            roles.insert(&principal.arn, number);
            roles.extend(principal.profiles.iter().map(|profile| (&**profile, number)));
        }
        for (profile, role) in &inventory.profiles {
            if let Some(number) = roles.get(&**role).copied() {
                roles.insert(profile, number);
            }
        }
        let mut lets: HashMap<usize, bool> = HashMap::new();
        let mut with_agent = Vec::new();
        for (at, number) in (0u32..).zip(numbers) {
            let role = inventory.resources.get(number as usize).and_then(|one| one.acts_as.as_deref());
            let Some(role) = role.and_then(|role| roles.get(role).copied()) else { continue };
            let known = lets.get(&role).copied();
            let works = known.unwrap_or_else(|| {
                let holder = self.holder(role);
                holder
                    .and_then(|holder| self.may_all(&holder, &[AGENT]))
                    .is_some_and(|words| words.is_empty())
            });
            lets.insert(role, works);
            if works {
                with_agent.push(at);
            }
        }
        self.with_agent = self.rights.sets.of(with_agent);
    }
}
