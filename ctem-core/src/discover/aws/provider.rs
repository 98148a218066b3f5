//! Identity providers: who stands behind the users that a role trusts.
//!
//! A provider that everybody may have an account of is trusted for somebody in particular, or for everybody.

use crate::model::AssetKind;

/// Who the users are.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Users<'s> {
    /// Everybody, in these words.
    Everybody(&'static str),
    /// Whoever has an asset: a repository, what is in an organisation, an application.
    Of(String, AssetKind),
    /// One, by the name and what people call it.
    One(String, &'s str),
}

/// Hosts of code that run workflows for everybody, with how a subject begins that names a repository.
const HOSTS: [(&str, &str, &str, &str); 2] = [
    ("token.actions.githubusercontent.com", "github.com", "repo:", "every workflow on GitHub"),
    ("gitlab.com", "gitlab.com", "project_path:", "every pipeline on GitLab"),
];

/// Providers, besides, of which everybody may be a user.
const PUBLIC: [&str; 6] = [
    "accounts.google.com",
    "graph.facebook.com",
    "www.amazon.com",
    "app.terraform.io",
    "oidc.circleci.com",
    "agent.buildkite.com",
];

/// Who the users of a provider are, of whom a role trusts those of one subject, or all.
pub(super) fn of<'s>(provider: &str, subject: Option<&'s str>) -> Users<'s> {
    let host = provider.rsplit_once("oidc-provider/").map_or(provider, |(_, host)| host);
    if host == "cognito-identity.amazonaws.com" && subject == Some("unauthenticated") {
        return Users::Everybody("everybody who asks its identity pool");
    }
    if let Some((_, home, begins, everybody)) = HOSTS.iter().find(|one| host == one.0) {
        let Some(subject) = subject else { return Users::Everybody(everybody) };
        return repository(home, subject.strip_prefix(begins).unwrap_or(subject))
            .map_or(Users::Everybody(everybody), |(name, kind)| Users::Of(name, kind));
    }
    let Some(subject) = subject.filter(|subject| *subject != "authenticated") else {
        let everybody = PUBLIC.contains(&host);
        let whom = Users::Everybody("every user of a provider that is open to all");
        return if everybody { whom } else { Users::Of(provider.to_owned(), AssetKind::Application) };
    };
    // Of a host of code of one's own all pipelines are one's own.
    if let Some((name, kind)) = subject.strip_prefix("project_path:").and_then(|path| repository(host, path))
    {
        return Users::Of(name, kind);
    }
    if subject.contains(['*', '?']) {
        return Users::Of(provider.to_owned(), AssetKind::Application);
    }
    Users::One(format!("{provider}:{subject}"), subject.rsplit(':').next().unwrap_or(subject))
}

/// The repository that a subject is about, or what holds all repositories of an owner. None where the owner may be anybody: what
/// begins like an owner's name is a name that others take.
fn repository(home: &str, subject: &str) -> Option<(String, AssetKind)> {
    let wild = |text: &str| text.contains(['*', '?']);
    let path = subject.split(':').next().unwrap_or_default();
    let (owner, name) = path.rsplit_once('/')?;
    let root = owner.split('/').next().unwrap_or(owner);
    if root.is_empty() || wild(root) {
        return None;
    }
    if wild(owner) || wild(name) {
        let known: Vec<&str> = owner.split('/').take_while(|part| !wild(part)).collect();
        return Some((format!("{home}/{}", known.join("/")), AssetKind::Realm));
    }
    Some((format!("{home}/{owner}/{name}"), AssetKind::Repository))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_says_whose_workflows_are_trusted() {
        let of = |provider: &str, subject: &str| {
            let provider = format!("arn:aws:iam::111122223333:oidc-provider/{provider}");
            match super::of(&provider, Some(subject).filter(|one| !one.is_empty())) {
                Users::Everybody(_) => "everybody".to_owned(),
                Users::Of(name, kind) => format!("{kind} {name}").replace(&provider, "the provider"),
                Users::One(name, _) => name.replace(&provider, "the provider"),
            }
        };
        let github = "token.actions.githubusercontent.com";
        for (provider, subject, whose) in [
            (github, "repo:kelp/shop:ref:refs/heads/main", "repository github.com/kelp/shop"),
            (github, "repo:kelp/*", "realm github.com/kelp"),
            (github, "repo:kelp/shop*:*", "realm github.com/kelp"),
            // Who wants may be called `kelp-x`.
            (github, "repo:kelp*", "everybody"),
            (github, "repo:kelp*/shop:*", "everybody"),
            (github, "", "everybody"),
            (github, "*", "everybody"),
            (
                "gitlab.com",
                "project_path:kelp/web/shop:ref_type:branch:ref:main",
                "repository gitlab.com/kelp/web/shop",
            ),
            ("gitlab.com", "project_path:kelp/*", "realm gitlab.com/kelp"),
            ("gitlab.com", "project_path:*", "everybody"),
            ("git.kelp.example", "project_path:kelp/shop:*", "repository git.kelp.example/kelp/shop"),
            (
                "oidc.eks.eu-west-1.amazonaws.com/id/A1",
                "system:serviceaccount:a:b",
                "the provider:system:serviceaccount:a:b",
            ),
            (
                "oidc.eks.eu-west-1.amazonaws.com/id/A1",
                "system:serviceaccount:a:*",
                "application the provider",
            ),
            ("app.terraform.io", "", "everybody"),
            ("login.kelp.example", "", "application the provider"),
        ] {
            assert_eq!(of(provider, subject), whose, "{provider} {subject}");
        }
        let pool = "cognito-identity.amazonaws.com";
        assert!(matches!(super::of(pool, Some("unauthenticated")), Users::Everybody(_)));
        assert_eq!(
            super::of(pool, Some("authenticated")),
            Users::Of(pool.to_owned(), AssetKind::Application)
        );
    }
}
