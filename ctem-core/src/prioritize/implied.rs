//! What the inputs imply, beside what firms see: a check of the level of all chances, which no ranking needs.
//!
//! A *use* is a finding that an attacker exploits from where anyone can stand: on an asset that is surely reached. Its expected
//! number is the sum of likelihoods; for flaws that need an exploit of their own it is times [`ATTENTION`], since EPSS speaks of
//! attacks anywhere. Of uses, the part [`FOLLOW_THROUGH`] becomes an incident that matters: noticed too late, wanted, not
//! stopped. It was solved once, on a reference organisation, so that the number of incidents is the published one; solved anew
//! on each environment it would pin the total, and fixing would hardly show.
//!
//! It stands beside the scores and not in them: it multiplies every loss alike, so it changes no order, and a chance that is
//! stated stays what it states.

use super::{Assessment, exposure_id::ExposureNumber};
use crate::{
    error::{Error, Result},
    model::{Access, WeaknessKind},
    quantity::Probability,
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

/// The part of uses that becomes an incident that matters: [`AnnualRate::PUBLISHED`] over the uses of a reference organisation of
/// 50 assets open to the internet, 2026-11. It is 0.028 to 0.054 as the mean EPSS of its
/// flaws is 0.0375 to 0.01.
///
/// ```
/// assert_eq!(ctem_core::prioritize::FOLLOW_THROUGH, 0.05);
/// ```
pub const FOLLOW_THROUGH: f64 = 0.05;

/// How many incidents that matter an organisation has in a year.
///
/// ```
/// use ctem_core::prioritize::AnnualRate;
///
/// // Firms see one in a year with a chance of 9.3 %. What of one that saw none in five years, and one that saw two in three?
/// let none = AnnualRate::PUBLISHED.with_history(0, 5.0)?;
/// let two = AnnualRate::PUBLISHED.with_history(2, 3.0)?;
/// assert_eq!((none.chance().percent(), two.chance().percent()), ("3.6 %".into(), "32 %".into()));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct AnnualRate(f64);

impl AnnualRate {
    /// The rate of all firms: a significant incident in a year with a chance of 9.3 % (Cyentia, IRIS 2025), so 0.0976 a year.
    pub const PUBLISHED: Self = Self(0.0976);

    /// The rate at which an incident in a year has this chance.
    ///
    /// ```
    /// use ctem_core::{Probability, prioritize::AnnualRate};
    ///
    /// let rate = AnnualRate::of_chance(Probability::new(0.093)?);
    /// assert!((rate.get() - AnnualRate::PUBLISHED.get()).abs() < 1e-4);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn of_chance(chance: Probability) -> Self {
        Self(-libm::log1p(-chance.get().min(1.0 - 1e-9)))
    }

    /// The rate given the incidents of some years: Gamma–Poisson, in which what was thought before weighs three years.
    ///
    /// ```
    /// use ctem_core::prioritize::AnnualRate;
    ///
    /// let rate = AnnualRate::PUBLISHED.with_history(0, 3.0)?;
    /// assert_eq!(rate.get(), AnnualRate::PUBLISHED.get() / 2.0);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_input` unless the years are a finite number of at least 0.
    pub fn with_history(self, incidents: u32, years: f64) -> Result<Self> {
        if !years.is_finite() || years < 0.0 {
            return Err(Error::invalid(format!("`{years}` is not a number of years: it must be at least 0")));
        }
        let worth = super::priors::YEARS_OF_OPINION;
        Ok(Self((self.0 * worth + f64::from(incidents)) / (worth + years)))
    }

    /// Incidents a year.
    ///
    /// ```
    /// assert_eq!(ctem_core::prioritize::AnnualRate::PUBLISHED.get(), 0.0976);
    /// ```
    pub fn get(self) -> f64 {
        self.0
    }

    /// The chance of any in a year.
    ///
    /// ```
    /// assert_eq!(ctem_core::prioritize::AnnualRate::PUBLISHED.chance().percent(), "9.3 %");
    /// ```
    pub fn chance(self) -> Probability {
        Probability::clamped(-libm::expm1(-self.0))
    }
}

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
#[non_exhaustive]
pub struct Implied {
    /// How many findings that anyone can reach are expected to be used within the horizon, with what entry points give by themselves.
    pub uses: f64,
    /// The part of uses that becomes an incident.
    pub follow_through: f64,
    /// The chance of an incident in a year at that.
    pub annual_chance: Probability,
    /// The chance that firms see.
    pub published: Probability,
}

