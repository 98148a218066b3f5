//! Roots: where the work on an asset is. What runs from an image is mended in the image, and what a repository builds in the repository.

use crate::model::{AssetKind, Environment, RelationKind};
use std::collections::HashMap;

/// What assets are made from and where they stand, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Roots {
    images: HashMap<usize, usize>,
    started_from: HashMap<usize, Vec<usize>>,
    builders: HashMap<usize, Vec<usize>>,
    realms: HashMap<usize, usize>,
}

impl Roots {
    /// One walk through all relations. Where several are stated, the one with the lower id counts.
    pub(super) fn of(environment: &Environment) -> Self {
        let mut roots = Self::default();
        let before = |one: usize, other: usize| {
            let id = |number| environment.numbered(number).map(|asset| &asset.id);
            id(one) < id(other)
        };
        let least = |map: &mut HashMap<usize, usize>, of: usize, new: usize| {
            map.entry(of)
                .and_modify(|known| {
                    if before(new, *known) {
                        *known = new;
                    }
                })
                .or_insert(new);
        };
        for (from, fact, to) in environment.facts() {
            match fact.kind {
                RelationKind::InstanceOf => {
                    least(&mut roots.images, from, to);
                    roots.started_from.entry(to).or_default().push(from);
                }
                RelationKind::Builds => roots.builders.entry(to).or_default().push(from),
                RelationKind::Contains
                    if environment.numbered(from).is_some_and(|asset| asset.kind == AssetKind::Realm) =>
                {
                    least(&mut roots.realms, to, from);
                }
                _ => {}
            }
        }
        let id = |number: &usize| environment.numbered(*number).map(|asset| asset.id.clone());
        for list in roots.builders.values_mut().chain(roots.started_from.values_mut()) {
            list.sort_by_cached_key(id);
        }
        roots
    }

    /// The image an asset is started from.
    pub(super) fn image(&self, asset: usize) -> Option<usize> {
        self.images.get(&asset).copied()
    }

    /// What is started from an image.
    pub(super) fn started_from(&self, image: usize) -> &[usize] {
        self.started_from.get(&image).map_or(&[], Vec::as_slice)
    }

    /// What builds an asset.
    pub(super) fn builders(&self, asset: usize) -> &[usize] {
        self.builders.get(&asset).map_or(&[], Vec::as_slice)
    }

    /// The realm an asset is in.
    pub(super) fn realm(&self, asset: usize) -> Option<usize> {
        self.realms.get(&asset).copied()
    }
}
