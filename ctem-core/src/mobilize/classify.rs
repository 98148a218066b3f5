//! Which work ends a finding or a relation, and of what: people do not mend findings one by one.

use super::{ActionKind, least};
use crate::{
    model::{AssetKind, Environment, Finding, RelationKind, WeaknessKind, fact::Related},
    version::Ecosystem,
};

/// The work that ends an exposure.
pub(super) struct Work {
    pub(super) kind: ActionKind,
    /// What the work is about, the same for all exposures that one piece of it ends: a package, a CVE, a rule, a credential.
    pub(super) object: String,
    /// How it is called for people.
    pub(super) called: String,
    /// Whether one piece of work ends it on all assets.
    pub(super) everywhere: bool,
}

impl Work {
    fn new(kind: ActionKind, object: impl Into<String>, called: impl Into<String>) -> Self {
        Self { kind, object: object.into(), called: called.into(), everywhere: false }
    }
}

/// The longest name of a weakness in a title, in characters.
const LONG: usize = 120;

/// Controls that findings say are missing, by words of their titles: what to put in place, and ATT&CK's mitigation.
const CONTROLS: [(&[&str], &str); 7] = [
    (
        &["mfa", "multi-factor", "multifactor", "two-factor", "2fa", "second factor"],
        "a second factor (M1032)",
    ),
    (&["smb signing", "ldap signing", "message signing", "channel binding"], "signing of messages (M1037)"),
    (&["network polic", "network segmentation", "networkpolic"], "segmentation (M1030)"),
    (&["conditional access"], "conditional access (M1036)"),
    (&["laps"], "local administrator passwords that differ (M1027)"),
    (&["credential guard", "lsa protection"], "protection of credentials in memory (M1043)"),
    (&["branch protection", "signed commits"], "review of changes (M1033)"),
];

/// Words that say that nobody maintains a product any more.
const OUT_OF_SUPPORT: [&str; 5] =
    ["end of life", "end-of-life", "out of support", "unsupported version", "no longer supported"];

/// The work that ends a finding.
pub(super) fn finding(finding: &Finding, environment: &Environment) -> Work {
    let weakness = &finding.weakness;
    let name = short(weakness.title());
    let lower = name.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| contains_word(&lower, word));
    if has(&OUT_OF_SUPPORT) {
        let what = finding.component.as_ref().map_or(name.clone(), |component| component.name.to_string());
        return Work::new(ActionKind::Retire, what.clone(), what);
    }
    match weakness.kind {
        WeaknessKind::Vulnerability => flaw(finding),
        WeaknessKind::Secret => secret(finding, environment, name),
        WeaknessKind::CodeFlaw => {
            let file = finding.location.as_ref().and_then(|location| location.path.as_deref());
            let at = file.map(|file| format!(" in {file}")).unwrap_or_default();
            Work::new(ActionKind::ChangeCode, format!("{}{at}", weakness.id), format!("{name}{at}"))
        }
        WeaknessKind::Permission => Work::new(ActionKind::Revoke, weakness.id.as_str(), name),
        WeaknessKind::NetworkExposure => {
            let port = finding.location.as_ref().and_then(|location| location.port.as_deref());
            match port {
                Some(port) => Work::new(ActionKind::Close, port, format!("port {port}")),
                None => Work::new(ActionKind::Close, weakness.id.as_str(), name),
            }
        }
        WeaknessKind::Misconfiguration => {
            if let Some((_, control)) = CONTROLS.iter().find(|(words, _)| has(words)) {
                return Work { everywhere: true, ..Work::new(ActionKind::Enforce, *control, *control) };
            }
            let data =
                environment.asset(&finding.asset).is_some_and(|asset| asset.kind == AssetKind::DataStore);
            if data && has(&["public", "publicly", "anonymous"]) {
                return Work::new(ActionKind::Close, "public access", "public access");
            }
            Work { everywhere: true, ..Work::new(ActionKind::Configure, weakness.id.as_str(), name) }
        }
    }
}

fn flaw(finding: &Finding) -> Work {
    let id = finding.weakness.id.as_str();
    let Some(component) = &finding.component else {
        return Work { everywhere: true, ..Work::new(ActionKind::Patch, id, id) };
    };
    let package = package(finding).unwrap_or_else(|| component.name.to_string());
    let called = package.rsplit(['/', ':']).next().unwrap_or(&package).to_owned();
    match least::fix(finding) {
        Some(_) => Work { everywhere: true, ..Work::new(ActionKind::Upgrade, package, called) },
        None => Work::new(ActionKind::Mitigate, package, called),
    }
}

