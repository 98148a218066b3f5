//! What cargo-audit and cargo-deny are told to ignore: `ignore` under `[advisories]`, in `audit.toml` and `deny.toml`.
//!
//! A record is an advisory: its id, or in `deny.toml` a table with the id or the crate, and the reason.

use super::{
    Draft, Reader,
    document::{Document, Match, Shape},
    ignored::IgnoreRule,
};
use crate::{
    error::{Error, Result},
    model::{Acceptance, Component},
};
use serde_json::Value;

pub(super) const READER: Reader = Reader {
    name: "cargo_audit_config",
    title: "cargo-audit and cargo-deny settings, `audit.toml` and `deny.toml`",
    detect,
    read,
};

fn detect(document: &Document<'_>) -> Match {
    let Shape::Toml(_, outline) = &document.shape else { return Match::No };
    Match::yes_if(outline.has("/advisories/ignore"))
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let value = document.setting_values()?;
    // Sections that cargo-audit does not have.
    let of_deny = ["bans", "licenses", "sources", "graph"].iter().any(|name| value.get(name).is_some());
    draft.ignores_of(if of_deny { "cargo_deny" } else { "cargo_audit" });
    let list = value.pointer("/advisories/ignore").and_then(Value::as_array);
    for (n, entry) in list.into_iter().flatten().enumerate() {
        let place = format!("/advisories/ignore/{n}");
        draft.record(&place, |draft| {
            let said = |name: &str| entry.get(name).and_then(Value::as_str).map(str::trim);
            let id = entry.as_str().map(str::trim).or_else(|| said("id")).filter(|id| !id.is_empty());
            let package = said("crate").map(|named| {
                let (name, version) = named.split_once('@').map_or((named, None), |(a, b)| (a, Some(b)));
                Component::new(name, version)
            });
            if id.is_none() && package.is_none() {
                return Err(Error::invalid(
                    "neither an id nor a `crate` is named: the entry must say what is ignored",
                ));
            }
            draft.ignore(IgnoreRule {
                weakness: id.map(Box::from),
                packages: package.into_iter().collect(),
                acceptance: Acceptance { reason: said("reason").map(Box::from), ..Acceptance::default() },
                place: place.as_str().into(),
                ..IgnoreRule::default()
            })
        });
    }
    Ok(())
}