impl Implied {
    /// The part of uses that becomes an incident where an organisation of these uses has this rate. To be solved once, on a baseline,
    /// and then kept: see [`Assessment::implied_with`].
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let baseline = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::prioritize::AnnualRate;
    ///
    /// // Two incidents in three years, with these findings.
    /// let ours = AnnualRate::PUBLISHED.with_history(2, 3.0)?;
    /// let follow_through = baseline.implied().follow_through_at(ours, baseline.horizon());
    /// let implied = baseline.implied_with(follow_through);
    /// assert!((implied.annual_chance.get() - ours.chance().get()).abs() < 1e-9);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn follow_through_at(&self, rate: AnnualRate, horizon: crate::time::Days) -> f64 {
        let in_horizon = rate.get() * horizon.get() / 365.0;
        if self.uses > 0.0 { (in_horizon / self.uses).min(1.0) } else { FOLLOW_THROUGH }
    }
}

impl Assessment {
    /// What the inputs imply, with the follow-through of the reference organisation. O(n).
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
        self.implied_with(FOLLOW_THROUGH)
    }

    /// The same with a follow-through that was solved on a baseline.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// assert!(today.implied_with(0.01).annual_chance < today.implied().annual_chance);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn implied_with(&self, follow_through: f64) -> Implied {
        let follow_through = follow_through.clamp(0.0, 1.0);
        let of_findings: f64 = self.ranked().filter_map(|exposure| self.use_of(&exposure)).sum();
        let entries = self.environment.entry_points().filter(|entry| entry.access != Access::Reach);
        let of_entries: f64 =
            entries.map(|entry| entry.chance.over(crate::time::Days::THIRTY, self.horizon).get()).sum();
        let uses = of_findings + of_entries + 0.0;
        let rate = AnnualRate(follow_through * uses * 365.0 / self.horizon.get());
        let published = AnnualRate::PUBLISHED.chance();
        Implied { uses, follow_through, annual_chance: rate.chance(), published }
    }

    /// How likely a finding is used by anyone, if anyone can reach it and it lets them in.
    fn use_of(&self, exposure: &super::Exposure<'_>) -> Option<f64> {
        // A right or a route is used by who came in by something else.
        let (ExposureNumber::Finding(n), Some(finding)) = (exposure.number, exposure.finding) else {
            return None;
        };
        let opening = self.openings.list.get(n as usize)?;
        let lets_in = opening.needs == Access::Reach
            && matches!(opening.gives, Some(Access::Use | Access::Control))
            && exposure.reach == Probability::ONE;
        let stated = finding.exploit.as_ref().is_some_and(|exploit| exploit.threat.is_some());
        let attention = match finding.weakness.kind {
            WeaknessKind::Vulnerability if !stated => ATTENTION,
            _ => 1.0,
        };
        lets_in.then(|| exposure.likelihood.get() * attention)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Program, discover,
        intel::{Intel, effects::Effects},
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
        let solved = implied.follow_through_at(AnnualRate::PUBLISHED, today.horizon());
        assert!((solved / FOLLOW_THROUGH - 1.0).abs() < 0.1, "{solved}");
        assert!((0.04..0.2).contains(&implied.annual_chance.get()), "{implied:?}");

        let mut causes: BTreeMap<&str, f64> = BTreeMap::new();
        for exposure in today.ranked() {
            let Some(finding) = exposure.finding else { continue };
            let id = finding.weakness.id.as_str();
            let cause = id.split('-').next().unwrap();
            *causes.entry(cause).or_default() += today.use_of(&exposure).unwrap_or(0.0);
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
}
