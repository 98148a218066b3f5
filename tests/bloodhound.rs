//! Graphs of directories, read from collectors' files and compared with what BloodHound makes of the same: every edge that it walks, each
//! difference with its reason. Then ranked, cut and fixed, though there is not one finding in them.

#[path = "bloodhound/azure.rs"]
mod azure;
#[path = "bloodhound/certificates.rs"]
mod certificates;
mod corpora;
#[path = "bloodhound/drawings.rs"]
mod drawings;
#[path = "bloodhound/written.rs"]
mod written;

use ctem_core::{
    Assessment, Environment, Probability, Program, Report,
    attack::{ExploitSteps, MostProbablePaths, Rules, compile},
    discover::{ReadOptions, absorb, read_collection},
    id::LossEventId,
    intel::Intel,
    model::{Access, Attacker, EntryPoint, NoteKind, RelationKind},
    prioritize::{Change, CheapestCut, CutOptions, ExposureId, MeasureOptions, SampleOptions},
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

type Edge = (String, String, String);

/// The one report of a collection.
fn report(files: &[(String, Vec<u8>)]) -> Report {
    let files = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
    let mut collection = read_collection(files, &ReadOptions::default()).unwrap();
    assert_eq!(collection.reports.len(), 1, "{:?}", collection.notes);
    let report = collection.reports.remove(0);
    let rejected: Vec<_> = report.notes.iter().filter(|note| note.kind == NoteKind::Rejected).collect();
    assert!(rejected.is_empty(), "{rejected:?}");
    report
}

fn raw(version: &str) -> Vec<(String, Vec<u8>)> {
    let types = ["computers", "containers", "domains", "gpos", "groups", "ous", "sessions", "users"];
    let path = |kind: &&str| format!("graphs/bloodhound/graphify/{version}/raw/{kind}.json");
    types.iter().map(path).map(|path| (path.clone(), corpora::file(&path))).collect()
}

/// What an edge is called in the source.
fn edge_kind(kind: &RelationKind) -> &str {
    match kind {
        RelationKind::MemberOf => "MemberOf",
        RelationKind::Contains => "Contains",
        RelationKind::HoldsSessionOf => "HasSession",
        RelationKind::Administers => "AdminTo",
        other => other.name(),
    }
}

/// The edges of a report, without those of the network that is assumed; and how many of which kind it says are left out.
fn edges(report: &Report) -> (BTreeSet<Edge>, BTreeMap<String, u64>) {
    let network = [RelationKind::LiesIn, RelationKind::Reaches];
    let relations = report.contents.relations.iter().filter(|relation| !network.contains(&relation.kind));
    let edges = relations.map(|relation| {
        let upper = |id: &str| id.to_uppercase();
        (upper(relation.from.as_str()), edge_kind(&relation.kind).into(), upper(relation.to.as_str()))
    });
    let left_out = report.notes.iter().filter(|note| note.kind == NoteKind::Ignored).filter_map(|note| {
        let kind = note.reason.strip_prefix('`')?.split_once('`')?.0;
        Some((kind.to_owned(), note.count))
    });
    (edges.collect(), left_out.collect())
}

/// The edges of a graph as BloodHound writes it.
fn edges_of(graph: &Value) -> BTreeSet<Edge> {
    let text = |value: &Value| value.as_str().unwrap().to_uppercase();
    let edges = graph["graph"]["edges"].as_array().unwrap().iter();
    edges
        .map(|edge| {
            let kind = edge["kind"].as_str().unwrap().to_owned();
            (text(&edge["start"]["value"]), kind, text(&edge["end"]["value"]))
        })
        .collect()
}

/// Why an edge of BloodHound's is none of ours; nothing where it should be.
fn reason(edge: &Edge, nodes: &BTreeMap<String, Value>) -> Option<&'static str> {
    let (_, kind, to) = edge;
    let protected = |node: &Value| {
        let says = |name: &str| node["properties"][name] == json!(true);
        says("admincount") || says("isaclprotected")
    };
    match kind.as_str() {
        "Contains" if nodes.get(to).is_some_and(protected) => {
            Some("administrators inherit nothing from what contains them")
        }
        _ => None,
    }
}

