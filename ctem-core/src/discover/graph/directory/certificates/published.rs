//! Escalations that BloodHound does not draw, as they were published: ESC5 and ESC7 (W. Schroeder and L. Christensen, *Certified
//! Pre-Owned*), ESC14 (J. Knudsen, *ADCS ESC14 Abuse Technique*), ESC16 (O. Lyak, Certipy's documentation).
//!
//! Of ESC14 the mapping by e-mail address is here. That somebody may write the mapping itself is an edge of its own,
//! `WriteAltSecurityIdentities`. Left out: mappings by names of issuer and subject, and authorities' registries beyond what is
//! collected.

use super::super::super::{Conclusions, NodeId};
use super::{
    Authority,
    escalations::{Rights, of, victims},
};
use std::collections::{BTreeMap, BTreeSet};

/// The extension that says whose a certificate is.
const SECURITY_EXTENSION: &str = "1.3.6.1.4.1.311.25.2";

/// A mapping by nothing but the certificate's e-mail address.
const BY_MAIL: &str = "x509:<rfc822>";

/// Concludes them. `weakly` are the domains that do not insist on strong binding.
pub(super) fn conclude(
    rights: &Rights<'_>,
    authorities: &[Authority],
    weakly: &BTreeSet<NodeId>,
    edges: &mut Conclusions,
) {
    rights.own_authority(edges);
    let (managers, officers) =
        (rights.graph.incoming(&["ManageCA"]), rights.graph.incoming(&["ManageCertificates"]));
    let containers = rights.template_containers();
    let mapped = rights.mapped_by_mail();
    for authority in authorities {
        let mut to_domains = |kind, from: BTreeSet<NodeId>, there: &dyn Fn(&NodeId) -> bool| {
            for domain in authority.domains.iter().filter(|domain| there(domain)) {
                from.iter().for_each(|one| edges.edge(*one, kind, *domain));
            }
        };
        let anywhere = |_: &NodeId| true;
        to_domains("ADCSESC5", rights.own_template(authority, &containers), &anywhere);
        let separated = rights.graph.flag(authority.node, "roleseparationenabled") == Some(true);
        if !separated {
            // Who manages makes officers, and publishes templates.
            to_domains("ADCSESC7", of(&managers, authority.node).iter().copied().collect(), &anywhere);
        }
        let officers = of(&officers, authority.node);
        for template in authority.templates.iter().copied() {
            to_domains("ADCSESC7", rights.approved_by_officer(authority, template, officers), &anywhere);
        }
        if rights.lacks_extension(authority.node) {
            for template in authority.templates.iter().copied() {
                let weak = |domain: &NodeId| weakly.contains(domain);
                to_domains("ADCSESC16", rights.renamed_without_extension(authority, template), &weak);
                to_domains("ADCSESC16", rights.named_without_extension(authority, template), &anywhere);
            }
        }
        rights.mailed(authority, &mapped, weakly, edges);
    }
}

