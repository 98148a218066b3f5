//! Entry points that nobody has stated: where records say that an attacker may start.

use super::{
    label::{Label, names},
    people::{self, Person},
    powers::ruled,
    suggestion::{Suggestion, refused},
};
use crate::{
    model::{
        Access, Asset, AssetKind, Attacker, EntryPoint, Environment, RelationKind, SuggestionKind,
        WeaknessKind,
        address::{Extent, address, extent},
    },
    quantity::Probability,
};
use std::collections::{BTreeSet, HashMap, HashSet};

/// The chance that a wave of phishing gets through to an organisation's people within 30 days.
///
/// ```
/// assert_eq!(ctem_core::scope::PHISHED.get(), 0.02);
/// ```
pub const PHISHED: Probability = Probability::clamped(0.02);

/// The chance that a supplier is broken into within 30 days and used against its customers.
///
/// ```
/// assert_eq!(ctem_core::scope::SUPPLIER_BROKEN_INTO.get(), 0.0024);
/// ```
pub const SUPPLIER_BROKEN_INTO: Probability = Probability::clamped(0.0024);

/// The chance that a secret which lies in the open, and which nobody has tried, still opens what it opened.
///
/// ```
/// assert_eq!(ctem_core::scope::UNTESTED_SECRET.get(), 0.4);
/// ```
pub const UNTESTED_SECRET: Probability = Probability::clamped(0.4);

impl Environment {
    /// Where attackers may start and nobody has stated that they do: by kind, then those with most reasons first, then those that rule
    /// most, then by id. Whoever agrees states the entry point, as it is or with other numbers, or accepts the suggestion by
    /// [`Program::decide`](crate::Program::decide); whoever does not refuses it. Neither is suggested again.
    /// O(assets + relations + labels + findings).
    ///
    /// | Suggestion | What counts |
    /// |---|---|
    /// | `internet` | a zone that is the internet and reaches something; a label that says that an asset is open to it; a port that a tool found open at a public address |
    /// | `leaked_credential` | a secret of an identity or credential that a tool found; what everyone can read and what holds a secret |
    /// | `phishing` | a person whose role, group or rights attackers look for |
    /// | `supplier` | a label, or a guest's name, that says that it is run by others |
    ///
    /// Readers of cloud and Kubernetes facts state the internet as an entry point themselves, and what it reaches needs no other.
    /// Where an attacker of the same kind starts already nothing is suggested.
    ///
    /// ```
    /// use ctem_core::{Program, discover, intel::Intel};
    ///
    /// let mut program = Program::new(Intel::none());
    /// program.absorb(discover::read(br#"{"ctem": {"version": 2}, "assets": [
    ///     {"id": "shop", "kind": "host", "labels": {"internet_facing": "true"}},
    ///     {"id": "carla", "kind": "identity", "labels": {"title": "Chief Financial Officer"}}
    /// ]}"#)?);
    /// let suggested = program.environment().suggested_entry_points();
    /// let told: Vec<_> = suggested.iter().map(|one| (one.asset.as_str(), &*one.reasons[0])).collect();
    /// assert_eq!(told, [
    ///     ("shop", "it is open to the internet (label internet_facing)"),
    ///     ("carla", "attackers look for people who lead (label title)"),
    /// ]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[doc(alias = "attack surface")]
    pub fn suggested_entry_points(&self) -> Vec<Suggestion> {
        let seen = Seen::of(self);
        let mut list: Vec<Suggestion> =
            self.numbered_assets().flat_map(|(number, asset)| seen.starts(number, asset)).collect();
        Suggestion::sort(&mut list);
        list
    }
}

/// Where somebody may start, and what says so.
struct Start {
    suggestion: SuggestionKind,
    entry_point: EntryPoint,
    rules: usize,
    reasons: Vec<String>,
}

/// What is known of an environment, gathered once.
struct Seen<'a> {
    environment: &'a Environment,
    refused: HashSet<(SuggestionKind, usize)>,
    /// Who starts where.
    starts: HashSet<(usize, Attacker)>,
    at: HashSet<(usize, Access)>,
    /// What zones that are the internet reach, and they themselves.
    outside: HashSet<usize>,
    open: HashMap<usize, Found<'a>>,
    secrets: HashMap<usize, Found<'a>>,
}

/// What tools found on an asset.
#[derive(Default)]
struct Found<'a> {
    tools: BTreeSet<&'a str>,
    ports: BTreeSet<&'a str>,
    count: usize,
    /// Whether a secret was tried and opens what it opened.
    tried: bool,
}

