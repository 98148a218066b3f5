//! The report in the making, as a graph of assets and relations.

use super::{super::Draft, attacks::Attack};
use crate::{
    id::AssetId,
    model::{
        Access, Asset, AssetAccess, AssetKind, Attacker, EntryPoint, Note, NoteKind, Relation, RelationKind,
    },
    quantity::Probability,
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What an attack needs and gives, of its two ends.
#[derive(Clone, Copy)]
pub(super) struct Step {
    pub(super) needs: Access,
    pub(super) gives: Access,
}

/// Who uses the one gets the other.
pub(super) const fn to(gives: Access) -> Step {
    Step { needs: Access::Use, gives }
}

/// What few steps say.
#[derive(Default)]
pub(super) struct More {
    pub(super) needs: Option<AssetAccess>,
    pub(super) gives: Option<AssetAccess>,
    /// How sure it is, where it is not.
    pub(super) chance: Option<Probability>,
    /// Whether it cannot be taken away, but only what leads to it.
    pub(super) lasting: bool,
}

impl More {
    pub(super) fn chance(chance: Option<Probability>) -> Self {
        Self { chance, ..Self::default() }
    }

    pub(super) fn lasting(chance: Option<Probability>) -> Self {
        Self { chance, lasting: true, ..Self::default() }
    }
}

/// A document has at most this many relations an object, and this many more: one that is made to cost the most would have as many
/// as the square of its objects.
const RELATIONS: usize = 64;
const RELATIONS_MORE: usize = 100_000;

/// Assets and relations of a cluster.
pub(super) struct Graph<'d, 'o> {
    draft: &'d mut Draft<'o>,
    known: HashMap<AssetId, usize>,
    /// What stands before every name: the cluster's, where it is known.
    prefix: String,
    cluster: AssetId,
    /// How many relations there may be.
    most: usize,
    /// What was assumed or not understood, and how often.
    notes: BTreeMap<(NoteKind, String), u64>,
}

impl<'d, 'o> Graph<'d, 'o> {
    pub(super) fn new(draft: &'d mut Draft<'o>) -> Self {
        let named = draft.options.asset.clone();
        let prefix = named.as_ref().map(|name| format!("{name}/")).unwrap_or_default();
        let cluster = named.clone().unwrap_or_else(|| AssetId::fitting("kubernetes:cluster".into()));
        let records = usize::try_from(draft.report.tally.accepted).unwrap_or(usize::MAX);
        let most = records.saturating_mul(RELATIONS).saturating_add(RELATIONS_MORE);
        let mut graph = Self { draft, known: HashMap::new(), prefix, cluster, most, notes: BTreeMap::new() };
        if named.is_none() && graph.draft.report.tally.accepted > 0 {
            graph.note(
                NoteKind::Assumed,
                "the document does not name its cluster: it is called `kubernetes:cluster`, and two clusters need names",
            );
        }
        let cluster = graph.cluster.clone();
        graph.add(&cluster, AssetKind::Realm);
        graph
    }

    /// The cluster.
    pub(super) fn cluster(&self) -> AssetId {
        self.cluster.clone()
    }

    /// The id of what stands in a namespace.
    pub(super) fn id(&self, namespace: &str, kind: &str, name: &str) -> AssetId {
        AssetId::fitting(format!("{}{namespace}/{kind}/{name}", self.prefix))
    }

    /// The id of what stands in no namespace.
    pub(super) fn global(&self, kind: &str, name: &str) -> AssetId {
        AssetId::fitting(format!("{}{kind}/{name}", self.prefix))
    }

    /// Adds an asset, once.
    pub(super) fn add(&mut self, id: &AssetId, kind: AssetKind) -> &mut Asset {
        let assets = &mut self.draft.report.contents.assets;
        let at = *self.known.entry(id.clone()).or_insert_with(|| {
            assets.push(Asset::new(id.clone(), kind));
            assets.len() - 1
        });
        #[expect(clippy::indexing_slicing, reason = "the place was taken when the asset was added")]
        &mut assets[at]
    }

    /// The asset of a service account, which is added.
    pub(super) fn account(&mut self, namespace: &str, name: &str) -> AssetId {
        let id = self.id(namespace, "ServiceAccount", name);
        if !self.has(&id) {
            self.add(&id, AssetKind::Identity);
            let user = self.prefixed(&format!("system:serviceaccount:{namespace}:{name}"));
            self.also(&id, user);
        }
        id
    }

    /// Whether there is such an asset.
    pub(super) fn has(&self, id: &AssetId) -> bool {
        self.known.contains_key(id)
    }

    /// Gives an asset another name, unless it is one of another asset.
    pub(super) fn also(&mut self, id: &AssetId, other: String) {
        let other = AssetId::fitting(other);
        if other == *id || self.known.contains_key(&other) {
            return;
        }
        if let Some(asset) = self.known.get(id).and_then(|at| self.draft.report.contents.assets.get_mut(*at))
        {
            asset.aliases.push(other);
        }
    }

    /// What stands before names of this cluster's things in other tools: nothing, where the cluster has no name.
    pub(super) fn prefixed(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// Adds a relation, which does what the rules of its kind say.
    pub(super) fn relate(&mut self, from: &AssetId, kind: RelationKind, to: &AssetId) {
        self.push(Relation::new(from.clone(), kind, to.clone()));
    }

    fn push(&mut self, relation: Relation) {
        if !self.is_full() {
            self.draft.report.contents.relations.push(relation);
        }
    }

    /// Whether no relation can be added any more, of which a note is made. What goes through many things for each of many ends then.
    pub(super) fn is_full(&mut self) -> bool {
        let full = self.draft.report.contents.relations.len() >= self.most;
        if full {
            self.note(
                NoteKind::Ignored,
                "the objects relate far more often than those of any cluster do: relations are left out",
            );
        }
        full
    }

    /// Adds a step of an attack.
    pub(super) fn attack(&mut self, attack: Attack, from: &AssetId, to: &AssetId, step: Step) {
        self.attack_with(attack, from, to, step, More::default());
    }

    /// Adds a step that needs or gives more than an access to either end, or that is not sure.
    pub(super) fn attack_with(
        &mut self,
        attack: Attack,
        from: &AssetId,
        to: &AssetId,
        step: Step,
        more: More,
    ) {
        let mut needs = vec![AssetAccess::new(from.clone(), step.needs)];
        needs.extend(more.needs);
        let mut gives = vec![AssetAccess::new(to.clone(), step.gives)];
        gives.extend(more.gives);
        let title = attack.title(self.short(from), self.short(to));
        self.push(Relation {
            needs,
            gives,
            technique: attack.technique(),
            title: Some(title.into()),
            chance: more.chance,
            removable: more.lasting.then_some(false),
            ..Relation::new(from.clone(), attack.kind(), to.clone())
        });
    }

    /// Adds a relation with words of its own and the technique of an attack, which does what the rules of its kind say.
    pub(super) fn relate_as(&mut self, attack: Attack, from: &AssetId, to: &AssetId, title: String) {
        self.push(Relation {
            technique: attack.technique(),
            title: Some(title.into()),
            ..Relation::new(from.clone(), attack.kind(), to.clone())
        });
    }

    /// Adds a relation that has a step of its own and is no attack by itself.
    pub(super) fn link(&mut self, from: &AssetId, kind: &str, to: &AssetId, step: Step) {
        self.push(Relation {
            needs: vec![AssetAccess::new(from.clone(), step.needs)],
            gives: vec![AssetAccess::new(to.clone(), step.gives)],
            removable: Some(false),
            ..Relation::new(from.clone(), RelationKind::Other(kind.into()), to.clone())
        });
    }

    /// Adds a way that may be closed.
    pub(super) fn reaches_perhaps(&mut self, from: &AssetId, to: &AssetId, chance: Probability) {
        self.push(Relation {
            chance: Some(chance),
            ..Relation::new(from.clone(), RelationKind::Reaches, to.clone())
        });
    }

    /// Anyone on the internet starts here.
    pub(super) fn internet(&mut self) -> AssetId {
        let internet = AssetId::fitting("internet".into());
        if !self.has(&internet) {
            self.add(&internet, AssetKind::NetworkZone);
            let entry = EntryPoint::new(internet.clone(), Access::Reach, Attacker::Internet);
            self.draft.report.contents.entry_points.push(entry);
        }
        internet
    }

    /// Notes what was assumed or not understood; equal notes are counted.
    pub(super) fn note(&mut self, kind: NoteKind, reason: impl Into<String>) {
        *self.notes.entry((kind, reason.into())).or_default() += 1;
    }

    /// A name without that of the cluster.
    pub(super) fn short<'n>(&self, id: &'n AssetId) -> &'n str {
        id.as_str().strip_prefix(&*self.prefix).unwrap_or(id.as_str())
    }

    pub(super) fn finish(self) {
        for asset in &mut self.draft.report.contents.assets {
            let mut seen = HashSet::new();
            asset.aliases.retain(|alias| seen.insert(alias.clone()));
        }
        for ((kind, reason), count) in self.notes {
            let mut note = Note::new(kind, "", reason);
            note.count = count;
            self.draft.report.notes.push(note);
        }
    }
}
