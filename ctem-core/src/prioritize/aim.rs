//! Where a finding's effect lands: what its record names, or what stands around its asset.

use super::effect::{Effect, From, On, Within};
use crate::{
    attack::{ExploitStep, Tie},
    cvss::Privileges,
    id::AssetId,
    model::{
        Access, Accesses, AssetAccess, AssetKind, Attacker, Environment, Exploit, Note, NoteKind,
        RelationKind, Technique,
    },
    quantity::Probability,
};
use std::collections::{BTreeMap, BTreeSet};

/// Directs the steps of findings.
pub(super) struct Aim<'a> {
    environment: &'a Environment,
    /// Where attackers from the internet start.
    internet: Vec<(u32, Access)>,
    /// Zones in which an attacker starts who does not come from the internet.
    inside: BTreeSet<u32>,
    /// What was assumed, and of how many findings.
    assumed: BTreeMap<&'static str, u64>,
    /// What a logon takes more than the first factor for.
    guarded: BTreeSet<u32>,
}

impl<'a> Aim<'a> {
    /// Those for which `factorless` says, by their numbers, that a finding is about their second factor are logged on to past it.
    pub(super) fn new(environment: &'a Environment, factorless: &BTreeSet<u32>) -> Self {
        let starts = |from_internet: bool| {
            environment
                .entry_points()
                .filter(move |entry| (entry.attacker == Attacker::Internet) == from_internet)
                .filter_map(|entry| Some((environment.number(&entry.asset)? as u32, entry.access)))
        };
        let mut internet: Vec<(u32, Access)> = starts(true).collect();
        internet.sort_unstable();
        internet.dedup();
        let inside = starts(false).map(|(asset, _)| asset).collect();
        let mut guarded = guarded(environment);
        guarded.extend(factorless);
        Self { environment, internet, inside, guarded, assumed: BTreeMap::new() }
    }

    /// Directs a step at what its record names, and for the rest at what stands around the finding's asset.
    pub(super) fn direct(&mut self, step: &mut ExploitStep, effect: &Effect, exploit: Option<&Exploit>) {
        let asset = step.asset;
        self.rights(step, effect, asset);
        match effect.from {
            From::Access => {}
            From::Beside => self.beside(step, asset),
            From::Anywhere => self.anywhere(step),
        }
        match effect.on {
            On::Asset | On::Running
                if guesses(effect)
                    && exploit.is_none_or(|exploit| exploit.gives.is_none())
                    && self.kind(asset) == Some(&AssetKind::Identity) =>
            {
                // A password that is found out is the first factor; to log on may take more.
                step.gives = Some(Access::Know);
            }
            On::Asset => {}
            On::Running => self.running(step, asset),
            On::Hosts => {
                let hosts = self.along(asset, &RelationKind::RunsOn);
                let is_host = self.kind(asset) == Some(&AssetKind::Host);
                if hosts.is_empty() && !is_host {
                    self.assume(NO_HOST);
                }
                give(step, &hosts, Access::Control);
            }
            On::Realms => {
                let realms = self.against(asset, &RelationKind::Contains);
                if realms.is_empty() {
                    self.assume(NO_REALM);
                }
                give(step, &realms, Access::Control);
            }
            On::Users => {
                let by_relation = self.users(asset);
                let users: Vec<u32> = by_relation.iter().map(|(user, _)| *user).collect();
                step.gives_by = by_relation.into_iter().map(alone).collect();
                if users.is_empty() {
                    step.gives = None;
                    self.assume(NO_USERS);
                }
                give(step, &once(users), Access::Use);
            }
            On::Built => self.built(step, asset),
        }
        if effect.technique == Technique::of(DEFAULT_PASSWORD)
            && step.gives == Some(Access::Use)
            && step.to == asset
            && self.kind(asset) == Some(&AssetKind::Application)
        {
            // The account that comes with an application is its administrator's.
            step.gives = Some(Access::Control);
        }
        if effect.needs_person {
            self.opened(step);
        }
        if let Some(within) = effect.within {
            self.met_within(step, within);
        }
        if effect.stops {
            step.also_gives.push((step.to, Access::Down));
        }
        if let Some(exploit) = exploit {
            self.as_stated(step, exploit);
        }
        if effect.is_factor
            && self.guarded.contains(&step.to)
            && self.kind(step.to) == Some(&AssetKind::Identity)
        {
            step.gives = Some(Access::Know);
        }
    }

    /// What was assumed of findings whose surroundings nobody states.
    pub(super) fn notes(&self) -> impl Iterator<Item = Note> {
        self.assumed.iter().map(|(reason, count)| {
            let mut note = Note::new(NoteKind::Assumed, "", (*reason).to_owned());
            note.count = *count;
            note
        })
    }

