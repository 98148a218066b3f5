//! What the world says of a CVE on a day: what the tables have of it, and whether it is too young for them.

use super::priors;
use crate::{
    id::Cve,
    intel::{Intel, exploits::Exploits},
    quantity::Probability,
    time::Moment,
};
use std::sync::Arc;

/// What every weakness is looked up in: the tables, and the day.
#[derive(Debug, Clone, Copy)]
pub(super) struct World<'a> {
    pub(super) intel: &'a Intel,
    as_of: Option<Moment>,
    listed: Option<f64>,
    listed_and_ransomware: Option<f64>,
}

impl<'a> World<'a> {
    /// O(n log n) for n entries of the catalogue, where both tables are given.
    pub(super) fn of(intel: &'a Intel, as_of: Option<Moment>) -> Self {
        let tables = intel.epss.as_deref().zip(intel.kev.as_deref());
        let mean = |ransomware| Some(tables?.1.mean_epss(tables?.0, ransomware)?.get());
        let (listed, ransomware) = (mean(false), mean(true));
        // What ransomware uses is not less likely for that.
        let listed_and_ransomware = ransomware.map(|mean| mean.max(listed.unwrap_or(0.0)));
        Self { intel, as_of, listed, listed_and_ransomware }
    }

    /// The same on another day, if one is said.
    pub(super) fn on(self, as_of: Option<Moment>) -> Self {
        Self { as_of: as_of.or(self.as_of), ..self }
    }

    /// A listing and what it says of the threat.
    pub(super) fn listed(&self, ransomware: bool, catalogue: Option<(Moment, &'a str)>) -> Listed<'a> {
        let (own, shipped) = if ransomware {
            (self.listed_and_ransomware, priors::KEV_THREAT_RANSOMWARE.max(self.listed.unwrap_or(0.0)))
        } else {
            (self.listed, priors::KEV_THREAT)
        };
        Listed { ransomware, catalogue, level: own.unwrap_or(shipped), measured: own.is_some() }
    }

    /// What the tables have of these CVEs, of several the worst.
    pub(super) fn entries(&self, cves: impl Iterator<Item = Cve> + Clone) -> Entries<'a> {
        let epss = self.intel.epss.as_deref().and_then(|table| {
            let score =
                cves.clone().filter_map(|cve| table.score(cve)).map(|score| score.probability).max()?;
            Some(Quoted { score, table: Some((table.score_date, table.model_version.as_deref())) })
        });
        let kev = self.intel.kev.as_deref().and_then(|kev| {
            let listings = cves.clone().filter_map(|cve| kev.listing(cve));
            let listing = listings.max_by_key(|listing| listing.ransomware)?;
            Some(self.listed(listing.ransomware, Some((listing.added, &kev.version))))
        });
        Entries { epss, kev, code: self.code(cves) }
    }

    /// The list that says most of one of these CVEs.
    pub(super) fn code(&self, cves: impl Iterator<Item = Cve> + Clone) -> Option<Code> {
        let Intel { metasploit, nuclei, exploit_db, .. } = self.intel;
        let lists = [
            (nuclei, priors::NUCLEI_THREAT, "Nuclei has a template for it; EPSS is missing"),
            (metasploit, priors::METASPLOIT_THREAT, "Metasploit has a module for it; EPSS is missing"),
            (exploit_db, priors::EXPLOIT_DB_THREAT, "Exploit-DB has code for it; EPSS is missing"),
        ];
        let known = |list: &Option<Arc<Exploits>>| {
            list.as_deref().is_some_and(|list| cves.clone().any(|cve| list.has(cve)))
        };
        let first = lists.into_iter().find(|(list, _, _)| known(list));
        first.map(|(_, threat, words)| Code { threat, words })
    }

    /// Whether a CVE is younger than EPSS can tell. Where nobody says when it was published, its number does: it counts as
    /// published in the middle of the year it is numbered by, which errs by half a year either way.
    pub(super) fn young(
        &self,
        published: Option<Moment>,
        mut cves: impl Iterator<Item = Cve>,
    ) -> Option<Young> {
        let as_of = self.as_of?;
        match published {
            Some(published) => {
                (as_of.since(published).get() < priors::YOUNG_DAYS).then_some(Young::Published(published))
            }
            None => {
                let since = young_since(as_of)?;
                cves.find(|cve| i64::from(cve.year()) >= i64::from(since))
                    .map(|cve| Young::Numbered(cve.year()))
            }
        }
    }
}

/// The first year by which CVEs are numbered that count as young on a day.
pub(super) fn young_since(as_of: Moment) -> Option<i16> {
    const HALF_A_YEAR: i64 = 182 * 86_400;
    Some(Moment::from_unix_seconds(as_of.unix_seconds() - HALF_A_YEAR).ok()?.year())
}

/// What the tables have of the CVEs of a weakness.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Entries<'a> {
    pub(super) epss: Option<Quoted<'a>>,
    pub(super) kev: Option<Listed<'a>>,
    pub(super) code: Option<Code>,
}

