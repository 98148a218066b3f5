//! Correlation: what several tools say of the same thing becomes one asset and one finding, with every source's own words.
//!
//! Assets are one when they share a name, or were seen as what only one can be (see [`Environment::merges`]). Findings are one when they are of the same weakness (a CVE and its GitHub advisory
//! are), in the same component, on the same asset. Absorbing is idempotent and independent of order: it follows from what
//! was stated, not from when. Cost: O(n log n) in the report; when a report reveals that things known by two names are one,
//! once O(n log n) in the environment.

mod beside;
mod contradict;
mod findings;
pub(super) mod keys;
mod merge;
mod parted;
mod resources;
mod services;
mod stated;
mod vex;

use crate::{
    attack::{Asking, OnProgress},
    error::{Error, Result, quoted},
    id::{AssetId, ControlId, FindingId},
    model::{
        Asset, AssetKind, Component, Contents, Control, EntryPoint, Environment, Finding, Keyed, Merge, Note,
        NoteKind, Owner, Places, RecordCounts, Relation, RelationKind, Report, Sighting,
        provenance::{self, Stated, Subject},
    },
};
pub(crate) use beside::keys_of_new;
use contradict::Weighing;
pub(crate) use keys::{made_ids, weaknesses};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, btree_map::Entry},
    fmt,
    sync::Arc,
};

/// What became of a report's records once it was taken in: of the records its report understood, and of those rejected when it was read.
///
/// ```
/// use ctem_core::{Program, discover, intel::Intel};
///
/// let mut program = Program::new(Intel::none());
/// let report = discover::read(br#"{"ctem": {"version": 1}, "assets": [{"id": "shop", "kind": "host"}]}"#)?;
/// let absorbed = program.absorb(report);
/// assert_eq!((absorbed.tally.accepted, absorbed.notes.len()), (1, 0));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Absorbed {
    /// How many records were new, merged into what was known, or rejected. A record here is one noun of the model: a scanner's
    /// finding on an asset it names is two.
    pub tally: RecordCounts,
    /// Why some were rejected, what was left out, and what was assumed; the notes of the reading first.
    pub notes: Vec<Note>,
}

/// How a report is taken in.
///
/// ```
/// use ctem_core::{attack::OnProgress, discover::{AbsorbOptions, absorb_with, read}, model::Environment};
///
/// let mut environment = Environment::new();
/// let report = read(br#"{"ctem": {"version": 2}, "assets": [{"id": "shop", "kind": "host"}]}"#)?;
/// // Whoever says no ends it, and what was known is as it was.
/// let stop = AbsorbOptions { progress: OnProgress::new(&|_| false) };
/// assert_eq!(absorb_with(&mut environment, report, stop).unwrap_err().code(), "cancelled");
/// assert_eq!(environment.asset_count(), 0);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct AbsorbOptions<'a> {
    /// Who is told how many records are taken in, and may end it. Nobody unless said.
    pub progress: OnProgress<'a>,
}

/// Takes a report into the environment.
///
/// A record that contradicts what is known (two findings of one id, two loss events of one id) is rejected with a note;
/// an asset that is only mentioned is assumed to exist, with a note. Where two reports contradict each other in what they say of
/// one asset, owner, control, service or entry point, one is followed, and a note has both values and who stated them.
///
/// ```
/// use ctem_core::{discover::{absorb, read}, model::Environment};
///
/// let mut environment = Environment::new();
/// absorb(&mut environment, read(br#"{"ctem": {"version": 1}, "assets": [{"id": "shop", "kind": "host", "owner": "web"}]}"#)?);
/// let absorbed = absorb(
///     &mut environment,
///     read(br#"{"ctem": {"version": 1}, "assets": [{"id": "shop", "kind": "host", "owner": "it"}]}"#)?,
/// );
/// assert_eq!(
///     &*absorbed.notes[0].reason,
///     "the owner of `shop` is `web` by ctem (report 1) and `it` by ctem (report 2): `it` is used"
/// );
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn absorb(environment: &mut Environment, report: Report) -> Absorbed {
    absorb_asking(environment, report, &Asking::nobody())
}

