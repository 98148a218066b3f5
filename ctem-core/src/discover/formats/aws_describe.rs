//! Answers of the AWS command line: `describe-instances`, `describe-security-groups`, `list-functions` and others of one list each.
//!
//! A record is an element of the list. It becomes an asset and what it reaches: see `discover/aws/network.rs`. The documents of one
//! account can be read one by one, since what one tells of is named by its id in the other. Read together, records that do not name
//! their account are of the one that the others name.

use super::{
    Draft, ReadTogether, Reader,
    aws::{self, Graph, Inventory, LISTS, Origin},
    document::{Document, Match},
    json,
};
use crate::error::Result;
use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use std::collections::BTreeMap;

pub(super) const READER: Reader<ReadTogether> =
    Reader { name: "aws_describe", title: "AWS command line describe and list answers", detect, read };

/// What the first record of a list has, by the list: the names of some lists are used elsewhere too.
const FIRST: [(&str, &str); 17] = [
    ("SecurityGroups", "GroupId"),
    ("Reservations", "Instances"),
    ("NetworkInterfaces", "NetworkInterfaceId"),
    ("LoadBalancers", "LoadBalancerArn"),
    ("LoadBalancerDescriptions", "LoadBalancerName"),
    ("DBInstances", "DBInstanceArn"),
    ("DBClusters", "DBClusterArn"),
    ("Clusters", "ClusterIdentifier"),
    ("Functions", "FunctionArn"),
    ("Buckets", "Name"),
    ("Vpcs", "VpcId"),
    ("Subnets", "SubnetId"),
    ("VpcPeeringConnections", "VpcPeeringConnectionId"),
    ("InstanceProfiles", "InstanceProfileName"),
    ("RouteTables", "RouteTableId"),
    ("VpcEndpoints", "VpcEndpointId"),
    ("FunctionUrlConfigs", "AuthType"),
];

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        Match::yes_if(FIRST.iter().any(|(list, field)| json.has(&format!("/{list}/0/{field}"))))
    })
}

fn read(documents: &[Document<'_>], draft: &mut Draft<'_>) -> Result<()> {
    let (mut graph, mut inventory) = (Graph::default(), Inventory::default());
    let origin = Origin { account: account_of(documents), region: None };
    for document in documents {
        draft.enter(document.name);
        answer(document, &origin, &mut graph, &mut inventory, draft)
            .map_err(|error| error.at(document.name))?;
    }
    draft.enter("");
    aws::evaluate(inventory, &mut graph, draft);
    graph.write(draft)
}

/// Reads a document: an answer, or several after each other.
fn answer(
    document: &Document<'_>,
    origin: &Origin,
    graph: &mut Graph,
    inventory: &mut Inventory,
    draft: &mut Draft<'_>,
) -> Result<()> {
    for (place, answer) in answers(document)? {
        for (name, take) in LISTS {
            let Some(list) = answer.get(name) else { continue };
            let list_place = format!("{place}/{name}");
            let list: Vec<&RawValue> = json::parse(list.get()).map_err(|error| error.at(&list_place))?;
            draft.each(&list_place, list, |record: Value, _, _| take(graph, inventory, &record, origin));
        }
    }
    Ok(())
}

type Answer<'d> = BTreeMap<String, &'d RawValue>;

fn answers<'d>(document: &'d Document<'_>) -> Result<Vec<(String, Answer<'d>)>> {
    let Some(outline) = document.json() else { return Ok(Vec::new()) };
    let records = json::records(&document.text, outline)?;
    let answer = |(place, record): (String, &'d RawValue)| {
        let answer = json::parse(record.get()).map_err(|error| error.at(&place))?;
        Ok((place, answer))
    };
    records.map(answer).collect()
}

#[derive(Deserialize)]
struct Owned {
    #[serde(rename = "OwnerId")]
    owner: Option<String>,
}

/// The account of the documents: that which most of the records name that name one, since not all records do.
fn account_of(documents: &[Document<'_>]) -> Option<Box<str>> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (_, answer) in documents.iter().filter_map(|document| answers(document).ok()).flatten() {
        for list in ["SecurityGroups", "Reservations", "NetworkInterfaces", "Vpcs", "Subnets"] {
            let records = answer.get(list).and_then(|list| json::parse::<Vec<Owned>>(list.get()).ok());
            for account in records.into_iter().flatten().filter_map(|record| record.owner) {
                *counts.entry(account).or_insert(0) += 1;
            }
        }
    }
    let all: usize = counts.values().sum();
    let most = counts.into_iter().find(|(account, count)| aws::is_account(account) && count * 2 > all);
    most.map(|(account, _)| account.into())
}
