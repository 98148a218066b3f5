//! The graph in the making: assets by name, and steps, each once with all the ways to take it.

use super::{arn, routes::Routes};
use crate::{
    discover::{draft::Draft, told},
    error::{Result, quoted},
    id::{AssetId, ControlId},
    model::{
        Access, Asset, AssetAccess, AssetKind, Attacker, Control, EntryPoint, NoteKind, Relation,
        RelationKind, Technique,
    },
    quantity::Probability,
    time::Moment,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// Assets and steps.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    assets: BTreeMap<Rc<str>, Named>,
    pub(super) steps: BTreeMap<Ends, Ways>,
    from_internet: bool,
    /// Whether labels say who owns what, and how much it matters.
    told_by_labels: bool,
    /// The moment as of which the document is read.
    as_of: Option<Moment>,
    notes: BTreeSet<String>,
    pub(super) routes: Routes,
    /// What nobody in an account has, and so not who rules it.
    withheld: BTreeSet<String>,
}

#[derive(Debug)]
struct Named {
    kind: AssetKind,
    title: Option<Box<str>>,
    aliases: BTreeSet<Box<str>>,
    labels: BTreeMap<Box<str>, Box<str>>,
    owner: Option<Box<str>>,
}

/// What a step leads from and to. Where nothing is needed or given, the rules of its kind say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ends {
    pub(crate) from: Rc<str>,
    pub(crate) kind: RelationKind,
    pub(crate) to: Rc<str>,
    pub(crate) needs: Vec<(Rc<str>, Access)>,
    pub(crate) gives: Vec<(Rc<str>, Access)>,
}

/// How a step can be taken: what all its ways have in common.
#[derive(Debug, Clone)]
pub(super) struct Ways {
    pub(super) chance: f64,
    pub(super) hangs_on: Vec<Rc<str>>,
    pub(super) technique: Option<Technique>,
    pub(super) whats: BTreeSet<Rc<str>>,
    pub(super) remedy: &'static str,
}

/// One way to take a step.
#[derive(Debug, Clone, Default)]
pub(crate) struct Way {
    /// The chance that it is there; surely where nothing is stated.
    pub(crate) chance: Option<f64>,
    pub(crate) hangs_on: Vec<Rc<str>>,
    pub(crate) technique: Option<Technique>,
    /// What is done; empty for facts that need no words.
    pub(crate) what: String,
    pub(crate) remedy: &'static str,
}

/// The asset that stands for the internet.
pub(crate) const INTERNET: &str = "internet";

/// A title names so many ways, and counts the others.
const SHOWN: usize = 4;

impl Graph {
    /// The asset of this name; the first kind that is stated stays.
    pub(crate) fn asset(&mut self, name: &str, kind: AssetKind) -> Rc<str> {
        if let Some((known, _)) = self.assets.get_key_value(name) {
            return Rc::clone(known);
        }
        let name: Rc<str> = name.into();
        let (aliases, labels) = (BTreeSet::new(), BTreeMap::new());
        let named = Named { kind, title: None, aliases, labels, owner: None };
        self.assets.insert(Rc::clone(&name), named);
        name
    }

