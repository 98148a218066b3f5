//! Ways out of containers, to the node below and to each other.

use super::{
    attacks::{Attack, CE_MODULE_LOAD, CE_NSENTER, CE_PRIV_MOUNT, CE_SYS_PTRACE, SHARE_PS_NAMESPACE},
    graph::{Graph, More, to},
    nodes::Placed,
    settings::{Host, Part},
    workloads::Workload,
};
use crate::{model::Access, quantity::Probability};

/// The chance that AppArmor lets a process be written into where nothing is said of it: many nodes have it, and its default
/// forbids that. Assumed.
const UNCONFINED: f64 = 0.5;

/// The steps from containers to the nodes below them, and between containers that see each other's processes.
pub(super) fn of(workloads: &[Workload], placed: &Placed, graph: &mut Graph<'_, '_>) {
    for workload in workloads {
        if workload.host.shared_processes {
            shared(workload, graph);
        }
        let Some(node) = placed.node(workload) else { continue };
        for part in &workload.parts {
            for (attack, chance) in part.escapes(&workload.host) {
                graph.attack_with(attack, &part.id, node, to(Access::Control), More::chance(chance));
            }
        }
    }
}

/// The steps between containers that see each other's processes.
fn shared(workload: &Workload, graph: &mut Graph<'_, '_>) {
    // Of each to each while they are few, and by way of the pod where somebody has put very many together.
    const FEW: usize = 8;
    let parts = &workload.parts;
    if parts.len() > FEW {
        for part in parts {
            graph.attack(SHARE_PS_NAMESPACE, &part.id, &workload.id, to(Access::Control));
        }
        return;
    }
    for (n, part) in parts.iter().enumerate() {
        for (_, other) in parts.iter().enumerate().filter(|(m, _)| *m != n) {
            graph.attack(SHARE_PS_NAMESPACE, &part.id, &other.id, to(Access::Control));
        }
    }
}

impl Part {
    fn escapes(&self, host: &Host) -> Vec<(Attack, Option<Probability>)> {
        let may = |name: &str| self.capabilities.contains(name) || self.capabilities.contains("ALL");
        let root = self.as_root(host);
        let mut found = Vec::new();
        if self.privileged && host.processes {
            found.push((CE_NSENTER, root));
        }
        if self.privileged {
            found.push((CE_PRIV_MOUNT, root));
        }
        if self.privileged || may("SYS_MODULE") {
            found.push((CE_MODULE_LOAD, root));
        }
        if !self.privileged
            && host.processes
            && may("SYS_PTRACE")
            && may("SYS_ADMIN")
            && self.unconfined != Some(false)
        {
            let free = match self.unconfined {
                Some(_) => root,
                None => Some(Probability::clamped(UNCONFINED).and(root.unwrap_or(Probability::ONE))),
            };
            found.push((CE_SYS_PTRACE, free));
        }
        found
    }
}
