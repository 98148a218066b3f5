//! What is known of requests of a principal, by which conditions are judged.

use super::{
    condition::{Context, Known},
    inventory::{Inventory, Principal, Sort},
};

/// What is known of requests of a principal.
pub(super) fn context<'a>(
    principal: &'a Principal,
    inventory: &Inventory,
    passed_to: Option<&str>,
) -> Context<'a> {
    let mut context = Context { newest: inventory.newest, ..Context::default() };
    let known = |value: &str| Known::Is(value.to_owned());
    let account = &*principal.account;
    for (key, value) in [
        ("aws:principalaccount", account),
        ("aws:resourceaccount", account),
        ("aws:sourceaccount", account),
        ("aws:securetransport", "true"),
        ("aws:viaawsservice", "false"),
        ("aws:principalisawsservice", "false"),
        ("saml:aud", "https://signin.aws.amazon.com/saml"),
    ] {
        context.known.insert(key, known(value));
    }
    if let Some(organization) = inventory.organization.of_account(account) {
        context.known.insert("aws:principalorgid", known(organization));
        context.known.insert("aws:resourceorgid", known(organization));
    }
    let strong = ["AdministratorAccess", "IAMFullAccess", "PowerUserAccess"];
    let partition = inventory.partition();
    let strong = strong.iter().map(|name| format!("arn:{partition}:iam::aws:policy/{name}")).collect();
    context.known.insert("iam:policyarn", Known::Any(strong));
    match principal.sort {
        Sort::User | Sort::Role => {
            context.known.insert("aws:principalarn", known(&principal.arn));
            let kind = if principal.sort == Sort::User { "User" } else { "AssumedRole" };
            context.known.insert("aws:principaltype", known(kind));
            context.tags = Some(&principal.tags);
        }
        Sort::Group => {}
    }
    match principal.sort {
        Sort::User => {
            context.known.insert("aws:username", known(&principal.name));
        }
        Sort::Role => context.absent.push("aws:username"),
        Sort::Group => {}
    }
    match passed_to {
        Some(service) => {
            context.known.insert("iam:passedtoservice", known(service));
        }
        None => context.absent.push("iam:passedtoservice"),
    }
    context
}