    /// Whether there is an asset of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.assets.contains_key(name)
    }

    /// Says what people call an asset.
    pub(crate) fn title(&mut self, name: &str, title: &str) {
        if let Some(asset) = self.assets.get_mut(name).filter(|_| !title.is_empty() && title != name) {
            asset.title.get_or_insert_with(|| title.into());
        }
    }

    /// Says another name of an asset.
    pub(crate) fn alias(&mut self, name: &str, alias: &str) {
        if let Some(asset) = self.assets.get_mut(name).filter(|_| !alias.is_empty() && alias != name) {
            asset.aliases.insert(alias.into());
        }
    }

    /// Says another name of an asset, if it is one that nothing else has: an ARN, a path, or an id of Amazon's such as
    /// `i-0123456789abcdef0`. A bucket may be called as a host is.
    pub(crate) fn alias_if_unique(&mut self, name: &str, alias: &str) {
        let id = alias.rsplit_once('-').is_some_and(|(kind, digits)| {
            let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
            kind.len() <= 8 && matches!(digits.len(), 8 | 17) && digits.bytes().all(hex)
        });
        if id || alias.contains([':', '/']) {
            self.alias(name, alias);
        }
    }

    /// Says a word about an asset.
    pub(crate) fn label(&mut self, name: &str, label: &str, value: &str) {
        if let Some(asset) = self.assets.get_mut(name).filter(|_| !value.is_empty()) {
            asset.labels.insert(label.into(), value.into());
        }
    }

    /// Says who looks after an asset.
    pub(crate) fn owned_by(&mut self, name: &str, owner: &str) {
        if let Some(asset) = self.assets.get_mut(name).filter(|_| !owner.trim().is_empty()) {
            asset.owner.get_or_insert_with(|| owner.into());
        }
    }

    /// Says that labels tell who owns an asset and how much it matters, as in an inventory that people keep.
    pub(crate) fn told_by_labels(&mut self) {
        self.told_by_labels = true;
    }

    /// Says as of which moment the document is read.
    pub(crate) fn read_as_of(&mut self, as_of: Option<Moment>) {
        self.as_of = as_of;
    }

    /// The moment as of which the document is read.
    pub(crate) fn as_of(&self) -> Option<Moment> {
        self.as_of
    }

    /// Says that to rule an account is not to have what an asset stands for.
    pub(super) fn withhold(&mut self, name: String) {
        self.withheld.insert(name);
    }

    /// Whether an asset is withheld from who rules its account.
    pub(super) fn is_withheld(&self, name: &str) -> bool {
        self.withheld.contains(name)
    }

    /// Says what a person should know.
    pub(crate) fn note(&mut self, reason: String) {
        self.notes.insert(reason);
    }

    /// The realm of an account.
    pub(crate) fn account(&mut self, account: &str) -> Rc<str> {
        let name = self.asset(&arn::account_name(account), AssetKind::Realm);
        self.title(&name, &format!("AWS account {account}"));
        self.alias(&name, account);
        self.alias(&name, &format!("AWS::::Account:{account}"));
        name
    }

    /// The internet, where an attacker starts.
    pub(crate) fn internet(&mut self) -> Rc<str> {
        self.from_internet = true;
        self.asset(INTERNET, AssetKind::NetworkZone)
    }

    /// Adds a fact whose kind says what it lets an attacker do.
    pub(crate) fn fact(&mut self, from: &Rc<str>, kind: RelationKind, to: &Rc<str>) {
        self.step(Ends::of(from, kind, to), Way::default());
    }

    /// Adds a way to take a step.
    pub(crate) fn step(&mut self, ends: Ends, way: Way) {
        let Way { chance, hangs_on, technique, what, remedy } = way;
        let chance = chance.unwrap_or(1.0);
        let whats = std::iter::once(Rc::from(what)).filter(|what: &Rc<str>| !what.is_empty()).collect();
        let new = Ways { chance, hangs_on, technique, whats, remedy };
        match self.steps.get_mut(&ends) {
            Some(known) => known.merge(new),
            None => {
                self.steps.insert(ends, new);
            }
        }
    }

    /// Writes all of it into a report.
    ///
    /// # Errors
    /// `invalid_input` when a name is none.
    pub(crate) fn write(mut self, draft: &mut Draft<'_>) -> Result<()> {
        self.settle_routes();
        let mut ids: BTreeMap<Rc<str>, AssetId> = BTreeMap::new();
        for (name, Named { kind, title, aliases, labels, owner }) in self.assets {
            let Ok(id) = AssetId::parse(&name) else {
                draft.note(NoteKind::Ignored, "", format!("{} is not a name of an asset", quoted(&name)));
                continue;
            };
            let aliases = aliases.iter().filter_map(|alias| AssetId::parse(alias).ok()).collect();
            let mut asset = Asset { name: title, aliases, labels, ..Asset::new(id.clone(), kind) };
            asset.owner = owner.and_then(|owner| draft.owner(&owner, None, None).ok());
            if self.told_by_labels {
                told::by_labels(&mut asset, draft);
            }
            draft.report.contents.assets.push(asset);
            ids.insert(name, id);
        }
        for reason in self.notes {
            draft.note(NoteKind::Assumed, "", reason);
        }
        if self.from_internet {
            let start = EntryPoint::new(AssetId::parse(INTERNET)?, Access::Reach, Attacker::Internet);
            draft.report.contents.entry_points.push(start);
        }
        let mut controls: BTreeMap<Rc<str>, ControlId> = BTreeMap::new();
        for (ends, ways) in self.steps {
            let (Some(from), Some(to)) = (ids.get(&ends.from), ids.get(&ends.to)) else { continue };
            let mut relation = Relation::new(from.clone(), ends.kind.clone(), to.clone());
            let accesses = |list: &[(Rc<str>, Access)]| {
                let named = list.iter().filter_map(|(name, access)| Some((ids.get(name)?.clone(), *access)));
                named.map(|(asset, access)| AssetAccess::new(asset, access)).collect::<Vec<_>>()
            };
            (relation.needs, relation.gives) = (accesses(&ends.needs), accesses(&ends.gives));
            relation.technique = ways.technique;
            if ways.chance < 1.0 {
                relation.chance = Some(Probability::clamped(ways.chance));
            }
            relation.title = ways.title();
            for words in &ways.hangs_on {
                let id = match controls.get(words) {
                    Some(known) => known.clone(),
                    None => {
                        let id = ControlId::parse(&shortened(&format!("aws condition: {words}")))?;
                        controls.insert(Rc::clone(words), id.clone());
                        let name = Some(format!("condition: {words}").into());
                        draft.report.contents.controls.push(Control { name, ..Control::new(id.clone()) });
                        id
                    }
                };
                relation.controls.push(id);
            }
            draft.report.contents.relations.push(relation);
        }
        Ok(())
    }
}

