//! Kubernetes objects: each attack from the smallest manifest that has it, what keeps it away, policies against a second reading of
//! them, and real files.

mod corpora;
#[path = "draw/mod.rs"]
mod draw;

use ctem_core::{
    Environment,
    attack::{ExploitSteps, MostProbablePaths, Rules, compile},
    discover::{self, ReadOptions},
    model::{Access, Asset, AssetKind, Attacker, EntryPoint, NoteKind, RelationKind, Report},
};
use draw::Draw;
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

#[test]
fn pods_are_folded_into_what_makes_them() {
    let text = include_str!("reports/kubernetes/shop.yaml");
    let report = read(text);
    let web = asset(&report, "shop/Deployment/web");
    assert_eq!(web.kind, AssetKind::Workload);
    assert!(
        web.aliases.iter().any(|alias| alias.as_str() == "shop/Pod/web-6f7d9c5b8-x2k4q"),
        "{:?}",
        web.aliases
    );
    assert!(report.contents.assets.iter().all(|asset| asset.id.as_str() != "shop/Pod/web-6f7d9c5b8-x2k4q"));
    let tally = report.tally;
    assert_eq!((tally.merged, tally.rejected), (1, 1), "{tally}");
    // Who names the cluster finds its things under that name, as other tools write them.
    let options = ReadOptions { asset: Some("prod".parse().unwrap()), ..ReadOptions::default() };
    let named = discover::read_with(text.as_bytes(), &options).unwrap();
    assert!(
        asset(&named, "prod/shop/Deployment/web")
            .aliases
            .iter()
            .all(|alias| alias.as_str().starts_with("prod/"))
    );
}

#[test]
fn the_order_of_objects_never_shows() {
    let text = include_str!("reports/kubernetes/shop.yaml");
    let parts: Vec<&str> = text.split("---\n").filter(|part| !part.trim().is_empty()).collect();
    let sorted = |report: Report| {
        let mut assets: Vec<String> = report.contents.assets.iter().map(|one| format!("{one:?}")).collect();
        let mut relations: Vec<String> =
            report.contents.relations.iter().map(|one| format!("{one:?}")).collect();
        assets.sort();
        relations.sort();
        (assets, relations)
    };
    let expected = sorted(read(text));
    let mut draw = Draw::of(11);
    for _ in 0..20 {
        let mut left = parts.clone();
        let mut mixed = Vec::new();
        while !left.is_empty() {
            mixed.push(left.swap_remove(draw.below(left.len())));
        }
        let mixed = format!("---\n{}", mixed.join("---\n"));
        assert_eq!(sorted(read(&mixed)), expected, "{mixed}");
    }
}

/// A second, slow reading of network policies: may a pod of these labels send to another?
mod slowly {
    use serde_json::Value;

    fn selects(selector: &Value, labels: &Value) -> bool {
        selector["matchLabels"]
            .as_object()
            .is_none_or(|asked| asked.iter().all(|(name, value)| labels[name] == *value))
    }

    fn peers(rules: &Value, side: &str, policy_namespace: &Value, pod: &Value, namespaces: &Value) -> bool {
        rules.as_array().is_some_and(|rules| {
            rules.iter().any(|rule| {
                let Some(peers) = rule[side].as_array().filter(|peers| !peers.is_empty()) else {
                    return true;
                };
                peers.iter().any(|peer| {
                    let namespace = pod["namespace"].as_str().unwrap();
                    let there = match peer.get("namespaceSelector") {
                        Some(selector) => selects(selector, &namespaces[namespace]),
                        None => pod["namespace"] == *policy_namespace,
                    };
                    there && peer.get("podSelector").is_none_or(|selector| selects(selector, &pod["labels"]))
                })
            })
        })
    }

