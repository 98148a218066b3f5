//! Findings of one report, taken together: those that are one are put together at once, so that n statements of one finding cost
//! O(n log n) and not each all that was said before it.

use super::{By, Place, keys, mention, merge, resources, stated, vex};
use crate::{
    ErrorKind,
    attack::Asking,
    error::{Error, Result, quoted},
    id::FindingId,
    model::{Accesses, Environment, Finding, Note, NoteKind, Status},
};
use std::collections::{BTreeSet, HashMap};

/// What one report has said of findings so far: it stands in the environment once it is settled.
#[derive(Default)]
pub(super) struct Said {
    all: Vec<Together>,
    by_key: HashMap<u128, usize>,
    by_id: HashMap<FindingId, u128>,
}

/// Statements about one finding.
struct Together {
    key: u128,
    /// What it goes by where no source names it.
    derived: FindingId,
    given: Vec<FindingId>,
    seen: Option<Status>,
    /// Each statement under the names that hold, and as it was stated where that was another.
    parts: Vec<(Finding, Option<Finding>)>,
}

impl Said {
    /// Takes a finding. One that is rejected changes nothing. O(1) besides its text.
    pub(super) fn put(
        &mut self,
        environment: &mut Environment,
        mut finding: Finding,
        by: &By<'_>,
        notes: &mut Vec<Note>,
        place: Place,
    ) -> Result<bool> {
        if let Some(exploit) = &finding.exploit {
            exploit.check().map_err(|error| error.at("/exploit"))?;
        }
        if let Some(asset) = environment.asset(&finding.asset) {
            finding.asset = asset.id.clone();
        }
        let on_resource = resources::of(environment, &finding);
        let elsewhere = on_resource.map(|resource| {
            let stated = finding.clone();
            finding.asset = resource;
            stated
        });
        let asset = elsewhere.as_ref().map_or_else(|| finding.asset.clone(), |stated| stated.asset.clone());
        let as_stated = stated::renamed(environment, &mut finding)?;
        let as_stated = as_stated.map(|stated| Finding { asset, ..stated }).or(elsewhere);
        let key = keys::key(&finding);
        let is_another = |id: &FindingId| {
            let known = self.by_id.get(id).copied().or_else(|| environment.key_of(id));
            known.is_some_and(|known| known != key)
        };
        let given: Vec<_> = finding.id.iter().chain(&finding.also).cloned().collect();
        if let Some(id) = given.iter().find(|id| is_another(id)) {
            return Err(Error::new(
                ErrorKind::Conflict,
                format!("{} is already another finding's id: give each finding its own", quoted(id.as_str())),
            ));
        }
        let derived = match keys::derived_id(&finding)? {
            // A source gave another finding the name this one would go by.
            taken if is_another(&taken) => keys::plain_id(key)?,
            free => free,
        };

        if let Some(exploit) = &finding.exploit {
            for (field, list) in [("needs", &exploit.needs), ("gives", &exploit.gives)] {
                for (n, held) in list.iter().flat_map(Accesses::list).enumerate() {
                    let place = format_args!("{place}/exploit/{field}/{n}/asset");
                    mention(environment, &held.asset, by, notes, place);
                }
            }
        }
        mention(environment, &finding.asset, by, notes, format_args!("{place}/asset"));
        environment.concluded |= finding.sightings.iter().any(|sighting| sighting.analysis.is_some());
        for id in given.iter().chain([&derived]) {
            self.by_id.insert(id.clone(), key);
        }
        let seen = vex::seen(&finding);
        if by.known.is_none()
            && let Some(note) = self.hidden(environment, key, &finding, seen, &derived, place)
        {
            note.add(notes);
        }
        if let Some(known) = self.by_key.get(&key).and_then(|at| self.all.get_mut(*at)) {
            known.given.extend(given);
            known.seen = known.seen.max(seen);
            known.parts.push((finding, as_stated));
            return Ok(false);
        }
        let new = environment.keyed_of(key).is_none();
        self.by_key.insert(key, self.all.len());
        self.all.push(Together { key, derived, given, seen, parts: vec![(finding, as_stated)] });
        Ok(new)
    }

