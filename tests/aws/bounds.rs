//! What takes rights away, bounds them, or gives them to others: conditions, denies, boundaries, trust, and what blocks the public.

use super::{allow, arn, document, raised, read};
use ctem_core::{
    Report,
    discover::{self, ReadOptions},
    model::{Access, RelationKind},
};
use serde_json::{Value, json};

#[test]
fn what_takes_rights_away_is_heeded() {
    let start = arn("user/start");
    let with =
        |statements: Value, target: &str| read(&document("user", &json!({"Statement": statements}), target));
    let allow =
        |actions: &str, resource: &str| json!({"Effect": "Allow", "Action": actions, "Resource": resource});
    let condition = |condition: Value| {
        let mut one = allow("iam:PutUserPolicy", "*");
        one["Condition"] = condition;
        with(json!([one]), "self")
    };
    // Conditions that are known, by what they ask.
    for (asks, chance) in [
        (json!({"StringEquals": {"aws:username": "start"}}), 1.0),
        (json!({"StringEquals": {"aws:username": "other"}}), 0.0),
        (json!({"StringNotEquals": {"aws:username": ["start", "x"]}}), 0.0),
        (json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/st*"}}), 1.0),
        (json!({"Bool": {"aws:SecureTransport": "true"}}), 1.0),
        (json!({"StringEquals": {"aws:PrincipalTag/team": "x"}}), 0.0),
        (json!({"StringEqualsIfExists": {"aws:PrincipalTag/team": "x"}}), 1.0),
        (json!({"Null": {"aws:PrincipalTag/team": "true"}}), 1.0),
        (json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}}), 0.5),
        (json!({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}), 0.5),
        (
            json!({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}, "Bool": {"aws:MultiFactorAuthPresent": "true"}}),
            0.25,
        ),
    ] {
        assert_eq!(raised(&condition(asks.clone()), &start), chance, "{asks}");
    }
    // A deny that hangs on something leaves what does not.
    let mut deny = json!({"Effect": "Deny", "Action": "iam:*", "Resource": "*",
        "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}});
    let report = with(json!([allow("iam:*", "*"), deny.clone()]), "self");
    assert_eq!(raised(&report, &start), 0.5);
    assert_eq!(report.contents.controls.len(), 1);
    deny["Condition"] = json!({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}});
    assert_eq!(raised(&with(json!([allow("iam:*", "*"), deny]), "self"), &start), 1.0);
    // Of resources: those that are named, and all but those.
    assert_eq!(
        raised(&with(json!([allow("iam:PutUserPolicy", &arn("user/${aws:username}"))]), "self"), &start),
        1.0
    );
    assert_eq!(raised(&with(json!([allow("iam:PutUserPolicy", &arn("user/idle"))]), "self"), &start), 0.0);
    let all_but =
        json!([{"Effect": "Allow", "Action": "iam:PutUserPolicy", "NotResource": arn("user/start")}]);
    assert_eq!(raised(&with(all_but, "self"), &start), 0.0);
    let all_but = json!([{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}]);
    assert_eq!(raised(&with(all_but, "self"), &start), 1.0);
    // To whom a role may be passed.
    let pass = |service: &str| {
        let mut pass = allow("iam:PassRole", "*");
        pass["Condition"] = json!({"StringEquals": {"iam:PassedToService": service}});
        with(json!([pass, allow("lambda:*", "*")]), "lambda.amazonaws.com")
    };
    assert_eq!(raised(&pass("lambda.amazonaws.com"), &start), 1.0);
    // Functions that are there may have the role, too.
    assert_eq!(raised(&pass("ec2.amazonaws.com"), &start), 0.5);
}

