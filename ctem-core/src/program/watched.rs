//! What is watched: which kinds of check saw which assets, when, and what nobody looks at.

use super::{check::CheckKind, cycle::Program, state::State};
use crate::{
    attack::Asking,
    error::{Error, Result},
    id::{AssetId, OwnerId},
    model::{Asset, AssetKind, Criticality, Environment, RelationKind},
    quantity::Part,
    scope::at_stake,
    time::{Days, Moment},
};
use ordered_float::OrderedFloat;
use serde::Serialize;
use std::{
    borrow::Cow,
    cmp::Reverse,
    collections::{BTreeMap, HashMap, HashSet},
};

/// How coverage is told.
///
/// ```
/// use ctem_core::program::{CheckKind, CoverageOptions};
///
/// // Which of the most important assets has no scan for flaws seen in a week?
/// let options = CoverageOptions {
///     within: ctem_core::Days::new(7.0)?,
///     check: Some(CheckKind::Vulnerability),
///     ..CoverageOptions::default()
/// };
/// assert!(!options.watched_too);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CoverageOptions {
    /// A look counts for so many days. 30 unless said.
    pub within: Days,
    /// By which kind of check the listed assets are not watched; by none at all, unless said.
    pub check: Option<CheckKind>,
    /// Whether assets that are watched are listed too. Not unless said.
    pub watched_too: bool,
}

impl Default for CoverageOptions {
    fn default() -> Self {
        Self { within: Days::THIRTY, check: None, watched_too: false }
    }
}

/// What is watched as of a moment.
///
/// ```
/// use ctem_core::{Program, discover, program::{ApplyOptions, CoverageOptions, Event}};
///
/// let mut program = Program::default();
/// let report = discover::read(br#"{"ctem": {"version": 2}, "assets": [
///     {"id": "shop", "kind": "host"}, {"id": "vault", "kind": "host", "criticality": "crown_jewel"}
/// ], "findings": [{"asset": "shop", "weakness": {"id": "CVE-2024-0001"}}]}"#)?;
/// program.apply(Event::absorbed("2025-11-01".parse()?, report), ApplyOptions::default())?;
/// let watched = program.coverage("2025-11-13".parse()?, &CoverageOptions::default())?;
/// assert_eq!((watched.watched, watched.assets), (1, 2));
/// assert_eq!(watched.list[0].asset.as_str(), "vault");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Watched {
    /// As of when.
    pub as_of: Moment,
    /// For how many days a look counts.
    pub within_days: Days,
    /// How many assets are known.
    pub assets: usize,
    /// How many of them some kind of check saw within those days.
    pub watched: usize,
    /// Of all that were ever seen, the longest ago that one was seen last.
    pub oldest: Option<Moment>,
    /// When any was seen last.
    pub newest: Option<Moment>,
    /// The same of each kind of check.
    pub checks: Vec<WatchedBy>,
    /// How complete collections of identities are; absent where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identities: Option<Collected>,
    /// How many assets are listed.
    pub count: usize,
    /// The assets that nobody watches, those with most at stake first, then by importance and id.
    pub list: Vec<WatchedAsset>,
}

/// What a kind of check saw.
///
/// ```
/// use ctem_core::{Program, program::{CheckKind, CoverageOptions}};
///
/// let watched = Program::default().coverage("2025-11-13".parse()?, &CoverageOptions::default())?;
/// assert_eq!(watched.checks[0].check, CheckKind::Vulnerability);
/// assert_eq!(watched.checks[0].newest, None);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct WatchedBy {
    /// The kind of check.
    pub check: CheckKind,
    /// How many assets there are in which it could see something, or saw something.
    pub assets: usize,
    /// How many of them it saw within the stated days.
    pub watched: usize,
    /// How many it ever saw.
    pub ever: usize,
    /// Of those, the longest ago that it saw one last.
    pub oldest: Option<Moment>,
    /// When it saw one last.
    pub newest: Option<Moment>,
}

/// An asset, and when which kind of check saw it last.
///
/// ```
/// use ctem_core::{Program, program::CoverageOptions};
///
/// let watched = Program::default().coverage("2025-11-13".parse()?, &CoverageOptions::default())?;
/// assert!(watched.list.is_empty());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct WatchedAsset {
    /// The asset.
    pub asset: AssetId,
    /// Its name for people.
    pub title: String,
    /// What sort of thing it is.
    pub kind: AssetKind,
    /// Who mends it.
    pub owner: Option<OwnerId>,
    /// How much it matters, where that is stated.
    pub criticality: Option<Criticality>,
    /// When each kind of check saw it last.
    pub seen: BTreeMap<CheckKind, Moment>,
    /// The kinds of check that could see something in it, and have not within the stated days.
    pub missing: Vec<CheckKind>,
}

