//! The second implementation: from records to worlds, by the documented rules, with sets of bits.

use crate::worlds::exact::MOST;
use ctem_core::{
    id::{AssetId, ControlId},
    model::{
        Access, Accesses, AssetAccess, AssetKind, Contents, Control, EntryPoint, Finding, Relation,
        RelationKind, Technique, Trigger,
    },
};
use std::collections::{BTreeMap, BTreeSet};

type Held = (String, Access);

/// Everything that can happen, as lists.
#[derive(Default)]
pub struct Mine {
    chances: Vec<f64>,
    steps: Vec<Move>,
    kinds: BTreeMap<String, AssetKind>,
    /// By control: the variable of its failure, one wherever it stands.
    failures: BTreeMap<String, usize>,
    events: BTreeMap<String, Trigger>,
}

/// One step: what must be held, which variables must help, what is held after.
struct Move {
    needs: Vec<Held>,
    variables: Vec<usize>,
    gives: Held,
}

impl Mine {
    /// Reads records whose findings state all their factors.
    pub fn of(contents: &Contents) -> Self {
        let kinds = contents.assets.iter().map(|asset| (asset.id.to_string(), asset.kind.clone())).collect();
        let mut mine = Self { kinds, ..Self::default() };
        for control in &contents.controls {
            let variable = mine.variable(fails(control));
            mine.failures.insert(control.id.to_string(), variable);
        }
        mine.entries(contents);
        mine.relations(contents);
        mine.findings(contents);
        mine.logons(contents);
        mine.events(contents);
        mine
    }

    /// The chance of each loss event, unless there are too many worlds.
    pub fn chances(&self) -> Option<BTreeMap<String, f64>> {
        let free: Vec<usize> =
            (0..self.chances.len()).filter(|n| self.chances[*n] > 0.0 && self.chances[*n] < 1.0).collect();
        if free.len() > MOST {
            return None;
        }
        let mut sums: BTreeMap<String, f64> = self.events.keys().map(|id| (id.clone(), 0.0)).collect();
        for world in 0u32..1 << free.len() {
            let mut on: BTreeSet<usize> =
                (0..self.chances.len()).filter(|n| self.chances[*n] == 1.0).collect();
            let mut weight = 1.0;
            for (bit, variable) in free.iter().enumerate() {
                let helps = world >> bit & 1 == 1;
                weight *= if helps { self.chances[*variable] } else { 1.0 - self.chances[*variable] };
                if helps {
                    on.insert(*variable);
                }
            }
            let held = self.held(&on);
            for (id, when) in &self.events {
                if holds(when, &held) {
                    *sums.get_mut(id).unwrap() += weight;
                }
            }
        }
        Some(sums)
    }

    /// The least set that holds what every open step gives.
    fn held(&self, on: &BTreeSet<usize>) -> BTreeSet<Held> {
        let mut held = BTreeSet::new();
        loop {
            let before = held.len();
            for step in &self.steps {
                if step.variables.iter().all(|variable| on.contains(variable))
                    && step.needs.iter().all(|need| held.contains(need))
                {
                    let (asset, access) = &step.gives;
                    held.insert(step.gives.clone());
                    use Access::{Control, Down, Know, Reach, Read, Use, Write};
                    let lesser: &[Access] = match access {
                        Control => &[Use, Read, Write, Reach, Down],
                        Use => &[Read, Reach],
                        Read | Write => &[Reach],
                        Reach | Know | Down => &[],
                    };
                    held.extend(lesser.iter().map(|lesser| (asset.clone(), *lesser)));
                }
            }
            if held.len() == before {
                return held;
            }
        }
    }

    fn variable(&mut self, chance: f64) -> usize {
        self.chances.push(chance);
        self.chances.len() - 1
    }

    /// An entry point is one coin for each asset and access, at the likeliest that any source states; and one for its campaign, which
    /// all share whom it is sent to.
    fn entries(&mut self, contents: &Contents) {
        let mut likeliest: BTreeMap<Held, &EntryPoint> = BTreeMap::new();
        for entry in &contents.entry_points {
            let known = likeliest.entry((entry.asset.to_string(), entry.access)).or_insert(entry);
            if known.chance < entry.chance {
                *known = entry;
            }
        }
        let mut campaigns: BTreeMap<&str, usize> = BTreeMap::new();
        for (gives, entry) in likeliest {
            let (chance, falls_for_it) = (entry.chance.get(), entry.susceptibility.get());
            let mut variables = match &entry.campaign {
                None => vec![self.variable(chance * falls_for_it)],
                Some(name) => {
                    let campaign = *campaigns.entry(name).or_insert_with(|| {
                        self.chances.push(chance);
                        self.chances.len() - 1
                    });
                    vec![campaign, self.variable(falls_for_it)]
                }
            };
            variables.extend(self.stopping(contents, &entry.controls, entry.attacker.technique()));
            self.steps.push(Move { needs: Vec::new(), variables, gives });
        }
    }

