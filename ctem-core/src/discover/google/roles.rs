//! Roles: what they let their members do, and whom a member's text means.

use super::condition::Condition;
use crate::{
    discover::{
        aws::{Ends, Graph, Way},
        every::Every,
    },
    model::{Access, AssetKind, RelationKind, Technique},
};
use std::{borrow::Cow, rc::Rc};

/// What a role lets its members do to what it is given on: the relation, the access it gives, and the technique.
pub(crate) type Powers = Cow<'static, [Power]>;
type Power = (RelationKind, Access, &'static str);

use Access::{Control, Reach, Read, Use, Write};
use RelationKind::{Administers, CanAssume, LogsOnTo, MemberOf, Operates, Reaches, Reads, Writes};
const ALL: &[Power] = &[(Administers, Control, "T1098.003")];
const READ: &[Power] = &[(Reads, Read, "T1530")];
const CHANGE: &[Power] = &[(Reads, Read, "T1530"), (Writes, Write, "T1565.001")];
const ADD: &[Power] = &[(Writes, Write, "T1565.001")];
const ACT: &[Power] = &[(CanAssume, Use, "T1078.004")];
const RUN: &[Power] = &[(Operates, Control, "T1651")];
/// To log on to a machine one must come to it; the others go through the interface of the cloud.
const LOGON: &[Power] = &[(LogsOnTo, Use, SSH)];
const ADMIN_LOGON: &[Power] = &[(Administers, Control, SSH)];
const SSH: &str = "T1021.004";
const CALL: &[Power] = &[(Reaches, Reach, "T1648")];

/// A role that a member has on something.
pub(crate) struct Grant<'a> {
    pub(crate) member: &'a str,
    pub(crate) role: &'a str,
    pub(crate) powers: Powers,
    /// What it hangs on.
    pub(crate) condition: Option<Condition<'a>>,
}

impl<'a> Grant<'a> {
    /// One of a role that everybody knows.
    pub(crate) fn of(member: &'a str, role: &'a str, condition: Option<Condition<'a>>) -> Self {
        Self { member, role, powers: powers_of(role), condition }
    }
}

/// Adds a role of a member on a resource, or on all resources of a service in a realm.
pub(crate) fn give(
    graph: &mut Graph,
    every: &mut Every,
    given: &Grant<'_>,
    target: &Rc<str>,
    service: Option<&str>,
) {
    let Some(service) = service else { return grant(graph, given, target) };
    let with = |powers: Vec<Power>| Grant { powers: Cow::Owned(powers), ..*given };
    let (logons, others): (Vec<Power>, Vec<Power>) =
        given.powers.iter().cloned().partition(|(_, _, technique)| *technique == SSH);
    if logons.is_empty() || !others.is_empty() {
        let all = every.of(target, service, graph);
        grant(graph, &with(others), &all);
    }
    for (kind, gives, technique) in logons {
        let all = every.logon((target, service), &kind, gives, technique, graph);
        grant(graph, &with(vec![(MemberOf, Use, "T1078.004")]), &all);
    }
}

/// Adds a role of a member on a resource.
fn grant(graph: &mut Graph, grant: &Grant<'_>, target: &Rc<str>) {
    let Grant { member, role, powers, condition } = grant;
    if member.starts_with("deleted:") {
        return graph.note(format!("{member} has {role} on {target}, and is gone"));
    }
    if powers.is_empty() {
        return graph.note(format!("{member} has {role} on {target}, which is not evaluated"));
    }
    let condition = match condition.map(|condition| (condition, condition.holds(graph))) {
        None | Some((_, Some(true))) => None,
        Some((condition, Some(false))) => {
            let title = condition.title;
            return graph.note(format!("{member} has {role} on {target} at another time: {title}"));
        }
        Some((condition, None)) => Some(condition.title),
    };
    let (from, access) = principal(graph, member);
    for (kind, gives, technique) in powers.iter() {
        let what = format!("{member} has {role} on {target}");
        let ends = Ends::of(&from, kind.clone(), target);
        let to = (*technique == SSH).then(|| (Rc::clone(target), Reach));
        let needs = [(Rc::clone(&from), access)].into_iter().chain(to);
        let ends = ends.stating(needs, (Rc::clone(target), *gives));
        let hangs_on =
            condition.map(|title| Rc::from(format!("the condition {title} of {role}"))).into_iter().collect();
        let remedy = "give a role with fewer rights, on a narrower resource";
        graph.step(ends, Way { chance: None, hangs_on, technique: Technique::of(technique), what, remedy });
    }
}