    fn as_stated(&self, step: &mut ExploitStep, exploit: &Exploit) {
        let number = |asset: &AssetId| self.environment.number(asset).map(|number| number as u32);
        let held = |list: &[AssetAccess]| -> Vec<(u32, Access)> {
            list.iter().filter_map(|held| Some((number(&held.asset)?, held.access))).collect()
        };
        if let Some(opens) = exploit.opens.as_ref().and_then(number) {
            step.to = opens;
            step.gives_by.clear();
        }
        if let Some(Accesses::Of(list)) = &exploit.needs {
            // What it is on stays what its controls protect.
            (step.also_needs, step.needs_own) = (held(list), list.is_empty());
        }
        if let Some(Accesses::Of(list)) = &exploit.gives {
            let mut gives = held(list).into_iter();
            step.gives_by.clear();
            if let Some((asset, access)) = gives.next() {
                (step.to, step.gives) = (asset, Some(access));
            }
            step.also_gives = gives.collect();
        }
    }

    /// Where it is known who has rights on the asset, an attacker must be one of them; where it is not, a chance stands for it.
    fn rights(&self, step: &mut ExploitStep, effect: &Effect, asset: u32) {
        let by_relation = holders(self.environment, asset as usize, effect.rights);
        if by_relation.is_empty() {
            return;
        }
        let users = once(by_relation.iter().map(|(user, _)| *user).collect());
        let mut holders: Vec<(u32, Access)> = users.into_iter().map(|user| (user, Access::Use)).collect();
        let own = if effect.rights == Privileges::High { Access::Control } else { Access::Use };
        holders.push((asset, own));
        step.need_one_of(holders, by_relation.into_iter().map(alone).collect());
    }

    /// The attacker must have a foothold in the same zone, where it is known who stands beside the asset.
    fn beside(&self, step: &mut ExploitStep, asset: u32) {
        let mut zones = BTreeSet::new();
        let mut beside = BTreeSet::new();
        let reaches = self.environment.numbered_against(asset as usize, &RelationKind::Reaches);
        let mut ways: Vec<u32> = reaches.iter().map(|(way, _)| *way as u32).collect();
        ways.extend(self.along(asset, &RelationKind::LiesIn));
        if ways.is_empty() {
            return;
        }
        let mut direct = BTreeSet::new();
        for way in ways {
            if self.kind(way) == Some(&AssetKind::NetworkZone) {
                zones.insert(way);
            } else {
                direct.insert((way, Access::Use));
            }
        }
        zones.retain(|zone| !self.internet.iter().any(|(start, _)| start == zone));
        let mut ties: Vec<(u32, Tie)> = Vec::new();
        let mut tied: BTreeSet<(u32, Access)> = BTreeSet::new();
        for zone in zones {
            let reached = reaches.iter().any(|(way, _)| *way == zone as usize);
            let own = if reached { Placed::Surely } else { self.placed(asset, zone) };
            let mut stands = |other: (u32, Access), there: &Placed| match own.with(there) {
                None => _ = beside.insert(other),
                Some(by) => {
                    tied.insert(other);
                    ties.extend(by.into_iter().map(|tie| (other.0, tie)));
                }
            };
            if self.inside.contains(&zone) {
                stands((zone, Access::Reach), &Placed::Surely);
            }
            let is_beside =
                |other: &u32| *other != asset && self.kind(*other) != Some(&AssetKind::NetworkZone);
            let ways = [self.along(zone, &RelationKind::Reaches), self.against(zone, &RelationKind::Reaches)]
                .concat();
            let ways: BTreeSet<u32> = ways.into_iter().filter(is_beside).collect();
            let there = self.against(zone, &RelationKind::LiesIn).into_iter().filter(is_beside);
            for other in there.filter(|other| !ways.contains(other)) {
                stands((other, Access::Use), &self.placed(other, zone));
            }
            for other in ways {
                stands((other, Access::Use), &Placed::Surely);
            }
        }
        // Who stands beside it by a way alone does so no longer than the way is there.
        let ways = reaches.iter().map(|(way, relation)| (*way as u32, *relation as u32)).map(alone);
        ties.extend(ways.filter(|(way, _)| direct.contains(&(*way, Access::Use))));
        ties.retain(|(other, _)| {
            !beside.contains(&(*other, Access::Use)) && !beside.contains(&(*other, Access::Reach))
        });
        beside.extend(direct);
        beside.extend(tied);
        if beside.is_empty() {
            step.gives = None;
        } else {
            step.need_one_of(beside.into_iter().collect(), ties);
        }
    }

