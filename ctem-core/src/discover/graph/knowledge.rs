//! What edges let an attacker do, and what nodes are: tables, one line a fact, that grow without code.

use crate::{
    error::Result,
    model::{Access, AssetKind, End, Premise, RelationKind, Rule, Technique},
};
use std::collections::{HashMap, HashSet};

/// The tables, read.
pub(super) struct Knowledge {
    steps: HashMap<&'static str, Step>,
    kinds: HashMap<&'static str, AssetKind>,
    /// Edges of extensions of which only that is known.
    walkable: HashSet<&'static str>,
}

/// What an edge of a kind is in the model.
pub(super) struct Step {
    pub(super) relation: RelationKind,
    /// Its rules; none where the model has them.
    pub(super) rules: Vec<Rule>,
    /// The technique, for relations whose rule the model has.
    pub(super) technique: Option<Technique>,
    pub(super) is_removable: bool,
    /// Whether it asks for a way through the network to its end.
    pub(super) needs_reach: bool,
}

impl Knowledge {
    /// Reads the tables of the engine. Their lines are checked by a test.
    pub(super) fn read() -> Self {
        let mut steps: HashMap<&'static str, Step> = HashMap::new();
        for line in lines(include_str!("knowledge.tsv")) {
            if let Some((kind, step)) = step(line) {
                match steps.get_mut(kind) {
                    Some(known) => {
                        known.needs_reach |= step.needs_reach;
                        known.rules.extend(step.rules);
                    }
                    None => {
                        steps.insert(kind, step);
                    }
                }
            }
        }
        let kinds = lines(include_str!("kinds.tsv")).filter_map(|line| {
            let (kind, asset) = line.split_once('\t')?;
            Some((kind, asset.parse().ok()?))
        });
        let walkable = lines(include_str!("extensions.tsv")).collect();
        Self { steps, kinds: kinds.collect(), walkable }
    }

    /// What an edge of a kind is, where the engine knows it.
    pub(super) fn step(&self, kind: &str) -> Option<&Step> {
        self.steps.get(kind)
    }

    /// Whether an edge of an extension is known to be one that an attacker can walk.
    pub(super) fn is_walkable(&self, kind: &str) -> bool {
        self.walkable.contains(kind)
    }

    /// What a node of these kinds is: the first that is known, or a kind of its own.
    pub(super) fn asset_kind(&self, kinds: &[Box<str>]) -> AssetKind {
        let known = kinds.iter().find_map(|kind| self.kinds.get(&**kind).cloned());
        known.or_else(|| kinds.iter().find_map(|kind| by_its_end(kind))).unwrap_or_else(|| {
            let own = kinds.first().and_then(|kind| kind.to_lowercase().parse().ok());
            own.unwrap_or_else(|| AssetKind::Other("object".into()))
        })
    }
}

/// What a kind of somebody's own is by the last word of its name: `Okta_Group` is a group.
fn by_its_end(kind: &str) -> Option<AssetKind> {
    const ENDS: [(&str, AssetKind); 26] = [
        ("user", AssetKind::Identity),
        ("account", AssetKind::Identity),
        ("login", AssetKind::Identity),
        ("person", AssetKind::Identity),
        ("identity", AssetKind::Identity),
        ("principal", AssetKind::Identity),
        ("team", AssetKind::Group),
        ("group", AssetKind::Group),
        ("role", AssetKind::Group),
        ("collection", AssetKind::Group),
        ("organization", AssetKind::Realm),
        ("organisation", AssetKind::Realm),
        ("tenant", AssetKind::Realm),
        ("enterprise", AssetKind::Realm),
        ("environment", AssetKind::Realm),
        ("site", AssetKind::Realm),
        ("computer", AssetKind::Host),
        ("device", AssetKind::Host),
        ("host", AssetKind::Host),
        ("runner", AssetKind::Host),
        ("repository", AssetKind::Repository),
        ("workflow", AssetKind::Pipeline),
        ("secret", AssetKind::Credential),
        ("token", AssetKind::Credential),
        ("database", AssetKind::DataStore),
        ("application", AssetKind::Application),
    ];
    let kind = kind.to_ascii_lowercase();
    ENDS.iter().find(|(end, _)| kind.ends_with(end)).map(|(_, asset)| asset.clone())
}

fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// A line of the table of edges.
fn step(line: &'static str) -> Option<(&'static str, Step)> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [kind, relation, ends, needs, gives, technique, removable, advice] = fields.try_into().ok()?;
    let own = relation == "-";
    let relation: RelationKind = if own { kind } else { relation }.parse().ok()?;
    let technique = Technique::of(technique);
    let needs_reach = needs.contains("to.reach") || matches!(relation, RelationKind::Administers);
    let rules =
        if own { vec![rule(&relation, ends, needs, gives, technique, advice).ok()?] } else { Vec::new() };
    let is_removable = removable == "yes";
    Some((kind, Step { relation, rules, technique, is_removable, needs_reach }))
}

fn rule(
    relation: &RelationKind,
    ends: &str,
    needs: &str,
    gives: &str,
    technique: Option<Technique>,
    advice: &str,
) -> Result<Rule> {
    let premises: Result<Vec<Premise>> = needs.split(' ').map(premise).collect();
    let mut rule = Rule::new(relation.clone(), premises?, premise(gives)?);
    let kinds = |list: &str| list.split(',').map(str::parse).collect::<Result<Vec<AssetKind>>>();
    match ends.strip_prefix('!') {
        Some(not) => rule.not_to = kinds(not)?,
        None if ends != "*" => rule.to = kinds(ends)?,
        None => {}
    }
    rule.technique = technique;
    rule.advice = Some(advice.into());
    Ok(rule)
}

/// `from.use`, `to.reach`.
fn premise(text: &str) -> Result<Premise> {
    let (end, access) = text.split_once('.').unwrap_or(("", text));
    Ok(Premise::new(if end == "to" { End::To } else { End::From }, access.parse::<Access>()?))
}

/// The rules of an edge of which only its walkability is known: who acts as its start, or rules it where it is a machine, rules its end.
pub(super) fn walkable(relation: &RelationKind, advice: Option<&str>) -> Vec<Rule> {
    let step = |access| {
        let mut rule = Rule::new(
            relation.clone(),
            [Premise::new(End::From, access)],
            Premise::new(End::To, Access::Control),
        );
        rule.advice = advice.map(Box::from);
        rule
    };
    vec![step(Access::Control).from(&[AssetKind::Host]), step(Access::Use).not_from(&[AssetKind::Host])]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_tables_is_read() {
        for line in lines(include_str!("knowledge.tsv")) {
            let (kind, step) = step(line).unwrap_or_else(|| panic!("{line}"));
            assert!(
                !kind.is_empty()
                    && (step.rules.len() == 1 || !matches!(step.relation, RelationKind::Other(_)))
            );
            let told = step.technique.is_some() || line.contains("contains\t");
            assert!(told && line.ends_with('.'), "{line}");
        }
        for line in lines(include_str!("kinds.tsv")) {
            assert!(
                line.split_once('\t').is_some_and(|(_, kind)| kind.parse::<AssetKind>().is_ok()),
                "{line}"
            );
        }
        let knowledge = Knowledge::read();
        assert_eq!(knowledge.asset_kind(&["Okta_Group".into()]), AssetKind::Group);
        assert_eq!(knowledge.asset_kind(&["Thing".into()]).name(), "thing");
    }
}