    pub fn passes(from: &Value, to: &Value, policies: &[Value], namespaces: &Value) -> bool {
        let lets = |kind: &str, side: &str, isolated: &Value, other: &Value| {
            let own: Vec<&Value> = policies
                .iter()
                .filter(|policy| {
                    policy["metadata"]["namespace"] == isolated["namespace"]
                        && policy["spec"]["policyTypes"].as_array().unwrap().iter().any(|one| one == kind)
                        && selects(&policy["spec"]["podSelector"], &isolated["labels"])
                })
                .collect();
            let rules = |policy: &Value| policy["spec"][kind.to_ascii_lowercase()].clone();
            own.is_empty()
                || own.iter().any(|policy| {
                    peers(&rules(policy), side, &policy["metadata"]["namespace"], other, namespaces)
                })
        };
        lets("Egress", "to", from, to) && lets("Ingress", "from", to, from)
    }
}

#[test]
fn network_policies_let_through_what_a_second_reading_does() {
    use serde_json::{Value, json};
    fn one<'w>(draw: &mut Draw, words: &[&'w str]) -> &'w str {
        words[draw.below(words.len())]
    }
    let mut tells = [0, 0];
    for world in 0..40 {
        let mut draw = Draw::of(0x6b75_6265 + world);
        let namespaces = json!({"a": {"team": "x"}, "b": {"team": "y"}, "c": {"team": "x"}});
        let labels = |draw: &mut Draw| {
            let mut labels = serde_json::Map::new();
            for name in ["app", "tier"] {
                if !draw.one_in(3) {
                    labels.insert(name.into(), json!(["1", "2"][draw.below(2)]));
                }
            }
            Value::Object(labels)
        };
        let selector =
            |draw: &mut Draw| if draw.one_in(3) { json!({}) } else { json!({"matchLabels": labels(draw)}) };
        let pods: Vec<Value> = (0..6)
            .map(|n| json!({"name": format!("p{n}"), "namespace": one(&mut draw, &["a", "b", "c"]), "labels": labels(&mut draw)}))
            .collect();
        let mut policies = Vec::new();
        for n in 0..draw.below(6) {
            let mut spec = serde_json::Map::new();
            spec.insert("podSelector".into(), selector(&mut draw));
            let types: &[&str] = [&["Ingress"][..], &["Egress"], &["Ingress", "Egress"]][draw.below(3)];
            spec.insert("policyTypes".into(), json!(types));
            for kind in types {
                let side = if *kind == "Ingress" { "from" } else { "to" };
                let rules: Vec<Value> = (0..draw.below(3))
                    .map(|_| {
                        let peers: Vec<Value> = (0..draw.below(3))
                            .map(|_| match draw.below(3) {
                                0 => json!({"podSelector": selector(&mut draw)}),
                                1 => json!({"namespaceSelector": if draw.one_in(2) { json!({}) } else { json!({"matchLabels": {"team": one(&mut draw, &["x", "y"])}}) }}),
                                _ => json!({"namespaceSelector": {"matchLabels": {"team": one(&mut draw, &["x", "y"])}}, "podSelector": selector(&mut draw)}),
                            })
                            .collect();
                        json!({side: peers})
                    })
                    .collect();
                spec.insert(kind.to_ascii_lowercase(), json!(rules));
            }
            policies.push(json!({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
                "metadata": {"name": format!("n{n}"), "namespace": one(&mut draw, &["a", "b", "c"])}, "spec": spec}));
        }
        let mut items = policies.clone();
        for (name, labels) in namespaces.as_object().unwrap() {
            items.push(json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}));
        }
        for pod in &pods {
            items.push(json!({"apiVersion": "v1", "kind": "Pod", "metadata": pod, "spec": {"containers": [{"name": "c"}]}}));
        }
        let list = json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string();
        let report = read(&list);
        let id = |pod: &Value| {
            format!("{}/Pod/{}", pod["namespace"].as_str().unwrap(), pod["name"].as_str().unwrap())
        };
        for from in &pods {
            for to in pods.iter().filter(|to| *to != from) {
                let expected = slowly::passes(from, to, &policies, &namespaces);
                let found = chance(&report, (&id(from), Access::Use), (&id(to), Access::Reach)) == 1.0;
                assert_eq!(found, expected, "{from} to {to} of world {world}: {list}");
                tells[usize::from(expected)] += 1;
            }
        }
    }
    assert!(tells.iter().all(|count| *count > 100), "{tells:?}");
}

