//! Compliance by control: of the checks that tools made for a control of a framework, how many passed.
//!
//! A share has its sample, and what nobody checked is no share of anything: it is counted beside. A check that serves several controls counts for
//! each of them. Frameworks that no tool speaks of are seen through those that one speaks of, by a table of which control corresponds to which:
//! what is seen so is said to be, since it is what the one says of the other, and no audit.

use super::share::Share;
use crate::{model::ControlChecks, word::words};
use serde::Serialize;
use std::collections::BTreeMap;

/// Which control of one framework corresponds to which of another, by their publishers; see the file for its sources.
const CROSSWALK: &str = include_str!("crosswalk.tsv");

/// A family of frameworks, whatever its version.
///
/// ```
/// use ctem_core::measure::FrameworkFamily;
///
/// assert_eq!(FrameworkFamily::of("PCI-DSSv4.0"), Some(FrameworkFamily::PciDss));
/// assert_eq!(FrameworkFamily::of("house rules"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FrameworkFamily {
    /// Benchmarks and controls of the Center for Internet Security.
    Cis,
    /// The Cybersecurity Framework of NIST.
    NistCsf,
    /// ISO/IEC 27001, with the controls of its annex A.
    Iso27001,
    /// The Payment Card Industry's Data Security Standard.
    PciDss,
    /// The trust services criteria of the AICPA.
    Soc2,
}

words! {
    FrameworkFamily, "a family of frameworks" {
        Cis = "cis",
        NistCsf = "nist_csf" | "csf",
        Iso27001 = "iso_27001",
        PciDss = "pci_dss" | "pci",
        Soc2 = "soc_2" | "soc2",
    }
}

impl FrameworkFamily {
    /// The family of a framework, as tools call it.
    ///
    /// ```
    /// use ctem_core::measure::FrameworkFamily;
    ///
    /// let of = |name| FrameworkFamily::of(name).map(|family| family.name());
    /// assert_eq!(["CIS-1.5", "CSF", "ISO/IEC-27001", "SOC2"].map(of), [Some("cis"), Some("nist_csf"), Some("iso_27001"), Some("soc_2")]);
    /// ```
    pub fn of(framework: &str) -> Option<Self> {
        let lower = framework.to_lowercase();
        let first = lower.split(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap_or_default();
        let name: String = lower.chars().filter(|letter| letter.is_ascii_alphanumeric()).collect();
        Some(match &*name {
            name if name.contains("27001") => Self::Iso27001,
            name if name.contains("csf") => Self::NistCsf,
            name if name.contains("pci") => Self::PciDss,
            name if name.contains("soc2") => Self::Soc2,
            // And not the agency: its first word, with or without a number.
            _ if first.trim_end_matches(|letter: char| letter.is_ascii_digit()) == "cis" => Self::Cis,
            _ => return None,
        })
    }
}

/// How a framework's controls are kept, as far as checks were made.
///
/// ```
/// use ctem_core::{measure::FrameworkCompliance, model::ControlChecks};
///
/// let checks = [ControlChecks { passed: 9, failed: 1, ..ControlChecks::new("", "CIS-1.5", "2.1.5") }];
/// let all = FrameworkCompliance::of(&checks);
/// assert_eq!((&*all[0].framework, all[0].checks.share, all[0].controls_kept.count), ("CIS-1.5", Some(0.9), 0));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct FrameworkCompliance {
    /// The framework, as the tool calls it.
    pub framework: Box<str>,
    /// Its family, where it is one of those that are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<FrameworkFamily>,
    /// The framework that tools spoke of, where this one is seen through it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<Box<str>>,
    /// Of the checks that were made, those that passed.
    pub checks: Share,
    /// Of the controls of which a check was made, those of which none failed.
    pub controls_kept: Share,
    /// Controls of which no check was made.
    pub controls_not_seen: usize,
    /// Each control, in their order.
    pub controls: Vec<ControlCompliance>,
}

/// How one control is kept, as far as checks were made.
///
/// ```
/// use ctem_core::{measure::FrameworkCompliance, model::ControlChecks};
///
/// let checks = [ControlChecks { not_made: 2, ..ControlChecks::new("", "CIS-1.5", "1.1") }];
/// let control = &FrameworkCompliance::of(&checks)[0].controls[0];
/// assert_eq!((control.checks.of, control.not_made), (0, 2));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ControlCompliance {
    /// The control, as the framework numbers it.
    pub control: Box<str>,
    /// Of its checks that were made, those that passed.
    pub checks: Share,
    /// Its checks that nobody made.
    pub not_made: usize,
}

