//! What an account holds and runs, as assets: each among all of its sort, so that a right over all of a sort is one step.

use super::{
    graph::{Ends, Graph, Way},
    inventory::{Resource, ResourceSort},
};
use crate::model::{Access, AssetKind, RelationKind, Technique};
use std::rc::Rc;

/// Adds a resource, in its account, and among all of its sort.
pub(crate) fn add(graph: &mut Graph, resource: &Resource) -> Rc<str> {
    let Resource { sort, arn, account, .. } = resource;
    let known = graph.has(arn);
    let name = graph.asset(arn, kind_of(*sort));
    if !known && !account.is_empty() {
        let title = arn.rsplit([':', '/']).next().unwrap_or(arn);
        graph.title(&name, title);
        let all = everything(graph, *sort, account);
        graph.fact(&all, RelationKind::Contains, &name);
        for access in [Access::Read, Access::Write, Access::Down] {
            let ends = Ends::of(&all, RelationKind::Contains, &name);
            let ends = ends.stating([(Rc::clone(&all), access)], (Rc::clone(&name), access));
            graph.step(ends, Way::default());
        }
    }
    name
}

/// A store that everybody on the internet reads, or writes.
pub(crate) fn public(graph: &mut Graph, store: &str, reads: bool, writes: bool) {
    let to = graph.asset(store, AssetKind::DataStore);
    let ways = [
        (reads, RelationKind::Reads, Access::Read, "reads", "T1530"),
        (writes, RelationKind::Writes, Access::Write, "writes", "T1565.001"),
    ];
    for (_, kind, access, word, technique) in ways.into_iter().filter(|way| way.0) {
        let from = graph.internet();
        let what = format!("everybody {word} {to}");
        let needs = [(Rc::clone(&from), Access::Reach)];
        let ends = Ends::of(&from, kind, &to).stating(needs, (Rc::clone(&to), access));
        let (technique, remedy) = (Technique::of(technique), "block public access");
        graph.step(ends, Way { technique, what, remedy, ..Way::default() });
    }
}

/// The asset that stands for all of a sort in an account.
pub(super) fn everything(graph: &mut Graph, sort: ResourceSort, account: &str) -> Rc<str> {
    let name = everything_name(sort, account);
    if graph.has(&name) {
        return graph.asset(&name, AssetKind::Realm);
    }
    let all = graph.asset(&name, AssetKind::Realm);
    graph.title(&all, &format!("{} of account {account}", sort.all()));
    let realm = graph.account(account);
    if !graph.is_withheld(&name) {
        graph.fact(&realm, RelationKind::Contains, &all);
    }
    all
}

pub(super) fn everything_name(sort: ResourceSort, account: &str) -> String {
    format!("aws:{account}:every-{}", sort.service())
}

fn kind_of(sort: ResourceSort) -> AssetKind {
    match sort {
        ResourceSort::Bucket | ResourceSort::Table | ResourceSort::Parameter | ResourceSort::Database => {
            AssetKind::DataStore
        }
        ResourceSort::Secret => AssetKind::Credential,
        ResourceSort::Function => AssetKind::Function,
        ResourceSort::Instance => AssetKind::Host,
    }
}
