//! The facts of a finding, each with the reason why it is taken for one: from the assessment, not from a box that somebody ticks.

use super::{fact::Fact, options::DeadlineOptions};
use crate::{
    cvss::{AttackVector, Impact, Privileges},
    intel::{
        Intel,
        kev::Listing,
        ssvc::{CISA_COORDINATOR, DEPLOYER, Table},
    },
    model::Access,
    prioritize::Circumstance,
    word,
};

/// From what chance on a known exploited flaw is likely exploited here: exploitation elsewhere shows that attackers succeed, so that only
/// what tests have made improbable is not. An assumption.
pub(crate) const LIKELY_ONCE_EXPLOITED: f64 = 0.1;

/// From what loss on, in crown jewels, harm is limited, serious or catastrophic: a factor of ten each. An assumption.
pub(crate) const HARMS: [f64; 3] = [0.01, 0.1, 1.0];

/// A fact: its value, and why.
pub(super) struct Told {
    pub(super) is: &'static str,
    pub(super) why: String,
}

/// What is known of one finding.
pub(super) struct Facts<'a> {
    pub(super) of: &'a Circumstance<'a>,
    pub(super) intel: &'a Intel,
    pub(super) options: &'a DeadlineOptions,
}

impl<'a> Facts<'a> {
    /// The value of a fact; nothing where nobody stated it.
    pub(super) fn tell(&self, fact: Fact) -> Option<Told> {
        let told = |is: &'static str, why: String| Some(Told { is, why });
        match fact {
            Fact::InKev => self.in_kev(),
            Fact::Ransomware => match self.listing().filter(|listing| listing.ransomware) {
                Some(listing) => told("yes", format!("the catalogue says so of {}", listing.cve)),
                None => told("no", "no catalogue that was handed in says so".into()),
            },
            Fact::Exploitation => self.exploitation(),
            Fact::InternetReachable => match &self.of.from_internet {
                Some(way) => told("yes", format!("from the internet: {}", way.join(" → "))),
                None => {
                    told("no", "no way from the internet that needs no break-in elsewhere is known".into())
                }
            },
            Fact::LikelyExploitable => self.likely(),
            Fact::Automatable => self.automatable(),
            Fact::TechnicalImpact => self.technical_impact(),
            Fact::SystemExposure => match (&self.of.from_internet, self.of.reach > 0.0) {
                (Some(way), _) => told("open", format!("from the internet: {}", way.join(" → "))),
                (None, true) => told("controlled", format!("{}, and not from the internet", self.reach())),
                (None, false) => told("small", self.reach()),
            },
            Fact::Impact => {
                let (harm, why) = self.harm();
                let (one, several) = (["n1", "n2", "n3", "n4"].get(harm), ["n1", "n2", "n4", "n5"].get(harm));
                let several_agencies = self.options.several_agencies;
                let of = if several_agencies { "more than one agency" } else { "one agency" };
                let is = if several_agencies { several } else { one };
                told(is?, format!("{why}, to {of}"))
            }
            Fact::HumanImpact => {
                let (harm, why) = self.harm();
                told(["low", "medium", "high", "very_high"].get(harm)?, why)
            }
            Fact::MissionImpact => {
                let (harm, why) = self.harm();
                told(["low", "medium", "medium", "high"].get(harm)?, why)
            }
            Fact::Severity => match self.of.severity {
                Some(severity) => told(severity.name(), "the highest that a source or a vector gives".into()),
                None => told("unknown", "neither a source nor a vector gives one".into()),
            },
            Fact::Class => told(self.options.class?.name(), "as stated".into()),
            Fact::Deployer => self.decided(
                &DEPLOYER,
                &[
                    ("exploitation", Fact::Exploitation),
                    ("system_exposure", Fact::SystemExposure),
                    ("automatable", Fact::Automatable),
                    ("human_impact", Fact::HumanImpact),
                ],
                fact,
            ),
            Fact::Coordinator => self.decided(
                &CISA_COORDINATOR,
                &[
                    ("exploitation", Fact::Exploitation),
                    ("automatable", Fact::Automatable),
                    ("technical_impact", Fact::TechnicalImpact),
                    ("mission_and_well_being_impact", Fact::MissionImpact),
                ],
                fact,
            ),
        }
    }

