//! Seen, not seen, gone.

use crate::{apply, bytes, day, full, said, scan};
use ctem_core::{
    Program,
    model::{Status, WeaknessKind},
    program::{Accepted, Claimed, Coverage, Covers, Ending, Event, Happened, What},
};

fn flaws(list: &[&str]) -> String {
    format!(r#""findings": [{}]"#, list.join(","))
}

fn flaw(id: &str) -> String {
    format!(
        r#"{{"asset": "shop", "weakness": {{"id": "{id}"}}, "component": {{"name": "openssl", "version": "3.0.1"}}}}"#
    )
}

fn at(path: &str, line: u32) -> String {
    format!(
        r#"{{"asset": "shop", "weakness": {{"id": "semgrep:sql", "kind": "code_flaw"}}, "location": {{"path": "{path}", "line": {line}}}}}"#
    )
}

fn only(program: &Program) -> &ctem_core::program::Course {
    let courses: Vec<_> = program.courses().collect();
    assert_eq!(courses.len(), 1, "{courses:?}");
    courses[0]
}

#[test]
fn the_same_report_again_changes_nothing_but_when_it_was_last_seen() {
    let mut program = Program::default();
    let list = flaws(&[&flaw("CVE-2024-0001"), &flaw("CVE-2024-0002")]);
    apply(&mut program, full(1, "trivy", &list));
    let before: Vec<_> = program.courses().cloned().collect();
    let environment = ctem_core::wire::environment(program.environment());
    let again = apply(&mut program, full(2, "trivy", &list));
    assert!(again.is_empty() && again.happened.is_empty(), "{again:?}");
    assert_eq!(ctem_core::wire::environment(program.environment()), environment);
    for (mut was, now) in before.into_iter().zip(program.courses()) {
        was.last = day(2);
        was.views.values_mut().for_each(|view| view.last = day(2));
        assert_eq!(&was, now);
    }
}

#[test]
fn what_was_looked_for_and_is_not_listed_is_gone_that_day() {
    let mut program = Program::default();
    apply(&mut program, full(1, "trivy", &flaws(&[&flaw("CVE-2024-0001")])));
    let delta = apply(&mut program, full(4, "trivy", &flaws(&[])));
    assert_eq!(delta.ended.len(), 1);
    let spell = only(&program).spells[0];
    assert_eq!((spell.from, spell.until, spell.how), (day(1), Some(day(4)), Some(Ending::Absent)));
    assert_eq!(program.environment().finding_count(), 0);
}

#[test]
fn a_report_ends_nothing_that_it_did_not_look_at() {
    let other = r#"{"asset": "web", "weakness": {"id": "gitleaks:key", "kind": "secret"}, "location": {"path": "a", "line": 1}}"#;
    let list = flaws(&[&flaw("CVE-2024-0001"), other]);
    let looked = |assets: Option<&str>, kinds: Option<WeaknessKind>| Coverage {
        assets: assets.map(|asset| [asset.parse().unwrap()].into()),
        kinds: kinds.map(|kind| [kind].into()),
        ..Coverage::everything()
    };
    for (covers, left) in [
        (Covers::Nothing, 2),
        // The native document covers nothing by itself.
        (Covers::AsFormat, 2),
        (Covers::Stated(looked(Some("db"), None)), 2),
        (Covers::Stated(looked(Some("web"), None)), 1),
        (Covers::Stated(looked(None, Some(WeaknessKind::Secret))), 1),
        (Covers::Stated(looked(Some("shop"), Some(WeaknessKind::Secret))), 2),
        (Covers::Stated(Coverage::everything()), 0),
    ] {
        let mut program = Program::default();
        apply(&mut program, full(1, "trivy", &list));
        apply(&mut program, scan(day(2), said("trivy", &flaws(&[])), covers.clone()));
        assert_eq!(program.courses().filter(|course| course.stands()).count(), left, "{covers:?}");
        // Another tool's looking says nothing of what this one lists.
        let mut program = Program::default();
        apply(&mut program, full(1, "trivy", &list));
        apply(&mut program, scan(day(2), said("grype", &flaws(&[])), covers));
        assert_eq!(program.courses().filter(|course| course.stands()).count(), 2);
    }
}

#[test]
fn a_scanner_report_covers_what_its_format_looks_for() {
    let leak = |n: u32| {
        format!(
            r#"{{"Description": "AWS", "RuleID": "aws", "File": "deploy.sh", "StartLine": {n}, "Secret": "AKIAIOSFODNN7NOTAREALSECRET{n}", "Match": "x", "Fingerprint": "f{n}"}}"#
        )
    };
    let read = |list: &[String]| {
        let options = ctem_core::discover::ReadOptions {
            asset: Some("shop".parse().unwrap()),
            format: Some("gitleaks".into()),
            ..Default::default()
        };
        ctem_core::discover::read_with(format!("[{}]", list.join(",")).as_bytes(), &options).unwrap()
    };
    let mut program = Program::default();
    apply(&mut program, full(0, "trivy", &flaws(&[&flaw("CVE-2024-0001")])));
    apply(&mut program, Event::absorbed(day(1), read(&[leak(1), leak(2)])));
    let delta = apply(&mut program, Event::absorbed(day(2), read(&[leak(1)])));
    assert_eq!(delta.ended.len(), 1);
    assert_eq!(program.courses().filter(|course| course.stands()).count(), 2);
}

#[test]
fn a_finding_that_comes_back_is_the_same_and_its_clock_runs_from_first_sight() {
    let mut program = Program::default();
    let list = flaws(&[&flaw("CVE-2024-0001")]);
    apply(&mut program, full(1, "trivy", &list));
    apply(&mut program, full(3, "trivy", &flaws(&[])));
    let delta = apply(&mut program, full(7, "trivy", &list));
    let finding = only(&program).finding.clone();
    let reopened = Happened::Reopened { finding, first: day(1), gone: day(3), claimed: false };
    assert_eq!(delta.happened, [reopened]);
    assert_eq!(delta.appeared[0].why.iter().map(|why| why.name()).collect::<Vec<_>>(), ["reopened"]);
    assert_eq!((only(&program).first, only(&program).spells.len()), (day(1), 2));
}

#[test]
fn what_was_claimed_done_and_is_still_seen_is_told() {
    let mut program = Program::default();
    let list = flaws(&[&flaw("CVE-2024-0001")]);
    apply(&mut program, full(1, "trivy", &list));
    let finding = only(&program).finding.clone();
    let claimed =
        apply(&mut program, Event::new(day(2), What::ClaimedDone(Claimed::of(vec![finding.clone()]))));
    assert!(claimed.is_empty() && only(&program).stands());
    let delta = apply(&mut program, full(3, "trivy", &list));
    assert_eq!(delta.happened, [Happened::ClaimRefuted { finding: finding.clone(), claimed: day(2) }]);
    apply(&mut program, Event::new(day(4), What::ClaimedDone(Claimed::of(vec![finding.clone()]))));
    apply(&mut program, full(5, "trivy", &flaws(&[])));
    let back = apply(&mut program, full(6, "trivy", &list));
    assert_eq!(back.happened, [Happened::Reopened { finding, first: day(1), gone: day(5), claimed: true }]);
}

#[test]
fn severity_title_and_line_change_no_identity() {
    let mut program = Program::default();
    let told = |line: u32, severity: &str, title: &str| {
        format!(
            r#""findings": [{{"asset": "shop", "weakness": {{"id": "semgrep:sql", "kind": "code_flaw", "severity": "{severity}", "title": "{title}"}},
                "location": {{"path": "a.py", "line": {line}}}}}]"#
        )
    };
    apply(&mut program, full(1, "semgrep", &told(10, "low", "SQL")));
    let name = only(&program).finding.clone();
    for (n, line, severity) in [(2, 12, "low"), (3, 12, "high"), (4, 40, "critical"), (5, 10, "low")] {
        let delta = apply(&mut program, full(n, "semgrep", &told(line, severity, "SQL injection")));
        assert!(delta.appeared.is_empty() && delta.ended.is_empty(), "{delta:?}");
        assert_eq!((&only(&program).finding, only(&program).spells.len()), (&name, 1));
        assert!(program.environment().finding(&name).is_some());
    }
    // It moved back to where it was: gone and back, it still goes by its name.
    apply(&mut program, full(6, "semgrep", &flaws(&[])));
    apply(&mut program, full(7, "semgrep", &told(10, "low", "SQL")));
    assert_eq!((only(&program).first, only(&program).spells.len()), (day(1), 2));
}