impl FrameworkCompliance {
    /// Of checks, framework by framework; then the frameworks that are seen through them. O(n log n).
    ///
    /// ```
    /// use ctem_core::{measure::FrameworkCompliance, model::ControlChecks};
    ///
    /// // A tool speaks of the framework's first version: what that says of the second.
    /// let checks = [ControlChecks { passed: 3, failed: 1, ..ControlChecks::new("", "CSF", "PR.AC-1") }];
    /// let all = FrameworkCompliance::of(&checks);
    /// assert_eq!((all[1].through.as_deref(), &*all[1].controls[0].control), (Some("CSF"), "PR.AA-01"));
    /// ```
    pub fn of<'a>(checks: impl IntoIterator<Item = &'a ControlChecks>) -> Vec<Self> {
        let mut said: BTreeMap<&str, BTreeMap<&str, Counts>> = BTreeMap::new();
        for checks in checks {
            let counts = said.entry(&checks.framework).or_default().entry(&checks.control).or_default();
            counts.add(checks);
        }
        let mut seen: BTreeMap<(&str, &str), BTreeMap<&str, Counts>> = BTreeMap::new();
        for row in CROSSWALK.lines().filter(|line| !line.starts_with('#')) {
            let mut cells = row.split('\t');
            let (Some(from), Some(control), Some(to), Some(others)) =
                (cells.next(), cells.next(), cells.next(), cells.next())
            else {
                continue;
            };
            for (framework, controls) in &said {
                let is_it = FrameworkFamily::of(framework).is_some_and(|family| family.name() == from);
                let Some(counts) = controls.get(control).filter(|_| is_it) else { continue };
                for other in others.split(' ') {
                    // A tool that speaks of it itself knows better.
                    if !controls.contains_key(other) {
                        seen.entry((to, framework)).or_default().entry(other).or_default().join(*counts);
                    }
                }
            }
        }
        let told = said.iter().map(|(framework, controls)| Self::made(framework, None, controls));
        let through = seen.iter().map(|((to, from), controls)| Self::made(to, Some(from), controls));
        told.chain(through).collect()
    }

    fn made(framework: &str, through: Option<&str>, controls: &BTreeMap<&str, Counts>) -> Self {
        let mut all: Vec<(&str, Counts)> =
            controls.iter().map(|(control, counts)| (*control, *counts)).collect();
        all.sort_by(|(a, _), (b, _)| numbered(a).cmp(&numbered(b)));
        let made = || all.iter().filter(|(_, counts)| counts.made() > 0);
        let sum = |of: fn(&Counts) -> usize| all.iter().map(|(_, counts)| of(counts)).sum();
        Self {
            framework: framework.into(),
            family: FrameworkFamily::of(framework),
            through: through.map(Into::into),
            checks: Share::of(sum(|counts| counts.passed), sum(Counts::made)),
            controls_kept: Share::of(made().filter(|(_, counts)| counts.failed == 0).count(), made().count()),
            controls_not_seen: all.len() - made().count(),
            controls: all
                .iter()
                .map(|(control, counts)| ControlCompliance {
                    control: (*control).into(),
                    checks: Share::of(counts.passed, counts.made()),
                    not_made: counts.not_made,
                })
                .collect(),
        }
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    passed: usize,
    failed: usize,
    not_made: usize,
}

impl Counts {
    fn add(&mut self, checks: &ControlChecks) {
        let whole = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        self.join(Self {
            passed: whole(checks.passed),
            failed: whole(checks.failed),
            not_made: whole(checks.not_made),
        });
    }

    fn join(&mut self, other: Self) {
        self.passed = self.passed.saturating_add(other.passed);
        self.failed = self.failed.saturating_add(other.failed);
        self.not_made = self.not_made.saturating_add(other.not_made);
    }

    fn made(&self) -> usize {
        self.passed.saturating_add(self.failed)
    }
}

/// A control's name as people order it: numbers by their size.
fn numbered(control: &str) -> Vec<(u64, &str)> {
    control.split(['.', '-', '_', ' ']).map(|part| (part.parse().unwrap_or(u64::MAX), part)).collect()
}