/// Takes a report into the environment, as [`absorb`] does, and asks on the way whether to go on.
///
/// A report that is ended is not taken in: what is known is as it was. So a report that may take long is put into a copy first. One that is
/// short beside what is known is taken in without another ask.
///
/// # Errors
/// `cancelled` when [`AbsorbOptions::progress`] says not to go on.
///
/// ```
/// use ctem_core::{discover::{AbsorbOptions, absorb_with, read}, model::Environment};
///
/// let mut environment = Environment::new();
/// let report = read(br#"{"ctem": {"version": 2}, "assets": [{"id": "shop", "kind": "host"}]}"#)?;
/// assert_eq!(absorb_with(&mut environment, report, AbsorbOptions::default())?.tally.accepted, 1);
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn absorb_with(
    environment: &mut Environment,
    report: Report,
    options: AbsorbOptions<'_>,
) -> Result<Absorbed> {
    match absorb_apart(environment, report, options)? {
        Apart::Short(report) => Ok(absorb(environment, *report)),
        Apart::Taken(absorbed, after) => {
            *environment = *after;
            Ok(absorbed)
        }
    }
}

/// What became of a report that whoever is asked lets in.
pub(crate) enum Apart {
    /// It is short, and can be taken in at once.
    Short(Box<Report>),
    /// It is taken into a copy.
    Taken(Absorbed, Box<Environment>),
}

/// Takes a report into a copy of what is known, where that may take long.
///
/// # Errors
/// `cancelled` when whoever is asked says no.
pub(crate) fn absorb_apart(
    environment: &Environment,
    report: Report,
    options: AbsorbOptions<'_>,
) -> Result<Apart> {
    const WHAT: (&str, &str) = ("absorbing", "records");
    // Beside a report that is much shorter than what is known, the copy would be most of the work.
    const SHORT: usize = 1 << 12;
    const PART: usize = 32;
    let records = report.contents.len();
    let known = environment.asset_count() + environment.finding_count() + environment.relation_count();
    let asking = Asking::new(options.progress, records);
    asking.goes_on_now();
    asking.ended(WHAT.0, WHAT.1)?;
    if records < SHORT || records < known / PART {
        return Ok(Apart::Short(Box::new(report)));
    }
    let mut after = Box::new(environment.clone());
    let absorbed = absorb_asking(&mut after, report, &asking);
    asking.ended(WHAT.0, WHAT.1)?;
    Ok(Apart::Taken(absorbed, after))
}

/// The same in place. Where it is ended, the environment is in part, and to be dropped.
pub(crate) fn absorb_asking(environment: &mut Environment, report: Report, asking: &Asking<'_>) -> Absorbed {
    absorb_report(environment, report, asking).0
}

/// Takes a report in as [`absorb_asking`] does. Says whether what was known stayed where it was: no record was rejected, and
/// nothing goes by another name since.
pub(crate) fn absorb_beside(
    environment: &mut Environment,
    report: Report,
    asking: &Asking<'_>,
) -> (Absorbed, bool) {
    let rejected = report.tally.rejected;
    let (absorbed, anew) = absorb_report(environment, report, asking);
    let all_taken = absorbed.tally.rejected == rejected;
    (absorbed, all_taken && !anew)
}

