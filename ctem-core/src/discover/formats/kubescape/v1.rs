//! Version 1 of Kubescape's JSON: frameworks with their controls, rules and what each rule found.
//!
//! A record is an object that a rule of a control names. Objects that pass stand nowhere. One that somebody excepted is accepted.

use super::{
    super::{Draft, claim::Claim, json, object_kind},
    object::{Object, in_scope, name_of, severity},
};
use crate::{
    error::Result,
    model::{Status, WeaknessKind},
};
use serde::Deserialize;
use serde_json::value::RawValue;

/// A framework, or a report of several.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Framework<'a> {
    cluster_name: Option<String>,
    #[serde(alias = "reportGenerationTime")]
    generation_time: Option<String>,
    #[serde(borrow, default)]
    frameworks: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    control_reports: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Control<'a> {
    #[serde(alias = "controlID")]
    id: Option<String>,
    name: Option<String>,
    description: Option<String>,
    remediation: Option<String>,
    #[serde(alias = "scoreFactor")]
    base_score: Option<f64>,
    #[serde(borrow, default)]
    rule_reports: Option<Vec<Rule<'a>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'a> {
    #[serde(borrow, default)]
    rule_responses: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    alert_message: Option<String>,
    rule_status: Option<String>,
    failed_paths: Option<Vec<String>>,
    alert_object: Option<Alerted>,
    exception: Option<Exception>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Alerted {
    k8s_api_objects: Option<Vec<Object>>,
    external_objects: Option<Object>,
}

#[derive(Deserialize)]
struct Exception {
    name: Option<String>,
    reason: Option<String>,
}

/// What holds of all controls of a framework.
struct Context<'a> {
    scope: Option<&'a str>,
    seen: &'a str,
}

/// Reads a document of version 1: a framework, a report, or a list of them.
pub(super) fn read(text: &str, outline: &json::Outline, draft: &mut Draft<'_>) -> Result<()> {
    for (place, one) in json::records(text, outline)? {
        match json::parse::<Framework<'_>>(one.get()) {
            Ok(framework) => take_framework(&framework, None, &place, draft),
            Err(error) if outline.is_array() => draft.record(&place, |_| Err(error)),
            Err(error) => return Err(error.at(&place)),
        }
    }
    Ok(())
}

fn take_framework(
    framework: &Framework<'_>,
    around: Option<&Context<'_>>,
    place: &str,
    draft: &mut Draft<'_>,
) {
    let said = |text: &'_ Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let scope = said(&framework.cluster_name).or_else(|| around?.scope.map(str::to_owned));
    let scope = scope.or_else(|| draft.options.scope.as_deref().map(str::to_owned));
    // Some versions write the zero time, which is no time.
    let seen = said(&framework.generation_time).filter(|time| !time.starts_with("0001"));
    let seen = seen.or_else(|| around.map(|around| around.seen.to_owned())).unwrap_or_default();
    let context = Context { scope: scope.as_deref(), seen: &seen };
    for (n, raw) in framework.control_reports.iter().flatten().enumerate() {
        let place = format!("{place}/controlReports/{n}");
        match json::parse::<Control<'_>>(raw.get()) {
            Ok(control) => context.take_control(&control, &place, draft),
            Err(error) => draft.record(&place, |_| Err(error)),
        }
    }
    // Frameworks hold no further ones.
    for (n, raw) in framework.frameworks.iter().flatten().enumerate().filter(|_| around.is_none()) {
        let place = format!("{place}/frameworks/{n}");
        match json::parse::<Framework<'_>>(raw.get()) {
            Ok(inside) => take_framework(&inside, Some(&context), &place, draft),
            Err(error) => draft.record(&place, |_| Err(error)),
        }
    }
}

impl Context<'_> {
    fn take_control(&self, control: &Control<'_>, place: &str, draft: &mut Draft<'_>) {
        let responses =
            || control.rule_reports.iter().flatten().flat_map(|rule| rule.rule_responses.iter().flatten());
        if responses().next().is_none() {
            draft.record(place, |draft| {
                draft.clear();
                Ok(())
            });
        }
        for (m, rule) in control.rule_reports.iter().flatten().enumerate() {
            let place = format!("{place}/ruleReports/{m}/ruleResponses");
            draft.each(
                &place,
                rule.rule_responses.iter().flatten().copied(),
                |response: Response, place, draft| self.take(control, &response, place, draft),
            );
        }
    }

    fn take(
        &self,
        control: &Control<'_>,
        response: &Response,
        place: &str,
        draft: &mut Draft<'_>,
    ) -> Result<()> {
        let alerted = response.alert_object.as_ref();
        let objects: Vec<&Object> = alerted
            .into_iter()
            .flat_map(|alerted| alerted.k8s_api_objects.iter().flatten().chain(&alerted.external_objects))
            .collect();
        if crate::word::is(response.rule_status.as_deref(), &["success", "passed"])
            && response.exception.is_none()
        {
            draft.clear();
            return Ok(());
        }
        let rule = control.id.as_deref().or(control.name.as_deref()).unwrap_or_default();
        let names: Vec<(String, _)> = match objects.as_slice() {
            [] => vec![(String::new(), object_kind::of(""))],
            objects => {
                let named = |object: &&Object| {
                    (name_of(object), object_kind::of(object.kind.as_deref().unwrap_or_default()))
                };
                objects.iter().map(named).collect()
            }
        };
        for (short, kind) in names {
            let asset = if short.is_empty() {
                draft.default_asset(kind)?
            } else {
                let name = in_scope(&short, self.scope, draft);
                let asset = draft.asset(&name, kind.clone())?;
                draft.asset_seen_as(asset, kind, Some(&short), &[])
            };
            let mut claim = Claim::new(asset, WeaknessKind::Misconfiguration, rule, place);
            claim.title = control.name.as_deref().unwrap_or_default();
            let message = response.alert_message.as_deref();
            claim.description = message.or(control.description.as_deref()).unwrap_or_default();
            claim.severity = severity(control.base_score);
            let paths = response.failed_paths.iter().flatten().filter(|path| !path.trim().is_empty());
            let change: Vec<String> = paths.map(|path| format!("change {path}")).collect();
            let advice = match change.as_slice() {
                [] => control.remediation.clone().unwrap_or_default(),
                change => change.join("; "),
            };
            claim.advice = &advice;
            if let Some(exception) = &response.exception {
                claim.status = Status::Accepted;
                let why = exception.reason.as_deref().or(exception.name.as_deref());
                claim.acceptance.reason = why.map(Box::from);
            }
            claim.seen = self.seen;
            draft.claim(claim)?;
        }
        Ok(())
    }
}
