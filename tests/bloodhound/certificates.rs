//! Ways to certificates of others that BloodHound does not draw: each with what it needs, and with one thing missing.

use crate::*;

const SID: &str = "S-1-5-21-1-2-3";

/// A domain with an authority that it believes, and a template that everybody in `STAFF` may enrol for.
fn graph(template: Value, authority: Value, more: &[(&str, &str, &str)]) -> Value {
    let properties = |own: &Value| {
        let mut all = json!({"domainsid": SID});
        for (name, value) in own.as_object().unwrap() {
            all[name] = value.clone();
        }
        all
    };
    let node =
        |id: &str, kind: &str, own: Value| json!({"id": id, "kinds": [kind], "properties": properties(&own)});
    let mut asked = json!({"authenticationenabled": true, "requiresmanagerapproval": false, "enrolleesuppliessubject": false,
        "schemaversion": 2, "authorizedsignatures": 0, "subjectaltrequiredns": false, "subjectaltrequiredomaindns": false});
    for (name, value) in template.as_object().unwrap() {
        asked[name] = value.clone();
    }
    let nodes = json!([
        node(SID, "Domain", json!({})),
        node("ROOT", "RootCA", json!({})),
        node("STORE", "NTAuthStore", json!({})),
        node("CA", "EnterpriseCA", authority),
        node("TEMPLATE", "CertTemplate", asked),
        node("HOST", "Computer", json!({"enabled": true})),
        node("DC", "Computer", json!({"enabled": true, "strongcertificatebindingenforcementraw": 1})),
        node(
            "TEMPLATES",
            "Container",
            json!({"distinguishedname": "CN=Certificate Templates,CN=Public Key Services,CN=Services,CN=Configuration,DC=corp"})
        ),
        node("EVE", "User", json!({})),
        node("ANN", "User", json!({})),
        node("STAFF", "Group", json!({})),
        node("MAPPED", "User", json!({"altsecurityidentities": ["X509:<RFC822>ops@corp.example"]})),
        node("STRONG", "User", json!({"altsecurityidentities": ["X509:<I>DC=corp,CN=CA<SR>2b00"]})),
    ]);
    let edges = [
        ("ROOT", "RootCAFor", SID),
        ("STORE", "NTAuthStoreFor", SID),
        ("CA", "TrustedForNTAuth", "STORE"),
        ("CA", "EnterpriseCAFor", "ROOT"),
        ("HOST", "HostsCAService", "CA"),
        ("DC", "DCFor", SID),
        ("TEMPLATE", "PublishedTo", "CA"),
        ("STAFF", "Enroll", "TEMPLATE"),
        ("STAFF", "Enroll", "CA"),
        ("ANN", "MemberOf", "STAFF"),
    ];
    let edges = edges.iter().chain(more);
    let edges: Vec<_> = edges
        .map(|(from, kind, to)| json!({"kind": kind, "start": {"value": from}, "end": {"value": to}}))
        .collect();
    json!({"graph": {"nodes": nodes, "edges": edges}})
}

/// Who has an edge of a kind, and to what.
fn concluded(graph: Value, kind: &str) -> Vec<(String, String)> {
    let report = report(&[("graph.json".to_owned(), graph.to_string().into_bytes())]);
    let of_kind = report.contents.relations.iter().filter(|one| one.kind.name() == kind);
    of_kind.map(|one| (one.from.to_string(), one.to.to_string())).collect()
}

fn is(from: &str, to: &str) -> Vec<(String, String)> {
    vec![(from.to_owned(), to.to_owned())]
}