/// Says besides whether anything known was put in anew.
fn absorb_report(environment: &mut Environment, mut report: Report, asking: &Asking<'_>) -> (Absorbed, bool) {
    if report.places == Places::OfFindings {
        report.contents.findings.iter_mut().for_each(placed);
    }
    let (mut absorbed, anew) = absorb_contents(environment, report.contents, &report.source.tool, asking);
    absorbed.tally.read += report.tally.rejected;
    absorbed.tally.rejected += report.tally.rejected;
    absorbed.tally.clear = report.tally.clear;
    for note in std::mem::replace(&mut absorbed.notes, report.notes) {
        note.add(&mut absorbed.notes);
    }
    (absorbed, anew)
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

fn absorb_contents(
    environment: &mut Environment,
    contents: Contents,
    tool: &str,
    asking: &Asking<'_>,
) -> (Absorbed, bool) {
    // What a rejected finding says of names must not be learnt, and whether it is rejected shows only once names are. Where that may
    // happen, what was known is kept, and the report taken in again without what was rejected.
    const TRIES: usize = 4;
    let mut refused = Refused::new();
    for _ in 0..TRIES {
        if !is_doubtful(environment, &contents, asking) {
            break;
        }
        let mut trial = environment.clone();
        let TakenIn { absorbed, anew, taught } =
            take_in(&mut trial, contents.clone(), tool, &refused, asking);
        let known = refused.len();
        refused.extend(taught);
        if refused.len() == known {
            *environment = trial;
            return (absorbed, anew);
        }
    }
    let TakenIn { absorbed, anew, .. } = take_in(environment, contents, tool, &refused, asking);
    (absorbed, anew)
}

/// Findings that are rejected whatever their names turn out to mean, and why, by their places in the contents.
type Refused = HashMap<usize, Error>;

/// Whether a finding that says something of names goes by an id that seems to be another's.
fn is_doubtful(environment: &Environment, contents: &Contents, asking: &Asking<'_>) -> bool {
    let mut named: HashMap<&FindingId, &Finding> = HashMap::new();
    let mut doubtful = false;
    let mut teaches = false;
    for finding in &contents.findings {
        if !asking.goes_on() {
            return false;
        }
        teaches |= !finding.weakness.aliases.is_empty();
        for id in finding.id.iter().chain(&finding.also) {
            let before = *named.entry(id).or_insert(finding);
            let differs = before.asset != finding.asset
                || before.weakness.id != finding.weakness.id
                || before.component != finding.component
                || before.location != finding.location
                || before.instance != finding.instance;
            doubtful |= differs;
            if let Some(known) = environment.key_of(id) {
                doubtful |= stated::settled(environment, finding).is_none_or(|(_, key)| key != known);
            }
        }
    }
    doubtful && teaches
}

/// What taking contents in came to.
struct TakenIn {
    absorbed: Absorbed,
    /// Whether anything known was put in anew.
    anew: bool,
    /// The findings that were rejected although they say something of names.
    taught: Refused,
}

/// Takes contents in.
fn take_in(
    environment: &mut Environment,
    mut contents: Contents,
    tool: &str,
    refused: &Refused,
    asking: &Asking<'_>,
) -> TakenIn {
    let report = environment.provenance.hear(tool);
    let mut contradictions = Vec::new();
    let before = environment.names.merges().clone();
    let learnt = learn_names(environment, &contents, refused, asking);
    if learnt.moved {
        // Things known apart turn out to be one, or the other way round: everything is put in anew under the names that hold now.
        contradictions = put_anew(environment, &before, report, asking);
        contradictions.retain(|note| note.kind == NoteKind::Conflict);
        contradictions.iter_mut().for_each(|note| note.place = Box::default());
    }
    for finding in &mut contents.findings {
        Sighting::tidy(&mut finding.sightings);
    }
    let resources =
        resources::may_be(contents.assets.iter().flat_map(|asset| asset.aliases.iter().chain([&asset.id])));
    let (mut absorbed, taught) = put(environment, contents, &By { report, known: None, refused, asking });
    let any_moves = resources && resources::any_moves(environment);
    if any_moves {
        // What was seen in templates is on what they make, now that it is known.
        let merges = environment.names.merges().clone();
        put_anew(environment, &merges, report, asking);
    }
    if learnt.of_assets {
        findings::name_by_assets(environment, asking);
    }
    if environment.concluded {
        vex::follow(environment, asking);
    }
    let own = std::mem::take(&mut absorbed.notes);
    let parted = parted::notes(&before, environment.names.merges());
    for note in contradictions.into_iter().chain(parted).chain(own) {
        note.add(&mut absorbed.notes);
    }
    TakenIn { absorbed, anew: learnt.moved || any_moves, taught }
}

/// Puts all that is known in again, under the names that hold now. O(n log n).
fn put_anew(
    environment: &mut Environment,
    merges: &BTreeMap<AssetId, Merge>,
    report: provenance::Report,
    asking: &Asking<'_>,
) -> Vec<Note> {
    let mut known = std::mem::take(environment);
    let everything = parted::everything(&known, merges);
    environment.names = std::mem::take(&mut known.names);
    environment.provenance = known.provenance.emptied();
    let by = By { report, known: Some(&known), refused: &Refused::new(), asking };
    put(environment, everything, &by).0.notes
}

/// All that is known, as sources stated it, so that it can be put in again: what follows from it follows again. Sorted.
pub(crate) fn statements(environment: &Environment) -> Contents {
    let mut contents = parted::everything(environment, environment.names.merges());
    let assets = std::mem::take(&mut contents.assets).into_iter();
    contents.assets = assets.flat_map(|asset| environment.names.as_they_were_stated(asset)).collect();
    contents.assets.sort_by(|a, b| a.id.cmp(&b.id));
    contents.findings.sort_by_cached_key(|finding| {
        let asset_and_weakness = (finding.asset.clone(), finding.weakness.id.clone());
        (finding.id.clone(), asset_and_weakness, keys::key(finding))
    });
    contents
}

/// Who states what is put in: a report, or, of what was known before, whoever stated it then.
struct By<'a> {
    report: provenance::Report,
    known: Option<&'a Environment>,
    refused: &'a Refused,
    asking: &'a Asking<'a>,
}

