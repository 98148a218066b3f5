//! CSAF 2.0 and 2.1: advisories and VEX documents of suppliers.
//!
//! A record is a vulnerability, and a finding what it says of one product: affected, under investigation, not affected, fixed.
//! The asset is the product. Of a component in a product, it is said there alone; of a package by itself, wherever it lies, so
//! that what is said applies to findings of other reports too.

use super::{
    Draft, Reader,
    claim::{Claim, Concluded},
    cyclonedx::{concluded, named_by},
    document::{Document, Match},
    json, product,
};
use crate::{
    error::Result,
    model::{Component, NoteKind, Status, WeaknessKind},
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashMap, HashSet};

pub(super) const READER: Reader = Reader { name: "csaf", title: "CSAF JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let named = json.text("/document/category").is_some_and(|category| category.starts_with("csaf"));
        Match::yes_if(json.has("/document/csaf_version") || named)
    })
}

#[derive(Deserialize)]
struct Csaf<'a> {
    #[serde(borrow)]
    document: &'a RawValue,
    #[serde(borrow, default)]
    product_tree: Option<&'a RawValue>,
    #[serde(borrow, default)]
    vulnerabilities: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize, Default)]
struct About {
    tracking: Option<Tracking>,
    aggregate_severity: Option<Severity>,
}

#[derive(Deserialize)]
struct Tracking {
    current_release_date: Option<String>,
}

#[derive(Deserialize)]
struct Severity {
    text: Option<String>,
}

#[derive(Deserialize, Default)]
struct Tree {
    branches: Option<Vec<Branch>>,
    full_product_names: Option<Vec<Product>>,
    relationships: Option<Vec<Relationship>>,
    product_groups: Option<Vec<Group>>,
}

#[derive(Deserialize)]
struct Branch {
    category: Option<String>,
    name: Option<String>,
    product: Option<Product>,
    branches: Option<Vec<Branch>>,
}

#[derive(Deserialize, Clone)]
struct Product {
    name: Option<String>,
    product_id: Option<String>,
    product_identification_helper: Option<Helper>,
}