    /// The failures of the controls that stop a technique.
    fn stopping(
        &self,
        contents: &Contents,
        controls: &[ControlId],
        technique: Option<Technique>,
    ) -> Vec<usize> {
        let stops = |control: &&Control| {
            let named = |named: &Technique| technique.is_some_and(|technique| technique.parent() == *named);
            controls.contains(&control.id)
                && (control.against.is_empty() || control.against.iter().any(named))
        };
        contents.controls.iter().filter(stops).map(|control| self.failures[control.id.as_str()]).collect()
    }

    /// A relation that states its step: all that it gives, for all that it needs, by one coin.
    fn stated(&mut self, contents: &Contents, relation: &Relation) {
        let mut variables = vec![self.variable(relation.chance.map_or(1.0, |chance| chance.get()))];
        variables.extend(self.stopping(contents, &relation.controls, relation.technique));
        self.all_or_none(&relation.needs, variables, &relation.gives);
    }

    fn all_or_none(&mut self, needs: &[AssetAccess], variables: Vec<usize>, gives: &[AssetAccess]) {
        let needs: Vec<Held> =
            needs.iter().map(|held| self.needed((held.asset.to_string(), held.access))).collect();
        for given in gives {
            let gives = (given.asset.to_string(), given.access);
            self.steps.push(Move { needs: needs.clone(), variables: variables.clone(), gives });
        }
    }

    /// A relation holds between two assets once; controls that any source puts on it must all fail.
    fn relations(&mut self, contents: &Contents) {
        let mut facts: BTreeMap<(String, String, String), BTreeSet<String>> = BTreeMap::new();
        for relation in &contents.relations {
            if !relation.needs.is_empty() {
                self.stated(contents, relation);
                continue;
            }
            let key = (relation.from.to_string(), relation.kind.to_string(), relation.to.to_string());
            facts.entry(key).or_default().extend(relation.controls.iter().map(ToString::to_string));
        }
        for ((from, kind, to), controls) in facts {
            // A control nobody describes guards nothing.
            let variables: Vec<usize> =
                controls.iter().filter_map(|control| self.failures.get(control).copied()).collect();
            for (needs, gives) in meaning(&kind, &from, &self.kinds[&from], &to, &self.kinds[&to]) {
                let needs = needs.into_iter().map(|need| self.needed(need)).collect();
                self.steps.push(Move { needs, variables: variables.clone(), gives });
            }
        }
    }

    /// A finding needs its weakness's threat, one coin for all, and a coin of its own.
    fn findings(&mut self, contents: &Contents) {
        let mut threats: BTreeMap<String, f64> = BTreeMap::new();
        for finding in &contents.findings {
            let stated = finding.exploit.as_ref().unwrap().threat.unwrap().get();
            let threat = threats.entry(finding.weakness.id.to_string()).or_default();
            *threat = threat.max(stated);
        }
        let threats: BTreeMap<String, usize> =
            threats.into_iter().map(|(id, chance)| (id, self.variable(chance))).collect();
        for finding in &contents.findings {
            let exploit = finding.exploit.as_ref().unwrap();
            let asset = finding.asset.to_string();
            let own = exploit.local.unwrap().get() * exploit.success.unwrap().get();
            let mut variables = vec![threats[finding.weakness.id.as_str()], self.variable(own)];
            variables.extend(self.before(contents, &asset, exploit.technique));
            let opened = exploit.opens.as_ref().unwrap_or(&finding.asset);
            let listed = |accesses: &Option<Accesses>, asset: &AssetId| match accesses.as_ref().unwrap() {
                Accesses::Own(access) => vec![AssetAccess::new(asset.clone(), *access)],
                Accesses::Of(list) => list.clone(),
            };
            let needs = listed(&exploit.needs, &finding.asset);
            self.all_or_none(&needs, variables, &listed(&exploit.gives, opened));
        }
    }

    /// Of what only holds things, to use is to read.
    fn needed(&self, (asset, access): Held) -> Held {
        let holds = [AssetKind::DataStore, AssetKind::Repository, AssetKind::Image, AssetKind::Credential];
        let access =
            if access == Access::Use && holds.contains(&self.kinds[&asset]) { Access::Read } else { access };
        (asset, access)
    }

