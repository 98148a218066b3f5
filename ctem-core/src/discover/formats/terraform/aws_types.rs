//! Amazon's resources in Terraform.

use super::resource::{Resource, Resources};
use crate::{
    discover::aws::{
        Arn, Graph, Inventory, Policy, Resource as Held, ResourceSort, Sort, add_resource, is_account,
    },
    model::{AssetKind, RelationKind},
};
use serde_json::Value;
use std::{collections::BTreeMap, rc::Rc};

/// Stands for an account that is not told.
pub(super) const NO_ACCOUNT: &str = "000000000000";

/// The account, where all names that tell one tell the same.
pub(super) fn account_of(resources: &Resources) -> Option<Box<str>> {
    let aws = resources.all().iter().filter(|one| one.kind.starts_with("aws_"));
    let named = aws
        .filter_map(|one| one.text("arn").and_then(Arn::of).map(|arn| arn.account).or(one.text("owner_id")));
    let mut counts = BTreeMap::new();
    for account in named.filter(|account| is_account(account)) {
        *counts.entry(account).or_insert(0) += 1;
    }
    counts
        .into_iter()
        .max_by_key(|(account, count)| (*count, std::cmp::Reverse(*account)))
        .map(|(account, _)| account.into())
}

/// Adds a resource. Says whether its type is known.
pub(super) fn take(
    resource: &Resource,
    all: &Resources,
    account: Option<&str>,
    graph: &mut Graph,
    inventory: &mut Inventory,
) -> bool {
    let owner =
        resource.text("arn").and_then(Arn::of).map(|arn| arn.account).filter(|account| is_account(account));
    let mut cloud = Cloud { all, account: owner.or(account).unwrap_or(NO_ACCOUNT), graph, inventory };
    match resource.kind.as_str() {
        "aws_iam_user" => cloud.principal(resource, Sort::User),
        "aws_iam_group" => cloud.principal(resource, Sort::Group),
        "aws_iam_role" => cloud.principal(resource, Sort::Role),
        "aws_iam_policy" => cloud.managed(resource),
        kind if kind.starts_with("aws_organizations_") => return cloud.organization(resource),
        "aws_iam_instance_profile" => cloud.profile(resource),
        "aws_security_group" | "aws_default_security_group" => cloud.security_group(resource),
        "aws_security_group_rule" | "aws_vpc_security_group_ingress_rule" => cloud.rule(resource),
        "aws_instance" => cloud.instance(resource),
        "aws_lb" | "aws_alb" | "aws_elb" => cloud.balancer(resource),
        "aws_db_instance" | "aws_rds_cluster" | "aws_rds_cluster_instance" => {
            cloud.store(resource, ResourceSort::Database);
        }
        "aws_dynamodb_table" => cloud.store(resource, ResourceSort::Table),
        "aws_secretsmanager_secret" => cloud.store(resource, ResourceSort::Secret),
        "aws_ssm_parameter" => cloud.store(resource, ResourceSort::Parameter),
        "aws_s3_bucket" => cloud.bucket(resource),
        "aws_redshift_cluster"
        | "aws_elasticache_cluster"
        | "aws_elasticache_replication_group"
        | "aws_elasticsearch_domain"
        | "aws_opensearch_domain"
        | "aws_efs_file_system"
        | "aws_docdb_cluster"
        | "aws_neptune_cluster"
        | "aws_ebs_volume"
        | "aws_sqs_queue"
        | "aws_sns_topic"
        | "aws_kms_key" => {
            cloud.other(resource, AssetKind::DataStore);
        }
        "aws_lambda_function" => cloud.function(resource),
        "aws_lambda_function_url" => cloud.function_url(resource),
        "aws_ecs_service"
        | "aws_ecs_task_definition"
        | "aws_eks_cluster"
        | "aws_launch_template"
        | "aws_autoscaling_group"
        | "aws_cloudfront_distribution"
        | "aws_api_gateway_rest_api"
        | "aws_apigatewayv2_api"
        | "aws_ecs_cluster"
        | "aws_launch_configuration" => cloud.other(resource, AssetKind::Workload),
        "aws_ecr_repository" => cloud.other(resource, AssetKind::Image),
        "aws_vpc" | "aws_default_vpc" | "aws_subnet" | "aws_default_subnet" => {
            cloud.other(resource, AssetKind::NetworkZone);
            cloud.subnet(resource);
        }
        "aws_route_table" | "aws_default_route_table" => cloud.route_table(resource),
        "aws_vpc_peering_connection" => cloud.peering(resource),
        // What belongs to others is read with them.
        kind => return PARTS.contains(&kind),
    }
    true
}

