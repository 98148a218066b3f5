//! Routes: whether what has a public address hears of the internet at all.
//!
//! A subnet whose table of routes leads to no internet gateway is private, whatever addresses are given in it. A subnet that is
//! named in no table has the main one of its network. Documents can stand in any order, and so what is public waits until all are
//! read. Where no document tells of a subnet's routes, they are taken to lead out.

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
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// What is known of routes, and what waits for them.
#[derive(Debug, Default)]
pub(super) struct Routes {
    /// Whether a subnet's own table leads out, and whether a network's main one does.
    subnets: BTreeMap<Box<str>, bool>,
    mains: BTreeMap<Box<str>, bool>,
    waiting: BTreeSet<Waiting>,
}

/// A way from outside, which there is if one of the subnets leads out.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Waiting {
    from: Rc<str>,
    to: Rc<str>,
    subnets: Vec<Box<str>>,
    network: Option<Box<str>>,
}

impl Graph {
    /// Adds a way from outside to something with a public address in one of these subnets.
    pub(super) fn from_outside(
        &mut self,
        from: &Rc<str>,
        to: &Rc<str>,
        subnets: &[&str],
        network: Option<&str>,
    ) {
        if subnets.is_empty() {
            self.fact(from, RelationKind::Reaches, to);
            return;
        }
        let subnets = subnets.iter().map(|subnet| Box::from(*subnet)).collect();
        let (from, to, network) = (Rc::clone(from), Rc::clone(to), network.map(Box::from));
        self.routes.waiting.insert(Waiting { from, to, subnets, network });
    }

    /// Adds the ways that have waited.
    pub(super) fn settle_routes(&mut self) {
        let routes = std::mem::take(&mut self.routes);
        for Waiting { from, to, subnets, network } in routes.waiting {
            let main = network.and_then(|network| routes.mains.get(&network).copied());
            let leads_out = |subnet: &Box<str>| routes.subnets.get(subnet).copied().or(main);
            if subnets.iter().all(|subnet| leads_out(subnet) == Some(false)) {
                let what = "has a public address in a subnet without a route to an internet gateway";
                self.note(format!("{to} {what}: the internet is taken not to reach it"));
                continue;
            }
            self.step(Ends::of(&from, RelationKind::Reaches, &to), Way::default());
        }
    }
}

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
