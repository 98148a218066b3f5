//! The words all outputs share.

use crate::{
    id::Cve,
    model::{Access, Asset, Attacker, Environment, Finding, Reachability, WeaknessKind},
    prioritize::{Assessment, AttackerAction, BaselineOf, Exposure, Foothold, Hop, Implied, Term},
    quantity::{Estimate, Probability, Severity, spelled},
    time::Days,
};

pub(super) use crate::{quantity::counted, visible::visible};

/// How often something happens, as years between two times.
pub(super) fn once_in(years: Option<f64>) -> String {
    match years {
        None => "never".into(),
        Some(years) if years < 1.0 / 365.0 => "less than a day".into(),
        Some(years) if years < 1.0 / 6.0 => format!("{} days", spelled((years * 365.0).round())),
        Some(years) if years < 2.0 => format!("{} months", spelled((years * 12.0).round())),
        Some(years) => format!("{} years", spelled(years.round())),
    }
}

/// How often something of a chance within a horizon happens: where the chance is known within bounds, from the shorter to the longer.
pub(super) fn once_in_between(chance: Estimate, horizon: Days) -> String {
    let years = |chance: f64| once_in(Probability::clamped(chance).once_in_years(horizon));
    let (shorter, longer) = (years(chance.upper()), years(chance.lower()));
    if shorter == longer { longer } else { format!("{shorter} to {longer}") }
}

/// Visible text of at most so many characters, an ellipsis standing for the rest.
pub(super) fn short(text: &str, most: usize) -> String {
    // Each character becomes at most ten, so this bounds the work however long the text is.
    let end = text.char_indices().nth(most.saturating_add(1)).map_or(text.len(), |(at, _)| at);
    let text = visible(text.get(..end).unwrap_or(text));
    match text.char_indices().nth(most) {
        None => text.into_owned(),
        Some(_) => {
            let kept: String = text.chars().take(most.saturating_sub(1)).collect();
            format!("{kept}…")
        }
    }
}

/// The longest name that is shown whole.
pub(super) const LONG: usize = 200;

/// What is wrong, in a few words that go with the asset's name: a flaw by its number and the component that has it, a relation
/// by what leads on from the asset, anything else by its title.
pub(super) fn what(exposure: &Exposure<'_>) -> String {
    if let Some(finding) = exposure.finding {
        return what_finding(finding, exposure.known_as);
    }
    let title = exposure.title();
    let onward = title.strip_prefix(exposure.asset.title()).and_then(|rest| rest.strip_prefix(' '));
    short(onward.unwrap_or(&title), LONG)
}

/// What is wrong and on which asset, where nothing else names the asset.
pub(super) fn heading(exposure: &Exposure<'_>) -> String {
    match exposure.finding {
        Some(finding) => {
            format!("{} on {}", what_finding(finding, exposure.known_as), name(exposure.asset))
        }
        None => short(&exposure.title(), LONG),
    }
}

fn what_finding(finding: &Finding, known_as: Option<Cve>) -> String {
    let known_as = known_as.map(|cve| cve.to_string());
    let name = match finding.weakness.kind {
        WeaknessKind::Vulnerability => known_as.as_deref().unwrap_or(finding.weakness.id.as_str()),
        _ => finding.weakness.title(),
    };
    match (&finding.component, finding.weakness.kind) {
        (Some(component), WeaknessKind::Vulnerability) => {
            let short_name = component.name.rsplit(['/', ':']).next().unwrap_or(&component.name);
            let version = component.version.as_deref().unwrap_or_default();
            short(format!("{name} {short_name} {version}").trim_end(), LONG)
        }
        (_, _) => short(name, LONG),
    }
}

/// An asset's name.
pub(super) fn name(asset: &Asset) -> String {
    short(asset.title(), LONG)
}

/// Who mends it.
pub(super) fn owner(environment: &Environment, asset: &Asset) -> String {
    let Some(id) = &asset.owner else { return String::new() };
    let known = environment.owner(id).and_then(|owner| owner.name.as_deref());
    short(known.unwrap_or(id.as_str()), LONG)
}

/// What mends it: versions without the flaw, or else a source's advice.
pub(super) fn fix(exposure: &Exposure<'_>) -> String {
    exposure.finding.map_or_else(|| "take it away".into(), fix_of)
}

/// The same of a finding.
pub(super) fn fix_of(finding: &Finding) -> String {
    let versions = finding.fixed_in();
    if versions.is_empty() {
        let advice = finding.sightings.iter().find_map(|sighting| sighting.advice.as_deref());
        return short(advice.unwrap_or_default(), LONG);
    }
    let component = finding.component.as_ref().map(|component| &*component.name).unwrap_or_default();
    let component = component.rsplit(['/', ':']).next().unwrap_or_default();
    short(format!("{component} {}", versions.join(" or ")).trim_start(), LONG)
}

