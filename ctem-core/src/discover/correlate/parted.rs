//! What is merged is kept apart too, as it was stated, so that it can part again.

use super::{absorb_contents, stated};
use crate::{
    attack::Asking,
    error::quoted,
    id::AssetId,
    model::{Contents, Environment, Merge, Note, NoteKind},
};
use std::collections::{BTreeMap, HashSet};

/// Keeps what contents state of assets that are taken for one with others.
pub(super) fn keep(environment: &mut Environment, contents: &Contents, asking: &Asking<'_>) {
    if environment.names.merges().is_empty() {
        return;
    }
    let is_merged = |id: &AssetId| environment.names.is_merged(id);
    let mut parts = Contents::default();
    parts.assets.extend(contents.assets.iter().filter(|asset| is_merged(&asset.id)).cloned());
    let touched = contents.relations.iter().filter(|one| is_merged(&one.from) || is_merged(&one.to));
    parts.relations.extend(touched.cloned());
    parts.findings.extend(contents.findings.iter().filter(|finding| is_merged(&finding.asset)).cloned());
    parts.entry_points.extend(contents.entry_points.iter().filter(|entry| is_merged(&entry.asset)).cloned());
    if !parts.is_empty() {
        let apart = environment.apart.get_or_insert_with(|| Box::new(Environment::as_stated()));
        absorb_contents(apart, parts, "", asking);
    }
}

/// All that is known, as it was stated: what was merged, each by itself. O(n log n).
pub(crate) fn everything(known: &Environment, merges: &BTreeMap<AssetId, Merge>) -> Contents {
    let mut everything = taken(known);
    let Some(apart) = &known.apart else { return everything };
    let merged: HashSet<&AssetId> = merges.values().map(|merge| &merge.asset).collect();
    everything.assets.retain(|asset| !merged.contains(&asset.id));
    everything.relations.retain(|one| !merged.contains(&one.from) && !merged.contains(&one.to));
    everything.findings.retain(|finding| !merged.contains(&finding.asset));
    everything.entry_points.retain(|entry| !merged.contains(&entry.asset));
    let parts = taken(apart);
    everything.assets.extend(parts.assets);
    everything.relations.extend(parts.relations);
    everything.findings.extend(parts.findings);
    everything.entry_points.extend(parts.entry_points);
    everything
}

fn taken(environment: &Environment) -> Contents {
    let findings = environment.keyed().flat_map(stated::apart).collect();
    Contents { findings, ..environment.contents_but_findings() }
}

/// A note for each name that is taken to mean another asset since.
pub(super) fn notes(before: &BTreeMap<AssetId, Merge>, after: &BTreeMap<AssetId, Merge>) -> Vec<Note> {
    let new = after.values().filter(|merge| before.get(&merge.name) != Some(*merge));
    new.map(|merge| {
        let Merge { name, asset, rule, by, confidence } = merge;
        let (name, asset) = (quoted(name.as_str()), quoted(asset.as_str()));
        let reason = format!(
            "{name} is taken to be {asset}: both were seen as the {rule} {}, which is sure to {confidence}",
            quoted(by)
        );
        Note::new(NoteKind::Assumed, "", reason)
    })
    .collect()
}
