//! A cluster read and assessed: by default 25,000 pods of 2,500 deployments in 250 namespaces on 1,000 nodes, as
//! `kubectl get … -o json` lists them, with roles, bindings, network policies, services and ingresses; one workload in ten has a
//! flaw, and the cluster is what can be lost. No peer reads the same.
//!
//! `-- 5000` says how many pods.

mod common;

use ctem_core::{Program, discover, intel::Intel, time::Moment};
use serde_json::{Value, json};

const PODS_A_WORKLOAD: usize = 10;
const WORKLOADS_A_NAMESPACE: usize = 10;
const PODS_A_NODE: usize = 25;

fn main() {
    let pods = common::size(25_000);
    let bytes = cluster(pods).into_bytes();
    let stake = stake(pods).into_bytes();
    eprintln!("{} MB", bytes.len() / 1_000_000);
    let before = common::peak_memory();
    let (reading, report) = common::once(|| discover::read(&bytes).expect("it is a list"));
    eprintln!(
        "{}; {} assets, {} relations",
        report.tally,
        report.contents.assets.len(),
        report.contents.relations.len()
    );
    let relations = report.contents.relations.len().max(1);
    let mut program = Program::new(Intel::none());
    let (absorbing, ()) = common::once(|| {
        program.absorb(report);
        let stake = discover::read(&stake).expect("it is native");
        assert_eq!(stake.tally.rejected, 0, "{:?}", stake.notes);
        program.absorb(stake);
    });
    let absorbed = common::peak_memory();
    let as_of = "2025-11-13".parse::<Moment>().expect("it is a date");
    let (assessing, assessment) = common::once(|| program.assess(as_of).expect("it can be assessed"));
    for exposure in assessment.ranked().take(5) {
        eprintln!("{exposure}");
    }
    let memory = |bytes: Option<u64>| bytes.zip(before).map_or(0, |(now, before)| now.saturating_sub(before));
    eprintln!(
        "{} bytes a relation with the environment, {} with the assessment",
        memory(absorbed) / relations as u64,
        memory(common::peak_memory()) / relations as u64
    );
    common::head();
    for (what, seconds) in [
        ("cluster read", reading),
        ("cluster absorbed", absorbing),
        ("cluster assessed", assessing),
        ("cluster, from bytes to ranking", reading + absorbing + assessing),
    ] {
        common::rows(what, "pods", pods as f64, seconds, &[], "");
    }
}

