//! Records of stores: databases, warehouses, buckets.

use super::{
    arn::Arn,
    fields::{Origin, capitals, contained, kept, list, needed, region_of, tags, text, unfolded},
    graph::Graph,
    held,
    inventory::{Inventory, Resource, ResourceSort},
    network::Member,
    policy::Document,
};
use crate::{error::Result, model::AssetKind};
use serde_json::{Map, Value};
use std::rc::Rc;

/// A database.
pub(super) fn database(
    graph: &mut Graph,
    inventory: &mut Inventory,
    record: &Value,
    _: &Origin,
) -> Result<()> {
    let arn = text(record, "DBInstanceArn").map_or_else(|| needed(record, "Arn"), Ok)?;
    store_behind(graph, inventory, record, arn)
}

/// A cluster of databases.
pub(super) fn database_cluster(
    graph: &mut Graph,
    inventory: &mut Inventory,
    record: &Value,
    _: &Origin,
) -> Result<()> {
    let arn = text(record, "DBClusterArn").map_or_else(|| needed(record, "Arn"), Ok)?;
    store_behind(graph, inventory, record, arn)
}

fn store_behind(graph: &mut Graph, inventory: &mut Inventory, record: &Value, arn: &str) -> Result<()> {
    let account = Arn::of(arn).map(|arn| arn.account);
    let store = kept(graph, inventory, ResourceSort::Database, arn, account, AssetKind::DataStore);
    tags(graph, &store, record);
    // Of a cluster the address is a text, of a database an object.
    if let Some(endpoint) = record.get("Endpoint") {
        graph.alias(&store, endpoint.as_str().or_else(|| text(endpoint, "Address")).unwrap_or_default());
    }
    let groups = list(record, "VpcSecurityGroups").filter_map(|group| text(group, "VpcSecurityGroupId"));
    let public = record.get("PubliclyAccessible").and_then(Value::as_bool).unwrap_or(false);
    let subnets = record.get("DBSubnetGroup");
    let network = subnets.and_then(|group| text(group, "VpcId")).or_else(|| text(record, "VpcId"));
    let in_subnets = subnets.into_iter().flat_map(|group| list(group, "Subnets"));
    let subnets = in_subnets.filter_map(|one| text(one, "SubnetIdentifier")).collect();
    let member = Member { groups: groups.collect(), public, network, subnets };
    graph.behind(&store, &member);
    Ok(())
}

/// A table.
pub(super) fn table(graph: &mut Graph, inventory: &mut Inventory, record: &Value, _: &Origin) -> Result<()> {
    let arn = text(record, "TableArn").map_or_else(|| needed(record, "Arn"), Ok)?;
    named_store(graph, inventory, record, ResourceSort::Table, arn, AssetKind::DataStore);
    Ok(())
}

/// A secret.
pub(super) fn secret(graph: &mut Graph, inventory: &mut Inventory, record: &Value, _: &Origin) -> Result<()> {
    let arn = needed(record, "Arn")?;
    named_store(graph, inventory, record, ResourceSort::Secret, arn, AssetKind::Credential);
    Ok(())
}

fn named_store(
    graph: &mut Graph,
    inventory: &mut Inventory,
    record: &Value,
    sort: ResourceSort,
    arn: &str,
    kind: AssetKind,
) {
    let account = Arn::of(arn).map(|arn| arn.account);
    let store = kept(graph, inventory, sort, arn, account, kind);
    for name in ["TableName", "Name"] {
        graph.title(&store, text(record, name).unwrap_or_default());
    }
    tags(graph, &store, record);
}

