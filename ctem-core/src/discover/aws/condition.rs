//! Conditions of statements: whether they hold, where that follows from what is known, and otherwise what they would stop.
//!
//! What depends on where a request comes from, on a second factor or on a shared word is not in any document. It becomes a
//! control of unknown strength: a step goes on where that control fails.

use super::{glob::Glob, texts::texts};
use crate::{
    error::{Error, Result},
    time::Moment,
};
use serde_json::Value;
use std::{cell::Cell, cmp::Ordering, collections::BTreeMap};

/// One line of a condition: an operator, a key and the values it is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Condition {
    operator: Box<str>,
    any: bool,
    all: bool,
    if_exists: bool,
    /// In lower case.
    pub(super) key: Box<str>,
    pub(super) values: Vec<Box<str>>,
}

/// What is known of a request.
#[derive(Debug, Default)]
pub(super) struct Context<'a> {
    /// Keys whose value is known.
    pub(super) known: BTreeMap<&'a str, Known>,
    /// Keys of which it is known that the request has none.
    pub(super) absent: Vec<&'a str>,
    /// What all tags of a principal are known by, where they are.
    pub(super) tags: Option<&'a BTreeMap<Box<str>, Box<str>>>,
    /// Whether the caller is of an account of their own, in which they make names and tags as they are wanted.
    pub(super) own_account: bool,
    /// When the request is made.
    pub(super) when: When,
    /// How many characters were compared so far.
    pub(super) compared: Cell<u64>,
}

/// When a request is made, as far as that is known.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct When {
    /// No request is made before this: the newest moment of which the document tells.
    pub(crate) newest: Option<Moment>,
    /// It is made about now, where somebody says when that is.
    pub(crate) now: Option<Moment>,
}

/// A value of a key: one, or any that an attacker likes of several.
#[derive(Debug, Clone)]
pub(super) enum Known {
    Is(String),
    Any(Vec<String>),
}

/// Whether conditions hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Holds {
    Always,
    Never,
    /// Nobody knows; the words for what it hangs on.
    Perhaps(Vec<String>),
}

/// Whether a line holds: known or not.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Truth {
    Yes,
    No,
    Unknown,
}

impl Condition {
    /// The lines of a statement's condition.
    ///
    /// # Errors
    /// `invalid_input` when it is not an object of objects.
    pub(super) fn all(value: Option<&Value>) -> Result<Vec<Self>> {
        let wrong = || Error::invalid("`Condition` is not an object of operators with keys and values");
        let operators = match value {
            None | Some(Value::Null) => return Ok(Vec::new()),
            Some(Value::Object(operators)) => operators,
            Some(_) => return Err(wrong()),
        };
        let mut conditions = Vec::new();
        for (operator, keys) in operators {
            let operator = operator.to_ascii_lowercase();
            let (any, rest) = match operator.strip_prefix("foranyvalue:") {
                Some(rest) => (true, rest),
                None => (false, operator.as_str()),
            };
            let (all, rest) = match rest.strip_prefix("forallvalues:") {
                Some(rest) => (true, rest),
                None => (false, rest),
            };
            let (if_exists, name) = match rest.strip_suffix("ifexists") {
                Some(name) => (true, name),
                None => (false, rest),
            };
            for (key, values) in keys.as_object().ok_or_else(wrong)? {
                let values = texts(values)?.into_iter().map(Box::from).collect();
                let key = key.to_ascii_lowercase().into();
                conditions.push(Self { operator: name.into(), any, all, if_exists, key, values });
            }
        }
        Ok(conditions)
    }

    /// Whether all lines hold. `allows` says for whom an attacker would choose what they may choose.
    pub(super) fn hold(conditions: &[Self], context: &Context<'_>, allows: bool) -> Holds {
        let mut perhaps = Vec::new();
        for condition in conditions {
            match condition.holds(context, allows) {
                Truth::Yes => {}
                Truth::No => return Holds::Never,
                Truth::Unknown => perhaps.push(condition.words()),
            }
        }
        perhaps.sort_unstable();
        perhaps.dedup();
        if perhaps.is_empty() { Holds::Always } else { Holds::Perhaps(perhaps) }
    }

