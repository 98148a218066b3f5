//! What an organisation takes away from its accounts: level by level, from resources, and where documents leave something open.

use super::{ACCOUNT, account, allow, arn, chance, document, published, raised};
use ctem_core::{Report, discover, model::Access};
use serde_json::{Value, json};

const MANAGEMENT: &str = "900000000009";

fn named(what: &str) -> String {
    format!("arn:aws:organizations::{MANAGEMENT}:{what}")
}

fn policy(id: &str, content: &Value) -> (String, Value) {
    let summary = json!({"Id": id, "Arn": named(&format!("policy/o-example123/service_control_policy/{id}")), "Name": id,
        "Type": "SERVICE_CONTROL_POLICY", "AwsManaged": false});
    let answer = json!({"Policy": {"PolicySummary": summary, "Content": content.to_string()}});
    (format!("org/describe-policy-{id}.json"), answer)
}

fn targets(id: &str, of: &[&str]) -> (String, Value) {
    let target = |id: &&str| {
        let kind = if id.starts_with("r-") {
            "ROOT"
        } else if id.starts_with("ou-") {
            "ORGANIZATIONAL_UNIT"
        } else {
            "ACCOUNT"
        };
        json!({"TargetId": id, "Arn": named(&format!("account/o-example123/{id}")), "Name": id, "Type": kind})
    };
    (format!("org/targets-{id}.json"), json!({"Targets": of.iter().map(target).collect::<Vec<_>>()}))
}

fn parent(child: &str, parent: &str) -> (String, Value) {
    let kind = if parent.starts_with("r-") { "ROOT" } else { "ORGANIZATIONAL_UNIT" };
    (format!("org/parents-{child}.json"), json!({"Parents": [{"Id": parent, "Type": kind}]}))
}

fn together(rights: &Value, organization: &[(String, Value)]) -> Report {
    let own = [("rights.json".to_owned(), rights.clone())];
    let files: Vec<(String, Vec<u8>)> = own
        .iter()
        .chain(organization)
        .map(|(name, value)| (name.clone(), value.to_string().into_bytes()))
        .collect();
    let files = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
    let mut collection = discover::read_collection(files, &discover::ReadOptions::default()).unwrap();
    assert_eq!(collection.reports.len(), 1);
    let report = collection.reports.remove(0);
    assert_eq!((&*report.source.format, report.tally.rejected), ("aws_iam", 0), "{:?}", report.notes);
    report
}

fn deny(actions: &[&str]) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": actions, "Resource": "*"}]})
}

#[test]
fn what_an_organisation_denies_nobody_in_the_account_does() {
    let root =
        [policy("p-FullAWSAccess", &allow(&json!("*"))), targets("p-FullAWSAccess", &["r-ab12", ACCOUNT])];
    for (id, who, actions, target) in published() {
        let start = arn(&format!("{who}/start"));
        let rights = document(who, &allow(&json!(actions)), target);
        assert!(raised(&together(&rights, &root), &start) > 0.0, "{id} where all is allowed");
        let limits =
            [root.as_slice(), &[policy("p-limit0000", &deny(&actions)), targets("p-limit0000", &[ACCOUNT])]];
        assert_eq!(raised(&together(&rights, &limits.concat()), &start), 0.0, "{id} where it is denied");
    }
}

