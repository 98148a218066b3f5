//! The course of every finding: when it was seen first, by whom, when it went, and when it came back.

use super::happened::{Ending, Happened};
use crate::{
    discover,
    id::{AssetId, FindingId, OwnerId, WeaknessId},
    intel::Intel,
    model::{Acceptance, Environment, Finding, Status, WeaknessKind},
    quantity::Severity,
    shared::Map,
    time::Moment,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The course of one finding. It keeps its name and its clock whatever becomes of its severity, title, line or version.
///
/// ```
/// use ctem_core::{Program, discover, program::{ApplyOptions, Event, What}, wire};
///
/// let mut program = Program::default();
/// let event = Event::absorbed("2025-11-01".parse()?, discover::read(wire::EXAMPLE.as_bytes())?);
/// program.apply(event, ApplyOptions::default())?;
/// program.apply(Event::new("2025-11-13".parse()?, What::TimePassed), ApplyOptions::default())?;
/// // How long does it stand?
/// let course = program.course(&"f-1".parse()?).expect("it was seen");
/// assert_eq!(program.clock().map(|now| now.since(course.first).get()), Some(12.0));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Course {
    /// The name it had when it was first seen.
    pub finding: FindingId,
    /// The asset it is on.
    pub asset: AssetId,
    /// What is wrong.
    pub weakness: WeaknessId,
    /// What sort of wrong.
    pub kind: WeaknessKind,
    /// How bad its sources call it at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// Who mends it, or mended it when it was last there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<OwnerId>,
    /// When the flaw was published, or listed as exploited, whichever is known and first: from when on it could have been seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub possible: Option<Moment>,
    /// Since when CISA has listed its flaw as exploited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exploited: Option<Moment>,
    /// When it was first seen: its clock runs from here, whatever happens later.
    pub first: Moment,
    /// When it was last seen.
    pub last: Moment,
    /// The times it stood, in order; the last may go on.
    pub spells: Vec<Spell>,
    /// What each source that ever looked for it saw.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub views: BTreeMap<Box<str>, View>,
    /// The decision to live with it, if there is one that has not ended: of several the one that ends last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Acceptance>,
    /// When somebody said that it was mended, until a source sees it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed: Option<Moment>,
    /// Other names it went by.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub also: BTreeSet<FindingId>,
}

/// A time a finding stood.
///
/// ```
/// use ctem_core::program::Spell;
///
/// let spell = Spell { from: "2025-11-01".parse()?, until: None, how: None };
/// assert!(spell.until.is_none(), "it stands");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Spell {
    /// Since when.
    pub from: Moment,
    /// Until when; absent where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Moment>,
    /// Why it is taken to be gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub how: Option<Ending>,
}

/// What one source saw of a finding.
///
/// ```
/// use ctem_core::program::View;
///
/// // One that looked again and no longer saw it.
/// let (first, last) = ("2025-11-01".parse()?, "2025-11-07".parse()?);
/// let view = View { first, last, absent: Some("2025-11-13".parse()?) };
/// assert!(!view.sees());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct View {
    /// When it saw it first.
    pub first: Moment,
    /// When it saw it last.
    pub last: Moment,
    /// Since when it looks and does not see it; absent where it sees it, or never looked again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absent: Option<Moment>,
}

impl View {
    /// Whether it sees it now, as far as it has looked.
    ///
    /// ```
    /// use ctem_core::program::View;
    ///
    /// let day = "2025-11-13".parse()?;
    /// assert!(View { first: day, last: day, absent: None }.sees());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn sees(&self) -> bool {
        self.absent.is_none()
    }
}