    /// The values of which it wants one; none where it wants something else.
    pub(super) fn wanted(&self) -> &[Box<str>] {
        match &*self.operator {
            "stringequals"
            | "stringequalsignorecase"
            | "stringlike"
            | "arnequals"
            | "arnlike"
            | "ipaddress" => &self.values,
            _ => &[],
        }
    }

    /// Whether it holds before or after a moment alone.
    pub(super) fn asks_for_the_time(&self) -> bool {
        matches!(&*self.key, "aws:currenttime" | "aws:epochtime")
    }

    /// Whether a star in a value stands for nothing but a star.
    pub(super) fn is_literal(&self) -> bool {
        matches!(&*self.operator, "stringequals" | "stringequalsignorecase")
    }

    /// Whether it lets in one of a few networks, accounts, organisations or resources alone.
    pub(super) fn names_few(&self) -> bool {
        const FEW: [&str; 12] = [
            "aws:principalaccount",
            "aws:principalorgid",
            "aws:sourceaccount",
            "aws:sourcearn",
            "aws:sourceip",
            "aws:sourceowner",
            "aws:sourcevpc",
            "aws:sourcevpce",
            "aws:userid",
            "s3:dataaccesspointaccount",
            "s3:dataaccesspointarn",
            "s3:x-amz-server-side-encryption-aws-kms-key-id",
        ];
        let few = |value: &str| !value.contains(['*', '?', '$']) && !value.ends_with("/0");
        let wanted = self.wanted();
        FEW.contains(&&*self.key)
            && !self.if_exists
            && !wanted.is_empty()
            && wanted.iter().all(|value| few(value))
    }

    /// What it hangs on, for people; the same for all conditions that hang on the same.
    fn words(&self) -> String {
        if self.key.ends_with("multifactorauthpresent") || self.key.ends_with("multifactorauthage") {
            return "a second factor".to_owned();
        }
        if &*self.key == "sts:externalid" {
            return "an external id".to_owned();
        }
        let values: Vec<&str> = self.values.iter().map(|value| &**value).take(4).collect();
        let more = if self.values.len() > 4 { " …" } else { "" };
        format!("{} {} {}{more}", self.key, self.operator, values.join(" or "))
    }

    fn holds(&self, context: &Context<'_>, allows: bool) -> Truth {
        let key = &*self.key;
        if key == "aws:currenttime" || key == "aws:tokenissuetime" || key == "aws:epochtime" {
            return self.in_time(context.when);
        }
        let tag = key.strip_prefix("aws:principaltag/");
        let tagged = tag.zip(context.tags).map(|(tag, tags)| {
            let known = tags.iter().find(|(name, _)| name.eq_ignore_ascii_case(tag));
            known.map(|(_, value)| Known::Is(value.to_string()))
        });
        let value = match tagged {
            Some(value) => Some(value),
            None if context.absent.contains(&key) => Some(None),
            None => context.known.get(key).cloned().map(Some),
        };
        let Some(value) = value else {
            // An attacker asks for the region, and gives what they make the name and tags that are wanted.
            let chosen = ["aws:requestedregion", "aws:tagkeys", "sts:rolesessionname", "iam:awsservicename"];
            let made = ["aws:username", "aws:userid", "aws:principaltype"];
            let made = context.own_account && (made.contains(&key) || tag.is_some());
            if chosen.contains(&key) || key.starts_with("aws:requesttag/") || self.all || made {
                return if allows { Truth::Yes } else { Truth::No };
            }
            return Truth::Unknown;
        };
        if &*self.operator == "null" {
            let wants_none = self.values.iter().any(|value| value.eq_ignore_ascii_case("true"));
            return truth(value.is_none() == wants_none);
        }
        let Some(value) = value else {
            // What is not there equals nothing, and so differs from everything.
            let negative = self.operator.contains("not");
            return truth(self.if_exists || self.all || (negative && !self.any));
        };
        match value {
            Known::Is(value) => self.compare(&value, context),
            Known::Any(values) => {
                let each = || values.iter().map(|value| self.compare(value, context));
                // An attacker takes what lets them through.
                let wanted = if allows { Truth::Yes } else { Truth::No };
                each().find(|truth| *truth == wanted).or_else(|| each().next()).unwrap_or(Truth::Unknown)
            }
        }
    }

