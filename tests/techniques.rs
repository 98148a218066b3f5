//! The technique the engine names for a flaw, against the one that people named who looked at how it was exploited.

mod corpora;
mod manual;

use ctem_core::{
    Environment, Loss, Probability, Program,
    backtest::Measured,
    cvss::Vector,
    intel::Intel,
    model::{Access, AssetKind, Attacker, LossSize, Technique, TechniqueStatus, Weakness, WeaknessKind},
    prioritize::PathOptions,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read,
};

/// The technique of the step that a vector describes, whatever the step gives; nothing where it describes none.
fn chosen(vector: Vector) -> Option<Technique> {
    [Access::Reach, Access::Use].into_iter().find_map(|held| {
        [Access::Control, Access::Use, Access::Down].into_iter().find_map(|gained| {
            let flaw = Weakness {
                cvss: vec![vector],
                ..Weakness::new("CVE-2024-0001".parse().unwrap(), WeaknessKind::Vulnerability)
            };
            let size = LossSize::known(Loss::new(1.0, "EUR".parse().unwrap()).unwrap());
            let environment = Environment::builder()
                .asset("host", AssetKind::Host)
                .entry_point("host", held, Attacker::Internet)
                .finding("flaw", "host", flaw)
                .loss("service", "loss", size, "host", gained)
                .build()
                .unwrap();
            let today = Program::with_environment(environment, Intel::none())
                .assess("2025-11-13".parse().unwrap())
                .unwrap();
            let event = today.loss_events().into_iter().next()?.stake.event.id.clone();
            let paths = today.paths(&event, &PathOptions::default()).ok()?;
            let hop =
                paths.list.into_iter().flat_map(|path| path.hops).find(|hop| hop.finding().is_some())?;
            hop.technique
        })
    })
}

#[test]
fn a_vector_has_the_technique_of_its_step() {
    let of = |text: &str| {
        chosen(format!("CVSS:3.1/{text}").parse().unwrap()).map(|technique| technique.to_string())
    };
    assert_eq!(of("AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H").as_deref(), Some("T1190"));
    assert_eq!(of("AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H").as_deref(), Some("T1068"));
    assert_eq!(of("AV:P/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L"), None);
}

/// CTID's mappings of KEV (Mappings Explorer, 2025-07-28, half of the CVEs) where Vulnrichment of 2024-10-24 has a vector: the table of
/// the manual's chapter on back-tests.
#[test]
#[ignore = "needs the corpora: name their folder in CTEM_CORPORA"]
fn techniques_agree_with_those_that_people_named_as_the_manual_says() {
    let mut text = String::new();
    let packed = corpora::file("intel/vulnrichment_2024-10-24.csv.gz");
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut text).unwrap();
    let mut vectors: BTreeMap<String, Vector> = BTreeMap::new();
    for row in csv::Reader::from_reader(text.as_bytes()).records() {
        let row = row.unwrap();
        vectors.extend(row[5].parse().ok().map(|vector| (row[0].to_owned(), vector)));
    }
    let mapped = corpora::file("intel/kev_attack_2025-07-28.tsv");
    let mut named: BTreeMap<(bool, String), BTreeSet<Technique>> = BTreeMap::new();
    for row in csv::ReaderBuilder::new().delimiter(b'\t').from_reader(mapped.as_slice()).records() {
        let row = row.unwrap();
        let technique: Technique = row[1].parse().unwrap();
        assert_eq!(technique.status(), Some(TechniqueStatus::Current), "{technique} has a name of 2025");
        for exploited in [true, false] {
            if !exploited || &row[2] == "exploitation_technique" {
                named.entry((exploited, row[0].to_owned())).or_default().insert(technique);
            }
        }
    }
    let always: Technique = "T1190".parse().unwrap();
    let mut known: BTreeMap<Vector, Option<Technique>> = BTreeMap::new();
    let mut shown = String::from(
        "| named by people | technique here | n | exact | same parent | a common tactic |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for (exploited, words) in [(true, "how it is exploited"), (false, "that, and what it leads to")] {
        for fixed in [None, Some(always)] {
            let (mut of, mut hits) = (0.0, [0.0; 3]);
            for ((kind, cve), people) in &named {
                let Some(vector) = vectors.get(cve).filter(|_| *kind == exploited) else { continue };
                of += 1.0;
                let ours = fixed.or_else(|| *known.entry(*vector).or_insert_with(|| chosen(*vector)));
                let Some(ours) = ours else { continue };
                let tactics: BTreeSet<_> = people.iter().flat_map(|technique| technique.tactics()).collect();
                let agrees = [
                    people.contains(&ours),
                    people.iter().any(|technique| technique.parent() == ours.parent()),
                    ours.tactics().any(|tactic| tactics.contains(&tactic)),
                ];
                hits.iter_mut().zip(agrees).for_each(|(hits, agrees)| *hits += f64::from(u8::from(agrees)));
            }
            let shares = hits.map(|hits| {
                let share = Measured::share(hits, of, Probability::new(0.95).unwrap());
                format!("{hits}: {:.2} [{:.2}, {:.2}]", share.value, share.lower, share.upper)
            });
            let ours = if fixed.is_some() { "T1190 for all" } else { "of the vector" };
            shown += &format!("| {words} | {ours} | {of} | {} |\n", shares.join(" | "));
        }
    }
    println!("{shown}");
    manual::holds("techniques", &shown);
}
