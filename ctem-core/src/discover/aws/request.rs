//! What is known of requests of a principal, by which conditions are judged.

use super::{
    arn::Arn,
    condition::{Condition, Context, Known},
    inventory::{Inventory, Principal, Sort},
};

/// An account, organisation or name that is none of those that anybody writes down.
const NONE: &str = "\u{1}";

/// What is known of requests of a principal.
pub(super) fn context<'a>(
    principal: &'a Principal,
    inventory: &Inventory,
    passed_to: Option<&str>,
) -> Context<'a> {
    let mut context = Context { when: inventory.when, ..Context::default() };
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
    of_organization(&mut context, inventory, account);
    if let Some(organization) = inventory.organization.of_account(account) {
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

/// What is known of requests of somebody of an account of whose principals nothing is told, or of anybody, who then comes from an
/// account of their own. `conditions` say which names are asked for: one who can have such a name has it.
pub(super) fn stranger<'a>(
    account: Option<&str>,
    inventory: &Inventory,
    conditions: &[Condition],
) -> Context<'a> {
    let mut context = Context { when: inventory.when, own_account: account.is_none(), ..Context::default() };
    let known = |value: &str| Known::Is(value.to_owned());
    for (key, value) in [
        ("aws:principalaccount", account.unwrap_or(NONE)),
        ("aws:securetransport", "true"),
        ("aws:viaawsservice", "false"),
        ("aws:principalisawsservice", "false"),
    ] {
        context.known.insert(key, known(value));
    }
    match account {
        Some(account) => of_organization(&mut context, inventory, account),
        None => {
            context.known.insert("aws:principalorgid", known(NONE));
            context.known.insert("aws:principalorgpaths", known(NONE));
        }
    }
    let asked = conditions.iter().filter(|one| &*one.key == "aws:principalarn").flat_map(|one| &one.values);
    let own = account.unwrap_or(NONE);
    let mut names: Vec<String> = asked.filter_map(|pattern| name_like(pattern, own)).collect();
    names.push(format!("arn:{}:iam::{own}:user/{NONE}", inventory.partition()));
    context.known.insert("aws:principalarn", Known::Any(names));
    context
}

/// A name in an account for which a pattern stands; none where it stands for none.
fn name_like(pattern: &str, account: &str) -> Option<String> {
    let filled = pattern.replace(['*', '?'], NONE);
    if pattern.starts_with('*') {
        return Some(filled);
    }
    let parts = Arn::of(pattern)?;
    let any = parts.account.contains(['*', '?']);
    (any || parts.account == account).then(|| {
        let resource = parts.resource.replace(['*', '?'], NONE);
        format!("arn:{}:iam::{account}:{resource}", parts.partition.replace('*', "aws"))
    })
}

fn of_organization(context: &mut Context<'_>, inventory: &Inventory, account: &str) {
    if let Some(organization) = inventory.organization.of_account(account) {
        context.known.insert("aws:principalorgid", Known::Is(organization.to_owned()));
    }
    if let Some(path) = inventory.organization.path_of(account) {
        context.known.insert("aws:principalorgpaths", Known::Is(path));
    }
}
