//! Exploitability against tables worked out by hand: evidence in log-odds, hazard over horizons, controls that stand together.

use crate::worlds::{self, assess_with, chance, moment};
use ctem_core::{
    Days, Moment,
    id::{AssetId, ControlId, FindingId, WeaknessId},
    intel::Intel,
    model::{
        Access, Asset, AssetKind, Attacker, Contents, Control, EntryPoint, Evidence, Exploit, Finding,
        Outcome, Weakness, WeaknessKind,
    },
    prioritize::{AssessOptions, Row, score},
};

/// One finding whose factors are stated.
fn one(threat: f64, local: f64, success: f64) -> Contents {
    let host = AssetId::parse("host").unwrap();
    let mut contents = Contents::default();
    contents.assets.push(Asset::new(host.clone(), AssetKind::Host));
    contents.entry_points.push(EntryPoint::new(host.clone(), Access::Reach, Attacker::Internet));
    let weakness = Weakness::new(WeaknessId::parse("CVE-2024-1").unwrap(), WeaknessKind::Vulnerability);
    let mut finding = Finding::new(host, weakness);
    finding.id = Some(FindingId::parse("f").unwrap());
    let mut exploit = Exploit { threat: Some(chance(threat)), ..Exploit::default() };
    (exploit.local, exploit.success) = (Some(chance(local)), Some(chance(success)));
    finding.exploit = Some(Box::new(exploit));
    contents.findings.push(finding);
    contents
}

fn likelihood(contents: Contents, horizon: f64) -> f64 {
    let options = AssessOptions { horizon: Days::new(horizon).unwrap(), ..AssessOptions::default() };
    assess_with(contents, options).ranked().next().unwrap().likelihood.get()
}

fn tested(local: f64, outcome: Outcome, trust: Option<(f64, f64)>) -> f64 {
    let mut contents = one(1.0, local, 1.0);
    let at: Moment = moment(worlds::AS_OF);
    let mut evidence = Evidence::new(FindingId::parse("f").unwrap(), "bas", outcome, at);
    evidence.sensitivity = trust.map(|(sensitivity, _)| chance(sensitivity));
    evidence.specificity = trust.map(|(_, specificity)| chance(specificity));
    contents.evidence.push(evidence);
    likelihood(contents, 30.0)
}

#[test]
fn evidence_moves_belief_as_bayes_theorem_does() {
    for (prior, exploited, blocked) in [(0.20, 0.957, 0.025), (0.60, 0.993, 0.132), (0.02, 0.648, 0.002)] {
        assert!((tested(prior, Outcome::Exploited, None) - exploited).abs() < 1e-3);
        assert!((tested(prior, Outcome::Blocked, None) - blocked).abs() < 1e-3);
    }
    for (sensitivity, specificity) in [(0.9, 0.99), (0.7, 0.95), (0.5, 0.5), (0.99, 0.6)] {
        for prior in [0.001, 0.02, 0.2, 0.6, 0.999] {
            let trust = Some((sensitivity, specificity));
            let hit = prior * sensitivity / (prior * sensitivity + (1.0 - prior) * (1.0 - specificity));
            let missed = prior * (1.0 - sensitivity);
            let miss = missed / (missed + (1.0 - prior) * specificity);
            assert!((tested(prior, Outcome::Exploited, trust) - hit).abs() < 1e-12);
            assert!((tested(prior, Outcome::Blocked, trust) - miss).abs() < 1e-12);
        }
    }
}

#[test]
fn a_threat_meets_another_horizon_by_its_hazard() {
    for (month, days, published, digits) in
        [(0.01, 365.0, 0.115, 5e-4), (0.1, 365.0, 0.722, 5e-4), (0.95, 1.0, 0.095, 5e-4)]
    {
        let scaled = likelihood(one(month, 1.0, 1.0), days);
        assert!((scaled - published).abs() < digits, "{scaled}");
        let exact = 1.0 - f64::powf(1.0 - month, days / 30.0);
        assert!((scaled - exact).abs() < 1e-12, "{scaled} and {exact}");
    }
    // What is local does not grow with time.
    assert_eq!(likelihood(one(1.0, 0.5, 0.5), 365.0), 0.25);
}

/// A CVE of 2015, looked at in 2026: its threat in 30 days.
fn threat_of_an_old_cve(vector: &str, epss: Option<f64>, published: &str) -> f64 {
    let row = Row {
        cve: Some("CVE-2015-0001".parse().unwrap()),
        cvss: (!vector.is_empty()).then(|| vector.parse().unwrap()),
        epss: epss.map(chance),
        published: Some(moment(published)),
        as_of: Some(moment("2026-11-27")),
        ..Row::default()
    };
    score(&row, &Intel::none(), Days::THIRTY).term.find("threat").unwrap().value
}

#[test]
fn an_old_cve_without_epss_has_the_base_rate_of_its_category() {
    // Of 31,997 CVEs 31 were listed within 667 days, in 30 days 4.4e-5; times the ratio of its category, one after the other.
    for (vector, ratio, floor) in [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 5.1, 0.09),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:H/I:H/A:H", 3.1, 0.09),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:L/A:N", 1.4, 0.027),
        ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 0.86, 0.02),
        ("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:L/I:N/A:N", 0.19, 0.004),
        ("", 1.0, 0.004),
    ] {
        let odds = 4.4e-5 / (1.0 - 4.4e-5) * ratio;
        let old = threat_of_an_old_cve(vector, None, "2015-06-01");
        assert!((old / (odds / (1.0 + odds)) - 1.0).abs() < 1e-9, "{vector}: {old}");
        // The day its year is over, what EPSS had not seen counts no more.
        assert_eq!(threat_of_an_old_cve(vector, None, "2025-11-27"), old);
        assert_eq!(threat_of_an_old_cve(vector, None, "2025-11-28"), floor);
        // EPSS takes its place, higher or lower.
        for epss in [1e-5, 0.2] {
            assert_eq!(threat_of_an_old_cve(vector, Some(epss), "2015-06-01"), epss);
        }
    }
}

#[test]
fn all_controls_in_front_must_fail() {
    for (stops, fails) in
        [(vec![0.9], 0.1), (vec![0.9, 0.5], 0.05), (vec![0.9, 0.5, 0.0], 0.05), (vec![1.0, 0.5], 0.0)]
    {
        let mut contents = one(1.0, 1.0, 1.0);
        for (n, stops) in stops.iter().enumerate() {
            let mut control = Control::new(ControlId::parse(&format!("c{n}")).unwrap());
            control.stops = Some(chance(*stops));
            control.protects.push(AssetId::parse("host").unwrap());
            contents.controls.push(control);
        }
        let assessment = assess_with(contents, AssessOptions::default());
        let happens = assessment.loss_events()[0].chance.value();
        assert!((happens - fails).abs() < 1e-12, "{stops:?}: {happens}");
    }
    let mut learned = Control::new(ControlId::parse("c").unwrap());
    (learned.blocked, learned.bypassed) = (8, 1);
    assert!((learned.effectiveness().get() - 9.0 / 11.0).abs() < 1e-15);
}
