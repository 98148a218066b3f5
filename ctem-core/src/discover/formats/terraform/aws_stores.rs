//! Amazon's stores, machines and functions in Terraform.

use super::{
    aws_identity::profile_name,
    aws_types::{Cloud, arn_or, id_of},
    resource::Resource,
};
use crate::{
    discover::aws::{ResourceSort, public},
    model::{AssetKind, RelationKind},
};

impl Cloud<'_> {
    pub(super) fn store(&mut self, resource: &Resource, sort: ResourceSort) {
        let account = self.account;
        let name = arn_or(resource, |id, region| {
            let id = resource.text("name").or(resource.text("identifier")).unwrap_or(id);
            match sort {
                ResourceSort::Table => format!("arn:aws:dynamodb:{region}:{account}:table/{id}"),
                ResourceSort::Secret => format!("arn:aws:secretsmanager:{region}:{account}:secret:{id}"),
                ResourceSort::Parameter => {
                    format!("arn:aws:ssm:{region}:{account}:parameter/{}", id.trim_start_matches('/'))
                }
                _ => format!("arn:aws:rds:{region}:{account}:db:{id}"),
            }
        });
        let policy = resource
            .text("policy")
            .map(|_| ())
            .and_then(|()| self.policy(resource.values.get("policy"), resource));
        let store = self.held(resource, sort, name, policy);
        if sort == ResourceSort::Database {
            for name in ["address", "endpoint"] {
                self.graph.alias(&store, resource.text(name).unwrap_or_default());
            }
            let public = resource.truth("publicly_accessible") == Some(true);
            self.behind(resource, &store, &["vpc_security_group_ids"], public);
        }
    }

    /// A bucket with its policy, its lists of access and what blocks the public.
    pub(super) fn bucket(&mut self, resource: &Resource) {
        let name = resource.text("bucket").or(resource.text("id")).map(str::to_owned);
        let arn = match (resource.text("arn"), &name) {
            (Some(arn), _) => arn.to_owned(),
            (None, Some(name)) => format!("arn:aws:s3:::{name}"),
            (None, None) => format!("arn:aws:s3:::{}", resource.address),
        };
        let of_bucket = |kind: &str| {
            let buckets = ["aws_s3_bucket"];
            let mut parts = self.all.referring((kind, "bucket"), &buckets, resource);
            // A part that refers to no bucket names one.
            let naming = self.all.saying((kind, "bucket"), name.as_deref());
            parts.extend(naming.filter(|part| self.all.referred(part, "bucket", &buckets).is_empty()));
            parts.into_iter().cloned().collect::<Vec<Resource>>()
        };
        let blocks = of_bucket("aws_s3_bucket_public_access_block");
        let on = |name: &str| blocks.iter().any(|block| block.truth(name) == Some(true));
        let (no_policy, no_lists) = (on("restrict_public_buckets"), on("ignore_public_acls"));
        let lists = of_bucket("aws_s3_bucket_acl");
        let policies = of_bucket("aws_s3_bucket_policy");
        let mut policy = None;
        for part in policies.iter().chain(resource.text("policy").map(|_| resource)) {
            let stated = self.policy(part.values.get("policy"), part);
            // A policy that lets in nobody but whom it names is not restricted.
            policy = stated.filter(|stated| !(no_policy && stated.is_public())).or(policy);
        }
        let bucket = self.held(resource, ResourceSort::Bucket, arn, policy);
        for list in lists.iter().chain([resource]).filter(|_| !no_lists) {
            match list.text("acl") {
                Some("public-read-write") => public(self.graph, &bucket, true, true),
                Some("public-read") => public(self.graph, &bucket, true, false),
                _ => {}
            }
        }
    }

    pub(super) fn other(&mut self, resource: &Resource, kind: AssetKind) {
        let id = id_of(resource);
        let name = match kind {
            AssetKind::NetworkZone => id.as_str(),
            _ => resource.text("arn").unwrap_or(&id),
        };
        let asset = self.graph.asset(name, kind);
        self.in_account(resource, &asset);
        if asset.contains("vpc-") || resource.kind.ends_with("_vpc") || resource.kind.ends_with("_subnet") {
            return;
        }
        let public = resource.truth("publicly_accessible") == Some(true);
        self.behind(resource, &asset, &["vpc_security_group_ids", "security_group_ids"], public);
        for attribute in ["task_role_arn", "role_arn", "execution_role_arn"] {
            for role in self.roles(resource, attribute) {
                self.graph.acts_as(&asset, &role);
            }
        }
    }

    pub(super) fn instance(&mut self, resource: &Resource) {
        let name =
            arn_or(resource, |id, region| format!("arn:aws:ec2:{region}:{}:instance/{id}", self.account));
        let host = self.held(resource, ResourceSort::Instance, name, None);
        let address = resource.text("public_ip");
        self.graph.alias(&host, address.unwrap_or_default());
        let public = address.is_some() || resource.truth("associate_public_ip_address") == Some(true);
        self.behind(resource, &host, &["vpc_security_group_ids", "security_groups"], public);
        let profiles = self.all.referred(resource, "iam_instance_profile", &["aws_iam_instance_profile"]);
        let named = resource.text("iam_instance_profile");
        let named = named.map(|name| format!("arn:aws:iam::{}:instance-profile/{name}", self.account));
        let profile = profiles.first().map(|profile| profile_name(profile, self.account)).or(named);
        if let Some(profile) = profile {
            if let Some(known) = self.inventory.resources.last_mut().filter(|one| *one.arn == *host) {
                known.acts_as = Some(profile.as_str().into());
            }
            self.graph.acts_as(&host, &profile);
        }
    }

    pub(super) fn function(&mut self, resource: &Resource) {
        let name = arn_or(resource, |id, region| {
            let id = resource.text("function_name").unwrap_or(id);
            format!("arn:aws:lambda:{region}:{}:function:{id}", self.account)
        });
        let function = self.held(resource, ResourceSort::Function, name, None);
        for role in self.roles(resource, "role") {
            self.graph.acts_as(&function, &role);
        }
        for block in resource.blocks("vpc_config") {
            let inner = Resource { values: block.clone(), ..resource.clone() };
            self.behind(&inner, &function, &["security_group_ids"], false);
        }
    }

    /// An address at which everybody runs a function, where nothing is asked of them.
    pub(super) fn function_url(&mut self, resource: &Resource) {
        if resource.text("authorization_type") != Some("NONE") {
            return;
        }
        let kind = "aws_lambda_function";
        let named = self.all.saying((kind, "function_name"), resource.text("function_name"));
        let mut functions = self.all.referred(resource, "function_name", &[kind]);
        functions.extend(named.take(usize::from(functions.is_empty())));
        for function in functions {
            let name = arn_or(function, |id, region| {
                let id = function.text("function_name").unwrap_or(id);
                format!("arn:aws:lambda:{region}:{}:function:{id}", self.account)
            });
            let internet = self.graph.internet();
            let function = self.graph.asset(&name, AssetKind::Function);
            self.graph.fact(&internet, RelationKind::Reaches, &function);
        }
    }
}