/// How complete collections of identities are, as BloodHound counts it: what is missing in a graph is no path in it.
///
/// ```
/// use ctem_core::{Program, discover, intel::Intel, program::CoverageOptions};
///
/// let mut program = Program::new(Intel::none());
/// program.absorb(discover::read(br#"{"ctem": {"version": 2}, "assets": [
///     {"id": "corp", "kind": "realm"}, {"id": "ws-1", "kind": "host"}, {"id": "ws-2", "kind": "host"},
///     {"id": "anna", "kind": "identity"}
/// ], "relations": [
///     {"kind": "contains", "from": "corp", "to": "ws-1"}, {"kind": "contains", "from": "corp", "to": "ws-2"},
///     {"kind": "contains", "from": "corp", "to": "anna"}, {"kind": "administers", "from": "anna", "to": "ws-1"}
/// ]}"#)?);
/// let watched = program.coverage("2025-11-13".parse()?, &CoverageOptions::default())?;
/// let identities = watched.identities.expect("there is a realm");
/// assert_eq!((identities.local_groups.count, identities.local_groups.total), (1, 2));
/// assert_eq!(identities.sessions.share, Some(0.0));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Collected {
    /// Of the accounts of people and services in realms that are not switched off, those of which some machine holds a session.
    pub sessions: Part,
    /// Of the machines in realms that are not switched off, those that somebody is known to administer, log on to or operate.
    pub local_groups: Part,
}

impl Program {
    /// Which kinds of check saw which assets, when, and what nobody watches, as of a moment.
    ///
    /// A report saw what it covers (see [`Covers`](super::Covers)) and where it found something; a collection of identities saw what it
    /// lists. What was known before the first event was seen when its sightings say, and what bears no date was not.
    /// O(assets + relations + findings), and for a moment before the last event a replay.
    ///
    /// ```
    /// use ctem_core::{Program, program::CoverageOptions};
    ///
    /// let nothing = Program::default().coverage("2025-11-13".parse()?, &CoverageOptions::default())?;
    /// assert_eq!((nothing.assets, nothing.newest), (0, None));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_input` for a window below 0 days, `not_found` for a moment before the history that is kept begins, `conflict` when
    /// losses are stated in different units.
    #[doc(alias = "blind spots")]
    pub fn coverage(&self, as_of: Moment, options: &CoverageOptions) -> Result<Watched> {
        if options.within.get() < 0.0 {
            return Err(Error::invalid(format!(
                "`{}` is no number of days to look back: it must be 0 or more",
                options.within.get()
            ))
            .at("within_days"));
        }
        let state = match self.log() {
            Some(log) if log.now.clock.is_some_and(|clock| clock <= as_of) => Some(Cow::Borrowed(&*log.now)),
            Some(log) if log.now.clock.is_some() => Some(Cow::Owned(log.at(as_of, &Asking::nobody())?)),
            Some(_) | None => None,
        };
        let environment = state.as_ref().map_or(self.environment(), |state| &state.environment);
        watched(environment, state.as_deref(), as_of, options)
    }
}

/// When each kind of check last saw an asset, by the asset's number.
type Looks = HashMap<usize, BTreeMap<CheckKind, Moment>>;

fn watched(
    environment: &Environment,
    state: Option<&State>,
    as_of: Moment,
    options: &CoverageOptions,
) -> Result<Watched> {
    let looks = looks(environment, state, as_of);
    let recent = |at: Moment| as_of.since(at).get() <= options.within.get();
    let at_stake = at_stake(environment)?.by_asset(environment);
    let nothing = BTreeMap::new();
    let mut answer = Watched {
        as_of,
        within_days: options.within,
        assets: environment.asset_count(),
        watched: 0,
        oldest: None,
        newest: None,
        checks: CheckKind::ALL.map(WatchedBy::nothing).into(),
        identities: collected(environment),
        count: 0,
        list: Vec::new(),
    };
    let mut listed = Vec::new();
    for (number, asset) in environment.numbered_assets() {
        let seen = looks.get(&number).unwrap_or(&nothing);
        let mut missing = Vec::new();
        for by in &mut answer.checks {
            let last = seen.get(&by.check).copied();
            let watched = last.is_some_and(recent);
            if last.is_some() || by.check.looks_at(&asset.kind) {
                by.count(last, watched);
            }
            if !watched && by.check.looks_at(&asset.kind) {
                missing.push(by.check);
            }
        }
        let last = seen.values().copied().max();
        let watched = last.is_some_and(recent);
        answer.watched += usize::from(watched);
        extend(&mut answer.oldest, &mut answer.newest, last);
        let is_missed = match options.check {
            None => !watched,
            Some(check) => missing.contains(&check),
        };
        if is_missed || options.watched_too {
            let lost = at_stake.get(&number).copied().unwrap_or(0.0);
            let order = Reverse((OrderedFloat(lost), asset.criticality));
            listed.push((order, WatchedAsset::of(asset, seen.clone(), missing)));
        }
    }
    listed.sort_by(|(a, one), (b, other)| a.cmp(b).then_with(|| one.asset.cmp(&other.asset)));
    answer.list = listed.into_iter().map(|(_, asset)| asset).collect();
    answer.count = answer.list.len();
    Ok(answer)
}

