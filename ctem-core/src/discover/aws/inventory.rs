//! What is known of accounts, whichever document told it: who there is, what they are allowed, and what there is to be had.

use super::{
    arn::{self, Arn},
    condition::When,
    known_policies,
    organization::Organization,
    policy::Document,
};
use crate::time::Moment;
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// All that is known.
#[derive(Debug, Default)]
pub(crate) struct Inventory {
    pub(crate) principals: Vec<Principal>,
    /// Managed policies by their name; none where the text of one could not be read.
    pub(crate) managed: BTreeMap<Box<str>, Rc<Document>>,
    pub(crate) resources: Vec<Resource>,
    /// What blocks the public from all buckets of an account.
    pub(crate) blocks: BTreeMap<Box<str>, serde_json::Value>,
    /// Managed policies of which an older version allows everything.
    pub(crate) stronger_before: BTreeSet<Box<str>>,
    /// The roles of profiles, where the profiles tell of them.
    pub(crate) profiles: BTreeMap<Box<str>, Box<str>>,
    /// The organisation that the accounts are in.
    pub(crate) organization: Organization,
    /// The newest moment of which the document tells, since it was written afterwards; and the moment it is read as of.
    pub(crate) when: When,
}

/// A user, a group or a role.
#[derive(Debug, Clone)]
pub(crate) struct Principal {
    pub(crate) sort: Sort,
    pub(crate) arn: Box<str>,
    pub(crate) account: Box<str>,
    pub(crate) name: Box<str>,
    /// The policies of its own.
    pub(crate) inline: Vec<Rc<Document>>,
    /// The managed policies attached to it, by name.
    pub(crate) attached: Vec<Box<str>>,
    /// The groups of a user, by name.
    pub(crate) groups: Vec<Box<str>>,
    /// The managed policy that bounds its rights, by name.
    pub(crate) boundary: Option<Box<str>>,
    /// Whom a role trusts.
    pub(crate) trust: Option<Document>,
    /// The profiles by which instances are given the role; a name may be empty where it is not told.
    pub(crate) profiles: Vec<Box<str>>,
    pub(crate) tags: BTreeMap<Box<str>, Box<str>>,
    /// Where in the document it stands.
    pub(crate) place: Box<str>,
}

/// What sort of principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Sort {
    User,
    Group,
    Role,
}

/// What sort of resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum ResourceSort {
    Bucket,
    Table,
    Secret,
    Parameter,
    Database,
    Function,
    Instance,
}

/// Something that rights are about.
#[derive(Debug, Clone)]
pub(crate) struct Resource {
    pub(crate) sort: ResourceSort,
    pub(crate) arn: Box<str>,
    pub(crate) account: Box<str>,
    /// Whether it is only named in a policy, and told of nowhere.
    pub(crate) named: bool,
    /// The policy of its own.
    pub(crate) policy: Option<Rc<Document>>,
    /// The profile or role that it acts as.
    pub(crate) acts_as: Option<Box<str>>,
}

impl Principal {
    /// A principal of which only the name is known.
    pub(crate) fn new(sort: Sort, arn: &str) -> Self {
        let parts = Arn::of(arn);
        Self {
            sort,
            arn: arn.into(),
            account: parts.map_or("", |arn| arn.account).into(),
            name: parts.map_or(arn, |arn| arn.name()).into(),
            inline: Vec::new(),
            attached: Vec::new(),
            groups: Vec::new(),
            boundary: None,
            trust: None,
            profiles: Vec::new(),
            tags: BTreeMap::new(),
            place: Box::default(),
        }
    }
}

impl ResourceSort {
    /// All sorts.
    pub(super) const ALL: [Self; 7] = [
        Self::Bucket,
        Self::Table,
        Self::Secret,
        Self::Parameter,
        Self::Database,
        Self::Function,
        Self::Instance,
    ];

    /// The word of its service in names.
    pub(super) const fn service(self) -> &'static str {
        match self {
            Self::Bucket => "s3",
            Self::Table => "dynamodb",
            Self::Secret => "secretsmanager",
            Self::Parameter => "ssm",
            Self::Database => "rds",
            Self::Function => "lambda",
            Self::Instance => "ec2",
        }
    }

    /// What all of them are called.
    pub(super) const fn all(self) -> &'static str {
        match self {
            Self::Bucket => "every S3 bucket",
            Self::Table => "every DynamoDB table",
            Self::Secret => "every secret of Secrets Manager",
            Self::Parameter => "every SSM parameter",
            Self::Database => "every RDS database",
            Self::Function => "every Lambda function",
            Self::Instance => "every EC2 instance",
        }
    }

    /// The sort of resource that a name, or a pattern over names, is one of.
    pub(super) fn of(arn: Arn<'_>) -> Option<Self> {
        match (arn.service, arn.resource) {
            ("s3", _) => Some(Self::Bucket),
            ("dynamodb", resource) if resource.starts_with("table/") => Some(Self::Table),
            ("secretsmanager", resource) if resource.starts_with("secret:") => Some(Self::Secret),
            ("ssm", resource) if resource.starts_with("parameter/") => Some(Self::Parameter),
            ("rds", resource) if resource.starts_with("db:") || resource.starts_with("cluster:") => {
                Some(Self::Database)
            }
            ("lambda", resource) if resource.starts_with("function:") => Some(Self::Function),
            ("ec2", resource) if resource.starts_with("instance/") => Some(Self::Instance),
            _ => None,
        }
    }

    /// A name that no resource has, and only patterns over all of them stand for.
    pub(super) fn any_name(self, partition: &str, account: &str) -> String {
        let any = '\u{1}';
        let resource = match self {
            Self::Bucket => return format!("arn:{partition}:s3:::{any}"),
            Self::Table => "table/",
            Self::Secret => "secret:",
            Self::Parameter => "parameter/",
            Self::Database => "db:",
            Self::Function => "function:",
            Self::Instance => "instance/",
        };
        format!("arn:{partition}:{}:{any}:{account}:{resource}{any}", self.service())
    }
}

