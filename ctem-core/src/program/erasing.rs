//! Erasing: a person, an identity or an asset is forgotten, and what is known of the rest stays.
//!
//! Whoever has to forget somebody may not forget the findings, the losses and the history with them. So names become pseudonyms, in the
//! state, in every event and in whatever text they stand, and the history is folded anew from events that have the pseudonyms. It looks back
//! as before, and a program of those events from the first on would be the same, to the bit.
//!
//! What it leaves out: tables of the world name nobody's own and stay as they are. Free text that means somebody without a name is not
//! understood. A selector such as `id = web-*` that chose an asset by its name no longer does. Whoever reports the names again brings them
//! back: let sources forget first. Copies that were made of a store or a document before are not known here.

use super::{
    cycle::Program,
    erased::{Erased, ErasedThing},
    log::Log,
    pseudonym::{Names, PseudonymKey, spelled},
    rewritten::asset_ids,
};
use crate::{
    attack::Asking,
    error::{Error, ErrorKind, Result, quoted},
    id::AssetId,
    model::{Asset, Environment, Identifier, IdentifierKind, Owner, Record},
};
use std::collections::{BTreeMap, BTreeSet};

impl Program {
    /// Puts pseudonyms in the place of all names of some persons, identities or assets: in what is known, in every event, and in every text
    /// that has one. Each is named by an id of an asset or an owner, by one of its other names, or, where it is neither, by the name that
    /// stands in texts (`by`, a title). All names that are known of an asset go: ids, aliases, and what tools saw it as.
    ///
    /// Names are found in texts as whole words, whatever their case: one that is a common word reaches further than its thing. The program
    /// is as it was where there is an error. O(n · names) in its document, and a fold for each event.
    ///
    /// ```
    /// use ctem_core::{Program, discover, program::{ApplyOptions, Event, PseudonymKey}, wire};
    ///
    /// let mut program = Program::default();
    /// let event = Event::absorbed("2025-11-01".parse()?, discover::read(wire::EXAMPLE.as_bytes())?);
    /// program.apply(event, ApplyOptions::default())?;
    /// assert!(program.document()?.contains("shop"));
    /// program.erase(&["shop"], &PseudonymKey::new([7; 32]))?;
    /// assert!(!program.document()?.contains("shop"));
    /// // What was seen of it still is.
    /// assert_eq!(program.courses().filter(|course| course.stands()).count(), 3);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `not_found` for a name that stands nowhere, `invalid_input` for one that means nobody in particular (`127.0.0.1`) or without which
    /// the document cannot be read, `conflict` where findings would no longer be told apart.
    pub fn erase(&mut self, names: &[&str], key: &PseudonymKey) -> Result<Erased> {
        let effects = self.intel().effects.clone();
        let asking = Asking::nobody();
        let document = self.document()?;
        let before = self.begun()?.clone();
        let (mut erasing, pseudonyms) = chosen(&before, names, key, &document)?;
        before.tell_made(&mut erasing)?;
        // What was asked of names until here is no place of the document.
        erasing.count_anew();
        let after = before.rewritten(&erasing, effects, &asking)?;
        if after.now.ledger.courses().count() != before.now.ledger.courses().count() {
            let message = "with these pseudonyms findings would be one that are several, or several that are one: erase all names of the asset together";
            return Err(Error::new(ErrorKind::Conflict, message));
        }
        let mut things = Vec::with_capacity(names.len());
        for (thing, (name, pseudonym)) in names.iter().zip(pseudonyms).enumerate() {
            let places = erasing.places(thing);
            if places == 0 {
                return Err(nowhere(name, thing));
            }
            things.push(ErasedThing { pseudonym: pseudonym.into(), names: erasing.count(thing), places });
        }
        *self.begun()? = after;
        self.follow();
        Ok(Erased { things })
    }
}