#[test]
fn pods_times_pods_are_never_counted_out() {
    // A thousand workloads that all let all of their namespace in, and nobody else.
    let mut items = String::new();
    for n in 0..1000 {
        let namespace = n % 10;
        items += &format!(
            r#"{{"apiVersion": "v1", "kind": "Pod", "metadata": {{"name": "p{n}", "namespace": "n{namespace}"}}, "spec": {{"containers": [{{"name": "c"}}]}}}},"#
        );
    }
    for n in 0..10 {
        items += &format!(
            r#"{{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {{"name": "own", "namespace": "n{n}"}},
               "spec": {{"podSelector": {{}}, "policyTypes": ["Ingress", "Egress"], "ingress": [{{"from": [{{"podSelector": {{}}}}]}}],
               "egress": [{{"to": [{{"podSelector": {{}}}}]}}]}}}},"#
        );
    }
    let list =
        format!(r#"{{"apiVersion": "v1", "kind": "List", "items": [{}]}}"#, items.trim_end_matches(','));
    let report = read(&list);
    assert!(report.contents.relations.len() < 7_000, "{}", report.contents.relations.len());
    let reach = |to| chance(&report, ("n1/Pod/p1", Access::Use), (to, Access::Reach));
    assert_eq!((reach("n1/Pod/p991"), reach("n2/Pod/p2")), (1.0, 0.0));
}

#[test]
fn what_is_not_evaluated_is_noted() {
    let report = read(
        "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: n}\n---\napiVersion: example.com/v1\nkind: Thing\n\
         metadata: {name: t}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c}]}\n",
    );
    for what in ["CiliumNetworkPolicy", "Thing"] {
        assert!(
            report.notes.iter().any(|note| note.kind == NoteKind::Ignored && note.reason.contains(what)),
            "{what}"
        );
    }
    assert_eq!(report.tally.accepted, 3);
}

#[test]
fn an_object_that_makes_no_sense_is_rejected_alone() {
    for (text, read_, rejected) in [
        (
            r#"{"apiVersion": "v1", "kind": "List", "items": [7, {"kind": "Pod"}, {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {}}]}"#,
            3,
            2,
        ),
        (
            "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {}\n---\na: [\n---\napiVersion: v1\nkind: Node\nmetadata: {name: n}\n",
            3,
            1,
        ),
        (r#"{"apiVersion": "v1", "items": []}"#, 0, 0),
        ("apiVersion: v1\nkind: Pod\nmetadata: {name: \"a\\tb\"}\nspec: {}\n", 1, 1),
    ] {
        let report = read(text);
        assert_eq!(
            (report.tally.read, report.tally.rejected),
            (read_, rejected),
            "{text}: {:?}",
            report.notes
        );
    }
}

#[test]
fn what_scanners_find_lands_on_the_same_assets() {
    let kubescape = r#"{"summaryDetails": {"controls": {}}, "clusterAPIServerInfo": null, "resources": [
        {"resourceID": "a", "object": {"kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"}}},
        {"resourceID": "b", "object": {"kind": "ServiceAccount", "name": "web", "namespace": "shop"}}],
        "results": [{"resourceID": "a", "controls": [{"controlID": "C-0057", "name": "Privileged container", "status": {"status": "failed"}}]},
        {"resourceID": "b", "controls": [{"controlID": "C-0034", "name": "Automatic mapping", "status": {"status": "failed"}}]}]}"#;
    let trivy = r#"{"ClusterName": "prod", "Resources": [{"Namespace": "shop", "Kind": "Deployment", "Name": "web", "Results": [
        {"Target": "Deployment/web", "Misconfigurations": [{"ID": "KSV017", "Title": "Privileged", "Severity": "HIGH", "Status": "FAIL"}]}]}]}"#;
    for (scan, name, options) in [
        (
            kubescape,
            "prod/shop",
            ReadOptions { asset: Some("prod".parse().unwrap()), ..ReadOptions::default() },
        ),
        (trivy, "prod/shop", ReadOptions { asset: Some("prod".parse().unwrap()), ..ReadOptions::default() }),
    ] {
        let objects = include_str!("reports/kubernetes/shop.yaml").as_bytes();
        let mut environment = Environment::new();
        discover::absorb(&mut environment, discover::read_with(scan.as_bytes(), &options).unwrap());
        discover::absorb(&mut environment, discover::read_with(objects, &options).unwrap());
        let web = environment.asset(&format!("{name}/Deployment/web").parse().unwrap()).unwrap();
        assert_eq!(web.labels.get("app").map(|value| &**value), Some("web"));
        assert!(environment.findings().any(|finding| finding.asset == web.id));
        let account = environment.asset(&format!("{name}/ServiceAccount/web").parse().unwrap()).unwrap();
        assert_eq!(account.kind, AssetKind::Identity);
    }
}