impl Course {
    /// Whether it stands.
    ///
    /// ```
    /// use ctem_core::{Program, discover, program::{ApplyOptions, Event}, wire};
    ///
    /// let mut program = Program::default();
    /// let event = Event::absorbed("2025-11-01".parse()?, discover::read(wire::EXAMPLE.as_bytes())?);
    /// program.apply(event, ApplyOptions::default())?;
    /// assert!(program.courses().all(|course| course.stands()));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn stands(&self) -> bool {
        self.spells.last().is_some_and(|spell| spell.until.is_none())
    }

    /// The sources that see it now.
    ///
    /// ```
    /// use ctem_core::{Program, discover, program::{ApplyOptions, Event}, wire};
    ///
    /// let mut program = Program::default();
    /// let event = Event::absorbed("2025-11-01".parse()?, discover::read(wire::EXAMPLE.as_bytes())?);
    /// program.apply(event, ApplyOptions::default())?;
    /// let course = program.course(&"f-1".parse()?).expect("it was seen");
    /// assert_eq!(course.seen_by().collect::<Vec<_>>(), ["ctem"]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn seen_by(&self) -> impl Iterator<Item = &str> {
        self.views.iter().filter(|(_, view)| view.sees()).map(|(source, _)| &**source)
    }

    /// Since when it could have been seen, and since when its flaw is listed as exploited, where it is so since a moment. What is struck
    /// from the catalogue was listed all the same.
    fn listed(&self, since: Option<Moment>) -> (Option<Moment>, Option<Moment>) {
        let first = |known: Option<Moment>| known.into_iter().chain(since).min();
        (first(self.possible), first(self.exploited))
    }

    fn end(&mut self, at: Moment, how: Ending) {
        if let Some(spell) = self.spells.last_mut().filter(|spell| spell.until.is_none()) {
            (spell.until, spell.how) = (Some(at), Some(how));
        }
    }
}

/// The courses of all findings, by the names they had first.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Ledger {
    /// Shared with what was known before: an event moves few of them.
    courses: Map<FindingId, Arc<Course>>,
    /// Other names, to the one in `courses`.
    names: Map<FindingId, FindingId>,
    /// Those of `courses` that are accepted: mostly few.
    accepted: BTreeSet<FindingId>,
}

impl Ledger {
    pub(super) fn of(courses: impl IntoIterator<Item = Course>) -> Self {
        let courses: Map<FindingId, Arc<Course>> =
            courses.into_iter().map(|course| (course.finding.clone(), Arc::new(course))).collect();
        let accepted = courses.values().filter(|course| course.accepted.is_some());
        let accepted = accepted.map(|course| course.finding.clone()).collect();
        let also = |course: &Arc<Course>| {
            let name = course.finding.clone();
            course.also.iter().map(move |also| (also.clone(), name.clone())).collect::<Vec<_>>()
        };
        let names = courses.values().flat_map(also).collect();
        Self { courses, names, accepted }
    }

    pub(super) fn courses(&self) -> impl Iterator<Item = &Course> {
        self.courses.values().map(|course| &**course)
    }

    /// The courses of findings that are accepted.
    pub(super) fn accepted(&self) -> impl Iterator<Item = &Course> {
        self.accepted.iter().filter_map(|finding| self.courses.get(finding)).map(|course| &**course)
    }

    /// Says whether a finding is accepted now, by the name that its course has.
    pub(super) fn accept(&mut self, finding: &FindingId, now: Option<Acceptance>) {
        let Some(course) = self.courses.get_mut(finding) else { return };
        match now {
            Some(_) => self.accepted.insert(finding.clone()),
            None => self.accepted.remove(finding),
        };
        Arc::make_mut(course).accepted = now;
    }

    /// The course of a finding, by any name it had.
    pub(super) fn course(&self, id: &FindingId) -> Option<&Course> {
        self.courses.get(id).or_else(|| self.courses.get(self.names.get(id)?)).map(|course| &**course)
    }

    pub(super) fn course_mut(&mut self, id: &FindingId) -> Option<&mut Course> {
        let name = if self.courses.contains_key(id) { id } else { self.names.get(id)? };
        self.courses.get_mut(name).map(Arc::make_mut)
    }