    fn compare(&self, value: &str, context: &Context<'_>) -> Truth {
        let filled = |text: &str| filled(text, context);
        let count = |compared: u64| context.compared.set(context.compared.get().saturating_add(compared));
        let any = |equal: &dyn Fn(&str, &str) -> bool| {
            let mut unknown = false;
            for wanted in &self.values {
                count(wanted.len() as u64 + 1);
                match filled(wanted) {
                    Some(wanted) if equal(&wanted, value) => return Truth::Yes,
                    Some(_) => {}
                    None => unknown = true,
                }
            }
            if unknown { Truth::Unknown } else { Truth::No }
        };
        let like = |pattern: &str, value: &str| {
            let mut compared = 0;
            let matches = Glob::new(pattern).is_ok_and(|glob| glob.matches(value, &mut compared));
            count(compared);
            matches
        };
        let not = |truth| match truth {
            Truth::Yes => Truth::No,
            Truth::No => Truth::Yes,
            Truth::Unknown => Truth::Unknown,
        };
        match &*self.operator {
            "stringequals" => any(&|wanted, value| wanted == value),
            "stringnotequals" => not(any(&|wanted, value| wanted == value)),
            "stringequalsignorecase" | "bool" => any(&|wanted, value| wanted.eq_ignore_ascii_case(value)),
            "stringnotequalsignorecase" => not(any(&|wanted, value| wanted.eq_ignore_ascii_case(value))),
            "stringlike" | "arnlike" | "arnequals" => any(&like),
            "stringnotlike" | "arnnotlike" | "arnnotequals" => not(any(&like)),
            _ => Truth::Unknown,
        }
    }

    /// Conditions on the time: a request is made now, where that is known, and else after all that the document tells of.
    fn in_time(&self, when: When) -> Truth {
        let Some(limit) = self.values.first().and_then(|value| moment(value)) else { return Truth::Unknown };
        let at = match (when.now, when.newest) {
            // What the document tells of has happened.
            (Some(now), newest) => newest.map_or(now, |newest| newest.max(now)).cmp(&limit),
            (None, Some(newest)) if newest >= limit => Ordering::Greater,
            (None, _) => return Truth::Unknown,
        };
        match &*self.operator {
            "datelessthan" | "numericlessthan" => truth(at.is_lt()),
            "datelessthanequals" | "numericlessthanequals" => truth(at.is_le()),
            "dategreaterthan" | "numericgreaterthan" => truth(at.is_gt()),
            "dategreaterthanequals" | "numericgreaterthanequals" => truth(at.is_ge()),
            // No second is hit on the spot.
            "dateequals" | "numericequals" => Truth::No,
            "datenotequals" | "numericnotequals" => Truth::Yes,
            _ => Truth::Unknown,
        }
    }
}

fn truth(holds: bool) -> Truth {
    if holds { Truth::Yes } else { Truth::No }
}

fn moment(text: &str) -> Option<Moment> {
    match text.parse::<i64>() {
        Ok(seconds) => Moment::from_unix_seconds(seconds).ok(),
        Err(_) => text.parse().ok(),
    }
}

/// A text with its variables filled in; none when one of them is not known.
pub(super) fn filled(text: &str, context: &Context<'_>) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, left) = after.split_once('}')?;
        out.push_str(before);
        let (name, default) = match name.split_once(',') {
            Some((name, default)) => (name.trim(), Some(default.trim().trim_matches('\''))),
            None => (name, None),
        };
        let known = context.known.get(name.to_ascii_lowercase().as_str());
        match (name, known, default) {
            ("*" | "?" | "$", ..) => out.push_str(name),
            (_, Some(Known::Is(value)), _) => out.push_str(value),
            (_, _, Some(default)) => out.push_str(default),
            _ => return None,
        }
        rest = left;
    }
    out.push_str(rest);
    Some(out)
}

/// A pattern whose variables may be anything.
pub(super) fn with_any(pattern: &str) -> String {
    let mut out = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        out.push('*');
        rest = after.split_once('}').map_or("", |(_, left)| left);
    }
    out.push_str(rest);
    out
}