/// The score, as whole as people compare it.
pub(super) fn score(exposure: &Exposure<'_>) -> String {
    format!("{:.0}", exposure.score)
}

/// Whether it is known to be exploited.
pub(super) fn known_exploited(exposure: &Exposure<'_>) -> String {
    if exposure.known_exploited { "yes".into() } else { String::new() }
}

/// A severity, where it is known.
pub(super) fn severity(severity: Option<Severity>) -> String {
    severity.map(|severity| severity.name().to_owned()).unwrap_or_default()
}

/// A CVSS score, where it is known.
pub(super) fn cvss(score: Option<f64>) -> String {
    score.map(|score| format!("{score:.1}")).unwrap_or_default()
}

/// An EPSS score, where it is known.
pub(super) fn epss(score: Option<Probability>) -> String {
    score.map(Probability::percent).unwrap_or_default()
}

/// What is known of how tools rate it: `severity high`, `CVSS 8.1`, `EPSS 3.4 %`.
pub(super) fn rated(
    of: Option<Severity>,
    score: Option<f64>,
    chance: Option<Probability>,
) -> impl Iterator<Item = String> {
    let known = [("severity", severity(of)), ("CVSS", cvss(score)), ("EPSS", epss(chance))];
    known.into_iter().filter(|(_, said)| !said.is_empty()).map(|(by, said)| format!("{by} {said}"))
}

/// What is known of the package besides its name: whose it is, how it came, and whether its weak code is reached.
pub(super) fn package(exposure: &Exposure<'_>) -> Option<String> {
    let finding = exposure.finding?;
    let component = finding.component.as_ref();
    let source = component.and_then(|component| component.source.as_deref());
    let source = source.map(|source| format!("built from the source package {source}"));
    let direct = component.and_then(|component| component.direct);
    let direct =
        direct.map(|direct| if direct { "asked for by name" } else { "brought in by another package" });
    let reached = finding.reachability().map(|reachability| match reachability {
        Reachability::Runtime => "its weak code was seen to run",
        Reachability::Static => "a way through the code leads to its weakness",
        Reachability::Potential => "its weak code may be reached",
        Reachability::Unreachable => "nothing was found to reach its weak code",
        Reachability::Unknown => "whether its weak code is reached could not be told",
    });
    let said: Vec<String> =
        source.into_iter().chain(direct.map(str::to_owned)).chain(reached.map(str::to_owned)).collect();
    (!said.is_empty()).then(|| short(&said.join("; "), LONG))
}

/// The expected loss of all loss events together.
pub(super) fn expected(assessment: &Assessment) -> String {
    between(assessment.risk(), |amount| assessment.unit().amount(amount))
}

/// An estimate in words: one number where its ends look the same.
pub(super) fn between(estimate: Estimate, show: impl Fn(f64) -> String) -> String {
    let (lower, upper) = (show(estimate.lower()), show(estimate.upper()));
    if lower == upper { lower } else { format!("{lower} to {upper}") }
}

/// How much was looked at, and with which tables.
pub(super) fn basis(assessment: &Assessment) -> String {
    let environment = assessment.environment();
    let (epss, kev) = (assessment.intel().epss.as_deref(), assessment.intel().kev.as_deref());
    let epss = match epss {
        Some(table) => match table.score_date {
            Some(date) => format!("EPSS of {}", date.date()),
            None => "EPSS of an unknown day".into(),
        },
        None => "no EPSS table".into(),
    };
    let kev = kev.map_or("no KEV catalogue".into(), |kev| format!("KEV {}", short(&kev.version, 40)));
    format!(
        "{} on {}, {}; {epss}, {kev}",
        counted(assessment.findings_that_stand(), "finding"),
        counted(environment.asset_count(), "asset"),
        counted(environment.relation_count(), "relation"),
    )
}

/// What the inputs imply, beside what firms see, and by which dated numbers.
pub(super) fn implied(assessment: &Assessment) -> String {
    let Implied { uses, attention, baseline, annual_chance, published, .. } = assessment.implied();
    let firms = format!("{} of firms have one (IRIS 2025)", published.percent());
    if uses <= 0.0 {
        return match assessment.environment().entry_points().next() {
            // What is only assumed to be reached tells nothing of incidents.
            None => {
                "No entry point is stated, so nothing is said of the chance of an incident in a year".into()
            }
            Some(_) => format!(
                "Your inputs imply no incident: nothing that attackers surely reach lets them in; {firms}"
            ),
        };
    }
    let day = baseline.as_of.date();
    let from = match baseline.of {
        BaselineOf::Own => format!("your own, from {} a year on {day}", baseline.annual_chance.percent()),
        BaselineOf::Reference => format!("of a reference organisation, {day}"),
    };
    format!(
        "Your inputs imply a chance of {} of an incident in a year; {firms}. This assumes that {} of what is exploited anywhere is tried \
         here (attention), and that {} of break-ins end in an incident (follow-through, {from})",
        annual_chance.percent(),
        attention.percent(),
        baseline.follow_through.percent(),
    )
}

