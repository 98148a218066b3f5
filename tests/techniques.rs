//! The technique the engine names for a flaw, against the one that people named who looked at how it was exploited.

mod corpora;
mod manual;

use ctem_core::{
    Environment, Loss, Probability, Program,
    backtest::Measured,
    cvss::Vector,
    intel::Intel,
    model::{
        Access, AssetKind, Attacker, LossSize, Tactic, Technique, TechniqueStatus, Weakness, WeaknessKind,
    },
    prioritize::PathOptions,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read,
};

/// The technique of the step that a vector describes, whatever the step gives; nothing where it describes none.
fn chosen(vector: Vector) -> Option<Technique> {
    described(vector, &[Access::Control, Access::Use, Access::Down]).map(|(technique, _)| technique)
}

/// The technique of the step that a vector describes, and the first of some accesses that it gives.
fn described(vector: Vector, gives: &[Access]) -> Option<(Technique, Access)> {
    [Access::Reach, Access::Use].into_iter().find_map(|held| {
        gives.iter().find_map(|gained| {
            let flaw = Weakness {
                cvss: vec![vector],
                ..Weakness::new("CVE-2024-0001".parse().unwrap(), WeaknessKind::Vulnerability)
            };
            let size = LossSize::known(Loss::new(1.0, "EUR".parse().unwrap()).unwrap());
            let environment = Environment::builder()
                .asset("host", AssetKind::Host)
                .entry_point("host", held, Attacker::Internet)
                .finding("flaw", "host", flaw)
                .loss("service", "loss", size, "host", *gained)
                .build()
                .unwrap();
            let today = Program::with_environment(environment, Intel::none())
                .assess("2025-11-13".parse().unwrap())
                .unwrap();
            let event = today.loss_events().into_iter().next()?.stake.event.id.clone();
            let paths = today.paths(&event, &PathOptions::default()).ok()?;
            let hop =
                paths.list.into_iter().flat_map(|path| path.hops).find(|hop| hop.finding().is_some())?;
            Some((hop.technique?, *gained))
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

/// By CVE: the vector that Vulnrichment of 2024-10-24 has of it.
fn vectors() -> BTreeMap<String, Vector> {
    let mut text = String::new();
    let packed = corpora::file("intel/vulnrichment_2024-10-24.csv.gz");
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut text).unwrap();
    let rows = csv::Reader::from_reader(text.as_bytes()).into_records().map(Result::unwrap);
    rows.filter_map(|row| Some((row[0].to_owned(), row[5].parse().ok()?))).collect()
}

/// CTID's mappings of KEV (Mappings Explorer, 2025-07-28, half of the CVEs) where Vulnrichment of 2024-10-24 has a vector: the table of
/// the manual's chapter on back-tests.
#[test]
#[ignore = "needs the corpora: name their folder in CTEM_CORPORA"]
fn techniques_agree_with_those_that_people_named_as_the_manual_says() {
    let vectors = vectors();
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

/// What a flaw gives, as coarse as the technique tells that people say it is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Effect {
    Code,
    Reading,
    Outage,
}

impl Effect {
    /// Of a technique: what is gathered is read, what is stopped is down, and for all else code has to run.
    fn of(technique: Technique) -> Self {
        let only = |of: &[Tactic]| technique.tactics().all(|tactic| of.contains(&tactic));
        let reads = [Tactic::Collection, Tactic::CredentialAccess, Tactic::Discovery, Tactic::Exfiltration];
        if only(&reads) {
            Self::Reading
        } else if only(&[Tactic::Impact]) {
            Self::Outage
        } else {
            Self::Code
        }
    }

    fn given(access: Access) -> Self {
        match access {
            Access::Read => Self::Reading,
            Access::Down => Self::Outage,
            _ => Self::Code,
        }
    }
}

/// What a vector gives, against what people say the flaw is used for first: the second table of the same chapter.
#[test]
#[ignore = "needs the corpora: name their folder in CTEM_CORPORA"]
fn effects_agree_with_what_people_say_a_flaw_is_used_for_as_the_manual_says() {
    let vectors = vectors();
    let mapped = corpora::file("intel/kev_attack_2025-07-28.tsv");
    let mut named: BTreeMap<String, BTreeSet<Effect>> = BTreeMap::new();
    for row in csv::ReaderBuilder::new().delimiter(b'\t').from_reader(mapped.as_slice()).records() {
        let row = row.unwrap();
        if &row[2] == "primary_impact" {
            named.entry(row[0].to_owned()).or_default().insert(Effect::of(row[1].parse().unwrap()));
        }
    }
    let gives = [Access::Control, Access::Use, Access::Write, Access::Read, Access::Down];
    let mut counted: BTreeMap<Effect, [f64; 4]> = BTreeMap::new();
    for (cve, people) in &named {
        let Some(vector) = vectors.get(cve) else { continue };
        let ours = described(*vector, &gives).map(|(_, access)| Effect::given(access));
        for effect in people {
            let row = counted.entry(*effect).or_default();
            row[0] += 1.0;
            if let Some(ours) = ours {
                row[1 + ours as usize] += 1.0;
            }
        }
    }
    let mut shown = String::from(
        "| people say | n | here code | here reading | here an outage | agreed |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for (effect, [of, here @ ..]) in counted {
        let (words, hits) = match effect {
            Effect::Code => ("code", here[0]),
            Effect::Reading => ("reading", here[1]),
            Effect::Outage => ("an outage", here[2]),
        };
        let share = Measured::share(hits, of, Probability::new(0.95).unwrap());
        let agreed = format!("{:.2} [{:.2}, {:.2}]", share.value, share.lower, share.upper);
        shown += &format!("| {words} | {of} | {} | {} | {} | {agreed} |\n", here[0], here[1], here[2]);
    }
    println!("{shown}");
    manual::holds("effects", &shown);
}
