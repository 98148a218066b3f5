//! What each source says now: of every thing its latest statement, until it says otherwise or no longer lists it.
//!
//! What is known of an organisation is all of these taken together, put in as reports are. So a source that corrects itself is
//! corrected, and what one source no longer sees stands as long as another does.

use super::{
    coverage::Coverage,
    identity::{self, Known},
};
use crate::{
    attack::Asking,
    discover,
    id::{AssetId, ControlId, FindingId, OwnerId, RelationId, ServiceId},
    model::{Access, Contents, Environment, Finding, Places, Record, Report, Source, SuggestionKind},
    shared::Map,
    time::Moment,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The statements of one source.
#[derive(Debug, Clone)]
pub(super) struct Held {
    /// The tool's name, and whether a place is said of findings or of sightings.
    tool: Box<str>,
    places: Places,
    statements: Map<Thing, Arc<Statement>>,
    /// Findings it listed before and no longer does, as it listed them last.
    past: Map<u128, Arc<Statement>>,
    /// The names of findings that go by another than they would: they moved.
    names: Map<u128, FindingId>,
    /// When anything was said last.
    latest: Option<Moment>,
    /// What was said then, in its order, where that is known and little: so that it is found without a look at all the rest.
    lately: Option<Vec<Thing>>,
}

/// So many statements are little beside what a source says.
const FEW: usize = 4096;

/// What is said of one thing. Several records where a report lists one thing several times.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Statement {
    pub(super) records: Vec<Record>,
    /// When it was last said.
    pub(super) at: Moment,
}

impl Statement {
    pub(super) fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.records.iter().filter_map(|record| match record {
            Record::Finding(finding) => Some(&**finding),
            _ => None,
        })
    }
}

/// What a statement is about, as its source calls it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Thing {
    Asset(AssetId),
    Relation(RelationId),
    Finding(u128),
    Service(ServiceId),
    EntryPoint(AssetId, Access),
    Owner(OwnerId),
    Control(ControlId),
    Refusal(SuggestionKind, AssetId),
    /// What has no name is what it says.
    Other(Box<str>),
}

impl Thing {
    fn of(record: &Record) -> Self {
        let spelled = || serde_json::to_string(record).unwrap_or_default().into();
        match record {
            Record::Asset(asset) => Self::Asset(asset.id.clone()),
            Record::Relation(relation) => Self::Relation(relation.what()),
            Record::Finding(finding) => Self::Finding(discover::finding_key(finding)),
            Record::Service(service) => Self::Service(service.id.clone()),
            Record::EntryPoint(entry) => Self::EntryPoint(entry.asset.clone(), entry.access),
            Record::Owner(owner) => Self::Owner(owner.id.clone()),
            Record::Control(control) => Self::Control(control.id.clone()),
            Record::Evidence(_) | Record::Rule(_) => Self::Other(spelled()),
            Record::Refusal(refusal) => Self::Refusal(refusal.suggestion, refusal.asset.clone()),
        }
    }
}

/// In what circumstances a source says something.
#[derive(Clone, Copy)]
pub(super) struct Heard<'a> {
    /// What it looked at, if anything.
    pub(super) coverage: Option<&'a Coverage>,
    /// Whether what matters is stated here, all of it.
    pub(super) whole: bool,
    /// What was known before, from all sources.
    pub(super) known: &'a Environment,
    /// Whether another source sees a finding now.
    pub(super) seen_by_others: &'a dyn Fn(&FindingId) -> bool,
}

impl<'a> Heard<'a> {
    /// By people, or before anything was known.
    pub(super) fn stated(known: &'a Environment) -> Self {
        Self { coverage: None, whole: false, known, seen_by_others: &|_| false }
    }
}

/// What a report changed of what its source says.
#[derive(Debug, Default)]
pub(super) struct Learnt {
    /// Whether anything but when it was last said.
    pub(super) changed: bool,
    /// What is said of findings that were never heard of here, where nothing else changed.
    pub(super) only_new: Option<Vec<Arc<Statement>>>,
    /// The findings that moved, by the names they keep, each with what it was found by.
    pub(super) moved: Vec<(FindingId, identity::By)>,
    /// The findings that it listed and lists no more, though it looked.
    pub(super) gone: Vec<FindingId>,
}