#[test]
#[ignore = "needs the corpora: CTEM_CORPORA names their folder"]
fn a_collection_has_the_edges_that_bloodhound_finds_in_it() {
    for version in ["Version5JSON", "Version6JSON"] {
        let folder = format!("graphs/bloodhound/graphify/{version}");
        let analysed: Value =
            serde_json::from_slice(&corpora::file(&format!("{folder}/analysis/analyzed.json"))).unwrap();
        let nodes: BTreeMap<String, Value> = analysed["graph"]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|node| (node["id"].as_str().unwrap().to_uppercase(), node.clone()))
            .collect();
        let report = report(&raw(version));
        let (ours, left_out) = edges(&report);
        let theirs = edges_of(&analysed);
        // What is no step is said with how often it is there; what is one is compared edge by edge.
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for (_, kind, _) in theirs.iter().filter(|(_, kind, _)| left_out.contains_key(kind)) {
            *counts.entry(kind.clone()).or_default() += 1;
        }
        assert_eq!(counts, left_out, "{version}");
        let steps: BTreeSet<&Edge> =
            theirs.iter().filter(|(_, kind, _)| !left_out.contains_key(kind)).collect();
        let missing: Vec<_> = steps.iter().filter(|edge| !ours.contains(**edge)).collect();
        let more: Vec<_> = ours.iter().filter(|edge| !steps.contains(edge)).collect();
        let mut unexplained = Vec::new();
        for edge in &missing {
            match reason(edge, &nodes) {
                Some(reason) => println!("{version}: not ours {edge:?}: {reason}"),
                None => unexplained.push(edge),
            }
        }
        let equal = steps.len() - missing.len() + counts.values().sum::<u64>() as usize;
        println!("{version}: {equal} of {} edges, {} of which are steps", theirs.len(), steps.len());
        assert!(
            unexplained.is_empty() && more.is_empty(),
            "{version}: without {unexplained:#?}, with {more:#?}"
        );
        assert!(equal * 100 >= theirs.len() * 99, "{version}: {equal} of {}", theirs.len());
    }
}

#[test]
#[ignore = "needs the corpora: CTEM_CORPORA names their folder"]
fn a_graph_says_the_same_as_the_collection_it_is_made_of() {
    for version in ["Version5JSON", "Version6JSON"] {
        let from_collection = edges(&report(&raw(version)));
        for (stage, file) in [("ingest", "ingested"), ("analysis", "analyzed")] {
            let path = format!("graphs/bloodhound/graphify/{version}/{stage}/{file}.json");
            assert_eq!(edges(&report(&[(path.clone(), corpora::file(&path))])), from_collection, "{path}");
        }
    }
}

#[test]
#[ignore = "needs the corpora: CTEM_CORPORA names their folder"]
fn an_archive_is_the_collection_in_it() {
    let archive = report(&[("v6.zip".into(), corpora::file("graphs/bloodhound/traps/Version6-archive.zip"))]);
    assert!(archive.contents.relations.len() > 500, "{}", archive.tally);
    for trap in ["bom-empty-sessions", "v5-deleted"] {
        let path = format!("graphs/bloodhound/traps/{trap}.json");
        let report = report(&[(path.clone(), corpora::file(&path))]);
        assert!(report.contents.assets.is_empty() && report.tally.rejected == 0, "{path}: {}", report.tally);
    }
}

/// The distinct edges of graphs of kinds that schemas call walkable.
fn walkable(graphs: &[Value], schemas: &[Value]) -> BTreeSet<Edge> {
    let kinds: BTreeSet<&str> = schemas
        .iter()
        .flat_map(|schema| schema["relationship_kinds"].as_array().unwrap())
        .filter(|kind| kind["is_traversable"] == json!(true))
        .map(|kind| kind["name"].as_str().unwrap())
        .collect();
    let mut edges = BTreeSet::new();
    for graph in graphs.iter().filter(|graph| graph["graph"]["edges"].is_array()) {
        edges.extend(edges_of(graph).into_iter().filter(|(_, kind, _)| kinds.contains(&kind.as_str())));
    }
    edges
}

