//! What Grype is told to ignore: the rules of `.grype.yaml`.
//!
//! A record is a rule; all that it states must hold of a match. Without `include-aliases` the vulnerability is the one that Grype matched
//! by, and no other name of it. A rule that asks for what no report keeps, such as a namespace or a pattern, is not followed.

use super::{
    Draft, Reader,
    document::{Document, Match},
    ignored::IgnoreRule,
    package,
};
use crate::{
    error::{Error, Result},
    model::{Acceptance, Component},
    word,
};
use serde::Deserialize;
use serde_json::Value;

pub(super) const READER: Reader =
    Reader { name: "grype_config", title: "Grype settings with ignore rules, `.grype.yaml`", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.settings().map_or(Match::No, |outline| {
        let states = ["vulnerability", "package", "fix-state", "vex-status", "namespace"];
        let rule = states.iter().any(|name| outline.has(&format!("/ignore/0/{name}")));
        Match::yes_if(rule && !outline.has("/matches"))
    })
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", default)]
struct Rule {
    vulnerability: Option<String>,
    include_aliases: Option<bool>,
    reason: Option<String>,
    namespace: Option<String>,
    language: Option<String>,
    fix_state: Option<String>,
    vex_status: Option<String>,
    vex_justification: Option<String>,
    match_type: Option<String>,
    package: Option<Package>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", default)]
struct Package {
    name: Option<String>,
    version: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    language: Option<String>,
    location: Option<String>,
    upstream_name: Option<String>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    draft.ignores_of("grype");
    let value = document.setting_values()?;
    for (n, rule) in value.get("ignore").and_then(Value::as_array).into_iter().flatten().enumerate() {
        let place = format!("/ignore/{n}");
        draft.record(&place, |draft| {
            let rule: Rule = draft.understood(&rule.to_string(), &place)?;
            let rule = rule.ignored(&place)?;
            draft.ignore(rule)
        });
    }
    Ok(())
}

impl Rule {
    fn ignored(self, place: &str) -> Result<IgnoreRule> {
        let said = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let package = self.package.unwrap_or_default();
        let (name, version, kind) = (said(package.name), said(package.version), said(package.kind));
        let vulnerability = said(self.vulnerability);
        let is_pattern =
            |name: &String| name.contains(['*', '^', '$', '(', ')', '[', ']', '|', '\\', '?', '{']);
        let not_kept = [
            ("namespace", said(self.namespace)),
            ("language", said(self.language)),
            ("vex-status", said(self.vex_status)),
            ("vex-justification", said(self.vex_justification)),
            ("match-type", said(self.match_type)),
            ("package.language", said(package.language)),
            ("package.upstream-name", said(package.upstream_name)),
            ("package.name as a pattern", name.clone().filter(is_pattern)),
            ("package.type alone", kind.clone().filter(|_| name.is_none())),
            ("package.version alone", version.clone().filter(|_| name.is_none())),
        ];
        let mark = said(self.fix_state).map(|state| word::plain(&state).into_owned());
        let asks_besides = not_kept.into_iter().find_map(|(what, text)| text.map(|_| what.into()));
        let paths: Vec<Box<str>> = said(package.location).into_iter().map(Box::from).collect();
        if vulnerability.is_none()
            && name.is_none()
            && mark.is_none()
            && paths.is_empty()
            && asks_besides.is_none()
        {
            return Err(Error::invalid("the rule states nothing: it would ignore all"));
        }
        let component = name.map(|name| {
            let component = Component::new(&name, version.as_deref());
            match kind.as_deref().map(|kind| package::ecosystem(kind).unwrap_or(kind)) {
                Some(kind) => component.of(kind),
                None => component,
            }
        });
        Ok(IgnoreRule {
            only_by_rule: vulnerability.is_some() && self.include_aliases != Some(true),
            weakness: vulnerability.map(Box::from),
            packages: component.into_iter().collect(),
            paths,
            mark: mark.map(Box::from),
            asks_besides,
            acceptance: Acceptance { reason: said(self.reason).map(Box::from), ..Acceptance::default() },
            place: place.into(),
            ..IgnoreRule::default()
        })
    }
}
