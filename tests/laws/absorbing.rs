//! Absorbing: what is known follows from what was stated, not from when or how often.

use super::statements::records;
use crate::{
    tells,
    worlds::{AS_OF, moment, report},
};
use ctem_core::{
    Environment, Program, discover,
    intel::Intel,
    model::{Contents, Record},
    wire,
};
use proptest::prelude::*;

fn contents(records: impl IntoIterator<Item = Record>) -> Contents {
    let mut contents = Contents::default();
    records.into_iter().for_each(|record| contents.push(record));
    contents
}

/// The program that absorbed these records as so many reports.
fn absorbed(records: &[Record], cuts: &[usize]) -> Program {
    let mut program = Program::new(Intel::none());
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (records.len() + 1)).collect();
    cuts.extend([0, records.len()]);
    cuts.sort_unstable();
    for part in cuts.windows(2) {
        program.absorb(report(contents(records[part[0]..part[1]].to_vec())));
    }
    program
}

fn bytes(program: &Program) -> (String, String) {
    let assessment = program.assess(moment(AS_OF)).unwrap();
    let options = wire::DocumentOptions { at_most: 1000, explained: true, ..Default::default() };
    (wire::environment(program.environment()), wire::assessment(&assessment, &options))
}

fn shuffled(most: usize) -> impl Strategy<Value = (Vec<Record>, Vec<Record>)> {
    records(most).prop_flat_map(|records| (Just(records.clone()), Just(records).prop_shuffle()))
}

laws! {
    in 512 cases;

    #[test]
    fn the_order_of_reports_and_of_records_never_matters(
        (one, other) in shuffled(9), cuts in prop::collection::vec(0usize..16, 0..3), others in prop::collection::vec(0usize..16, 0..3),
    ) telling 65 {
        tells(one != other);
        let (one, other) = (bytes(&absorbed(&one, &cuts)), bytes(&absorbed(&other, &others)));
        prop_assert_eq!(one, other);
    }

    #[test]
    fn absorbing_the_same_again_changes_nothing(records in records(12)) {
        let mut program = absorbed(&records, &[]);
        let before = bytes(&program);
        let again = program.absorb(report(contents(records)));
        prop_assert_eq!(again.tally.merged, again.tally.read, "{}", again.tally);
        prop_assert_eq!(bytes(&program), before);
    }

    #[test]
    fn records_read_are_accepted_merged_or_rejected(records in records(12)) telling 25 {
        let contents = contents(records);
        let read = contents.len() as u64;
        let absorbed = discover::absorb(&mut Environment::new(), report(contents));
        let tally = absorbed.tally;
        tells(tally.merged + tally.rejected > 0);
        prop_assert_eq!(tally.read, read);
        prop_assert_eq!(tally.read, tally.accepted + tally.merged + tally.rejected);
    }

    #[test]
    fn an_environment_written_and_read_again_is_the_same(records in records(12)) telling 70 {
        let program = absorbed(&records, &[]);
        let before = bytes(&program);
        let document = discover::read(before.0.as_bytes()).unwrap();
        prop_assert!(document.notes.is_empty(), "{:?}", document.notes);
        tells(program.environment().findings().count() > 0);
        let mut again = Program::new(Intel::none());
        let absorbed = again.absorb(document);
        // What was stated under several names is written as it was stated, and comes together again.
        prop_assert_eq!(absorbed.tally.rejected, 0, "{}", absorbed.tally);
        prop_assert_eq!(again.environment().contents(), program.environment().contents());
        prop_assert_eq!(&bytes(&again), &before);
        let by_serde: Environment = serde_json::from_str(&serde_json::to_string(program.environment()).unwrap()).unwrap();
        prop_assert_eq!(wire::environment(&by_serde), before.0);
    }

    #[test]
    fn a_program_written_between_two_reports_goes_on_as_if_it_had_not_been(records in records(12), cut in 0..12usize) telling 50 {
        let (first, second) = records.split_at(cut % (records.len() + 1));
        tells(!first.is_empty() && !second.is_empty());
        let mut went_on = absorbed(first, &[]);
        let mut again = Program::new(Intel::none());
        again.absorb(discover::read(bytes(&went_on).0.as_bytes()).unwrap());
        for program in [&mut went_on, &mut again] {
            program.absorb(report(contents(second.to_vec())));
        }
        prop_assert_eq!(bytes(&again), bytes(&went_on));
        prop_assert_eq!(again.environment().contents(), went_on.environment().contents());
    }

    #[test]
    fn what_one_finding_is_known_by_leads_to_it_alone(records in records(12)) telling 50 {
        let program = absorbed(&records, &[]);
        tells(program.environment().findings().count() > 1);
        for finding in program.environment().findings() {
            for id in finding.id.iter().chain(&finding.also) {
                prop_assert_eq!(program.environment().finding(id).unwrap(), finding);
            }
        }
    }
}

#[test]
fn the_same_finding_from_five_tools_is_one_finding_with_five_sources() {
    let tools = ["trivy", "grype", "snyk", "nessus", "osv"];
    let seen = |tool: &str| {
        let name = if tool == "grype" { "GHSA-jfh8-c2jp-5v3q" } else { "CVE-2021-44228" };
        let alias = if tool == "osv" { "[\"GHSA-jfh8-c2jp-5v3q\"]" } else { "[]" };
        format!(
            r#"{{"ctem": {{"version": 1}}, "assets": [{{"id": "web-1", "kind": "host"}}], "findings": [{{"asset": "web-1",
                "weakness": {{"id": "{name}", "aliases": {alias}}},
                "component": {{"name": "org.apache/log4j-core", "version": "2.14.1"}},
                "sightings": [{{"source": "{tool}"}}]}}]}}"#
        )
    };
    for start in 0..tools.len() {
        let mut program = Program::new(Intel::none());
        for n in 0..tools.len() {
            program.absorb(discover::read(seen(tools[(start + n) % tools.len()]).as_bytes()).unwrap());
        }
        let findings: Vec<_> = program.environment().findings().collect();
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].weakness.id.as_str(), "CVE-2021-44228");
        let mut sources: Vec<_> = findings[0].sightings.iter().map(|sighting| &*sighting.source).collect();
        sources.sort_unstable();
        assert_eq!(sources, ["grype", "nessus", "osv", "snyk", "trivy"]);
    }
}