    /// How surely an asset stands in a zone. To lie there is how things are built, and only where it may be taken away, or is not sure, does it
    /// matter which relation says so.
    fn placed(&self, asset: u32, zone: u32) -> Placed {
        let lies = self.environment.numbered_along(asset as usize, &RelationKind::LiesIn);
        let lies =
            lies.into_iter().filter(|(other, _)| *other == zone as usize).map(|(_, relation)| relation);
        let stays = |relation: &usize| {
            let related = self.environment.related(*relation);
            related.is_none_or(|related| {
                !related.fact.is_removable() && related.fact.chance() >= Probability::ONE
            })
        };
        let lies: Vec<usize> = lies.collect();
        if lies.is_empty() || lies.iter().any(stays) {
            return Placed::Surely;
        }
        Placed::By(lies.into_iter().map(|relation| relation as u32).collect())
    }

    /// The attacker needs nothing but to be somewhere on the internet, where attackers from there are known.
    fn anywhere(&self, step: &mut ExploitStep) {
        if !self.internet.is_empty() {
            step.any_of.push(self.internet.clone());
            step.needs_own = false;
        }
    }

    /// What a person must open is opened by those who log on to the asset, and so by whoever acts as one of them.
    fn opened(&self, step: &mut ExploitStep) {
        if !step.needs_own || !step.each.is_empty() {
            return;
        }
        let by_relation = self.users(step.asset);
        if !by_relation.is_empty() {
            let users = once(by_relation.iter().map(|(user, _)| *user).collect());
            let users = users.into_iter().map(|user| (user, Access::Use));
            let held = users.chain([(step.asset, step.needs)]).collect();
            step.need_one_of(held, by_relation.into_iter().map(alone).collect());
            step.needs_own = false;
        }
    }

    /// The people who come to an asset: those who log on to it, and those who administer it, which one does from within.
    fn users(&self, asset: u32) -> Vec<(u32, u32)> {
        let logs_on: BTreeSet<u32> = self.against(asset, &RelationKind::LogsOnTo).into_iter().collect();
        let person = |user: u32| matches!(self.kind(user), Some(AssetKind::Identity | AssetKind::Group));
        let all = holders(self.environment, asset as usize, Privileges::Low).into_iter();
        all.filter(|(user, _)| logs_on.contains(user) || person(*user)).collect()
    }

    /// Who runs code in what shares a machine's kernel, or is kept in by what has the flaw, is as far as who runs code beside it.
    fn met_within(&self, step: &mut ExploitStep, within: Within) {
        if !step.each.is_empty() || self.kind(step.asset) != Some(&AssetKind::Host) {
            return;
        }
        let runs = |inside: &u32| match self.kind(*inside) {
            Some(AssetKind::Workload | AssetKind::Function) => true,
            // A machine on a machine has a kernel of its own.
            Some(AssetKind::Host) => within != Within::Containers,
            _ => false,
        };
        let access = if within == Within::OwnedGuests { Access::Control } else { Access::Use };
        let inside = self.against(step.asset, &RelationKind::RunsOn).into_iter().filter(runs);
        let mut from: Vec<(u32, Access)> = inside.map(|inside| (inside, access)).collect();
        if from.is_empty() {
            return;
        }
        if within != Within::Containers {
            step.technique = Technique::of(ESCAPE);
        }
        // Of a person who must take part nothing else is known than who they are: to reach the machine is no way to be one.
        let others = step.any_of.pop().unwrap_or_default();
        from.extend(others.into_iter().filter(|(asset, _)| *asset != step.asset));
        from.push((step.asset, Access::Use));
        step.any_of.push(from);
        step.needs_own = false;
    }

    /// A flaw of an image is one of what runs of it.
    fn running(&self, step: &mut ExploitStep, asset: u32) {
        if self.kind(asset) == Some(&AssetKind::Image) && step.any_of.is_empty() && step.needs_own {
            let running = self.against(asset, &RelationKind::InstanceOf);
            found_on(step, &running);
        }
    }

    /// A flaw of code is exploited where what is built of it runs, each by itself.
    fn built(&self, step: &mut ExploitStep, asset: u32) {
        let mut built = BTreeSet::new();
        for made in self.along(asset, &RelationKind::Builds) {
            let running = self.against(made, &RelationKind::InstanceOf);
            if running.is_empty() {
                built.insert(made);
            }
            built.extend(running);
        }
        let built: Vec<u32> = built.into_iter().collect();
        found_on(step, &built);
    }

    fn assume(&mut self, what: &'static str) {
        *self.assumed.entry(what).or_default() += 1;
    }

    fn kind(&self, asset: u32) -> Option<&AssetKind> {
        self.environment.numbered(asset as usize).map(|asset| &asset.kind)
    }