/// A sentence that begins with a capital.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What follows the ranking when some exposures are not shown, and whether these save nothing alone.
pub(super) fn rest(assessment: &Assessment, shown: usize, save_nothing: bool) -> Option<String> {
    let hidden = assessment.len().saturating_sub(shown);
    let quiet = assessment.harmless().min(hidden);
    let alone = if save_nothing { " that save nothing alone" } else { "" };
    match (hidden, quiet) {
        (0, _) => None,
        (hidden, 0) => Some(format!("and {} more{alone}", counted(hidden, "exposure"))),
        (hidden, quiet) if hidden == quiet => {
            let lead = if hidden == 1 { "leads" } else { "lead" };
            Some(format!("and {} that {lead} to no loss", counted(hidden, "exposure")))
        }
        (hidden, quiet) => {
            Some(format!("and {} more{alone}, {quiet} of which lead to no loss", counted(hidden, "exposure")))
        }
    }
}

/// What an exposure leads to.
pub(super) fn leads_to(exposure: &Exposure<'_>) -> String {
    exposure.leads_to.map(|event| short(event, LONG)).unwrap_or_else(|| "no loss".into())
}

/// The name of a loss event, without the name of the asset that it begins with where everybody knows which is meant.
pub(super) fn event_of(event: &str, on: Option<&Asset>) -> String {
    let own = on.and_then(|asset| event.strip_prefix(asset.title())?.strip_prefix(' '));
    short(own.unwrap_or(event), LONG)
}

/// What an attacker does.
pub(crate) fn action(action: &AttackerAction) -> String {
    match action {
        AttackerAction::Start(Attacker::Internet) => "anyone on the internet starts here".into(),
        AttackerAction::Start(Attacker::Phishing) => "someone is tricked out of this identity".into(),
        AttackerAction::Start(Attacker::Supplier) => "a supplier's way in".into(),
        AttackerAction::Start(Attacker::Insider) => "an insider starts here".into(),
        AttackerAction::Start(Attacker::Assumed) => "assumed to be held".into(),
        AttackerAction::LogOn => "logs on with the credential".into(),
        AttackerAction::Unplaced => "taken to be reachable, since nothing says where it stands".into(),
        AttackerAction::Relation { kind, .. } => kind.name().replace('_', " "),
        AttackerAction::Exploit { kind, weakness, .. } => format!("{} {weakness}", verb(*kind)),
        AttackerAction::Loss { name, .. } => name.to_string(),
    }
}

/// What an attacker does with a finding.
fn verb(kind: WeaknessKind) -> &'static str {
    match kind {
        WeaknessKind::Vulnerability | WeaknessKind::CodeFlaw => "exploits",
        WeaknessKind::Secret => "takes the secret",
        WeaknessKind::Permission => "uses the right",
        WeaknessKind::Misconfiguration => "uses the setting",
        WeaknessKind::NetworkExposure => "uses the open service",
    }
}

/// What a hop does, with its technique.
pub(super) fn how(hop: &Hop) -> String {
    let how = short(&action(&hop.action), LONG);
    match hop.technique {
        Some(technique) => format!("{how} ({})", technique.title()),
        None => how,
    }
}

/// What a hop gives.
pub(super) fn gives(hop: &Hop) -> String {
    held(hop.to.as_ref())
}

/// The same of what is held then; nothing is the loss.
pub(super) fn held(to: Option<&Foothold>) -> String {
    match to {
        Some(held) => {
            let asset = short(&held.asset, LONG);
            match held.access {
                Access::Reach => format!("can reach {asset}"),
                Access::Know => format!("has the credential of {asset}"),
                Access::Read => format!("reads {asset}"),
                Access::Write => format!("changes {asset}"),
                Access::Use => format!("uses {asset}"),
                Access::Control => format!("controls {asset}"),
                Access::Down => format!("stops {asset}"),
            }
        }
        None => "the loss".into(),
    }
}

/// The term to show for one, which may stand for a chain: where a term has one part and the same number, a reader learns
/// more from the part. Documents keep the whole tree.
pub(super) fn telling(mut term: &Term) -> &Term {
    while let [part] = term.parts.as_slice()
        && part.value.to_bits() == term.value.to_bits()
    {
        term = part;
    }
    term
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_cut_with_an_ellipsis() {
        assert_eq!(short(&"x".repeat(10_000), 5), "xxxx…");
        assert_eq!(short("12345", 5), "12345");
        assert_eq!(short("", 5), "");
    }
}
