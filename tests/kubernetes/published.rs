//! Manifests and dumps that others published.

use super::{asset, attacks, chance, corpora, read};
use ctem_core::model::Access;

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