impl Held {
    pub(super) fn new(tool: &str, places: Places) -> Self {
        let (statements, past, names) = Default::default();
        Self { tool: tool.into(), places, statements, past, names, latest: None, lately: None }
    }

    /// Takes what the source says now.
    pub(super) fn take(&mut self, contents: Contents, at: Moment, heard: &Heard<'_>) -> Learnt {
        let Heard { coverage, whole, known, .. } = *heard;
        let said = grouped(contents);
        let mut learnt = Learnt::default();
        let called: BTreeSet<FindingId> = said.values().flatten().filter_map(id_of).cloned().collect();
        let gone = |thing: &Thing, statement: &Statement| {
            !said.contains_key(thing)
                && (whole && is_scope(statement)
                    || statement.records.iter().filter_map(id_of).any(|id| called.contains(id))
                    || coverage.is_some_and(|coverage| covered(thing, statement, coverage, known)))
        };
        let may_go = whole || coverage.is_some() || !called.is_empty();
        let all = may_go.then(|| self.statements.iter()).into_iter().flatten();
        let gone: Vec<Thing> =
            all.filter(|(thing, statement)| gone(thing, statement)).map(|(thing, _)| thing.clone()).collect();
        learnt.changed = !gone.is_empty();
        // Findings with a name that moved are put in before all others, so that a first one of the others moves them.
        let follows = self.statements.iter().any(|(thing, _)| !self.is_named(thing));
        let mut only_new = (gone.is_empty() && follows).then(Vec::new);
        let mut left = BTreeSet::new();
        for thing in gone {
            let Some(statement) = self.statements.remove(&thing) else { continue };
            if let Thing::Finding(key) = thing {
                left.insert(key);
                self.past.insert(key, statement);
            }
        }
        let moved = self.moved(&said, &left, heard);
        let still: BTreeSet<u128> = moved.iter().map(|(_, old, ..)| *old).collect();
        for (new, old, name, by) in moved {
            self.past.remove(&old);
            self.names.remove(&old);
            self.names.insert(new, name.clone());
            learnt.moved.push((name, by));
        }
        let ids = |key: &u128| self.past.get(key).map(|statement| names_of(statement, known));
        let mut ended: BTreeSet<FindingId> =
            left.iter().filter(|key| !still.contains(key)).filter_map(ids).flatten().collect();
        ended.retain(|id| !called.contains(id));
        learnt.gone = ended.into_iter().collect();
        self.say(&said, at);
        for (thing, mut records) in said {
            let mut new = false;
            if let Thing::Finding(key) = &thing {
                new = self.past.remove(key).is_none();
                if let Some(name) = self.names.get(key) {
                    records.iter_mut().for_each(|record| call(record, name));
                }
            }
            let before = self.statements.get(&thing);
            new &= before.is_none() && !self.is_named(&thing);
            let changed = before.is_none_or(|before| before.records != records);
            let statement = Arc::new(Statement { records, at });
            if changed {
                learnt.changed = true;
                only_new = only_new.filter(|_| new);
                only_new.iter_mut().for_each(|known| known.push(Arc::clone(&statement)));
            }
            self.statements.insert(thing, statement);
        }
        learnt.only_new = only_new;
        learnt
    }

    /// Remembers what is said now.
    fn say(&mut self, said: &BTreeMap<Thing, Vec<Record>>, at: Moment) {
        if self.latest.is_some_and(|latest| at < latest) {
            return;
        }
        let before = if self.latest == Some(at) { self.lately.take() } else { Some(Vec::new()) };
        self.latest = Some(at);
        self.lately = before.filter(|before| before.len() + said.len() <= FEW).map(|mut all| {
            all.extend(said.keys().cloned());
            all.sort_unstable();
            all.dedup();
            all
        });
    }

    /// Whether it is a finding that goes by another name than it would.
    fn is_named(&self, thing: &Thing) -> bool {
        matches!(thing, Thing::Finding(key) if self.names.contains_key(key))
    }