impl<'a> Seen<'a> {
    fn of(environment: &'a Environment) -> Self {
        let mut seen = Self {
            environment,
            refused: refused(environment),
            starts: HashSet::new(),
            at: HashSet::new(),
            outside: HashSet::new(),
            open: HashMap::new(),
            secrets: HashMap::new(),
        };
        for entry in environment.entry_points() {
            if let Some(number) = environment.number(&entry.asset) {
                seen.starts.insert((number, entry.attacker));
                seen.at.insert((number, entry.access));
            }
        }
        for (number, _) in environment.numbered_assets().filter(|(_, asset)| is_internet(asset)) {
            seen.outside.insert(number);
            seen.outside.extend(reached(environment, number));
        }
        for finding in environment.findings().filter(|finding| finding.status.is_open()) {
            let Some(number) = environment.number(&finding.asset) else { continue };
            let port = finding.location.as_ref().and_then(|location| location.port.as_deref());
            let kinds = [
                (finding.weakness.kind == WeaknessKind::Secret, &mut seen.secrets),
                (port.is_some(), &mut seen.open),
            ];
            for (_, found) in kinds.into_iter().filter(|(is, _)| *is) {
                let found: &mut Found<'a> = found.entry(number).or_default();
                found.tools.extend(finding.sightings.iter().map(|sighting| &*sighting.source));
                found.ports.extend(port);
                found.count += 1;
                found.tried |= finding.secret.as_ref().is_some_and(|secret| secret.verified == Some(true));
            }
        }
        seen
    }

    fn starts(&self, number: usize, asset: &Asset) -> Vec<Suggestion> {
        let all = [
            self.internet(number, asset),
            self.leaked(number, asset),
            self.phishing(number, asset),
            supplier(asset),
        ];
        let new = all.into_iter().flatten().filter(|start| {
            !start.reasons.is_empty()
                && !self.refused.contains(&(start.suggestion, number))
                && !self.starts.contains(&(number, start.entry_point.attacker))
                && !self.at.contains(&(number, start.entry_point.access))
        });
        new.map(|start| Suggestion {
            suggestion: start.suggestion,
            asset: asset.id.clone(),
            title: asset.title().into(),
            kind: asset.kind.clone(),
            rules: start.rules,
            reasons: start.reasons,
            entry_point: Some(start.entry_point),
        })
        .collect()
    }

    fn internet(&self, number: usize, asset: &Asset) -> Option<Start> {
        let mut reasons = Vec::new();
        if is_internet(asset) {
            let reached = reached(self.environment, number).count();
            if reached > 0 {
                let assets = if reached == 1 { "asset" } else { "assets" };
                reasons.push(format!("it is the internet, and reaches {reached} {assets}"));
            }
        } else if !self.outside.contains(&number) {
            reasons.extend(
                Label::all(asset)
                    .filter(is_open)
                    .map(|label| format!("it is open to the internet (label {})", label.key)),
            );
            reasons.extend(self.found_open(number, asset));
        }
        let entry_point = EntryPoint::new(asset.id.clone(), Access::Reach, Attacker::Internet);
        Some(Start { suggestion: SuggestionKind::Internet, entry_point, rules: 0, reasons })
    }

    /// What a tool found open at an address that means the same everywhere.
    fn found_open(&self, number: usize, asset: &Asset) -> Option<String> {
        let found = self.open.get(&number)?;
        let seen = asset.identifiers.iter().map(|identifier| &*identifier.value);
        let names = [&asset.id].into_iter().chain(&asset.aliases).map(|id| id.as_str());
        let public = |name: &&str| {
            address(name).is_some_and(|ip| matches!(extent(ip), Extent::Public | Extent::Shared))
        };
        let address = names.chain(seen).filter(public).min()?;
        let tools = listed(&found.tools);
        let ports: Vec<&str> = found.ports.iter().copied().take(3).collect();
        let more = found.ports.len() - ports.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        Some(format!(
            "{tools} found {}{more} open at {address}, an address of the internet",
            ports.join(", ")
        ))
    }

    fn leaked(&self, number: usize, asset: &Asset) -> Option<Start> {
        let (mut access, mut chance) = (Access::Know, Probability::ONE);
        let mut reasons = Vec::new();
        let found = self.secrets.get(&number);
        match asset.kind {
            AssetKind::Identity | AssetKind::Credential => {
                let found = found?;
                if asset.kind == AssetKind::Credential {
                    access = Access::Read;
                }
                if !found.tried {
                    chance = UNTESTED_SECRET;
                }
                let tried = if found.tried { ", and that it still opens what it opened" } else { "" };
                reasons.push(format!("{} found that its secret lies open{tried}", listed(&found.tools)));
            }
            AssetKind::Repository | AssetKind::Image | AssetKind::DataStore | AssetKind::Application => {
                access = Access::Read;
                let public = Label::all(asset).find(|label| {
                    label.is(&["visibility", "access"]) && label.says(&["public", "everyone", "internet"])
                        || label.is(&["public", "is public"]) && label.yes()
                })?;
                let kept = [RelationKind::Stores, RelationKind::HoldsSessionOf];
                let kept: HashSet<usize> =
                    kept.iter().flat_map(|kind| self.environment.along(number, kind)).collect();
                let everyone = format!("everyone can read it (label {})", public.key);
                if let Some(found) = found {
                    let (tools, count) = (listed(&found.tools), found.count);
                    let secrets = if count == 1 { "a secret".into() } else { format!("{count} secrets") };
                    reasons.push(format!("{everyone}, and {tools} found {secrets} in it"));
                }
                if !kept.is_empty() {
                    let identities = if kept.len() == 1 { "identity" } else { "identities" };
                    reasons.push(format!(
                        "{everyone}, and it keeps secrets or sessions of {} {identities}",
                        kept.len()
                    ));
                }
            }
            _ => {}
        }
        let start = EntryPoint::new(asset.id.clone(), access, Attacker::Internet);
        let entry_point = EntryPoint { chance, ..start };
        Some(Start { suggestion: SuggestionKind::LeakedCredential, entry_point, rules: 0, reasons })
    }

