//! Policies that Amazon keeps for everybody: a listing names them, and often leaves out what they say.
//!
//! What the best known of them allow is a table, `managed.tsv`, cut down to the rights that are looked at here.

use super::policy::Document;
use crate::error::Result;
use serde_json::{Value, json};
use std::rc::Rc;

const TABLE: &str = include_str!("managed.tsv");

/// What a policy of Amazon's says, by its name, which is one of theirs and not of an account's own.
pub(super) fn known(arn: &str) -> Option<Rc<Document>> {
    let (_, name) = arn.split_once(":iam::aws:policy/")?;
    let name = name.rsplit('/').next()?;
    let statements: Vec<Value> =
        lines().filter(|line| line.name == name).map(|line| line.statement()).collect();
    if statements.is_empty() {
        return None;
    }
    read(statements).ok()
}

struct Line {
    name: &'static str,
    effect: &'static str,
    actions: &'static str,
    resources: &'static str,
    passed_to: &'static str,
}

impl Line {
    fn statement(&self) -> Value {
        let words = |text: &'static str| text.split(' ').collect::<Vec<_>>();
        let effect = if self.effect == "deny" { "Deny" } else { "Allow" };
        let all_but: Vec<&str> = words(self.actions).iter().filter_map(|one| one.strip_prefix('!')).collect();
        let mut statement = json!({"Effect": effect, "Resource": words(self.resources)});
        let Some(fields) = statement.as_object_mut() else { return statement };
        if all_but.is_empty() {
            fields.insert("Action".into(), json!(words(self.actions)));
        } else {
            fields.insert("NotAction".into(), json!(all_but));
        }
        if self.passed_to != "*" {
            let services = words(self.passed_to);
            fields.insert("Condition".into(), json!({"StringEquals": {"iam:PassedToService": services}}));
        }
        statement
    }
}

fn lines() -> impl Iterator<Item = Line> {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut columns = line.split('\t');
        let [name, effect, actions, resources, passed_to] = std::array::from_fn(|_| columns.next());
        Some(Line {
            name: name?,
            effect: effect?,
            actions: actions?,
            resources: resources?,
            passed_to: passed_to?,
        })
    })
}

fn read(statements: Vec<Value>) -> Result<Rc<Document>> {
    let policy = json!({"Statement": statements});
    Document::read(&policy).map(Rc::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_policy() {
        let names: Vec<&str> = TABLE.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(lines().count(), names.len());
        for line in lines() {
            assert!(["allow", "deny"].contains(&line.effect), "{}", line.name);
            read(vec![line.statement()]).unwrap();
        }
    }

    #[test]
    fn only_what_is_amazons_own_is_known_by_its_name() {
        assert!(known("arn:aws:iam::aws:policy/AdministratorAccess").unwrap().allows_everything());
        assert!(known("arn:aws-cn:iam::aws:policy/job-function/SystemAdministrator").is_some());
        assert!(known("arn:aws:iam::111122223333:policy/AdministratorAccess").is_none());
        assert!(known("arn:aws:iam::aws:policy/SomethingNew").is_none());
    }
}