impl Rights<'_> {
    /// Who writes an object, or gives themselves the right to.
    fn ruling(&self, node: NodeId) -> Vec<NodeId> {
        of(&self.controls, node).iter().chain(of(&self.write, node)).copied().collect()
    }

    /// ESC5: who writes both the store for logons and a root that the domain trusts adds an authority of its own.
    fn own_authority(&self, edges: &mut Conclusions) {
        let [stores, roots] = ["NTAuthStoreFor", "RootCAFor"].map(|kind| self.graph.incoming(&[kind]));
        let stores: BTreeMap<NodeId, Vec<NodeId>> = stores.into_iter().collect();
        for (domain, stores) in &stores {
            for root in of(&roots, *domain) {
                let of_root = self.ruling(*root);
                for store in stores {
                    let both = self.members.in_all(&[&self.ruling(*store), &of_root]);
                    both.into_iter().for_each(|one| edges.edge(one, "ADCSESC5", *domain));
                }
            }
        }
    }

    /// The containers that templates are in.
    fn template_containers(&self) -> Vec<NodeId> {
        const BEGINS: &str = "cn=certificate templates,cn=public key services,";
        let containers = self.graph.of_kind("Container").into_iter();
        let named = |one: &NodeId| {
            let name = self.graph.text(*one, "distinguishedname").unwrap_or_default();
            name.get(..BEGINS.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(BEGINS))
        };
        containers.filter(named).collect()
    }

    /// ESC5: who adds templates, and says what an authority publishes, enrols for a template of its own.
    fn own_template(&self, authority: &Authority, containers: &[NodeId]) -> BTreeSet<NodeId> {
        let publishing = self.ruling(authority.node);
        let enrol = of(&self.authority, authority.node);
        let rulers = containers.iter().map(|container| self.ruling(*container));
        rulers.flat_map(|rulers| self.members.in_all(&[&rulers, &publishing, enrol])).collect()
    }

    /// ESC7: an officer approves the own request, for a template that lets the enrollee name anybody. Requests for the template of
    /// subordinate authorities are kept when they are denied, and so are approved all the same.
    fn approved_by_officer(
        &self,
        authority: &Authority,
        template: NodeId,
        officers: &[NodeId],
    ) -> BTreeSet<NodeId> {
        let enrol = of(&self.authority, authority.node);
        if officers.is_empty() {
            return BTreeSet::new();
        }
        let name = self.graph.text(template, "name").unwrap_or_default().to_ascii_lowercase();
        if name == "subca" || name.starts_with("subca@") {
            return self.members.in_all(&[officers, enrol]);
        }
        let asked = self.template_of(template);
        let held_back = asked.has("requiresmanagerapproval")
            && asked.has("authenticationenabled")
            && asked.has("enrolleesuppliessubject")
            && asked.needs_no_signature();
        if held_back {
            self.members.in_all(&[officers, enrol, of(&self.template, template)])
        } else {
            BTreeSet::new()
        }
    }

    /// Whether an authority leaves the security extension out of all it issues.
    fn lacks_extension(&self, authority: NodeId) -> bool {
        let names = ["disabledextensions", "disableextensionlist"];
        let Some(node) = self.graph.get(authority) else { return false };
        let lists = names.iter().filter_map(|name| node.texts(name));
        lists.flatten().any(|one| one.trim() == SECURITY_EXTENSION)
    }

    /// ESC16: as ESC9, whatever the template says of the extension.
    fn renamed_without_extension(&self, authority: &Authority, template: NodeId) -> BTreeSet<NodeId> {
        let asked = self.template_of(template);
        let named = asked.has("subjectaltrequireupn") || asked.has("subjectaltrequirespn");
        if !named || !self.is_open(template) || !asked.has_not("enrolleesuppliessubject") {
            return BTreeSet::new();
        }
        let victims = asked.who_can(self.victims_at(authority, template));
        victims.into_iter().flat_map(|victim| of(&self.attackers, victim).iter().copied()).collect()
    }

    /// ESC16 with ESC6: a request names another and its identifier, and nothing in the certificate contradicts it.
    fn named_without_extension(&self, authority: &Authority, template: NodeId) -> BTreeSet<NodeId> {
        let taken = self.graph.flag(authority.node, "isuserspecifiessanenabled") == Some(true);
        if !taken || !self.is_open(template) {
            return BTreeSet::new();
        }
        self.template_of(template).who_can(self.enrolling(authority, template))
    }

    /// Whether a template's certificates log on, and nobody else says whether one is issued.
    fn is_open(&self, template: NodeId) -> bool {
        let asked = self.template_of(template);
        asked.has("authenticationenabled") && asked.needs_no_approval() && asked.needs_no_signature()
    }

    /// The accounts that can be made to enrol.
    fn victims_at(&self, authority: &Authority, template: NodeId) -> BTreeSet<NodeId> {
        let (at_template, at_authority) = (of(&self.template, template), of(&self.authority, authority.node));
        let found = victims(self.graph, self.members, at_template, at_authority).into_iter();
        found.filter(|one| self.graph.is(*one, "User") || self.graph.is(*one, "Computer")).collect()
    }

    /// The accounts that certificates are mapped to by an e-mail address.
    fn mapped_by_mail(&self) -> Vec<NodeId> {
        let accounts = self.graph.nodes().filter(|(_, node)| node.is("User") || node.is("Computer"));
        let mapped = accounts.filter(|(_, node)| {
            let one = node.text("altsecurityidentities").into_iter();
            let mappings = node.texts("altsecurityidentities").unwrap_or_default();
            one.chain(mappings).any(|mapping| mapping.to_ascii_lowercase().starts_with(BY_MAIL))
        });
        mapped.map(|(number, _)| number).collect()
    }

    /// ESC14: who controls an account that may enrol gives it the e-mail address that is mapped to another.
    fn mailed(
        &self,
        authority: &Authority,
        mapped: &[NodeId],
        weakly: &BTreeSet<NodeId>,
        edges: &mut Conclusions,
    ) {
        let weak: Vec<NodeId> =
            authority.domains.iter().copied().filter(|domain| weakly.contains(domain)).collect();
        let targets: Vec<NodeId> = mapped.iter().copied().filter(|one| self.is_within(*one, &weak)).collect();
        if targets.is_empty() {
            return;
        }
        // Of each attacker one victim, and another where there is one: nobody is a victim for itself.
        let mut attackers: BTreeMap<NodeId, BTreeSet<NodeId>> = BTreeMap::new();
        for template in authority.templates.iter().copied() {
            let asked = self.template_of(template);
            let mailed = asked.has("subjectaltrequireemail") || asked.has("subjectrequireemail");
            if !mailed || !self.is_open(template) || !asked.has_not("enrolleesuppliessubject") {
                continue;
            }
            for victim in self.victims_at(authority, template) {
                for attacker in of(&self.attackers, victim) {
                    let known = attackers.entry(*attacker).or_default();
                    if known.len() < 2 {
                        known.insert(victim);
                    }
                }
            }
        }
        for target in targets {
            for (attacker, victims) in &attackers {
                if *attacker != target && victims.iter().any(|victim| *victim != target) {
                    edges.edge(*attacker, "ADCSESC14", target);
                }
            }
        }
    }
}