    /// The assets that relations of a kind lead to from an asset.
    fn along(&self, asset: u32, kind: &RelationKind) -> Vec<u32> {
        self.environment.along(asset as usize, kind).map(|other| other as u32).collect()
    }

    /// The assets from which relations of a kind lead to an asset.
    fn against(&self, asset: u32, kind: &RelationKind) -> Vec<u32> {
        self.environment.against(asset as usize, kind).map(|other| other as u32).collect()
    }
}

/// How surely an asset stands in a zone.
enum Placed {
    Surely,
    /// As long as one of these relations stands.
    By(Vec<u32>),
}

impl Placed {
    /// By what this asset and another stand in one zone; nothing where both surely do.
    fn with(&self, other: &Self) -> Option<Vec<Tie>> {
        match (self, other) {
            (Self::Surely, Self::Surely) => None,
            (Self::Surely, Self::By(by)) | (Self::By(by), Self::Surely) => {
                Some(by.iter().map(|relation| [*relation, *relation]).collect())
            }
            (Self::By(own), Self::By(others)) => {
                Some(own.iter().flat_map(|one| others.iter().map(move |other| [*one, *other])).collect())
            }
        }
    }
}

/// What is by one relation alone.
fn alone((asset, relation): (u32, u32)) -> (u32, Tie) {
    (asset, [relation, relation])
}

/// Whether a step finds a password out.
fn guesses(effect: &Effect) -> bool {
    let guessing = Technique::of("T1110");
    effect.gives == Some(Access::Use) && effect.technique.map(Technique::parent) == guessing
}

/// Who has rights of this much on an asset, as far as relations say, and by which relations, by their numbers.
pub(super) fn holders(environment: &Environment, asset: usize, rights: Privileges) -> Vec<(u32, u32)> {
    let kinds: &[RelationKind] = match rights {
        Privileges::None => &[],
        Privileges::Low => &[RelationKind::LogsOnTo, RelationKind::Administers],
        Privileges::High => &[RelationKind::Administers],
    };
    let holders = kinds.iter().flat_map(|kind| environment.numbered_against(asset, kind));
    let holders = holders.filter(|(holder, _)| *holder != asset);
    holders.map(|(holder, relation)| (holder as u32, relation as u32)).collect()
}

/// Each of some assets once.
fn once(assets: Vec<u32>) -> Vec<u32> {
    let mut seen = BTreeSet::new();
    assets.into_iter().filter(|asset| seen.insert(*asset)).collect()
}

/// The assets to which one logs on past something: a control that stands before them and stops logons, or what a record says of whoever
/// knows the first factor.
fn guarded(environment: &Environment) -> BTreeSet<u32> {
    let number = |asset: &AssetId| environment.number(asset).map(|number| number as u32);
    let logon = Technique::of("T1078");
    let stops = environment.controls().filter(|control| control.stops_technique(logon));
    let mut guarded: BTreeSet<u32> = stops.flat_map(|control| &control.protects).filter_map(number).collect();
    let knows = |held: &&AssetAccess| held.access == Access::Know;
    for (_, finding) in environment.keyed_findings() {
        let Some(needs) = finding.exploit.as_ref().and_then(|exploit| exploit.needs.as_ref()) else {
            continue;
        };
        if needs.own() == Some(Access::Know) {
            guarded.extend(number(&finding.asset));
        }
        guarded.extend(needs.list().iter().filter(knows).filter_map(|held| number(&held.asset)));
    }
    guarded
}

/// Makes a step one on these assets instead of its own; on its own where there are none.
fn found_on(step: &mut ExploitStep, assets: &[u32]) {
    match assets {
        [] => {}
        [one] => (step.asset, step.to) = (*one, *one),
        several => step.each = several.to_vec(),
    }
}

/// Lets a step give an access to these assets, if there are any.
fn give(step: &mut ExploitStep, assets: &[u32], access: Access) {
    if let Some((first, others)) = assets.split_first() {
        (step.to, step.gives) = (*first, Some(access));
        step.also_gives = others.iter().map(|other| (*other, access)).collect();
    }
}

/// Logging on with an account that a product comes with.
const DEFAULT_PASSWORD: &str = "T1078.001";
/// Escape to host.
const ESCAPE: &str = "T1611";
const NO_HOST: &str = "a finding lets code out of a workload, and nothing says what the workload runs on (`runs_on`): its step \
                       ends at the workload itself";
const NO_REALM: &str = "a finding gives rights over all of a realm, and what they are over is unknown, since nothing `contains` \
                        its asset: its step ends at the asset itself";
const NO_USERS: &str = "a finding gives the session of whoever opens a page, and nothing says who comes there (`logs_on_to`, \
                        `administers`): it is no step";
