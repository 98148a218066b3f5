//! Steps as records say them: lists of what is needed and given, techniques that controls stop, campaigns that entry points share.

use crate::{
    ROUNDING, by_event,
    mine::Mine,
    worlds::{SMALL, Scene, any_chance, cases, chance, control, exact::Worlds, scene},
};
use ctem_core::model::{Access, Accesses, AssetAccess, Contents, Relation, Technique};
use proptest::prelude::*;
use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
};

const TECHNIQUES: [&str; 4] = ["T1566", "T1078", "T1190", "T1021"];

type Held = (usize, usize);

/// A step as numbers: what it needs and gives, its technique, its chance.
pub(crate) type Drawn = (Vec<Held>, Vec<Held>, usize, f64);

/// What is drawn beside a scene, one for each of its records in turn.
#[derive(Debug, Clone)]
pub(crate) struct Beside {
    relations: Vec<Option<Drawn>>,
    flaws: Vec<Option<Drawn>>,
    /// By entry: its campaign, who falls for it, and a control.
    entries: Vec<(Option<usize>, f64, Option<usize>)>,
    campaigns: [f64; 2],
    /// By control: the techniques it stops.
    against: Vec<Vec<usize>>,
}

pub(crate) fn drawn() -> impl Strategy<Value = Drawn> {
    let held = || (0usize..16, 0usize..7);
    let (needs, gives) = (prop::collection::vec(held(), 1..=3), prop::collection::vec(held(), 1..=2));
    (needs, gives, 0..TECHNIQUES.len(), any_chance())
}

pub(crate) fn beside() -> impl Strategy<Value = Beside> {
    let entry =
        (prop::option::weighted(0.7, 0usize..2), any_chance(), prop::option::weighted(0.4, 0usize..2));
    (
        prop::collection::vec(prop::option::weighted(0.4, drawn()), 1..=9),
        prop::collection::vec(prop::option::weighted(0.5, drawn()), 1..=5),
        prop::collection::vec(entry, 1..=3),
        [any_chance(), any_chance()],
        prop::collection::vec(prop::collection::vec(0..TECHNIQUES.len(), 0..=2), 1..=2),
    )
        .prop_map(|(relations, flaws, entries, campaigns, against)| Beside {
            relations,
            flaws,
            entries,
            campaigns,
            against,
        })
}

fn technique(number: usize) -> Technique {
    TECHNIQUES[number].parse().unwrap()
}

fn list(scene: &Scene, held: &[Held]) -> Vec<AssetAccess> {
    let held: BTreeSet<_> =
        held.iter().map(|(at, access)| (scene.asset(*at), Access::ALL[*access])).collect();
    held.into_iter().map(|(asset, access)| AssetAccess::new(asset, access)).collect()
}

/// Says of a relation what it needs and gives, how, and how likely.
pub(crate) fn state(scene: &Scene, relation: &mut Relation, (needs, gives, by, p): &Drawn) {
    (relation.needs, relation.gives) = (list(scene, needs), list(scene, gives));
    (relation.technique, relation.chance) = (Some(technique(*by)), Some(chance(*p)));
}

pub(crate) fn contents(scene: &Scene, beside: &Beside) -> Contents {
    let mut contents = scene.contents();
    // How evidence moves a factor is another test's business.
    contents.evidence.clear();
    let mut seen = BTreeSet::new();
    contents
        .relations
        .retain(|relation| seen.insert((relation.from.clone(), relation.kind.clone(), relation.to.clone())));
    for (relation, drawn) in contents.relations.iter_mut().zip(beside.relations.iter().cycle()) {
        match drawn {
            Some(drawn) => {
                state(scene, relation, drawn);
                relation.controls.push(control(drawn.2 % 2));
                relation.controls.dedup();
            }
            // Which techniques the rules have is another test's business.
            None => relation.controls.clear(),
        }
    }
    for (finding, drawn) in contents.findings.iter_mut().zip(beside.flaws.iter().cycle()) {
        if let (Some(exploit), Some((needs, gives, by, _))) = (&mut finding.exploit, drawn) {
            (exploit.needs, exploit.gives) =
                (Some(Accesses::Of(list(scene, needs))), Some(Accesses::Of(list(scene, gives))));
            (exploit.technique, exploit.opens) = (Some(technique(*by)), None);
        }
    }
    for (finding, by) in contents.findings.iter_mut().zip(0..) {
        if let Some(exploit) = &mut finding.exploit {
            exploit.technique.get_or_insert_with(|| technique(by % TECHNIQUES.len()));
        }
    }
    for (control, against) in contents.controls.iter_mut().zip(beside.against.iter().cycle()) {
        control.against = against.iter().map(|number| technique(*number)).collect();
    }
    let mut seen = BTreeSet::new();
    contents.entry_points.retain(|entry| seen.insert((entry.asset.clone(), entry.access)));
    // The first is sure, so that nothing is assumed of entry.
    for (entry, (campaign, falls_for_it, behind)) in
        contents.entry_points.iter_mut().skip(1).zip(beside.entries.iter().cycle())
    {
        entry.susceptibility = chance(*falls_for_it);
        entry.controls = behind.map(control).into_iter().collect();
        if let Some(number) = campaign {
            entry.campaign = Some(format!("campaign {number}").into());
            entry.chance = chance(beside.campaigns[*number]);
        }
    }
    contents
}

#[test]
fn records_mean_what_they_say() {
    let telling = Cell::new(0);
    let strategy = (scene(SMALL), beside());
    proptest!(cases(384), |((scene, beside) in strategy)| {
        let contents = contents(&scene, &beside);
        let assessment = crate::worlds::assess(contents.clone());
        let (Some(theirs), Some(mine)) = (Worlds::of(assessment.snapshot()), Mine::of(&contents).chances()) else {
            return Err(TestCaseError::reject("too many worlds"));
        };
        let theirs = by_event(&assessment, &theirs);
        // What no event is stated of is another test's business.
        let stated: BTreeMap<_, _> = mine.iter().filter(|(id, _)| !id.contains(':')).collect();
        for (event, exact) in stated {
            telling.set(telling.get() + u32::from(*exact > 0.0 && *exact < 1.0));
            prop_assert!((theirs[event] - exact).abs() <= ROUNDING, "{event}: {} and {exact}", theirs[event]);
        }
    });
    assert!(telling.get() >= 20, "only {} events were neither sure nor impossible", telling.get());
}