#[test]
fn a_boundary_bounds_and_may_be_taken_off() {
    let bounded = |boundary: Value, own: &str| {
        let mut account = document("user", &allow(&json!(own)), "self");
        let user = account["UserDetailList"].as_array_mut().unwrap().last_mut().unwrap();
        user["PermissionsBoundary"] = json!({"PermissionsBoundaryArn": arn("policy/edge")});
        account["Policies"]
            .as_array_mut()
            .unwrap()
            .push(json!({"Arn": arn("policy/edge"), "DefaultVersionId": "v1",
            "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true, "Document": boundary}]}));
        read(&account)
    };
    let start = arn("user/start");
    let chance = |boundary: &str, own: &str| raised(&bounded(allow(&json!(boundary)), own), &start);
    assert_eq!(chance("s3:*", "*"), 0.0);
    assert_eq!(chance("iam:PutUserPolicy", "iam:PutUserPolicy"), 0.0);
    assert_eq!(chance("iam:*", "iam:PutUserPolicy"), 1.0);
    // Up to its boundary a user who may write its own policy has what the boundary lets it have.
    let report = bounded(allow(&json!(["iam:PutUserPolicy", "s3:GetObject"])), "iam:PutUserPolicy");
    let reads = |report: &Report| {
        report
            .contents
            .relations
            .iter()
            .any(|one| one.from.as_str() == start && one.kind == RelationKind::Reads)
    };
    assert!(
        reads(&report)
            && report.notes.iter().any(|note| note.reason.contains("up to its permissions boundary"))
    );
}

#[test]
fn to_trust_an_account_is_not_to_trust_everybody_in_it() {
    let start = arn("user/start");
    let chance = |policy: &Value| raised(&read(&document("user", policy, "trusting")), &start);
    assert_eq!(chance(&allow(&json!("s3:ListBucket"))), 0.0);
    assert_eq!(chance(&allow(&json!("sts:AssumeRole"))), 1.0);
    // A role that says who of the account may.
    let asks = |who: &str| {
        let mut account = document("user", &allow(&json!("sts:AssumeRole")), "trusting");
        let role = account["RoleDetailList"].as_array_mut().unwrap().last_mut().unwrap();
        role["AssumeRolePolicyDocument"]["Statement"][0]["Condition"] =
            json!({"ArnLike": {"aws:PrincipalArn": arn(who)}});
        raised(&read(&account), &start)
    };
    assert_eq!((asks("user/start"), asks("user/idle")), (1.0, 0.0));
    // One that says who of it may not, by name or by leaving out all but some.
    let denies = |whom: Value| {
        let mut account = document("user", &allow(&json!("sts:AssumeRole")), "trusting");
        let role = account["RoleDetailList"].as_array_mut().unwrap().last_mut().unwrap();
        let mut deny = json!({"Effect": "Deny", "Action": "sts:AssumeRole"});
        deny.as_object_mut().unwrap().extend(whom.as_object().unwrap().clone());
        role["AssumeRolePolicyDocument"]["Statement"].as_array_mut().unwrap().push(deny);
        raised(&read(&account), &start)
    };
    let named = |key: &str, who: &str| json!({key: {"AWS": [super::account(), arn(who)]}});
    assert_eq!(denies(json!({"Principal": {"AWS": arn("user/start")}})), 0.0);
    assert_eq!(denies(json!({"Principal": {"AWS": arn("user/idle")}})), 1.0);
    assert_eq!(denies(named("NotPrincipal", "user/idle")), 0.0);
    assert_eq!(denies(named("NotPrincipal", "user/start")), 1.0);
    // Another account, with a word that is not known.
    let mut account = document("user", &allow(&json!("s3:ListBucket")), "trusting");
    let role = account["RoleDetailList"].as_array_mut().unwrap().last_mut().unwrap();
    role["AssumeRolePolicyDocument"] = json!({"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"AWS": "900000000002"}, "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}});
    let (other, home) = ("arn:aws:iam::900000000002:root", super::account());
    let report = read(&account);
    assert_eq!(super::chance(&report, (other, Access::Use), (&home, Access::Control)), 0.5);
    role_of_everybody(&mut account);
    assert_eq!(super::chance(&read(&account), ("internet", Access::Reach), (&home, Access::Control)), 1.0);
}

#[test]
fn to_trust_everybody_on_a_condition_is_to_trust_those_who_meet_it() {
    let (start, other, home) = (arn("user/start"), "arn:aws:iam::900000000002:root", super::account());
    let chances = |policy: &Value, statements: Value| {
        let mut account = document("user", policy, "trusting");
        let role = account["RoleDetailList"].as_array_mut().unwrap().last_mut().unwrap();
        role["AssumeRolePolicyDocument"] = json!({"Statement": statements});
        let report = read(&account);
        let chance = |from: (&str, Access)| {
            let known = report.contents.assets.iter().any(|one| one.id.as_str() == from.0);
            if known { super::chance(&report, from, (&home, Access::Control)) } else { 0.0 }
        };
        [chance((&start, Access::Use)), chance((other, Access::Use)), chance(("internet", Access::Reach))]
    };
    let trust = |who: Value, condition: Value| json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": who, "Condition": condition});
    let weak = allow(&json!("s3:ListBucket"));
    let equals = |key: &str, value: &str| json!({"StringEquals": {key: value}});
    let (own, theirs) = (super::ACCOUNT, "900000000002");
    let deny = json!({"Effect": "Deny", "Action": "sts:AssumeRole", "Principal": "*",
        "Condition": {"StringNotEquals": {"aws:PrincipalAccount": own}}});
    for (statements, expected) in [
        // All of the own account, though nothing allows it to them: the role names them.
        (trust(json!("*"), equals("aws:PrincipalAccount", own)), [1.0, 0.0, 0.0]),
        (trust(json!("*"), equals("aws:PrincipalAccount", theirs)), [0.0, 1.0, 0.0]),
        (trust(json!("*"), equals("aws:username", "idle")), [0.0, 0.0, 1.0]),
        (trust(json!("*"), json!({"ArnLike": {"aws:PrincipalArn": arn("user/st*")}})), [1.0, 0.0, 0.0]),
        (trust(json!("*"), json!({"ArnLike": {"aws:PrincipalArn": arn("user/idle")}})), [0.0, 0.0, 0.0]),
        // A name that everybody gives a user of an account of their own: that is everybody, from wherever they are.
        (
            trust(json!("*"), json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/st*"}})),
            [0.0, 0.0, 1.0],
        ),
        (json!([trust(json!("*"), json!({})), deny]), [1.0, 0.0, 0.0]),
        // Nobody of another account is of this one.
        (trust(json!({"AWS": theirs}), equals("aws:PrincipalAccount", own)), [0.0, 0.0, 0.0]),
        (trust(json!({"AWS": theirs}), equals("aws:PrincipalAccount", theirs)), [0.0, 1.0, 0.0]),
        // Whether the account is in the organisation no document tells.
        (trust(json!("*"), equals("aws:PrincipalOrgID", "o-kelp")), [0.5, 0.0, 0.0]),
        (trust(json!("*"), equals("sts:ExternalId", "x")), [0.5, 0.0, 0.5]),
    ] {
        assert_eq!(chances(&weak, statements.clone()), expected, "{statements}");
    }
    // Who is denied it has it not, however open the role is.
    let mut denied = allow(&json!("s3:ListBucket"));
    let no = json!({"Effect": "Deny", "Action": "sts:*", "Resource": "*"});
    denied["Statement"].as_array_mut().unwrap().push(no);
    let open = trust(json!("*"), equals("aws:PrincipalAccount", own));
    assert_eq!(chances(&denied, open), [0.0, 0.0, 0.0]);
}

#[test]
fn what_ended_before_the_document_was_written_is_over() {
    let as_of = |condition: Value, created: &str, as_of: Option<&str>| {
        let policy = json!({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}]});
        let mut account = document("user", &policy, "self");
        if !created.is_empty() {
            account["UserDetailList"][0]["CreateDate"] = json!(created);
        }
        let options = ReadOptions { as_of: as_of.map(|day| day.parse().unwrap()), ..ReadOptions::default() };
        let report = discover::read_with(account.to_string().as_bytes(), &options).unwrap();
        let said =
            report.notes.iter().any(|note| note.reason.contains("rights that begin or end at a moment"));
        (raised(&report, &arn("user/start")), said)
    };
    let begins_or_ends = |condition: Value, created: &str| as_of(condition, created, None);
    let until = |day: &str| json!({"DateLessThan": {"aws:CurrentTime": format!("{day}T00:00:00Z")}});
    let from = |day: &str| json!({"DateGreaterThan": {"aws:CurrentTime": format!("{day}T00:00:00Z")}});
    let written = "2025-06-01T00:00:00+00:00";
    assert_eq!(begins_or_ends(until("2024-01-01"), written), (0.0, true));
    assert_eq!(begins_or_ends(from("2024-01-01"), written), (1.0, true));
    assert_eq!(begins_or_ends(until("2026-01-01"), written), (0.5, true));
    // Nothing tells when it was written.
    assert_eq!(begins_or_ends(until("2024-01-01"), ""), (0.5, false));
    // Whoever reads it tells when that is, which is not before what it tells of.
    for (condition, day, chance) in [
        (until("2024-01-01"), "2023-12-31", 1.0),
        (until("2024-01-01"), "2024-01-01", 0.0),
        (from("2024-01-01"), "2024-01-01", 0.0),
        (from("2024-01-01"), "2024-01-02", 1.0),
    ] {
        assert_eq!(as_of(condition.clone(), "", Some(day)), (chance, true), "{condition} on {day}");
    }
    assert_eq!(as_of(until("2024-01-01"), written, Some("2023-12-31")), (0.0, true));
    assert_eq!(as_of(until("2026-01-01"), written, Some("2025-12-31")), (1.0, true));
}

#[test]
fn policies_of_amazons_own_are_known_by_their_names() {
    let with = |name: &str, target: &str, bound: bool| {
        let own = if bound { allow(&json!("*")) } else { allow(&json!("s3:ListBucket")) };
        let mut account = document("user", &own, target);
        let user = account["UserDetailList"].as_array_mut().unwrap().last_mut().unwrap();
        let arn = format!("arn:aws:iam::aws:policy/{name}");
        if bound {
            user["PermissionsBoundary"] = json!({"PermissionsBoundaryArn": arn});
        } else {
            user["AttachedManagedPolicies"] = json!([{"PolicyName": name, "PolicyArn": arn}]);
        }
        let report = read(&account);
        let noted = report.notes.iter().any(|note| note.reason.contains(name));
        assert!(noted, "{name}: {:?}", report.notes);
        raised(&report, &super::arn("user/start"))
    };
    for (name, target, chance) in [
        ("AdministratorAccess", "self", 1.0),
        ("IAMFullAccess", "self", 1.0),
        ("PowerUserAccess", "self", 0.0),
        // It may do all but give rights: a role that leaves it to the account is one it takes.
        ("PowerUserAccess", "trusting", 1.0),
        ("AWSLambda_FullAccess", "lambda.amazonaws.com", 1.0),
        ("AWSLambda_FullAccess", "ec2.amazonaws.com", 0.0),
        ("AmazonEC2FullAccess", "lambda.amazonaws.com", 0.0),
        ("ReadOnlyAccess", "self", 0.0),
        ("job-function/SystemAdministrator", "lambda.amazonaws.com", 0.5),
        ("SomethingNobodyKnows", "self", 0.0),
    ] {
        let name = name.rsplit('/').next().unwrap_or(name);
        assert_eq!(with(name, target, false), chance, "{name} {target}");
    }
    assert_eq!(with("PowerUserAccess", "self", true), 0.0);
    assert_eq!(with("AdministratorAccess", "self", true), 1.0);
}

fn role_of_everybody(account: &mut Value) {
    let role = account["RoleDetailList"].as_array_mut().unwrap().last_mut().unwrap();
    role["AssumeRolePolicyDocument"] =
        json!({"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"}});
}

