//! Groups: exposures that one piece of work ends, on one asset and over many.
//!
//! Every exposure is in one group of its own asset. Beside these stand the groups over several assets that people do at once: a
//! package or a CVE on a fleet, a rule in a realm, all packages of an image by a newer base. A plan takes one or the other.

use super::{
    ActionKind,
    classify::{self, Work},
    roots::Roots,
};
use crate::{
    attack::Asking,
    id::WeaknessId,
    model::{AssetKind, Environment},
    prioritize::{End, Ended},
};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Exposures that one piece of work ends.
pub(super) struct Group {
    pub(super) kind: ActionKind,
    pub(super) object: String,
    pub(super) called: String,
    pub(super) scope: Scope,
    /// Where the work is, by the numbers of assets.
    pub(super) on: BTreeSet<usize>,
    /// The exposures, by their places in the list.
    pub(super) ends: Vec<usize>,
}

/// How far a piece of work reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Scope {
    /// One asset.
    On(usize),
    /// What is in a realm.
    Realm(usize),
    /// All assets that have it.
    Everywhere,
    /// A credential, wherever it lies.
    Whole,
    /// A relation, which its object names.
    Link,
}

/// So many packages of an image with fixes are worth a newer base.
const PACKAGES_OF_A_BASE: usize = 2;

