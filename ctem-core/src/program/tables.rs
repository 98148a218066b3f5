//! The world's tables as a program keeps them: as their publishers write them, so that their readers read them again.

use crate::{
    error::{Error, ErrorKind, Result},
    id::Cve,
    intel::{
        Intel,
        effects::Effects,
        epss::Epss,
        exploits::Exploits,
        kev::{Kev, Listing},
    },
};
use serde::{Deserialize, Serialize};
use std::{fmt::Write, sync::Arc};

/// The world's tables, as their publishers write them.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tables {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    epss: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kev: Option<serde_json::Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    metasploit: Option<Vec<Cve>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nuclei: Option<Vec<Cve>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exploit_db: Option<Vec<Cve>>,
    /// How many lines of its own the table of effects had, which is handed in again.
    #[serde(default)]
    effects: usize,
}

impl Tables {
    pub(super) fn of(intel: &Intel) -> Self {
        let cves = |list: &Option<Arc<Exploits>>| list.as_ref().map(|list| list.iter().collect());
        Self {
            epss: intel.epss.as_deref().map(epss),
            kev: intel.kev.as_deref().map(kev),
            metasploit: cves(&intel.metasploit),
            nuclei: cves(&intel.nuclei),
            exploit_db: cves(&intel.exploit_db),
            effects: intel.effects.own_lines(),
        }
    }

    pub(super) fn read(self, effects: Effects) -> Result<Intel> {
        if effects.own_lines() != self.effects {
            let message = format!(
                "the program had a table of effects with {} lines of its own, and is read with one of {}: hand in the one it had",
                self.effects,
                effects.own_lines()
            );
            return Err(Error::new(ErrorKind::Conflict, message).at("/effects"));
        }
        let kev = self.kev.map(|kev| kev.to_string());
        let mut intel =
            Intel::read(self.epss.as_deref().map(str::as_bytes), kev.as_deref().map(str::as_bytes))?;
        let list = |cves: Option<Vec<Cve>>| cves.map(|cves| Arc::new(cves.into_iter().collect()));
        intel.metasploit = list(self.metasploit);
        intel.nuclei = list(self.nuclei);
        intel.exploit_db = list(self.exploit_db);
        Ok(intel.with_effects(effects))
    }
}

/// A table of scores as FIRST writes it. Numbers are written so that they are read as the same.
pub(super) fn epss(table: &Epss) -> String {
    let mut scores: Vec<_> = table.iter().collect();
    scores.sort_unstable_by_key(|(cve, _)| *cve);
    let mut text = head(table);
    // Of a table all scores have a percentile, or none has.
    let ranked = scores.iter().any(|(_, score)| score.percentile.is_some());
    text.push_str(if ranked { "cve,epss,percentile\n" } else { "cve,epss\n" });
    for (cve, score) in scores {
        let _ = write!(text, "{cve},{}", score.probability.get());
        if let Some(percentile) = score.percentile {
            let _ = write!(text, ",{}", percentile.get());
        }
        text.push('\n');
    }
    text
}

/// The line above the table that says which model made it, and of which day it is.
pub(super) fn head(table: &Epss) -> String {
    let model = table.model_version.as_ref().map(|model| format!("model_version:{model}"));
    let date = table.score_date.map(|date| format!("score_date:{date}"));
    let head: Vec<String> = model.into_iter().chain(date).collect();
    if head.is_empty() { String::new() } else { format!("#{}\n", head.join(",")) }
}

/// The catalogue as CISA writes it.
pub(super) fn kev(catalogue: &Kev) -> serde_json::Value {
    serde_json::json!({
        "catalogVersion": catalogue.version,
        "dateReleased": catalogue.released,
        "vulnerabilities": catalogue.iter().map(listing).collect::<Vec<_>>(),
    })
}

/// An entry of the catalogue.
pub(super) fn listing(listing: &Listing) -> serde_json::Value {
    serde_json::json!({
        "cveID": listing.cve,
        "vulnerabilityName": listing.name,
        "vendorProject": listing.vendor,
        "product": listing.product,
        "dateAdded": listing.added,
        "dueDate": listing.due,
        "knownRansomwareCampaignUse": if listing.ransomware { "Known" } else { "Unknown" },
        "requiredAction": listing.required_action,
    })
}
