//! What the inputs imply, beside what firms see: a check of the level of all chances, which no ranking needs.
//!
//! A *use* is a finding that an attacker exploits from where anyone can stand: on an asset that is surely reached. Its expected
//! number is the sum of likelihoods; for flaws that need an exploit of their own it is times [`ATTENTION`], since EPSS speaks of
//! attacks anywhere. Of uses, the part that a [`IncidentBaseline`] says becomes an incident that matters: noticed too late, wanted, not
//! stopped.
//!
//! It stands beside the scores and not in them: it multiplies every loss alike, so it changes no order, and a chance that is
//! stated stays what it states.

use super::{
    Assessment,
    baseline::{AnnualRate, BaselineOf, IncidentBaseline},
    exposure_id::ExposureNumber,
};
use crate::{
    error::{Error, Result},
    model::{Access, EntryPoint, WeaknessKind},
    quantity::{Probability, spelled},
    time::Days,
};
use serde::Serialize;

/// The chance, within 30 days, that an attacker who exploits a flaw somewhere tries it on an asset that anyone can reach: an
/// assumption, between 5 % and 51 % measured among exposed and vulnerable hosts in days of mass exploitation (Barracuda ESG and
/// Cisco IOS XE, 2023).
///
/// ```
/// assert_eq!(ctem_core::prioritize::ATTENTION, 0.1);
/// ```
pub const ATTENTION: f64 = 0.1;

/// What the inputs imply, beside what firms see.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// // Would a firm with these findings see more than others do?
/// let implied = today.implied();
/// assert!(implied.annual_chance > implied.published);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Implied {
    /// How many findings that anyone can reach are expected to be used within the horizon, with what entry points give by themselves.
    pub uses: f64,
    /// The chance that who exploits a flaw somewhere tries it here, by which flaws without a stated threat are counted: [`ATTENTION`].
    pub attention: Probability,
    /// What part of uses becomes an incident, and where that is from.
    pub baseline: IncidentBaseline,
    /// The chance of an incident in a year at that.
    pub annual_chance: Probability,
    /// The chance that firms see.
    pub published: Probability,
}

