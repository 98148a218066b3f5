//! The table of what rights on stores, secrets, functions and machines give.

use super::inventory::ResourceSort;
use crate::model::{Access, RelationKind};

/// What rights on a resource give.
pub(super) struct Store {
    pub(super) sort: ResourceSort,
    /// The first on the resource, the others on anything.
    pub(super) actions: &'static [&'static str],
    pub(super) gives: Access,
    pub(super) kind: RelationKind,
    pub(super) chance: f64,
    pub(super) technique: &'static str,
    /// Whether one must reach it, too.
    pub(super) reached: bool,
    /// Whether an agent on it does what is asked.
    pub(super) by_agent: bool,
}

const fn store(
    sort: ResourceSort,
    actions: &'static [&'static str],
    gives: Access,
    kind: RelationKind,
    technique: &'static str,
) -> Store {
    Store { sort, actions, gives, kind, chance: 1.0, technique, reached: false, by_agent: false }
}

/// Over an agent that perhaps runs.
const fn by_agent(action: &'static [&'static str]) -> Store {
    Store {
        sort: ResourceSort::Instance,
        actions: action,
        gives: Access::Control,
        kind: RelationKind::Operates,
        chance: 0.5,
        technique: "T1651",
        reached: false,
        by_agent: true,
    }
}

/// The table.
pub(super) static STORES: [Store; 26] = {
    use Access::{Control, Down, Reach, Read, Write};
    use RelationKind::{Administers, Operates, Reaches, Reads, Writes};
    use ResourceSort::{Bucket, Database, Function, Instance, Parameter, Secret, Table};
    [
        store(Bucket, &["s3:GetObject"], Read, Reads, "T1530"),
        store(Bucket, &["s3:PutObject"], Write, Writes, "T1565.001"),
        store(Bucket, &["s3:DeleteObject"], Write, Writes, "T1485"),
        store(Bucket, &["s3:PutBucketPolicy"], Control, Administers, "T1098"),
        store(Table, &["dynamodb:GetItem"], Read, Reads, "T1530"),
        store(Table, &["dynamodb:Query"], Read, Reads, "T1530"),
        store(Table, &["dynamodb:Scan"], Read, Reads, "T1530"),
        store(Table, &["dynamodb:BatchGetItem"], Read, Reads, "T1530"),
        store(Table, &["dynamodb:PutItem"], Write, Writes, "T1565.001"),
        store(Table, &["dynamodb:UpdateItem"], Write, Writes, "T1565.001"),
        store(Table, &["dynamodb:DeleteItem"], Write, Writes, "T1485"),
        store(Table, &["dynamodb:DeleteTable"], Down, Writes, "T1485"),
        store(Secret, &["secretsmanager:GetSecretValue"], Read, Reads, "T1555.006"),
        store(Secret, &["secretsmanager:PutSecretValue"], Write, Writes, "T1565.001"),
        store(Parameter, &["ssm:GetParameter"], Read, Reads, "T1552"),
        store(Parameter, &["ssm:GetParameters"], Read, Reads, "T1552"),
        Store {
            sort: Database,
            actions: &["rds:ModifyDBInstance"],
            gives: Control,
            kind: Administers,
            chance: 1.0,
            technique: "T1098",
            // A password is of use to those who reach the database.
            reached: true,
            by_agent: false,
        },
        store(
            Database,
            &["rds:CreateDBSnapshot", "rds:RestoreDBInstanceFromDBSnapshot", "rds:ModifyDBInstance"],
            Read,
            Reads,
            "T1578.001",
        ),
        store(Database, &["rds:DeleteDBInstance"], Down, Writes, "T1485"),
        store(Function, &["lambda:UpdateFunctionCode"], Control, Operates, "T1648"),
        store(Function, &["lambda:GetFunction"], Read, Reads, "T1552.001"),
        store(Function, &["lambda:InvokeFunction"], Reach, Reaches, "T1648"),
        by_agent(&["ssm:SendCommand"]),
        by_agent(&["ssm:StartSession"]),
        store(
            Instance,
            &["ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"],
            Control,
            Operates,
            "T1578.002",
        ),
        store(Instance, &["ec2:TerminateInstances"], Down, Writes, "T1485"),
    ]
};