fn cluster(pods: usize) -> String {
    let workloads = pods.div_ceil(PODS_A_WORKLOAD);
    let namespaces = workloads.div_ceil(WORKLOADS_A_NAMESPACE);
    let nodes = pods.div_ceil(PODS_A_NODE);
    let mut items = String::new();
    let mut add = |kind: &str, version: &str, name: String, namespace: Option<usize>, rest: Value| {
        let mut object = json!({"apiVersion": version, "kind": kind, "metadata": {"name": name}});
        if let Some(namespace) = namespace {
            object["metadata"]["namespace"] = json!(format!("team-{namespace}"));
        }
        for (key, value) in rest.as_object().expect("it is an object") {
            if key == "metadata" {
                for (key, value) in value.as_object().expect("it is an object") {
                    object["metadata"][key] = value.clone();
                }
            } else {
                object[key] = value.clone();
            }
        }
        if !items.is_empty() {
            items.push(',');
        }
        items.push_str(&object.to_string());
    };
    for n in 0..nodes {
        let labels = if n < 3 { json!({"node-role.kubernetes.io/control-plane": ""}) } else { json!({}) };
        add("Node", "v1", format!("node-{n}"), None, json!({"metadata": {"labels": labels}}));
    }
    let rbac = "rbac.authorization.k8s.io/v1";
    for n in 0..namespaces {
        add(
            "Namespace",
            "v1",
            format!("team-{n}"),
            None,
            json!({"metadata": {"labels": {"stage": format!("s{}", n % 5)}}}),
        );
        let verbs = [json!(["get", "list"]), json!(["create"]), json!(["patch"])][n % 3].clone();
        let resources =
            [json!(["pods", "secrets"]), json!(["pods/exec"]), json!(["deployments"])][n % 3].clone();
        let rules = json!([{"apiGroups": ["", "apps"], "resources": resources, "verbs": verbs}]);
        add("Role", rbac, "worker".into(), Some(n), json!({"rules": rules}));
        let subjects: Vec<Value> = (0..WORKLOADS_A_NAMESPACE)
            .map(|m| json!({"kind": "ServiceAccount", "name": format!("app-{m}"), "namespace": format!("team-{n}")}))
            .collect();
        let role = json!({"kind": "Role", "name": "worker"});
        add("RoleBinding", rbac, "workers".into(), Some(n), json!({"roleRef": role, "subjects": subjects}));
        let own = json!([{"podSelector": {}}, {"namespaceSelector": {"matchLabels": {"stage": format!("s{}", n % 5)}}}]);
        let spec = json!({"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "ingress": [{"from": own}], "egress": [{"to": own}]});
        add("NetworkPolicy", "networking.k8s.io/v1", "own".into(), Some(n), json!({"spec": spec}));
        let front = json!({"podSelector": {"matchLabels": {"app": "app-0"}}, "policyTypes": ["Ingress"], "ingress": [{}]});
        add("NetworkPolicy", "networking.k8s.io/v1", "front".into(), Some(n), json!({"spec": front}));
        let backend = json!({"service": {"name": "app-0"}});
        let rules = json!([{"http": {"paths": [{"backend": backend}]}}]);
        add("Ingress", "networking.k8s.io/v1", "front".into(), Some(n), json!({"spec": {"rules": rules}}));
    }
    add(
        "ClusterRoleBinding",
        rbac,
        "admins".into(),
        None,
        json!({
            "roleRef": {"kind": "ClusterRole", "name": "cluster-admin"},
            "subjects": [{"kind": "ServiceAccount", "name": "app-1", "namespace": "team-1"}],
        }),
    );
    for n in 0..workloads {
        let (namespace, app) = (n / WORKLOADS_A_NAMESPACE, format!("app-{}", n % WORKLOADS_A_NAMESPACE));
        let labels = json!({"app": app, "pod-template-hash": "5d8c7b9f6"});
        let volumes =
            if n % 50 == 0 { json!([{"name": "logs", "hostPath": {"path": "/var/log"}}]) } else { json!([]) };
        let mounts = if n % 50 == 0 { json!([{"name": "logs", "mountPath": "/logs"}]) } else { json!([]) };
        let resources = json!({"limits": {"cpu": "500m", "memory": "256Mi"}, "requests": {"cpu": "100m", "memory": "128Mi"}});
        let probe = json!({"failureThreshold": 3, "httpGet": {"path": "/healthz", "port": 8080, "scheme": "HTTP"}, "periodSeconds": 10});
        let spec = json!({
            "serviceAccountName": app, "nodeName": "", "restartPolicy": "Always", "dnsPolicy": "ClusterFirst",
            "schedulerName": "default-scheduler", "terminationGracePeriodSeconds": 30, "volumes": volumes,
            "tolerations": [{"effect": "NoExecute", "key": "node.kubernetes.io/not-ready", "operator": "Exists", "tolerationSeconds": 300}],
            "containers": [{
                "name": "app", "image": format!("registry.example.com/{app}:1.{n}"), "imagePullPolicy": "IfNotPresent",
                "ports": [{"containerPort": 8080, "name": "http", "protocol": "TCP"}], "resources": resources,
                "livenessProbe": probe, "readinessProbe": probe, "volumeMounts": mounts,
                "securityContext": {"privileged": n % 100 == 0}, "terminationMessagePath": "/dev/termination-log",
                "env": [{"name": "LOG_LEVEL", "value": "info"}, {"name": "REGION", "value": "eu-west-1"}],
            }],
        });
        let template = json!({"metadata": {"labels": labels}, "spec": spec});
        let selector = json!({"matchLabels": {"app": app}});
        add(
            "Deployment",
            "apps/v1",
            app.clone(),
            Some(namespace),
            json!({"spec": {"selector": selector, "template": template}}),
        );
        let owner = json!([{"apiVersion": "apps/v1", "kind": "Deployment", "name": app, "controller": true}]);
        let set = format!("{app}-5d8c7b9f6");
        add(
            "ReplicaSet",
            "apps/v1",
            set.clone(),
            Some(namespace),
            json!({
                "metadata": {"ownerReferences": owner, "labels": labels}, "spec": {"replicas": PODS_A_WORKLOAD, "template": template},
            }),
        );
        add(
            "Service",
            "v1",
            app.clone(),
            Some(namespace),
            json!({"spec": {"selector": {"app": app}, "ports": [{"port": 80}]}}),
        );
        for m in 0..PODS_A_WORKLOAD.min(pods - n * PODS_A_WORKLOAD) {
            let mut spec = spec.clone();
            spec["nodeName"] = json!(format!("node-{}", (n * 7 + m * 31) % nodes));
            let owner =
                json!([{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": set, "controller": true}]);
            add(
                "Pod",
                "v1",
                format!("{set}-{m:05}"),
                Some(namespace),
                json!({
                    "metadata": {"labels": labels, "ownerReferences": owner}, "spec": spec, "status": {"phase": "Running"},
                }),
            );
        }
    }
    format!(r#"{{"apiVersion": "v1", "kind": "List", "items": [{items}]}}"#)
}

/// What is wrong with one workload in ten, and what can be lost.
fn stake(pods: usize) -> String {
    let workloads = pods.div_ceil(PODS_A_WORKLOAD);
    let findings: Vec<Value> = (0..workloads)
        .step_by(10)
        .map(|n| {
            json!({
                "id": format!("f-{n}"), "asset": format!("team-{}/Deployment/app-{}", n / WORKLOADS_A_NAMESPACE, n % WORKLOADS_A_NAMESPACE),
                "weakness": {"id": format!("CVE-2024-{}", 10_000 + n % 300), "kind": "vulnerability",
                    "cvss": ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"]},
            })
        })
        .collect();
    json!({
        "ctem": {"version": 2}, "findings": findings,
        "services": [{"id": "platform", "loss_events": [{
            "id": "cluster-lost", "name": "the cluster is lost", "loss": {"amount": 1_000_000.0, "unit": "EUR"},
            "when": {"state": {"asset": "kubernetes:cluster", "access": "control"}},
        }]}],
    })
    .to_string()
}