    /// The failures of the controls before an asset that stop a technique.
    fn before(&self, contents: &Contents, asset: &str, technique: Option<Technique>) -> Vec<usize> {
        let protects =
            |control: &&Control| control.protects.iter().any(|protected| protected.as_str() == asset);
        let controls: Vec<_> =
            contents.controls.iter().filter(protects).map(|control| control.id.clone()).collect();
        self.stopping(contents, &controls, technique)
    }

    /// Who knows an identity's first factor logs on past its controls, unless a record says what it takes.
    fn logons(&mut self, contents: &Contents) {
        for asset in self.kinds.keys().cloned().collect::<Vec<_>>() {
            let knows = |held: &AssetAccess| held.asset.as_str() == asset && held.access == Access::Know;
            let says = |finding: &Finding| match &finding.exploit.as_ref().unwrap().needs {
                Some(Accesses::Own(access)) => finding.asset.as_str() == asset && *access == Access::Know,
                Some(Accesses::Of(list)) => list.iter().any(knows),
                None => false,
            };
            // One that leads elsewhere takes nothing from it.
            let is_used = |held: &AssetAccess| {
                held.asset.as_str() == asset && matches!(held.access, Access::Use | Access::Control)
            };
            let stated = contents
                .relations
                .iter()
                .any(|relation| relation.needs.iter().any(knows) && relation.gives.iter().any(is_used));
            if stated || contents.findings.iter().any(says) {
                continue;
            }
            let variables = self.before(contents, &asset, Some("T1078".parse().unwrap()));
            let mut needs = vec![(asset.clone(), Access::Know)];
            if matches!(self.kinds[&asset], AssetKind::Host | AssetKind::Workload) {
                needs.push((asset.clone(), Access::Reach));
            }
            self.steps.push(Move { needs, variables, gives: (asset, Access::Use) });
        }
    }

    /// The events that services state, and those that the criticality of assets in none of them implies.
    fn events(&mut self, contents: &Contents) {
        let mut named = BTreeSet::new();
        for event in contents.services.iter().flat_map(|service| &service.loss_events) {
            names(&event.when, &mut named);
            self.events.insert(event.id.to_string(), event.when.clone());
        }
        for asset in contents.assets.iter().filter(|asset| !named.contains(asset.id.as_str())) {
            let weak = contents.findings.iter().any(|finding| finding.asset == asset.id);
            if asset.criticality.is_none() && !(weak && is_end(contents, &asset.id)) {
                continue;
            }
            let ways: &[(&str, Access)] = match asset.kind {
                AssetKind::Identity | AssetKind::Group => &[("used", Access::Use)],
                AssetKind::DataStore => {
                    &[("disclosed", Access::Read), ("tampered", Access::Write), ("down", Access::Down)]
                }
                _ if contents.findings.iter().any(|finding| changes(finding, &asset.id)) => &[
                    ("disclosed", Access::Read),
                    ("tampered", Access::Write),
                    ("taken", Access::Control),
                    ("down", Access::Down),
                ],
                _ => &[("disclosed", Access::Read), ("taken", Access::Control), ("down", Access::Down)],
            };
            for (word, access) in ways {
                let when = Trigger::State { asset: asset.id.clone(), access: *access };
                self.events.insert(format!("{word}:{}", asset.id), when);
            }
        }
        for when in self.events.values_mut() {
            read_for_use(when, &self.kinds);
        }
    }
}

/// Whether nothing leads on from an asset.
fn is_end(contents: &Contents, asset: &AssetId) -> bool {
    let opens = |finding: &Finding| {
        finding.asset == *asset && finding.exploit.as_ref().is_some_and(|exploit| exploit.opens.is_some())
    };
    // From an image one gets on to what runs of it.
    let leads_on = |relation: &Relation| {
        relation.from == *asset || relation.kind == RelationKind::InstanceOf && relation.to == *asset
    };
    !contents.relations.iter().any(leads_on) && !contents.findings.iter().any(opens)
}

/// Of what only holds things, to use is to read.
fn read_for_use(when: &mut Trigger, kinds: &BTreeMap<String, AssetKind>) {
    match when {
        Trigger::State { asset, access } => {
            let holds =
                [AssetKind::DataStore, AssetKind::Repository, AssetKind::Image, AssetKind::Credential];
            let kind = kinds.get(asset.as_str());
            if *access == Access::Use && kind.is_some_and(|kind| holds.contains(kind)) {
                *access = Access::Read;
            }
        }
        Trigger::Any(of) | Trigger::All(of) | Trigger::AtLeast { of, .. } => {
            of.iter_mut().for_each(|part| read_for_use(part, kinds));
        }
        _ => unreachable!("a kind of trigger that is new"),
    }
}

