//! `ctem intel`: where the world's tables are published, and what those hold that somebody downloaded.

use super::{
    arguments::IntelTables,
    gather,
    output::line,
    outside::{FINE, Failure, Outside},
};
use crate::{
    intel::Intel,
    model::{Note, RecordCounts},
    time::Moment,
    wire::{self, IntelDocument},
};
use std::fmt::Write;

/// What is published where: the flag it is handed in with, who publishes it, how often it changes, and its address.
const PUBLISHED: [[&str; 4]; 5] = [
    [
        "--epss",
        "EPSS scores, by FIRST",
        "daily",
        "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz",
    ],
    [
        "--kev",
        "Known exploited vulnerabilities, by CISA",
        "as they come",
        "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
    ],
    [
        "--metasploit",
        "Modules, by Rapid7",
        "daily",
        "https://raw.githubusercontent.com/rapid7/metasploit-framework/master/db/modules_metadata_base.json",
    ],
    [
        "--nuclei",
        "Templates, by ProjectDiscovery",
        "daily",
        "https://raw.githubusercontent.com/projectdiscovery/nuclei-templates/main/cves.json",
    ],
    [
        "--exploit-db",
        "Entries of Exploit-DB, by OffSec",
        "daily",
        "https://gitlab.com/exploitdb/exploitdb/-/raw/main/files_exploits.csv",
    ],
];

/// Older tables than this are worth a word.
const OLD_DAYS: f64 = 7.0;

pub(super) fn intel(said: IntelTables, outside: &mut Outside<'_>) -> Result<u8, Failure> {
    let intel = gather::intel(&said.tables, outside)?;
    let text = match (said.json, held(&intel, outside.now)) {
        (true, _) => line(wire::json(&IntelDocument::of(&intel))?),
        (false, held) if held.is_empty() => published(),
        (false, held) => held,
    };
    outside.print(&text)?;
    Ok(FINE)
}

fn published() -> String {
    let mut text =
        "Nothing is fetched here. Download what you want to be used, and hand it in by its flag:\n"
            .to_owned();
    for [flag, what, often, address] in PUBLISHED {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n{flag} FILE\n  {what}; {often}\n  {address}\n");
    }
    text.push_str("\n`ctem intel` with these flags says what the files hold.\n");
    text
}

/// What the tables hold that were handed in.
fn held(intel: &Intel, now: Moment) -> String {
    let mut text = String::new();
    if let Some(epss) = &intel.epss {
        let model = epss.model_version.as_deref().unwrap_or("unknown");
        text.push_str(&table(
            "EPSS",
            &format!("model {model}"),
            epss.score_date,
            now,
            epss.tally,
            &epss.notes,
        ));
    }
    if let Some(kev) = &intel.kev {
        let version = format!("version {}", kev.version);
        text.push_str(&table("KEV", &version, kev.released, now, kev.tally, &kev.notes));
    }
    let lists =
        [("Metasploit", &intel.metasploit), ("Nuclei", &intel.nuclei), ("Exploit-DB", &intel.exploit_db)];
    for (name, list) in lists {
        if let Some(list) = list {
            let _ = writeln!(text, "{name}: {} CVEs with public exploit code", list.len());
        }
    }
    if intel.effects.own_lines() > 0 {
        let _ = writeln!(text, "Effects: {} lines of your own", intel.effects.own_lines());
    }
    text
}

fn table(
    name: &str,
    version: &str,
    made: Option<Moment>,
    now: Moment,
    tally: RecordCounts,
    notes: &[Note],
) -> String {
    let age = |made: Moment| now.since(made).get();
    let made_in_words = match made {
        Some(made) if age(made) > OLD_DAYS => {
            format!("of {}, which is {:.0} days ago: download a newer one", made.date(), age(made))
        }
        Some(made) => format!("of {}", made.date()),
        None => "of no stated day".into(),
    };
    let mut text = format!("{name}: {version}, {made_in_words}\n  Rows: {tally}\n");
    for note in notes.iter().take(10) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {note}");
    }
    text
}