/// The asset that stands for a member, and the access to it that whoever acts as the member has.
pub(crate) fn principal(graph: &mut Graph, member: &str) -> (Rc<str>, Access) {
    if matches!(member, "allUsers" | "allAuthenticatedUsers") {
        return (graph.internet(), Access::Reach);
    }
    if convenience(member).is_some() || member.starts_with("principal") {
        // Identities of other clouds are told by a whole address, and sets of them are groups.
        let of_many = !member.starts_with("principal:");
        let kind = if of_many { AssetKind::Group } else { AssetKind::Identity };
        return (graph.asset(member, kind), Access::Use);
    }
    let (sort, name) = member.split_once(':').unwrap_or(("", member));
    let kind = if matches!(sort, "group" | "domain") { AssetKind::Group } else { AssetKind::Identity };
    (graph.asset(name, kind), Access::Use)
}

/// The basic role and the project that a member such as `projectViewer:shop` stands for: whoever has that role there.
pub(crate) fn convenience(member: &str) -> Option<(&'static str, &str)> {
    let (sort, project) = member.split_once(':')?;
    let role = match sort {
        "projectOwner" => "roles/owner",
        "projectEditor" => "roles/editor",
        "projectViewer" => "roles/viewer",
        _ => return None,
    };
    Some((role, project))
}

/// The service whose resources a role is about, where it is about those of one alone: `storage` of `roles/storage.admin`.
pub(crate) fn service_of(role: &str) -> Option<&str> {
    if WIDE.contains(&role) {
        return None;
    }
    let (service, _) = role.strip_prefix("roles/")?.split_once('.')?;
    (service != "resourcemanager").then_some(service)
}

/// Roles that are named after a service and rule all that they are given on.
const WIDE: [&str; 3] = ["roles/iam.securityAdmin", "roles/iam.roleAdmin", "roles/iam.organizationRoleAdmin"];

/// What roles let their members do: those of all services, of stores, and those by which one acts as another.
pub(crate) fn powers_of(role: &str) -> Powers {
    Cow::Borrowed(match role {
        "roles/owner"
        | "roles/editor"
        | "roles/resourcemanager.projectIamAdmin"
        | "roles/iam.securityAdmin"
        | "roles/resourcemanager.organizationAdmin"
        | "roles/resourcemanager.folderAdmin"
        | "roles/iam.roleAdmin" => ALL,
        "roles/viewer" | "roles/browser" => READ,
        "roles/storage.objectViewer"
        | "roles/storage.legacyObjectReader"
        | "roles/storage.legacyBucketReader"
        | "roles/bigquery.dataViewer"
        | "roles/secretmanager.secretAccessor"
        | "roles/cloudkms.cryptoKeyDecrypter"
        | "roles/datastore.viewer"
        | "roles/pubsub.subscriber" => READ,
        "roles/storage.objectUser"
        | "roles/bigquery.dataEditor"
        | "roles/storage.legacyBucketWriter"
        | "roles/datastore.user"
        | "roles/cloudsql.client"
        | "roles/cloudsql.editor" => CHANGE,
        "roles/storage.objectCreator" | "roles/pubsub.publisher" => ADD,
        "roles/iam.serviceAccountTokenCreator"
        | "roles/iam.serviceAccountUser"
        | "roles/iam.serviceAccountKeyAdmin"
        | "roles/iam.serviceAccountAdmin"
        | "roles/iam.workloadIdentityUser"
        | "roles/iam.serviceAccountOpenIdTokenCreator" => ACT,
        "roles/compute.osAdminLogin" => ADMIN_LOGON,
        "roles/compute.osLogin" => LOGON,
        "roles/compute.instanceAdmin.v1" | "roles/compute.instanceAdmin" => RUN,
        "roles/run.invoker" | "roles/cloudfunctions.invoker" | "roles/iap.httpsResourceAccessor" => CALL,
        other if other.ends_with("dmin") || other.ends_with("wner") => ALL,
        _ => &[],
    })
}