impl By<'_> {
    fn of(&self, subject: impl FnOnce(&Environment) -> Option<Subject>) -> Stated {
        let before = self.known.and_then(|known| known.provenance.stated(&subject(known)?));
        before.unwrap_or_else(|| Stated::by(self.report))
    }
}

impl TryFrom<Contents> for Environment {
    type Error = Error;

    /// An environment of these contents.
    ///
    /// # Errors
    /// The first record that is rejected, with its list as the place.
    fn try_from(contents: Contents) -> Result<Self> {
        let mut environment = Self::new();
        let (absorbed, _) = absorb_contents(&mut environment, contents, "", &Asking::nobody());
        let lost = |note: &&Note| matches!(note.kind, NoteKind::Rejected | NoteKind::Ignored);
        match absorbed.notes.iter().find(lost) {
            Some(note) => Err(Error::invalid(&*note.reason).at(&note.place)),
            None => Ok(environment),
        }
    }
}

impl Serialize for Environment {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        statements(self).serialize(to)
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

/// What was learnt of names.
struct Learnt {
    /// Whether something known now goes by another id.
    moved: bool,
    /// Whether assets have more names.
    of_assets: bool,
}

/// Takes what the contents say of names.
fn learn_names(
    environment: &mut Environment,
    contents: &Contents,
    refused: &Refused,
    asking: &Asking<'_>,
) -> Learnt {
    let mut names = std::mem::take(&mut environment.names);
    let mut news = Vec::new();
    for asset in &contents.assets {
        if asking.goes_on() && names.state_asset(&asset.id, &asset.aliases) {
            news.push(&asset.id);
        }
    }
    let of_assets = !news.is_empty();
    let mut moved = names
        .with_assets(news)
        .any(|name| environment.asset(name).is_some_and(|known| *names.asset(name) != known.id));
    let mut news = false;
    for (n, finding) in contents.findings.iter().enumerate() {
        if asking.goes_on() && keys::fingerprint(finding).is_none() && !refused.contains_key(&n) {
            news |= names.state_weakness(&finding.weakness.id, &finding.weakness.aliases);
        }
    }
    if news {
        let goes_elsewhere = |known: &Keyed| {
            let now = &known.finding.weakness.id;
            let mut stated = known.stated.iter().map(|finding| &finding.weakness.id).chain([now]);
            keys::fingerprint(&known.finding).is_none() && stated.any(|stated| names.weakness(stated) != now)
        };
        moved |= environment.keyed().any(goes_elsewhere);
    }
    let before = names.merges().clone();
    names.identify(&contents.assets, |name| environment.asset(name).is_some());
    // What came together or parted is put in anew, if any of it is in.
    let after = names.merges();
    let changed = |one: &BTreeMap<AssetId, Merge>, other: &BTreeMap<AssetId, Merge>| {
        let asset =
            |merges: &BTreeMap<AssetId, Merge>, name| merges.get(name).map(|merge| merge.asset.clone());
        one.iter().any(|(name, merge)| {
            asset(other, name).as_ref() != Some(&merge.asset)
                && [name, &merge.asset].iter().any(|name| environment.asset(name).is_some())
        })
    };
    moved |= !Arc::ptr_eq(&before, after) && (changed(&before, after) || changed(after, &before));
    environment.names = names;
    Learnt { moved, of_assets }
}

/// Puts contents in, under names that are settled. The findings that were rejected although they say something of names come back.
fn put(environment: &mut Environment, contents: Contents, by: &By<'_>) -> (Absorbed, Refused) {
    let mut absorbed = Absorbed::default();
    parted::keep(environment, &contents, by.asking);
    let Contents { assets, relations, findings, services, entry_points, owners, .. } = contents;
    let Contents { controls, evidence, rules, refusals, .. } = contents;
    let mut more_said: BTreeSet<AssetId> = BTreeSet::new();
    for (n, asset) in assets.into_iter().enumerate() {
        absorbed.record(by, "/assets", n, |notes, place| {
            let id = environment.names.asset(&asset.id).clone();
            let new = put_asset(environment, asset, by, notes, place);
            if !new {
                more_said.insert(id);
            }
            Ok(new)
        });
    }
    for id in more_said {
        if let Some((asset, ..)) = environment.asset_mut(&id) {
            contradict::tidy_asset(asset);
        }
    }
    let mut contained = Vec::new();
    for (n, relation) in relations.into_iter().enumerate() {
        absorbed.record(by, "/relations", n, |notes, place| {
            let new = put_relation(environment, &relation, by, notes, place)?;
            if relation.kind == RelationKind::Contains {
                contained.push((relation.from, relation.to, place));
            }
            Ok(new)
        });
    }
    for note in in_circles(environment, &contained) {
        note.add(&mut absorbed.notes);
    }
    let (mut said, mut taught) = (findings::Said::default(), Refused::new());
    for (n, finding) in findings.into_iter().enumerate() {
        let teaches = !finding.weakness.aliases.is_empty() && keys::fingerprint(&finding).is_none();
        absorbed.record(by, "/findings", n, |notes, place| {
            if let Some(error) = by.refused.get(&n) {
                return Err(error.clone());
            }
            let put = said.put(environment, finding, by, notes, place);
            if let (Err(error), true) = (&put, teaches) {
                taught.insert(n, error.clone());
            }
            put
        });
    }
    said.settle(environment, by.asking);
    let mut said = services::Said::default();
    for (n, service) in services.into_iter().enumerate() {
        absorbed.record(by, "/services", n, |notes, place| said.put(environment, service, by, notes, place));
    }
    said.settle(environment);
    for (n, entry_point) in entry_points.into_iter().enumerate() {
        absorbed.record(by, "/entry_points", n, |notes, place| {
            Ok(put_entry_point(environment, entry_point, by, notes, place))
        });
    }
    for (n, owner) in owners.into_iter().enumerate() {
        absorbed.record(by, "/owners", n, |notes, place| Ok(put_owner(environment, owner, by, notes, place)));
    }
    // And whether sources differ in what it covers.
    let mut more_said: BTreeMap<ControlId, bool> = BTreeMap::new();
    for (n, control) in controls.into_iter().enumerate() {
        absorbed.record(by, "/controls", n, |notes, place| {
            let id = control.id.clone();
            let known = environment.controls.get(&id).map(|known| &known.covers);
            let differs = known.is_some_and(|known| known.is_some() && *known != control.covers);
            let new = put_control(environment, control, by, notes, place);
            if !new {
                *more_said.entry(id).or_default() |= differs;
            }
            Ok(new)
        });
    }
    for (id, differs) in more_said {
        if let Some(control) = Arc::make_mut(&mut environment.controls).get_mut(&id) {
            merge::tidy(&mut control.protects);
            if differs {
                contradict::tidy_covers(control);
            }
        }
    }
    for (n, evidence) in evidence.into_iter().enumerate() {
        absorbed.record(by, "/evidence", n, |_, _| Ok(environment.insert_evidence(evidence)));
    }
    for (n, rule) in rules.into_iter().enumerate() {
        absorbed.record(by, "/rules", n, |_, _| {
            rule.check().map(|()| Arc::make_mut(&mut environment.rules).insert(rule))
        });
    }
    for (n, refusal) in refusals.into_iter().enumerate() {
        absorbed
            .record(by, "/refusals", n, |_, _| Ok(Arc::make_mut(&mut environment.refusals).insert(refusal)));
    }
    (absorbed, taught)
}

impl Absorbed {
    /// Counts one record: new, merged, or rejected. Once whoever is asked has said no, none is.
    fn record(
        &mut self,
        by: &By<'_>,
        list: &'static str,
        n: usize,
        put: impl FnOnce(&mut Vec<Note>, Place) -> Result<bool>,
    ) {
        if !by.asking.goes_on() {
            return;
        }
        if by.known.is_none() {
            by.asking.did_one();
        }
        let place = Place { list, n };
        self.tally.read += 1;
        match put(&mut self.notes, place) {
            Ok(true) => self.tally.accepted += 1,
            Ok(false) => self.tally.merged += 1,
            Err(error) => {
                self.tally.rejected += 1;
                Note::rejected(&error.at(place)).add(&mut self.notes);
            }
        }
    }
}

/// Where a record stands in the contents.
#[derive(Clone, Copy)]
struct Place {
    list: &'static str,
    n: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.list, self.n)
    }
}

