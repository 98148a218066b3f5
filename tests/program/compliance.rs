//! Checks of controls over time: what each source said last, of each account, cluster and host.

use crate::{apply, day};
use ctem_core::{
    Program, Report,
    intel::effects::Effects,
    measure::{FrameworkCompliance, FrameworkFamily, Period},
    model::ControlChecks,
    program::{Event, MeasuresOptions, Retention, What},
};

fn checks(tool: &str, checks: &[(&str, &str, &str, [u64; 3])]) -> Report {
    let mut report = Report::default();
    report.source.tool = tool.into();
    report.compliance = checks
        .iter()
        .map(|(scope, framework, control, [passed, failed, not_made])| ControlChecks {
            passed: *passed,
            failed: *failed,
            not_made: *not_made,
            ..ControlChecks::new(scope, framework, control)
        })
        .collect();
    report
}

fn compliance(program: &Program, until: i64) -> Vec<FrameworkCompliance> {
    let period = Period::new(day(0), day(until)).unwrap();
    program.measures(period, &MeasuresOptions::default()).unwrap().compliance
}

/// By framework and control, how many checks passed, of how many that were made.
type Counted = Vec<(String, Vec<(String, usize, usize)>)>;

fn counted(program: &Program, until: i64) -> Counted {
    compliance(program, until)
        .iter()
        .map(|one| {
            let of = one
                .controls
                .iter()
                .map(|control| (control.control.to_string(), control.checks.count, control.checks.of));
            (one.framework.to_string(), of.collect())
        })
        .collect()
}

#[test]
fn what_a_source_said_last_of_an_account_counts_and_is_remembered() {
    let mut program = Program::default();
    let first = [
        ("one", "CIS-2.0", "1.10", [3, 1, 0]),
        ("two", "CIS-2.0", "1.10", [5, 0, 0]),
        ("one", "CIS-2.0", "1.2", [0, 0, 2]),
    ];
    apply(&mut program, Event::absorbed(day(1), checks("prowler", &first)));
    // The first account again, better and without one of the controls.
    apply(&mut program, Event::absorbed(day(3), checks("prowler", &[("one", "CIS-2.0", "1.10", [4, 0, 0])])));
    // A report that says nothing of controls changes nothing.
    apply(&mut program, Event::absorbed(day(4), checks("prowler", &[])));
    apply(&mut program, Event::new(day(5), What::TimePassed));
    let cis = |passed, of| vec![("CIS-2.0".to_owned(), vec![("1.10".to_owned(), passed, of)])];
    assert_eq!(counted(&program, 6), cis(9, 9));
    let before = compliance(&program, 3);
    let [then] = before.as_slice() else { panic!("{before:?}") };
    assert_eq!((then.checks.count, then.checks.of, then.controls_not_seen), (8, 9, 1));
    assert_eq!((then.controls_kept.count, then.controls_kept.of), (0, 1));
    assert_eq!(then.family, Some(FrameworkFamily::Cis));
    let names: Vec<&str> = then.controls.iter().map(|control| &*control.control).collect();
    assert_eq!(names, ["1.2", "1.10"], "numbers by their size");
    assert!(then.checks.lower < 8.0 / 9.0 && 8.0 / 9.0 < then.checks.upper);
    // It is part of the program, also once history is shortened.
    program.compact(Retention { replay_from: day(5), forget_gone_before: None }).unwrap();
    let again = Program::read(program.document().unwrap().as_bytes(), Effects::default()).unwrap();
    assert_eq!(again.document().unwrap(), program.document().unwrap());
    assert_eq!(counted(&again, 6), cis(9, 9));
}

#[test]
fn a_framework_that_no_tool_speaks_of_is_seen_through_one_that_it_does() {
    let mut program = Program::default();
    let said = [
        ("", "CSF", "PR.AC-1", [3, 1, 0]),
        ("", "CSF", "PR.AC-4", [1, 0, 0]),
        ("", "CSF", "PR.PT-9", [1, 0, 0]),
        ("", "house rules", "PR.AC-1", [9, 9, 9]),
    ];
    apply(&mut program, Event::absorbed(day(1), checks("nessus", &said)));
    let all = compliance(&program, 2);
    let of: Vec<_> = all.iter().map(|one| (&*one.framework, one.through.as_deref())).collect();
    assert_eq!(of, [("CSF", None), ("house rules", None), ("NIST CSF 2.0", Some("CSF"))]);
    let two: Vec<_> =
        all[2].controls.iter().map(|one| (&*one.control, one.checks.count, one.checks.of)).collect();
    // What says something of several counts for each.
    assert_eq!(two, [("PR.AA-01", 3, 4), ("PR.AA-05", 4, 5)]);
}

#[test]
fn a_family_is_told_by_what_tools_call_it() {
    use FrameworkFamily::{Cis, Iso27001, NistCsf, PciDss, Soc2};
    for (name, family) in [
        ("CIS-2.0", Some(Cis)),
        ("CIS AWS Foundations Benchmark v1.4.0", Some(Cis)),
        ("CISA", None),
        ("NIST-CSF-1.1", Some(NistCsf)),
        ("CSF", Some(NistCsf)),
        ("800-53", None),
        ("ISO27001-2022", Some(Iso27001)),
        ("ISO/IEC-27001", Some(Iso27001)),
        ("PCI DSS v4.0.1", Some(PciDss)),
        ("PCI-4.0", Some(PciDss)),
        ("SOC2", Some(Soc2)),
        ("SOC 2", Some(Soc2)),
        ("Kubescape", None),
    ] {
        assert_eq!(FrameworkFamily::of(name), family, "{name}");
    }
}
