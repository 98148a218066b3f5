//! Signs: what a scanner says of a finding.

use crate::model::WeaknessKind;

/// What a scanner says of a finding. Empty texts and lists say nothing.
///
/// ```
/// use ctem_core::intel::effects::{Effect, Effects, Signs};
///
/// // A rule too new for the tables is decided by its title.
/// let new = Signs {
///     tool: "checkov",
///     rule: "CKV_AWS_9999",
///     title: "Ensure the snapshot is not shared with the public: no public snapshots",
///     ..Signs::default()
/// };
/// assert_eq!(Effects::shipped().decide(&new).effect, Effect::Opens);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Signs<'a> {
    /// The tool, as it calls itself: `Semgrep OSS` and `semgrep` are the same, `prowler_csv` is Prowler.
    pub tool: &'a str,
    /// The rule's id, with or without the tool's name and a colon in front.
    pub rule: &'a str,
    /// The finding's title.
    pub title: &'a str,
    /// Categories that the tool gives, as types of a finding in the AWS format, and `likelihood:high` or `likelihood:low`.
    pub categories: &'a [&'a str],
    /// CWEs by number.
    pub cwes: &'a [u32],
    /// The port and its protocol.
    pub port: Option<(u16, &'a str)>,
    /// The name of the service that listens there.
    pub service: &'a str,
    /// The family of the plugin.
    pub family: &'a str,
    /// Tags of the rule or template.
    pub tags: &'a [&'a str],
    /// What kind of weakness the reader took it for.
    pub kind: Option<WeaknessKind>,
}

/// Signs in small letters, made once a decision.
pub(super) struct Seen<'a> {
    pub(super) signs: &'a Signs<'a>,
    pub(super) tool: String,
    /// The rule's names: whole, without the tool's name in front, its last part, and without what follows a colon.
    pub(super) names: Vec<String>,
    pub(super) title: String,
    pub(super) tags: Vec<String>,
    pub(super) categories: Vec<String>,
    pub(super) service: String,
    pub(super) family: String,
}

impl<'a> Seen<'a> {
    pub(super) fn new(signs: &'a Signs<'a>) -> Self {
        let tool = tool_name(signs.tool);
        let rule = signs.rule.trim().to_lowercase();
        let bare = rule.strip_prefix(tool.as_str()).and_then(|rest| rest.strip_prefix(':')).unwrap_or(&rule);
        let last = bare.rsplit('/').next().unwrap_or(bare);
        let first = bare.split(':').next().unwrap_or(bare);
        let mut names: Vec<String> = Vec::with_capacity(3);
        for name in [bare, last, first] {
            if !name.is_empty() && !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        let small = |words: &[&str]| words.iter().map(|word| word.trim().to_lowercase()).collect();
        Self {
            signs,
            tool,
            names,
            title: signs.title.trim().to_lowercase(),
            tags: small(signs.tags),
            categories: small(signs.categories),
            service: signs.service.trim().to_lowercase(),
            family: signs.family.trim().to_lowercase(),
        }
    }

    /// Whether the title says what the finding does. That of a finding of code speaks of code, unless it is all there is.
    pub(super) fn title_speaks(&self) -> bool {
        self.signs.kind != Some(WeaknessKind::CodeFlaw)
            || (self.signs.cwes.is_empty() && self.tags.is_empty() && self.categories.is_empty())
    }

    /// The tool's own word for how likely exploitation is.
    pub(super) fn likelihood(&self) -> Option<&str> {
        self.categories.iter().find_map(|category| category.strip_prefix("likelihood:"))
    }
}

/// The name under which tables know a tool: `Semgrep OSS` is `semgrep`, `prowler_csv` is `prowler`.
pub(super) fn tool_name(tool: &str) -> String {
    tool.trim().split([' ', '_']).next().unwrap_or_default().to_lowercase()
}
