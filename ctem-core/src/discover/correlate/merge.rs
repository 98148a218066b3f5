//! Two statements about one finding become one. Every rule here is commutative, associative and idempotent, so that neither
//! the order of reports nor reading one twice can show.

use crate::model::{Access, Accesses, Component, Exploit, Finding, Secret, Sighting, Weakness};
use std::fmt::Debug;

/// Takes other statements about a finding in. O(n log n) in all that is said of it, however many they are.
pub(super) fn findings(known: &mut Finding, others: impl IntoIterator<Item = Finding>) {
    others.into_iter().for_each(|other| add(known, other));
    tidy(&mut known.weakness.aliases);
    tidy(&mut known.weakness.cwes);
    tidy(&mut known.weakness.cvss);
    Sighting::tidy(&mut known.sightings);
}

/// Takes another statement in; its lists are not in order yet.
fn add(known: &mut Finding, other: Finding) {
    weakness(&mut known.weakness, other.weakness);
    known.component = match (known.component.take(), other.component) {
        (Some(a), Some(b)) => Some(component(a, b)),
        (one, None) | (None, one) => one,
    };
    first(&mut known.location, other.location);
    known.status = known.status.max(other.status);
    known.acceptance = match (known.acceptance.take(), other.acceptance) {
        (Some(a), Some(b)) => Some(if a.order(&b).is_ge() { a } else { b }),
        (one, None) | (None, one) => one,
    };
    known.exploit = match (known.exploit.take(), other.exploit) {
        (Some(a), Some(b)) => Some(Box::new(exploit(*a, *b))),
        (one, None) | (None, one) => one,
    };
    known.secret = match (known.secret.take(), other.secret) {
        (Some(a), Some(b)) => Some(Box::new(secret(*a, *b))),
        (one, None) | (None, one) => one,
    };
    known.sightings.extend(other.sightings);
}

/// The name, version and package URL of one, of one with a package URL if there is any, and what either says besides.
fn component(a: Component, b: Component) -> Component {
    let order = |component: &Component| {
        let Component { name, version, purl, .. } = component;
        (purl.is_none(), name.clone(), version.clone(), purl.clone())
    };
    let (one, other) = if order(&a) <= order(&b) { (a, b) } else { (b, a) };
    Component {
        ecosystem: smaller(one.ecosystem, other.ecosystem),
        source: smaller(one.source, other.source),
        direct: one.direct.max(other.direct),
        ..one
    }
}

fn weakness(known: &mut Weakness, other: Weakness) {
    known.kind = known.kind.min(other.kind);
    first(&mut known.title, other.title);
    known.aliases.extend(other.aliases);
    if known.id != other.id {
        known.aliases.push(other.id);
    }
    known.cwes.extend(other.cwes);
    known.cvss.extend(other.cvss);
    known.severity = known.severity.max(other.severity);
    known.epss = known.epss.max(other.epss);
    known.known_exploited |= other.known_exploited;
    // Sources date their own notice of it: the first was closest.
    first(&mut known.published, other.published);
}

/// Where statements about an exploit differ, the one that is worse for the defender holds.
fn exploit(a: Exploit, b: Exploit) -> Exploit {
    Exploit {
        needs: smaller(a.needs, b.needs),
        gives: a.gives.into_iter().chain(b.gives).max_by(|a, b| harm(a).cmp(&harm(b)).then_with(|| a.cmp(b))),
        threat: a.threat.max(b.threat),
        local: a.local.max(b.local),
        success: a.success.max(b.success),
        chance: a.chance.max(b.chance),
        cost: a.cost.into_iter().chain(b.cost).reduce(f64::max),
        opens: smaller(a.opens, b.opens),
        technique: smaller(a.technique, b.technique),
        title: smaller(a.title, b.title),
    }
}

/// How much a step gives an attacker: control includes nearly all others, and a step told in full says most.
fn harm(gives: &Accesses) -> u8 {
    match gives {
        Accesses::Own(access) => match access {
            Access::Reach => 0,
            Access::Down => 1,
            Access::Know => 2,
            Access::Read => 3,
            Access::Write => 4,
            Access::Use => 5,
            Access::Control => 6,
        },
        Accesses::Of(_) => 7,
    }
}

fn secret(a: Secret, b: Secret) -> Secret {
    Secret {
        fingerprint: smaller(a.fingerprint, b.fingerprint),
        tail: smaller(a.tail, b.tail),
        verified: a.verified.max(b.verified),
    }
}

/// Sorts a list and drops repetitions.
pub(super) fn tidy<T: Ord>(list: &mut Vec<T>) {
    list.sort_unstable();
    list.dedup();
}

fn first<T: Ord + Debug>(known: &mut Option<T>, other: Option<T>) {
    *known = smaller(known.take(), other);
}

/// The smaller of what is there.
fn smaller<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, None) | (None, one) => one,
    }
}