    /// A finding that one source sees open, and another as none to act on: what hides it is said.
    fn hidden(
        &self,
        environment: &Environment,
        key: u128,
        finding: &Finding,
        seen: Option<Status>,
        called: &FindingId,
        place: Place,
    ) -> Option<Note> {
        let together = self.by_key.get(&key).and_then(|at| self.all.get(*at));
        let known = environment.keyed_of(key);
        let before = together.and_then(|together| together.seen).max(known.and_then(|known| known.seen))?;
        let (hides, differs) = (before.max(seen?), before != seen?);
        if !differs
            || before.min(seen?) != Status::Open
            || !matches!(hides, Status::NotAffected | Status::Accepted)
        {
            return None;
        }
        let known = known.map(|known| &known.finding);
        let others = together
            .into_iter()
            .flat_map(|together| together.parts.iter().map(|(part, _)| part))
            .chain(known);
        let [here, there] = [sources([finding]), sources(others)];
        let said = format!(
            "the status of {} is {} by {here} and {} by {there}: {} is used",
            quoted(called.as_str()),
            quoted(seen?.name()),
            quoted(before.name()),
            quoted(hides.name()),
        );
        Some(Note::new(NoteKind::Conflict, place, said))
    }

    /// Puts the findings in. O(n log n) in what is known of those that the report names.
    pub(super) fn settle(self, environment: &mut Environment, asking: &Asking<'_>) {
        for together in self.all {
            if asking.goes_on() {
                together.settle(environment);
            }
        }
    }
}

/// Who says something of findings: a few of them, however many there are.
fn sources<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> String {
    const SHOWN: usize = 3;
    let sightings = findings.into_iter().take(SHOWN).flat_map(|finding| finding.sightings.iter().take(SHOWN));
    let names: BTreeSet<&str> =
        sightings.map(|sighting| &*sighting.source).filter(|name| !name.is_empty()).collect();
    let shown: Vec<_> = names.into_iter().take(SHOWN).map(quoted).collect();
    if shown.is_empty() { "a record that names no source".into() } else { shown.join(", ") }
}

impl Together {
    fn settle(self, environment: &mut Environment) {
        let Self { key, derived, given, seen, parts } = self;
        let names = given.clone();
        let mut ids = given;
        let mut known = environment.keyed_mut(key);
        let mut statements =
            known.as_mut().map(|known| std::mem::take(&mut known.stated)).unwrap_or_default();
        // Where all sources use the one name, what they stated is what is known.
        if !statements.is_empty() || parts.iter().any(|(_, as_stated)| as_stated.is_some()) {
            let before = known.as_deref().filter(|_| statements.is_empty()).map(stated::as_stated);
            let said = parts.iter().map(|(part, as_stated)| as_stated.as_ref().unwrap_or(part).clone());
            stated::keep(&mut statements, before.into_iter().chain(said));
        }
        let before =
            parts.iter().filter_map(|(part, as_stated)| resources::called_before(as_stated.as_ref()?, part));
        let before: Vec<FindingId> = before.collect();
        let mut parts = parts.into_iter().map(|(part, _)| part);
        match known {
            Some(known) => {
                let finding = &mut known.finding;
                ids.extend(finding.id.take().into_iter().chain(std::mem::take(&mut finding.also)));
                merge::findings(finding, parts);
                settle_ids(finding, &mut ids, &derived);
                known.seen = known.seen.max(seen);
                finding.status = vex::status(known.seen, &finding.sightings);
                known.stated = statements;
            }
            None => {
                let Some(mut finding) = parts.next() else { return };
                merge::findings(&mut finding, parts);
                settle_ids(&mut finding, &mut ids, &derived);
                finding.status = vex::status(seen, &finding.sightings);
                environment.insert_finding(key, finding, seen, statements);
            }
        }
        for id in names.into_iter().chain([derived.clone()]) {
            environment.name_finding(key, id);
        }
        let former = environment.finding(&derived).map(|finding| former_ids(environment, finding));
        for id in former.into_iter().flatten().chain(before) {
            environment.name_formerly(key, id);
        }
    }
}

/// Lets every finding be found by what it would be named under each name of its asset, once assets have more names. O(n) in the
/// findings.
pub(super) fn name_by_assets(environment: &mut Environment, asking: &Asking<'_>) {
    let named = environment.keyed_findings().take_while(|_| asking.goes_on());
    let named: Vec<_> = named.map(|(key, finding)| (key, former_ids(environment, finding))).collect();
    for (key, ids) in named {
        ids.into_iter().for_each(|id| environment.name_formerly(key, id));
    }
}

fn former_ids(environment: &Environment, finding: &Finding) -> Vec<FindingId> {
    environment.asset(&finding.asset).map_or_else(Vec::new, |asset| keys::former_ids(finding, asset))
}

/// A finding goes by the first id a source gave it, or else by the derived one.
fn settle_ids(finding: &mut Finding, ids: &mut Vec<FindingId>, derived: &FindingId) {
    ids.retain(|id| id != derived);
    merge::tidy(ids);
    finding.id = Some(if ids.is_empty() { derived.clone() } else { ids.remove(0) });
    finding.also = std::mem::take(ids);
}
