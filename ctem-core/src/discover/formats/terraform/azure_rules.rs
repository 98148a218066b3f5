//! Rules of Microsoft's security groups in Terraform: the first that fits decides, by priority.

use super::resource::texts;
use crate::discover::aws::{Graph, Range, Source};
use serde_json::Value;
use std::rc::Rc;

/// What the rules of a group let in. What rules of higher priority deny from the same addresses, to the same ports, is not let in.
pub(super) fn lets_in(group: &Rc<str>, rules: &[&Value], graph: &mut Graph) {
    let inbound: Vec<Rule<'_>> =
        rules.iter().map(|rule| Rule::of(rule)).filter(|rule| rule.inbound).collect();
    let (allows, denies): (Vec<&Rule<'_>>, Vec<&Rule<'_>>) = inbound.iter().partition(|rule| rule.allows);
    for rule in allows {
        let port = format!("{} {}", rule.protocol, rule.ports.join(","));
        for prefix in &rule.prefixes {
            if *prefix == "AzureLoadBalancer" || denies.iter().any(|deny| deny.keeps_out(rule, prefix)) {
                continue;
            }
            if !graph.lets_in(group, None, &Source::Range(range(prefix).into()), port.trim()) {
                graph.note(format!("{group} lets in from {prefix}, which is kept elsewhere"));
            }
        }
    }
}

/// A rule as it is written.
struct Rule<'v> {
    inbound: bool,
    allows: bool,
    priority: u64,
    protocol: String,
    prefixes: Vec<&'v str>,
    ports: Vec<&'v str>,
}

impl<'v> Rule<'v> {
    fn of(rule: &'v Value) -> Self {
        let word = |name: &str| rule.get(name).and_then(Value::as_str).unwrap_or_default();
        let all = |one: &str, several: &str| -> Vec<&'v str> {
            texts(rule.get(one)).into_iter().chain(texts(rule.get(several))).collect()
        };
        let stated = rule.get("priority");
        let priority = stated.and_then(Value::as_u64).or_else(|| stated?.as_str()?.parse().ok());
        Self {
            inbound: word("direction").eq_ignore_ascii_case("inbound"),
            allows: word("access").eq_ignore_ascii_case("allow"),
            priority: priority.unwrap_or(u64::MAX),
            protocol: word("protocol").to_ascii_lowercase(),
            prefixes: all("source_address_prefix", "source_address_prefixes"),
            ports: all("destination_port_range", "destination_port_ranges"),
        }
    }

    /// Whether this rule, which denies, comes before another and holds for all that it lets in from these addresses.
    fn keeps_out(&self, other: &Self, prefix: &str) -> bool {
        let every = |words: &[&str]| words.contains(&"*");
        let ports = every(&self.ports)
            || (!other.ports.is_empty() && other.ports.iter().all(|port| self.ports.contains(port)));
        let from = |denied: &&str| {
            let (denied, let_in) = (range(denied), range(prefix));
            denied == let_in
                || Range::parse(denied)
                    .zip(Range::parse(let_in))
                    .is_some_and(|(denied, range)| denied.has(range))
        };
        self.priority < other.priority
            && (self.protocol == "*" || self.protocol == other.protocol)
            && ports
            && self.prefixes.iter().any(from)
    }
}

/// The range that a word stands for.
fn range(prefix: &str) -> &str {
    match prefix {
        "*" | "Internet" | "Any" | "any" | "internet" => "0.0.0.0/0",
        "VirtualNetwork" => "10.0.0.0/8",
        range => range,
    }
}