#[derive(Deserialize, Clone)]
struct Helper {
    purl: Option<String>,
    purls: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Relationship {
    full_product_name: Option<Product>,
    product_reference: Option<String>,
    relates_to_product_reference: Option<String>,
}

#[derive(Deserialize)]
struct Group {
    group_id: Option<String>,
    product_ids: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Vulnerability {
    cve: Option<String>,
    ids: Option<Vec<Id>>,
    title: Option<String>,
    notes: Option<Vec<Text>>,
    cwe: Option<Cwe>,
    cwes: Option<Vec<Cwe>>,
    scores: Option<Vec<Score>>,
    metrics: Option<Vec<Metric>>,
    product_status: Option<BTreeMap<String, Vec<String>>>,
    remediations: Option<Vec<Advice>>,
    threats: Option<Vec<Advice>>,
    flags: Option<Vec<Flag>>,
    references: Option<Vec<Reference>>,
}

#[derive(Deserialize)]
struct Id {
    text: Option<String>,
}

#[derive(Deserialize)]
struct Text {
    category: Option<String>,
    text: Option<String>,
}

#[derive(Deserialize)]
struct Cwe {
    id: Option<String>,
}

#[derive(Deserialize)]
struct Score {
    cvss_v2: Option<Cvss>,
    cvss_v3: Option<Cvss>,
    cvss_v4: Option<Cvss>,
    products: Option<HashSet<String>>,
}

/// As version 2.1 has scores.
#[derive(Deserialize)]
struct Metric {
    content: Option<Score>,
    products: Option<HashSet<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cvss {
    vector_string: Option<String>,
    base_severity: Option<String>,
}

#[derive(Deserialize)]
struct Advice {
    category: Option<String>,
    details: Option<String>,
    product_ids: Option<HashSet<String>>,
    group_ids: Option<HashSet<String>>,
}

#[derive(Deserialize)]
struct Flag {
    label: Option<String>,
    product_ids: Option<HashSet<String>>,
    group_ids: Option<HashSet<String>>,
}

#[derive(Deserialize)]
struct Reference {
    category: Option<String>,
    url: Option<String>,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let csaf: Csaf<'_> = json::parse(&document.text)?;
    let about: About = draft.perhaps(Some(csaf.document), "/document");
    let seen = about.tracking.and_then(|tracking| tracking.current_release_date).unwrap_or_default();
    draft.report.source.taken = draft.moment(Some(&seen), "/document/tracking/current_release_date");
    let severity = about.aggregate_severity.and_then(|severity| severity.text).unwrap_or_default();
    let tree: Tree = draft.perhaps(csaf.product_tree, "/product_tree");
    let products = Products::of(tree);
    for (n, record) in csaf.vulnerabilities.iter().flatten().enumerate() {
        let place = format!("/vulnerabilities/{n}");
        draft.record(&place, |draft| {
            let weak: Vulnerability = draft.understood(record.get(), &place)?;
            let fixed = fixed_versions(&weak, &products);
            let mut said = false;
            for (list, ids) in weak.product_status.iter().flatten() {
                let Some(status) = status(list) else { continue };
                for id in ids {
                    said = true;
                    take(&weak, id, list, status, &products, &fixed, &severity, &seen, &place, draft)?;
                }
            }
            if !said {
                draft.clear();
                draft.note(
                    NoteKind::Ignored,
                    &place,
                    "it speaks of no product, so that nothing is said to be weak",
                );
            }
            Ok(())
        });
    }
    Ok(())
}

/// What a list of products says of them. Which version is recommended says nothing of it.
fn status(list: &str) -> Option<Status> {
    match list {
        "known_not_affected" => Some(Status::NotAffected),
        "fixed" | "first_fixed" => Some(Status::Fixed),
        "known_affected" | "first_affected" | "last_affected" | "under_investigation" | "unknown" => {
            Some(Status::Open)
        }
        _ => None,
    }
}

/// What a product id means.
#[derive(Default)]
struct Known {
    /// In full, for people.
    title: String,
    name: String,
    version: Option<String>,
    range: Option<String>,
    purl: Option<String>,
}

impl Known {
    fn component(&self) -> Component {
        match &self.purl {
            Some(purl) => {
                let named = named_by(purl);
                let version = named.version.as_deref().or(self.version.as_deref());
                Component::new(&named.name, version).with_purl(Some(purl))
            }
            None => Component::new(&self.name, self.version.as_deref()),
        }
    }
}

/// All products of a document, which components stand in which, and groups of them.
struct Products {
    known: HashMap<String, Known>,
    within: HashMap<String, (String, String)>,
    groups: HashMap<String, HashSet<String>>,
}

impl Products {
    fn of(tree: Tree) -> Self {
        let mut known = HashMap::new();
        let mut waiting: Vec<(Branch, String)> =
            tree.branches.into_iter().flatten().map(|branch| (branch, String::new())).collect();
        while let Some((branch, above)) = waiting.pop() {
            let text = branch.name.unwrap_or_default();
            let category = branch.category.unwrap_or_default();
            let name = if category == "product_name" { text.clone() } else { above };
            if let Some(product) = branch.product {
                let version = (category == "product_version").then(|| text.clone());
                let range = (category == "product_version_range").then(|| text.clone());
                add(&mut known, product, &name, version, range);
            }
            waiting.extend(branch.branches.into_iter().flatten().map(|branch| (branch, name.clone())));
        }
        for product in tree.full_product_names.into_iter().flatten() {
            add(&mut known, product, "", None, None);
        }
        let mut within = HashMap::new();
        for relationship in tree.relationships.into_iter().flatten() {
            let ends = relationship.product_reference.zip(relationship.relates_to_product_reference);
            let id = relationship.full_product_name.as_ref().and_then(|product| product.product_id.clone());
            if let (Some(ends), Some(id), Some(product)) = (ends, id, relationship.full_product_name) {
                within.insert(id, ends);
                add(&mut known, product, "", None, None);
            }
        }
        let groups = tree.product_groups.into_iter().flatten();
        let groups = groups
            .filter_map(|group| Some((group.group_id?, group.product_ids.into_iter().flatten().collect())));
        Self { known, within, groups: groups.collect() }
    }

