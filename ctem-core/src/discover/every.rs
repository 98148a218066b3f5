//! All of a sort in a realm, as one asset: a right over all of a service in a project is one step, however many there are.

use super::aws::{Ends, Graph, Way};
use crate::model::{Access, AssetKind, RelationKind, Technique};
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// What lies where, by its sort; and what stands for all of a sort, once it is asked for.
#[derive(Debug, Default)]
pub(crate) struct Every {
    held: BTreeMap<Sorted, BTreeSet<Rc<str>>>,
    made: BTreeMap<Sorted, Rc<str>>,
    realms: BTreeSet<Rc<str>>,
}

/// A realm, and a sort of what lies in it.
type Sorted = (Rc<str>, Box<str>);

impl Every {
    /// Hears that an asset of a sort lies in realms.
    pub(crate) fn hear(&mut self, asset: &Rc<str>, sort: &str, realms: &[Rc<str>]) {
        for realm in realms {
            self.held.entry((Rc::clone(realm), sort.into())).or_default().insert(Rc::clone(asset));
        }
        self.realms.extend(realms.iter().cloned());
    }

    /// Hears that other assets may lie in this one.
    pub(crate) fn hear_realm(&mut self, realm: &Rc<str>) {
        self.realms.insert(Rc::clone(realm));
    }

    /// Whether other assets may lie in this one.
    pub(crate) fn is_realm(&self, asset: &Rc<str>) -> bool {
        self.realms.contains(asset)
    }

    /// What stands for all of a sort in a realm: whatever access one has to it, one has to each. Ask once all was heard.
    pub(crate) fn of(&mut self, realm: &Rc<str>, sort: &str, graph: &mut Graph) -> Rc<str> {
        let key = (Rc::clone(realm), Box::from(sort));
        if let Some(known) = self.made.get(&key) {
            return Rc::clone(known);
        }
        let all = graph.asset(&format!("{realm}:every-{sort}"), AssetKind::Realm);
        graph.title(&all, &format!("all of {sort} in {}", realm.rsplit('/').next().unwrap_or(realm)));
        graph.fact(realm, RelationKind::Contains, &all);
        for one in self.held.get(&key).into_iter().flatten() {
            graph.fact(&all, RelationKind::Contains, one);
            for access in [Access::Reach, Access::Read, Access::Write, Access::Use, Access::Down] {
                let ends = Ends::of(&all, RelationKind::Contains, one);
                let ends = ends.stating([(Rc::clone(&all), access)], (Rc::clone(one), access));
                graph.step(ends, Way::default());
            }
        }
        self.made.insert(key, Rc::clone(&all));
        all
    }

    /// What stands for those who may log on to all of a sort in a realm: whoever acts as it comes into each that it reaches. Ask once
    /// all was heard.
    pub(crate) fn logon(
        &mut self,
        (realm, sort): (&Rc<str>, &str),
        kind: &RelationKind,
        gives: Access,
        technique: &str,
        graph: &mut Graph,
    ) -> Rc<str> {
        let word = if gives == Access::Control { "administrators" } else { "users" };
        let name = format!("{realm}:{word}-of-every-{sort}");
        if graph.has(&name) {
            return graph.asset(&name, AssetKind::Group);
        }
        let group = graph.asset(&name, AssetKind::Group);
        let place = realm.rsplit('/').next().unwrap_or(realm);
        graph.title(&group, &format!("{word} of all of {sort} in {place}"));
        for one in self.held.get(&(Rc::clone(realm), Box::from(sort))).into_iter().flatten() {
            let needs = [(Rc::clone(&group), Access::Use), (Rc::clone(one), Access::Reach)];
            let ends = Ends::of(&group, kind.clone(), one).stating(needs, (Rc::clone(one), gives));
            let (technique, what) = (Technique::of(technique), format!("{group} log on to {one}"));
            let remedy = "give the role on the machines that it is needed for";
            graph.step(ends, Way { technique, what, remedy, ..Way::default() });
        }
        group
    }
}
