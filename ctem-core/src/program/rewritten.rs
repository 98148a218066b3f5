//! A history with other names: its document is written with them and read again, so that what follows from events follows from events that
//! have those names.
//!
//! Three things in a document are made of names without showing them, and are made anew: the ids of findings that nobody named, the keys of
//! findings that moved, and the ids of reports that were taken back.

use super::{
    document::{Document, HeldDocument},
    event::What,
    log::Log,
    pseudonym::Names,
    renaming::Renamed,
};
use crate::{
    attack::Asking,
    discover,
    error::{Error, Result},
    intel::effects::Effects,
    model::{Asset, Environment, Finding, Record},
    text::json,
    time::Moment,
};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::BTreeMap;

impl Log {
    /// It with other names.
    pub(super) fn rewritten(&self, names: &Names, effects: Effects, asking: &Asking<'_>) -> Result<Self> {
        let before = Document::of(self);
        let mut after: Document = written(&before, names)?;
        let mut ids = BTreeMap::new();
        for ((key, _), event) in self.events.iter().zip(&after.events) {
            ids.insert(key.id(), event.id()?);
        }
        for event in &mut after.events {
            if let What::ReportWithdrawn(withdrawn) = &mut event.what
                && let Some(id) = ids.get(&*withdrawn.report)
            {
                withdrawn.report = id.as_str().into();
            }
        }
        rekeyed(&before.state.stated, &mut after.state.stated);
        for ((_, before), (_, after)) in before.state.sources.iter().zip(&mut after.state.sources) {
            rekeyed(before, after);
        }
        after.log(effects, asking)
    }

    /// Everything that is said anywhere in it.
    pub(super) fn each_record(&self, mut each: impl FnMut(&Record)) {
        let held = [&self.start.stated].into_iter().chain(self.start.sources.iter().map(|(_, held)| held));
        for held in held {
            let written = held.written();
            written.statements().chain(written.past()).flat_map(|said| &said.records).for_each(&mut each);
        }
        for (_, event) in &self.events {
            let contents = match &event.what {
                What::Absorbed(reported) => reported.report.contents.clone(),
                What::Scope(scope) => scope.contents.clone(),
                _ => continue,
            };
            contents.into_records().for_each(|record| each(&record));
        }
    }

    /// What is known at its beginning and at its end.
    pub(super) fn known(&self) -> [&Environment; 2] {
        [&self.start.plain, &self.now.plain]
    }

    /// Tells names the ids of findings that are made of what goes by other names.
    pub(super) fn tell_made(&self, names: &mut Names) -> Result<()> {
        let mut made = Vec::new();
        let mut failed = None;
        let mut take = |finding: &Finding| match made_of(finding, self.known(), names) {
            Ok(ids) => made.extend(ids),
            Err(error) => failed = Some(error),
        };
        self.each_record(|record| {
            if let Record::Finding(finding) = record {
                take(finding);
            }
        });
        self.known().into_iter().flat_map(Environment::findings).for_each(take);
        for (before, after) in made {
            names.made(before, after);
        }
        failed.map_or(Ok(()), Err)
    }
}

/// A value with other names.
fn written<T: Serialize + DeserializeOwned>(value: &T, names: &Names) -> Result<T> {
    let text = serde_json::to_string(&Renamed(value, names))
        .map_err(|error| Error::invalid("the program holds what JSON cannot").because(error))?;
    json::parse(&text).map_err(|error| {
        let message = format!(
            "with pseudonyms the program cannot be read, since a name that is erased also stands for something else there ({}): name it by a longer name",
            error.message()
        );
        Error::invalid(message).at(error.place().unwrap_or_default())
    })
}

/// Keeps the names of findings that moved under the keys that the findings have now.
fn rekeyed(before: &HeldDocument, after: &mut HeldDocument) {
    let key = |said: &(Moment, Vec<Record>)| match said.1.first() {
        Some(Record::Finding(finding)) => Some(format!("{:032x}", discover::finding_key(finding))),
        _ => None,
    };
    let said = before.statements.iter().chain(&before.past).zip(after.statements.iter().chain(&after.past));
    let keys: BTreeMap<String, String> =
        said.filter_map(|(before, after)| key(before).zip(key(after))).collect();
    for (known, _) in &mut after.names {
        if let Some(key) = keys.get(known) {
            known.clone_from(key);
        }
    }
}

/// The ids that a finding has by itself, under each of the names of its asset and its weakness, and what they are with other names.
fn made_of(finding: &Finding, known: [&Environment; 2], names: &Names) -> Result<Vec<(String, String)>> {
    let plain = serde_json::to_string(finding).unwrap_or_default();
    if serde_json::to_string(&Renamed(finding, names)).is_ok_and(|renamed| renamed == plain) {
        return Ok(Vec::new());
    }
    let (mut assets, mut weaknesses) = (vec![finding.asset.to_string()], discover::weaknesses(finding));
    for environment in known {
        let same = discover::name_of(environment, finding);
        let same = same.and_then(|id| environment.finding(&id));
        weaknesses.extend(same.into_iter().flat_map(discover::weaknesses));
        for asset in same.map(|same| &same.asset).into_iter().chain([&finding.asset]) {
            assets.extend(environment.asset(asset).into_iter().flat_map(asset_ids));
        }
    }
    for list in [&mut assets, &mut weaknesses] {
        list.sort_unstable();
        list.dedup();
    }
    let others =
        |list: &[String]| list.iter().map(|name| names.replaced(name).into_owned()).collect::<Vec<_>>();
    let after = discover::made_ids(&written(finding, names)?, &others(&assets), &others(&weaknesses));
    Ok(discover::made_ids(finding, &assets, &weaknesses).into_iter().zip(after).collect())
}

/// The ids that an asset goes by.
pub(super) fn asset_ids(asset: &Asset) -> impl Iterator<Item = String> + '_ {
    asset.aliases.iter().chain([&asset.id]).map(ToString::to_string)
}
