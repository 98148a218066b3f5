//! What a program knows at a moment, and what an event makes of it.
//!
//! It is a fold: the same events in the same order give the same state, to the bit, whenever they are told. So a history can be played
//! again, and an event that was told late can be put in its place.

use super::{
    acceptance::Standing,
    coverage::{Coverage, collects_identities},
    event::{Claimed, Event, OwnerMoved, Reported, What},
    happened::Happened,
    held::{Heard, Held},
    identity::By,
    ledger::{Course, Ledger},
};
use crate::{
    attack::Asking,
    discover::{self, Absorbed},
    error::{Error, ErrorKind, Result, quoted},
    id::{AssetId, Cve, FindingId, OwnerId},
    intel::Intel,
    model::{
        Acceptance, Contents, ControlChecks, Environment, Evidence, Places, Report, Status, WeaknessKind,
    },
    shared::Map,
    time::Moment,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What is ended where whoever is asked says no, and what it is counted in.
const WHAT: &str = "the call";
const THINGS: &str = "records";

/// What is known at a moment.
#[derive(Debug, Clone)]
pub(super) struct State {
    /// When the last event was.
    pub(super) clock: Option<Moment>,
    pub(super) intel: Intel,
    /// What people state.
    pub(super) stated: Arc<Held>,
    /// What each source says, in the order in which they were first heard.
    pub(super) sources: Vec<(Box<str>, Arc<Held>)>,
    /// Whose assets are, whatever sources say.
    pub(super) owners: BTreeMap<AssetId, Option<OwnerId>>,
    pub(super) ledger: Ledger,
    /// What was decided to be lived with, by what it is known by.
    pub(super) acceptances: BTreeMap<String, Standing>,
    /// The decision that covers a finding, by the key of the finding: it follows from all else.
    pub(super) covered: BTreeMap<u128, Acceptance>,
    /// When each asset was last looked at, by each kind of check.
    pub(super) looked: Map<AssetId, Arc<BTreeMap<WeaknessKind, Moment>>>,
    /// How checks of controls came out, by source and by where it made them: as it said last.
    pub(super) compliance: BTreeMap<(Box<str>, Box<str>), Vec<ControlChecks>>,
    /// What all of them say.
    pub(super) plain: Arc<Environment>,
    /// The same with what was decided: what is accepted, and whose what is.
    pub(super) environment: Arc<Environment>,
}

/// What an event made of a state.
#[derive(Debug)]
pub(super) struct Folded {
    pub(super) state: State,
    pub(super) happened: Vec<Happened>,
    pub(super) absorbed: Option<Absorbed>,
    /// The keys of the findings that are new, where nothing else of what is known is other than before.
    pub(super) news: Option<Vec<u128>>,
    /// Whether it names what is not known, and that was passed over.
    pub(super) passed: bool,
}

/// What a report made of a state.
struct Taken {
    absorbed: Absorbed,
    /// The keys of the findings that are new or otherwise since, where nothing else is.
    news: Option<Vec<u128>>,
}

impl State {
    /// What was known before the first event, undated, and held as what its sources said.
    pub(super) fn begin(environment: &Environment, intel: Intel, asking: &Asking<'_>) -> Result<Self> {
        let (nothing, undated) = (Environment::new(), undated()?);
        let (own, by_source) = by_source(environment.contents());
        let mut stated = Held::new("", Places::OfSightings);
        stated.take(own, undated, &Heard::stated(&nothing));
        let sources = by_source.into_iter().map(|(source, contents)| {
            let mut held = Held::new(&source, Places::OfSightings);
            held.take(contents, undated, &Heard::stated(&nothing));
            (source, Arc::new(held))
        });
        let mut state = Self {
            clock: None,
            intel,
            stated: Arc::new(stated),
            sources: sources.collect(),
            owners: BTreeMap::new(),
            ledger: Ledger::default(),
            acceptances: BTreeMap::new(),
            covered: BTreeMap::new(),
            looked: Map::default(),
            compliance: BTreeMap::new(),
            plain: Arc::default(),
            environment: Arc::default(),
        };
        state.put_together(asking);
        state.decide();
        Ok(state)
    }

    /// Dates what was known before the first event: it was seen by then.
    fn date(&mut self, at: Moment, asking: &Asking<'_>) -> Result<()> {
        // That it was known already is no news.
        let (mut old, undated) = (Vec::new(), undated()?);
        self.ledger.settle((&self.environment, &self.intel), (None, at), &mut old);
        for (source, held) in self.sources.clone() {
            self.see(&source, &held, (undated, at), &mut old, asking);
        }
        Ok(())
    }

    /// What an event makes of it; it stays as it is where the event cannot be, and where whoever is asked says no.
    pub(super) fn fold(&self, event: &Event, mut unknown: Unknown, asking: &Asking<'_>) -> Result<Folded> {
        let (mut state, at) = (self.clone(), event.at);
        let (mut happened, mut absorbed, mut news) = (Vec::new(), None, None);
        if state.clock.is_none() {
            state.date(at, asking)?;
        }
        state.clock = state.clock.max(Some(at));
        state.expire(at);
        match &event.what {
            What::Absorbed(reported) => {
                let heard = state.absorb(reported, at, &mut happened, asking)?;
                (absorbed, news) = (Some(heard.absorbed), heard.news);
            }
            What::Intel(feeds) => {
                let (intel, listed) = feeds.replaced(&state.intel)?;
                happened.extend(state.told(&intel, &listed));
                state.intel = intel;
            }
            What::Evidence(evidence) => state.test(evidence, at, &mut unknown, asking)?,
            What::Scope(scope) => {
                let known = Arc::clone(&state.plain);
                let held = Arc::make_mut(&mut state.stated);
                held.take(scope.contents.clone(), at, &Heard { whole: scope.whole, ..Heard::stated(&known) });
                let report = Report::from(scope.contents.clone());
                absorbed = Some(discover::absorb_asking(&mut (*known).clone(), report, asking));
                state.put_together(asking);
            }
            What::OwnerMoved(moved) => happened.extend(state.move_owner(moved, &mut unknown)?),
            What::ClaimedDone(claimed) => state.claim(claimed, at, &mut unknown, &mut happened)?,
            What::Accepted(accepted) => state.accept(accepted, at, &mut unknown)?,
            What::Withdrawn(withdrawn) => state.withdraw(withdrawn, &mut unknown)?,
            // The log leaves the report out.
            What::ReportWithdrawn(_) | What::TimePassed => {}
        }
        state.decide();
        let source = match &event.what {
            What::Absorbed(reported) => Some(reported.source()),
            _ => None,
        };
        let (known, said) = ((&*state.environment, &state.intel), (source, at));
        let news = news.filter(|_| self.clock.is_some() && state.covered == self.covered);
        match &news {
            Some(keys) => {
                let findings = keys.iter().filter_map(|key| state.environment.finding_of(*key));
                state.ledger.settle_some(findings, known, said, &mut happened);
            }
            None => state.ledger.settle(known, said, &mut happened),
        }
        if let Some(source) = source {
            let held =
                state.sources.iter().find(|(known, _)| **known == *source).map(|(_, held)| Arc::clone(held));
            if let Some(held) = held {
                state.see(source, &held, (at, at), &mut happened, asking);
            }
        }
        state.settle_acceptances(matches!(event.what, What::Withdrawn(_)), at, &mut happened);
        asking.ended(WHAT, THINGS)?;
        happened.sort_unstable();
        happened.dedup();
        Ok(Folded { state, happened, absorbed, news, passed: unknown.passed })
    }

    fn absorb(
        &mut self,
        reported: &Reported,
        at: Moment,
        happened: &mut Vec<Happened>,
        asking: &Asking<'_>,
    ) -> Result<Taken> {
        let Reported { report, covers, .. } = reported;
        if let Some(error) = report.warning() {
            return Err(error);
        }
        let source = reported.source();
        let known = Arc::clone(&self.plain);
        let mut with_report = (*known).clone();
        let (absorbed, stayed) = discover::absorb_beside(&mut with_report, report.clone(), asking);
        // What is known in part would say of findings that they are gone.
        asking.ended(WHAT, THINGS)?;
        let name =
            |asset: &AssetId| known.asset(asset).map_or_else(|| asset.clone(), |asset| asset.id.clone());
        let coverage = covers.of(report).map(|coverage| coverage.known_as(name));
        let held = match self.sources.iter_mut().find(|(known, _)| **known == *source) {
            Some((_, held)) => Arc::make_mut(held),
            None => {
                self.sources.push((source.into(), Arc::new(Held::new(&report.source.tool, report.places))));
                match self.sources.last_mut() {
                    Some((_, held)) => Arc::make_mut(held),
                    None => return Ok(Taken { absorbed, news: None }),
                }
            }
        };
        let says_as_before = held.says_as(report.places);
        let ledger = &self.ledger;
        let seen_by_others = |finding: &FindingId| {
            let others = |course: &Course| course.stands() && course.seen_by().any(|by| by != source);
            ledger.course(finding).is_some_and(others)
        };
        let heard =
            Heard { coverage: coverage.as_ref(), seen_by_others: &seen_by_others, ..Heard::stated(&known) };
        let learnt = held.take(report.contents.clone(), at, &heard);
        let moved = learnt.moved.iter().filter(|(_, by)| *by != By::Fingerprint);
        happened.extend(moved.map(|(finding, _)| Happened::Moved { finding: finding.clone() }));
        let news = match (learnt.changed, learnt.only_new) {
            (false, _) => Some(Vec::new()),
            (true, Some(new)) if stayed && says_as_before => {
                discover::keys_of_new(&known, &with_report, new.iter().flat_map(|said| said.findings()))
            }
            (true, _) => None,
        };
        match &news {
            None => self.put_together(asking),
            Some(keys) if keys.is_empty() => {}
            Some(_) => {
                with_report.provenance.unhear();
                self.plain = Arc::new(with_report);
                debug_assert!(
                    self.is_put_together(),
                    "new findings came to the same as all sources put together"
                );
            }
        }
        asking.ended(WHAT, THINGS)?;
        self.look(report, coverage.as_ref(), at);
        self.check(source, &report.compliance);
        let listed = self.listed(source, at, Status::is_open, asking);
        let gone = learnt.gone.iter().filter(|id| !listed.contains(*id));
        self.ledger.not_seen(source, gone, at, happened);
        let fixed = self.listed(source, at, |status| status == Status::Fixed, asking);
        self.ledger.not_seen(source, fixed.iter(), at, happened);
        Ok(Taken { absorbed, news })
    }

    /// Remembers what a report looked at: what it covers, and where it found something.
    fn look(&mut self, report: &Report, coverage: Option<&Coverage>, at: Moment) {
        let mut looked = Vec::new();
        if let Some(coverage) = coverage {
            let kinds =
                |kind: &WeaknessKind| coverage.kinds.as_ref().is_none_or(|kinds| kinds.contains(kind));
            let kinds: Vec<WeaknessKind> = WeaknessKind::ALL.into_iter().filter(kinds).collect();
            let assets = self
                .plain
                .assets()
                .filter(|asset| asset.aliases.iter().chain([&asset.id]).any(|name| coverage.has_asset(name)));
            looked.extend(assets.flat_map(|asset| kinds.iter().map(|kind| (asset.id.clone(), *kind))));
        }
        let found = report
            .contents
            .findings
            .iter()
            .filter(|finding| !finding.sightings.iter().any(|sighting| sighting.analysis.is_some()));
        looked.extend(found.filter_map(|finding| {
            Some((self.plain.asset(&finding.asset)?.id.clone(), finding.weakness.kind))
        }));
        if collects_identities(&report.source.format) {
            let listed = report.contents.assets.iter().filter_map(|asset| self.plain.asset(&asset.id));
            looked.extend(listed.map(|asset| (asset.id.clone(), WeaknessKind::Permission)));
        }
        for (asset, kind) in looked {
            match self.looked.get_mut(&asset) {
                Some(known) if known.get(&kind) == Some(&at) => {}
                Some(known) => {
                    Arc::make_mut(known).insert(kind, at);
                }
                None => {
                    self.looked.insert(asset, Arc::new(BTreeMap::from([(kind, at)])));
                }
            }
        }
    }

    /// Remembers how a source's checks of controls came out, in the place of what it said of the same account, cluster or host before.
    pub(super) fn check(&mut self, source: &str, checks: &[ControlChecks]) {
        let by_scope = |checks: &ControlChecks| (Box::from(source), checks.scope.clone());
        for said in checks {
            self.compliance.remove(&by_scope(said));
        }
        for said in checks {
            self.compliance.entry(by_scope(said)).or_default().push(said.clone());
        }
    }

    /// What a source listed at a moment and with such a status, by the names it goes by.
    fn listed(
        &self,
        source: &str,
        at: Moment,
        status: impl Fn(Status) -> bool,
        asking: &Asking<'_>,
    ) -> BTreeSet<FindingId> {
        let held = self.sources.iter().find(|(known, _)| **known == *source).map(|(_, held)| held);
        let findings = held.into_iter().flat_map(|held| held.findings_of(at));
        let findings = findings.filter(|finding| status(finding.status)).take_while(|_| asking.goes_on());
        findings.filter_map(|finding| discover::name_of(&self.plain, finding)).collect()
    }

    /// A source saw what it said at a moment, which counts as seen at another.
    fn see(
        &mut self,
        source: &str,
        held: &Held,
        (said, at): (Moment, Moment),
        happened: &mut Vec<Happened>,
        asking: &Asking<'_>,
    ) {
        let listed: Vec<FindingId> = held
            .findings_of(said)
            .filter(|finding| {
                // Who lists it as gone, or only concludes, has not seen it.
                let concluded = finding.sightings.iter().any(|sighting| sighting.analysis.is_some());
                finding.status.is_open() && !concluded
            })
            .take_while(|_| asking.goes_on())
            .filter_map(|finding| discover::name_of(&self.plain, finding))
            .collect();
        self.ledger.seen(source, listed.iter(), at, happened);
    }

    fn test(
        &mut self,
        evidence: &[Evidence],
        at: Moment,
        names: &mut Unknown,
        asking: &Asking<'_>,
    ) -> Result<()> {
        let mut known_of = Vec::with_capacity(evidence.len());
        for (n, test) in evidence.iter().enumerate() {
            // It may name what was tried and where; which findings that is of follows when it is asked.
            let is_of_what = self.plain.tested_on(&test.finding).is_some();
            match if is_of_what { Ok(()) } else { self.known(&test.finding) } {
                Ok(()) => known_of.push(test.clone()),
                Err(error) => names.pass(error.at(format_args!("/what/evidence/{n}/finding")))?,
            }
        }
        let contents = Contents { evidence: known_of, ..Contents::default() };
        let known = Arc::clone(&self.plain);
        Arc::make_mut(&mut self.stated).take(contents, at, &Heard::stated(&known));
        self.put_together(asking);
        Ok(())
    }

    fn move_owner(&mut self, moved: &OwnerMoved, names: &mut Unknown) -> Result<Option<Happened>> {
        let Some(asset) = self.environment.asset(&moved.asset) else {
            names.pass(unknown("asset", moved.asset.as_str(), "/what/owner_moved/asset"))?;
            return Ok(None);
        };
        let (id, from) = (asset.id.clone(), asset.owner.clone());
        self.owners.insert(id.clone(), moved.owner.clone());
        Ok(Some(Happened::OwnerMoved { asset: id, from, to: moved.owner.clone() }))
    }

    fn claim(
        &mut self,
        claimed: &Claimed,
        at: Moment,
        names: &mut Unknown,
        happened: &mut Vec<Happened>,
    ) -> Result<()> {
        for (n, finding) in claimed.findings.iter().enumerate() {
            let Some(course) = self.ledger.course_mut(finding) else {
                let place = format!("/what/claimed_done/findings/{n}");
                names.pass(unknown("finding", finding.as_str(), &place))?;
                continue;
            };
            course.claimed = Some(at);
            happened.push(Happened::Claimed { finding: course.finding.clone() });
        }
        Ok(())
    }

    /// What the new tables tell of the findings that stand.
    fn told(&self, intel: &Intel, listed: &[Cve]) -> Vec<Happened> {
        let mut happened = Vec::new();
        let model = |intel: &Intel| intel.epss.as_ref().and_then(|table| table.model_version.clone());
        let (from, to) = (model(&self.intel), model(intel));
        if from != to && self.intel.epss.is_some() {
            happened.push(Happened::ModelChanged { from, to });
        }
        for cve in listed {
            let of = |weakness: &crate::model::Weakness| {
                weakness.aliases.iter().chain([&weakness.id]).any(|id| id.cve() == Some(*cve))
            };
            let standing = self.environment.findings().filter(|finding| finding.status.is_open());
            let findings =
                standing.filter(|finding| of(&finding.weakness)).filter_map(|finding| finding.id.clone());
            let findings: Vec<FindingId> = findings.collect();
            if !findings.is_empty() {
                happened.push(Happened::Listed { cve: *cve, findings });
            }
        }
        happened
    }

    fn known(&self, finding: &FindingId) -> Result<()> {
        let known = self.plain.finding(finding).is_some() || self.ledger.course(finding).is_some();
        if known { Ok(()) } else { Err(unknown("finding", finding.as_str(), "")) }
    }

    /// Puts together what all sources say. O(n log n).
    pub(super) fn put_together(&mut self, asking: &Asking<'_>) {
        self.plain = Arc::new(self.together(asking));
    }

    fn together(&self, asking: &Asking<'_>) -> Environment {
        let all = [&*self.stated].into_iter().chain(self.sources.iter().map(|(_, held)| &**held));
        Held::together(all, asking)
    }

    /// Whether what is known is what all sources say.
    fn is_put_together(&self) -> bool {
        discover::statements(&self.plain) == discover::statements(&self.together(&Asking::nobody()))
    }

    /// Forgets what has been gone since before a moment.
    pub(super) fn forget(&mut self, before: Moment) {
        self.ledger.forget(before);
        self.forget_acceptances();
        for (_, held) in &mut self.sources {
            Arc::make_mut(held).forget(before);
        }
    }
}

/// What becomes of a name that was never seen: refused where it is told, passed over where it was known by a report that is taken back.
pub(super) struct Unknown {
    pub(super) passes: bool,
    /// Whether one was passed over.
    pub(super) passed: bool,
}

impl Unknown {
    pub(super) fn refused() -> Self {
        Self { passes: false, passed: false }
    }

    /// Passes it over, or is the error.
    pub(super) fn pass(&mut self, error: Error) -> Result<()> {
        if !self.passes {
            return Err(error);
        }
        self.passed = true;
        Ok(())
    }
}

/// When what is undated was said.
pub(super) fn undated() -> Result<Moment> {
    Moment::from_unix_seconds(0)
}

/// What was known undated, by who said it: what nobody is named for, and the findings of each source.
fn by_source(mut contents: Contents) -> (Contents, BTreeMap<Box<str>, Contents>) {
    let mut by_source: BTreeMap<Box<str>, Contents> = BTreeMap::new();
    for finding in std::mem::take(&mut contents.findings) {
        let sources: Vec<Box<str>> = finding.sources().into_iter().map(Box::from).collect();
        if sources.is_empty() {
            contents.findings.push(finding);
            continue;
        }
        for source in sources {
            let mut seen = finding.clone();
            seen.sightings.retain(|sighting| sighting.source == source);
            // What was followed from elsewhere is followed anew.
            seen.sightings
                .retain(|sighting| sighting.analysis.as_ref().is_none_or(|analysis| !analysis.applied));
            if !seen.sightings.is_empty() {
                by_source.entry(source).or_default().findings.push(seen);
            }
        }
    }
    (contents, by_source)
}

pub(super) fn unknown(what: &str, id: &str, place: &str) -> Error {
    let message = format!("{} is no {what} that was ever seen: absorb it first, or name another", quoted(id));
    Error::new(ErrorKind::NotFound, message).at(place)
}
