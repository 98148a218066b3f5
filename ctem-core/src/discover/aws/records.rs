//! Records of resources as Amazon's interfaces write them: which list, or type, becomes what.

use super::{
    databases::{bucket, cluster, database, database_cluster, secret, table},
    fields::Origin,
    graph::Graph,
    inventory::Inventory,
    machines::{function, instance, interface, profile, reservation},
    places::{classic_balancer, load_balancer, network, no_asset, peering, security_group, subnet},
    ways_out::{function_url, route_table},
};
use crate::error::Result;
use serde_json::Value;

/// What a record becomes: it is added to the graph, or to what is evaluated afterwards.
pub(crate) type Take = fn(&mut Graph, &mut Inventory, &Value, &Origin) -> Result<()>;

/// The lists of the command line's answers, with what their records become.
pub(crate) const LISTS: [(&str, Take); 17] = [
    ("SecurityGroups", security_group),
    ("Reservations", reservation),
    ("NetworkInterfaces", interface),
    ("LoadBalancers", load_balancer),
    ("LoadBalancerDescriptions", classic_balancer),
    ("DBInstances", database),
    ("DBClusters", database_cluster),
    ("Clusters", cluster),
    ("Functions", function),
    ("Buckets", bucket),
    ("Vpcs", network),
    ("Subnets", subnet),
    ("VpcPeeringConnections", peering),
    ("InstanceProfiles", profile),
    ("RouteTables", route_table),
    ("VpcEndpoints", no_asset),
    ("FunctionUrlConfigs", function_url),
];

/// What the recorder calls resources, with what they become.
pub(crate) const TYPES: [(&str, Take); 17] = [
    ("AWS::EC2::SecurityGroup", security_group),
    ("AWS::EC2::Instance", instance),
    ("AWS::EC2::NetworkInterface", interface),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", load_balancer),
    ("AWS::ElasticLoadBalancing::LoadBalancer", classic_balancer),
    ("AWS::RDS::DBInstance", database),
    ("AWS::RDS::DBCluster", database_cluster),
    ("AWS::Redshift::Cluster", cluster),
    ("AWS::Lambda::Function", function),
    ("AWS::EC2::VPC", network),
    ("AWS::EC2::Subnet", subnet),
    ("AWS::EC2::VPCPeeringConnection", peering),
    ("AWS::EC2::RouteTable", route_table),
    ("AWS::EC2::InternetGateway", no_asset),
    ("AWS::Lambda::Url", function_url),
    ("AWS::DynamoDB::Table", table),
    ("AWS::SecretsManager::Secret", secret),
];
