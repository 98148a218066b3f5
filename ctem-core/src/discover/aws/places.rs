//! Records of networks: groups and their rules, load balancers, networks and their peers.

use super::{
    arn::{Arn, is_account},
    fields::{Origin, contained, list, needed, region_of, tags, text},
    graph::Graph,
    inventory::Inventory,
    network::{Member, Source},
};
use crate::{error::Result, model::AssetKind};
use serde_json::Value;
use std::rc::Rc;

/// A security group with its rules.
pub(super) fn security_group(
    graph: &mut Graph,
    _: &mut Inventory,
    record: &Value,
    origin: &Origin,
) -> Result<()> {
    let id = needed(record, "GroupId")?;
    let group = graph.security_group(id);
    graph.title(&group, text(record, "GroupName").unwrap_or_default());
    graph.alias(&group, text(record, "SecurityGroupArn").unwrap_or_default());
    let account = text(record, "OwnerId").or(origin.account.as_deref());
    contained(graph, account, &group);
    if let Some((account, region)) = account.zip(origin.region.as_deref()) {
        graph.alias(&group, &format!("arn:aws:ec2:{region}:{account}:security-group/{id}"));
    }
    let network = text(record, "VpcId");
    let mut unknown = Vec::new();
    for rule in list(record, "IpPermissions") {
        let number = |name: &str| rule.get(name).and_then(Value::as_i64);
        let port = match (text(rule, "IpProtocol"), number("FromPort"), number("ToPort")) {
            (Some("-1"), ..) | (_, None, _) => "everything".to_owned(),
            (protocol, Some(from), Some(to)) if from != to => {
                format!("{} {from}-{to}", protocol.unwrap_or("tcp"))
            }
            (protocol, Some(from), _) => format!("{} {from}", protocol.unwrap_or("tcp")),
        };
        let ranges = [("IpRanges", "CidrIp"), ("Ipv4Ranges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6")];
        let ranges = ranges.into_iter().flat_map(|(name, part)| {
            list(rule, name).filter_map(move |range| range.as_str().or_else(|| text(range, part)))
        });
        let groups = list(rule, "UserIdGroupPairs").filter_map(|pair| text(pair, "GroupId"));
        let lists = list(rule, "PrefixListIds").filter_map(|one| text(one, "PrefixListId"));
        let sources = ranges.map(|range| Source::Range(range.into()));
        let sources = sources.chain(groups.map(|group| Source::Group(group.into())));
        for source in sources.chain(lists.map(|list| Source::List(list.into()))) {
            if !graph.lets_in(id, network, &source, &port) {
                unknown.push(source);
            }
        }
    }
    for source in unknown {
        graph.note(format!("{id} lets in from {source}, which is not known"));
    }
    Ok(())
}

/// A load balancer of the second generation. One without groups lets everybody in.
pub(super) fn load_balancer(graph: &mut Graph, _: &mut Inventory, record: &Value, _: &Origin) -> Result<()> {
    let arn = needed(record, "LoadBalancerArn")?;
    let balancer = graph.asset(arn, AssetKind::Workload);
    graph.title(&balancer, text(record, "LoadBalancerName").unwrap_or_default());
    graph.alias(&balancer, text(record, "DNSName").unwrap_or_default());
    contained(graph, Arn::of(arn).map(|arn| arn.account), &balancer);
    let groups: Vec<&str> = list(record, "SecurityGroups").filter_map(Value::as_str).collect();
    balanced(graph, &balancer, record, &groups);
    graph.passes_on_as(&balancer, &groups);
    Ok(())
}

/// A load balancer of the first generation, which names its machines.
pub(super) fn classic_balancer(
    graph: &mut Graph,
    _: &mut Inventory,
    record: &Value,
    origin: &Origin,
) -> Result<()> {
    let name = needed(record, "LoadBalancerName")?;
    let owner = record.get("SourceSecurityGroup").and_then(|group| text(group, "OwnerAlias"));
    let account = origin.account.as_deref().or(owner).filter(|account| is_account(account));
    let zone = list(record, "AvailabilityZones").find_map(Value::as_str).map(region_of);
    let id = match (account, zone.or(origin.region.as_deref())) {
        (Some(account), Some(region)) => {
            format!("arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/{name}")
        }
        _ => text(record, "DNSName").unwrap_or(name).to_owned(),
    };
    let balancer = graph.asset(&id, AssetKind::Workload);
    graph.title(&balancer, name);
    graph.alias(&balancer, text(record, "DNSName").unwrap_or_default());
    contained(graph, account, &balancer);
    let groups: Vec<&str> = list(record, "SecurityGroups").filter_map(Value::as_str).collect();
    balanced(graph, &balancer, record, &groups);
    for machine in list(record, "Instances").filter_map(|one| text(one, "InstanceId")) {
        let machine = graph.asset(machine, AssetKind::Host);
        graph.passes_on(&balancer, &machine);
    }
    Ok(())
}

fn balanced(graph: &mut Graph, balancer: &Rc<str>, record: &Value, groups: &[&str]) {
    let public = text(record, "Scheme") == Some("internet-facing");
    let network = text(record, "VpcId").or_else(|| text(record, "VPCId"));
    let zones = list(record, "AvailabilityZones").filter_map(|zone| text(zone, "SubnetId"));
    let subnets: Vec<&str> = zones.chain(list(record, "Subnets").filter_map(Value::as_str)).collect();
    if groups.is_empty() && public {
        let internet = graph.internet();
        graph.reached_through(&internet, balancer, &subnets, network);
    }
    graph.behind(balancer, &Member { groups: groups.to_vec(), public, network, subnets });
}

pub(super) fn network(graph: &mut Graph, _: &mut Inventory, record: &Value, origin: &Origin) -> Result<()> {
    let id = needed(record, "VpcId")?;
    let network = graph.asset(id, AssetKind::NetworkZone);
    tags(graph, &network, record);
    contained(graph, text(record, "OwnerId").or(origin.account.as_deref()), &network);
    Ok(())
}

/// A part of a network adds no way of its own: inside a network, groups say who reaches whom.
pub(super) fn subnet(graph: &mut Graph, _: &mut Inventory, record: &Value, origin: &Origin) -> Result<()> {
    let id = needed(record, "SubnetId")?;
    let subnet = graph.asset(id, AssetKind::NetworkZone);
    graph.alias(&subnet, text(record, "SubnetArn").unwrap_or_default());
    tags(graph, &subnet, record);
    contained(graph, text(record, "OwnerId").or(origin.account.as_deref()), &subnet);
    Ok(())
}

/// Two networks that send to each other.
pub(super) fn peering(graph: &mut Graph, _: &mut Inventory, record: &Value, _: &Origin) -> Result<()> {
    let side = |name: &str| record.get(name).and_then(|side| text(side, "VpcId"));
    let status = record.get("Status").and_then(|status| text(status, "Code"));
    if let Some((one, other)) = side("RequesterVpcInfo").zip(side("AccepterVpcInfo"))
        && status.is_none_or(|status| status == "active")
    {
        graph.are_peers(one, other);
    }
    Ok(())
}

/// A record that is known, and tells of nothing that is modelled.
pub(super) fn no_asset(_: &mut Graph, _: &mut Inventory, _: &Value, _: &Origin) -> Result<()> {
    Ok(())
}
