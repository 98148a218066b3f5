//! Exploitability against tables worked out by hand: evidence in log-odds, hazard over horizons, controls that stand together.

use crate::worlds::{self, assess_with, chance, moment};
use ctem_core::{
    Days, Moment,
    id::{AssetId, ControlId, FindingId, WeaknessId},
    model::{
        Access, Asset, AssetKind, Attacker, Contents, Control, EntryPoint, Evidence, Exploit, Finding,
        Outcome, Weakness, WeaknessKind,
    },
    prioritize::AssessOptions,
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
