//! Records of what says whether the internet comes to something: tables of routes, and addresses of functions.

use super::{
    fields::{Origin, list, needed, text},
    graph::{Ends, Graph, Way},
    inventory::Inventory,
};
use crate::{
    error::Result,
    model::{AssetKind, RelationKind},
};
use serde_json::Value;

/// A table of routes: it is no asset, and says of subnets whether they are public.
pub(super) fn route_table(graph: &mut Graph, _: &mut Inventory, record: &Value, _: &Origin) -> Result<()> {
    needed(record, "RouteTableId")?;
    let leads_out = list(record, "Routes").any(|route| {
        let gateway = text(route, "GatewayId").is_some_and(|gateway| gateway.starts_with("igw-"));
        gateway && text(route, "State").is_none_or(|state| state == "active")
    });
    for association in list(record, "Associations") {
        if let Some(subnet) = text(association, "SubnetId") {
            graph.routes.subnets.insert(subnet.into(), leads_out);
        }
        if association.get("Main") == Some(&Value::Bool(true))
            && let Some(network) = text(record, "VpcId")
        {
            graph.routes.mains.insert(network.into(), leads_out);
        }
    }
    Ok(())
}

/// An address at which a function runs: for everybody, where nothing is asked of them.
pub(super) fn function_url(graph: &mut Graph, _: &mut Inventory, record: &Value, _: &Origin) -> Result<()> {
    let arn = text(record, "TargetFunctionArn").map_or_else(|| needed(record, "FunctionArn"), Ok)?;
    // An address can be one of a version or name of the function.
    let parts: Vec<&str> = arn.splitn(8, ':').collect();
    let name = parts.get(..7).map_or_else(|| arn.to_owned(), |whole| whole.join(":"));
    let function = graph.asset(&name, AssetKind::Function);
    let address = text(record, "FunctionUrl").unwrap_or_default();
    let host = address.trim_start_matches("https://").trim_end_matches('/');
    graph.alias(&function, host);
    if text(record, "AuthType") == Some("NONE") {
        let internet = graph.internet();
        let what = format!("{name} runs for everybody at its address");
        let remedy = "ask for signed requests: set the address's AuthType to AWS_IAM";
        let ends = Ends::of(&internet, RelationKind::Reaches, &function);
        graph.step(ends, Way { what, remedy, ..Way::default() });
    }
    Ok(())
}
