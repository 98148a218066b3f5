//! The second implementation: from records to worlds, by the documented rules, with sets of bits.

use crate::worlds::exact::MOST;
use ctem_core::model::{Access, AssetKind, Contents, Control, Trigger};
use std::collections::{BTreeMap, BTreeSet};

type Held = (String, Access);

/// Everything that can happen, as lists.
#[derive(Default)]
pub struct Mine {
    chances: Vec<f64>,
    steps: Vec<Move>,
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
        let mut mine = Self::default();
        mine.entries(contents);
        mine.relations(contents);
        mine.findings(contents);
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
                    let lesser: &[Access] = match access {
                        Access::Control => &[Access::Use, Access::Reach, Access::Down],
                        Access::Use => &[Access::Reach],
                        Access::Reach | Access::Down => &[],
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

    /// An entry point is one coin for each asset and access, at the likeliest that any source states.
    fn entries(&mut self, contents: &Contents) {
        let mut likeliest: BTreeMap<Held, f64> = BTreeMap::new();
        for entry in &contents.entry_points {
            let chance = likeliest.entry((entry.asset.to_string(), entry.access)).or_default();
            *chance = chance.max(entry.chance.get());
        }
        for (gives, chance) in likeliest {
            let variables = vec![self.variable(chance)];
            self.steps.push(Move { needs: Vec::new(), variables, gives });
        }
    }

    /// A relation holds between two assets once; controls that any source puts on it must all fail.
    fn relations(&mut self, contents: &Contents) {
        let mut facts: BTreeMap<(String, String, String), BTreeSet<String>> = BTreeMap::new();
        for relation in &contents.relations {
            let key = (relation.from.to_string(), relation.kind.to_string(), relation.to.to_string());
            facts.entry(key).or_default().extend(relation.controls.iter().map(ToString::to_string));
        }
        let failure: BTreeMap<String, usize> = contents
            .controls
            .iter()
            .map(|control| (control.id.to_string(), self.variable(fails(control))))
            .collect();
        let kinds: BTreeMap<String, &AssetKind> =
            contents.assets.iter().map(|asset| (asset.id.to_string(), &asset.kind)).collect();
        for ((from, kind, to), controls) in facts {
            // A control nobody describes guards nothing.
            let variables: Vec<usize> =
                controls.iter().filter_map(|control| failure.get(control).copied()).collect();
            for (needs, gives) in meaning(&kind, &from, kinds[&from], &to, kinds[&to]) {
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
            let mut failing: Vec<f64> = contents
                .controls
                .iter()
                .filter(|control| control.protects.contains(&finding.asset))
                .map(fails)
                .collect();
            failing.sort_by(f64::total_cmp);
            let past = match failing.first() {
                Some(strongest) => 0.8 * failing.iter().product::<f64>() + 0.2 * strongest,
                None => 1.0,
            };
            let own = exploit.local.unwrap().get() * exploit.success.unwrap().get() * past;
            let variables = vec![threats[finding.weakness.id.as_str()], self.variable(own)];
            let gives =
                (exploit.opens.as_ref().map_or(asset.clone(), ToString::to_string), exploit.gives.unwrap());
            let needs = vec![(asset, exploit.needs.unwrap())];
            self.steps.push(Move { needs, variables, gives });
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
            if asset.criticality.is_none() {
                continue;
            }
            let ways: &[(&str, Access)] = match asset.kind {
                AssetKind::Identity | AssetKind::Group => &[("used", Access::Use)],
                _ => &[("disclosed", Access::Use), ("taken", Access::Control), ("down", Access::Down)],
            };
            for (word, access) in ways {
                let when = Trigger::State { asset: asset.id.clone(), access: *access };
                self.events.insert(format!("{word}:{}", asset.id), when);
            }
        }
    }
}

/// The chance that a control fails: as stated, or as its tests say, one success and one failure assumed beforehand.
fn fails(control: &Control) -> f64 {
    let (blocked, bypassed) = (f64::from(control.blocked), f64::from(control.bypassed));
    control.stops.map_or(1.0 - (1.0 + blocked) / (2.0 + blocked + bypassed), |stops| 1.0 - stops.get())
}

/// What a relation lets an attacker do.
fn meaning(
    kind: &str,
    from: &str,
    from_kind: &AssetKind,
    to: &str,
    to_kind: &AssetKind,
) -> Vec<(Vec<Held>, Held)> {
    use Access::{Control, Down, Reach, Use};
    use AssetKind as A;
    let at_from = |access| (from.to_owned(), access);
    let at_to = |access| (to.to_owned(), access);
    match kind {
        "reaches" if *from_kind == A::NetworkZone => vec![(vec![at_from(Reach)], at_to(Reach))],
        "reaches" => vec![(vec![at_from(Use)], at_to(Reach))],
        "runs_on" => vec![
            (vec![at_to(Control)], at_from(Control)),
            (vec![at_to(Down)], at_from(Down)),
            (vec![at_from(Use)], at_to(Reach)),
        ],
        "member_of" | "reads" => vec![(vec![at_from(Use)], at_to(Use))],
        "can_assume" => match from_kind {
            A::Identity | A::Group | A::Host | A::Workload | A::Function => {
                vec![(vec![at_from(Use)], at_to(Use))]
            }
            _ => Vec::new(),
        },
        // On a machine one must also get there.
        "administers" => match to_kind {
            A::Host | A::Workload => vec![(vec![at_from(Use), at_to(Reach)], at_to(Control))],
            A::Other(_) => Vec::new(),
            _ => vec![(vec![at_from(Use)], at_to(Control))],
        },
        "writes" => vec![(vec![at_from(Use)], at_to(Control))],
        "builds" => vec![(vec![at_from(Control)], at_to(Control))],
        // From code and repositories a session is read out; from a machine only its owner takes it.
        "holds_session_of" => match from_kind {
            A::Workload | A::Function | A::Repository => vec![(vec![at_from(Use)], at_to(Use))],
            _ => vec![(vec![at_from(Control)], at_to(Use))],
        },
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
