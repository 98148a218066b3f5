//! Network policies evaluated: whom each workload sends to and takes from.
//!
//! A policy isolates what it selects, and every rule lets somebody through again. Peers that are asked for in the same words are one
//! group, so that the cost is that of matching: each selector against the labels of the workloads it may mean.

use super::{
    collect::Objects,
    object::{NetworkPolicy, PeerSource, PolicyRule, Selector, Word, Words},
    workloads::Workload,
};
use crate::model::address::is_everyone;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Who may pass, in one direction. Nothing stated means everybody.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(super) struct Passes {
    /// All pods.
    pub(super) pods: bool,
    /// What is no pod, anywhere.
    pub(super) outside: bool,
    /// Groups of pods, by their places.
    pub(super) groups: BTreeSet<usize>,
    /// Ranges of addresses.
    pub(super) ranges: BTreeSet<Word>,
}

/// What policies say of each workload.
#[derive(Default)]
pub(super) struct Policed {
    /// By workload: whom it takes from, and whom it sends to; nothing where no policy isolates it.
    pub(super) takes: Vec<Option<Passes>>,
    pub(super) sends: Vec<Option<Passes>>,
    /// By group: the words it is asked for in, and the workloads in it.
    pub(super) groups: Vec<(String, Vec<usize>)>,
    /// Whether there was too much to compare.
    pub(super) overflows: bool,
}

/// How many times labels are compared with selectors, some hundred times what a large cluster asks for.
const MOST_COMPARED: usize = 100_000_000;
/// How many members groups may have together.
const MOST_MEMBERS: usize = 8_000_000;
/// How many groups and ranges workloads may be passed by together.
const MOST_PASSING: usize = 2_000_000;

/// By which words a peer is asked for: the namespace it stands in, where no selector says, and the selectors.
type Asked<'a> = (Option<&'a Word>, Option<&'a Selector>, Option<&'a Selector>);

/// Evaluates the policies of a cluster.
pub(super) fn policed(objects: &Objects, workloads: &[Workload]) -> Policed {
    let mut by_namespace: BTreeMap<&Word, Vec<usize>> = BTreeMap::new();
    // What stands in a node's network is no pod to policies.
    for (n, workload) in workloads.iter().enumerate().filter(|(_, workload)| !workload.host.network) {
        by_namespace.entry(&workload.namespace).or_default().push(n);
    }
    let none = Words::new();
    let mut labels: BTreeMap<&Word, Words> = BTreeMap::new();
    for namespace in &objects.namespaces {
        labels.insert(&namespace.metadata.name, namespace.metadata.labels.clone());
    }
    for name in by_namespace.keys() {
        // Every namespace is given its name as a label.
        let known = labels.entry(name).or_insert_with(|| none.clone());
        known.entry("kubernetes.io/metadata.name".into()).or_insert_with(|| (&***name).into());
    }
    let mut policing = Policing {
        workloads,
        by_namespace,
        labels,
        known: HashMap::new(),
        compared: 0,
        members: 0,
        passing: 0,
        policed: Policed {
            takes: vec![None; workloads.len()],
            sends: vec![None; workloads.len()],
            ..Policed::default()
        },
    };
    for policy in &objects.network_policies {
        policing.apply(policy);
    }
    policing.policed
}

struct Policing<'a> {
    workloads: &'a [Workload],
    by_namespace: BTreeMap<&'a Word, Vec<usize>>,
    labels: BTreeMap<&'a Word, Words>,
    known: HashMap<Asked<'a>, usize>,
    compared: usize,
    members: usize,
    passing: usize,
    policed: Policed,
}

impl<'a> Policing<'a> {
    fn apply(&mut self, policy: &'a NetworkPolicy) {
        let (namespace, spec) = (&policy.metadata.namespace, &policy.spec);
        let selected = self.selected(namespace, Some(&spec.pod_selector));
        let stated = |kind: &str| spec.policy_types.iter().any(|one| &**one == kind);
        let unstated = spec.policy_types.is_empty();
        if unstated || stated("Ingress") {
            let passes =
                self.passes(spec.ingress.as_deref().unwrap_or_default(), namespace, |rule| &rule.from);
            let passes = self.kept(passes, selected.len());
            add(&mut self.policed.takes, &selected, &passes);
        }
        if stated("Egress") || (unstated && spec.egress.is_some()) {
            let passes = self.passes(spec.egress.as_deref().unwrap_or_default(), namespace, |rule| &rule.to);
            let passes = self.kept(passes, selected.len());
            add(&mut self.policed.sends, &selected, &passes);
        }
    }

