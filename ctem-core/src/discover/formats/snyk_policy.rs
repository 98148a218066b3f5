//! What Snyk is told to ignore: `.snyk`, the policy file.
//!
//! A record is a way to an issue that is ignored: `*` for all, with the reason and the end. One that names a single way through the
//! dependencies is not followed, since a finding stands for all of its ways. Patches have changed the code that is scanned, and are clear.

use super::{
    Draft, Reader,
    document::{Document, Match},
    ignored::{self, IgnoreRule},
};
use crate::{
    error::Result,
    model::{Acceptance, NoteKind},
};
use serde::Deserialize;
use serde_json::Value;

pub(super) const READER: Reader = Reader { name: "snyk_policy", title: "Snyk policy, `.snyk`", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.settings().map_or(Match::No, |outline| {
        let is_version = outline.text("/version").is_some_and(|version| version.starts_with("v1."));
        let known = ["ignore", "patch", "exclude", "version", "language-settings", "failThreshold"];
        let lists = outline.has("/ignore") || outline.has("/patch");
        Match::yes_if(is_version && lists && outline.top_names().all(|name| known.contains(&name)))
    })
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Ignored {
    reason: Option<String>,
    expires: Option<String>,
    created: Option<String>,
    ignored_by: Option<Value>,
    disregard_if_fixable: Option<bool>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    draft.ignores_of("snyk");
    let value = document.setting_values()?;
    let entries = |list: &str| value.get(list).and_then(Value::as_object).into_iter().flatten();
    for (id, ways) in entries("ignore") {
        // One way or a list of them, each with what is said of it.
        let ways = match ways {
            Value::Array(list) => list.iter().collect(),
            one => vec![one],
        };
        for (n, way) in ways.into_iter().enumerate() {
            for (way, said) in way.as_object().into_iter().flatten() {
                let place = format!("/ignore/{id}/{n}");
                draft.record(&place, |draft| {
                    let said: Ignored = match said {
                        Value::Null => Ignored::default(),
                        said => draft.understood(&said.to_string(), &place)?,
                    };
                    let by = said.ignored_by.as_ref().and_then(|by| {
                        by.as_str().or_else(|| by.get("name")?.as_str()).or_else(|| by.get("email")?.as_str())
                    });
                    let since = draft.moment(said.created.as_deref(), &place);
                    draft.ignore(IgnoreRule {
                        weakness: Some(id.as_str().into()),
                        is_fixed: (said.disregard_if_fixable == Some(true)).then_some(false),
                        asks_besides: (way.trim() != "*").then(|| format!("the way {way}").into()),
                        acceptance: Acceptance {
                            since,
                            until: ignored::end(said.expires.as_deref())?,
                            by: by.map(Box::from),
                            reason: said.reason.as_deref().map(Box::from),
                        },
                        place: place.as_str().into(),
                        ..IgnoreRule::default()
                    })
                });
            }
        }
    }
    for (id, _) in entries("patch") {
        draft.record(&format!("/patch/{id}"), |draft| {
            draft.clear();
            Ok(())
        });
    }
    if value.get("exclude").and_then(Value::as_object).is_some_and(|lists| !lists.is_empty()) {
        draft.note(
            NoteKind::Ignored,
            "/exclude",
            "left out: it says what is not scanned, and ignores no finding",
        );
    }
    Ok(())
}