/// The chance that a control fails: its tests, and before them one success and one failure, or ten as stated, which they only lower.
fn fails(control: &Control) -> f64 {
    let (blocked, bypassed) = (f64::from(control.blocked), f64::from(control.bypassed));
    let stops = match control.stops {
        Some(stops) => stops.get().min((10.0 * stops.get() + blocked) / (10.0 + blocked + bypassed)),
        None => (1.0 + blocked) / (2.0 + blocked + bypassed),
    };
    1.0 - stops
}

/// Whether a finding lets an asset be changed.
fn changes(finding: &Finding, asset: &AssetId) -> bool {
    let written = |held: &AssetAccess| held.asset == *asset && held.access == Access::Write;
    let exploit = finding.exploit.as_ref().unwrap();
    // What it gives of its own it gives of what it opens.
    let own = exploit.opens.as_ref().unwrap_or(&finding.asset);
    match &exploit.gives {
        Some(Accesses::Own(access)) => own == asset && *access == Access::Write,
        Some(Accesses::Of(list)) => list.iter().any(written),
        None => false,
    }
}

/// What a relation lets an attacker do.
fn meaning(
    kind: &str,
    from: &str,
    from_kind: &AssetKind,
    to: &str,
    to_kind: &AssetKind,
) -> Vec<(Vec<Held>, Held)> {
    use Access::{Control, Down, Know, Reach, Read, Use, Write};
    use AssetKind as A;
    let at_from = |access| (from.to_owned(), access);
    let at_to = |access| (to.to_owned(), access);
    let simply = |needs: Access, gives: Access| vec![(vec![at_from(needs)], at_to(gives))];
    let back_to = |needs: Access, gives: Access| vec![(vec![at_to(needs)], at_from(gives))];
    let back = |access: Access| back_to(access, access);
    match kind {
        "reaches" if *from_kind == A::NetworkZone => simply(Reach, Reach),
        "reaches" => simply(Use, Reach),
        "runs_on" => [back(Control), back(Down), simply(Use, Reach)].concat(),
        "member_of" => simply(Use, Use),
        // To write a workflow is to get its token.
        "can_assume" if matches!(from_kind, A::Repository | A::Image) => simply(Write, Use),
        "can_assume" => simply(Use, Use),
        // On a machine one must also get there.
        "administers" if matches!(to_kind, A::Host | A::Workload) => {
            vec![(vec![at_from(Use), at_to(Reach)], at_to(Control))]
        }
        "operates" if matches!(from_kind, A::Host | A::Application) => simply(Control, Control),
        "administers" | "operates" => simply(Use, Control),
        "logs_on_to" => vec![(vec![at_from(Use), at_to(Reach)], at_to(Use))],
        "reads" => simply(Use, Read),
        // What holds things is changed, and what runs is owned by who changes it.
        "writes" => match to_kind {
            A::Repository | A::DataStore | A::Image | A::Credential | A::Other(_) => simply(Use, Write),
            _ => simply(Use, Control),
        },
        "builds" => simply(Write, Control),
        "instance_of" => [back_to(Write, Control), simply(Use, Read)].concat(),
        // From code and repositories a session is read out; from a machine only its owner takes it.
        "holds_session_of" => match from_kind {
            A::Workload | A::Function | A::Pipeline => simply(Use, Use),
            A::Repository | A::Image | A::DataStore | A::Credential => simply(Read, Use),
            _ => simply(Control, Use),
        },
        "contains" if from == to => Vec::new(),
        "contains" => simply(Control, Control),
        "lies_in" => [simply(Use, Reach), back(Reach)].concat(),
        "escapes_to" => simply(Use, Control),
        "stores" => simply(Read, Read),
        "opens" => simply(Read, Know),
        "depends_on" => back(Down),
        _ => Vec::new(),
    }
}

fn holds(when: &Trigger, held: &BTreeSet<Held>) -> bool {
    let count = |of: &[Trigger]| of.iter().filter(|part| holds(part, held)).count();
    match when {
        Trigger::State { asset, access } => held.contains(&(asset.to_string(), *access)),
        Trigger::Any(of) => count(of) > 0,
        Trigger::All(of) => count(of) == of.len(),
        Trigger::AtLeast { count: least, of } => count(of) >= *least as usize,
        _ => unreachable!("a kind of trigger that is new"),
    }
}

fn names(when: &Trigger, into: &mut BTreeSet<String>) {
    match when {
        Trigger::State { asset, .. } => {
            into.insert(asset.to_string());
        }
        Trigger::Any(of) | Trigger::All(of) | Trigger::AtLeast { of, .. } => {
            of.iter().for_each(|part| names(part, into));
        }
        _ => unreachable!("a kind of trigger that is new"),
    }
}
