//! Attributes of rules of security groups, which several types of resource have.

use super::resource::texts;
use crate::discover::aws::Source;
use serde_json::Value;

/// From where a block of a rule lets traffic in, and to which port.
pub(super) fn sources(block: &Value, group: &str) -> (Vec<Source>, String) {
    let mut sources = Vec::new();
    for name in ["cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6"] {
        sources.extend(texts(block.get(name)).into_iter().map(|range| Source::Range(range.into())));
    }
    for name in ["security_groups", "source_security_group_id", "referenced_security_group_id"] {
        sources.extend(texts(block.get(name)).into_iter().map(|group| Source::Group(group.into())));
    }
    for name in ["prefix_list_ids", "prefix_list_id"] {
        sources.extend(texts(block.get(name)).into_iter().map(|list| Source::List(list.into())));
    }
    if super::resource::truth(block.get("self")) == Some(true) {
        sources.push(Source::Group(group.into()));
    }
    let number = |name: &str| match block.get(name) {
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::String(text)) => text.clone(),
        _ => String::new(),
    };
    let protocol = texts(block.get("protocol")).into_iter().chain(texts(block.get("ip_protocol"))).next();
    let port = match (protocol, number("from_port"), number("to_port")) {
        (None | Some("-1" | "all"), ..) => "everything".to_owned(),
        (Some(protocol), from, to) if from == to => format!("{protocol} {from}"),
        (Some(protocol), from, to) => format!("{protocol} {from}-{to}"),
    };
    (sources, port.trim().to_owned())
}