fn secret(finding: &Finding, environment: &Environment, name: String) -> Work {
    let opens = finding.exploit.as_ref().and_then(|exploit| exploit.opens.as_ref());
    if let Some(opened) = opens.and_then(|opens| environment.asset(opens)) {
        return Work { everywhere: true, ..rotation(opened.id.as_str(), opened.title()) };
    }
    let fingerprint = finding.secret.as_ref().and_then(|secret| secret.fingerprint.as_deref());
    if let Some(fingerprint) = fingerprint {
        return Work { everywhere: true, ..Work::new(ActionKind::Rotate, fingerprint, name) };
    }
    let file = finding.location.as_ref().and_then(|location| location.path.as_deref()).unwrap_or_default();
    Work::new(ActionKind::Rotate, format!("{} {file}", finding.weakness.id), name)
}

fn rotation(object: &str, title: &str) -> Work {
    Work::new(ActionKind::Rotate, object, format!("what opens {title}"))
}

/// The source package, where one is said, if only by the package URL: glibc in four packages is one upgrade.
fn package(finding: &Finding) -> Option<String> {
    let component = finding.component.as_ref()?;
    let qualifiers = || component.purl.as_deref()?.split_once('?').map(|(_, all)| all);
    let upstream = || qualifiers()?.split('&').find_map(|one| one.strip_prefix("upstream="));
    let of_purl = || upstream().map(|name| name.split(['%', '@', '#']).next().unwrap_or(name));
    component.source.as_deref().or_else(of_purl).filter(|name| !name.is_empty()).map(str::to_owned)
}

/// Whether a distribution's package manager brings the component, so that a newer base image does.
pub(super) fn is_of_distribution(finding: &Finding) -> bool {
    finding.component.as_ref().is_some_and(|component| {
        let is_alpm = component.purl.as_deref().is_some_and(|purl| purl.starts_with("pkg:alpm/"));
        is_alpm || matches!(least::ecosystem(component), Ecosystem::Deb | Ecosystem::Rpm | Ecosystem::Apk)
    })
}

/// The work that takes a relation away, and whether it is at the asset the relation leads to.
pub(super) fn relation(related: &Related<'_>) -> (Work, bool) {
    use RelationKind as R;
    let (from, to) = (related.from.title(), related.to.title());
    let stated = related.fact.more.is_some().then(|| related.title());
    let kind = &related.fact.kind;
    let object = format!("{} {kind} {}", related.from.id, related.to.id);
    let work = |action, called: String| {
        let called = match &stated {
            Some(title) if *title != default_title(related) => format!("Take away: {title}"),
            _ => called,
        };
        Work::new(action, object.as_str(), short(&called))
    };
    match kind {
        R::Reaches => (work(ActionKind::Close, format!("Close the route from {from} to {to}")), true),
        R::MemberOf => (work(ActionKind::Revoke, format!("Take {from} out of {to}")), true),
        R::CanAssume => (work(ActionKind::Revoke, format!("Stop {from} from acting as {to}")), true),
        R::Administers | R::Operates => {
            (work(ActionKind::Revoke, format!("Stop {from} from administering {to}")), true)
        }
        R::Reads => (work(ActionKind::Revoke, format!("Stop {from} from reading {to}")), true),
        R::Writes => (work(ActionKind::Revoke, format!("Stop {from} from writing to {to}")), true),
        R::LogsOnTo => (work(ActionKind::Revoke, format!("Stop {from} from logging on to {to}")), true),
        R::HoldsSessionOf => (work(ActionKind::Revoke, format!("End the session of {to} on {from}")), false),
        R::Stores => (work(ActionKind::Revoke, format!("Remove {to} from {from}")), false),
        R::Opens => (Work { everywhere: true, ..rotation(related.to.id.as_str(), to) }, false),
        R::EscapesTo => (work(ActionKind::Configure, format!("Shut the way out of {from} to {to}")), false),
        _ => (work(ActionKind::Revoke, format!("Take away: {}", related.title())), true),
    }
}

fn default_title(related: &Related<'_>) -> String {
    format!("{} {} {}", related.from.title(), related.fact.kind.name().replace('_', " "), related.to.title())
}

/// A name of at most so many characters, an ellipsis standing for the rest.
fn short(name: &str) -> String {
    let name = name.trim();
    match name.char_indices().nth(LONG) {
        None => name.to_owned(),
        Some(_) => format!("{}…", name.chars().take(LONG - 1).collect::<String>()),
    }
}

/// Whether a text has a word, or words, not within others at their beginning.
fn contains_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        before.is_none_or(|letter| !letter.is_alphanumeric())
    })
}
