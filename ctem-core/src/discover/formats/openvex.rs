//! OpenVEX, versions 0.0.1 and 0.2: what a supplier concludes of vulnerabilities in its products.
//!
//! A record is a statement on a product, or on a component of one. The asset is the product: an image by its name and digest, a
//! package by its package URL. A statement about a package speaks of it wherever it lies, so that what it says applies to
//! findings of other reports too; later statements take the place of earlier ones.

use super::{
    Draft, Reader,
    claim::{Claim, Concluded},
    cyclonedx::{concluded, named_by},
    document::{Document, Match},
    json, product,
};
use crate::{
    error::Result,
    model::{Status, WeaknessKind},
    word,
};
use serde::Deserialize;
use serde_json::value::RawValue;

pub(super) const READER: Reader = Reader { name: "openvex", title: "OpenVEX JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let context = json.text("/@context").is_some_and(|context| context.contains("openvex"));
        Match::yes_if(context && json.has("/statements")).max(Match::maybe_if(context))
    })
}

#[derive(Deserialize)]
struct Vex<'a> {
    #[serde(borrow, default)]
    timestamp: Option<&'a RawValue>,
    #[serde(borrow, default)]
    last_updated: Option<&'a RawValue>,
    #[serde(borrow, default)]
    statements: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Statement {
    vulnerability: Named,
    products: Option<Vec<Named>>,
    /// In version 0.0.1 components stand beside the products.
    subcomponents: Option<Vec<Named>>,
    status: String,
    justification: Option<String>,
    impact_statement: Option<String>,
    action_statement: Option<String>,
    status_notes: Option<String>,
    timestamp: Option<String>,
    last_updated: Option<String>,
}

/// A vulnerability or product: its name, or an object with it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Named {
    Name(String),
    Object(Box<Object>),
}

#[derive(Deserialize)]
struct Object {
    #[serde(rename = "@id")]
    id: Option<String>,
    name: Option<String>,
    description: Option<String>,
    aliases: Option<Vec<String>>,
    identifiers: Option<Identifiers>,
    subcomponents: Option<Vec<Named>>,
}

#[derive(Deserialize)]
struct Identifiers {
    purl: Option<String>,
}

impl Named {
    /// What it is called: its package URL, before its other names.
    fn id(&self) -> &str {
        match self {
            Self::Name(name) => name,
            Self::Object(object) => {
                let purl = object.identifiers.as_ref().and_then(|known| known.purl.as_deref());
                purl.or(object.id.as_deref()).or(object.name.as_deref()).unwrap_or_default()
            }
        }
    }

    fn object(&self) -> Option<&Object> {
        if let Self::Object(object) = self { Some(object) } else { None }
    }

    /// The name of a vulnerability, which may stand at the end of its address.
    fn weakness(&self) -> &str {
        let named = self.object().and_then(|object| object.name.as_deref());
        named.unwrap_or_else(|| self.id().rsplit('/').next().unwrap_or_default())
    }
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let vex: Vex<'_> = json::parse(&document.text)?;
    let text = |text: Option<&RawValue>| text.and_then(|text| json::parse::<String>(text.get()).ok());
    let seen = text(vex.last_updated).or_else(|| text(vex.timestamp)).unwrap_or_default();
    draft.report.source.taken = draft.moment(Some(&seen), "/timestamp");
    for (n, record) in vex.statements.iter().flatten().enumerate() {
        let place = format!("/statements/{n}");
        draft.record(&place, |draft| {
            let statement: Statement = draft.understood(record.get(), &place)?;
            let products = statement.products.as_deref().unwrap_or_default();
            if products.is_empty() {
                return take(&statement, None, None, &seen, &place, draft);
            }
            for product in products {
                let own = product.object().and_then(|object| object.subcomponents.as_deref());
                let parts = own.or(statement.subcomponents.as_deref()).unwrap_or_default();
                if parts.is_empty() {
                    take(&statement, Some(product), None, &seen, &place, draft)?;
                }
                for part in parts {
                    take(&statement, Some(product), Some(part), &seen, &place, draft)?;
                }
            }
            Ok(())
        });
    }
    Ok(())
}

fn take(
    statement: &Statement,
    named: Option<&Named>,
    part: Option<&Named>,
    seen: &str,
    place: &str,
    draft: &mut Draft<'_>,
) -> Result<()> {
    let name = named.map(Named::id).filter(|name| !word::is(*name, &["", "unknown_product"]));
    let asset = product::asset(name, draft)?;
    let rule = statement.vulnerability.weakness();
    let mut claim = Claim::new(asset, WeaknessKind::Vulnerability, rule, place);
    claim.names.push(rule);
    if let Some(known) = statement.vulnerability.object() {
        claim.names.extend(known.aliases.iter().flatten().map(String::as_str));
        claim.description = known.description.as_deref().unwrap_or_default();
        claim.link = known.id.as_deref().filter(|id| id.starts_with("http")).unwrap_or_default();
    }
    let package = part.map(Named::id).or(name.filter(|name| product::is_package(name)));
    claim.component = package.map(named_by);
    let state = word::plain(&statement.status);
    let status = match &*state {
        "not_affected" => Status::NotAffected,
        "fixed" => Status::Fixed,
        "affected" | "under_investigation" => Status::Open,
        _ => {
            let known = "not_affected, affected, fixed, under_investigation";
            let message = format!("{} is no status: use one of {known}", crate::error::quoted(&state));
            return Err(crate::error::Error::invalid(message).at("/status"));
        }
    };
    // Of a component of a product it is said there alone.
    claim.concluded = Some(Concluded { status, wherever: part.is_none() && package.is_some(), versions: "" });
    claim.advice = statement.action_statement.as_deref().unwrap_or_default();
    let why = statement.impact_statement.as_deref().or(statement.status_notes.as_deref());
    concluded(&mut claim, Some(&state), statement.justification.as_deref(), None::<&str>, why);
    let at = statement.last_updated.as_deref().or(statement.timestamp.as_deref());
    claim.seen = at.unwrap_or(seen);
    draft.claim(claim)
}
