//! Manifests beside those that have an attack: a word more or less, and it is there or it is not.

use super::{RBAC, attacks, chance, mount, pod, read, right, rule};
use ctem_core::model::Access;

/// A pod whose service account others want.
const OTHER: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {serviceAccountName: other, containers: [{name: c}]}\n---\n";

fn becomes_other(rules: &str) -> bool {
    let report = read(&(right("Role", rules) + OTHER));
    chance(&report, ("default/ServiceAccount/sa", Access::Use), ("default/ServiceAccount/other", Access::Use))
        > 0.0
}

fn rules_cluster(manifests: &str) -> bool {
    let report = read(manifests);
    chance(&report, ("default/ServiceAccount/sa", Access::Use), ("kubernetes:cluster", Access::Control)) > 0.0
}

fn comes_to_node(manifests: &str) -> bool {
    let report = read(manifests);
    chance(&report, ("default/Pod/p", Access::Use), ("Node/any", Access::Control)) > 0.0
}

#[test]
fn a_cluster_role_that_may_be_bound_by_its_name_gives_what_it_allows() {
    let binder = |change: &str| {
        let binds = format!(
            "{{apiGroups: [{RBAC}], resources: [clusterroles], verbs: [bind], resourceNames: [ops]}}"
        );
        right("ClusterRole", &format!("[{binds}, {change}]"))
    };
    let ops = |rules: &str| {
        format!("apiVersion: {RBAC}/v1\nkind: ClusterRole\nmetadata: {{name: ops}}\nrules: {rules}\n---\n")
    };
    let everything = ops("[{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]");
    let create = |named: &str| {
        format!("{{apiGroups: [{RBAC}], resources: [clusterrolebindings], verbs: [create]{named}}}")
    };
    assert!(rules_cluster(&(binder(&create("")) + &everything)));
    let views = ops(&format!("[{}]", rule("''", "configmaps", "get")));
    assert!(!rules_cluster(&(binder(&create("")) + &views)));
    // What is created has no name yet that a rule could ask for.
    assert!(!rules_cluster(&(binder(&create(", resourceNames: [b]")) + &everything)));
    assert!(!rules_cluster(&(binder(&rule(RBAC, "clusterrolebindings", "get")) + &everything)));
    // A role of the cluster that is bound in a namespace holds there.
    let lists = ops(&format!("[{}]", rule("''", "secrets", "list")));
    let own = format!(
        "[{{apiGroups: [{RBAC}], resources: [clusterroles], verbs: [bind], resourceNames: [ops]}}, {}]",
        rule(RBAC, "rolebindings", "create")
    );
    let secret = |namespace: &str| {
        format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: s, namespace: {namespace}}}\n---\n")
    };
    let report = read(&(right("Role", &own) + &lists + &secret("default") + &secret("far")));
    let reads = |secret: &str| {
        chance(&report, ("default/ServiceAccount/sa", Access::Use), (secret, Access::Read)) > 0.0
    };
    assert!(reads("default/Secret/s") && !reads("far/Secret/s"));
}

#[test]
fn what_is_created_cannot_be_asked_for_by_its_name() {
    let named = |resource: &str| {
        format!("[{{apiGroups: [''], resources: [{resource}], verbs: [create], resourceNames: [p]}}]")
    };
    assert!(!becomes_other(&named("pods")) && becomes_other(&named("pods/exec")));
    assert!(becomes_other(&format!("[{}]", rule("''", "pods", "create"))));
}

#[test]
fn a_claim_to_a_disk_that_is_a_folder_of_the_node_shows_that_folder() {
    let volume = |of: &str, claim: &str| {
        format!(
            "apiVersion: v1\nkind: PersistentVolume\nmetadata: {{name: disk}}\nspec: {{{of}{claim}}}\n---\n"
        )
    };
    let claim = |volume: &str| {
        format!(
            "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {{name: claim}}\nspec: {{{volume}}}\n---\n"
        )
    };
    let user = pod(
        "p",
        "volumes: [{name: v, persistentVolumeClaim: {claimName: claim}}]",
        "volumeMounts: [{name: v, mountPath: /data}]",
    );
    let root = "hostPath: {path: /}";
    assert!(comes_to_node(
        &(volume(root, ", claimRef: {namespace: default, name: claim}") + &claim("") + &user)
    ));
    assert!(comes_to_node(&(volume(root, "") + &claim("volumeName: disk") + &user)));
    // Another's claim, a disk of the cloud, and a folder that nothing runs from.
    assert!(!comes_to_node(
        &(volume(root, ", claimRef: {namespace: far, name: claim}") + &claim("") + &user)
    ));
    assert!(!comes_to_node(&(volume("csi: {driver: ebs}", "") + &claim("volumeName: disk") + &user)));
    assert!(!comes_to_node(
        &(volume("local: {path: /mnt/disks/ssd1}", "") + &claim("volumeName: disk") + &user)
    ));
}

