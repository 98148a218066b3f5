//! Random enterprises: zones, sessions, groups, phishing, flaws that many hosts share, and severities that say little of them.

use super::draw::Draw;
use ctem_core::{Assessment, Program, discover, intel::Intel};
use serde_json::{Value, json};

/// Draws, with what an enterprise needs of them.
struct Random(Draw);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0.below(end)
    }

    fn unit(&mut self) -> f64 {
        (self.0.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// By the sum of twelve, which is as good as normal here.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

const VECTORS: [(&str, f64); 5] = [
    ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8),
    ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 8.8),
    ("CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H", 8.1),
    ("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 7.8),
    ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:L/A:N", 6.5),
];

/// An enterprise of some `hosts` and half as many identities, assessed.
pub fn enterprise(hosts: usize, seed: u64) -> Assessment {
    assessed(&document_of(hosts, seed))
}

/// The document of an enterprise.
pub fn document_of(hosts: usize, seed: u64) -> Value {
    document(hosts, &mut Random(Draw::fixed(seed)))
}

/// A document, assessed.
pub fn assessed(document: &Value) -> Assessment {
    let mut program = Program::new(Intel::none());
    let absorbed = program.absorb(discover::read(document.to_string().as_bytes()).unwrap());
    assert_eq!(absorbed.tally.rejected, 0, "{:?}", absorbed.notes);
    program.assess("2025-11-13".parse().unwrap()).unwrap()
}

fn document(hosts: usize, random: &mut Random) -> Value {
    let (identities, groups, stores, zones) = (hosts / 2, hosts / 10 + 2, hosts / 10 + 4, hosts / 15 + 2);
    let mut assets = vec![json!({"id": "internet", "kind": "network_zone"})];
    let mut relations = Vec::new();
    let mut relate = |kind: &str, from: String, to: String| {
        if from != to {
            // Most of what people and machines do is needed; sessions and rights to administer are not.
            let removable = matches!(kind, "holds_session_of" | "administers");
            relations.push(json!({"kind": kind, "from": from, "to": to, "removable": removable}));
        }
    };
    let named = |what: &str, n: usize| format!("{what}-{n}");
    for (what, kind, count) in [
        ("host", "host", hosts),
        ("user", "identity", identities),
        ("group", "group", groups),
        ("store", "data_store", stores),
    ] {
        assets.extend((0..count).map(|n| json!({"id": named(what, n), "kind": kind})));
    }
    for host in 0..hosts {
        let zone = host % zones;
        // The first zone stands before the others.
        if zone == 0 && random.unit() < 0.7 {
            relate("reaches", "internet".into(), named("host", host));
        }
        for _ in 0..3 {
            let beside = zone + zones * random.below(hosts / zones);
            relate("reaches", named("host", host), named("host", beside));
        }
        if random.unit() < 0.3 {
            relate("reaches", named("host", host), named("host", random.below(hosts)));
        }
        if random.unit() < 0.6 {
            relate("holds_session_of", named("host", host), named("user", random.below(identities)));
        }
    }
    for user in 0..identities {
        relate("member_of", named("user", user), named("group", random.below(groups)));
    }
    for group in 0..groups {
        relate("administers", named("group", group), named("host", random.below(hosts)));
        relate("reads", named("group", group), named("store", random.below(stores)));
    }
    for store in 0..stores {
        relate("runs_on", named("store", store), named("host", random.below(hosts)));
    }
    let flaws: Vec<Value> = (0..hosts / 2 + 10)
        .map(|n| {
            let (vector, score) = VECTORS[random.below(VECTORS.len())];
            // Weakly tied: a severe flaw is a little likelier.
            let epss = (0.02 * (1.6 * random.normal() + 0.25 * (score - 8.0)).exp()).clamp(1e-5, 0.95);
            json!({"id": format!("CVE-2020-{}", 10_000 + n), "kind": "vulnerability", "cvss": [vector], "epss": epss,
                "known_exploited": random.unit() < epss * 0.5})
        })
        .collect();
    let mut findings = Vec::new();
    for host in 0..hosts {
        for _ in 0..1 + random.below(2) {
            // Few flaws are on many hosts.
            let flaw = (random.unit().powi(2) * flaws.len() as f64) as usize;
            let package = format!("package-{}", flaw / 2);
            findings.push(json!({"asset": named("host", host), "weakness": flaws[flaw],
                "component": {"name": package, "version": "1.0"}, "exploit": {"local": 0.5},
                "sightings": [{"source": "scan", "fixed_in": [format!("1.{}", 1 + flaw % 2)]}]}));
        }
    }
    let mut entries = vec![json!({"asset": "internet"})];
    entries.extend((0..5).map(|_| {
        json!({"asset": named("user", random.below(identities)), "access": "use", "attacker": "phishing", "chance": 0.02})
    }));
    let events: Vec<Value> = (0..4)
        .map(|n| {
            let amount = (2e5 * (1.2 * random.normal()).exp()).round();
            json!({"id": format!("leak-{n}"), "loss": {"amount": amount, "unit": "EUR"},
                "when": {"state": {"asset": named("store", random.below(stores)), "access": "read"}}})
        })
        .collect();
    json!({"ctem": {"version": 2}, "assets": assets, "relations": relations, "findings": findings, "entry_points": entries,
        "services": [{"id": "business", "loss_events": events}]})
}