#[test]
fn files_of_one_cluster_are_read_together() {
    let role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r}\nrules: [{apiGroups: [\"\"], resources: [pods/exec], verbs: [create]}]\n";
    let binding = r#"{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "b", "namespace": "default"},
        "roleRef": {"kind": "Role", "name": "r"}, "subjects": [{"kind": "User", "name": "u"}]}"#;
    let files = [
        ("role.yaml", role.as_bytes()),
        ("binding.json", binding.as_bytes()),
        ("broken.json", b"{\"apiVersion\": \"v1\", \"kind\": \"Pod\"} {"),
    ];
    let collection = discover::read_collection(files, &ReadOptions::default()).unwrap();
    let [report] = &*collection.reports else { panic!("{collection:?}") };
    assert_eq!(attacks(report).into_keys().collect::<Vec<_>>(), ["PERMISSION_DISCOVER", "POD_EXEC"]);
    assert!(
        report
            .notes
            .iter()
            .any(|note| note.kind == NoteKind::Rejected && note.place.starts_with("broken.json"))
    );
}

fn corpus(file: &str) -> String {
    String::from_utf8(corpora::file(&format!("graphs/kubernetes/{file}"))).unwrap()
}

#[test]
#[ignore = "needs the corpora: name their folder in CTEM_CORPORA"]
fn published_manifests_give_their_attacks() {
    let always = ["IDENTITY_ASSUME", "PERMISSION_DISCOVER", "VOLUME_ACCESS", "VOLUME_DISCOVER"];
    let mut wrong = Vec::new();
    for (file, expected) in [
        ("CE_MODULE_LOAD", "CE_MODULE_LOAD"),
        ("CE_NSENTER", "CE_MODULE_LOAD CE_NSENTER CE_PRIV_MOUNT"),
        ("CE_SYS_PTRACE", "CE_SYS_PTRACE"),
        ("CE_VAR_LOG_SYMLINK", "CE_VAR_LOG_SYMLINK"),
        ("CONTROL_POD", ""),
        // The pod is privileged too, and sees the node's processes.
        ("ENDPOINT_EXPLOIT", "CE_MODULE_LOAD CE_NSENTER CE_PRIV_MOUNT ENDPOINT_EXPLOIT"),
        ("EXPLOIT_HOST_READ_TRAVERSE", "EXPLOIT_HOST_READ EXPLOIT_HOST_TRAVERSE"),
        // The role stands in a namespace, and users in none: nobody can be impersonated.
        ("IDENTITY_IMPERSONATE", ""),
        ("POD_EXEC", "POD_EXEC"),
        ("ROLE_BIND_ALL", ""),
        ("ROLE_BIND_CRB_CR", "ROLE_BIND"),
        ("TOKEN_BRUTEFORCE", "TOKEN_BRUTEFORCE"),
    ] {
        let report = read(&corpus(&format!("kubehound-attacks/{file}.yaml")));
        let found = attacks(&report);
        let own: Vec<&str> = found.keys().map(String::as_str).filter(|name| !always.contains(name)).collect();
        println!("{file:28} {}", own.join(" "));
        if own.join(" ") != expected || report.tally.rejected > 0 {
            wrong.push(format!("{file}: {found:?}, not {expected}; {}", report.tally));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let binds = read(&corpus("kubehound-attacks/ROLE_BIND_CRB_CR.yaml"));
    let cluster = |account: &str| {
        chance(
            &binds,
            (&format!("default/ServiceAccount/{account}"), Access::Use),
            ("kubernetes:cluster", Access::Control),
        )
    };
    assert_eq!(cluster("rolebind-sa-crb-cr-crb-cr"), 1.0);
    assert_eq!(cluster("rolebind-sa-crb-cr-crb-r-fail"), 0.0);
    let all = read(&corpus("kubehound-attacks.list.json"));
    assert_eq!((all.tally.accepted, all.tally.merged, all.tally.rejected), (42, 0, 0), "{}", all.tally);
}

#[test]
#[ignore = "needs the corpora: name their folder in CTEM_CORPORA"]
fn a_dump_counts_each_object_once_and_manifests_show_what_they_hold() {
    let files = [
        "kubehound-dump/nodes.json",
        "kubehound-dump/clusterroles.rbac.authorization.k8s.io.json",
        "kubehound-dump/clusterrolebindings.rbac.authorization.k8s.io.json",
    ];
    let of_namespace =
        ["endpointslices.discovery", "pods", "rolebindings.rbac.authorization", "roles.rbac.authorization"];
    let mut whole: String = files.iter().map(|file| corpus(file) + "\n").collect();
    for namespace in ["namespace-1", "namespace-2"] {
        for name in of_namespace {
            let end = if name == "pods" { "" } else { ".k8s.io" };
            whole += &(corpus(&format!("kubehound-dump/{namespace}/{name}{end}.json")) + "\n");
        }
    }
    let report = read(&whole);
    assert_eq!(
        (report.tally.read, report.tally.accepted, report.tally.merged),
        (10, 7, 3),
        "{}",
        report.tally
    );
    let pods: Vec<_> =
        report.contents.assets.iter().filter(|one| one.id.as_str().contains("/Pod/")).collect();
    assert_eq!(pods.len(), 1);
    let roles = attacks(&report).get("PERMISSION_DISCOVER").copied();
    assert_eq!(roles, Some(1), "one role by one binding, and none by the one that cannot grant it");

    for (file, id, label, value) in [
        (
            "badpods/everything-allowed-pod.yaml",
            "default/Pod/everything-allowed-exec-pod",
            "kubernetes.host_paths",
            "/",
        ),
        (
            "badpods/hostipc-deamonset.yaml",
            "default/DaemonSet/hostipc-exec-daemonset",
            "kubernetes.host_ipc",
            "true",
        ),
        ("badpods/priv-pod.yaml", "default/Pod/priv-exec-pod", "kubernetes.privileged", "priv-pod"),
        (
            "kubernetes-goat/docker-bench-security-deployment.yaml",
            "default/DaemonSet/docker-bench-security",
            "kubernetes.capabilities",
            "AUDIT_CONTROL",
        ),
    ] {
        let report = read(&corpus(file));
        assert_eq!(asset(&report, id).labels.get(label).map(|value| &**value), Some(value), "{file}");
    }
    let admin = read(&corpus("kubernetes-goat/insecure-rbac-setup.yaml"));
    let superadmin = ("kube-system/ServiceAccount/superadmin", Access::Use);
    assert_eq!(chance(&admin, superadmin, ("kubernetes:cluster", Access::Control)), 1.0);
    let secrets = read(&corpus("kubernetes-goat/hunger-check-deployment.yaml"));
    let pod = ("big-monolith/Deployment/hunger-check-deployment", Access::Use);
    assert_eq!(chance(&secrets, pod, ("big-monolith/Secret/vaultapikey", Access::Read)), 1.0);
    let shown = format!("{secrets:?}");
    assert!(!shown.contains("azhzLWdvYXQ"), "values of secrets are not read");
}