    /// Whether something said of products and groups is said of this one. What names neither is said of all.
    fn mean(&self, products: Option<&HashSet<String>>, groups: Option<&HashSet<String>>, id: &str) -> bool {
        let by_group = || {
            groups
                .into_iter()
                .flatten()
                .filter_map(|group| self.groups.get(group))
                .any(|group| group.contains(id))
        };
        (products.is_none() && groups.is_none())
            || products.is_some_and(|products| products.contains(id))
            || by_group()
    }
}

fn add(
    known: &mut HashMap<String, Known>,
    product: Product,
    name: &str,
    version: Option<String>,
    range: Option<String>,
) {
    let Some(id) = product.product_id else { return };
    let title = product.name.unwrap_or_else(|| id.clone());
    let name = if name.is_empty() { title.clone() } else { name.to_owned() };
    let helper = product.product_identification_helper;
    let purl = helper.and_then(|helper| helper.purl.or_else(|| helper.purls?.into_iter().next()));
    // `pkg:maven/@1.3.4` names nothing.
    let purl = purl.filter(|purl| !named_by(purl).name.trim_matches('/').is_empty());
    known.insert(id, Known { title, name, version, range, purl });
}

#[expect(clippy::too_many_arguments, reason = "what one finding is made of")]
fn take(
    weak: &Vulnerability,
    id: &str,
    list: &str,
    status: Status,
    products: &Products,
    fixed: &HashMap<String, Vec<&str>>,
    severity: &str,
    seen: &str,
    place: &str,
    draft: &mut Draft<'_>,
) -> Result<()> {
    let nothing = Known { title: id.to_owned(), name: id.to_owned(), ..Known::default() };
    let of = |id: &str| products.known.get(id);
    // A component of a product stands in it; another product is by itself.
    let (part, whole) = match products.within.get(id) {
        Some((part, whole)) => (of(part), of(whole)),
        None => (None, of(id)),
    };
    let whole = whole.unwrap_or(&nothing);
    let is_package = whole.purl.as_deref().is_some_and(product::is_package);
    let name = whole.purl.as_deref().unwrap_or(&whole.title);
    let asset = product::asset(Some(name), draft)?;
    let ids = || weak.ids.iter().flatten().filter_map(|id| id.text.as_deref());
    let rule = weak.cve.as_deref().or_else(|| ids().next()).unwrap_or_default();
    let mut claim = Claim::new(asset, WeaknessKind::Vulnerability, rule, place);
    claim.names.push(rule);
    claim.names.extend(ids().filter(|id| crate::id::is_ghsa(id)));
    claim.title = weak.title.as_deref().unwrap_or_default();
    let notes = || weak.notes.iter().flatten();
    let described = notes().find(|note| note.category.as_deref() == Some("description"));
    let described = described.or_else(|| notes().find(|note| note.category.as_deref() == Some("summary")));
    claim.description = described.and_then(|note| note.text.as_deref()).unwrap_or_default();
    claim.cwes =
        weak.cwe.iter().chain(weak.cwes.iter().flatten()).filter_map(|cwe| cwe.id.as_deref()).collect();
    let metrics = weak.metrics.iter().flatten();
    let metrics = metrics.filter_map(|metric| Some((metric.content.as_ref()?, metric.products.as_ref())));
    let scores = weak.scores.iter().flatten().map(|score| (score, score.products.as_ref())).chain(metrics);
    let scores: Vec<&Cvss> = scores
        .filter(|(_, of)| products.mean(*of, None, id))
        .flat_map(|(score, _)| [&score.cvss_v2, &score.cvss_v3, &score.cvss_v4])
        .flatten()
        .collect();
    claim.cvss = scores.iter().filter_map(|cvss| cvss.vector_string.clone()).collect();
    claim.severity = scores.iter().find_map(|cvss| cvss.base_severity.as_deref()).unwrap_or(severity);
    let component = part.unwrap_or(whole).component();
    claim.fixed_in = fixed.get(&*component.name).cloned().unwrap_or_default();
    claim.component = Some(component).filter(|_| part.is_some() || is_package || whole.version.is_some());
    let versions = part.unwrap_or(whole).range.as_deref().unwrap_or_default();
    claim.concluded = Some(Concluded { status, wherever: part.is_none() && is_package, versions });
    let here = |advice: &&Advice| products.mean(advice.product_ids.as_ref(), advice.group_ids.as_ref(), id);
    let remediations: Vec<&str> = weak
        .remediations
        .iter()
        .flatten()
        .filter(here)
        .filter_map(|advice| advice.details.as_deref())
        .collect();
    let advice = remediations.join("\n");
    let impact = weak
        .threats
        .iter()
        .flatten()
        .filter(here)
        .find(|threat| threat.category.as_deref() == Some("impact"));
    let flags = weak.flags.iter().flatten();
    let flag = flags.filter(|flag| products.mean(flag.product_ids.as_ref(), flag.group_ids.as_ref(), id));
    let label = flag.filter_map(|flag| flag.label.as_deref()).next();
    let details = impact.and_then(|threat| threat.details.as_deref());
    let mut claim = Claim { advice: &advice, ..claim };
    concluded(
        &mut claim,
        Some(list),
        label.or(details.filter(|text| !text.contains(' '))),
        None::<&str>,
        details,
    );
    let references = || weak.references.iter().flatten();
    let own = references().find(|reference| reference.category.as_deref() == Some("self"));
    let link = own.or_else(|| references().next()).and_then(|reference| reference.url.as_deref());
    claim.link = link.unwrap_or_default();
    claim.seen = seen;
    draft.claim(claim)
}

/// The versions of components that the record calls fixed, by the component's name.
fn fixed_versions<'a>(weak: &'a Vulnerability, products: &'a Products) -> HashMap<String, Vec<&'a str>> {
    let lists = weak.product_status.iter().flatten();
    let fixed = lists.filter(|(list, _)| matches!(list.as_str(), "fixed" | "first_fixed" | "recommended"));
    let ids = fixed.flat_map(|(_, ids)| ids).map(|id| products.within.get(id).map_or(id, |(part, _)| part));
    let mut versions: HashMap<String, Vec<&str>> = HashMap::new();
    for known in ids.filter_map(|id| products.known.get(id)) {
        let Some(version) = known.version.as_deref() else { continue };
        let own = known.purl.as_deref().map(|purl| named_by(purl).name.into_string());
        for name in own.filter(|own| *own != known.name).into_iter().chain([known.name.clone()]) {
            versions.entry(name).or_default().push(version);
        }
    }
    versions
}
