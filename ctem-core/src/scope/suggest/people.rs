//! Whom phishing aims at: people, by what they do.

use super::label::{Label, names, plain};
use crate::{
    model::{Asset, AssetKind},
    quantity::Probability,
};
use std::collections::BTreeMap;

/// The chance that a person who receives a wave of phishing falls for it.
///
/// ```
/// assert_eq!(ctem_core::scope::FALLS_FOR_IT.get(), 0.1);
/// ```
pub const FALLS_FOR_IT: Probability = Probability::clamped(0.1);

/// What people do whom attackers look for, and the words of titles and groups that say it.
const ROLES: [(&str, &[&str]); 6] = [
    (
        "who administer",
        &[
            "admin",
            "admins",
            "administrator",
            "administrators",
            "sysadmin",
            "domain admins",
            "devops",
            "sre",
            "it operations",
            "system engineer",
            "network engineer",
            "cloud engineer",
        ],
    ),
    (
        "at the help desk",
        &["helpdesk", "help desk", "service desk", "servicedesk", "it support", "support desk"],
    ),
    (
        "who lead",
        &[
            "ceo",
            "cfo",
            "cto",
            "cio",
            "ciso",
            "coo",
            "chief",
            "president",
            "vice president",
            "director",
            "board",
            "executive",
            "executives",
            "managing director",
        ],
    ),
    (
        "who pay",
        &[
            "finance",
            "financial",
            "accounting",
            "accountant",
            "accounts payable",
            "payroll",
            "treasury",
            "controller",
            "billing",
            "procurement",
            "purchasing",
            "buyer",
        ],
    ),
    (
        "who read what strangers send",
        &["hr", "human resources", "recruiter", "recruiting", "talent", "sales", "press", "customer service"],
    ),
    ("who act for others", &["assistant", "executive assistant", "secretary"]),
];

/// A person's account, with the labels that say what the person does.
pub(super) struct Person<'a> {
    labels: Vec<Label<'a>>,
}

impl<'a> Person<'a> {
    /// The person of an account, where records say that it is one's: by its kind, a role, or an address of mail.
    pub(super) fn of(asset: &'a Asset) -> Option<Self> {
        if asset.kind != AssetKind::Identity {
            return None;
        }
        let labels: Vec<Label<'_>> = Label::all(asset).collect();
        let off = labels.iter().any(|label| label.is(&["enabled", "active"]) && is_no(label));
        let kind = labels.iter().find(|label| label.is(&["kind", "user type", "usertype", "type"]));
        let is_user =
            kind.map(|kind| matches!(&*kind.said, "user" | "azuser" | "member" | "person" | "human"));
        let is_role = |label: &Label<'_>| label.is(&ROLE_LABELS) || label.is(&["mail", "email"]);
        let named = [asset.id.as_str(), asset.title()].into_iter();
        let mut named = named.chain(asset.aliases.iter().map(|alias| alias.as_str()));
        let by_mail = named.any(is_mail);
        let person = is_user.unwrap_or_else(|| labels.iter().any(is_role) || by_mail);
        let works = plain(asset.title());
        let is_service = ["svc", "service", "bot", "noreply", "krbtgt", "healthmailbox", "msol"]
            .iter()
            .any(|word| works.split([' ', '@']).any(|one| one == *word));
        (person && !off && !is_service).then_some(Self { labels })
    }

    /// Why attackers look for the person, as labels say.
    pub(super) fn roles(&self) -> Vec<String> {
        let mut said: BTreeMap<usize, String> = BTreeMap::new();
        for label in self.labels.iter().filter(|label| label.is(&ROLE_LABELS)) {
            for (n, does) in roles(&label.said) {
                said.entry(n)
                    .or_insert_with(|| format!("attackers look for people {does} (label {})", label.key));
            }
        }
        said.into_values().collect()
    }
}

/// Why attackers look for a member of these groups, one reason for each of what they do.
pub(super) fn of_groups<'a>(groups: impl Iterator<Item = &'a Asset>) -> Vec<String> {
    let mut said: BTreeMap<usize, &str> = BTreeMap::new();
    for group in groups {
        for (n, _) in roles(&plain(group.title()).replace('@', " ")) {
            let known = said.entry(n).or_insert(group.title());
            *known = (*known).min(group.title());
        }
    }
    let does = |n: usize| ROLES.get(n).map_or("", |(does, _)| does);
    said.into_iter()
        .map(|(n, group)| format!("attackers look for people {} (group {group})", does(n)))
        .collect()
}

/// What a title or the name of a group says that people do.
fn roles(text: &str) -> impl Iterator<Item = (usize, &'static str)> + '_ {
    ROLES.iter().enumerate().filter(|(_, (_, words))| names(text, words)).map(|(n, (does, _))| (n, *does))
}

fn is_no(label: &Label<'_>) -> bool {
    crate::word::flag(&label.said) == Some(false)
}

fn is_mail(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, domain)| {
        !name.is_empty()
            && !name.contains(['/', ':', ' '])
            && domain.contains('.')
            && !domain.contains(['/', '@', ' '])
    })
}

/// What labels that say what a person does are called.
const ROLE_LABELS: [&str; 8] =
    ["role", "title", "job title", "jobtitle", "position", "department", "team", "function"];
