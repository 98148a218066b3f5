//! Amazon's tables of routes in Terraform: which subnets lead to an internet gateway.
//!
//! A table leads out where one of its routes does, be it written in the table or apart. A route whose target is not told may lead out; a
//! table of which no route is told at all says nothing.

use super::{
    aws_types::{Cloud, id_of},
    resource::Resource,
};
use serde_json::Value;

const TABLES: [&str; 2] = ["aws_route_table", "aws_default_route_table"];
const GATEWAY: [&str; 1] = ["aws_internet_gateway"];
const NETWORKS: [&str; 2] = ["aws_vpc", "aws_default_vpc"];
pub(super) const SUBNETS: [&str; 2] = ["aws_subnet", "aws_default_subnet"];

/// What a route leads to that is no internet gateway.
const ELSEWHERE: [&str; 11] = [
    "nat_gateway_id",
    "transit_gateway_id",
    "vpc_peering_connection_id",
    "network_interface_id",
    "instance_id",
    "egress_only_gateway_id",
    "vpc_endpoint_id",
    "local_gateway_id",
    "carrier_gateway_id",
    "core_network_arn",
    "odb_network_arn",
];

impl Cloud<'_> {
    /// A table of routes, and the subnets and networks whose table it is.
    pub(super) fn route_table(&mut self, table: &Resource) {
        let Some(leads_out) = self.leads_out(table) else { return };
        for tie in self.all.referring(("aws_route_table_association", "route_table_id"), &TABLES, table) {
            let subnets = self.all.referred(tie, "subnet_id", &SUBNETS);
            let ids: Vec<String> = match subnets.as_slice() {
                [] => tie.texts("subnet_id").into_iter().map(str::to_owned).collect(),
                subnets => subnets.iter().map(|subnet| id_of(subnet)).collect(),
            };
            ids.iter().for_each(|id| self.graph.subnet_leads_out(id, leads_out));
        }
        let is_default = table.kind == "aws_default_route_table";
        let mains =
            self.all.referring(("aws_main_route_table_association", "route_table_id"), &TABLES, table);
        for tie in mains.into_iter().chain(is_default.then_some(table)) {
            if let Some(network) = self.network(tie) {
                self.graph.network_leads_out(&network, leads_out);
            }
        }
    }

    /// Whether a table leads out; none where none of its routes is told.
    fn leads_out(&self, table: &Resource) -> Option<bool> {
        let own = table.values.get("route").filter(|routes| !routes.is_null());
        let untold = self.untold(table, "route", "route");
        let within = table.blocks("route").into_iter().map(|route| may_lead_out(route, untold));
        let apart = self.all.referring(("aws_route", "route_table_id"), &TABLES, table);
        let told = own.is_some() || !apart.is_empty();
        let apart = apart
            .into_iter()
            .map(|route| may_lead_out(&route.values, self.untold(route, "gateway_id", "nat_gateway_id")));
        let any = within.chain(apart).any(|out| out);
        told.then_some(any)
    }

    /// Whether a route whose target has no id yet may lead out: where code names a gateway to the internet, or none for private subnets.
    fn untold(&self, resource: &Resource, out: &str, private: &str) -> bool {
        !self.all.referred(resource, out, &GATEWAY).is_empty()
            || self.all.referred(resource, private, &["aws_nat_gateway"]).is_empty()
    }

    /// A subnet, and the network whose part it is.
    pub(super) fn subnet(&mut self, subnet: &Resource) {
        if !SUBNETS.contains(&subnet.kind.as_str()) {
            return;
        }
        let networks = self.all.referred(subnet, "vpc_id", &NETWORKS);
        let network = networks.first().map(|network| id_of(network));
        if let Some(network) = network.or_else(|| subnet.text("vpc_id").map(str::to_owned)) {
            self.graph.is_subnet_of(&id_of(subnet), &network);
        }
    }
}

/// Whether a route leads to an internet gateway; `untold`, where it does not tell.
fn may_lead_out(route: &Value, untold: bool) -> bool {
    let says = |name: &str| route.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    match says("gateway_id") {
        Some(gateway) => gateway.starts_with("igw-"),
        None => untold && !ELSEWHERE.iter().any(|name| says(name).is_some()),
    }
}