#[test]
fn a_version_that_is_weak_too_has_the_same_finding() {
    let mut program = Program::default();
    apply(&mut program, full(1, "trivy", &flaws(&[&flaw("CVE-2024-0001")])));
    let newer = flaw("CVE-2024-0001").replace("3.0.1", "3.0.2");
    let delta = apply(&mut program, full(2, "trivy", &flaws(&[&newer])));
    assert!(matches!(&*delta.happened, [Happened::Moved { .. }]), "{:?}", delta.happened);
    assert_eq!(only(&program).first, day(1));
}

#[test]
fn what_could_be_either_of_two_is_neither() {
    let mut program = Program::default();
    apply(&mut program, full(1, "semgrep", &flaws(&[&at("a.py", 10), &at("a.py", 20)])));
    apply(&mut program, full(2, "semgrep", &flaws(&[&at("a.py", 15)])));
    let standing: Vec<_> = program.courses().filter(|course| course.stands()).collect();
    assert_eq!((program.courses().count(), standing.len(), standing[0].first), (3, 1, day(2)));
}

#[test]
fn a_finding_that_moves_for_one_source_stays_where_another_sees_it() {
    let mut program = Program::default();
    apply(&mut program, full(1, "semgrep", &flaws(&[&at("a.py", 10)])));
    apply(&mut program, full(2, "sonar", &flaws(&[&at("a.py", 10)])));
    apply(&mut program, full(3, "semgrep", &flaws(&[&at("a.py", 12)])));
    // Nothing is lost: what the two list is there, both.
    assert_eq!(program.environment().finding_count(), 2);
    apply(&mut program, full(4, "sonar", &flaws(&[&at("a.py", 12)])));
    assert_eq!(program.environment().finding_count(), 1);
}

