//! Kubernetes objects: each attack from the smallest manifest that has it, what keeps it away, policies against a second reading of
//! them, and real files.

mod corpora;
#[path = "draw/mod.rs"]
mod draw;
#[path = "kubernetes/near_misses.rs"]
mod near_misses;
#[path = "kubernetes/objects.rs"]
mod objects;
#[path = "kubernetes/policies.rs"]
mod policies;
#[path = "kubernetes/published.rs"]
mod published;

use ctem_core::{
    Environment,
    attack::{ExploitSteps, MostProbablePaths, Rules, compile},
    discover,
    model::{Access, Asset, Attacker, EntryPoint, RelationKind, Report},
};
use std::collections::BTreeMap;

fn read(text: &str) -> Report {
    let report = discover::read(text.as_bytes()).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(&*report.source.format, "kubernetes", "{text}");
    let tally = report.tally;
    assert_eq!(tally.read, tally.accepted + tally.merged + tally.rejected);
    report
}

/// The attacks that relations are, by their names.
fn attacks(report: &Report) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for relation in &report.contents.relations {
        let name = match (&relation.kind, &relation.title) {
            (RelationKind::Other(name), _) if name.chars().any(|c| c.is_ascii_uppercase()) => {
                name.to_string()
            }
            (RelationKind::CanAssume, Some(_)) => "IDENTITY_ASSUME".to_owned(),
            (RelationKind::MemberOf, Some(_)) => "PERMISSION_DISCOVER".to_owned(),
            (RelationKind::Reaches, Some(_)) => "ENDPOINT_EXPLOIT".to_owned(),
            _ => continue,
        };
        *found.entry(name).or_default() += 1;
    }
    found
}

/// The chance of an access for who has another, with nothing but what the cluster gives.
fn chance(report: &Report, from: (&str, Access), to: (&str, Access)) -> f64 {
    let mut contents = report.contents.clone();
    contents.entry_points = vec![EntryPoint::new(from.0.parse().unwrap(), from.1, Attacker::Assumed)];
    let environment = Environment::try_from(contents).unwrap();
    let snapshot = compile(&environment, &Rules::default(), &ExploitSteps::default(), &[]).unwrap();
    let goal = snapshot.state_of(&environment, &to.0.parse().unwrap(), to.1);
    goal.map_or(0.0, |goal| MostProbablePaths::compute(&snapshot).chance(goal).get())
}

fn asset<'a>(report: &'a Report, id: &str) -> &'a Asset {
    let found = report.contents.assets.iter().find(|asset| asset.id.as_str() == id);
    found.unwrap_or_else(|| {
        panic!("{id} of {:?}", report.contents.assets.iter().map(|one| &one.id).collect::<Vec<_>>())
    })
}

/// A pod with these fields and these fields of its one container, in the namespace `default`.
fn pod(name: &str, fields: &str, container: &str) -> String {
    let container = if container.is_empty() { String::new() } else { format!(", {container}") };
    let fields = if fields.is_empty() { String::new() } else { format!(", {fields}") };
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec: {{containers: [{{name: {name}, image: ubuntu{container}}}]{fields}}}\n---\n"
    )
}

/// A service account that one role is bound to, in the namespace `default` or in all.
fn right(kind: &str, rules: &str) -> String {
    format!(
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: sa}}\n---\n\
         apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: r}}\nrules: {rules}\n---\n\
         apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}Binding\nmetadata: {{name: b}}\n\
         roleRef: {{kind: {kind}, name: r}}\nsubjects: [{{kind: ServiceAccount, name: sa, namespace: default}}]\n---\n"
    )
}

fn rule(groups: &str, resources: &str, verbs: &str) -> String {
    format!("{{apiGroups: [{groups}], resources: [{resources}], verbs: [{verbs}]}}")
}

/// A container that sees a folder of the node.
fn mount(path: &str, read_only: bool) -> String {
    pod(
        "p",
        &format!("volumes: [{{name: v, hostPath: {{path: {path}}}}}]"),
        &format!("volumeMounts: [{{name: v, mountPath: /host, readOnly: {read_only}}}]"),
    )
}

const RBAC: &str = "rbac.authorization.k8s.io";

