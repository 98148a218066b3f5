//! Prowler CSV, of version 3 and later (`CHECK_ID`, semicolons) and of version 2 (`TITLE_ID`).
//!
//! A record is a check of a resource, as in Prowler's JSON. Version 2 names no resource, so its asset is the account.

use super::{
    Draft, Reader,
    document::{Document, Match},
    prowler::{Check, MANUAL},
    table::{self, Row},
};
use crate::{error::Result, model::Status, word};

pub(super) const READER: Reader = Reader { name: "prowler_csv", title: "Prowler CSV", detect, read };

fn detect(document: &Document<'_>) -> Match {
    let new = document.has_columns(&["CHECK_ID", "CHECK_TITLE", "STATUS_EXTENDED"]);
    Match::yes_if(new || document.has_columns(&["TITLE_ID", "CHECK_RESULT", "TITLE_TEXT"]))
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let mut manual = 0;
    table::each(document, draft, |row, place, draft| take(row, place, &mut manual, draft))?;
    draft.unread("", manual, "entry", MANUAL);
    Ok(())
}

fn take(row: &Row<'_>, place: &str, manual: &mut usize, draft: &mut Draft<'_>) -> Result<()> {
    let old = row.field("CHECK_ID").is_empty();
    let number = row.first(&[
        "ACCOUNT_UID",
        "ACCOUNT_ID",
        "ACCOUNT_NUM",
        "PROJECT_ID",
        "SUBSCRIPTION",
        "ACCOUNT_NAME",
    ]);
    let account = format!("account:{number}");
    let named = row.first(&["RESOURCE_UID", "RESOURCE_ARN", "RESOURCE_ID", "RESOURCE_NAME"]);
    let description =
        [row.first(&["STATUS_EXTENDED", "CHECK_RESULT_EXTENDED"]), row.first(&["DESCRIPTION", "CHECK_RISK"])];
    Check {
        id: row.first(&["CHECK_ID", "TITLE_ID"]),
        status: row.first(&["STATUS", "CHECK_RESULT"]),
        state: if word::flag(row.field("MUTED")) == Some(true) { Status::Accepted } else { Status::Open },
        // Version 2 names its resource only in words.
        instance: if old { row.field("CHECK_RESULT_EXTENDED") } else { "" },
        resource: if old { &account } else { named },
        also: "",
        account: number,
        region: row.field("REGION"),
        kind: row.first(&["RESOURCE_TYPE", "CHECK_ASFF_RESOURCE_TYPE"]),
        title: row.first(&["CHECK_TITLE", "TITLE_TEXT"]),
        description: &description.join("\n"),
        severity: row.first(&["SEVERITY", "CHECK_SEVERITY"]),
        advice: row.first(&["REMEDIATION_RECOMMENDATION_TEXT", "CHECK_REMEDIATION"]),
        link: row.first(&["REMEDIATION_RECOMMENDATION_URL", "RELATED_URL", "CHECK_DOC"]),
        categories: row.field("CATEGORIES").split(['|', ',']).collect(),
        seen: row.field("TIMESTAMP"),
        controls: controls(row.field("COMPLIANCE")),
    }
    .take(place, manual, draft)
}

/// `CIS-1.5: 2.1.5, 2.1.2 | PCI-3.2.1: s3_1` as pairs of framework and control.
fn controls(said: &str) -> Vec<(&str, &str)> {
    said.split('|')
        .filter_map(|part| part.split_once(": "))
        .flat_map(|(framework, controls)| controls.split(',').map(move |control| (framework, control)))
        .collect()
}
