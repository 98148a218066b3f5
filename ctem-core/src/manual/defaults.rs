#![doc = include_str!("defaults.md")]

#[cfg(test)]
mod tests {
    use crate::{
        cvss::Vector,
        discover::{ReadOptions, SIMULATED},
        id::{ControlId, LONGEST_ID},
        intel::effects::Effects,
        mobilize::{DeadlineOptions, HARMS, LIKELY_ONCE_EXPLOITED},
        model::{Control, Criticality, Outcome},
        prioritize::{
            ATTENTION, AnnualRate, AssessOptions, FOLLOW_THROUGH, REFERENCE_CLASSES, Reachable, priors,
        },
        quantity::Severity,
        scope::{FALLS_FOR_IT, PHISHED, SUPPLIER_BROKEN_INTO, UNPLACED_REACH, UNTESTED_SECRET},
        validate::{ASSUMED_WORTH, DECAY, Means, Trust},
    };
    use std::collections::BTreeMap;

    const CHAPTER: &str = include_str!("defaults.md");

    /// What the code says, by the names of the chapter.
    fn code() -> BTreeMap<String, f64> {
        let options = AssessOptions::default();
        let reading = |vector: &str| vector.parse::<Vector>().unwrap().reading();
        let total = reading("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H");
        let partial = reading("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N");
        let untested = Control::new(ControlId::parse("c").unwrap());
        let mut code: BTreeMap<String, f64> = [
            ("horizon", options.horizon.get()),
            ("KEV_THREAT", priors::KEV_THREAT),
            ("KEV_THREAT_RANSOMWARE", priors::KEV_THREAT_RANSOMWARE),
            ("BASE_RATE", priors::BASE_RATE),
            ("open and total", priors::category(Some(&total), Some(Severity::Critical)).ratio),
            ("critical", priors::category(Some(&partial), Some(Severity::Critical)).ratio),
            ("open", priors::category(Some(&partial), Some(Severity::High)).ratio),
            ("high", priors::category(None, Some(Severity::High)).ratio),
            ("other", priors::category(None, Some(Severity::Medium)).ratio),
            ("no CVSS", priors::category(None, None).ratio),
            ("LISTINGS_PER_EPSS", priors::LISTINGS_PER_EPSS),
            ("METASPLOIT_THREAT", priors::METASPLOIT_THREAT),
            ("NUCLEI_THREAT", priors::NUCLEI_THREAT),
            ("EXPLOIT_DB_THREAT", priors::EXPLOIT_DB_THREAT),
            ("YOUNG_DAYS", priors::YOUNG_DAYS),
            ("young, open and total", priors::OPEN_AND_TOTAL.young),
            ("young, critical", priors::CRITICAL.young),
            ("young, open", priors::OPEN.young),
            ("young, high", priors::HIGH.young),
            ("young, other", priors::OTHER.young),
            ("THREAT_LEAST", priors::THREAT_ENDS.0),
            ("THREAT_MOST", priors::THREAT_ENDS.1),
            ("NEGLIGIBLE", priors::NEGLIGIBLE),
            ("ATTEMPT", priors::ATTEMPT),
            ("HARD", priors::HARD),
            ("USER_RIGHTS", priors::USER_RIGHTS),
            ("ADMINISTRATOR_RIGHTS", priors::ADMINISTRATOR_RIGHTS),
            ("PERSON", priors::PERSON),
            ("untested control", untested.effectiveness().get()),
            ("SIMULATED", SIMULATED),
            ("ASSUMED_WORTH", ASSUMED_WORTH),
            ("DECAY", DECAY),
            ("crown jewel", Criticality::CrownJewel.units()),
            ("high tier", Criticality::High.units()),
            ("medium tier", Criticality::Medium.units()),
            ("low tier", Criticality::Low.units()),
            ("UNPLACED_REACH", UNPLACED_REACH.get()),
            ("PHISHED", PHISHED.get()),
            ("FALLS_FOR_IT", FALLS_FOR_IT.get()),
            ("UNTESTED_SECRET", UNTESTED_SECRET.get()),
            ("SUPPLIER_BROKEN_INTO", SUPPLIER_BROKEN_INTO.get()),
            ("likely_from", DeadlineOptions::default().likely_from),
            ("LIKELY_ONCE_EXPLOITED", LIKELY_ONCE_EXPLOITED),
            ("limited harm", HARMS[0]),
            ("serious harm", HARMS[1]),
            ("catastrophic harm", HARMS[2]),
            ("isolated", Reachable::Isolated.chance().get()),
            ("internal", Reachable::Internal.chance().get()),
            ("internet", Reachable::Internet.chance().get()),
            ("ATTENTION", ATTENTION),
            ("AnnualRate::PUBLISHED", AnnualRate::PUBLISHED.get()),
            ("FOLLOW_THROUGH", FOLLOW_THROUGH),
            ("YEARS_OF_OPINION", priors::YEARS_OF_OPINION),
            ("most_bytes", ReadOptions::default().most_bytes as f64),
            ("LONGEST_ID", LONGEST_ID as f64),
            ("events_per_finding", options.events_per_finding as f64),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        for (outcome, words) in [
            (Outcome::Exploited, "exploited, blocked"),
            (Outcome::Blocked, "exploited, blocked"),
            (Outcome::NotReachable, "not reachable"),
            (Outcome::NotAffected, "not affected"),
        ] {
            let trust = Trust::of(outcome);
            code.insert(format!("sensitivity of {words}"), trust.sensitivity.get());
            code.insert(format!("specificity of {words}"), trust.specificity.get());
        }
        for means in Means::ALL {
            code.insert(format!("hours to {means}"), means.default_hours());
        }
        code.extend(REFERENCE_CLASSES.iter().map(|prior| (prior.class.to_owned(), prior.chance)));
        for class in Effects::shipped().classes() {
            code.extend(class.here.map(|here| (class.name.to_string(), here.get())));
            let threat = class.threat.filter(|_| class.scales);
            code.extend(threat.map(|threat| (format!("tried: {}", class.name), threat.get())));
        }
        code
    }

    /// The rows of the chapter's tables: name, value, and the column after it.
    fn rows() -> impl Iterator<Item = (String, f64, &'static str)> {
        CHAPTER.lines().filter_map(|line| line.strip_prefix("| `")).map(|row| {
            let cells: Vec<_> = row.split('|').map(str::trim).collect();
            (cells[0].replace('`', ""), cells[1].parse().unwrap(), cells[2])
        })
    }

    #[test]
    fn the_tables_say_what_the_code_does() {
        let chapter: BTreeMap<String, f64> = rows().map(|(name, value, _)| (name, value)).collect();
        assert_eq!(chapter.len(), rows().count(), "a name stands once");
        assert_eq!(chapter, code());
    }

    #[test]
    fn the_worth_of_a_prior_is_as_listed() {
        let worth: BTreeMap<_, _> = rows().map(|(name, _, next)| (name, next)).collect();
        for prior in REFERENCE_CLASSES {
            assert_eq!(worth[prior.class], prior.worth.to_string(), "{}", prior.class);
        }
        for class in Effects::shipped().classes().filter(|class| class.here.is_some()) {
            assert_eq!(worth[&*class.name], class.worth.unwrap().to_string(), "{}", class.name);
        }
    }

    #[test]
    fn no_constant_is_left_out() {
        let source = include_str!("../prioritize/priors.rs");
        let declared = source.lines().filter_map(|line| line.split_once("const ")?.1.split_once(": f64"));
        let names: Vec<&str> = declared
            .map(|(name, _)| name)
            .filter(|name| name.bytes().all(|c| c == b'_' || c.is_ascii_uppercase()))
            .collect();
        assert!(names.len() >= 10, "{names:?}");
        for name in names {
            assert!(CHAPTER.contains(&format!("| `{name}` |")), "{name}");
        }
    }
}