#[test]
fn each_level_above_an_account_has_to_allow() {
    let rights = document("user", &allow(&json!("iam:PutUserPolicy")), "self");
    let start = arn("user/start");
    let unit = "ou-ab12-11112222";
    let chance = |limits: &[(String, Value)]| raised(&together(&rights, limits), &start);
    let placed = [parent(ACCOUNT, unit), parent(unit, "r-ab12")];
    let only = |actions: &str, of: &[&str]| {
        [policy("p-only00000", &allow(&json!(actions))), targets("p-only00000", of)]
    };
    for level in [ACCOUNT, unit, "r-ab12"] {
        assert_eq!(chance(&[&placed[..], &only("s3:*", &[level])].concat()), 0.0, "{level}");
        assert_eq!(chance(&[&placed[..], &only("iam:*", &[level])].concat()), 1.0, "{level}");
    }
    // Of two policies of one level it is enough that one allows, and each level stands for itself.
    let more = [policy("p-more00000", &allow(&json!("iam:*"))), targets("p-more00000", &[unit])];
    assert_eq!(chance(&[&placed[..], &only("s3:*", &[unit]), &more].concat()), 1.0);
    assert_eq!(chance(&[&placed[..], &only("s3:*", &["r-ab12"]), &more].concat()), 0.0);
    // Of other units, of other accounts, and of tags.
    assert_eq!(chance(&[&placed[..], &only("s3:*", &["ou-ab12-33334444", "900000000002"])].concat()), 1.0);
    let mut tags = policy("p-tags00000", &json!({"tags": {}}));
    tags.1["Policy"]["PolicySummary"]["Type"] = json!("TAG_POLICY");
    assert_eq!(chance(&[tags]), 1.0);
    // A tree, as people write it.
    let tree = json!({"Roots": [{"Id": "r-ab12", "Arn": named("root/o-example123/r-ab12"), "OrganizationalUnits": [
        {"Id": unit, "Name": "shops", "Accounts": [{"Id": ACCOUNT, "Name": "shop"}],
            "Policies": [{"Id": "p-none00000", "Name": "none", "Content": deny(&["iam:*"])}]}]}]});
    assert_eq!(chance(&[("tree.json".to_owned(), tree)]), 0.0);
}

#[test]
fn what_documents_leave_open_is_uncertain_and_said() {
    let rights = document("user", &allow(&json!("iam:PutUserPolicy")), "self");
    let start = arn("user/start");
    let none = policy("p-none00000", &deny(&["iam:*"]));
    // Nobody says whom it is attached to.
    let report = together(&rights, std::slice::from_ref(&none));
    assert_eq!(raised(&report, &start), 0.5);
    assert!(
        report.notes.iter().any(|note| note.reason.contains("list-targets-for-policy")),
        "{:?}",
        report.notes
    );
    // It is attached to a unit, and nobody says in which the account is.
    let report = together(&rights, &[none, targets("p-none00000", &["ou-ab12-11112222"])]);
    assert_eq!(raised(&report, &start), 0.5);
    // It is attached, and its text is not there.
    let report = together(&rights, &[targets("p-none00000", &[ACCOUNT])]);
    assert_eq!(raised(&report, &start), 1.0);
    assert!(report.notes.iter().any(|note| note.reason.contains("describe-policy")), "{:?}", report.notes);
    // A target of which nobody says whose it is.
    let (_, lost) = targets("x", &[ACCOUNT]);
    let files = [("targets.json", lost.to_string())];
    let files = files.iter().map(|(name, text)| (*name, text.as_bytes()));
    let collection = discover::read_collection(files, &discover::ReadOptions::default()).unwrap();
    assert!(
        collection.reports[0].notes[0].reason.contains("p-1234abcd"),
        "{:?}",
        collection.reports[0].notes
    );
}

#[test]
fn the_account_that_manages_and_the_roles_of_services_are_not_bound() {
    let limits = [policy("p-none00000", &deny(&["*"])), targets("p-none00000", &["r-ab12"])];
    let text = document("user", &allow(&json!("iam:PutUserPolicy")), "self").to_string();
    let start = arn("user/start");
    let rights: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(raised(&together(&rights, &limits), &start), 0.0);
    let managing: Value = serde_json::from_str(&text.replace(ACCOUNT, MANAGEMENT)).unwrap();
    let report = together(&managing, &limits);
    let [start, root] = [start, account()].map(|name| name.replace(ACCOUNT, MANAGEMENT));
    assert_eq!(chance(&report, (&start, Access::Use), (&root, Access::Control)), 1.0);
    let reads = json!({"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::example-orders/*"}});
    let text = document("role", &reads, "self").to_string();
    for (role, holds) in [("role/start", 0.0), ("role/aws-service-role/x.amazonaws.com/start", 1.0)] {
        let rights: Value = serde_json::from_str(&text.replace("role/start", role)).unwrap();
        let report = together(&rights, &limits);
        let bucket = ("arn:aws:s3:::example-orders", Access::Read);
        assert_eq!(chance(&report, (&arn(role), Access::Use), bucket), holds, "{role}");
    }
}