    fn passes(
        &mut self,
        rules: &'a [PolicyRule],
        namespace: &'a Word,
        peers: impl Fn(&'a PolicyRule) -> &'a Vec<PeerSource>,
    ) -> Passes {
        let mut passes = Passes::default();
        for rule in rules {
            // To ask for names is no way to attack what answers.
            if !rule.ports.is_empty() && rule.ports.iter().all(|port| &*port.port == "53") {
                continue;
            }
            let peers = peers(rule);
            if peers.is_empty() {
                passes.pods = true;
                passes.outside = true;
            }
            for peer in peers {
                if let Some(block) = &peer.ip_block {
                    if block.is_empty() {
                        continue;
                    }
                    passes.outside |= is_everyone(&block.cidr);
                    passes.ranges.insert(block.cidr.clone());
                } else if peer.namespace_selector.as_ref().is_some_and(Selector::is_all)
                    && peer.pod_selector.as_ref().is_none_or(Selector::is_all)
                {
                    passes.pods = true;
                } else {
                    let own = peer.namespace_selector.is_none().then_some(namespace);
                    let group =
                        self.group((own, peer.namespace_selector.as_ref(), peer.pod_selector.as_ref()));
                    match group {
                        Some(group) => drop(passes.groups.insert(group)),
                        // What is too much to compare is taken to pass.
                        None => passes.pods = true,
                    }
                }
            }
        }
        passes
    }

    /// What so many workloads are passed by. Where that is too much to keep, all may pass.
    fn kept(&mut self, passes: Passes, workloads: usize) -> Passes {
        let each = passes.groups.len() + passes.ranges.len();
        self.passing = self.passing.saturating_add(workloads.saturating_mul(each));
        if self.passing <= MOST_PASSING {
            return passes;
        }
        self.policed.overflows = true;
        Passes { pods: true, outside: true, ..Passes::default() }
    }

    /// Whether labels may be compared so many times more.
    fn compares(&mut self, times: usize) -> bool {
        self.compared = self.compared.saturating_add(times);
        let fits = self.compared <= MOST_COMPARED;
        self.policed.overflows |= !fits;
        fits
    }

    /// The group of pods that is asked for in these words.
    fn group(&mut self, asked: Asked<'a>) -> Option<usize> {
        if let Some(known) = self.known.get(&asked) {
            return Some(*known);
        }
        let (own, namespaces, pods) = asked;
        let members: Vec<usize> = match (own, namespaces) {
            (Some(own), _) => self.selected(own, pods),
            (None, Some(selector)) => {
                let fits = self.compares(self.labels.len().saturating_mul(selector.cost()));
                let meant = self.labels.iter().filter(|(_, labels)| fits && selector.selects(labels));
                let meant: Vec<&Word> = meant.map(|(name, _)| *name).collect();
                meant.into_iter().flat_map(|namespace| self.selected(namespace, pods)).collect()
            }
            (None, None) => Vec::new(),
        };
        self.members += members.len();
        if self.policed.overflows || self.members > MOST_MEMBERS {
            self.policed.overflows = true;
            return None;
        }
        let namespaces = match (own, namespaces) {
            (Some(own), _) => own.to_string(),
            (None, selector) => format!("[{}]", selector.map(Selector::to_string).unwrap_or_default()),
        };
        let pods = pods.map(Selector::to_string).unwrap_or_default();
        self.policed.groups.push((format!("{namespaces}/[{pods}]"), members));
        self.known.insert(asked, self.policed.groups.len() - 1);
        Some(self.policed.groups.len() - 1)
    }

    /// The workloads of a namespace that a selector means.
    fn selected(&mut self, namespace: &Word, selector: Option<&Selector>) -> Vec<usize> {
        let there = self.by_namespace.get(namespace).map_or(0, Vec::len);
        if !self.compares(there.saturating_mul(selector.map_or(1, Selector::cost))) {
            return Vec::new();
        }
        let Some(there) = self.by_namespace.get(namespace) else { return Vec::new() };
        let Some(selector) = selector.filter(|selector| !selector.is_all()) else { return there.clone() };
        let meant = |n: &&usize| self.workloads.get(**n).is_some_and(|one| selector.selects(&one.labels));
        there.iter().filter(meant).copied().collect()
    }
}

/// Lets these workloads be passed by, beside what else may.
fn add(all: &mut [Option<Passes>], selected: &[usize], passes: &Passes) {
    for n in selected {
        if let Some(known) = all.get_mut(*n) {
            let known = known.get_or_insert_default();
            known.pods |= passes.pods;
            known.outside |= passes.outside;
            known.groups.extend(&passes.groups);
            known.ranges.extend(passes.ranges.iter().cloned());
        }
    }
}