#[test]
fn names_are_those_of_the_part_of_the_cloud_they_are_in() {
    let statements = |functions: &str| {
        json!({"Statement": [
            {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::*:role/*"},
            {"Effect": "Allow", "Action": "lambda:*", "Resource": functions},
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::*"},
        ]})
    };
    let all = format!("arn:aws:lambda:*:{}:*", super::ACCOUNT);
    let home = document("user", &statements(&all), "lambda.amazonaws.com").to_string();
    let away = home.replace("arn:aws:", "arn:aws-us-gov:");
    for (document, start) in
        [(home, arn("user/start")), (away, arn("user/start").replace("aws", "aws-us-gov"))]
    {
        let report = discover::read(document.as_bytes()).unwrap();
        assert_eq!(raised(&report, &start), 1.0, "{start}");
        let buckets = format!("aws:{}:every-s3", super::ACCOUNT);
        assert_eq!(super::chance(&report, (&start, Access::Use), (&buckets, Access::Read)), 1.0, "{start}");
    }
}

#[test]
fn a_provider_is_trusted_for_every_user_that_is_named_and_for_no_other() {
    let provider = arn("oidc-provider/token.actions.githubusercontent.com");
    let trusting = |condition: Value| {
        let mut account = document("user", &allow(&json!("s3:ListBucket")), "trusting");
        let role = account["RoleDetailList"].as_array_mut().unwrap().last_mut().unwrap();
        role["AssumeRolePolicyDocument"] = json!({"Statement": {"Effect": "Allow",
            "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated": provider}, "Condition": condition}});
        read(&account)
    };
    let key = "token.actions.githubusercontent.com:sub";
    let assumes = |report: &Report| {
        let to = arn("role/target");
        let into = report.contents.relations.iter().filter(|one| one.kind == RelationKind::CanAssume);
        let into = into.filter(|one| one.to.as_str() == to);
        into.map(|one| (one.from.to_string(), one.controls.len())).collect::<Vec<_>>()
    };
    let two = json!({"StringLike": {key: ["repo:kelp/shop:*", "repo:kelp/till:ref:refs/heads/main"]}});
    let repository = |name: &str, controls| (format!("github.com/kelp/{name}"), controls);
    assert_eq!(assumes(&trusting(two)), [repository("shop", 0), repository("till", 0)]);
    // A star that is no pattern names nobody.
    assert_eq!(assumes(&trusting(json!({"StringEquals": {key: "repo:kelp/shop:*"}}))), []);
    // All but one are everybody, if they get past the condition.
    let all_but = json!({"StringNotLike": {key: "repo:kelp/shop:*"}});
    assert_eq!(assumes(&trusting(all_but)), [("internet".to_owned(), 1)]);
}

#[test]
fn what_blocks_the_public_blocks_no_one_who_is_named() {
    let bucket = "arn:aws:s3:::kelp-store";
    let read = |statement: Value, restrict: bool, ignore: bool| {
        let policy = json!({"policyText": json!({"Statement": [statement]}).to_string()});
        let lists = json!({"grantList": [{"grantee": "AllUsers", "permission": "Read"}]});
        let item = json!({"resourceType": "AWS::S3::Bucket", "resourceId": "kelp-store", "resourceName": "kelp-store",
            "awsAccountId": super::ACCOUNT, "awsRegion": "eu-west-1", "ARN": bucket, "configurationItemStatus": "OK",
            "configurationItemCaptureTime": "2025-11-01T00:00:00.000Z", "configuration": {"name": "kelp-store"},
            "supplementaryConfiguration": {"BucketPolicy": policy.to_string(), "AccessControlList": lists.to_string(),
                "PublicAccessBlockConfiguration":
                    json!({"restrictPublicBuckets": restrict, "ignorePublicAcls": ignore}).to_string()}});
        let snapshot = json!({"fileVersion": "1.0", "configSnapshotId": "0", "configurationItems": [item]});
        let report = self::read(&snapshot);
        assert_eq!(report.tally.rejected, 0, "{:?}", report.notes);
        let chance = |from: (&str, Access)| super::chance(&report, from, (bucket, Access::Read));
        (chance(("internet", Access::Reach)), chance(("arn:aws:iam::900000000002:root", Access::Use)))
    };
    let to = |principal: &str, condition: Value| {
        json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": format!("{bucket}/*"),
            "Principal": {"AWS": principal}, "Condition": condition})
    };
    let other = || to("arn:aws:iam::900000000002:root", json!({}));
    let ours = || to("*", json!({"StringEquals": {"aws:PrincipalOrgID": "o-kelp"}}));
    for (statement, restrict, ignore, chances) in [
        (other(), true, true, (0.0, 1.0)),
        (other(), true, false, (1.0, 1.0)),
        (to("*", json!({})), false, true, (1.0, 0.0)),
        (to("*", json!({})), true, true, (0.0, 0.0)),
        (to("*", json!({"StringLike": {"aws:PrincipalOrgID": "o-*"}})), true, true, (0.0, 0.0)),
        // One organisation is not the public: who is in it gets in, and nobody else.
        (ours(), true, true, (0.0, 0.0)),
    ] {
        assert_eq!(read(statement.clone(), restrict, ignore), chances, "{statement} {restrict} {ignore}");
    }
}