    /// The findings that are listed elsewhere than before: the new key, the old one, and the name that both have.
    fn moved(
        &self,
        said: &BTreeMap<Thing, Vec<Record>>,
        left: &BTreeSet<u128>,
        heard: &Heard<'_>,
    ) -> Vec<(u128, u128, FindingId, identity::By)> {
        let known = heard.known;
        let new: Vec<(u128, &Finding)> = said
            .iter()
            .filter(|(thing, _)| !self.statements.contains_key(thing))
            .filter_map(|(thing, records)| match (thing, &**records) {
                // What has a name of its own needs none; what stood here before is what it was.
                (Thing::Finding(key), [Record::Finding(finding)])
                    if finding.id.is_none() && !self.past.contains_key(key) =>
                {
                    Some((*key, &**finding))
                }
                _ => None,
            })
            .collect();
        if new.is_empty() || self.past.is_empty() {
            return Vec::new();
        }
        let old: Vec<(u128, Known<'_>)> = self
            .past
            .iter()
            .filter(|(key, _)| !said.contains_key(&Thing::Finding(**key)))
            .filter_map(|(key, statement)| {
                let [Record::Finding(finding)] = &*statement.records else { return None };
                Some((*key, Known { finding, just_left: left.contains(key) }))
            })
            .collect();
        let findings: Vec<&Finding> = new.iter().map(|(_, finding)| *finding).collect();
        let before: Vec<&Known<'_>> = old.iter().map(|(_, before)| before).collect();
        let same = identity::same(&findings, &before, |asset| {
            known.asset(asset).map_or_else(|| asset.clone(), |asset| asset.id.clone())
        });
        same.into_iter()
            .filter_map(|(new_at, old_at, by)| {
                let ((new_key, _), (old_key, before)) = (new.get(new_at)?, old.get(old_at)?);
                let name =
                    self.names.get(old_key).cloned().or_else(|| discover::name_of(known, before.finding))?;
                // Another source still sees it where it was: there it is another's word, and keeps the name.
                (!(heard.seen_by_others)(&name)).then_some((*new_key, *old_key, name, by))
            })
            .collect()
    }

    /// Who says where findings were seen, as of its latest report. Says whether that is as before.
    pub(super) fn says_as(&mut self, places: Places) -> bool {
        std::mem::replace(&mut self.places, places) == places
    }

    /// All that the source says, as a report.
    fn report(&self, named: bool) -> Report {
        let mut contents = Contents::default();
        for (thing, statement) in self.statements.iter() {
            if self.is_named(thing) == named {
                statement.records.iter().for_each(|record| contents.push(record.clone()));
            }
        }
        let source = Source { tool: self.tool.clone(), ..Source::default() };
        Report { source, places: self.places, ..Report::from(contents) }
    }

    /// Puts all that sources say together. Findings that keep a name come first, so that no other takes it.
    pub(super) fn together<'a>(
        sources: impl Iterator<Item = &'a Self> + Clone,
        asking: &Asking<'_>,
    ) -> Environment {
        let mut environment = Environment::new();
        for named in [true, false] {
            for held in sources.clone() {
                let report = held.report(named);
                if !report.contents.is_empty() {
                    discover::absorb_asking(&mut environment, report, asking);
                }
            }
        }
        environment
    }

    /// The findings that it listed last at a moment. O(k log n) for the k things that it said last, and O(n) for another moment.
    pub(super) fn findings_of(&self, at: Moment) -> impl Iterator<Item = &Finding> {
        let lately = self.lately.as_ref().filter(|_| self.latest == Some(at));
        let few = lately.into_iter().flatten().filter_map(|thing| self.statements.get(thing));
        let all = lately.is_none().then(|| self.statements.values()).into_iter().flatten();
        few.chain(all).filter(move |said| said.at == at).flat_map(|said| said.findings())
    }

    /// Everything as lists, for a document.
    pub(super) fn written(&self) -> Written<'_> {
        Written { tool: &self.tool, places: self.places, held: self }
    }

    /// Forgets findings that it has not listed since a moment.
    pub(super) fn forget(&mut self, before: Moment) {
        self.past.retain(|_, statement| statement.at >= before);
        let Self { statements, past, names, .. } = self;
        names.retain(|key, _| past.contains_key(key) || statements.contains_key(&Thing::Finding(*key)));
    }
}

