//! Owners: who does an action, by the first rule that matches.
//!
//! Rules of the caller's own come first. Then whose the files are that the findings are in, where the repository says it; the owner
//! of the asset the work is on; of the image it is started from, or of the
//! repository or pipeline that builds it; of the realm that contains it, up to the outermost; and then the fall-back. An action on
//! several assets is owned by whom most of them are, of equals by the first in the order of ids.

use super::{Action, ActionOptions, OwnedBy, roots::Roots};
use crate::{
    id::{AssetId, OwnerId},
    model::{Asset, CodeOwners, Environment, Finding},
    scope::Chooser,
};
use std::collections::{BTreeMap, HashMap};

/// Realms within realms, at most so deep.
const DEEPEST: usize = 16;

/// The rules for files, by the repository that has them: read once, however many actions are on it.
pub(super) type Code<'a> = HashMap<&'a AssetId, CodeOwners<'a>>;

/// The rules for files of all repositories.
pub(super) fn code(environment: &Environment) -> Code<'_> {
    environment.assets().filter_map(|asset| Some((&asset.id, CodeOwners::of(asset)?))).collect()
}

/// Who does an action; nobody where no rule matches.
pub(super) fn owner(
    action: &Action,
    findings: &[&Finding],
    options: &ActionOptions,
    environment: &Environment,
    roots: &Roots,
    code: &Code<'_>,
    chooser: &Chooser<'_>,
) -> Option<OwnedBy> {
    let rule = options.owners.iter().find(|rule| rule.of.matches(action, chooser));
    if let Some(rule) = rule {
        let by = format!("rule for {}", rule.of.words());
        return Some(owned(&rule.owner, by, environment));
    }
    // By asset, since a fleet of repositories has as many findings as assets.
    let mut on: HashMap<&AssetId, Vec<&Finding>> = HashMap::new();
    for finding in findings.iter().filter(|finding| code.contains_key(&finding.asset)) {
        on.entry(&finding.asset).or_default().push(finding);
    }
    let mut votes: BTreeMap<&OwnerId, (usize, String)> = BTreeMap::new();
    for asset in action.on.iter().filter_map(|on| environment.asset(on)) {
        let here = on.get(&asset.id).map(Vec::as_slice).unwrap_or_default();
        let by_files = of_files(asset, here, environment, code);
        if let Some((owner, by)) = by_files.unwrap_or_else(|| of_asset(asset, environment, roots)) {
            let (count, _) = votes.entry(owner).or_insert((0, by));
            *count += 1;
        }
    }
    let most = votes.into_iter().reduce(|most, vote| if vote.1.0 > most.1.0 { vote } else { most });
    let most = most.map(|(owner, (_, by))| owned(owner, by, environment));
    most.or_else(|| options.fall_back.as_ref().map(|owner| owned(owner, "fall-back".into(), environment)))
}

fn owned(owner: &OwnerId, by: String, environment: &Environment) -> OwnedBy {
    let name = environment.owner(owner).and_then(|owner| owner.name.clone());
    OwnedBy { owner: owner.clone(), name, by: by.into() }
}

/// Whose the files of its findings are, of a repository: whose most of them are, where its rules say of one that it is somebody's or
/// nobody's.
fn of_files<'a>(
    asset: &'a Asset,
    findings: &[&Finding],
    environment: &'a Environment,
    code: &Code<'_>,
) -> Option<Option<(&'a OwnerId, String)>> {
    let rules = code.get(&asset.id)?;
    let mut votes: BTreeMap<Option<&OwnerId>, usize> = BTreeMap::new();
    let mut told = false;
    for finding in findings {
        let path = finding.location.as_ref().and_then(|location| location.path.as_deref());
        let owner = match path.and_then(|path| rules.owner(path)) {
            None => asset.owner.as_ref(),
            Some(name) => {
                told = true;
                name.parse().ok().and_then(|id: OwnerId| environment.owner(&id)).map(|owner| &owner.id)
            }
        };
        *votes.entry(owner).or_default() += 1;
    }
    let most = votes.into_iter().reduce(|most, vote| if vote.1 > most.1 { vote } else { most });
    let (owner, _) = most.filter(|_| told)?;
    Some(owner.map(|owner| (owner, format!("code owner of the files in {}", asset.title()))))
}

fn of_asset<'a>(
    asset: &'a Asset,
    environment: &'a Environment,
    roots: &Roots,
) -> Option<(&'a OwnerId, String)> {
    let owned = |by: &'a Asset, what: &str| {
        by.owner.as_ref().map(|owner| (owner, format!("owner of {what}{}", by.title())))
    };
    let number = environment.number(&asset.id)?;
    let numbered = |number: &usize| environment.numbered(*number);
    owned(asset, "").or_else(|| {
        let image = roots.image(number);
        let built = || {
            let by =
                roots.builders(number).iter().chain(image.iter().flat_map(|image| roots.builders(*image)));
            by.filter_map(numbered).find_map(|by| owned(by, "what builds it, "))
        };
        let workloads = || {
            let on = roots.started_from(number).iter().filter_map(numbered);
            on.filter_map(|on| owned(on, "what runs it, ")).min_by(|a, b| a.0.cmp(b.0))
        };
        let realm = || {
            let up = std::iter::successors(roots.realm(number), |realm| roots.realm(*realm));
            up.take(DEEPEST)
                .filter_map(|realm| environment.numbered(realm))
                .find_map(|realm| owned(realm, "realm "))
        };
        image
            .and_then(|image| environment.numbered(image))
            .and_then(|image| owned(image, "image "))
            .or_else(built)
            .or_else(workloads)
            .or_else(realm)
    })
}