fn put_asset(
    environment: &mut Environment,
    mut asset: Asset,
    by: &By<'_>,
    notes: &mut Vec<Note>,
    place: Place,
) -> bool {
    let by = by.of(|known| known.number(&asset.id).map(Subject::Asset));
    let id = environment.names.asset(&asset.id).clone();
    if asset.id != id {
        let stated = std::mem::replace(&mut asset.id, id.clone());
        asset.aliases.push(stated);
    }
    merge::tidy(&mut asset.aliases);
    asset.aliases.retain(|alias| *alias != id);
    let aliases = asset.aliases.clone();
    match environment.asset_mut(&id) {
        Some((known, number, provenance)) => {
            let subject = Subject::Asset(number);
            let mut weighing = Weighing { subject, title: id.as_str(), by, provenance, notes, place };
            contradict::asset(known, asset, &mut weighing);
            for alias in aliases {
                environment.name_asset(&id, alias);
            }
            false
        }
        None => {
            environment.insert_asset(asset, by);
            true
        }
    }
}

fn put_relation(
    environment: &mut Environment,
    relation: &Relation,
    by: &By<'_>,
    notes: &mut Vec<Note>,
    place: Place,
) -> Result<bool> {
    relation.check()?;
    if relation.kind == RelationKind::Contains && relation.from == relation.to {
        let message = format!("{} contains itself: a realm contains others", quoted(relation.from.as_str()));
        return Err(Error::invalid(message).at("/to"));
    }
    for (field, list) in [("needs", &relation.needs), ("gives", &relation.gives)] {
        for (n, held) in list.iter().enumerate() {
            mention(environment, &held.asset, by, notes, format_args!("{place}/{field}/{n}/asset"));
        }
    }
    if let Some(new) = environment.insert_relation(relation) {
        return Ok(new);
    }
    mention(environment, &relation.from, by, notes, format_args!("{place}/from"));
    mention(environment, &relation.to, by, notes, format_args!("{place}/to"));
    Ok(environment.insert_relation(relation).unwrap_or(false))
}