#[test]
fn two_scanners_that_disagree_are_both_shown() {
    let mut program = Program::default();
    let list = flaws(&[&flaw("CVE-2024-0001")]);
    apply(&mut program, full(1, "trivy", &list));
    apply(&mut program, full(1, "grype", &list));
    let delta = apply(&mut program, full(2, "grype", &flaws(&[])));
    let finding = only(&program).finding.clone();
    let disagree = Happened::Disagree { finding, seen_by: vec!["trivy".into()], not_by: "grype".into() };
    assert_eq!(delta.happened, [disagree]);
    let course = only(&program);
    assert!(course.stands() && course.views["trivy"].sees() && !course.views["grype"].sees());
    assert_eq!(course.views["grype"].absent, Some(day(2)));
    let delta = apply(&mut program, full(3, "trivy", &flaws(&[])));
    assert_eq!((delta.ended.len(), only(&program).stands()), (1, false));
}

#[test]
fn what_a_source_calls_fixed_is_gone_and_was_not_seen() {
    let mut program = Program::default();
    let told = |status: &str| {
        flaws(&[&flaw("CVE-2024-0001").replacen('{', &format!(r#"{{"status": "{status}", "#), 1)])
    };
    apply(&mut program, full(1, "trivy", &told("open")));
    let delta = apply(&mut program, full(2, "trivy", &told("fixed")));
    let finding = only(&program).finding.clone();
    assert_eq!(delta.happened, [Happened::Ended { finding, how: Ending::Fixed }]);
    let course = only(&program);
    assert_eq!((course.last, course.views["trivy"].sees()), (day(1), false));
}

#[test]
fn what_is_accepted_stays_a_risk_and_expires_back() {
    let mut program = Program::default();
    apply(&mut program, full(1, "trivy", &flaws(&[&flaw("CVE-2024-0001")])));
    let finding = only(&program).finding.clone();
    let accepted = Accepted { until: Some(day(5)), ..Accepted::of(finding.clone()) };
    let delta = apply(&mut program, Event::new(day(2), What::Accepted(accepted)));
    assert!(delta.is_empty());
    let status = |program: &Program| program.environment().finding(&finding).unwrap().status;
    assert_eq!(status(&program), Status::Accepted);
    apply(&mut program, full(3, "trivy", &flaws(&[&flaw("CVE-2024-0001")])));
    assert_eq!(status(&program), Status::Accepted);
    let delta = apply(&mut program, Event::new(day(6), What::TimePassed));
    assert_eq!(
        delta.happened,
        [Happened::AcceptanceEnded { finding: finding.clone(), at: day(5), how: None }]
    );
    assert_eq!(status(&program), Status::Open);
}

#[test]
fn a_source_that_corrects_itself_is_corrected() {
    let mut program = Program::default();
    let told = |kev: bool| {
        format!(
            r#""findings": [{{"asset": "shop", "weakness": {{"id": "CVE-2024-0001", "known_exploited": {kev}}}}}]"#
        )
    };
    apply(&mut program, full(1, "trivy", &told(true)));
    apply(&mut program, full(2, "trivy", &told(false)));
    assert!(program.environment().findings().all(|finding| !finding.weakness.known_exploited));
}

#[test]
fn what_was_known_before_the_first_event_was_seen_by_then_and_is_no_news() {
    let mut program = Program::default();
    let list = r#""findings": [{"asset": "shop", "weakness": {"id": "CVE-2024-0001"}, "sightings": [{"source": "trivy"}]}]"#;
    program.absorb(said("trivy", list));
    let before = bytes(&program);
    let delta = apply(&mut program, Event::new(day(3), What::TimePassed));
    assert!(delta.is_empty() && delta.happened.is_empty(), "{delta:?}");
    assert_eq!(only(&program).first, day(3));
    assert_eq!(before.lines().next(), bytes(&program).lines().next());
    // A scan of its source ends it.
    apply(&mut program, full(4, "trivy", &flaws(&[])));
    assert!(!only(&program).stands());
}