    /// The entry of the catalogue; of several CVEs the one that is due first.
    pub(super) fn listing(&self) -> Option<&'a Listing> {
        let kev = self.intel.kev.as_deref()?;
        let listed = self.of.finding.weakness.cves().filter_map(|cve| kev.listing(cve));
        listed.min_by_key(|listing| (listing.due.is_none(), listing.due, listing.cve))
    }

    fn in_kev(&self) -> Option<Told> {
        let (is, why) = match self.listing() {
            Some(listing) => ("yes", format!("{} is listed since {}", listing.cve, listing.added.date())),
            None if self.of.known_exploited => {
                ("yes", "a source says that it is known to be exploited".into())
            }
            None if self.intel.kev.is_none() => {
                ("no", "no source says so, and no catalogue was handed in".into())
            }
            None => ("no", "neither the catalogue nor a source says so".into()),
        };
        Some(Told { is, why })
    }

    fn exploitation(&self) -> Option<Told> {
        if let Some(told) = self.in_kev().filter(|told| told.is == "yes") {
            return Some(Told { is: "active", why: told.why });
        }
        let lists = [
            ("Metasploit", &self.intel.metasploit),
            ("Nuclei", &self.intel.nuclei),
            ("Exploit-DB", &self.intel.exploit_db),
        ];
        let with = |list: &Option<std::sync::Arc<crate::intel::exploits::Exploits>>| {
            list.as_ref().is_some_and(|list| self.of.finding.weakness.cves().any(|cve| list.has(cve)))
        };
        let public = lists.into_iter().find(|(_, list)| with(list)).map(|(name, _)| name);
        Some(match public {
            Some(name) => Told { is: "public_poc", why: format!("{name} has an exploit") },
            None => Told { is: "none", why: "no list that was handed in has an exploit".into() },
        })
    }

    fn reach(&self) -> String {
        match self.of.reach {
            reach if reach > 0.0 => {
                format!("an attacker comes to what it needs with a chance of {}", percent(reach))
            }
            _ => "no way to what it needs is known".into(),
        }
    }

    fn likely(&self) -> Option<Told> {
        let (own, reach) = (self.of.own, self.reach());
        let least = match self.of.known_exploited || self.listing().is_some() {
            true => LIKELY_ONCE_EXPLOITED.min(self.options.likely_from),
            false => self.options.likely_from,
        };
        let likely = self.of.reach > 0.0 && own >= least;
        let chance = format!(
            "who gets there and knows it succeeds with a chance of {}, and {} is likely",
            percent(own),
            percent(least)
        );
        Some(Told { is: if likely { "yes" } else { "no" }, why: format!("{reach}; {chance}") })
    }

    fn automatable(&self) -> Option<Told> {
        let vectors = &self.of.finding.weakness.cvss;
        if let Some(stated) =
            vectors.iter().find_map(|vector| vector.metric("AU")).filter(|stated| *stated != "X")
        {
            let is = if stated == "Y" { "yes" } else { "no" };
            return Some(Told { is, why: format!("its CVSS vector says AU:{stated}") });
        }
        if vectors.is_empty() {
            let from_afar = self.of.needs == Some(Access::Reach);
            let (is, why) = match from_afar {
                true => ("yes", "it has no CVSS vector, and needs no more than to be talked to"),
                false => ("no", "it has no CVSS vector, and needs more than to be talked to"),
            };
            return Some(Told { is, why: why.into() });
        }
        let easy = vectors.iter().find(|vector| {
            let reading = vector.reading();
            let open = reading.vector == AttackVector::Network && reading.privileges == Privileges::None;
            open && !reading.hard && !reading.needs_person
        });
        Some(match easy {
            Some(vector) => Told {
                is: "yes",
                why: format!(
                    "over the network, easily, without rights and without a victim's part: {vector}"
                ),
            },
            None => Told {
                is: "no",
                why: "no CVSS vector has it over the network, easily, without rights and a victim's part"
                    .into(),
            },
        })
    }

    fn technical_impact(&self) -> Option<Told> {
        let all = self.of.finding.weakness.cvss.iter().find(|vector| {
            let reading = vector.reading();
            [reading.confidentiality, reading.integrity, reading.availability] == [Impact::High; 3]
        });
        Some(match (self.of.gives, all) {
            (Some(access @ (Access::Use | Access::Control)), _) => {
                Told { is: "total", why: format!("it gives {access}") }
            }
            (_, Some(vector)) => Told { is: "total", why: format!("all three impacts are high: {vector}") },
            (Some(access), None) => Told { is: "partial", why: format!("it gives {access} and no more") },
            (None, None) => Told { is: "partial", why: "it gives an attacker nothing".into() },
        })
    }

    /// How bad it is, from 0 to 3.
    fn harm(&self) -> (usize, String) {
        let Some(worst) = &self.of.worst else { return (0, "it leads to no loss".into()) };
        let harm = HARMS.iter().filter(|least| worst.loss >= **least).count();
        let called =
            ["negligible", "limited", "serious", "catastrophic"].get(harm).copied().unwrap_or_default();
        let assumed = if worst.assumed { ", whose size is assumed" } else { "" };
        let jewels = format!("{} of a crown jewel{assumed}", percent(worst.loss));
        (harm, {
            let leads =
                if worst.without_way { "no way is known, but on its asset happens" } else { "it leads to" };
            format!("{called} harm: {leads} {}, {jewels}", worst.name)
        })
    }

    /// What a table of SSVC decides from other facts.
    fn decided(&self, table: &Table, points: &[(&'static str, Fact)], fact: Fact) -> Option<Told> {
        let given: Vec<(&str, Told)> =
            points.iter().filter_map(|(point, of)| Some((*point, self.tell(*of)?))).collect();
        // SSVC parts its words by blanks.
        let spelt: Vec<String> = given.iter().map(|(_, told)| told.is.replace('_', " ")).collect();
        let asked: Vec<(&str, &str)> =
            given.iter().zip(&spelt).map(|((point, _), is)| (*point, is.as_str())).collect();
        let outcome = table.decide(&asked).ok()?;
        let plain = word::plain(outcome);
        let is = fact.values().iter().find(|value| **value == plain)?;
        let why: Vec<String> = given
            .iter()
            .map(|(point, told)| format!("{} {} ({})", words(point), words(told.is), told.why))
            .collect();
        Some(Told { is, why: why.join("; ") })
    }
}

fn words(name: &str) -> String {
    name.replace('_', " ")
}

/// A share in words: whole percents, and of small ones as many digits as tell them from none.
fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent >= 1.0 || percent <= 0.0 { format!("{percent:.0} %") } else { "less than 1 %".into() }
}
