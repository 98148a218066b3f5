//! Atomic Red Team execution logs, CSV: which tests Invoke-AtomicTest ran on a host, and with which exit code.
//!
//! A record is a test that was run. It is evidence and no finding: of its technique, on the host. Exit code 0 means that it worked; another
//! may also mean that something was lacking, so that it is little evidence against. Rows without one, as older versions write, only say
//! that it was run, and are clear.

use super::{
    Draft, Reader,
    document::{Document, Match},
    table,
    tested::{SIMULATED, Test},
};
use crate::{
    error::{Error, Result, quoted},
    model::Outcome,
};

pub(super) const READER: Reader =
    Reader { name: "atomic_red_team", title: "Atomic Red Team execution log CSV", detect, read };

fn detect(document: &Document<'_>) -> Match {
    Match::yes_if(document.has_columns(&["Technique", "Test Number", "Test Name", "Hostname"]))
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    table::each(document, draft, |row, _, draft| {
        let outcome = match row.field("ExitCode") {
            "" => {
                draft.clear();
                return Ok(());
            }
            "0" => Outcome::Exploited,
            code if code.parse::<i64>().is_ok() => Outcome::Blocked,
            code => {
                return Err(Error::invalid(format!(
                    "{} is no exit code: it is a whole number",
                    quoted(code)
                )));
            }
        };
        draft.test(&Test {
            technique: row.field("Technique"),
            asset: row.first(&["Hostname", "IP Address"]),
            method: "atomic_red_team",
            at: Some(row.first(&["Execution Time (UTC)", "Execution Time (Local)"]))
                .filter(|time| !time.is_empty())
                .map(str::parse)
                .transpose()?,
            outcome: Some(outcome),
            sensitivity: Some(SIMULATED),
            ..Test::default()
        })
    })
}
