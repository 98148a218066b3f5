//! Correlation: what several tools say of the same thing becomes one asset and one finding, with every source's own words.
//!
//! Assets are one when they share a name. Findings are one when they are of the same weakness (a CVE and its GitHub advisory
//! are), in the same component, on the same asset. Absorbing is idempotent and independent of order: it follows from what
//! was stated, not from when. Cost: O(n log n) in the report; when a report reveals that things known by two names are one,
//! once O(n log n) in the environment.

mod keys;
mod merge;
mod stated;

use super::native;
use crate::{
    error::{Error, Result, quoted},
    id::{AssetId, FindingId},
    model::{
        Asset, AssetKind, Contents, Control, Environment, Finding, Keyed, LossEvent, Note, NoteKind, Owner,
        RecordCounts, Relation, Report, Service,
    },
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{BTreeMap, HashSet, btree_map::Entry};

/// What became of a document: of the records its report understood, and of those rejected when it was read.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Absorbed {
    /// How many records were new, merged into what was known, or rejected. A record here is one noun of the model: a scanner's
    /// finding on an asset it names is two.
    pub tally: RecordCounts,
    /// Why some were rejected, what was left out, and what was assumed; the notes of the reading first.
    pub notes: Vec<Note>,
}

/// Takes a report into the environment.
///
/// A record that contradicts what is known (two findings of one id, two loss events of one id) is rejected with a note;
/// an asset that is only mentioned is assumed to exist, with a note.
pub fn absorb(environment: &mut Environment, mut report: Report) -> Absorbed {
    if &*report.source.format != native::FORMAT {
        report.contents.findings.iter_mut().for_each(placed);
    }
    let mut absorbed = absorb_contents(environment, report.contents);
    absorbed.tally.read += report.tally.rejected;
    absorbed.tally.rejected += report.tally.rejected;
    absorbed.tally.clear = report.tally.clear;
    absorbed.notes.splice(..0, report.notes);
    absorbed
}

/// Says of each sighting where it was, as long as the finding is one tool's: findings of several places may become one. The
/// native document says of each sighting itself what it has to say.
fn placed(finding: &mut Finding) {
    if let Some(location) = &finding.location {
        for sighting in finding.sightings.iter_mut().filter(|sighting| sighting.location.is_none()) {
            sighting.location = Some(location.clone());
        }
    }
}

fn absorb_contents(environment: &mut Environment, mut contents: Contents) -> Absorbed {
    if learn_names(environment, &contents) {
        // Things known apart turn out to be one: everything is put in anew under the names that hold now.
        let mut known = std::mem::take(environment);
        let findings = known.take_findings();
        let mut everything = known.contents();
        everything.findings = findings.into_iter().flat_map(stated::apart).collect();
        environment.names = known.names;
        put(environment, everything);
    }
    for finding in &mut contents.findings {
        merge::tidy(&mut finding.sightings);
    }
    put(environment, contents)
}

impl TryFrom<Contents> for Environment {
    type Error = Error;

    /// An environment of these contents.
    ///
    /// # Errors
    /// The first record that is rejected, with its list as the place.
    fn try_from(contents: Contents) -> Result<Self> {
        let mut environment = Self::new();
        let absorbed = absorb_contents(&mut environment, contents);
        match absorbed.notes.iter().find(|note| note.kind == NoteKind::Rejected) {
            Some(note) => Err(Error::invalid(&*note.reason).at(&note.place)),
            None => Ok(environment),
        }
    }
}

impl Serialize for Environment {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.contents().serialize(to)
    }
}

impl<'de> Deserialize<'de> for Environment {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut unknown = None;
        let contents: Contents = serde_ignored::deserialize(from, |path| {
            unknown.get_or_insert_with(|| path.to_string());
        })?;
        // There is nowhere to note it, and to leave it out would lose it.
        if let Some(path) = unknown {
            let message = format!("{} is not a field of an environment: leave it out", quoted(&path));
            return Err(serde::de::Error::custom(message));
        }
        Self::try_from(contents).map_err(serde::de::Error::custom)
    }
}

/// The kind of an asset that is mentioned and nowhere declared.
fn undeclared() -> AssetKind {
    AssetKind::Other("undeclared".into())
}