/// An EPSS score, and the day and model it is of when a table gave it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quoted<'a> {
    pub(super) score: Probability,
    pub(super) table: Option<(Option<Moment>, Option<&'a str>)>,
}

/// A listing in KEV, and the day when a catalogue gave it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Listed<'a> {
    pub(super) ransomware: bool,
    pub(super) catalogue: Option<(Moment, &'a str)>,
    /// The chance that such a flaw is seen exploited within 30 days.
    pub(super) level: f64,
    /// Whether that is of the caller's own tables.
    pub(super) measured: bool,
}

/// Public exploit code for a CVE, by the list that says most.
#[derive(Debug, Clone, Copy)]
pub(super) struct Code {
    pub(super) threat: f64,
    pub(super) words: &'static str,
}

/// Why a CVE counts as young.
#[derive(Debug, Clone, Copy)]
pub(super) enum Young {
    /// It was published then.
    Published(Moment),
    /// Nobody says when; its number is of this year.
    Numbered(u16),
}

#[cfg(test)]
mod tests {
    use crate::{
        Days, Program, discover,
        intel::{Intel, exploits::Exploits},
        prioritize::{KEV_THREAT, Row, score},
    };

    const TOTAL: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";

    /// The threat of a row, by the tables.
    fn threat(row: &Row, intel: &Intel) -> f64 {
        score(row, intel, Days::THIRTY).term.find("threat").unwrap().value
    }

    fn row(cve: &str, cvss: Option<&str>) -> Row {
        let cvss = cvss.map(|vector| vector.parse().unwrap());
        Row { cve: Some(cve.parse().unwrap()), cvss, ..Row::default() }
    }

    #[test]
    fn a_cve_is_young_for_a_year_from_its_publication() {
        let on = |published: &str, as_of: &str| {
            let mut row = row("CVE-2020-0001", Some(TOTAL));
            (row.published, row.as_of) = (Some(published.parse().unwrap()), Some(as_of.parse().unwrap()));
            threat(&row, &Intel::none())
        };
        assert_eq!(on("2025-01-01", "2025-01-01"), 0.09);
        assert_eq!(on("2025-01-01", "2025-12-31"), 0.09);
        assert!(on("2025-01-01", "2026-01-01") < 0.001);
    }

    #[test]
    fn without_a_date_its_number_tells_and_errs_by_half_a_year() {
        let on = |cve: &str, as_of: &str| {
            let row = Row { as_of: Some(as_of.parse().unwrap()), ..row(cve, Some(TOTAL)) };
            threat(&row, &Intel::none()) == 0.09
        };
        assert!(on("CVE-2025-0001", "2025-03-01") && on("CVE-2025-0001", "2026-06-01"));
        assert!(!on("CVE-2025-0001", "2026-09-01") && !on("CVE-2023-0001", "2025-03-01"));
        assert!(!(on("CVE-2024-0001", "2025-09-01")) && on("CVE-2024-0001", "2025-03-01"));
    }