/// All names of what was named, and the pseudonym that each goes by.
fn chosen(log: &Log, named: &[&str], key: &PseudonymKey, document: &str) -> Result<(Names, Vec<String>)> {
    let (mut names, mut pseudonyms) = (Names::default(), Vec::new());
    // Spellings of one name have one pseudonym.
    let mut made_of: BTreeMap<String, String> = BTreeMap::new();
    for (thing, name) in named.iter().enumerate() {
        let mut pseudonym = None;
        for known in names_of(log, name) {
            let spelled = spelled(&known);
            let made = made_of.get(&spelled).cloned().or_else(|| {
                key.pseudonym(&spelled, |made| names.has_pseudonym(made) || document.contains(made))
            });
            let Some(made) = made else { continue };
            made_of.insert(spelled, made.clone());
            if names.add(&known, made.clone(), thing) {
                pseudonym = pseudonym.or(Some(made));
            }
        }
        let nobody = || {
            let message = if name.trim().is_empty() {
                "an empty name names nobody: name a person, an identity or an asset".to_owned()
            } else {
                format!("{} means nobody in particular, or was named before: leave it out", quoted(name))
            };
            Error::invalid(message).at(format_args!("/names/{thing}"))
        };
        pseudonyms.push(pseudonym.ok_or_else(nobody)?);
    }
    Ok((names, pseudonyms))
}

fn nowhere(name: &str, thing: usize) -> Error {
    let message =
        format!("{} stands nowhere in the program: name what does, as it is spelled there", quoted(name));
    Error::new(ErrorKind::NotFound, message).at(format_args!("/names/{thing}"))
}

/// The names that one thing has anywhere in a history, that which it goes by first.
fn names_of(log: &Log, name: &str) -> Vec<String> {
    let mut assets = Vec::new();
    let mut owners = Vec::new();
    log.each_record(|record| match record {
        Record::Asset(asset) => assets.push(asset.clone()),
        Record::Owner(owner) => owners.push(owner.clone()),
        _ => {}
    });
    let [start, now] = log.known();
    assets.extend([start, now].into_iter().flat_map(Environment::assets).cloned());
    let known = AssetId::parse(name).ok().and_then(|id| now.asset(&id));
    let first = known.map_or_else(|| name.trim().to_owned(), |asset| asset.id.to_string());
    let mut ids = BTreeSet::from([plain(name), plain(&first)]);
    // Names lead to names.
    let mut before = 0;
    while before < ids.len() {
        before = ids.len();
        for asset in &assets {
            if asset_ids(asset).any(|id| ids.contains(&plain(&id))) {
                ids.extend(asset_ids(asset).map(|id| plain(&id)));
            }
        }
        for merge in [start, now].into_iter().flat_map(Environment::merges) {
            let both = [plain(merge.name.as_str()), plain(merge.asset.as_str())];
            if both.iter().any(|id| ids.contains(id)) {
                ids.extend(both);
            }
        }
    }
    let is_it = |asset: &&Asset| ids.contains(&plain(asset.id.as_str()));
    let mut all = vec![first.clone()];
    all.extend(ids.iter().cloned());
    all.extend(assets.iter().filter(is_it).flat_map(|asset| &asset.identifiers).flat_map(seen_as));
    // What others are called too is no name of this one.
    let shown = assets.iter().filter(is_it).filter_map(|asset| asset.name.as_deref());
    let others: BTreeSet<String> = assets
        .iter()
        .filter(|asset| !is_it(asset))
        .filter_map(|asset| asset.name.as_deref())
        .map(plain)
        .collect();
    all.extend(shown.filter(|name| !others.contains(&plain(name))).map(str::to_owned));
    let words = |owner: &Owner| {
        let more = [&owner.name, &owner.contact].into_iter().flatten().map(|word| word.to_string());
        std::iter::once(owner.id.to_string()).chain(more).collect::<Vec<_>>()
    };
    let (his, others): (Vec<&Owner>, Vec<&Owner>) =
        owners.iter().partition(|owner| words(owner).iter().any(|word| plain(word) == plain(name)));
    let others: BTreeSet<String> = others.into_iter().flat_map(words).map(|word| plain(&word)).collect();
    all.extend(his.into_iter().flat_map(words).filter(|word| !others.contains(&plain(word))));
    all
}

/// What an identifier is in texts.
fn seen_as(identifier: &Identifier) -> Vec<String> {
    let value = &*identifier.value;
    match identifier.kind {
        // Tools agree on an instance's id, with or without what leads to it.
        IdentifierKind::CloudId => {
            vec![value.rsplit_once(":instance/").map_or(value, |(_, id)| id).to_owned()]
        }
        IdentifierKind::Mac => vec![value.to_owned(), value.replace(':', "-"), value.replace(':', "")],
        _ => vec![value.to_owned()],
    }
}

/// A name as names are compared.
fn plain(name: &str) -> String {
    name.trim().to_lowercase()
}
