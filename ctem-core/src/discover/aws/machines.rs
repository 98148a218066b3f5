//! Records of what runs: machines, interfaces of tasks, functions, and the roles they have.

use super::{
    arn::Arn,
    fields::{Origin, contained, kept, list, needed, region_of, tags, text},
    graph::Graph,
    inventory::{Inventory, ResourceSort},
    network::Member,
};
use crate::{error::Result, model::AssetKind};
use serde_json::Value;

pub(super) fn reservation(
    graph: &mut Graph,
    inventory: &mut Inventory,
    record: &Value,
    origin: &Origin,
) -> Result<()> {
    let mut origin = origin.clone();
    if let Some(owner) = text(record, "OwnerId") {
        origin.account = Some(owner.into());
    }
    list(record, "Instances").try_for_each(|one| instance(graph, inventory, one, &origin))
}

/// A machine. One that is gone is none.
pub(super) fn instance(
    graph: &mut Graph,
    inventory: &mut Inventory,
    record: &Value,
    origin: &Origin,
) -> Result<()> {
    let id = needed(record, "InstanceId")?;
    let state = record.get("State").and_then(|state| text(state, "Name"));
    if matches!(state, Some("terminated" | "shutting-down")) {
        return Ok(());
    }
    let zone = record.get("Placement").and_then(|place| text(place, "AvailabilityZone"));
    let region = zone.map(region_of).or(origin.region.as_deref());
    let profile = record.get("IamInstanceProfile").and_then(|profile| text(profile, "Arn"));
    let owner = profile.and_then(Arn::of).map(|arn| arn.account);
    let account = origin.account.as_deref().or(owner);
    let name = match (region, account) {
        (Some(region), Some(account)) => format!("arn:aws:ec2:{region}:{account}:instance/{id}"),
        _ => id.to_owned(),
    };
    let host = kept(graph, inventory, ResourceSort::Instance, &name, account, AssetKind::Host);
    graph.alias(&host, id);
    let public = text(record, "PublicIpAddress");
    graph.alias(&host, public.unwrap_or_default());
    graph.alias(&host, text(record, "PublicDnsName").unwrap_or_default());
    tags(graph, &host, record);
    let groups = list(record, "SecurityGroups").filter_map(|group| text(group, "GroupId")).collect();
    let subnets = text(record, "SubnetId").into_iter().collect();
    let member = Member { groups, public: public.is_some(), network: text(record, "VpcId"), subnets };
    graph.behind(&host, &member);
    if let Some(profile) = profile {
        if let Some(known) = inventory.resources.last_mut().filter(|one| *one.arn == *host) {
            known.acts_as = Some(profile.into());
        }
        graph.acts_as(&host, profile);
    }
    Ok(())
}

/// An interface that belongs to no machine: a task, a function, an endpoint.
pub(super) fn interface(graph: &mut Graph, _: &mut Inventory, record: &Value, origin: &Origin) -> Result<()> {
    let id = needed(record, "NetworkInterfaceId")?;
    let attachment = record.get("Attachment");
    if attachment.is_some_and(|one| text(one, "InstanceId").is_some()) {
        return Ok(());
    }
    let asset = graph.asset(id, AssetKind::Workload);
    graph.title(&asset, text(record, "Description").unwrap_or_default());
    let public = record.get("Association").and_then(|one| text(one, "PublicIp"));
    graph.alias(&asset, public.unwrap_or_default());
    contained(graph, text(record, "OwnerId").or(origin.account.as_deref()), &asset);
    let groups = list(record, "Groups").filter_map(|group| text(group, "GroupId")).collect();
    let subnets = text(record, "SubnetId").into_iter().collect();
    let member = Member { groups, public: public.is_some(), network: text(record, "VpcId"), subnets };
    graph.behind(&asset, &member);
    Ok(())
}

/// A function and the role it runs with.
pub(super) fn function(
    graph: &mut Graph,
    inventory: &mut Inventory,
    record: &Value,
    _: &Origin,
) -> Result<()> {
    let arn = needed(record, "FunctionArn")?;
    let account = Arn::of(arn).map(|arn| arn.account);
    let function = kept(graph, inventory, ResourceSort::Function, arn, account, AssetKind::Function);
    if let Some(role) = text(record, "Role") {
        graph.acts_as(&function, role);
    }
    if let Some(network) = record.get("VpcConfig") {
        let groups = list(network, "SecurityGroupIds").filter_map(Value::as_str).collect();
        let member = Member { groups, network: text(network, "VpcId"), ..Member::default() };
        graph.behind(&function, &member);
    }
    Ok(())
}

/// What ties machines to roles.
pub(super) fn profile(
    graph: &mut Graph,
    inventory: &mut Inventory,
    record: &Value,
    _: &Origin,
) -> Result<()> {
    let arn = needed(record, "Arn")?;
    for role in list(record, "Roles").filter_map(|role| text(role, "Arn")) {
        graph.has_role(arn, role);
        inventory.profiles.insert(arn.into(), role.into());
    }
    Ok(())
}