/// A warehouse. Other clusters have another name, and are not told apart here.
pub(super) fn cluster(graph: &mut Graph, _: &mut Inventory, record: &Value, origin: &Origin) -> Result<()> {
    let id = needed(record, "ClusterIdentifier")?;
    let region = text(record, "AvailabilityZone").map(region_of).or(origin.region.as_deref());
    let name = match (region, origin.account.as_deref()) {
        (Some(region), Some(account)) => format!("arn:aws:redshift:{region}:{account}:cluster:{id}"),
        _ => id.to_owned(),
    };
    let store = graph.asset(&name, AssetKind::DataStore);
    graph.title(&store, id);
    contained(graph, origin.account.as_deref(), &store);
    tags(graph, &store, record);
    let endpoint = record.get("Endpoint").and_then(|one| text(one, "Address"));
    graph.alias(&store, endpoint.unwrap_or_default());
    let groups = list(record, "VpcSecurityGroups").filter_map(|group| text(group, "VpcSecurityGroupId"));
    let public = record.get("PubliclyAccessible").and_then(Value::as_bool).unwrap_or(false);
    let member =
        Member { groups: groups.collect(), public, network: text(record, "VpcId"), ..Member::default() };
    graph.behind(&store, &member);
    for role in list(record, "IamRoles").filter_map(|role| text(role, "IamRoleArn")) {
        graph.acts_as(&store, role);
    }
    Ok(())
}

/// A bucket, in a listing that tells its name.
pub(super) fn bucket(
    graph: &mut Graph,
    inventory: &mut Inventory,
    record: &Value,
    origin: &Origin,
) -> Result<()> {
    let name = needed(record, "Name")?;
    let arn = format!("arn:aws:s3:::{name}");
    let account = origin.account.as_deref();
    let bucket = kept(graph, inventory, ResourceSort::Bucket, &arn, account, AssetKind::DataStore);
    graph.title(&bucket, name);
    Ok(())
}

/// A bucket as the recorder tells of it: with its policy, its lists of access and what blocks the public.
pub(crate) fn recorded_bucket(
    graph: &mut Graph,
    inventory: &mut Inventory,
    item: &Value,
    origin: &Origin,
) -> Result<()> {
    let name = text(item, "ResourceName").map_or_else(|| needed(item, "ResourceId"), Ok)?;
    let mut record = Map::new();
    record.insert("Name".to_owned(), name.into());
    bucket(graph, inventory, &Value::Object(record), origin)?;
    let more = item.get("SupplementaryConfiguration").cloned().unwrap_or_default();
    let part = |name: &str| more.get(name).cloned().map(|value| capitals(unfolded(value)));
    let blocks = part("PublicAccessBlockConfiguration");
    // What blocks the public can stand at the account, too.
    let of_account = origin.account.as_ref().and_then(|account| inventory.blocks.get(account));
    let blocks: Vec<&Value> = blocks.iter().chain(of_account).collect();
    let on = |name: &str| blocks.iter().any(|block| block.get(name) == Some(&Value::Bool(true)));
    let (no_policy, no_lists) = (on("RestrictPublicBuckets"), on("IgnorePublicAcls"));
    let arn = format!("arn:aws:s3:::{name}");
    let policy = part("BucketPolicy").and_then(|policy| policy.get("PolicyText").cloned());
    if let Some(policy) = policy.filter(|policy| !policy.is_null()) {
        let policy = Document::read(&policy)?;
        // A policy that lets in nobody but whom it names is not restricted.
        let policy = (!(no_policy && policy.is_public())).then(|| Rc::new(policy));
        let account = origin.account.clone().unwrap_or_default();
        match inventory.resources.iter_mut().rev().find(|one| *one.arn == *arn) {
            Some(known) => known.policy = policy,
            None => inventory.resources.push(Resource {
                sort: ResourceSort::Bucket,
                arn: arn.as_str().into(),
                account,
                named: false,
                policy,
                acts_as: None,
            }),
        }
    }
    let grants = part("AccessControlList");
    let grants = grants.iter().flat_map(|grants| list(grants, "GrantList"));
    for grant in grants.filter(|_| !no_lists) {
        let everybody = |word: &str| word.ends_with("AllUsers") || word.ends_with("AuthenticatedUsers");
        let grantee = grant.get("Grantee");
        let to_all = grantee.is_some_and(|one| {
            one.as_str().or_else(|| text(one, "Uri")).or_else(|| text(one, "URI")).is_some_and(everybody)
        });
        if to_all {
            let permission = text(grant, "Permission").unwrap_or_default().to_ascii_lowercase();
            let all = permission.contains("full");
            held::public(graph, &arn, all || permission.contains("read"), all || permission == "write");
        }
    }
    Ok(())
}