impl Inventory {
    /// The part of the cloud that the accounts are in: `aws`, or that of a government or country.
    pub(super) fn partition(&self) -> &str {
        let named = self.principals.iter().find_map(|one| Arn::of(&one.arn));
        named.map_or("aws", |arn| arn.partition)
    }

    /// Takes a moment that a document tells of: it was written afterwards.
    pub(crate) fn see(&mut self, moment: Option<Moment>) {
        self.when.newest = self.when.newest.max(moment);
    }

    /// What the policies say that Amazon keeps for everybody, where the document only names them, and what a person should know of
    /// that and of when rights are looked at.
    pub(super) fn take_known(&mut self) -> Vec<String> {
        let named = self.principals.iter().flat_map(|one| one.attached.iter().chain(&one.boundary));
        let missing: BTreeSet<Box<str>> =
            named.filter(|name| !self.managed.contains_key(*name)).cloned().collect();
        let known = missing.into_iter().filter_map(|name| Some((known_policies::known(&name)?, name)));
        let known: Vec<(Rc<Document>, Box<str>)> = known.collect();
        let mut notes = Vec::new();
        if !known.is_empty() {
            let names: Vec<&str> =
                known.iter().map(|(_, name)| name.rsplit('/').next().unwrap_or(name)).collect();
            notes.push(format!(
                "the text of {} is not there: what Amazon published of it in 2026 counts",
                names.join(", ")
            ));
        }
        self.managed.extend(known.into_iter().map(|(document, name)| (name, document)));
        if self.documents().any(|document| document.asks_for_the_time()) {
            notes.push(match (self.when.now.max(self.when.newest), self.when.newest) {
                (Some(now), newest) if newest != Some(now) => {
                    format!("rights that begin or end at a moment are taken as they are at {now}, the moment it is read as of")
                }
                (_, Some(newest)) => format!(
                    "rights that begin or end at a moment are taken as they were at {newest}, the newest moment that is told of"
                ),
                (_, None) => "rights begin or end at a moment, and nothing tells when this was written: whether they hold counts as not \
                         known unless it is read as of a moment (`as_of`)"
                    .to_owned(),
            });
        }
        notes
    }

    /// All policies that there are.
    fn documents(&self) -> impl Iterator<Item = &Document> {
        let own =
            self.principals.iter().flat_map(|one| one.inline.iter().map(|one| &**one).chain(&one.trust));
        let of_resources = self.resources.iter().filter_map(|one| one.policy.as_deref());
        let organization = self.organization.documents().map(|one| &**one);
        own.chain(self.managed.values().map(|one| &**one)).chain(of_resources).chain(organization)
    }

    /// The resources that policies name one by one: an account has them, though the document tells nothing else of them.
    pub(super) fn take_named(&mut self) {
        let mut found = BTreeMap::new();
        for principal in &self.principals {
            let attached = principal.attached.iter().filter_map(|name| self.managed.get(name));
            for document in principal.inline.iter().chain(attached) {
                let patterns = document.statements.iter().flat_map(|one| &one.resources.patterns);
                for pattern in patterns {
                    if let Some((sort, arn)) = named(pattern.text()) {
                        found.entry(arn).or_insert((sort, principal.account.clone()));
                    }
                }
            }
        }
        let known: BTreeSet<Box<str>> = self.resources.iter().map(|one| one.arn.clone()).collect();
        for (arn, (sort, account)) in found.into_iter().filter(|(arn, _)| !known.contains(&**arn)) {
            let stated = Arn::of(&arn).map(|arn| arn.account).filter(|account| arn::is_account(account));
            let account = stated.map_or(account, Box::from);
            self.resources.push(Resource {
                sort,
                arn: arn.into(),
                account,
                named: true,
                policy: None,
                acts_as: None,
            });
        }
    }
}

/// The one resource that a pattern is about, without what is in it.
fn named(pattern: &str) -> Option<(ResourceSort, String)> {
    let parts = Arn::of(pattern)?;
    let sort = ResourceSort::of(parts)?;
    let arn = match sort {
        ResourceSort::Bucket => {
            let bucket = parts.resource.split('/').next()?;
            format!("arn:{}:s3:::{bucket}", parts.partition)
        }
        ResourceSort::Table => {
            let table = parts.resource.split('/').nth(1)?;
            let Arn { partition, region, account, .. } = parts;
            format!("arn:{partition}:dynamodb:{region}:{account}:table/{table}")
        }
        ResourceSort::Secret
        | ResourceSort::Parameter
        | ResourceSort::Database
        | ResourceSort::Function
        | ResourceSort::Instance => pattern.to_owned(),
    };
    let name = arn.rsplit([':', '/']).next().unwrap_or_default();
    (!name.is_empty() && !arn.contains(['*', '?', '$'])).then_some((sort, arn))
}