#[test]
#[ignore = "needs the corpora: CTEM_CORPORA names their folder"]
fn graphs_of_extensions_have_the_edges_their_schemas_call_walkable() {
    let sccm = ["ad_edges-1", "ad_nodes-1", "mssql_edges-1", "mssql_nodes-1", "sccm_edges-1", "sccm_nodes-1"];
    let folder = |name: &str| sccm.map(|file| format!("{name}/{file}")).to_vec();
    for (graphs, schemas) in [
        (vec!["github".to_owned()], &["github"][..]),
        (vec!["mssql-cas-db".to_owned()], &["mssql"]),
        (folder("sccm-privileged-all"), &["mssql", "sccm"]),
        (folder("sccm-privileged-confirmed-only"), &["mssql", "sccm"]),
    ] {
        let files = |folder: &str, names: &[String]| -> Vec<(String, Vec<u8>)> {
            let path = |name: &String| format!("graphs/opengraph/{folder}{name}.json");
            names.iter().map(path).map(|path| (path.clone(), corpora::file(&path))).collect()
        };
        let graphs = files("", &graphs);
        let schemas =
            files("extension-schemas/", &schemas.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        let value = |(_, bytes): &(String, Vec<u8>)| {
            let text = String::from_utf8(bytes.clone()).unwrap();
            serde_json::from_str::<Value>(text.trim_start_matches('\u{feff}')).unwrap()
        };
        let expected = walkable(
            &graphs.iter().map(value).collect::<Vec<_>>(),
            &schemas.iter().map(value).collect::<Vec<_>>(),
        );
        for files in [[graphs.clone(), schemas].concat(), graphs] {
            let (ours, left_out) = edges(&report(&files));
            let known = |(_, kind, _): &&Edge| expected.iter().any(|(_, other, _)| other == kind);
            let ours: BTreeSet<Edge> = ours.iter().filter(known).cloned().collect();
            let missing: Vec<_> = expected.difference(&ours).take(9).collect();
            assert!(ours == expected, "{}: without {missing:?}; {left_out:?}", files[0].0);
            println!("{}: {} edges, left out {left_out:?}", files[0].0, ours.len());
        }
    }
}

#[test]
#[ignore = "needs the corpora: CTEM_CORPORA names their folder"]
fn an_export_of_the_database_says_the_same_as_the_graph() {
    let path = "graphs/apoc/Version6JSON.analyzed.apoc.ndjson";
    let exported = edges(&report(&[(path.into(), corpora::file(path))]));
    assert_eq!(exported, edges(&report(&raw("Version6JSON"))));
}

#[test]
#[ignore = "needs the corpora: CTEM_CORPORA names their folder"]
fn whole_directories_are_read_without_a_record_lost() {
    for (folder, day, types) in [
        (
            "ghost",
            "20240305110427",
            &["computers", "containers", "domains", "gpos", "groups", "ous", "users"][..],
        ),
        (
            "phantom",
            "20240305110018",
            &[
                "aiacas",
                "certtemplates",
                "computers",
                "containers",
                "domains",
                "enterprisecas",
                "gpos",
                "groups",
                "ntauthstores",
                "ous",
                "rootcas",
                "users",
            ],
        ),
    ] {
        let path = |kind: &&str| format!("graphs/bloodhound/sharphound-{folder}/{day}_{kind}.json");
        let files: Vec<_> = types.iter().map(path).map(|path| (path.clone(), corpora::file(&path))).collect();
        let objects: usize = files
            .iter()
            .map(|(_, bytes)| {
                let text = String::from_utf8_lossy(bytes);
                let file: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap();
                file["data"].as_array().unwrap().len()
            })
            .sum();
        let report = report(&files);
        assert_eq!(report.tally.read as usize, objects, "{folder}");
        let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
        for relation in &report.contents.relations {
            *kinds.entry(edge_kind(&relation.kind)).or_default() += 1;
        }
        println!("{folder}: {} assets, {kinds:?}", report.contents.assets.len());
        assert!(kinds.contains_key("DCSync"), "{folder}: {kinds:?}");
    }
}

#[test]
#[ignore = "needs the corpora: CTEM_CORPORA names their folder"]
fn federated_credentials_open_their_applications() {
    let path = "graphs/bloodhound/azurehound/federated-credentials.json";
    let (edges, _) = edges(&report(&[(path.into(), corpora::file(path))]));
    let file: Value = serde_json::from_slice(&corpora::file(path)).unwrap();
    let records = file["data"].as_array().unwrap().iter();
    let credentials: usize =
        records.map(|record| record["data"]["fics"].as_array().map_or(0, Vec::len)).sum();
    assert_eq!(edges.iter().filter(|(_, kind, _)| kind == "AZAuthenticatesTo").count(), credentials);
}

/// The collection with people who are phished: the domain is the loss.
fn environment(version: &str) -> Environment {
    let mut report = report(&raw(version));
    let people: Vec<_> = report
        .contents
        .assets
        .iter()
        .filter(|asset| asset.labels.get("kind").is_some_and(|kind| &**kind == "User"))
        .filter(|asset| !asset.labels.contains_key("tier"))
        .map(|asset| asset.id.clone())
        .collect();
    report.contents.entry_points.extend(people.into_iter().map(|person| EntryPoint {
        chance: Probability::new(0.05).unwrap(),
        ..EntryPoint::new(person, Access::Use, Attacker::Phishing)
    }));
    let mut environment = Environment::new();
    let absorbed = absorb(&mut environment, report);
    assert_eq!(absorbed.tally.rejected, 0, "{:?}", absorbed.notes);
    environment
}

fn assessed(environment: Environment) -> Assessment {
    Program::with_environment(environment, Intel::none()).assess("2025-11-13".parse().unwrap()).unwrap()
}

#[test]
#[ignore = "needs the corpora: CTEM_CORPORA names their folder"]
fn a_directory_without_a_finding_has_a_full_table() {
    for version in ["Version5JSON", "Version6JSON"] {
        let environment = environment(version);
        let today = assessed(environment.clone());
        let worst = today.ranked().next().unwrap();
        assert!(today.len() > 10 && worst.risk.value() > 0.0, "{version}: {} exposures", today.len());
        assert!(today.explain(&worst.id).unwrap().paths[0].hops.len() > 2);

        // What is taken away saves what it is worth.
        let sample = today.sample(&SampleOptions::default());
        let best = &sample.exposures[0];
        assert!(best.fix_value.value() > 0.0, "{version}: {best:?}");
        let ExposureId::Relation(relation) = &best.exposure else { panic!("{best:?}") };
        let options = MeasureOptions::default();
        let saved = today.what_if(&[Change::Removed(relation.clone())], &options).unwrap().saved;
        let near = (saved.value() - best.fix_value.value()).abs();
        assert!(near <= 1e-9 || saved.lower() <= best.fix_value.upper(), "{saved:?} and {best:?}");

        // After the cheapest cut the domain does not fall.
        let domain = environment.assets().find(|asset| asset.criticality.is_some()).unwrap();
        let event = LossEventId::parse(&format!("taken:{}", domain.id)).unwrap();
        let cost = |id: &ExposureId| Some(today.default_cost(id));
        let cut = today.cheapest_cut(&event, cost, &CutOptions::default()).unwrap();
        let CheapestCut::Cut { fixes, .. } = cut else { panic!("{version}: {cut:?}") };
        let gone: BTreeSet<&str> = fixes.iter().map(|fix| fix.exposure.as_str()).collect();
        assert!(!gone.is_empty());
        println!("{version}: {} exposures, worst {worst}, cut {gone:?}", today.len());
    }
}
