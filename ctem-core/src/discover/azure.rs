//! Rules of Microsoft's security groups: the first that fits decides, by priority.
//!
//! A rule that denies keeps out what another lets in where it comes first and holds for all of it: from the same addresses, to the same
//! places and ports, by the same protocol. One that holds for a part leaves the rest, and so counts for nothing here.

use super::aws::Range;
use serde_json::Value;

/// A rule as it is written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rule<'v> {
    inbound: bool,
    allows: bool,
    priority: u64,
    protocol: String,
    pub(crate) prefixes: Vec<&'v str>,
    ports: Vec<&'v str>,
    to: Vec<&'v str>,
    /// Whether it is about a part of what it names that is not told by addresses.
    narrower: bool,
}

/// What attributes are called.
pub(crate) struct Names {
    from: [&'static str; 2],
    from_groups: &'static str,
    to: [&'static str; 2],
    to_groups: &'static str,
    ports: [&'static str; 2],
    from_ports: [&'static str; 2],
}

/// As the cloud's own interface calls them.
pub(crate) const OF_THE_CLOUD: Names = Names {
    from: ["sourceAddressPrefix", "sourceAddressPrefixes"],
    from_groups: "sourceApplicationSecurityGroups",
    to: ["destinationAddressPrefix", "destinationAddressPrefixes"],
    to_groups: "destinationApplicationSecurityGroups",
    ports: ["destinationPortRange", "destinationPortRanges"],
    from_ports: ["sourcePortRange", "sourcePortRanges"],
};

/// As Terraform calls them.
pub(crate) const OF_CODE: Names = Names {
    from: ["source_address_prefix", "source_address_prefixes"],
    from_groups: "source_application_security_group_ids",
    to: ["destination_address_prefix", "destination_address_prefixes"],
    to_groups: "destination_application_security_group_ids",
    ports: ["destination_port_range", "destination_port_ranges"],
    from_ports: ["source_port_range", "source_port_ranges"],
};

impl<'v> Rule<'v> {
    pub(crate) fn of(rule: &'v Value, names: &Names) -> Self {
        let word = |name: &str| rule.get(name).and_then(Value::as_str).unwrap_or_default();
        let all = |names: [&str; 2]| -> Vec<&'v str> {
            names.into_iter().flat_map(|name| texts(rule.get(name))).collect()
        };
        let some = |name: &str| rule.get(name).and_then(Value::as_array).is_some_and(|list| !list.is_empty());
        let stated = rule.get("priority");
        let priority = stated.and_then(Value::as_u64).or_else(|| stated?.as_str()?.parse().ok());
        let from_ports = all(names.from_ports);
        Self {
            inbound: !word("direction").eq_ignore_ascii_case("outbound"),
            allows: word("access").eq_ignore_ascii_case("allow"),
            priority: priority.unwrap_or(u64::MAX),
            protocol: word("protocol").to_ascii_lowercase(),
            prefixes: all(names.from),
            ports: all(names.ports),
            to: all(names.to),
            narrower: some(names.from_groups)
                || some(names.to_groups)
                || !(from_ports.is_empty() || from_ports.contains(&"*")),
        }
    }

    /// What a group lets in by itself: all that stands in the network.
    fn from_within() -> Self {
        Self {
            inbound: true,
            allows: true,
            priority: 65_000,
            protocol: "*".to_owned(),
            prefixes: vec!["VirtualNetwork"],
            ports: vec!["*"],
            ..Self::default()
        }
    }

    /// The protocol and the ports, for people.
    pub(crate) fn port(&self) -> String {
        let protocol = if self.protocol.is_empty() { "*" } else { &self.protocol };
        format!("{protocol} {}", self.ports.join(",")).trim().to_owned()
    }

    /// Whether this rule, which denies, comes before another and holds for all that it lets in from these addresses.
    fn keeps_out(&self, other: &Self, prefix: &str) -> bool {
        let from = |denied: &&str| {
            let (denied, let_in) = (range(denied), range(prefix));
            denied == let_in
                || Range::parse(denied)
                    .zip(Range::parse(let_in))
                    .is_some_and(|(denied, range)| denied.has(range))
        };
        let to = |place: &&str| self.to.contains(place);
        let anywhere = self.to.is_empty() || self.to.contains(&"*");
        let any_protocol = matches!(&*self.protocol, "*" | "");
        let ports = |port: &&str| self.ports.iter().any(|denied| has_port(denied, port));
        self.priority < other.priority
            && !self.narrower
            && (any_protocol || self.protocol == other.protocol)
            && (self.ports.contains(&"*") || (!other.ports.is_empty() && other.ports.iter().all(ports)))
            && (anywhere || (!other.to.is_empty() && other.to.iter().all(to)))
            && self.prefixes.iter().any(from)
    }
}

/// The rules that let something in, each with the addresses from which no rule of higher priority keeps all of it out.
pub(crate) fn let_in<'r, 'v>(rules: &'r [Rule<'v>]) -> impl Iterator<Item = (&'r Rule<'v>, &'v str)> {
    let allows = rules.iter().filter(|rule| rule.inbound && rule.allows);
    allows.flat_map(move |rule| {
        let open =
            move |prefix: &&'v str| *prefix != "AzureLoadBalancer" && !is_kept_out(rules, rule, prefix);
        rule.prefixes.iter().copied().filter(open).map(move |prefix| (rule, prefix))
    })
}

/// Whether a group lets in what stands in its network, as it does unless a rule denies it.
pub(crate) fn lets_the_network_in(rules: &[Rule<'_>]) -> bool {
    !is_kept_out(rules, &Rule::from_within(), "VirtualNetwork")
}

fn is_kept_out(rules: &[Rule<'_>], rule: &Rule<'_>, prefix: &str) -> bool {
    rules.iter().filter(|one| one.inbound && !one.allows).any(|deny| deny.keeps_out(rule, prefix))
}

/// The range that a word stands for.
pub(crate) fn range(prefix: &str) -> &str {
    match prefix {
        "::/0" | "*" => "0.0.0.0/0",
        word if ["internet", "any"].iter().any(|all| word.eq_ignore_ascii_case(all)) => "0.0.0.0/0",
        "VirtualNetwork" => "10.0.0.0/8",
        range => range,
    }
}

/// Whether all ports of a range are in another.
fn has_port(outer: &str, inner: &str) -> bool {
    let ends = |text: &str| -> Option<(u32, u32)> {
        let (from, to) = text.split_once('-').unwrap_or((text, text));
        Some((from.trim().parse().ok()?, to.trim().parse().ok()?))
    };
    outer == inner
        || ends(outer).zip(ends(inner)).is_some_and(|(outer, inner)| outer.0 <= inner.0 && inner.1 <= outer.1)
}

fn texts(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(text)) if !text.is_empty() => vec![text],
        Some(Value::Array(list)) => {
            list.iter().filter_map(Value::as_str).filter(|text| !text.is_empty()).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_deny_keeps_out_what_it_holds_for_as_a_whole() {
        let allow = json!({"direction": "Inbound", "access": "Allow", "priority": 200, "protocol": "Tcp",
            "sourceAddressPrefix": "*", "destinationAddressPrefix": "*", "destinationPortRange": "22"});
        let open = |change: Value| {
            let mut deny = json!({"direction": "Inbound", "access": "Deny", "priority": 100, "protocol": "*",
                "sourceAddressPrefix": "Internet", "destinationAddressPrefix": "*", "destinationPortRange": "*"});
            deny.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            let written = [allow.clone(), deny];
            let rules: Vec<Rule<'_>> = written.iter().map(|rule| Rule::of(rule, &OF_THE_CLOUD)).collect();
            let_in(&rules).next().is_some()
        };
        for (change, is_open) in [
            (json!({}), false),
            (json!({"destinationPortRange": "0-1023"}), false),
            (json!({"destinationPortRange": null, "destinationPortRanges": ["80", "20-30"]}), false),
            (json!({"protocol": "Tcp"}), false),
            (json!({"protocol": "Udp"}), true),
            (json!({"destinationPortRange": "443"}), true),
            (json!({"priority": 300}), true),
            (json!({"direction": "Outbound"}), true),
            (json!({"sourceAddressPrefix": "10.0.0.0/8"}), true),
            (json!({"destinationAddressPrefix": "10.0.0.4"}), true),
            (json!({"sourcePortRange": "53"}), true),
            (json!({"sourceApplicationSecurityGroups": [{"id": "a"}]}), true),
        ] {
            assert_eq!(open(change.clone()), is_open, "{change}");
        }
    }
}
