//! A seeded directory of accounts: an identity graph of the shape that BloodHound draws.
//!
//! Of all assets 55 % are users, 20 % groups and 25 % computers, in organisational units of a hundred that one domain contains; some
//! four relations stand for each asset. Users belong to three groups each, whose sizes are Zipf-like, and one group in ten belongs to another.
//! Groups log on to computers and administer some, computers hold sessions of users, most of them of few, and one account in five may be
//! changed by a group. Every computer lies in one network. An attacker has been let in to one user in a thousand, and stands
//! in the network; what can be lost is the domain, and what a file server holds. Nothing in it is a finding: all that leads to a loss is
//! a relation.

use super::{
    Random,
    enterprise::{parsed, shuffled},
};
use ctem_core::{
    model::{
        Access, Asset, AssetKind, Attacker, EntryPoint, LossEvent, LossSize, Record, Relation, RelationKind,
        Service, Trigger,
    },
    quantity::{Loss, Probability},
};

/// The directory, before it is written as records.
pub struct Directory {
    seed: u64,
    users: usize,
    groups: usize,
    computers: usize,
}

/// How many accounts an organisational unit has.
const UNIT: usize = 100;
/// What holds the domain: members of the first group rule it.
const ADMINS: usize = 0;
/// The computer with the files that can be lost.
const FILES: usize = 0;

impl Directory {
    /// One of so many assets.
    pub fn new(assets: usize, seed: u64) -> Self {
        let part = |share: f64| (assets as f64 * share) as usize;
        let (users, groups) = (part(0.55).max(10), part(0.2).max(10));
        Self { seed, users, groups, computers: assets.saturating_sub(users + groups).max(10) }
    }

    /// Every record, assets before what speaks of them.
    pub fn records(&self) -> impl Iterator<Item = Record> + '_ {
        let asset = |name: String, kind| Record::Asset(Asset::new(parsed(&name), kind));
        let assets = (0..self.users)
            .map(move |n| asset(user(n), AssetKind::Identity))
            .chain((0..self.groups).map(move |n| asset(group(n), AssetKind::Group)))
            .chain((0..self.computers).map(move |n| asset(computer(n), AssetKind::Host)))
            .chain((0..self.units()).map(move |n| asset(unit(n), AssetKind::Realm)))
            .chain([asset("domain".into(), AssetKind::Realm), asset("lan".into(), AssetKind::NetworkZone)]);
        let relations = self.edges().map(|(from, kind, to)| {
            Record::Relation(Box::new(Relation::new(parsed(&from), kind, parsed(&to))))
        });
        assets.chain(relations).chain(self.entries()).chain([self.stake()])
    }

    fn units(&self) -> usize {
        (self.users + self.groups + self.computers).div_ceil(UNIT)
    }

    fn entries(&self) -> impl Iterator<Item = Record> {
        let mut random = Random(self.seed);
        let phished = shuffled(self.users, &mut random).into_iter().take((self.users / 1000).clamp(3, 400));
        let phished = phished.map(|n| {
            let mut entry = EntryPoint::new(parsed(&user(n as usize)), Access::Use, Attacker::Phishing);
            entry.chance = Probability::clamped(0.1);
            entry
        });
        let inside = EntryPoint::new(parsed("lan"), Access::Reach, Attacker::Insider);
        phished.chain([inside]).map(Record::EntryPoint)
    }

    fn stake(&self) -> Record {
        let event = |name: &str, loss: f64, asset: String, access| {
            let loss = Loss::new(loss, parsed("EUR")).expect("a loss above 0");
            let when = Trigger::State { asset: parsed(&asset), access };
            LossEvent::new(parsed(name), LossSize::known(loss), when)
        };
        let mut service = Service::new(parsed("business"));
        service.loss_events = vec![
            event("domain-owned", 1e7, "domain".into(), Access::Control),
            event("files-read", 1e6, computer(FILES), Access::Read),
        ];
        Record::Service(service)
    }

    /// Every relation. A pair may come twice, as it does in collections.
    fn edges(&self) -> impl Iterator<Item = (String, RelationKind, String)> + '_ {
        use RelationKind as R;
        let by_kind = |n: u64| Random(self.seed.wrapping_add(n));
        let Self { users, groups, computers, .. } = *self;
        // Who rules the domain is in the first group, which is small.
        let any_group = move |random: &mut Random| {
            let large = 2.0 * ((1.0 - random.unit()).powf(-1.0 / 1.1) - 1.0);
            let group = if random.unit() < 0.5 { large as usize } else { random.below(groups) };
            group.clamp(ADMINS + 1, groups - 1)
        };
        let accounts = users + groups + computers;
        let account = move |n: usize| match n {
            n if n < users => user(n),
            n if n < users + groups => group(n - users),
            n => computer(n - users - groups),
        };
        let contained = (0..self.units())
            .map(|n| ("domain".to_owned(), R::Contains, unit(n)))
            .chain((0..accounts).map(move |n| (unit(n / UNIT), R::Contains, account(n))));
        let mut random = by_kind(1);
        let members = (0..3 * users).map(move |n| (user(n / 3), R::MemberOf, group(any_group(&mut random))));
        let mut random = by_kind(2);
        let nested = (0..groups / 10)
            .map(move |_| (group(random.below(groups)), R::MemberOf, group(any_group(&mut random))));
        let mut random = by_kind(3);
        let admins = (0..3).map(move |_| (user(random.below(users)), R::MemberOf, group(ADMINS)));
        let rule = std::iter::once((group(ADMINS), R::Administers, "domain".to_owned()));
        let mut random = by_kind(4);
        let administers = (0..computers / 2)
            .map(move |_| (group(any_group(&mut random)), R::Administers, computer(random.below(computers))));
        let mut random = by_kind(5);
        let logons = (0..2 * computers)
            .map(move |n| (group(any_group(&mut random)), R::LogsOnTo, computer(n % computers)));
        let mut random = by_kind(6);
        let sessions = (0..computers).map(move |_| {
            let often = (random.unit().powi(2) * users as f64) as usize;
            (computer(random.below(computers)), R::HoldsSessionOf, user(often))
        });
        let mut random = by_kind(7);
        let changes = (0..accounts / 5).map(move |_| {
            let to = random.below(users + groups);
            // Few may change the accounts that rule.
            let to = if to == users + ADMINS { to + 1 } else { to };
            (group(any_group(&mut random)), R::Administers, account(to))
        });
        let network = (0..computers).map(|n| (computer(n), R::LiesIn, "lan".to_owned()));
        contained
            .chain(members)
            .chain(nested)
            .chain(admins)
            .chain(rule)
            .chain(administers)
            .chain(logons)
            .chain(sessions)
            .chain(changes)
            .chain(network)
            .filter(|(from, _, to)| from != to)
    }
}

fn user(n: usize) -> String {
    format!("user-{n}")
}

fn group(n: usize) -> String {
    format!("group-{n}")
}

fn computer(n: usize) -> String {
    format!("computer-{n}")
}

fn unit(n: usize) -> String {
    format!("unit-{n}")
}
