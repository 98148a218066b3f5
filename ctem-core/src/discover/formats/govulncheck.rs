//! govulncheck JSON: flaws in the modules of a Go program, and whether its code calls them.
//!
//! A record is a vulnerability in a module at a version. govulncheck tells of each as far as it saw it: the module is required, a
//! package of it imported, a function called. What a look at functions finds never called is not affected; a look at packages
//! or modules alone cannot tell. The asset is the program by its module, or the caller's. Messages stand after each other, or
//! in an array. The one object of versions before 1 is read too.

use super::{
    Draft, Reader,
    claim::Claim,
    document::{Document, Match},
    json,
    osv_scanner::Vulnerability,
    package,
};
use crate::{
    error::{Error, Result},
    id::AssetId,
    model::{AssetKind, Location, Reachability, Status, WeaknessKind},
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

pub(super) const READER: Reader = Reader { name: "govulncheck", title: "govulncheck JSON", detect, read };

fn detect(document: &Document<'_>) -> Match {
    document.json().map_or(Match::No, |json| {
        let config = |at: &str| {
            json.has(&format!("{at}/config/scanner_name"))
                || json.has(&format!("{at}/config/protocol_version"))
        };
        let old = json.has("/Vulns") && (json.has("/Modules") || json.has("/Calls"));
        let message = json.has("/finding/osv") || json.has("/0/finding/osv");
        Match::yes_if(config("") || config("/0") || old || message)
    })
}

/// A message: one of these.
#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow, default)]
    config: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "SBOM")]
    sbom: Option<&'a RawValue>,
    #[serde(borrow, default)]
    osv: Option<&'a RawValue>,
    #[serde(borrow, default)]
    finding: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "Vulns")]
    vulns: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize, Default)]
struct Config {
    scanner_version: Option<String>,
    scan_level: Option<String>,
}