impl Ends {
    /// A step by the rules of its kind.
    pub(crate) fn of(from: &Rc<str>, kind: RelationKind, to: &Rc<str>) -> Self {
        Self { from: Rc::clone(from), kind, to: Rc::clone(to), needs: Vec::new(), gives: Vec::new() }
    }

    /// A step that says itself what it needs and gives.
    pub(crate) fn stating(
        self,
        needs: impl IntoIterator<Item = (Rc<str>, Access)>,
        gives: (Rc<str>, Access),
    ) -> Self {
        Self { needs: needs.into_iter().collect(), gives: vec![gives], ..self }
    }
}

impl Ways {
    /// Takes another way in: the step is as easy as the easiest of its ways.
    fn merge(&mut self, other: Self) {
        let ease = |ways: &Self| (ways.hangs_on.len(), ways.chance);
        let (known, new) = (ease(self), ease(&other));
        let easier = new.0 < known.0 || (new.0 == known.0 && new.1 > known.1);
        let same = new == known && (other.technique, &other.hangs_on) < (self.technique, &self.hangs_on);
        if easier || same {
            (self.chance, self.technique, self.remedy) = (other.chance, other.technique, other.remedy);
            self.hangs_on = other.hangs_on;
        }
        self.whats.extend(other.whats);
    }

    fn title(&self) -> Option<Box<str>> {
        if self.whats.is_empty() {
            return None;
        }
        let shown: Vec<&str> = self.whats.iter().take(SHOWN).map(|what| &**what).collect();
        let more = match self.whats.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!("; or in {more} more ways"),
        };
        let remedy =
            if self.remedy.is_empty() { String::new() } else { format!("; remedy: {}", self.remedy) };
        Some(format!("{}{more}{remedy}", shown.join("; or ")).into())
    }
}

/// Text that fits an id.
fn shortened(text: &str) -> String {
    const MOST: usize = 400;
    text.char_indices()
        .take_while(|(at, _)| *at < MOST)
        .map(|(_, c)| if c.is_control() { ' ' } else { c })
        .collect()
}