    fn phishing(&self, number: usize, asset: &Asset) -> Option<Start> {
        let person = Person::of(asset)?;
        let mut reasons = person.roles();
        let groups = self.environment.along(number, &RelationKind::MemberOf);
        reasons.extend(people::of_groups(groups.filter_map(|group| self.environment.numbered(group))));
        let rules = ruled(self.environment, number, asset, &mut reasons);
        let entry_point = EntryPoint {
            chance: PHISHED,
            campaign: Some("phishing".into()),
            susceptibility: people::FALLS_FOR_IT,
            ..EntryPoint::new(asset.id.clone(), Access::Know, Attacker::Phishing)
        };
        Some(Start { suggestion: SuggestionKind::Phishing, entry_point, rules, reasons })
    }
}

/// What others run, who may be broken into.
fn supplier(asset: &Asset) -> Option<Start> {
    let runs = matches!(asset.kind, AssetKind::Application | AssetKind::Identity | AssetKind::Group);
    let says = |label: &Label<'_>| {
        let stated = !label.said.is_empty() && crate::word::flag(&label.said) != Some(false);
        let supplier =
            label.has("supplier") || label.has("subcontractor") || label.is(&["third party", "msp"]);
        let guest =
            label.is(&["user type", "usertype", "type"]) && label.says(&["guest", "external", "supplier"]);
        // A machine's vendor made it; an application's or an account's runs it.
        stated && (supplier || runs && label.has("vendor")) || guest
    };
    let mut reasons: Vec<String> = Label::all(asset)
        .filter(says)
        .map(|label| format!("others run it or use it (label {})", label.key))
        .collect();
    let named = [&asset.id].into_iter().chain(&asset.aliases).map(|id| id.as_str());
    if named.chain(asset.name.as_deref()).any(|name| name.to_ascii_lowercase().contains("#ext#")) {
        reasons.push("its name says that it is a guest".into());
    }
    let entry_point = EntryPoint {
        chance: SUPPLIER_BROKEN_INTO,
        ..EntryPoint::new(asset.id.clone(), Access::Use, Attacker::Supplier)
    };
    Some(Start { suggestion: SuggestionKind::Supplier, entry_point, rules: 0, reasons })
}

/// The assets that are open to the internet: where an attacker from there starts, zones that are it and what they reach, and what a label
/// says to be open. O(assets + relations + labels).
pub(crate) fn open_to_internet(environment: &Environment) -> HashSet<usize> {
    let starts = environment.entry_points().filter(|entry| entry.attacker == Attacker::Internet);
    let mut open: HashSet<usize> = starts.filter_map(|entry| environment.number(&entry.asset)).collect();
    for (number, asset) in environment.numbered_assets() {
        if is_internet(asset) {
            open.insert(number);
            open.extend(reached(environment, number));
        } else if Label::all(asset).any(|label| is_open(&label)) {
            open.insert(number);
        }
    }
    open
}

/// Whether a zone is the internet.
fn is_internet(asset: &Asset) -> bool {
    let named = [asset.id.as_str(), asset.title()].into_iter();
    let mut named = named.chain(asset.aliases.iter().map(|alias| alias.as_str()));
    asset.kind == AssetKind::NetworkZone
        && named.any(|name| {
            let name = name.trim().to_ascii_lowercase();
            matches!(&*name, "internet" | "the internet" | "public internet" | "0.0.0.0/0" | "::/0")
        })
}

/// What a zone reaches, and what lies in it.
fn reached(environment: &Environment, zone: usize) -> impl Iterator<Item = usize> + '_ {
    let reaches = environment.along(zone, &RelationKind::Reaches);
    let all: HashSet<usize> = reaches.chain(environment.against(zone, &RelationKind::LiesIn)).collect();
    all.into_iter().filter(move |other| *other != zone)
}

/// Whether a label says that an asset is open to the internet.
fn is_open(label: &Label<'_>) -> bool {
    let asks = [
        "internet facing",
        "internet exposed",
        "internet accessible",
        "publicly accessible",
        "public facing",
    ];
    let tells = ["exposure", "network exposure", "facing", "scheme", "reachability"];
    label.is(&asks) && label.yes()
        || label.is(&tells) && names(&label.said, &["internet", "internet facing", "public", "external"])
}

/// Tools by name, or that there was one.
fn listed(tools: &BTreeSet<&str>) -> String {
    let named: Vec<&str> = tools.iter().copied().filter(|tool| !tool.is_empty()).collect();
    if named.is_empty() { "a tool".into() } else { named.join(" and ") }
}