/// What the program is built of; the modules its code lies in come first.
#[derive(Deserialize, Default)]
struct Sbom {
    modules: Option<Vec<Module>>,
    roots: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Module {
    path: Option<String>,
    version: Option<String>,
}

#[derive(Deserialize)]
struct Finding {
    osv: String,
    fixed_version: Option<String>,
    trace: Option<Vec<Frame>>,
}

/// A call on the way from the weak function, which is first, to the program's own code.
#[derive(Deserialize)]
struct Frame {
    module: Option<String>,
    version: Option<String>,
    package: Option<String>,
    function: Option<String>,
    position: Option<Position>,
}

#[derive(Deserialize)]
struct Position {
    filename: Option<String>,
    line: Option<u32>,
}

/// A vulnerability as versions before 1 wrote it: once for each weak symbol.
#[derive(Deserialize)]
struct Old {
    #[serde(rename = "OSV")]
    osv: Option<Vulnerability>,
    #[serde(rename = "ModPath")]
    module: Option<String>,
    #[serde(rename = "FoundIn")]
    found_in: Option<String>,
    #[serde(rename = "FixedIn")]
    fixed_in: Option<String>,
    #[serde(rename = "CallSink")]
    call_sink: Option<u64>,
}

/// The most that was seen of one vulnerability in one module.
struct Seen {
    place: String,
    depth: Depth,
    fixed_version: Option<String>,
    position: Option<Position>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Depth {
    Required,
    Imported,
    Called,
}

fn read(document: &Document<'_>, draft: &mut Draft<'_>) -> Result<()> {
    let Some(outline) = document.json() else { return Ok(()) };
    let (mut advisories, mut seen) = (BTreeMap::new(), BTreeMap::new());
    let (mut level, mut program) = (String::from("symbol"), None);
    for (place, text) in json::records(&document.text, outline)? {
        let message: Message<'_> = match json::parse(text.get()) {
            Ok(message) => message,
            Err(error) => {
                draft.record(&place, |_| Err(error));
                continue;
            }
        };
        if let Some(config) = message.config {
            let config: Config = draft.perhaps(Some(config), &place);
            draft.report.source.version = config.scanner_version.map(Box::from);
            level = config.scan_level.unwrap_or(level);
        }
        if let Some(sbom) = message.sbom {
            program = own_module(draft.perhaps(Some(sbom), &place));
        }
        if let Some(osv) = message.osv {
            match draft.understood::<Vulnerability>(osv.get(), &place) {
                Ok(advisory) => drop(advisories.insert(advisory.id.clone(), advisory)),
                Err(error) => draft.record(&place, |_| Err(error)),
            }
        }
        if let Some(finding) = message.finding {
            match draft.understood::<Finding>(finding.get(), &place) {
                Ok(finding) => note(finding, &place, &mut seen),
                Err(error) => draft.record(&place, |_| Err(error)),
            }
        }
        for (n, record) in message.vulns.iter().flatten().enumerate() {
            let place = format!("{place}/Vulns/{n}");
            draft.record(&place, |draft| {
                let old: Old = draft.understood(record.get(), &place)?;
                let asset = draft.default_asset(AssetKind::Repository)?;
                take_old(&old, asset, &place, draft)
            });
        }
    }
    for ((osv, module, version), found) in &seen {
        draft.record(&found.place, |draft| {
            let asset = match &program {
                Some(program) if draft.options.asset.is_none() => {
                    draft.asset(program, AssetKind::Repository)?
                }
                Some(_) | None => draft.default_asset(AssetKind::Repository)?,
            };
            let mut claim = Claim::new(asset, WeaknessKind::Vulnerability, osv, &found.place);
            claim.names.push(osv);
            let advisory = advisories.get(osv);
            if let Some(advisory) = advisory {
                advisory.tell(&mut claim, Some(module), false);
            }
            if let Some(fixed) = found.fixed_version.as_deref().filter(|fixed| !fixed.is_empty()) {
                claim.fixed_in = vec![fixed];
            }
            claim.component = Some(package::component(Some("go"), module, Some(version)));
            let position = found.position.as_ref();
            let file = position.and_then(|position| position.filename.as_deref()).unwrap_or("go.mod");
            claim.location = Some(Location::file(file, position.and_then(|position| position.line)));
            (claim.status, claim.reachability) = reached(found.depth, &level);
            draft.claim(claim)
        });
    }
    Ok(())
}

/// The module that the program itself is: the first of its roots, or one without a version.
fn own_module(sbom: Sbom) -> Option<String> {
    let modules = sbom.modules.into_iter().flatten();
    let unversioned = modules.filter(|module| module.version.as_deref().is_none_or(str::is_empty));
    let own =
        unversioned.filter_map(|module| module.path).find(|path| !path.trim().is_empty() && path != "stdlib");
    own.or_else(|| sbom.roots.into_iter().flatten().find(|root| !root.trim().is_empty()))
}

/// Keeps the most that is seen of a vulnerability in a module at a version.
fn note(finding: Finding, place: &str, seen: &mut BTreeMap<(String, String, String), Seen>) {
    let trace = finding.trace.unwrap_or_default();
    let (first, last) = (trace.first(), trace.last());
    let depth = match first {
        Some(frame) if frame.function.is_some() => Depth::Called,
        Some(frame) if frame.package.is_some() => Depth::Imported,
        Some(_) | None => Depth::Required,
    };
    let part =
        |part: fn(&Frame) -> &Option<String>| first.and_then(|frame| part(frame).clone()).unwrap_or_default();
    let key = (finding.osv, part(|frame| &frame.module), part(|frame| &frame.version));
    let known = seen.entry(key).or_insert_with(|| Seen {
        place: place.to_owned(),
        depth,
        fixed_version: finding.fixed_version.clone(),
        position: None,
    });
    if depth > known.depth || known.position.is_none() {
        // The last frame is where the program's own code makes the call.
        let position = last.and_then(|frame| frame.position.as_ref());
        known.position =
            position.map(|position| Position { filename: position.filename.clone(), line: position.line });
    }
    known.depth = known.depth.max(depth);
}

/// What a depth means: a look at functions that sees none called says that the flaw is not reached; other looks do not.
fn reached(depth: Depth, level: &str) -> (Status, Option<Reachability>) {
    match (depth, level) {
        (Depth::Called, _) => (Status::Open, Some(Reachability::Static)),
        (Depth::Imported | Depth::Required, "symbol") => {
            (Status::NotAffected, Some(Reachability::Unreachable))
        }
        (Depth::Imported, _) => (Status::Open, Some(Reachability::Potential)),
        (Depth::Required, "package") => (Status::NotAffected, Some(Reachability::Unreachable)),
        (Depth::Required, _) => (Status::Open, Some(Reachability::Unknown)),
    }
}

/// What the level of its result in SARIF means: an error is called, a warning is imported, a note is required.
pub(super) fn reached_by_level(level: &str, scan: &str) -> (Status, Option<Reachability>) {
    let depth = match level {
        "error" => Depth::Called,
        "warning" => Depth::Imported,
        _ => Depth::Required,
    };
    reached(depth, scan)
}

fn take_old(old: &Old, asset: AssetId, place: &str, draft: &mut Draft<'_>) -> Result<()> {
    let Some(advisory) = &old.osv else {
        return Err(Error::invalid("`OSV` is missing: the record must have it"));
    };
    let mut claim = Claim::new(asset, WeaknessKind::Vulnerability, &advisory.id, place);
    let module = old.module.as_deref().unwrap_or_default();
    advisory.tell(&mut claim, Some(module), false);
    claim.fixed_in.extend(old.fixed_in.as_deref().filter(|fixed| !fixed.is_empty()));
    claim.component = Some(package::component(Some("go"), module, old.found_in.as_deref()));
    let called = old.call_sink.is_some_and(|sink| sink > 0);
    let depth = if called { Depth::Called } else { Depth::Imported };
    (claim.status, claim.reachability) = reached(depth, "symbol");
    draft.claim(claim)
}