#[test]
fn who_writes_what_a_domain_believes_adds_an_authority() {
    let plain = |more: &[(&str, &str, &str)]| concluded(graph(json!({}), json!({}), more), "ADCSESC5");
    assert_eq!(plain(&[("EVE", "GenericAll", "STORE"), ("EVE", "WriteDacl", "ROOT")]), is("EVE", SID));
    assert_eq!(plain(&[("EVE", "GenericAll", "STORE")]), []);
    assert_eq!(plain(&[("EVE", "GenericAll", "STORE"), ("ANN", "WriteDacl", "ROOT")]), []);
    // A template of one's own takes the container, the authority's object and enrolment.
    let all =
        [("EVE", "GenericWrite", "CA"), ("EVE", "WriteOwner", "TEMPLATES"), ("EVE", "MemberOf", "STAFF")];
    assert_eq!(plain(&all), is("EVE", SID));
    for missing in 0..all.len() {
        let left: Vec<_> =
            all.iter().enumerate().filter(|(n, _)| *n != missing).map(|(_, edge)| *edge).collect();
        assert_eq!(plain(&left), [], "without {:?}", all[missing]);
    }
}

#[test]
fn who_manages_an_authority_or_approves_requests_names_whom_they_like() {
    let with = |template: Value, authority: Value, more: &[(&str, &str, &str)]| {
        concluded(graph(template, authority, more), "ADCSESC7")
    };
    let manages = [("EVE", "ManageCA", "CA")];
    assert_eq!(with(json!({}), json!({}), &manages), is("EVE", SID));
    assert_eq!(with(json!({}), json!({"roleseparationenabled": true}), &manages), []);
    let approves = [("ANN", "ManageCertificates", "CA")];
    let held_back = json!({"requiresmanagerapproval": true, "enrolleesuppliessubject": true});
    assert_eq!(with(held_back.clone(), json!({}), &approves), is("ANN", SID));
    assert_eq!(with(json!({"name": "SUBCA@CORP.EXAMPLE"}), json!({}), &approves), is("ANN", SID));
    assert_eq!(with(json!({}), json!({}), &approves), [], "the template names nobody");
    assert_eq!(with(held_back, json!({}), &[("EVE", "ManageCertificates", "CA")]), [], "no enrolment");
}

#[test]
fn who_gives_an_account_the_address_that_is_mapped_to_another_becomes_that_one() {
    let with = |template: Value, more: &[(&str, &str, &str)]| {
        concluded(graph(template, json!({}), more), "ADCSESC14")
    };
    let mailed = json!({"subjectaltrequireemail": true});
    let controls = [("EVE", "GenericWrite", "ANN")];
    assert_eq!(with(mailed.clone(), &controls), is("EVE", "MAPPED"));
    assert_eq!(with(json!({}), &controls), [], "no address in the certificate");
    assert_eq!(
        with(mailed.clone(), &[("EVE", "GenericWrite", "MAPPED")]),
        [],
        "who cannot enrol is no victim"
    );
    assert_eq!(with(mailed.clone(), &[]), []);
    let mut strong = graph(mailed, json!({}), &controls);
    strong["graph"]["nodes"][6]["properties"]["strongcertificatebindingenforcementraw"] = json!(2);
    assert_eq!(concluded(strong, "ADCSESC14"), [], "strong binding");
}

#[test]
fn an_authority_without_the_extension_makes_every_template_weak() {
    let without = json!({"disabledextensions": ["1.3.6.1.4.1.311.25.2"]});
    let controls = [("EVE", "GenericAll", "ANN")];
    let with = |authority: &Value, template: Value, more: &[(&str, &str, &str)]| {
        concluded(graph(template, authority.clone(), more), "ADCSESC16")
    };
    let named = json!({"subjectaltrequireupn": true});
    assert_eq!(with(&without, named.clone(), &controls), is("EVE", SID));
    assert_eq!(with(&json!({"disabledextensions": ["1.2.3"]}), named.clone(), &controls), []);
    assert_eq!(with(&without, named.clone(), &[]), []);
    let mut strong = graph(named, without, &controls);
    strong["graph"]["nodes"][6]["properties"]["strongcertificatebindingenforcementraw"] = json!(2);
    assert_eq!(concluded(strong.clone(), "ADCSESC16"), []);
    // Where requests name others, binding is satisfied by what they say.
    strong["graph"]["nodes"][3]["properties"]["isuserspecifiessanenabled"] = json!(true);
    assert_eq!(concluded(strong, "ADCSESC16"), is("STAFF", SID));
}