    /// Brings the courses to what is known now of some findings, where all others are as they were, and the tables too. O(k log n).
    pub(super) fn settle_some<'a>(
        &mut self,
        findings: impl Iterator<Item = &'a Finding>,
        known: (&Environment, &Intel),
        said: (Option<&str>, Moment),
        happened: &mut Vec<Happened>,
    ) {
        for finding in findings {
            self.settle_one(finding, known, said, happened);
        }
    }

    /// Brings the courses to what is known now: what is new, what is back, what is gone. `source` says so where findings do not. O(n log n).
    pub(super) fn settle(
        &mut self,
        (environment, intel): (&Environment, &Intel),
        (source, at): (Option<&str>, Moment),
        happened: &mut Vec<Happened>,
    ) {
        let mut standing = BTreeSet::new();
        for finding in environment.findings() {
            standing.extend(self.settle_one(finding, (environment, intel), (source, at), happened));
        }
        self.courses.update(|name, course| {
            if !course.stands() {
                // Of what is gone, the name it went by is all that is known.
                let listed =
                    course.weakness.cve().zip(intel.kev.as_deref()).and_then(|(cve, kev)| kev.listing(cve));
                let now = course.listed(listed.map(|listing| listing.added));
                (now != (course.possible, course.exploited)).then(|| {
                    let (possible, exploited) = now;
                    Arc::new(Course { possible, exploited, ..Course::clone(course) })
                })
            } else if standing.contains(name) {
                None
            } else {
                let mut ended = Course::clone(course);
                ended.end(at, Ending::Absent);
                happened.push(Happened::Ended { finding: name.clone(), how: Ending::Absent });
                Some(Arc::new(ended))
            }
        });
    }

    /// Brings the course of one finding to what is known of it. Its name comes back where it stands, or stood until now.
    fn settle_one(
        &mut self,
        finding: &Finding,
        (environment, intel): (&Environment, &Intel),
        (source, at): (Option<&str>, Moment),
        happened: &mut Vec<Happened>,
    ) -> Option<FindingId> {
        let id = finding.id.as_ref()?;
        let name = self.name(id, finding, environment);
        if finding.status.is_open() {
            self.stand((name.clone(), id), finding, (environment, intel), (source, at), happened);
            return Some(name);
        }
        self.courses.get(&name).filter(|course| course.stands())?;
        let course = self.courses.get_mut(&name)?;
        let how = if finding.status == Status::Fixed { Ending::Fixed } else { Ending::NotAffected };
        Arc::make_mut(course).end(at, how);
        happened.push(Happened::Ended { finding: name.clone(), how });
        Some(name)
    }

    /// The name in `courses` of a finding that goes by an id: of several, the one that was seen first.
    fn name(&self, id: &FindingId, finding: &Finding, environment: &Environment) -> FindingId {
        self.of_finding(id, finding, environment).map_or_else(|| id.clone(), |course| course.finding.clone())
    }

    /// The course of a finding that goes by an id, if it has one: of several, the one that was seen first.
    pub(super) fn of_finding(
        &self,
        id: &FindingId,
        finding: &Finding,
        environment: &Environment,
    ) -> Option<&Course> {
        // Where another finding goes by the name this one would go by, it is the other's.
        let derived = discover::derived_name(finding)
            .filter(|name| environment.finding(name).is_some_and(|known| known.id == finding.id));
        let names = [id].into_iter().chain(&finding.also).chain(derived.as_ref());
        let known = names.filter_map(|name| self.course(name));
        known.min_by(|a, b| (a.first, &a.finding).cmp(&(b.first, &b.finding)))
    }

    fn stand(
        &mut self,
        (name, id): (FindingId, &FindingId),
        finding: &Finding,
        (environment, intel): (&Environment, &Intel),
        (source, at): (Option<&str>, Moment),
        happened: &mut Vec<Happened>,
    ) {
        let spell = Spell { from: at, until: None, how: None };
        if !self.courses.contains_key(&name) {
            let mut by: Vec<Box<str>> = finding.sources().into_iter().map(Box::from).collect();
            if by.is_empty() {
                by.extend(source.filter(|source| !source.is_empty()).map(Box::from));
            }
            happened.push(Happened::FirstSeen { finding: name.clone(), by });
            let course = Course {
                finding: name.clone(),
                asset: finding.asset.clone(),
                weakness: finding.weakness.id.clone(),
                kind: finding.weakness.kind,
                severity: None,
                owner: None,
                possible: None,
                exploited: None,
                first: at,
                last: at,
                spells: vec![spell],
                views: BTreeMap::new(),
                accepted: None,
                claimed: None,
                also: BTreeSet::new(),
            };
            self.courses.insert(name.clone(), Arc::new(course));
        }
        let Some(course) = self.courses.get(&name) else { return };
        let owner = environment.asset(&finding.asset).and_then(|asset| asset.owner.as_ref());
        let (possible, exploited) = course.listed(intel.listed_since(&finding.weakness));
        let possible = possible.into_iter().chain(finding.weakness.published).min();
        let severity = severity(finding);
        let is_as_before = course.asset == finding.asset
            && course.owner.as_ref() == owner
            && (course.severity, course.possible, course.exploited) == (severity, possible, exploited);
        let also = finding.also.iter().chain([id]).filter(|other| **other != name);
        let also: Vec<FindingId> = also.filter(|other| !course.also.contains(*other)).cloned().collect();
        let is_back = !course.stands();
        if is_as_before && also.is_empty() && !is_back {
            return;
        }
        let Some(course) = self.courses.get_mut(&name).map(Arc::make_mut) else { return };
        if is_back {
            let gone = course.spells.last().and_then(|spell| spell.until).unwrap_or(at);
            let (first, claimed) = (course.first, course.claimed.take().is_some());
            happened.push(Happened::Reopened { finding: name.clone(), first, gone, claimed });
            course.spells.push(spell);
        }
        (course.asset, course.owner) = (finding.asset.clone(), owner.cloned());
        (course.severity, course.possible, course.exploited) = (severity, possible, exploited);
        for other in also {
            if !self.names.contains_key(&other) {
                self.names.insert(other.clone(), name.clone());
            }
            course.also.insert(other);
        }
    }

    /// A source saw these findings.
    pub(super) fn seen<'a>(
        &mut self,
        source: &str,
        findings: impl Iterator<Item = &'a FindingId>,
        at: Moment,
        happened: &mut Vec<Happened>,
    ) {
        for id in findings {
            let Some(course) = self.course_mut(id) else { continue };
            course.last = course.last.max(at);
            let view =
                course.views.entry(source.into()).or_insert(View { first: at, last: at, absent: None });
            (view.last, view.absent) = (at, None);
            if let Some(claimed) = course.claimed.filter(|claimed| *claimed < at)
                && course.stands()
            {
                course.claimed = None;
                happened.push(Happened::ClaimRefuted { finding: course.finding.clone(), claimed });
            }
        }
    }

    /// A source looked for these findings, which it saw before, and did not see them.
    pub(super) fn not_seen<'a>(
        &mut self,
        source: &str,
        findings: impl Iterator<Item = &'a FindingId>,
        at: Moment,
        happened: &mut Vec<Happened>,
    ) {
        for id in findings {
            let Some(course) = self.course_mut(id) else { continue };
            let Some(view) = course.views.get_mut(source).filter(|view| view.sees()) else { continue };
            view.absent = Some(at);
            let seen_by: Vec<Box<str>> = course.seen_by().map(Box::from).collect();
            if course.stands() && !seen_by.is_empty() {
                let (finding, not_by) = (course.finding.clone(), source.into());
                happened.push(Happened::Disagree { finding, seen_by, not_by });
            }
        }
    }

    /// Forgets the courses that ended before a moment.
    pub(super) fn forget(&mut self, before: Moment) {
        let old = |course: &Course| {
            course.spells.last().and_then(|spell| spell.until).is_some_and(|until| until < before)
        };
        self.courses.retain(|_, course| !old(course));
        let Self { courses, names, accepted } = self;
        names.retain(|_, name| courses.contains_key(name));
        accepted.retain(|name| courses.contains_key(name));
    }
}

/// How bad its sources or its vectors call a finding at most.
pub(super) fn severity(finding: &Finding) -> Option<Severity> {
    let scored = finding.weakness.cvss.iter().map(|vector| vector.score());
    scored.map(|score| score.severity()).chain(finding.weakness.severity).max()
}