impl Assessment {
    /// What the inputs imply, at the baseline of [`AssessOptions::baseline`](super::AssessOptions::baseline). O(n).
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// // How many uses are expected of what anyone can reach?
    /// assert_eq!(today.implied().uses, 0.75);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn implied(&self) -> Implied {
        let (uses, baseline) = (self.uses(), self.baseline);
        let rate = AnnualRate::of_incidents(uses * baseline.follow_through.get(), self.horizon);
        let (attention, published) = (Probability::clamped(ATTENTION), AnnualRate::PUBLISHED.chance());
        Implied { uses, attention, baseline, annual_chance: rate.chance(), published }
    }

    /// The baseline at which the inputs imply this rate: its follow-through is the rate over the uses expected here. To be solved once
    /// and then kept, as [`AssessOptions::baseline`](super::AssessOptions::baseline), so that what is fixed since shows. O(n).
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::prioritize::AnnualRate;
    ///
    /// // No incident in five years, with these findings: of 0.75 uses in 30 days one in 250 became one.
    /// let baseline = today.baseline(AnnualRate::PUBLISHED.with_history(0, 5.0)?)?;
    /// assert!((1.0 / baseline.follow_through.get() - 249.3).abs() < 0.1);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_input` where fewer uses are expected than incidents: then the inputs do not hold what brings them about.
    pub fn baseline(&self, rate: AnnualRate) -> Result<IncidentBaseline> {
        let (uses, incidents) = (self.uses(), rate.within(self.horizon));
        // Rounding must not refuse as many incidents as uses.
        if uses > 0.0 && incidents <= uses * (1.0 + 1e-9) {
            let follow_through = Probability::clamped(incidents / uses);
            let (of, as_of, annual_chance) = (BaselineOf::Own, self.as_of, rate.chance());
            return Ok(IncidentBaseline { of, as_of, annual_chance, follow_through });
        }
        let (chance, incidents, uses) = (rate.chance().percent(), spelled(incidents), spelled(uses));
        Err(Error::invalid(format!(
            "a chance of {chance} a year means {incidents} incidents within {}, and what anyone surely reaches is expected to be \
             used {uses} times: add the findings and entry points that incidents come by, or state a lower rate",
            self.horizon
        )))
    }

    /// How many uses are expected within the horizon: of findings in the order of the ranking, and of entry points.
    fn uses(&self) -> f64 {
        let findings = self.ranked.iter().filter_map(|ranked| match ranked.exposure {
            ExposureNumber::Finding(n) => self.use_of(n),
            // A right or a route is used by who came in by something else.
            ExposureNumber::Relation(_) => None,
        });
        let of_findings: f64 = findings.sum();
        let entries = self.environment.entry_points().filter(|entry| entry.access != Access::Reach);
        let part = |attacker| self.profile.as_ref().map_or(1.0, |profile| profile.starts_as(attacker).get());
        let used =
            |entry: &EntryPoint| entry.chance.over(Days::THIRTY, self.horizon).get() * part(entry.attacker);
        let of_entries: f64 = entries.map(used).sum();
        of_findings + of_entries + 0.0
    }

    /// How likely a finding is used by anyone, if anyone can reach it and it lets them in.
    fn use_of(&self, n: u32) -> Option<f64> {
        let (standing, opening) = (self.standing.get(n as usize)?, self.openings.list.get(n as usize)?);
        let lets_in = opening.needs == Access::Reach
            && matches!(opening.gives, Some(Access::Use | Access::Control))
            && self.reach_of(opening) == Probability::ONE;
        if !lets_in {
            return None;
        }
        let finding = self.environment.finding(&standing.id)?;
        let stated = finding.exploit.as_ref().is_some_and(|exploit| exploit.threat.is_some());
        let attention = match finding.weakness.kind {
            WeaknessKind::Vulnerability if !stated => ATTENTION,
            _ => 1.0,
        };
        Some(standing.factors.likelihood().get() * attention)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Program, discover,
        intel::{Intel, effects::Effects},
        prioritize::{AssessOptions, FOLLOW_THROUGH},
        quantity::normal,
    };
    use std::{collections::BTreeMap, fmt::Write};

    /// Vectors in the mix of all CVEs: open and total, open, with rights, with a person, local.
    const VECTORS: [(&str, usize); 5] = [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 2),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:L/A:N", 3),
        ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 5),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 5),
        ("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 5),
    ];

    /// An organisation of 500 assets, 50 of them open to the internet, with 20,000 flaws of this mean EPSS and 2,000 settings: a
    /// tenth of each on the open assets. Of the flaws 35 % are in headers and documents, 60 % in libraries, 5 % in products.
    fn organisation(mean_epss: f64) -> String {
        let effects = Effects::shipped();
        let class = |id: &str| {
            let class = effects.class(id).unwrap();
            (class.threat.unwrap().get(), class.here.unwrap().get())
        };
        let vectors: Vec<&str> =
            VECTORS.iter().flat_map(|(vector, times)| std::iter::repeat_n(*vector, *times)).collect();
        let (mut assets, mut relations, mut entries, mut findings) = (vec![], vec![], vec![], vec![]);
        for n in 0..500 {
            assets.push(format!(r#"{{"id": "a{n}", "kind": "host"}}"#));
            match n {
                0..50 => entries.push(format!(r#"{{"asset": "a{n}"}}"#)),
                _ => relations.push(format!(r#"{{"kind": "reaches", "from": "a{}", "to": "a{n}"}}"#, n % 50)),
            }
        }
        // One of a hundred firms is phished in a fortnight, and as many lose a password.
        for (who, chance) in [("phished", 0.02), ("password", 0.02)] {
            assets.push(format!(r#"{{"id": "{who}", "kind": "identity"}}"#));
            entries.push(format!(r#"{{"asset": "{who}", "access": "use", "chance": {chance}}}"#));
        }
        const FLAWS: usize = 20_000;
        let spread = 2.0;
        for n in 0..FLAWS {
            // Every asset has its part of all sizes and vectors.
            let at = if n % 10 == 0 { (n / 10) % 50 } else { 50 + n % 450 };
            let part = ((n / 10 * 769 + n % 10) % 2000) as f64;
            let epss = mean_epss
                * libm::exp(spread * normal::quantile((part + 0.5) / 2000.0) - spread * spread / 2.0);
            let local = match n / 10 % 20 {
                0..7 => 0.01,
                7..19 => 0.05,
                _ => 0.5,
            };
            let vector = vectors[n / 10 / 20 % vectors.len()];
            findings.push(format!(
                r#"{{"asset": "a{at}", "weakness": {{"id": "CVE-2020-{}", "epss": {}, "cvss": ["{vector}"]}}, "exploit": {{"local": {local}}}}}"#,
                10_000 + n,
                epss.min(0.97)
            ));
        }
        let mut settings = |kind: &str,
                            name: &str,
                            count: usize,
                            (threat, local): (f64, f64),
                            gives: &str| {
            for n in 0..count {
                findings.push(format!(
                    r#"{{"asset": "a{}", "weakness": {{"id": "{name}-{n}", "kind": "{kind}"}},
                        "exploit": {{"needs": "reach", "gives": "{gives}", "threat": {threat}, "local": {local}}}}}"#,
                    n % 50
                ));
            }
        };
        settings("network_exposure", "login", 5, class("B"), "use");
        settings("network_exposure", "login-sought", 1, class("B+"), "use");
        settings("network_exposure", "login-keys", 2, class("B-"), "use");
        // One organisation of fifty has one.
        let (threat, here) = class("D");
        settings("misconfiguration", "door", 1, (threat, here / 50.0), "use");
        settings("code_flaw", "code", 4, class("C+"), "use");
        // What gives nothing, or needs a foothold: the rest of the 200 settings on the open assets.
        for n in 0..2000 - 13 {
            findings.push(format!(
                r#"{{"asset": "a{}", "weakness": {{"id": "setting-{n}", "kind": "misconfiguration"}},
                    "exploit": {{"needs": "use", "gives": "control", "local": 0.05}}}}"#,
                if n < 187 { n % 50 } else { 50 + n % 450 }
            ));
        }
        let mut text = String::from(r#"{"ctem": {"version": 1}"#);
        for (name, list) in
            [("assets", assets), ("relations", relations), ("entry_points", entries), ("findings", findings)]
        {
            let _ = write!(text, r#", "{name}": [{}]"#, list.join(","));
        }
        text + "}"
    }

    fn assessed(mean_epss: f64) -> Assessment {
        let mut program = Program::new(Intel::none());
        let report = discover::read(organisation(mean_epss).as_bytes()).unwrap();
        assert_eq!(report.tally.rejected, 0, "{:?}", report.notes);
        program.absorb(report);
        program.assess("2026-11-27".parse().unwrap()).unwrap()
    }

    #[test]
    fn the_reference_organisation_sees_what_firms_see() {
        let today = assessed(0.012);
        let implied = today.implied();
        let solved = today.baseline(AnnualRate::PUBLISHED).unwrap().follow_through.get();
        assert!((solved / FOLLOW_THROUGH - 1.0).abs() < 0.1, "{solved}");
        assert!((0.04..0.2).contains(&implied.annual_chance.get()), "{implied:?}");

        let mut causes: BTreeMap<&str, f64> = BTreeMap::new();
        for exposure in today.ranked() {
            let Some(finding) = exposure.finding else { continue };
            let id = finding.weakness.id.as_str();
            let cause = id.split('-').next().unwrap();
            let number = today.numbers[finding.id.as_ref().unwrap()];
            *causes.entry(cause).or_default() += today.use_of(number).unwrap_or(0.0);
        }
        let share = |uses: f64| uses / implied.uses;
        let (phished, password) = (0.02, 0.02);
        let others = causes["setting"];
        assert_eq!(others, 0.0);
        // DBIR 2025: of breaches 22 % begin with credentials, 20 % with vulnerabilities, 16 % with phishing; some 10 % by web
        // applications.
        for (cause, uses, seen) in [
            ("credentials", causes["login"] + password, 0.22),
            ("vulnerabilities", causes["CVE"], 0.20),
            ("phishing", phished, 0.16),
            ("applications", causes["code"], 0.10),
        ] {
            let ratio = share(uses) / seen;
            assert!((0.5..=2.0).contains(&ratio), "{cause}: {} beside {seen}", share(uses));
        }
    }

    #[test]
    fn a_patched_estate_and_an_unpatched_one_lie_between_4_and_20_percent_a_year() {
        let chances = [0.01, 0.0375].map(|mean| assessed(mean).implied().annual_chance.get());
        assert!(chances.iter().all(|chance| (0.04..0.2).contains(chance)), "{chances:?}");
        assert!(chances[0] < chances[1]);
    }

    fn small(findings: usize) -> Program {
        let mut program = Program::new(Intel::none());
        let finding = |n: usize| {
            format!(
                r#"{{"asset": "a", "weakness": {{"id": "door-{n}", "kind": "misconfiguration"}},
                    "exploit": {{"needs": "reach", "gives": "use", "threat": 0.2, "local": 0.5}}}}"#
            )
        };
        let findings = (0..findings).map(finding).collect::<Vec<_>>().join(",");
        let document = format!(
            r#"{{"ctem": {{"version": 2}}, "assets": [{{"id": "a", "kind": "host"}}], "entry_points": [{{"asset": "a"}}],
                "findings": [{findings}]}}"#
        );
        program.absorb(discover::read(document.as_bytes()).unwrap());
        program
    }

    #[test]
    fn a_baseline_stays_when_findings_go() {
        let day = "2026-11-27".parse().unwrap();
        let ours = AnnualRate::PUBLISHED.with_history(2, 3.0).unwrap();
        let before = small(4).assess(day).unwrap();
        let baseline = before.baseline(ours).unwrap();
        let at = |findings| {
            let options = AssessOptions { baseline, ..AssessOptions::default() };
            small(findings).assess_with(day, options).unwrap().implied()
        };
        assert!((at(4).annual_chance.get() - ours.chance().get()).abs() < 1e-12);
        let halved = at(2);
        assert_eq!(halved.baseline, baseline);
        // Half of the uses, half of the incidents.
        let expected =
            AnnualRate::of_incidents(before.uses() / 2.0 * baseline.follow_through.get(), Days::THIRTY);
        assert!((halved.annual_chance.get() - expected.chance().get()).abs() < 1e-12);
        // No score knows of it.
        let with = small(4).assess_with(day, AssessOptions { baseline, ..AssessOptions::default() }).unwrap();
        assert_eq!(with.risk(), before.risk());
        let risks = |assessment: &Assessment| assessment.ranked().map(|each| each.score).collect::<Vec<_>>();
        assert_eq!(risks(&with), risks(&before));
    }

    #[test]
    fn more_incidents_than_uses_are_no_baseline() {
        let day = "2026-11-27".parse().unwrap();
        let often = AnnualRate::of_chance(Probability::clamped(0.9));
        for findings in [0, 1] {
            let error = small(findings).assess(day).unwrap().baseline(often).unwrap_err();
            assert_eq!(error.code(), "invalid_input");
        }
        assert!(small(4).assess(day).unwrap().baseline(often).is_ok());
    }
}
