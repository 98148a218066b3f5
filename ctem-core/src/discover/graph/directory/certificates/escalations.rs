//! Escalations: the ways by which a certificate makes somebody else of its holder, under the names that are usual for them.

use super::super::super::{Conclusions, Graph, Node, NodeId};
use super::super::membership::Members;
use super::{
    Authority,
    templates::{Enrollers, Template, enrollers, without_groups},
};
use std::collections::{BTreeSet, HashMap};

/// What all escalations ask of the graph, looked up once.
pub(super) struct Rights<'a> {
    pub(super) graph: &'a Graph,
    pub(super) members: &'a Members,
    /// Who may enrol, by template.
    pub(super) template: Enrollers,
    /// Who may enrol, by authority.
    pub(super) authority: Enrollers,
    /// Who owns or can own a template.
    pub(super) controls: Enrollers,
    pub(super) write: Enrollers,
    enrolls: Enrollers,
    name_flag: Enrollers,
    enrolment_flag: Enrollers,
    /// Who controls an account, so that it is the victim.
    pub(super) attackers: Enrollers,
    on_behalf: Enrollers,
    published: HashMap<NodeId, Vec<NodeId>>,
    delegated: Enrollers,
    containers: Enrollers,
    /// The policies of templates, and the groups that policies are linked to.
    policies: HashMap<NodeId, Vec<NodeId>>,
    linked: HashMap<NodeId, Vec<NodeId>>,
}

const NOBODY: &[NodeId] = &[];

pub(super) fn of(map: &Enrollers, node: NodeId) -> &[NodeId] {
    map.get(&node).map_or(NOBODY, Vec::as_slice)
}

