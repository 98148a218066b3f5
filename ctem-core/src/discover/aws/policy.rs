//! Policy documents: what is allowed and denied, to whom, on what, and when.
//!
//! One word or a list of words, one statement or a list: both are written. The command line writes a document as JSON, the
//! interface behind it as URL-encoded text.

use super::{condition::Condition, glob::Glob, texts::texts};
use crate::{
    error::{Error, Result, quoted},
    text::unescaped,
    word,
};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// A policy: its statements.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Document {
    pub(super) statements: Vec<Statement>,
}

/// One statement.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Statement {
    /// Whether it allows; else it denies.
    pub(super) allows: bool,
    /// The actions, in lower case.
    pub(super) actions: Named,
    pub(super) resources: Named,
    /// Whom it speaks of, in policies of resources and in those that say whom a role trusts.
    pub(super) principals: Vec<Principal>,
    /// Whether it speaks of everybody but those.
    pub(super) all_but: bool,
    pub(super) conditions: Vec<Condition>,
}

/// What patterns name: that, or all else.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Named {
    pub(super) patterns: Vec<Glob>,
    pub(super) all_but: bool,
}

/// Whom a statement speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Principal {
    Everyone,
    /// An account, user, role or session, by its name.
    Aws(Box<str>),
    Service(Box<str>),
    Federated(Box<str>),
    Other(Box<str>),
}

impl Document {
    /// The policy that a value is: an object, or text that holds one, plain or URL-encoded.
    ///
    /// # Errors
    /// `invalid_input` when it is none.
    pub(crate) fn read(value: &Value) -> Result<Self> {
        match value {
            Value::String(text) => {
                let plain =
                    if text.trim_start().starts_with('{') { Cow::from(text) } else { unescaped(text) };
                let value: Value = serde_json::from_str(&plain).map_err(|error| {
                    Error::invalid("the policy is not JSON, plain or URL-encoded").because(error)
                })?;
                if value.is_string() { Err(not_a_policy()) } else { Self::read(&value) }
            }
            Value::Object(policy) => {
                let statements = match policy.get("Statement") {
                    Some(Value::Array(list)) => list.iter().map(statement).collect::<Result<_>>()?,
                    Some(one) => vec![statement(one)?],
                    None => return Err(not_a_policy()),
                };
                Ok(Self { statements })
            }
            _ => Err(not_a_policy()),
        }
    }

    /// Whether it allows everything, whatever it takes away again.
    pub(crate) fn allows_everything(&self) -> bool {
        self.statements.iter().any(Statement::allows_everything)
    }

    /// Whether some of it holds before or after a moment alone.
    pub(super) fn asks_for_the_time(&self) -> bool {
        self.statements.iter().flat_map(|one| &one.conditions).any(Condition::asks_for_the_time)
    }

    /// Whether it lets everybody in, as what blocks the public understands it: whatever that hangs on, unless it is on one of a few
    /// networks, accounts or resources (Amazon S3 User Guide, *The meaning of "public"*).
    pub(crate) fn is_public(&self) -> bool {
        let everybody =
            |one: &&Statement| one.allows && (one.all_but || one.principals.contains(&Principal::Everyone));
        self.statements.iter().filter(everybody).any(|one| !one.conditions.iter().any(Condition::names_few))
    }
}

impl Statement {
    /// Whether it allows everything, perhaps on a condition.
    pub(super) fn allows_everything(&self) -> bool {
        let actions = self.actions.is_all() || self.actions.patterns.iter().any(|glob| glob.text() == "*:*");
        self.allows && actions && self.resources.is_all()
    }
}

impl Named {
    /// Whether an action, in lower case, is named.
    pub(super) fn has(&self, name: &str) -> bool {
        self.patterns.iter().any(|pattern| pattern.matches(name, &mut 0)) != self.all_but
    }

    /// Whether everything is named.
    pub(super) fn is_all(&self) -> bool {
        if self.all_but { self.patterns.is_empty() } else { self.patterns.iter().any(Glob::is_all) }
    }
}

fn not_a_policy() -> Error {
    Error::invalid("there is no policy: it must be an object with `Statement`")
}

fn statement(value: &Value) -> Result<Statement> {
    let Value::Object(fields) = value else {
        return Err(Error::invalid("a statement of the policy is not an object"));
    };
    let effect = fields.get("Effect").and_then(Value::as_str).unwrap_or_default();
    let allows = word::is(Some(effect), &["allow"]);
    if !allows && !word::is(Some(effect), &["deny"]) {
        let message = format!("{} is not an effect: use `Allow` or `Deny`", quoted(effect));
        return Err(Error::invalid(message));
    }
    let (principals, all_but) = match (fields.get("Principal"), fields.get("NotPrincipal")) {
        (Some(principals), _) => (principals_of(principals)?, false),
        (None, Some(principals)) => (principals_of(principals)?, true),
        (None, None) => (Vec::new(), false),
    };
    Ok(Statement {
        allows,
        actions: named(fields, "Action", "NotAction", true)?,
        resources: named(fields, "Resource", "NotResource", false)?,
        principals,
        all_but,
        conditions: Condition::all(fields.get("Condition"))?,
    })
}

fn named(fields: &Map<String, Value>, name: &str, all_but: &str, lower: bool) -> Result<Named> {
    let globs = |value: &Value| {
        let texts = texts(value)?;
        let spelled = texts.iter().map(|text| if lower { text.to_ascii_lowercase() } else { text.clone() });
        spelled.map(|text| Glob::new(&text)).collect::<Result<Vec<_>>>()
    };
    match (fields.get(name), fields.get(all_but)) {
        (Some(value), _) => Ok(Named { patterns: globs(value)?, all_but: false }),
        (None, Some(value)) => Ok(Named { patterns: globs(value)?, all_but: true }),
        (None, None) => Ok(Named::default()),
    }
}

fn principals_of(value: &Value) -> Result<Vec<Principal>> {
    let everyone = |text: &str| text == "*";
    match value {
        Value::String(text) if everyone(text) => Ok(vec![Principal::Everyone]),
        Value::Object(kinds) => {
            let mut principals = Vec::new();
            for (kind, names) in kinds {
                for name in texts(names)? {
                    principals.push(match kind.as_str() {
                        "AWS" if everyone(&name) => Principal::Everyone,
                        "AWS" => Principal::Aws(name.into()),
                        "Service" => Principal::Service(name.to_ascii_lowercase().into()),
                        "Federated" => Principal::Federated(name.into()),
                        _ => Principal::Other(name.into()),
                    });
                }
            }
            Ok(principals)
        }
        _ => Err(Error::invalid("`Principal` is neither `*` nor an object")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_policy_reads_the_same_however_it_is_written() {
        let plain = json!({"Statement": [{"Effect": "Allow", "Action": ["S3:Get*"], "Resource": ["*"]}]});
        let short = json!({"Statement": {"Effect": "allow", "Action": "s3:get*", "Resource": "*"}});
        let encoded = json!(
            "%7B%22Statement%22%3A%20%5B%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3AGet*%22%2C%22Resource%22%3A%22*%22%7D%5D%7D"
        );
        let text = json!(plain.to_string());
        let policy = Document::read(&plain).unwrap();
        for other in [short, encoded, text] {
            assert_eq!(Document::read(&other).unwrap(), policy);
        }
        for wrong in
            [json!({}), json!("x"), json!(7), json!({"Statement": {"Effect": "Perhaps"}}), json!("\"x\"")]
        {
            assert_eq!(Document::read(&wrong).unwrap_err().code(), "invalid_input", "{wrong}");
        }
    }
}
