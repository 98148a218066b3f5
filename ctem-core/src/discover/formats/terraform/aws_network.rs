//! Amazon's security groups, load balancers and networks in Terraform.

use super::{
    aws_routes::SUBNETS,
    aws_types::{Cloud, arn_or, id_of},
    resource::Resource,
    values::sources,
};
use crate::{
    discover::aws::{Member, Source},
    model::{AssetKind, RelationKind},
};
use serde_json::Value;
use std::rc::Rc;

const GROUPS: [&str; 2] = ["aws_security_group", "aws_default_security_group"];

impl Cloud<'_> {
    pub(super) fn security_group(&mut self, resource: &Resource) {
        let id = id_of(resource);
        let group = self.graph.security_group(&id);
        self.in_account(resource, &group);
        let network = self.network(resource);
        for block in resource.blocks("ingress") {
            self.lets_in(&id, network.as_deref(), block, resource, "ingress");
        }
    }

    pub(super) fn lets_in(
        &mut self,
        id: &str,
        network: Option<&str>,
        block: &Value,
        resource: &Resource,
        attribute: &str,
    ) {
        let (mut from, port) = sources(block, id);
        if from.is_empty() {
            let others = self.all.referred(resource, attribute, &GROUPS);
            from.extend(others.into_iter().map(|other| Source::Group(id_of(other).into())));
        }
        if from.is_empty() {
            self.graph.note(format!("{} lets in from what is not told", resource.address));
        }
        for source in from {
            if !self.graph.lets_in(id, network, &source, &port) {
                self.graph.note(format!("{} lets in from {source}, which is not known", resource.address));
            }
        }
    }

    /// A rule that stands by itself.
    pub(super) fn rule(&mut self, resource: &Resource) {
        if resource.text("type") == Some("egress") {
            return;
        }
        let groups = self.all.referred(resource, "security_group_id", &GROUPS);
        let network = groups.first().and_then(|group| self.network(group));
        let ids: Vec<String> = match groups.as_slice() {
            [] => resource.texts("security_group_id").into_iter().map(str::to_owned).collect(),
            groups => groups.iter().map(|group| id_of(group)).collect(),
        };
        for id in ids.iter().take(1) {
            let attribute = if resource.kind == "aws_security_group_rule" {
                "source_security_group_id"
            } else {
                "referenced_security_group_id"
            };
            self.lets_in(id, network.as_deref(), &resource.values, resource, attribute);
        }
    }

    pub(super) fn network(&self, resource: &Resource) -> Option<String> {
        let networks = self.all.referred(resource, "vpc_id", &["aws_vpc", "aws_default_vpc"]);
        networks.first().map(|network| id_of(network)).or_else(|| resource.text("vpc_id").map(str::to_owned))
    }

    pub(super) fn behind(&mut self, resource: &Resource, asset: &Rc<str>, attributes: &[&str], public: bool) {
        let mut groups = Vec::new();
        for attribute in attributes {
            let referred = self.all.referred(resource, attribute, &GROUPS);
            if referred.is_empty() {
                groups.extend(resource.texts(attribute).into_iter().map(str::to_owned));
            } else {
                groups.extend(referred.into_iter().map(id_of));
            }
        }
        groups.sort_unstable();
        groups.dedup();
        let network = self.network(resource);
        let mut subnets = Vec::new();
        for attribute in ["subnet_id", "subnets", "subnet_ids"] {
            let referred = self.all.referred(resource, attribute, &SUBNETS);
            if referred.is_empty() {
                subnets.extend(resource.texts(attribute).into_iter().map(str::to_owned));
            } else {
                subnets.extend(referred.into_iter().map(id_of));
            }
        }
        let groups = groups.iter().map(String::as_str).collect();
        let subnets = subnets.iter().map(String::as_str).collect();
        self.graph.behind(asset, &Member { groups, public, network: network.as_deref(), subnets });
    }

    pub(super) fn balancer(&mut self, resource: &Resource) {
        let id = id_of(resource);
        let balancer = self.graph.asset(resource.text("arn").unwrap_or(&id), AssetKind::Workload);
        self.in_account(resource, &balancer);
        self.graph.alias(&balancer, resource.text("dns_name").unwrap_or_default());
        let public = resource.truth("internal") != Some(true);
        self.behind(resource, &balancer, &["security_groups"], public);
        let referred = self.all.referred(resource, "security_groups", &GROUPS);
        let groups: Vec<String> = match referred.as_slice() {
            [] => resource.texts("security_groups").into_iter().map(str::to_owned).collect(),
            groups => groups.iter().map(|group| id_of(group)).collect(),
        };
        let machines = self.all.referred(resource, "instances", &["aws_instance"]);
        if machines.is_empty() {
            self.graph.passes_on_as(&balancer, &groups.iter().map(String::as_str).collect::<Vec<_>>());
        }
        for machine in machines {
            let name =
                arn_or(machine, |id, region| format!("arn:aws:ec2:{region}:{}:instance/{id}", self.account));
            let machine = self.graph.asset(&name, AssetKind::Host);
            self.graph.passes_on(&balancer, &machine);
        }
        if groups.is_empty() && public {
            let internet = self.graph.internet();
            self.graph.fact(&internet, RelationKind::Reaches, &balancer);
        }
    }

    pub(super) fn peering(&mut self, resource: &Resource) {
        let side = |attribute: &str| {
            let referred = self.all.referred(resource, attribute, &["aws_vpc", "aws_default_vpc"]);
            referred.first().map(|one| id_of(one)).or_else(|| resource.text(attribute).map(str::to_owned))
        };
        if let Some((one, other)) = side("vpc_id").zip(side("peer_vpc_id")) {
            self.graph.are_peers(&one, &other);
        }
    }
}