#[test]
fn each_manifest_gives_its_attack_and_no_other() {
    let in_role = |groups: &str, resources: &str, verbs: &str| {
        right("Role", &format!("[{}]", rule(groups, resources, verbs)))
    };
    let cases: Vec<(String, &str)> = vec![
        (pod("p", "", ""), ""),
        (pod("p", "hostIPC: true, hostNetwork: true, hostPID: true", ""), ""),
        (pod("p", "", "securityContext: {capabilities: {add: [SYS_MODULE]}}"), "CE_MODULE_LOAD"),
        (pod("p", "", "securityContext: {privileged: true}"), "CE_MODULE_LOAD CE_PRIV_MOUNT"),
        (pod("p", "hostPID: yes", "securityContext: {privileged: yes}"), "CE_MODULE_LOAD CE_NSENTER CE_PRIV_MOUNT"),
        (
            pod("p", "hostPID: true", "securityContext: {appArmorProfile: {type: Unconfined}, capabilities: {add: [SYS_PTRACE, CAP_SYS_ADMIN]}}"),
            "CE_SYS_PTRACE",
        ),
        (pod("p", "", "securityContext: {capabilities: {add: [SYS_PTRACE, SYS_ADMIN]}}"), ""),
        (mount("/proc/sys/kernel", false), "CE_UMH_CORE_PATTERN VOLUME_ACCESS VOLUME_DISCOVER"),
        (mount("/proc/sys/kernel", true), "VOLUME_ACCESS VOLUME_DISCOVER"),
        (mount("/etc/cron.d", false), "EXPLOIT_HOST_WRITE VOLUME_ACCESS VOLUME_DISCOVER"),
        (mount("/etc/cron.d", true), "VOLUME_ACCESS VOLUME_DISCOVER"),
        (mount("/root/.ssh", true), "EXPLOIT_HOST_READ VOLUME_ACCESS VOLUME_DISCOVER"),
        (mount("/var/lib/kubelet/pods", true), "EXPLOIT_HOST_TRAVERSE VOLUME_ACCESS VOLUME_DISCOVER"),
        (mount("/var/run/docker.sock", true), "EXPLOIT_CONTAINERD_SOCK VOLUME_ACCESS VOLUME_DISCOVER"),
        (mount("/run/containerd", false), "EXPLOIT_CONTAINERD_SOCK VOLUME_ACCESS VOLUME_DISCOVER"),
        (mount("/data", false), "VOLUME_ACCESS VOLUME_DISCOVER"),
        (mount("/var/log", false), "VOLUME_ACCESS VOLUME_DISCOVER"),
        (
            mount("/var/log", false) + &in_role("\"\"", "pods/log", "get"),
            "CE_VAR_LOG_SYMLINK PERMISSION_DISCOVER VOLUME_ACCESS VOLUME_DISCOVER",
        ),
        (pod("p", "shareProcessNamespace: true", ""), ""),
        (
            "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {shareProcessNamespace: true, containers: [{name: a}, {name: b}]}\n".into(),
            "SHARE_PS_NAMESPACE",
        ),
        (pod("p", "", "ports: [{containerPort: 80, hostPort: 8080}]"), "ENDPOINT_EXPLOIT"),
        (pod("p", "serviceAccountName: app", ""), "IDENTITY_ASSUME"),
        (pod("p", "serviceAccountName: app, automountServiceAccountToken: false", ""), ""),
        (
            pod(
                "p",
                "serviceAccountName: app, automountServiceAccountToken: false, volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: t}}]}}]",
                "",
            ),
            "TOKEN_STEAL",
        ),
        (in_role("\"\"", "configmaps", "get"), "PERMISSION_DISCOVER"),
        (in_role("\"\"", "pods/exec", "create"), "PERMISSION_DISCOVER POD_EXEC"),
        (in_role("\"*\"", "\"*/exec\"", "\"*\""), "PERMISSION_DISCOVER POD_EXEC"),
        (in_role("apps", "pods/exec", "create"), "PERMISSION_DISCOVER"),
        (in_role("\"\"", "pods", "create"), "PERMISSION_DISCOVER POD_CREATE"),
        (in_role("\"\"", "pods", "patch"), "PERMISSION_DISCOVER POD_PATCH"),
        (in_role("apps", "deployments", "update"), "PERMISSION_DISCOVER POD_CREATE POD_PATCH"),
        (in_role("batch", "jobs", "create"), "PERMISSION_DISCOVER POD_CREATE"),
        (in_role("batch", "jobs", "patch, update"), "PERMISSION_DISCOVER"),
        (in_role("\"\"", "secrets", "list"), "PERMISSION_DISCOVER TOKEN_LIST"),
        (in_role("\"\"", "secrets", "get"), "PERMISSION_DISCOVER TOKEN_BRUTEFORCE"),
        (in_role("\"\"", "serviceaccounts", "impersonate"), "IDENTITY_IMPERSONATE PERMISSION_DISCOVER"),
        (in_role("\"\"", "serviceaccounts/token", "create"), "PERMISSION_DISCOVER TOKEN_REQUEST"),
        // Users stand in no namespace, so that a role of one cannot let them be impersonated.
        (in_role("\"\"", "\"users\", \"groups\"", "impersonate"), "PERMISSION_DISCOVER"),
        (
            right("ClusterRole", &format!("[{}]", rule("\"\"", "users", "impersonate"))),
            "IDENTITY_IMPERSONATE PERMISSION_DISCOVER",
        ),
        (
            right("ClusterRole", &format!("[{}, {}]", rule(RBAC, "clusterrolebindings", "create"), rule(RBAC, "clusterroles", "bind"))),
            "PERMISSION_DISCOVER ROLE_BIND",
        ),
        (
            right("ClusterRole", &format!("[{}, {}]", rule(RBAC, "clusterrolebindings", "create"), rule(RBAC, "roles", "bind"))),
            "PERMISSION_DISCOVER",
        ),
        (right("ClusterRole", &format!("[{}]", rule(RBAC, "clusterroles", "escalate, patch"))), "PERMISSION_DISCOVER ROLE_BIND"),
        (right("ClusterRole", &format!("[{}]", rule("\"\"", "nodes/proxy", "get"))), "NODE_PROXY PERMISSION_DISCOVER"),
        (right("ClusterRole", "[{apiGroups: [\"*\"], resources: [\"*\"], verbs: [\"*\"]}]"), "CLUSTER_ADMIN PERMISSION_DISCOVER"),
        (right("ClusterRole", "[{nonResourceURLs: [\"*\"], verbs: [\"*\"]}]"), "PERMISSION_DISCOVER"),
        (
            "apiVersion: v1\nkind: Secret\nmetadata: {name: t, annotations: {kubernetes.io/service-account.name: sa}}\n\
             type: kubernetes.io/service-account-token\n"
                .into(),
            "TOKEN_STEAL",
        ),
    ];
    let mut wrong = Vec::new();
    for (manifest, expected) in &cases {
        let found = attacks(&read(manifest)).into_keys().collect::<Vec<_>>().join(" ");
        println!("{found:60} {}", manifest.replace('\n', " ").chars().take(90).collect::<String>());
        if found != *expected {
            wrong.push(format!("{manifest}: {found}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_attack_says_what_ends_it_and_by_which_technique() {
    let report = read(include_str!("reports/kubernetes/shop.yaml"));
    let found = attacks(&report);
    for name in
        ["CE_NSENTER", "EXPLOIT_HOST_READ", "IDENTITY_ASSUME", "POD_EXEC", "TOKEN_LIST", "ENDPOINT_EXPLOIT"]
    {
        assert!(found.contains_key(name), "{name} of {found:?}");
    }
    for relation in report.contents.relations.iter().filter(|relation| relation.title.is_some()) {
        assert!(relation.technique.is_some_and(|technique| technique.name().is_some()), "{relation:?}");
        assert!(relation.title.as_deref().is_some_and(|title| title.contains("; ")), "{relation:?}");
    }
}

#[test]
fn a_path_leads_from_the_internet_to_the_cluster() {
    let manifest = pod("web", "serviceAccountName: sa", "")
        .replace("{name: web}\nspec", "{name: web, labels: {app: web}}\nspec")
        + "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}\n---\n"
        + &right("ClusterRole", "[{apiGroups: [\"*\"], resources: [\"*\"], verbs: [\"*\"]}]");
    let report = read(&manifest);
    let entries: Vec<_> = report.contents.entry_points.iter().map(|entry| entry.asset.as_str()).collect();
    assert_eq!(entries, ["internet"]);
    assert_eq!(chance(&report, ("internet", Access::Reach), ("default/Pod/web", Access::Reach)), 1.0);
    assert_eq!(
        chance(&report, ("default/Pod/web", Access::Use), ("kubernetes:cluster", Access::Control)),
        1.0
    );
    let internal = manifest.replace("{name: web}\nspec: {type", "{name: web, annotations: {service.beta.kubernetes.io/aws-load-balancer-internal: \"true\"}}\nspec: {type");
    assert!(read(&internal).contents.entry_points.is_empty());
}

#[test]
fn roles_are_evaluated() {
    let roles = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: sum}\n\
                 aggregationRule: {clusterRoleSelectors: [{matchLabels: {to: sum}}]}\n---\n\
                 apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: part, labels: {to: sum}}\n\
                 rules: [{apiGroups: [\"\"], resources: [pods/exec], verbs: [create]}]\n---\n\
                 apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b, namespace: a}\n\
                 roleRef: {kind: ClusterRole, name: sum}\nsubjects: [{kind: Group, name: devs}]\n---\n";
    let pods = "apiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: a}\nspec: {containers: [{name: x}]}\n---\n\
                apiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: b}\nspec: {containers: [{name: x}]}\n---\n";
    let report = read(&format!("{roles}{pods}"));
    let devs = ("Group/devs", Access::Use);
    assert_eq!(chance(&report, devs, ("a/Pod/x", Access::Use)), 1.0, "gathered rules count");
    assert_eq!(chance(&report, devs, ("b/Pod/x", Access::Use)), 0.0, "and only in the binding's namespace");

    // Rules that name things are over those things.
    let named = right(
        "Role",
        "[{apiGroups: [\"\"], resources: [secrets], resourceNames: [one], verbs: [get]}]",
    ) + "apiVersion: v1\nkind: Secret\nmetadata: {name: one}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: two}\n";
    let report = read(&named);
    let sa = ("default/ServiceAccount/sa", Access::Use);
    assert_eq!(chance(&report, sa, ("default/Secret/one", Access::Read)), 1.0);
    assert_eq!(chance(&report, sa, ("default/Secret/two", Access::Read)), 0.0);

    // A group of all service accounts.
    let everybody = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: b}\n\
                     roleRef: {kind: ClusterRole, name: cluster-admin}\nsubjects: [{kind: Group, name: \"system:serviceaccounts\"}]\n---\n";
    let report = read(&(pod("p", "", "") + everybody));
    assert_eq!(chance(&report, ("default/Pod/p", Access::Use), ("kubernetes:cluster", Access::Control)), 1.0);

    // A cluster role binding cannot grant a role of a namespace, and says so.
    let bent = right("Role", "[{apiGroups: [\"*\"], resources: [\"*\"], verbs: [\"*\"]}]")
        .replace("RoleBinding", "ClusterRoleBinding");
    let report = read(&bent);
    assert!(attacks(&report).is_empty());
    assert!(report.notes.iter().any(|note| note.reason.contains("grants nothing")), "{:?}", report.notes);

    // What is bound in one namespace leads to another by the node that both run on, unless admission keeps that away.
    let create = right("Role", &format!("[{}]", rule("\"\"", "pods", "create"))) + pods;
    assert_eq!(chance(&read(&create), sa, ("b/Pod/x", Access::Control)), 1.0);
    let label = "apiVersion: v1\nkind: Namespace\nmetadata: {name: default, labels: {pod-security.kubernetes.io/enforce: restricted}}\n---\n";
    assert_eq!(chance(&read(&format!("{create}{label}")), sa, ("b/Pod/x", Access::Control)), 0.0);
    let judged = "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: w}\n\
                  webhooks: [{name: w, rules: [{resources: [pods]}]}]\n---\n";
    let report = read(&format!("{create}{judged}"));
    assert_eq!(chance(&report, sa, ("b/Pod/x", Access::Control)), 0.5);
    assert!(report.notes.iter().any(|note| note.reason.contains("admission")), "{:?}", report.notes);
}
