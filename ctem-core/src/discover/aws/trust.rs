//! Trust: who may take a role, as the role itself says.
//!
//! To trust an account is to leave to that account who may: it is not to trust everybody in it.

use super::{
    arn::{self, Arn},
    condition::{Condition, Context, Holds, Known},
    inventory::Principal as Role,
    policy::{Principal, Statement},
};
use std::rc::Rc;

/// Whom a role trusts, and what that hangs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trusted {
    pub(super) who: Who,
    pub(super) hangs_on: Vec<Rc<str>>,
}

/// Who is trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Who {
    Everyone,
    /// Whom an account lets.
    Account(Box<str>),
    /// A user or role, by its name; of a role perhaps one session.
    Named(Box<str>),
    Service(Box<str>),
    /// An identity provider, by its name, and whom of its users: none where all.
    Federated(Box<str>, Option<Box<str>>),
    /// Something that is not known: a unique id of one who is gone, a canonical user.
    Unknown(Box<str>),
}

/// Whom a role trusts. `context` says what is known of a request of each, as for other rights: of one whose caller is known also whether
/// the role denies that caller what it leaves to the caller's account or to everybody.
pub(super) fn of<'c>(role: &Role, context: &dyn Fn(&Who, &[Condition]) -> Context<'c>) -> Vec<Trusted> {
    let Some(document) = &role.trust else { return Vec::new() };
    let assumes = |one: &&Statement| {
        let actions = ["sts:assumerole", "sts:assumerolewithwebidentity", "sts:assumerolewithsaml"];
        actions.iter().any(|action| one.actions.has(action))
    };
    let (allows, denies): (Vec<_>, Vec<_>) =
        document.statements.iter().filter(assumes).partition(|one| one.allows);
    let mut trusted = Vec::new();
    for statement in allows {
        if statement.all_but {
            // Everybody but those: that is everybody, to a stranger.
            trusted.extend(held(Who::Everyone, statement, context));
            continue;
        }
        for principal in &statement.principals {
            trusted.extend(
                who(principal, statement).into_iter().filter_map(|who| held(who, statement, context)),
            );
        }
    }
    for statement in denies {
        deny(&mut trusted, statement, context);
    }
    trusted
}

/// Whom a principal of a statement stands for: of an identity provider each of the users that the statement names.
fn who(principal: &Principal, statement: &Statement) -> Vec<Who> {
    let one = match principal {
        Principal::Everyone => Who::Everyone,
        Principal::Aws(name) if arn::is_account(name) => Who::Account(name.clone()),
        Principal::Aws(name) => match Arn::of(name) {
            Some(parts) if parts.resource == "root" => Who::Account(parts.account.into()),
            Some(_) => Who::Named(name.clone()),
            None => Who::Unknown(name.clone()),
        },
        Principal::Service(name) => Who::Service(name.clone()),
        Principal::Federated(name) => {
            let subjects = statement.conditions.iter().find(|one| names_subjects(one));
            let of = |subject: Option<&str>| Who::Federated(name.clone(), subject.map(Box::from));
            return subjects.map_or_else(
                || vec![of(None)],
                |subjects| {
                    // Where a star is no pattern, no user is called that.
                    let wanted = subjects.wanted().iter().map(|subject| &**subject);
                    let is_one = |subject: &&str| !subjects.is_literal() || !subject.contains(['*', '?']);
                    wanted.filter(is_one).map(|subject| of(Some(subject))).collect()
                },
            );
        }
        Principal::Other(name) => Who::Unknown(name.clone()),
    };
    vec![one]
}

/// Whether a condition says whom of an identity provider's users it lets in.
fn names_subjects(condition: &Condition) -> bool {
    let key = &*condition.key;
    (key.ends_with(":sub") || key == "cognito-identity.amazonaws.com:amr") && !condition.wanted().is_empty()
}

fn held<'c>(
    who: Who,
    statement: &Statement,
    context: &dyn Fn(&Who, &[Condition]) -> Context<'c>,
) -> Option<Trusted> {
    // Whom a provider lets in is said by who is trusted.
    let told = |one: &&Condition| {
        let federated = matches!(who, Who::Federated(..));
        !(federated && (names_subjects(one) || one.key.ends_with(":aud")))
    };
    let conditions: Vec<Condition> = statement.conditions.iter().filter(told).cloned().collect();
    let hangs_on = match Condition::hold(&conditions, &context(&who, &conditions), true) {
        Holds::Always => Vec::new(),
        Holds::Never => return None,
        Holds::Perhaps(words) => words.into_iter().map(Rc::from).collect(),
    };
    Some(Trusted { who, hangs_on })
}

fn deny<'c>(
    trusted: &mut Vec<Trusted>,
    statement: &Statement,
    context: &dyn Fn(&Who, &[Condition]) -> Context<'c>,
) {
    trusted.retain_mut(|one| {
        let context = context(&one.who, &statement.conditions);
        if !is_about(statement, &one.who, &context) {
            return true;
        }
        match Condition::hold(&statement.conditions, &context, false) {
            Holds::Never => true,
            Holds::Always => false,
            Holds::Perhaps(words) => {
                one.hangs_on.push(words.join(" and ").into());
                one.hangs_on.sort_unstable();
                one.hangs_on.dedup();
                true
            }
        }
    });
}

/// Whether a statement that denies is about one who is trusted: of those whom an account lets, or of everybody, it is the one who
/// asks.
fn is_about(statement: &Statement, who_is: &Who, context: &Context<'_>) -> bool {
    let known = |key: &str| match context.known.get(key) {
        Some(Known::Is(value)) => Some(&**value),
        _ => None,
    };
    let caller = known("aws:principalarn").map(|arn| Who::Named(arn.into()));
    let asks = caller.filter(|_| matches!(who_is, Who::Account(_) | Who::Everyone));
    let account = known("aws:principalaccount").map(|account| Who::Account(account.into()));
    let named = statement.principals.iter().any(|principal| {
        let is_meant = |denied: &Who| match &asks {
            Some(asks) if denied == asks => true,
            // To deny all but an account and one of its users is to deny the rest of its users.
            Some(_) if statement.all_but => *denied == Who::Everyone,
            Some(_) => *denied == Who::Everyone || Some(denied) == account.as_ref(),
            None if *denied == Who::Everyone || denied == who_is => true,
            // To deny an account is to deny all who are in it.
            None => matches!(who_is, Who::Named(_)) && !statement.all_but && Some(denied) == account.as_ref(),
        };
        who(principal, statement).iter().any(is_meant)
    });
    named != statement.all_but
}