#[test]
fn a_process_of_a_windows_host_is_one_of_the_node() {
    let of_host = |said: &str| {
        pod(
            "p",
            &format!("hostNetwork: true, securityContext: {{windowsOptions: {{hostProcess: {said}}}}}"),
            "",
        )
    };
    assert!(comes_to_node(&of_host("true")) && !comes_to_node(&of_host("false")));
}

#[test]
fn a_token_for_another_than_the_api_server_is_none_of_the_account() {
    let projected = |audience: &str| {
        pod(
            "p",
            &format!(
                "serviceAccountName: app, automountServiceAccountToken: false, volumes: [{{name: t, projected: {{sources: \
            [{{serviceAccountToken: {{path: t{audience}}}}}]}}}}]"
            ),
            "",
        )
    };
    for (audience, steals) in [
        ("", true),
        (", audience: 'https://kubernetes.default.svc'", true),
        (", audience: sts.amazonaws.com", true),
        (", audience: vault", false),
    ] {
        let found = attacks(&read(&projected(audience)));
        assert_eq!(found.contains_key("TOKEN_STEAL"), steals, "{audience}: {found:?}");
    }
}

#[test]
fn what_listens_at_an_address_of_ones_own_network_is_not_on_the_internet() {
    let web = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: web}}\nspec: {containers: [{name: c, ports: [{containerPort: 80}]}]}\n---\n";
    let service = |kind: &str, status: &str| {
        format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{name: s}}\nspec: {{type: {kind}, selector: {{app: web}}}}\nstatus: {{{status}}}\n---\n"
        )
    };
    let at = |place: &str| format!("loadBalancer: {{ingress: [{{{place}}}]}}");
    let ingress = |status: &str| {
        let leads = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec: {defaultBackend: {service: {name: s}}}";
        format!("{leads}\nstatus: {{{status}}}\n---\n")
    };
    let open = |more: &str| {
        let report = read(&format!("{web}{more}"));
        let internet = report.contents.assets.iter().any(|asset| asset.id.as_str() == "internet");
        internet && chance(&report, ("internet", Access::Reach), ("default/Pod/web", Access::Reach)) > 0.0
    };
    for (place, is_open) in
        [("ip: 10.2.3.4", false), ("ip: 203.0.113.9", true), ("hostname: a.elb.amazonaws.com", true)]
    {
        assert_eq!(open(&service("LoadBalancer", &at(place))), is_open, "{place}");
        assert_eq!(open(&(service("ClusterIP", "") + &ingress(&at(place)))), is_open, "{place}");
    }
    assert!(open(&service("LoadBalancer", "")) && !open(&service("ClusterIP", "")));
    // A policy that lets in what is on the internet, in one piece or two, all but all of it, or one network.
    for (blocks, is_open) in [
        ("{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}", true),
        ("{ipBlock: {cidr: 0.0.0.0/1}}, {ipBlock: {cidr: 128.0.0.0/1}}", true),
        ("{ipBlock: {cidr: 0.0.0.0/0, except: [0.0.0.0/0]}}", false),
        ("{ipBlock: {cidr: 10.0.0.0/8}}", false),
    ] {
        let policy = format!(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: n}}\nspec: {{podSelector: {{}}, \
            policyTypes: [Ingress], ingress: [{{from: [{blocks}]}}]}}\n---\n"
        );
        assert_eq!(open(&(service("LoadBalancer", "") + &policy)), is_open, "{blocks}");
    }
}

#[test]
fn a_mount_that_is_read_plants_nothing_and_a_volume_that_is_not_mounted_shows_nothing() {
    assert!(comes_to_node(&mount("/etc/cron.d", false)) && !comes_to_node(&mount("/etc/cron.d", true)));
    assert!(comes_to_node(&mount("/var/run", true)));
    assert!(!comes_to_node(&pod("p", "volumes: [{name: v, hostPath: {path: /}}]", "")));
}