/// Types that say something of another resource, and types of networks that add no way of their own.
const PARTS: [&str; 38] = [
    "aws_iam_user_policy",
    "aws_iam_group_policy",
    "aws_iam_role_policy",
    "aws_iam_user_policy_attachment",
    "aws_iam_group_policy_attachment",
    "aws_iam_role_policy_attachment",
    "aws_iam_policy_attachment",
    "aws_iam_user_group_membership",
    "aws_iam_group_membership",
    "aws_iam_access_key",
    "aws_iam_user_login_profile",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_acl",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_versioning",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_ownership_controls",
    "aws_s3_bucket_logging",
    "aws_s3_object",
    "aws_lb_listener",
    "aws_alb_listener",
    "aws_lb_target_group",
    "aws_lb_target_group_attachment",
    "aws_elb_attachment",
    "aws_route",
    "aws_route_table_association",
    "aws_main_route_table_association",
    "aws_internet_gateway",
    "aws_nat_gateway",
    "aws_eip",
    "aws_network_acl",
    "aws_network_interface",
    "aws_vpc_security_group_egress_rule",
    "aws_db_subnet_group",
    "aws_db_parameter_group",
    "aws_lambda_permission",
    "aws_secretsmanager_secret_version",
    "aws_kms_alias",
];

/// What a resource is added to.
pub(super) struct Cloud<'c> {
    pub(super) all: &'c Resources,
    pub(super) account: &'c str,
    pub(super) graph: &'c mut Graph,
    pub(super) inventory: &'c mut Inventory,
}

impl Cloud<'_> {
    /// What all resources have: other names, tags, an account.
    pub(super) fn known(&mut self, resource: &Resource, asset: &Rc<str>) {
        self.graph.alias(asset, &resource.name);
        for name in ["arn", "id"] {
            self.graph.alias_if_unique(asset, resource.text(name).unwrap_or_default());
        }
        let name = ["name", "bucket", "identifier", "function_name", "cluster_identifier"];
        if let Some(name) = name.into_iter().find_map(|name| resource.text(name)) {
            self.graph.title(asset, name);
        }
        if let Some(Value::Object(tags)) = resource.values.get("tags") {
            for (tag, value) in tags {
                self.graph.label(asset, tag, value.as_str().unwrap_or_default());
            }
        }
    }

    /// What is not among all of its sort lies in the account itself.
    pub(super) fn in_account(&mut self, resource: &Resource, asset: &Rc<str>) {
        self.known(resource, asset);
        let account = self.graph.account(self.account);
        self.graph.fact(&account, RelationKind::Contains, asset);
    }

    pub(super) fn held(
        &mut self,
        resource: &Resource,
        sort: ResourceSort,
        name: String,
        policy: Option<Rc<Policy>>,
    ) -> Rc<str> {
        let held = Held {
            sort,
            arn: name.into(),
            account: self.account.into(),
            named: false,
            policy,
            acts_as: None,
        };
        let asset = add_resource(self.graph, &held);
        self.inventory.resources.push(held);
        self.known(resource, &asset);
        asset
    }
}

pub(super) fn id_of(resource: &Resource) -> String {
    resource.text("id").unwrap_or(&resource.name).to_owned()
}

pub(super) fn arn_or(resource: &Resource, made: impl FnOnce(&str, &str) -> String) -> String {
    match resource.text("arn").or_else(|| resource.text("id").filter(|id| id.starts_with("arn:"))) {
        Some(arn) => arn.to_owned(),
        None => {
            let zone = resource
                .text("availability_zone")
                .map(|zone| zone.trim_end_matches(|c: char| c.is_ascii_lowercase()));
            made(
                resource.text("id").unwrap_or(&resource.address),
                resource.text("region").or(zone).unwrap_or_default(),
            )
        }
    }
}