/// A source's statements as they are written down; see `document.rs`.
pub(super) struct Written<'a> {
    pub(super) tool: &'a str,
    pub(super) places: Places,
    held: &'a Held,
}

impl<'a> Written<'a> {
    pub(super) fn statements(&self) -> impl Iterator<Item = &'a Statement> + use<'a> {
        self.held.statements.values().map(|statement| &**statement)
    }

    pub(super) fn past(&self) -> impl Iterator<Item = &'a Statement> + use<'a> {
        self.held.past.values().map(|statement| &**statement)
    }
}

impl Held {
    /// What was written down.
    pub(super) fn read(
        tool: &str,
        places: Places,
        statements: Vec<Statement>,
        past: Vec<Statement>,
        names: Vec<(u128, FindingId)>,
    ) -> Self {
        let mut held = Self::new(tool, places);
        for statement in statements {
            if let Some(thing) = statement.records.first().map(Thing::of) {
                held.statements.insert(thing, Arc::new(statement));
            }
        }
        for statement in past {
            if let Some(Thing::Finding(key)) = statement.records.first().map(Thing::of) {
                held.past.insert(key, Arc::new(statement));
            }
        }
        held.names = names.into_iter().collect();
        held.latest = held.statements.values().map(|statement| statement.at).max();
        held
    }

    pub(super) fn names(&self) -> impl Iterator<Item = (u128, &FindingId)> {
        self.names.iter().map(|(key, name)| (*key, name))
    }
}

/// The records of a report, by what they are about.
fn grouped(contents: Contents) -> BTreeMap<Thing, Vec<Record>> {
    let mut said: BTreeMap<Thing, Vec<Record>> = BTreeMap::new();
    for record in contents.into_records() {
        said.entry(Thing::of(&record)).or_default().push(record);
    }
    said
}

/// The id that a source gave a finding.
fn id_of(record: &Record) -> Option<&FindingId> {
    match record {
        Record::Finding(finding) => finding.id.as_ref(),
        _ => None,
    }
}

/// Whether it says what matters, rather than what is there.
fn is_scope(statement: &Statement) -> bool {
    statement.records.iter().all(|record| match record {
        Record::Service(_)
        | Record::EntryPoint(_)
        | Record::Owner(_)
        | Record::Control(_)
        | Record::Rule(_)
        | Record::Refusal(_) => true,
        Record::Asset(_) | Record::Relation(_) | Record::Finding(_) | Record::Evidence(_) => false,
    })
}

fn call(record: &mut Record, name: &FindingId) {
    if let Record::Finding(finding) = record {
        finding.id.get_or_insert_with(|| name.clone());
    }
}

/// What the findings of a statement go by.
fn names_of(statement: &Statement, known: &Environment) -> Vec<FindingId> {
    statement.findings().filter_map(|finding| discover::name_of(known, finding)).collect()
}

/// Whether a report would list a thing if it were still there.
fn covered(thing: &Thing, statement: &Statement, coverage: &Coverage, known: &Environment) -> bool {
    let has = |asset: &AssetId| {
        coverage.has_asset(asset) || known.asset(asset).is_some_and(|asset| coverage.has_asset(&asset.id))
    };
    match thing {
        Thing::Finding(_) => statement.records.iter().all(|record| match record {
            Record::Finding(finding) => {
                let kinds = coverage.kinds.as_ref();
                // A statement of VEX is no sighting, and is not taken back by a scan.
                let concluded = finding.sightings.iter().any(|sighting| sighting.analysis.is_some());
                !concluded
                    && has(&finding.asset)
                    && kinds.is_none_or(|kinds| kinds.contains(&finding.weakness.kind))
            }
            _ => false,
        }),
        Thing::Asset(_) => coverage.inventory && coverage.assets.is_none(),
        Thing::Relation(_) => {
            coverage.inventory
                && statement.records.iter().all(|record| match record {
                    Record::Relation(relation) => has(&relation.from),
                    _ => false,
                })
        }
        // What people state of what matters is taken back by stating it otherwise.
        Thing::Service(_)
        | Thing::EntryPoint(..)
        | Thing::Owner(_)
        | Thing::Control(_)
        | Thing::Refusal(..)
        | Thing::Other(_) => false,
    }
}