/// The groups of exposures, those of one asset first. O(n log n).
pub(super) fn groups(
    ends: &[End<'_>],
    environment: &Environment,
    roots: &Roots,
    asking: &Asking<'_>,
) -> Vec<Group> {
    let sources = Sources::of(ends, environment);
    let mut groups: Vec<Group> = Vec::new();
    let mut known: HashMap<(ActionKind, String, Scope), usize> = HashMap::new();
    let mut everywhere: BTreeMap<(ActionKind, String, Scope), Vec<usize>> = BTreeMap::new();
    for (n, end) in ends.iter().enumerate().take_while(|_| asking.goes_on()) {
        let (work, place, scope) = match &end.what {
            Ended::Finding(finding) => {
                let Some(asset) = environment.number(&finding.asset) else { continue };
                let place = sources.place(finding, asset, environment, roots);
                let work = classify::finding(finding, environment);
                let scope = match work.kind {
                    ActionKind::Rotate => Scope::Whole,
                    ActionKind::Enforce => roots.realm(place).map_or(Scope::On(place), Scope::Realm),
                    _ => Scope::On(place),
                };
                (work, place, scope)
            }
            Ended::Relation(related) => {
                let (work, there) = classify::relation(related);
                let at = if there { related.to } else { related.from };
                let Some(place) = environment.number(&at.id) else { continue };
                let scope = if work.kind == ActionKind::Rotate { Scope::Whole } else { Scope::Link };
                (work, place, scope)
            }
        };
        let Work { kind, object, called, everywhere: rolls_out } = work;
        let at = *known.entry((kind, object.clone(), scope)).or_insert_with(|| {
            if rolls_out && let Some(scope) = rollout(kind, place, roots) {
                everywhere.entry((kind, object.clone(), scope)).or_default().push(groups.len());
            }
            groups.push(Group { kind, object, called, scope, on: BTreeSet::new(), ends: Vec::new() });
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(at) {
            group.on.insert(place);
            group.ends.push(n);
        }
    }
    let fleets = fleets(&groups, everywhere).into_iter();
    let all: Vec<Group> =
        fleets.chain(patches(&groups, ends)).chain(bases(&groups, ends, environment)).collect();
    groups.extend(all);
    groups
}

/// How far work of a kind is rolled out that is done on one asset.
fn rollout(kind: ActionKind, place: usize, roots: &Roots) -> Option<Scope> {
    match kind {
        ActionKind::Upgrade => Some(Scope::Everywhere),
        ActionKind::Configure => roots.realm(place).map(Scope::Realm),
        _ => None,
    }
}

/// The same work on several assets.
fn fleets(groups: &[Group], everywhere: BTreeMap<(ActionKind, String, Scope), Vec<usize>>) -> Vec<Group> {
    let several = everywhere.into_iter().filter(|(_, of)| of.len() > 1);
    let fleet = |((kind, object, scope), of): ((ActionKind, String, Scope), Vec<usize>)| {
        let parts = || of.iter().filter_map(|at| groups.get(*at));
        Group {
            kind,
            object,
            called: parts().next().map(|group| group.called.clone()).unwrap_or_default(),
            scope,
            on: parts().flat_map(|group| &group.on).copied().collect(),
            ends: parts().flat_map(|group| &group.ends).copied().collect(),
        }
    };
    several.map(fleet).collect()
}

/// Where a CVE stands, and by which works it would be ended one by one.
#[derive(Default)]
struct Spread<'a> {
    on: BTreeSet<usize>,
    ends: Vec<usize>,
    works: BTreeSet<(ActionKind, &'a str)>,
}

/// A CVE on a fleet, where it is more than one package's.
fn patches(groups: &[Group], ends: &[End<'_>]) -> Vec<Group> {
    let mut of: BTreeMap<&WeaknessId, Spread<'_>> = BTreeMap::new();
    for group in groups.iter().filter(|group| matches!(group.kind, ActionKind::Patch | ActionKind::Upgrade)) {
        for n in &group.ends {
            let Some(Ended::Finding(finding)) = ends.get(*n).map(|end| &end.what) else { continue };
            let spread = of.entry(&finding.weakness.id).or_default();
            spread.on.extend(&group.on);
            spread.ends.push(*n);
            spread.works.insert((group.kind, &group.object));
        }
    }
    let patch = |(weakness, spread): (&WeaknessId, Spread<'_>)| {
        let Spread { on, ends, works } = spread;
        let patched = works.iter().any(|(kind, _)| *kind == ActionKind::Patch);
        (on.len() > 1 && (works.len() > 1 || patched)).then(|| Group {
            kind: ActionKind::Patch,
            object: weakness.to_string(),
            called: weakness.to_string(),
            scope: Scope::Everywhere,
            on,
            ends,
        })
    };
    of.into_iter().filter_map(patch).collect()
}

/// All packages of a distribution that are mended by building an image on a newer base.
fn bases(groups: &[Group], ends: &[End<'_>], environment: &Environment) -> Vec<Group> {
    let mut of: BTreeMap<usize, (usize, Vec<usize>)> = BTreeMap::new();
    for group in groups.iter().filter(|group| group.kind == ActionKind::Upgrade) {
        let Scope::On(place) = group.scope else { continue };
        let built = environment.numbered(place).is_some_and(|asset| {
            matches!(asset.kind, AssetKind::Image | AssetKind::Workload | AssetKind::Function)
        });
        let of_base: Vec<usize> = group
            .ends
            .iter()
            .copied()
            .filter(|n| match ends.get(*n).map(|end| &end.what) {
                Some(Ended::Finding(finding)) => classify::is_of_distribution(finding),
                Some(Ended::Relation(_)) | None => false,
            })
            .collect();
        if built && !of_base.is_empty() {
            let (packages, all) = of.entry(place).or_default();
            *packages += 1;
            all.extend(of_base);
        }
    }
    let several = of.into_iter().filter(|(_, (packages, _))| *packages >= PACKAGES_OF_A_BASE);
    several
        .map(|(place, (_, ends))| Group {
            kind: ActionKind::Rebuild,
            object: "base".into(),
            called: String::new(),
            scope: Scope::On(place),
            on: [place].into(),
            ends,
        })
        .collect()
}

/// What repositories have, by weakness and package: what is found there and in what they build is mended there.
struct Sources<'a>(HashSet<(usize, &'a WeaknessId, &'a str)>);

impl<'a> Sources<'a> {
    fn of(ends: &[End<'a>], environment: &Environment) -> Self {
        let in_repository = |end: &End<'a>| match end.what {
            Ended::Finding(finding) => {
                let number = environment.number(&finding.asset)?;
                let is =
                    environment.numbered(number).is_some_and(|asset| asset.kind == AssetKind::Repository);
                let component = finding.component.as_ref().filter(|_| is)?;
                Some((number, &finding.weakness.id, &*component.name))
            }
            Ended::Relation(_) => None,
        };
        Self(ends.iter().filter_map(in_repository).collect())
    }

    /// Where a finding is mended: in the repository that has it too, else in the image the asset is started from.
    fn place(
        &self,
        finding: &crate::model::Finding,
        asset: usize,
        environment: &Environment,
        roots: &Roots,
    ) -> usize {
        let image = roots.image(asset).filter(|_| finding.component.is_some());
        let repository = finding.component.as_ref().and_then(|component| {
            let builders =
                roots.builders(asset).iter().chain(image.iter().flat_map(|image| roots.builders(*image)));
            let has = |by: &&usize| self.0.contains(&(**by, &finding.weakness.id, &*component.name));
            builders.filter(|by| environment.numbered(**by).is_some()).find(has).copied()
        });
        repository.or(image).unwrap_or(asset)
    }
}