    #[test]
    fn youth_is_a_floor_under_what_is_known() {
        let mut young = row("CVE-2025-0001", Some(TOTAL));
        young.as_of = Some("2025-11-13".parse().unwrap());
        let mut with = |epss: f64| {
            young.epss = Some(crate::Probability::new(epss).unwrap());
            threat(&young, &Intel::none())
        };
        assert_eq!((with(0.001), with(0.5)), (0.09, 0.5));
        young.known_exploited = true;
        assert_eq!(threat(&young, &Intel::none()), KEV_THREAT.max(0.5));
    }

    #[test]
    fn a_row_without_a_day_is_of_the_day_of_the_tables() {
        let intel =
            Intel::read(Some(b"#score_date:2025-11-13\ncve,epss\nCVE-2025-0001,0.001\n"), None).unwrap();
        assert_eq!(threat(&row("CVE-2025-0001", Some(TOTAL)), &intel), 0.09);
        assert_eq!(threat(&row("CVE-2025-0001", None), &intel), 0.004);
    }

    #[test]
    fn an_assessment_asks_for_its_own_day() {
        let document = br#"{"ctem": {"version": 1}, "assets": [{"id": "a", "kind": "host"}], "entry_points": [{"asset": "a"}],
            "findings": [{"id": "f", "asset": "a", "weakness": {"id": "GHSA-jfh8-c2jp-5v3q", "severity": "high",
                "published": "2025-03-01"}}]}"#;
        let mut program = Program::new(Intel::none());
        program.absorb(discover::read(document).unwrap());
        let threat = |as_of: &str| {
            let today = program.assess(as_of.parse().unwrap()).unwrap();
            today.explain(&"f".parse().unwrap()).unwrap().risk.find("threat in 30 days").unwrap().value
        };
        assert_eq!(threat("2025-11-13"), 0.02);
        assert!(threat("2026-11-13") < 1e-4);
    }

    #[test]
    fn exploit_code_speaks_where_epss_is_missing() {
        let list = |cves: &str| Exploits::read(cves.as_bytes(), 1 << 20).unwrap();
        let intel = Intel::none()
            .with_metasploit(list("CVE-2020-0001\nCVE-2020-0002"))
            .with_nuclei(list("CVE-2020-0001"))
            .with_exploit_db(list("CVE-2020-0001\nCVE-2020-0002\nCVE-2020-0003"));
        let mut threats = [1, 2, 3, 4].map(|n| threat(&row(&format!("CVE-2020-000{n}"), None), &intel));
        assert_eq!(threats[..3], [0.33, 0.26, 0.021]);
        assert!(threats[3] < 1e-4);
        threats.reverse();
        assert!(threats.is_sorted());
        let scored =
            Row { epss: Some(crate::Probability::new(0.002).unwrap()), ..row("CVE-2020-0001", None) };
        assert_eq!(threat(&scored, &intel), 0.002);
    }

    #[test]
    fn the_level_of_a_listing_is_of_the_callers_tables_where_they_suffice() {
        let tables = |members: usize| {
            let cves: Vec<String> = (0..members).map(|n| format!("CVE-2020-1{n:03}")).collect();
            let scores: String = cves.iter().map(|cve| format!("{cve},0.25\n")).collect();
            let listed: Vec<String> = cves
                .iter()
                .chain([&"CVE-2019-1000".to_owned()])
                .map(|cve| format!(r#"{{"cveID": "{cve}", "dateAdded": "2024-12-10"}}"#))
                .collect();
            let kev = format!(r#"{{"catalogVersion": "1", "vulnerabilities": [{}]}}"#, listed.join(","));
            Intel::read(Some(format!("cve,epss\n{scores}").as_bytes()), Some(kev.as_bytes())).unwrap()
        };
        let listed = row("CVE-2019-1000", None);
        assert_eq!(threat(&listed, &tables(100)), 0.25);
        assert_eq!(threat(&listed, &tables(99)), KEV_THREAT);
    }
}
