//! `ctem unknown`: the rules of scanners whose findings nothing decides.

use super::{
    arguments::Unknown,
    config,
    gather::gather,
    output::line,
    outside::{Failure, Outside},
};
use crate::{intel::effects::UnknownRule, visible::visible, wire};
use std::fmt::Write;

pub(super) fn unknown(mut said: Unknown, outside: &mut Outside<'_>) -> Result<u8, Failure> {
    config::fill(&mut said.reading, outside)?;
    let gathered = gather(&said.reading, outside)?;
    let rules = gathered.program.unknown_rules();
    let text = if said.json {
        line(wire::json(&rules)?)
    } else if said.lines {
        rules.iter().map(|rule| format!("{}\t\n", rule.line)).collect()
    } else {
        listed(&rules)
    };
    outside.print(&text)?;
    Ok(gathered.code)
}

fn listed(rules: &[UnknownRule]) -> String {
    let findings: usize = rules.iter().map(|rule| rule.findings).sum();
    if rules.is_empty() {
        return "No rule is unknown: what every finding lets an attacker do is decided.\n".into();
    }
    let mut text = format!(
        "{} rules with {findings} findings that nothing decides; the most findings first:\n",
        rules.len()
    );
    for rule in rules {
        let UnknownRule { tool, rule, title, findings, assets, .. } = rule;
        let (tool, rule, title) = (visible(tool), visible(rule), visible(title));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{findings:>6} on {assets:>4}  {tool} {rule}  {title}");
    }
    text.push_str("`--lines` writes the beginning of a line for each, to be completed and handed in with `--effects`.\n");
    text
}