/// What a list of permissions, such as that of a role of one's own, comes to: on all that it is given on, or on the resources of a service.
pub(crate) fn powers_of_permissions(permissions: &[&str]) -> Vec<(Option<&'static str>, Powers)> {
    let has = |names: &[&str]| names.iter().any(|name| permissions.contains(name));
    let mut powers: Vec<(Option<&'static str>, &'static [Power])> = Vec::new();
    for (names, service, power) in PERMISSIONS {
        if has(names) && !powers.contains(&(*service, *power)) {
            powers.push((*service, *power));
        }
    }
    // Who may have something run as an account has what it has, if there is anything that may be made to run.
    if has(&["iam.serviceAccounts.actAs"]) && has(&RUNS) && !powers.contains(&(Some("iam"), ACT)) {
        powers.push((Some("iam"), ACT));
    }
    powers.into_iter().map(|(service, power)| (service, Cow::Borrowed(power))).collect()
}

/// What runs as an account that it is given.
const RUNS: [&str; 10] = [
    "cloudbuild.builds.create",
    "cloudfunctions.functions.create",
    "cloudfunctions.functions.update",
    "cloudscheduler.jobs.create",
    "compute.instances.create",
    "compute.instances.setServiceAccount",
    "dataproc.clusters.create",
    "deploymentmanager.deployments.create",
    "run.services.create",
    "run.services.update",
];

type Permission = (&'static [&'static str], Option<&'static str>, &'static [Power]);

/// Permissions any of which is enough, the service whose resources they are about, and what they let one do. The ways of raising rights
/// are those that Rhino Security Labs published as *Privilege Escalation in Google Cloud Platform*.
const PERMISSIONS: &[Permission] = &[
    (
        &[
            "resourcemanager.projects.setIamPolicy",
            "resourcemanager.folders.setIamPolicy",
            "resourcemanager.organizations.setIamPolicy",
            "iam.roles.update",
        ],
        None,
        ALL,
    ),
    (
        &[
            "iam.serviceAccounts.getAccessToken",
            "iam.serviceAccounts.implicitDelegation",
            "iam.serviceAccounts.setIamPolicy",
            "iam.serviceAccounts.signBlob",
            "iam.serviceAccounts.signJwt",
            "iam.serviceAccountKeys.create",
            "storage.hmacKeys.create",
        ],
        Some("iam"),
        ACT,
    ),
    (&["storage.buckets.setIamPolicy", "storage.objects.setIamPolicy"], Some("storage"), ALL),
    (&["storage.objects.get"], Some("storage"), READ),
    (&["storage.objects.create", "storage.objects.delete", "storage.objects.update"], Some("storage"), ADD),
    (&["secretmanager.versions.access"], Some("secretmanager"), READ),
    (&["secretmanager.secrets.setIamPolicy"], Some("secretmanager"), ALL),
    (&["bigquery.tables.getData", "bigquery.tables.export"], Some("bigquery"), READ),
    (&["bigquery.tables.updateData", "bigquery.tables.delete"], Some("bigquery"), ADD),
    (&["bigquery.datasets.setIamPolicy", "bigquery.datasets.update"], Some("bigquery"), ALL),
    (&["cloudsql.instances.connect", "cloudsql.instances.export"], Some("cloudsql"), READ),
    (&["cloudkms.cryptoKeyVersions.useToDecrypt"], Some("cloudkms"), READ),
    (&["pubsub.subscriptions.consume"], Some("pubsub"), READ),
    (&["pubsub.topics.publish"], Some("pubsub"), ADD),
    (&["compute.instances.setMetadata", "compute.projects.setCommonInstanceMetadata"], Some("compute"), RUN),
    (&["compute.instances.osAdminLogin"], Some("compute"), ADMIN_LOGON),
    (&["compute.instances.osLogin"], Some("compute"), LOGON),
    (
        &["cloudfunctions.functions.sourceCodeSet", "cloudfunctions.functions.update"],
        Some("cloudfunctions"),
        RUN,
    ),
    (&["run.services.update"], Some("run"), RUN),
    (&["run.routes.invoke"], Some("run"), CALL),
    (&["cloudfunctions.functions.invoke"], Some("cloudfunctions"), CALL),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acting_as_an_account_needs_something_that_runs() {
        assert!(powers_of_permissions(&["iam.serviceAccounts.actAs"]).is_empty());
        let both = powers_of_permissions(&["iam.serviceAccounts.actAs", "run.services.create"]);
        assert_eq!(both, [(Some("iam"), Cow::Borrowed(ACT))]);
    }

    #[test]
    fn a_role_of_one_service_is_about_its_resources() {
        assert_eq!(service_of("roles/storage.admin"), Some("storage"));
        assert_eq!(service_of("roles/owner"), None);
        assert_eq!(service_of("roles/iam.securityAdmin"), None);
    }
}