/// Takes what the contents say of names. Says whether something known now goes by another id.
fn learn_names(environment: &mut Environment, contents: &Contents) -> bool {
    let mut names = std::mem::take(&mut environment.names);
    let mut moved = false;
    for asset in &contents.assets {
        let touched = names.state_asset(&asset.id, &asset.aliases);
        moved |= touched.iter().any(|name| {
            environment.asset(name).is_some_and(|known| *names.asset(name) != known.id)
                || touched
                    .iter()
                    .filter_map(|name| environment.asset(name))
                    .any(|other| environment.asset(name).is_some_and(|known| known.id != other.id))
        });
    }
    let mut touched = HashSet::new();
    for finding in contents.findings.iter().filter(|finding| keys::fingerprint(finding).is_none()) {
        touched.extend(names.state_weakness(&finding.weakness.id, &finding.weakness.aliases));
    }
    if !touched.is_empty() {
        let goes_elsewhere = |known: &Keyed| {
            let now = &known.finding.weakness.id;
            let stated = known.stated.iter().map(|finding| &finding.weakness.id).chain([now]);
            let mut stated = stated.filter(|stated| touched.contains(*stated));
            stated.any(|stated| names.weakness(stated) != now)
        };
        moved |= environment.keyed().any(goes_elsewhere);
    }
    environment.names = names;
    moved
}

/// Puts contents in, under names that are settled.
fn put(environment: &mut Environment, contents: Contents) -> Absorbed {
    let mut absorbed = Absorbed::default();
    let Contents { assets, relations, findings, services, entry_points, owners, controls, evidence } =
        contents;
    for (n, asset) in assets.into_iter().enumerate() {
        absorbed.record("/assets", n, |_| Ok(put_asset(environment, asset)));
    }
    for (n, relation) in relations.into_iter().enumerate() {
        absorbed.record("/relations", n, |absorbed| Ok(put_relation(environment, &relation, absorbed)));
    }
    for (n, finding) in findings.into_iter().enumerate() {
        absorbed.record("/findings", n, |absorbed| put_finding(environment, finding, absorbed));
    }
    for (n, service) in services.into_iter().enumerate() {
        absorbed.record("/services", n, |_| put_service(environment, service));
    }
    for (n, mut entry_point) in entry_points.into_iter().enumerate() {
        absorbed.record("/entry_points", n, |absorbed| {
            mention(environment, &entry_point.asset, absorbed);
            if let Some(asset) = environment.asset(&entry_point.asset) {
                entry_point.asset = asset.id.clone();
            }
            let key = (entry_point.asset.clone(), entry_point.access);
            Ok(match environment.entry_points.entry(key) {
                Entry::Vacant(place) => {
                    place.insert(entry_point);
                    true
                }
                Entry::Occupied(mut known) => {
                    // The likelier start holds; of equally likely attackers, the first in their order.
                    let known = known.get_mut();
                    known.chance = known.chance.max(entry_point.chance);
                    known.attacker = known.attacker.min(entry_point.attacker);
                    false
                }
            })
        });
    }
    for (n, owner) in owners.into_iter().enumerate() {
        absorbed.record("/owners", n, |_| Ok(put_owner(environment, owner)));
    }
    for (n, control) in controls.into_iter().enumerate() {
        absorbed.record("/controls", n, |_| Ok(put_control(environment, control)));
    }
    for (n, evidence) in evidence.into_iter().enumerate() {
        absorbed.record("/evidence", n, |_| Ok(environment.insert_evidence(evidence)));
    }
    absorbed
}

impl Absorbed {
    /// Counts one record: new, merged, or rejected.
    fn record(&mut self, list: &str, n: usize, put: impl FnOnce(&mut Self) -> Result<bool>) {
        self.tally.read += 1;
        match put(self) {
            Ok(true) => self.tally.accepted += 1,
            Ok(false) => self.tally.merged += 1,
            Err(error) => {
                self.tally.rejected += 1;
                self.notes.push(Note::rejected(&error.at(format_args!("{list}/{n}"))));
            }
        }
    }
}

fn put_asset(environment: &mut Environment, mut asset: Asset) -> bool {
    let id = environment.names.asset(&asset.id).clone();
    if asset.id != id {
        let stated = std::mem::replace(&mut asset.id, id.clone());
        asset.aliases.push(stated);
    }
    merge::tidy(&mut asset.aliases);
    asset.aliases.retain(|alias| *alias != id);
    let aliases = asset.aliases.clone();
    match environment.asset_mut(&id) {
        Some(known) => {
            merge::asset(known, asset);
            for alias in aliases {
                environment.name_asset(&id, alias);
            }
            false
        }
        None => {
            environment.insert_asset(asset);
            true
        }
    }
}

fn put_relation(environment: &mut Environment, relation: &Relation, absorbed: &mut Absorbed) -> bool {
    if let Some(new) = environment.insert_relation(relation) {
        return new;
    }
    mention(environment, &relation.from, absorbed);
    mention(environment, &relation.to, absorbed);
    environment.insert_relation(relation).unwrap_or(false)
}