/// A note for each relation that is part of a circle, whoever said the rest of it.
fn in_circles(environment: &Environment, contained: &[(AssetId, AssetId, Place)]) -> Vec<Note> {
    if contained.is_empty() {
        return Vec::new();
    }
    let circles =
        environment.circles_through(contained.iter().filter_map(|(from, ..)| environment.number(from)));
    let note = |(from, to, place): &(AssetId, AssetId, Place)| {
        let (from, to) = (&environment.asset(from)?.id, &environment.asset(to)?.id);
        if from == to {
            let reason = format!(
                "{} contains itself, by another name: the relation has no effect",
                quoted(from.as_str())
            );
            return Some(Note::new(NoteKind::Conflict, place, reason));
        }
        let circle = circles.through(from, to)?;
        Some(Note::new(NoteKind::Conflict, place, circle.reason()))
    };
    contained.iter().filter_map(note).collect()
}

/// What tells a finding from others of its source, as the source states it: names are not looked up.
pub(crate) fn finding_key(finding: &Finding) -> u128 {
    keys::key(finding)
}

/// What a finding goes by in an environment, however it is stated; nothing where it is not known there.
pub(crate) fn name_of(environment: &Environment, finding: &Finding) -> Option<FindingId> {
    if let Some(known) = finding.id.as_ref().and_then(|id| environment.finding(id)) {
        return known.id.clone();
    }
    let (_, key) = stated::settled(environment, finding)?;
    environment.finding_of(key)?.id.clone()
}

