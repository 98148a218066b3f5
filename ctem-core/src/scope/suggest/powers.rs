//! What an asset has power over.

use crate::model::{Asset, AssetKind, Environment, RelationKind};
use std::collections::HashSet;

/// Whoever rules so many assets may well rule the rest.
const MANY: usize = 10;

/// How many assets an asset rules, and what that says of it.
pub(super) fn ruled(
    environment: &Environment,
    number: usize,
    asset: &Asset,
    reasons: &mut Vec<String>,
) -> usize {
    use RelationKind::{Administers, Builds, Contains, Operates};
    let mut ruled: HashSet<usize> = HashSet::new();
    for (kind, does) in [
        (Contains, "contains"),
        (Operates, "operates"),
        (Administers, "administers"),
        (Builds, "builds what runs on"),
    ] {
        // Folders of a project contain many assets and rule none of them.
        if kind == Contains && asset.kind != AssetKind::Realm {
            continue;
        }
        let on: HashSet<usize> = environment.along(number, &kind).filter(|other| *other != number).collect();
        if on.len() >= MANY {
            reasons.push(format!("it {does} {} assets", on.len()));
        }
        ruled.extend(on);
    }
    ruled.len()
}