fn put_finding(environment: &mut Environment, mut finding: Finding, absorbed: &mut Absorbed) -> Result<bool> {
    mention(environment, &finding.asset, absorbed);
    if let Some(asset) = environment.asset(&finding.asset) {
        finding.asset = asset.id.clone();
    }
    let as_stated = stated::renamed(environment, &mut finding)?;
    let key = keys::key(&finding);
    let derived = match keys::derived_id(key, &finding)? {
        // A source gave another finding the name this one would go by.
        taken if environment.key_of(&taken).is_some_and(|known| known != key) => {
            FindingId::parse(&format!("{key:032x}"))?
        }
        free => free,
    };
    let given: Vec<_> = finding.id.iter().chain(&finding.also).cloned().collect();
    for id in &given {
        if environment.key_of(id).is_some_and(|known| known != key) {
            return Err(Error::new(
                crate::ErrorKind::Conflict,
                format!("{} is already another finding's id: give each finding its own", quoted(id.as_str())),
            ));
        }
    }
    let named = given.clone();
    let new = match environment.keyed_mut(key) {
        Some(known) => {
            stated::keep(known, &finding, as_stated, &derived);
            let known = &mut known.finding;
            let mut ids: Vec<_> =
                known.id.take().into_iter().chain(std::mem::take(&mut known.also)).chain(given).collect();
            merge::finding(known, finding);
            settle_ids(known, &mut ids, &derived);
            false
        }
        None => {
            let mut ids = given;
            settle_ids(&mut finding, &mut ids, &derived);
            environment.insert_finding(key, finding, as_stated.into_iter().collect());
            true
        }
    };
    for id in named.into_iter().chain([derived]) {
        environment.name_finding(key, id);
    }
    Ok(new)
}

/// A finding goes by the first id a source gave it, or else by the derived one.
fn settle_ids(finding: &mut Finding, ids: &mut Vec<FindingId>, derived: &FindingId) {
    ids.retain(|id| id != derived);
    merge::tidy(ids);
    finding.id = Some(if ids.is_empty() { derived.clone() } else { ids.remove(0) });
    finding.also = std::mem::take(ids);
}

fn put_service(environment: &mut Environment, service: Service) -> Result<bool> {
    let mut stated = BTreeMap::new();
    for event in &service.loss_events {
        let known = environment
            .services
            .values()
            .flat_map(|service| &service.loss_events)
            .find(|known| known.id == event.id);
        let known = known.or_else(|| stated.insert(&event.id, event));
        if known.is_some_and(|known| known != event) {
            return Err(Error::new(
                crate::ErrorKind::Conflict,
                format!(
                    "{} is already another loss event's id: give each its own",
                    quoted(event.id.as_str())
                ),
            ));
        }
    }
    Ok(match environment.services.entry(service.id.clone()) {
        Entry::Vacant(place) => {
            let mut service = service;
            order_events(&mut service.loss_events);
            place.insert(service);
            true
        }
        Entry::Occupied(mut known) => {
            let known = known.get_mut();
            known.name = [known.name.take(), service.name].into_iter().flatten().min();
            known.loss_events.extend(service.loss_events);
            order_events(&mut known.loss_events);
            false
        }
    })
}

fn order_events(events: &mut Vec<LossEvent>) {
    events.sort_by(|a, b| a.id.cmp(&b.id));
    events.dedup_by(|a, b| a.id == b.id);
}

fn put_owner(environment: &mut Environment, owner: Owner) -> bool {
    match environment.owners.entry(owner.id.clone()) {
        Entry::Vacant(place) => {
            place.insert(owner);
            true
        }
        Entry::Occupied(mut known) => {
            merge::owner(known.get_mut(), owner);
            false
        }
    }
}

fn put_control(environment: &mut Environment, mut control: Control) -> bool {
    merge::tidy(&mut control.protects);
    match environment.controls.entry(control.id.clone()) {
        Entry::Vacant(place) => {
            place.insert(control);
            true
        }
        Entry::Occupied(mut known) => {
            merge::control(known.get_mut(), control);
            false
        }
    }
}

/// Makes sure that an asset that is mentioned exists.
fn mention(environment: &mut Environment, asset: &AssetId, absorbed: &mut Absorbed) {
    if environment.asset(asset).is_none() {
        environment.insert_asset(Asset::new(asset.clone(), undeclared()));
        let reason =
            format!("{} is mentioned and nowhere declared: it is taken to exist", quoted(asset.as_str()));
        absorbed.notes.push(Note::new(NoteKind::Assumed, "", reason));
    }
}