/// The name of a finding that no source gave one.
pub(crate) fn derived_name(finding: &Finding) -> Option<FindingId> {
    keys::derived_id(finding).ok()
}

/// What all tools call a component, without its version.
pub(crate) fn component_name(component: &Component) -> String {
    keys::short_name(component)
}

fn put_entry_point(
    environment: &mut Environment,
    mut entry_point: EntryPoint,
    by: &By<'_>,
    notes: &mut Vec<Note>,
    place: Place,
) -> bool {
    let by_before = by.of(|_| Some(Subject::EntryPoint(entry_point.asset.clone(), entry_point.access)));
    mention(environment, &entry_point.asset, by, notes, format_args!("{place}/asset"));
    if let Some(asset) = environment.asset(&entry_point.asset) {
        entry_point.asset = asset.id.clone();
    }
    let key = (entry_point.asset.clone(), entry_point.access);
    let subject = Subject::EntryPoint(key.0.clone(), key.1);
    match Arc::make_mut(&mut environment.entry_points).entry(key) {
        Entry::Vacant(empty) => {
            environment.provenance.begin(subject, by_before);
            empty.insert(entry_point);
            true
        }
        Entry::Occupied(mut known) => {
            let (title, provenance) = (entry_point.asset.as_str(), &mut environment.provenance);
            let mut weighing = Weighing { subject, title, by: by_before, provenance, notes, place };
            contradict::entry_point(known.get_mut(), &entry_point, &mut weighing);
            false
        }
    }
}

fn put_owner(
    environment: &mut Environment,
    owner: Owner,
    by: &By<'_>,
    notes: &mut Vec<Note>,
    place: Place,
) -> bool {
    let subject = Subject::Owner(owner.id.clone());
    let by = by.of(|_| Some(subject.clone()));
    match Arc::make_mut(&mut environment.owners).entry(owner.id.clone()) {
        Entry::Vacant(empty) => {
            environment.provenance.begin(subject, by);
            empty.insert(owner);
            true
        }
        Entry::Occupied(mut known) => {
            let (id, provenance) = (owner.id.clone(), &mut environment.provenance);
            let mut weighing = Weighing { subject, title: id.as_str(), by, provenance, notes, place };
            contradict::owner(known.get_mut(), owner, &mut weighing);
            false
        }
    }
}

fn put_control(
    environment: &mut Environment,
    mut control: Control,
    by: &By<'_>,
    notes: &mut Vec<Note>,
    place: Place,
) -> bool {
    merge::tidy(&mut control.protects);
    merge::tidy(&mut control.against);
    merge::tidy(&mut control.before);
    let subject = Subject::Control(control.id.clone());
    let by = by.of(|_| Some(subject.clone()));
    match Arc::make_mut(&mut environment.controls).entry(control.id.clone()) {
        Entry::Vacant(empty) => {
            environment.provenance.begin(subject, by);
            empty.insert(control);
            true
        }
        Entry::Occupied(mut known) => {
            let (id, provenance) = (control.id.clone(), &mut environment.provenance);
            let mut weighing = Weighing { subject, title: id.as_str(), by, provenance, notes, place };
            contradict::control(known.get_mut(), control, &mut weighing);
            false
        }
    }
}

/// Makes sure that an asset that is mentioned exists.
fn mention(
    environment: &mut Environment,
    asset: &AssetId,
    by: &By<'_>,
    notes: &mut Vec<Note>,
    place: fmt::Arguments<'_>,
) {
    if environment.asset(asset).is_none() {
        environment.insert_asset(Asset::new(asset.clone(), undeclared()), Stated::by(by.report));
        let reason =
            format!("{} is mentioned and nowhere declared: it is taken to exist", quoted(asset.as_str()));
        Note::new(NoteKind::Assumed, place, reason).add(notes);
    }
}
