//! The rules of a run, and what results take from them: their message, and the weaknesses they are of.

use super::{
    json,
    raw::{Component, ComponentReference, Outcome, Reference, Rule, Run},
};
use crate::discover::Draft;
use std::collections::HashMap;

/// Rules that had to be set right, by component and place in it.
pub(super) type Mended = HashMap<(usize, usize), String>;

/// The rules of a run.
pub(super) struct Rules<'a> {
    run: &'a Run<'a>,
    /// The driver first, then the extensions; of a rule that cannot be read nothing is known.
    components: Vec<(&'a Component<'a>, Vec<Known<'a>>)>,
    by_id: HashMap<String, (usize, usize)>,
    /// The first component of a guid and of a name.
    by_guid: HashMap<&'a str, usize>,
    by_name: HashMap<&'a str, usize>,
    /// The first text of a name in any component's messages.
    messages: HashMap<&'a str, &'a str>,
    /// The first taxonomy of a name.
    taxonomies: HashMap<&'a str, usize>,
    /// Whose rules they are, in the spelling of formats; empty where the run does not say.
    pub(super) tool: String,
    /// How deep govulncheck looked; nothing for other tools.
    pub(super) scan_level: Option<&'a str>,
    pub(super) finds_secrets: bool,
    /// Whether the tool looks at settings, and not at code.
    pub(super) finds_settings: bool,
    /// Whether the quoted text at a place is the secret and nothing else.
    pub(super) quotes_secrets: bool,
}

/// A rule, and what its texts say, so that they are looked through once for all its results.
#[derive(Default)]
pub(super) struct Known<'a> {
    pub(super) rule: Rule<'a>,
    /// Whether its help quotes what matched.
    pub(super) quotes: bool,
    /// Whether its name or what it is in short says that something is written into code, and speaks of secrets.
    hardcoded: bool,
    secrets: bool,
}

impl<'a> Known<'a> {
    fn of(rule: Rule<'a>) -> Self {
        let words = [rule.name.as_deref().unwrap_or_default(), rule.short_description.text()].join(" ");
        let (hardcoded, secrets) = (speaks_of_hardcoding(&words), speaks_of_secrets(&words));
        Self { quotes: quotes(rule.help.text()), hardcoded, secrets, rule }
    }

    /// Whether it is about secrets written into code, when a result calls it so.
    pub(super) fn is_of_hardcoded_secrets(&self, id: &str) -> bool {
        (self.hardcoded || speaks_of_hardcoding(id)) && (self.secrets || speaks_of_secrets(id))
    }
}

/// Whether a line of a text quotes what matched.
pub(super) fn quotes(text: &str) -> bool {
    text.lines().any(|line| line.trim_start().starts_with("Match:"))
}

fn speaks_of_hardcoding(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    ["hardcoded", "hard-coded", "hard_coded", "hard coded"].iter().any(|word| words.contains(word))
}

fn speaks_of_secrets(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    ["password", "secret", "credential", "token", "key"].iter().any(|word| words.contains(word))
}

fn components<'a>(run: &'a Run<'a>) -> impl Iterator<Item = &'a Component<'a>> {
    let tool = run.tool.as_ref();
    let extensions = tool.into_iter().flat_map(|tool| tool.extensions.iter().flatten());
    tool.and_then(|tool| tool.driver.as_ref()).into_iter().chain(extensions)
}

/// How bad a result is: what it says, or its rule, or else what SARIF says of one that is silent (§3.27.10).
pub(super) fn level<'a>(outcome: &'a Outcome<'_>, about: &'a Rule<'_>) -> &'a str {
    let usual = || about.default_configuration.as_ref().and_then(|one| one.level.as_deref());
    outcome.level.as_deref().or_else(usual).unwrap_or("warning")
}

impl<'a> Rules<'a> {
    /// The rules that do not fit as they are, set right.
    pub(super) fn mended(run: &Run<'_>, place: &str, draft: &mut Draft<'_>) -> Mended {
        let mut mended = Mended::new();
        for (n, component) in components(run).enumerate() {
            for (m, rule) in component.rules.iter().flatten().enumerate() {
                let Err(first) = json::parse::<Rule<'_>>(rule.get()) else { continue };
                let of = if n == 0 { "driver".to_owned() } else { format!("extensions/{}", n - 1) };
                let place = format!("{place}/tool/{of}/rules/{m}");
                let check = |text: &str| json::parse::<Rule<'_>>(text).map(drop);
                match draft.set_right(rule.get(), first, &place, &check) {
                    Ok(text) => drop(mended.insert((n, m), text)),
                    Err(error) => draft.left_out("the rule", &error, &place),
                }
            }
        }
        mended
    }

