//! Rights over users, groups, roles and policies: who raises their own, and who takes those of others.

use super::{
    class::Class,
    escalations::{Escalation, How},
    graph::{Ends, Way},
    inventory::Sort,
    parts::Allowed,
    sets::SetId,
    work::{Holder, Work},
};
use crate::model::{Access, RelationKind, Technique};
use std::{collections::BTreeSet, rc::Rc};

const LESS: &str = "take the right away, allow it on other principals alone, or set a permissions boundary";
const NOT_OTHERS: &str = "allow it on the user's own name alone, or not at all";
const NOT_ROLES: &str =
    "take the right away, or allow it on roles that have no more rights than who holds it";

impl<'i> Work<'i, '_> {
    /// Finds by which rights a principal gives itself any right, or would as another. Says whether its boundary holds it.
    pub(super) fn raises(&mut self, holder: &Holder<'i>) -> bool {
        let mut bounded = false;
        for way in self.ways(How::Raise) {
            let Some((class, action)) = class_of(way.on).zip(way.actions.first().copied()) else { continue };
            for part in self.allowed(holder, action, class, None) {
                let on = self.changeable(class, part.on, way.on);
                if self.is_own(holder, class, on) && !holder.raised {
                    if holder.principal.boundary.is_some() {
                        bounded = true;
                    } else {
                        self.raised(holder, &way, &part);
                    }
                }
                self.raises_others(holder, class, on, &way, &part);
            }
        }
        if holder.raised {
            self.unbound(holder);
        }
        bounded
    }

    /// The step of who gives itself any right.
    fn raised(&mut self, holder: &Holder<'i>, way: &Escalation, part: &Allowed) {
        let what = format!(
            "{} gives itself any right: {} ({}: {})",
            holder.principal.name,
            way.actions.join(", "),
            way.id,
            way.what
        );
        let ends = Ends::of(&holder.name, RelationKind::Administers, &holder.account);
        let hangs_on = part.hangs_on.clone();
        self.graph.step(
            ends,
            Way { chance: Some(way.chance), hangs_on, technique: way.technique, what, remedy: LESS },
        );
    }

    /// Who may take its own boundary off is not bounded by it.
    fn unbound(&mut self, holder: &Holder<'i>) {
        let (class, action) = match holder.principal.sort {
            Sort::User => (Class::User, "iam:DeleteUserPermissionsBoundary"),
            Sort::Role => (Class::Role, "iam:DeleteRolePermissionsBoundary"),
            Sort::Group => return,
        };
        for part in self.allowed(holder, action, class, None) {
            if self.is_own(holder, class, part.on) {
                let what =
                    format!("{} gives itself any right and takes off its boundary: {action}", holder.name);
                let ends = Ends::of(&holder.name, RelationKind::Administers, &holder.account);
                let (hangs_on, technique) = (part.hangs_on, Technique::of("T1098.003"));
                self.graph.step(ends, Way { hangs_on, technique, what, remedy: LESS, ..Way::default() });
            }
        }
    }

    /// Of what may be changed, what can be: the roles of services cannot, nor those of the organisation's logon.
    fn changeable(&mut self, class: Class, on: SetId, word: &str) -> SetId {
        match class {
            Class::Role => self.rights.sets.without(on, self.unchangeable),
            Class::Policy if word == "versions" => self.rights.sets.both(on, self.stronger),
            _ => on,
        }
    }

    /// Whether a set has what gives a principal its own rights.
    fn is_own(&self, holder: &Holder<'i>, class: Class, on: SetId) -> bool {
        let sets = &self.rights.sets;
        let has = |number: u32| self.place_of(class, number).is_some_and(|at| sets.has(on, at));
        match class {
            Class::User | Class::Role => has(holder.number),
            Class::Group => has(holder.number) || holder.groups.iter().any(|group| has(*group)),
            Class::Policy => {
                let groups = holder.groups.iter().filter_map(|n| self.inventory.principals.get(*n as usize));
                let attached = std::iter::once(holder.principal).chain(groups).flat_map(|one| &one.attached);
                attached.into_iter().any(|name| self.policy_at(name).is_some_and(|at| sets.has(on, at)))
            }
            Class::Resource(_) | Class::Service(_) => false,
        }
    }

    /// Where a principal stands in its class.
    pub(super) fn place_of(&self, class: Class, number: u32) -> Option<u32> {
        self.members.get(&class)?.binary_search(&number).ok().map(|at| at as u32)
    }

    fn policy_at(&self, name: &str) -> Option<u32> {
        self.policies.binary_search(&name).ok().map(|at| at as u32)
    }

    /// The step of who gives any right to another and is that one as well.
    fn raises_others(
        &mut self,
        holder: &Holder<'i>,
        class: Class,
        on: SetId,
        way: &Escalation,
        part: &Allowed,
    ) {
        for (class, others) in self.holders_of(class, on) {
            let own = holder.groups.iter().chain([&holder.number]);
            let own = own.filter_map(|number| self.place_of(class, *number)).collect();
            let others = self.but(others, own);
            for other in self.standing_for(class, others, true) {
                let what = format!(
                    "{} gives any right to {}, and is it as well: {} ({}: {})",
                    holder.principal.name,
                    other,
                    way.actions.join(", "),
                    way.id,
                    way.what
                );
                let needs = [(Rc::clone(&holder.name), Access::Use), (other, Access::Use)];
                let ends = Ends::of(&holder.name, RelationKind::Administers, &holder.account)
                    .stating(needs, (Rc::clone(&holder.account), Access::Control));
                let hangs_on = part.hangs_on.clone();
                self.graph.step(
                    ends,
                    Way { chance: Some(way.chance), hangs_on, technique: way.technique, what, remedy: LESS },
                );
            }
        }
    }

    /// Who has what is in a set, and is not held by a boundary.
    fn holders_of(&mut self, class: Class, on: SetId) -> Vec<(Class, SetId)> {
        if let Some(known) = self.held_by.get(&(class, on)) {
            return known.clone();
        }
        let members = self.rights.sets.members(on);
        let numbers: BTreeSet<u32> = match class {
            Class::User | Class::Role | Class::Group => {
                let all = self.members.get(&class).map_or(&[][..], Vec::as_slice);
                members.iter().filter_map(|at| all.get(*at as usize).copied()).collect()
            }
            Class::Policy => {
                let names = members.iter().filter_map(|at| self.policies.get(*at as usize));
                names.filter_map(|name| self.holders.get(*name)).flatten().copied().collect()
            }
            Class::Resource(_) | Class::Service(_) => BTreeSet::new(),
        };
        let mut holders = Vec::new();
        for (class, sort) in
            [(Class::User, Sort::User), (Class::Role, Sort::Role), (Class::Group, Sort::Group)]
        {
            let free = |number: &&u32| {
                let one = self.inventory.principals.get(**number as usize);
                one.is_some_and(|one| one.sort == sort && one.boundary.is_none())
            };
            let places =
                numbers.iter().filter(free).filter_map(|number| self.place_of(class, *number)).collect();
            let set = self.rights.sets.of(places);
            if !self.rights.sets.is_empty(set) {
                holders.push((class, set));
            }
        }
        self.held_by.insert((class, on), holders.clone());
        holders
    }

    /// Finds whom a principal can act as by rights over them, and which groups it can join.
    pub(super) fn takes(&mut self, holder: &Holder<'i>) {
        for way in self.ways(How::Take) {
            let Some(class) = class_of(way.on) else { continue };
            let mut parts: Option<Vec<Allowed>> = None;
            for action in &way.actions {
                let allowed = self.allowed(holder, action, class, None);
                parts = Some(match parts {
                    Some(known) => self.rights.sets.cross(&known, &allowed),
                    None => allowed,
                });
            }
            for part in parts.unwrap_or_default() {
                let on = self.changeable(class, part.on, way.on);
                let own = self.place_of(class, holder.number).into_iter().collect();
                let on = self.but(on, own);
                let remedy = if class == Class::User { NOT_OTHERS } else { NOT_ROLES };
                for other in self.standing_for(class, on, false) {
                    let ends = Ends::of(&holder.name, RelationKind::CanAssume, &other);
                    self.graph.step(ends, taking(holder, &way, &part, remedy));
                }
            }
        }
        for way in self.ways(How::Join) {
            let Some(action) = way.actions.first() else { continue };
            for part in self.allowed(holder, action, Class::Group, None) {
                let own = holder.groups.iter().chain([&holder.number]);
                let own = own.filter_map(|number| self.place_of(Class::Group, *number)).collect();
                let on = self.but(part.on, own);
                self.joins(holder, on, &way, &part);
            }
        }
    }

    /// A user joins by itself; others need a user whom they add.
    fn joins(&mut self, holder: &Holder<'i>, on: SetId, way: &Escalation, part: &Allowed) {
        let groups = self.standing_for(Class::Group, on, false);
        for group in groups {
            let ends = Ends::of(&holder.name, RelationKind::CanAssume, &group);
            if holder.principal.sort != Sort::Role {
                self.graph.step(ends, taking(holder, way, part, LESS));
                continue;
            }
            let users = self.within(Class::User, &holder.principal.account);
            for user in self.standing_for(Class::User, users, true) {
                let needs = [(Rc::clone(&holder.name), Access::Use), (user, Access::Use)];
                let ends = ends.clone().stating(needs, (Rc::clone(&group), Access::Use));
                self.graph.step(ends, taking(holder, way, part, LESS));
            }
        }
    }
}

/// What is told of a step by which a principal acts as another.
pub(super) fn taking(holder: &Holder<'_>, way: &Escalation, part: &Allowed, remedy: &'static str) -> Way {
    let pass = if way.how == How::Pass { "iam:PassRole, " } else { "" };
    let (name, actions) = (&holder.principal.name, way.actions.join(", "));
    Way {
        chance: Some(way.chance),
        hangs_on: part.hangs_on.clone(),
        technique: way.technique,
        what: format!("{name} {}: {pass}{actions} ({})", way.what, way.id),
        remedy,
    }
}

/// The class that a word of the table stands for.
fn class_of(word: &str) -> Option<Class> {
    match word {
        "user" => Some(Class::User),
        "group" => Some(Class::Group),
        "role" => Some(Class::Role),
        "policy" | "versions" => Some(Class::Policy),
        _ => None,
    }
}