#[test]
fn who_rules_an_account_has_not_what_the_organisation_withholds_from_all() {
    let mut rights = document("user", &allow(&json!("*")), "self");
    let names = json!({"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::example-orders/*"}});
    rights["UserDetailList"][0]["UserPolicyList"] = json!([{"PolicyName": "own", "PolicyDocument": names}]);
    let (start, bucket) = (arn("user/start"), "arn:aws:s3:::example-orders");
    let reads = |report: &Report| chance(report, (&start, Access::Use), (bucket, Access::Read));
    let limits = |content: &Value| [policy("p-limit0000", content), targets("p-limit0000", &["r-ab12"])];
    let free = together(&rights, &limits(&deny(&["organizations:LeaveOrganization"])));
    assert_eq!((raised(&free, &start), reads(&free)), (1.0, 1.0));
    let bound = together(&rights, &limits(&deny(&["s3:*"])));
    assert_eq!((raised(&bound, &start), reads(&bound)), (1.0, 0.0), "{:?}", bound.contents.relations);
    assert!(bound.notes.iter().any(|note| note.reason.contains("every S3 bucket")), "{:?}", bound.notes);
    // Whom it does not deny is let.
    let mut but = deny(&["s3:*"]);
    but["Statement"][0]["Condition"] = json!({"ArnNotLike": {"aws:PrincipalArn": arn("user/*")}});
    assert_eq!(reads(&together(&rights, &limits(&but))), 1.0);
    // The organisation itself is known.
    but["Statement"][0]["Condition"] = json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-example123"}});
    let known = [limits(&but).to_vec(), vec![parent(ACCOUNT, "r-ab12")]].concat();
    assert_eq!(reads(&together(&rights, &known)), 1.0);
}

#[test]
fn what_an_account_has_is_withheld_by_policies_of_resources() {
    let statements = json!({"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::example-orders/*"}]});
    let rights = document("user", &statements, "self");
    let (start, bucket) = (arn("user/start"), "arn:aws:s3:::example-orders");
    let reads = |content: &Value| {
        let (name, mut answer) = policy("p-limit0000", content);
        answer["Policy"]["PolicySummary"]["Type"] = json!("RESOURCE_CONTROL_POLICY");
        let report = together(&rights, &[(name, answer), targets("p-limit0000", &["r-ab12"])]);
        chance(&report, (&start, Access::Use), (bucket, Access::Read))
    };
    let mut statement = json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"});
    let content = |statement: &Value| json!({"Statement": [statement]});
    assert_eq!(reads(&content(&statement)), 0.0);
    statement["Condition"] = json!({"Bool": {"aws:SecureTransport": "false"}});
    assert_eq!(reads(&content(&statement)), 1.0);
    statement["Condition"] = json!({"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}});
    assert_eq!(reads(&content(&statement)), 0.5);
}

#[test]
fn policies_beside_the_rights_of_an_account_hold_in_it() {
    let mut rights = document("user", &allow(&json!("iam:PutUserPolicy")), "self");
    rights["ServiceControlPolicies"] =
        json!([{"Name": "none", "PolicyDocument": deny(&["iam:Put*"])}, allow(&json!("*"))]);
    let report = super::read(&rights);
    assert_eq!((raised(&report, &arn("user/start")), report.tally.rejected), (0.0, 0), "{:?}", report.notes);
}