impl WatchedBy {
    fn nothing(check: CheckKind) -> Self {
        Self { check, assets: 0, watched: 0, ever: 0, oldest: None, newest: None }
    }

    fn count(&mut self, last: Option<Moment>, watched: bool) {
        self.assets += 1;
        self.watched += usize::from(watched);
        self.ever += usize::from(last.is_some());
        extend(&mut self.oldest, &mut self.newest, last);
    }
}

impl WatchedAsset {
    fn of(asset: &Asset, seen: BTreeMap<CheckKind, Moment>, missing: Vec<CheckKind>) -> Self {
        Self {
            asset: asset.id.clone(),
            title: asset.title().into(),
            kind: asset.kind.clone(),
            owner: asset.owner.clone(),
            criticality: asset.criticality,
            seen,
            missing,
        }
    }
}

fn extend(oldest: &mut Option<Moment>, newest: &mut Option<Moment>, last: Option<Moment>) {
    if let Some(last) = last {
        *oldest = Some(oldest.map_or(last, |oldest| oldest.min(last)));
        *newest = (*newest).max(Some(last));
    }
}

/// What events and sightings say of when what was seen. The order in which they came does not matter: the last look counts.
fn looks(environment: &Environment, state: Option<&State>, as_of: Moment) -> Looks {
    let mut looks = Looks::new();
    let mut look = |number: Option<usize>, check: CheckKind, at: Moment| {
        if let Some(number) = number.filter(|_| at <= as_of) {
            let last = looks.entry(number).or_default().entry(check).or_insert(at);
            *last = at.max(*last);
        }
    };
    for (asset, kinds) in state.iter().flat_map(|state| state.looked.iter()) {
        for (kind, at) in kinds.iter() {
            look(environment.number(asset), CheckKind::of(*kind), *at);
        }
    }
    for finding in environment.findings() {
        let number = environment.number(&finding.asset);
        // Who only concludes has not looked.
        for sighting in finding.sightings.iter().filter(|sighting| sighting.analysis.is_none()) {
            for at in sighting.seen.iter().chain(&sighting.first_seen) {
                look(number, CheckKind::of(finding.weakness.kind), *at);
            }
        }
    }
    looks
}

fn collected(environment: &Environment) -> Option<Collected> {
    use RelationKind::{Administers, Contains, HoldsSessionOf, LogsOnTo, Operates};
    let realms = environment.numbered_assets().filter(|(_, asset)| asset.kind == AssetKind::Realm);
    let mut left: Vec<usize> = realms.map(|(number, _)| number).collect();
    let mut inside: HashSet<usize> = HashSet::new();
    while let Some(number) = left.pop() {
        left.extend(environment.along(number, &Contains).filter(|member| inside.insert(*member)));
    }
    let (mut sessions, mut accounts, mut administered, mut machines) = (0, 0, 0, 0);
    for (number, asset) in environment.numbered_assets().filter(|(number, _)| inside.contains(number)) {
        let leads_here = |kind: &RelationKind| environment.against(number, kind).next().is_some();
        match asset.kind {
            AssetKind::Identity if !asset.is_switched_off() => {
                accounts += 1;
                sessions += usize::from(leads_here(&HoldsSessionOf));
            }
            AssetKind::Host if !asset.is_switched_off() => {
                machines += 1;
                administered += usize::from([Administers, LogsOnTo, Operates].iter().any(leads_here));
            }
            _ => {}
        }
    }
    (accounts + machines > 0).then(|| Collected {
        sessions: Part::of(sessions, accounts),
        local_groups: Part::of(administered, machines),
    })
}
