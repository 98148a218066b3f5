//! Who reaches whom in a cluster: network policies against a second reading of them, and counts that do not grow with pairs.

use super::{chance, draw::Draw, read};
use ctem_core::model::Access;
use std::fmt::Write as _;

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

/// A list of objects, of which each is JSON.
fn list(items: &[String]) -> String {
    format!(r#"{{"apiVersion": "v1", "kind": "List", "items": [{}]}}"#, items.join(","))
}

#[test]
fn ports_on_all_nodes_are_no_pairs_of_nodes_and_services() {
    let node = |n| {
        format!(
            r#"{{"apiVersion": "v1", "kind": "Node", "metadata": {{"name": "n{n}"}},
               "status": {{"addresses": [{{"type": "ExternalIP", "address": "8.8.7.{n}"}}]}}}}"#
        )
    };
    let service = |n| {
        format!(
            r#"{{"apiVersion": "v1", "kind": "Service", "metadata": {{"name": "s{n}"}},
               "spec": {{"type": "NodePort", "selector": {{"app": "a{n}"}}, "ports": [{{"port": 80}}]}}}}"#
        )
    };
    let pod = |n| {
        format!(
            r#"{{"apiVersion": "v1", "kind": "Pod", "metadata": {{"name": "p{n}", "labels": {{"app": "a{n}"}}}},
               "spec": {{"containers": [{{"name": "c"}}]}}}}"#
        )
    };
    let all: Vec<String> = (0..100).map(node).chain((0..100).map(service)).chain((0..100).map(pod)).collect();
    let report = read(&list(&all));
    assert!(report.contents.relations.len() < 2_000, "{}", report.contents.relations.len());
    assert_eq!(chance(&report, ("internet", Access::Reach), ("default/Pod/p7", Access::Reach)), 0.5);
}

#[test]
fn an_address_that_nobody_on_the_internet_has_opens_nothing() {
    let manifest = |address: &str| {
        format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{name: s}}\nspec: {{externalIPs: [\"{address}\"], selector: {{app: a}}}}\n---\n\
             apiVersion: v1\nkind: Pod\nmetadata: {{name: p, labels: {{app: a}}}}\nspec: {{containers: [{{name: c}}]}}\n"
        )
    };
    let opens = |address: &str| {
        chance(&read(&manifest(address)), ("internet", Access::Reach), ("default/Pod/p", Access::Reach)) > 0.0
    };
    for (address, opened) in [
        ("8.8.8.8", true),
        ("2001:4860:4860::8888", true),
        ("10.0.0.1", false),
        ("0.0.0.0", false),
        ("fe80::1", false),
        ("::ffff:10.0.0.1", false),
        ("nowhere", false),
    ] {
        assert_eq!(opens(address), opened, "{address}");
    }
}

#[test]
fn what_policies_let_through_by_name_has_an_end() {
    let mut ranges = String::new();
    for n in 0..2_000 {
        write!(ranges, r#"{{"ipBlock": {{"cidr": "8.{}.{}.0/24"}}}},"#, n / 250, n % 250).unwrap();
    }
    let pod = |n| {
        format!(
            r#"{{"apiVersion": "v1", "kind": "Pod", "metadata": {{"name": "p{n}"}}, "spec": {{"containers": [{{"name": "c"}}]}}}}"#
        )
    };
    let policy = format!(
        r#"{{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {{"name": "n"}},
           "spec": {{"podSelector": {{}}, "policyTypes": ["Ingress"], "ingress": [{{"from": [{}]}}]}}}}"#,
        ranges.trim_end_matches(',')
    );
    let objects = |pods: usize| (0..pods).map(pod).chain([policy.clone()]).collect::<Vec<_>>();
    let beyond = |pods| {
        let report = read(&list(&objects(pods)));
        report.notes.iter().any(|note| note.reason.contains("more than is looked at"))
    };
    assert_eq!((beyond(100), beyond(1_100)), (false, true));
}