/// Concludes all escalations, and what `also` does of them and of the domains that bind weakly.
pub(super) fn conclude(
    graph: &mut Graph,
    members: &Members,
    authorities: &[Authority],
    also: fn(&Rights<'_>, &[Authority], &BTreeSet<NodeId>, &mut Conclusions),
) {
    let weak_binding = in_forest(graph, |node| {
        matches!(node.number("strongcertificatebindingenforcementraw"), Some(-1.0 | 0.0 | 1.0))
    });
    const BY_NAME: i64 = 4;
    let by_name = in_forest(graph, |node| {
        node.number("certificatemappingmethodsraw")
            .is_some_and(|methods| methods >= 0.0 && (methods as i64) & BY_NAME == BY_NAME)
    });
    let mut edges = graph.conclusions();
    let rights = Rights {
        graph,
        members,
        template: enrollers(graph),
        authority: graph.incoming(&["Enroll"]),
        controls: graph.incoming(&["Owns", "GenericAll", "WriteDacl", "WriteOwner"]),
        write: graph.incoming(&["GenericWrite"]),
        enrolls: graph.incoming(&["Enroll", "AllExtendedRights"]),
        name_flag: graph.incoming(&["WritePKINameFlag"]),
        enrolment_flag: graph.incoming(&["WritePKIEnrollmentFlag"]),
        attackers: graph.incoming(&["GenericAll", "GenericWrite", "Owns", "WriteOwner", "WriteDacl"]),
        on_behalf: graph.incoming(&["EnrollOnBehalfOf"]),
        delegated: graph.incoming(&["DelegatedEnrollmentAgent"]),
        containers: graph.incoming(&["Contains"]),
        published: graph.outgoing("PublishedTo"),
        policies: graph.outgoing("ExtendedByPolicy"),
        linked: graph.outgoing("OIDGroupLink"),
    };
    for authority in authorities {
        let anywhere = |_: &NodeId| true;
        let weakly = |domain: &NodeId| weak_binding.contains(domain);
        let named = |domain: &NodeId| by_name.contains(domain);
        let mut to_domains = |kind, from: BTreeSet<NodeId>, there: &dyn Fn(&NodeId) -> bool| {
            for domain in authority.domains.iter().filter(|domain| there(domain)) {
                from.iter().for_each(|one| edges.edge(*one, kind, *domain));
            }
        };
        for template in authority.templates.iter().copied() {
            to_domains("ADCSESC1", rights.subject_supplied(authority, template), &anywhere);
            to_domains("ADCSESC3", rights.on_behalf(authority, template), &anywhere);
            to_domains("ADCSESC4", rights.template_changed(authority, template), &anywhere);
            to_domains("ADCSESC6a", rights.name_specified(authority, template, false), &anywhere);
            to_domains("ADCSESC6b", rights.name_specified(authority, template, true), &named);
            to_domains("ADCSESC9a", rights.victim_renamed(authority, template, false, false), &weakly);
            to_domains("ADCSESC9b", rights.victim_renamed(authority, template, false, true), &weakly);
            to_domains("ADCSESC10a", rights.victim_renamed(authority, template, true, false), &named);
            to_domains("ADCSESC10b", rights.victim_renamed(authority, template, true, true), &named);
        }
        for template in authority.templates.iter().copied() {
            rights.policy_linked(authority, template, &mut edges);
        }
    }
    also(&rights, authorities, &weak_binding, &mut edges);
    graph.conclude(edges);
}

/// The domains in whose forest a domain controller is so.
fn in_forest(graph: &Graph, is_so: impl Fn(&Node) -> bool) -> BTreeSet<NodeId> {
    let controllers = graph.edges("DCFor").iter();
    let mut found: BTreeSet<NodeId> = controllers
        .filter(|(computer, _)| graph.get(*computer).is_some_and(&is_so))
        .map(|(_, domain)| *domain)
        .collect();
    let trusting = graph.incoming(&["SameForestTrust"]);
    let mut open: Vec<NodeId> = found.iter().copied().collect();
    while let Some(next) = open.pop() {
        let others = trusting.get(&next).into_iter().flatten().copied();
        open.extend(others.filter(|one| found.insert(*one)));
    }
    found
}

impl<'a> Rights<'a> {
    pub(super) fn template_of(&self, template: NodeId) -> Template<'a> {
        Template::new(self.graph, template)
    }

    /// Who may enrol for a template at an authority.
    pub(super) fn enrolling(&self, authority: &Authority, template: NodeId) -> BTreeSet<NodeId> {
        self.members.in_all(&[of(&self.template, template), of(&self.authority, authority.node)])
    }

    /// ESC1: whoever enrols says whose certificate it is.
    fn subject_supplied(&self, authority: &Authority, template: NodeId) -> BTreeSet<NodeId> {
        let asked = self.template_of(template);
        let open = asked.needs_no_approval()
            && asked.has("authenticationenabled")
            && asked.has("enrolleesuppliessubject")
            && asked.needs_no_signature();
        if open { self.enrolling(authority, template) } else { BTreeSet::new() }
    }

    /// ESC3: an agent's certificate of one template signs a request for this one.
    fn on_behalf(&self, authority: &Authority, template: NodeId) -> BTreeSet<NodeId> {
        let asked = self.template_of(template);
        let mut found = BTreeSet::new();
        if !asked.has("authenticationenabled") || !asked.needs_no_approval() {
            return found;
        }
        let restricted = self.graph.flag(authority.node, "hasenrollmentagentrestrictions") == Some(true);
        for agent in of(&self.on_behalf, template).iter().copied() {
            let signing = self.template_of(agent);
            if !signing.needs_no_approval() || !signing.needs_no_signature() {
                continue;
            }
            for issuer in self.published.get(&agent).into_iter().flatten() {
                let mut sets = vec![
                    of(&self.template, agent),
                    of(&self.template, template),
                    of(&self.authority, *issuer),
                    of(&self.authority, authority.node),
                ];
                if restricted {
                    sets.push(of(&self.delegated, template));
                }
                found.extend(signing.who_can(self.members.in_all(&sets)));
            }
        }
        found
    }

    /// ESC4: who may change the template, and enrol, makes an ESC1 of it.
    fn template_changed(&self, authority: &Authority, template: NodeId) -> BTreeSet<NodeId> {
        let asked = self.template_of(template);
        let enrol = of(&self.authority, authority.node);
        let [controls, write, enrolls, name, flag] =
            [&self.controls, &self.write, &self.enrolls, &self.name_flag, &self.enrolment_flag]
                .map(|right| of(right, template));
        let mut found = self.members.in_all(&[enrol, controls]);
        found.extend(self.members.in_all(&[enrol, write, enrolls]));
        if !asked.has("authenticationenabled") || !asked.needs_no_signature() {
            return found;
        }
        found.extend(self.members.in_all(&[enrol, enrolls, name, flag]));
        if asked.has("enrolleesuppliessubject") {
            found.extend(self.members.in_all(&[enrol, enrolls, flag]));
        }
        if asked.needs_no_approval() {
            found.extend(self.members.in_all(&[enrol, enrolls, name]));
        }
        found
    }

    /// ESC6: the authority takes another name from any request; by Kerberos without the security extension, or by TLS.
    fn name_specified(&self, authority: &Authority, template: NodeId, by_tls: bool) -> BTreeSet<NodeId> {
        let asked = self.template_of(template);
        let taken = self.graph.flag(authority.node, "isuserspecifiessanenabled") == Some(true);
        let good = if by_tls {
            asked.logs_on_by_tls()
        } else {
            asked.has("nosecurityextension") && asked.has("authenticationenabled")
        };
        if !taken || !good || !asked.needs_no_approval() || !asked.needs_no_signature() {
            return BTreeSet::new();
        }
        asked.who_can(self.enrolling(authority, template))
    }

    /// ESC9 and ESC10: who controls an account that may enrol gives it another's name before it does.
    fn victim_renamed(
        &self,
        authority: &Authority,
        template: NodeId,
        by_tls: bool,
        computers: bool,
    ) -> BTreeSet<NodeId> {
        let asked = self.template_of(template);
        let good = if by_tls {
            asked.logs_on_by_tls()
        } else {
            asked.has("authenticationenabled") && asked.has("nosecurityextension")
        };
        let named = if computers {
            asked.has("subjectaltrequiredns")
        } else {
            asked.has("subjectaltrequireupn") || asked.has("subjectaltrequirespn")
        };
        let open = asked.needs_no_approval()
            && asked.has_not("enrolleesuppliessubject")
            && asked.needs_no_signature();
        if !good || !named || !open {
            return BTreeSet::new();
        }
        let enrollers = [of(&self.template, template), of(&self.authority, authority.node)];
        let victims = victims(self.graph, self.members, enrollers[0], enrollers[1]);
        let victims = if computers { victims } else { asked.who_can(victims) };
        let is_victim =
            |one: &NodeId| self.graph.is(*one, "Computer") || (!computers && self.graph.is(*one, "User"));
        let victims = victims.into_iter().filter(is_victim);
        victims.flat_map(|victim| of(&self.attackers, victim).iter().copied()).collect()
    }

    /// ESC13: a certificate of the template makes its holder a member of the group that its policy is linked to.
    fn policy_linked(&self, authority: &Authority, template: NodeId, edges: &mut Conclusions) {
        let asked = self.template_of(template);
        let groups: BTreeSet<NodeId> = of(&self.policies, template)
            .iter()
            .flat_map(|policy| of(&self.linked, *policy))
            .copied()
            .filter(|group| self.is_within(*group, &authority.domains))
            .collect();
        if groups.is_empty()
            || !asked.needs_no_approval()
            || !asked.has("authenticationenabled")
            || !asked.needs_no_signature()
        {
            return;
        }
        let from = asked.who_can(self.enrolling(authority, template));
        for group in &groups {
            from.iter().for_each(|one| edges.edge(*one, "ADCSESC13", *group));
        }
    }

    /// Whether an object lies in one of these domains.
    pub(super) fn is_within(&self, node: NodeId, domains: &[NodeId]) -> bool {
        let mut seen = BTreeSet::from([node]);
        let mut open = vec![node];
        let sid = self.graph.text(node, "domainsid");
        let mut contained = false;
        while let Some(next) = open.pop() {
            if domains.contains(&next) {
                return true;
            }
            let outer = of(&self.containers, next).iter().copied();
            open.extend(outer.filter(|one| {
                contained = true;
                seen.insert(*one)
            }));
        }
        // Where no container is known, the identifier of its domain says it.
        !contained
            && sid.is_some()
            && domains.iter().any(|domain| self.graph.text(*domain, "domainsid") == sid)
    }
}

/// Who can be made to enrol: accounts that may both at the template and at the authority. Where everybody may at one, the other tells.
pub(crate) fn victims(
    graph: &Graph,
    members: &Members,
    template: &[NodeId],
    authority: &[NodeId],
) -> BTreeSet<NodeId> {
    let at_template = without_groups(graph, members, template);
    let at_authority = without_groups(graph, members, authority);
    match (members.have_everybody_near(template), members.have_everybody_near(authority)) {
        (false, false) => at_template.intersection(&at_authority).copied().collect(),
        (true, true) => at_template.union(&at_authority).copied().collect(),
        (true, false) => at_authority,
        (false, true) => at_template,
    }
}