    pub(super) fn of(run: &'a Run<'a>, mended: &'a Mended) -> Self {
        let components: Vec<_> = components(run)
            .enumerate()
            .map(|(n, component)| {
                let read = |(m, raw): (usize, &&'a serde_json::value::RawValue)| {
                    let text = mended.get(&(n, m)).map_or(raw.get(), String::as_str);
                    Known::of(json::parse::<Rule<'a>>(text).unwrap_or_default())
                };
                (component, component.rules.iter().flatten().enumerate().map(read).collect::<Vec<_>>())
            })
            .collect();
        let mut by_id = HashMap::new();
        for (n, (_, rules)) in components.iter().enumerate() {
            for (m, known) in rules.iter().enumerate() {
                if let Some(id) = known.rule.id.as_deref() {
                    by_id.entry(id.to_owned()).or_insert((n, m));
                }
            }
        }
        let (mut by_guid, mut by_name, mut messages) = (HashMap::new(), HashMap::new(), HashMap::new());
        for (n, (component, _)) in components.iter().enumerate() {
            component.guid.as_deref().map(|guid| by_guid.entry(guid).or_insert(n));
            component.name.as_deref().map(|name| by_name.entry(name).or_insert(n));
            for (id, text) in component.global_message_strings.iter() {
                messages.entry(id).or_insert(text);
            }
        }
        let mut taxonomies = HashMap::new();
        for (n, one) in run.taxonomies.iter().flatten().enumerate() {
            one.name.as_deref().map(|name| taxonomies.entry(name).or_insert(n));
        }
        let driver = run.tool.as_ref().and_then(|tool| tool.driver.as_ref());
        let name = driver.and_then(|driver| driver.name.as_deref()).unwrap_or_default();
        let tool = tool_of(name);
        let finds_secrets =
            ["gitleaks", "trufflehog", "detect_secrets", "ggshield", "secret", "noseyparker", "whispers"];
        Self {
            run,
            components,
            by_id,
            by_guid,
            by_name,
            messages,
            taxonomies,
            finds_secrets: finds_secrets.iter().any(|word| tool.contains(word)),
            finds_settings: SETTINGS.contains(&tool.as_str())
                || name.to_ascii_lowercase().contains("snyk iac"),
            quotes_secrets: tool == "gitleaks",
            scan_level: (tool == "govulncheck").then(|| {
                let properties = driver.and_then(|driver| driver.properties.as_ref());
                properties.and_then(|properties| properties.scan_level.as_deref()).unwrap_or("symbol")
            }),
            tool,
        }
    }

    /// The rule of a result: by its index, or by its id, whose last parts may be the result's own (SARIF §3.27.5).
    pub(super) fn rule(&self, outcome: &Outcome<'_>) -> Option<&Known<'a>> {
        let reference = outcome.rule.as_ref();
        let of = reference.and_then(|rule| self.component(rule.tool_component.as_ref()?)).unwrap_or(0);
        let index = outcome.rule_index.or_else(|| reference.and_then(|rule| rule.index));
        let indexed = index.and_then(|index| usize::try_from(index).ok());
        let indexed = indexed.and_then(|index| self.components.get(of)?.1.get(index));
        let id = outcome.rule_id();
        let fits = |known: &&Known<'_>| match (id, known.rule.id.as_deref()) {
            (Some(id), Some(known)) => id.starts_with(known),
            (None, _) | (_, None) => true,
        };
        indexed.filter(fits).or_else(|| {
            // The id of a rule of a rule of a rule: nobody has more than a few of these.
            const DEEPEST: usize = 16;
            let ids = std::iter::successors(id, |id| Some(id.rsplit_once('/')?.0)).take(DEEPEST);
            let (n, m) = ids.filter_map(|id| self.by_id.get(id)).next()?;
            self.components.get(*n)?.1.get(*m)
        })
    }

    /// The number of the component that a reference means: 0 is the driver.
    fn component(&self, reference: &ComponentReference<'_>) -> Option<usize> {
        let by_index = reference.index.and_then(|index| usize::try_from(index).ok()).map(|index| index + 1);
        let of =
            |known: &HashMap<&str, usize>, text: Option<&str>| text.and_then(|text| known.get(text).copied());
        by_index.or_else(|| {
            let (guid, name) =
                (of(&self.by_guid, reference.guid.as_deref()), of(&self.by_name, reference.name.as_deref()));
            guid.into_iter().chain(name).min()
        })
    }

    /// What a result says: its text, or the rule's text with the result's words in its gaps (SARIF §3.11).
    pub(super) fn message(&self, outcome: &Outcome<'_>, rule: &Rule<'_>) -> String {
        let Some(message) = &outcome.message else { return String::new() };
        let text = message.text();
        let by_id = || {
            let id = message.id.as_deref()?;
            rule.message_strings.named(id).or_else(|| self.messages.get(id).copied())
        };
        let text = if text.is_empty() { by_id().unwrap_or_default() } else { text };
        filled(text, &message.arguments.iter().collect::<Vec<_>>())
    }

    /// The CWEs that a result or its rule is related to.
    pub(super) fn cwes(&self, outcome: &Outcome<'_>, rule: &Rule<'_>) -> Vec<String> {
        let related = rule.relationships.iter().flatten().filter_map(|one| one.target.as_ref());
        outcome.taxa.iter().flatten().chain(related).filter_map(|reference| self.cwe(reference)).collect()
    }

    fn cwe(&self, reference: &Reference<'_>) -> Option<String> {
        let component = reference.tool_component.as_ref();
        let number = component.and_then(|one| usize::try_from(one.index?).ok());
        let by_name = component.and_then(|one| self.taxonomies.get(one.name.as_deref()?).copied());
        let taxonomy = by_name.or(number).and_then(|n| self.run.taxonomies.as_ref()?.get(n));
        let name = component
            .and_then(|one| one.name.as_deref())
            .or_else(|| taxonomy.and_then(|one| one.name.as_deref()))
            .unwrap_or_default();
        let index = reference.index.and_then(|index| usize::try_from(index).ok());
        let entry = || taxonomy?.taxa.as_ref()?.get(index?)?.id.as_deref();
        let id = reference.id.as_deref().or_else(entry)?;
        let is_cwe = name.eq_ignore_ascii_case("cwe") || id.to_ascii_lowercase().starts_with("cwe-");
        is_cwe.then(|| id.to_owned())
    }
}

/// A text whose gaps, `{0}`, `{1}`, are filled; two braces are one.
fn filled(text: &str, arguments: &[&str]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'{' | b'}')) {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at..).unwrap_or_default();
        if let Some((argument, behind)) =
            gap(rest).and_then(|(gap, behind)| Some((arguments.get(gap)?, behind)))
        {
            out.push_str(argument);
            rest = behind;
        } else {
            let double = !arguments.is_empty() && (rest.starts_with("{{") || rest.starts_with("}}"));
            out.push_str(rest.get(..1).unwrap_or_default());
            rest = rest.get(if double { 2 } else { 1 }..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    out
}

/// The number of the gap that a text begins with, and what is behind it. It looks no further than a number goes, so that a text of
/// nothing but braces is read in one go.
fn gap(text: &str) -> Option<(usize, &str)> {
    let text = text.strip_prefix('{')?;
    let (number, behind) = text.split_at(text.bytes().take_while(u8::is_ascii_digit).count());
    Some((number.parse().ok()?, behind.strip_prefix('}')?))
}

/// Tools that look at settings: templates of infrastructure, manifests, images' recipes.
const SETTINGS: &[&str] = &[
    "cfn_lint",
    "cfn_nag",
    "cfn_nag_scan",
    "checkov",
    "conftest",
    "dockle",
    "hadolint",
    "kics",
    "kube_bench",
    "kube_linter",
    "kube_score",
    "kubeaudit",
    "kubescape",
    "kubesec",
    "polaris",
    "prowler",
    "terrascan",
    "tfsec",
];

/// A tool's name in the spelling of formats: what it writes in a format of its own goes by that format's name.
pub(super) fn tool_of(name: &str) -> String {
    let mut tool = String::new();
    for letter in name.trim().chars().flat_map(char::to_lowercase) {
        if letter.is_alphanumeric() {
            tool.push(letter);
        } else if !tool.is_empty() && !tool.ends_with('_') {
            tool.push('_');
        }
    }
    let tool = tool.trim_end_matches('_');
    let known = [
        "semgrep",
        "checkov",
        "gitleaks",
        "trufflehog",
        "trivy",
        "kubescape",
        "prowler",
        "nuclei",
        "grype",
        "snyk",
    ];
    let short = tool.split('_').next().unwrap_or(tool);
    // What tfsec calls itself there.
    if tool == "defsec" {
        return "tfsec".to_owned();
    }
    if known.contains(&short) { short.to_owned() } else { tool.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled() {
        assert_eq!(filled("'{0}' lacks {1}", &["a.bin", "/GS"]), "'a.bin' lacks /GS");
        assert_eq!(filled("{{0}} is {0}", &["x"]), "{0} is x");
        assert_eq!(filled("{0 is {+0} is {", &["x"]), "{0 is {+0} is {");
        assert_eq!(filled("{ \"a\": {} } {7}", &[]), "{ \"a\": {} } {7}");
    }
}
