//! Objects as documents have them: in which order, how often, in how many files, and what of them makes no sense.

use super::{asset, attacks, draw::Draw, pod, read};
use ctem_core::{
    Environment,
    discover::{self, ReadOptions},
    model::{AssetKind, NoteKind, Report},
};

#[test]
fn pods_are_folded_into_what_makes_them() {
    let text = include_str!("../reports/kubernetes/shop.yaml");
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
    let text = include_str!("../reports/kubernetes/shop.yaml");
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
        let objects = include_str!("../reports/kubernetes/shop.yaml").as_bytes();
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

#[test]
fn an_object_without_a_namespace_is_the_one_of_the_namespace_that_is_usual() {
    let stated = pod("p", "", "").replace("{name: p}", "{name: p, namespace: default}");
    let report = read(&(pod("p", "", "") + &stated + &stated.replace("default", "shop")));
    assert_eq!((report.tally.accepted, report.tally.merged), (2, 1), "{:?}", report.notes);
    let pods = report.contents.assets.iter().filter(|asset| asset.kind == AssetKind::Workload);
    let pods: Vec<_> = pods.map(|asset| asset.id.as_str()).collect();
    assert_eq!(pods, ["default/Pod/p", "shop/Pod/p"]);
}

#[test]
fn an_object_keeps_no_secret_of_an_address() {
    let address = "https://ci:NOTAREALSECRET@git.example/shop?token=NOTAREALSECRET";
    let report = read(&format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: p, labels: {{from: \"{address}\"}}}}\n\
         spec: {{serviceAccountName: \"{address}\", containers: [{{name: c, image: \"{address}\"}}]}}\n---\n\
         apiVersion: example.com/v1\nkind: \"{address}\"\nmetadata: {{name: t}}\n"
    ));
    assert_eq!(report.tally.rejected, 0, "{:?}", report.notes);
    let shown = format!("{report:?}");
    assert!(shown.contains("git.example") && !shown.contains("NOTAREALSECRET"), "{shown}");
}
