//! Rights in AWS: every published way to raise them, with and without each right it needs; what takes rights away; and an account
//! made to be attacked, principal by principal.

#[path = "aws/bounds.rs"]
mod bounds;
#[path = "aws/code.rs"]
mod code;
mod corpora;
#[path = "aws/organization.rs"]
mod organization;
#[path = "aws/recorded.rs"]
mod recorded;

use ctem_core::{
    Environment, Report,
    attack::{ExploitSteps, MostProbablePaths, Rules, compile},
    discover,
    model::{Access, AssetKind, Attacker, EntryPoint, NoteKind, RelationKind},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const ACCOUNT: &str = "900000000001";

fn arn(what: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:{what}")
}

fn account() -> String {
    arn("root")
}

fn allow(actions: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]})
}

fn read(document: &Value) -> Report {
    discover::read(document.to_string().as_bytes()).unwrap()
}

/// The chance that who starts with one access comes to another.
fn chance(report: &Report, from: (&str, Access), to: (&str, Access)) -> f64 {
    let mut contents = report.contents.clone();
    let start = EntryPoint::new(from.0.parse().unwrap(), from.1, Attacker::Assumed);
    contents.entry_points = vec![start];
    let environment = Environment::try_from(contents).unwrap();
    let snapshot = compile(&environment, &Rules::default(), &ExploitSteps::default(), &[]).unwrap();
    let Some(state) = snapshot.state_of(&environment, &to.0.parse().unwrap(), to.1) else { return 0.0 };
    MostProbablePaths::compute(&snapshot).chance(state).get()
}

fn raised(report: &Report, principal: &str) -> f64 {
    chance(report, (principal, Access::Use), (&account(), Access::Control))
}

/// An account with one who starts, weak and strong principals, and the start's rights.
fn document(who: &str, policy: &Value, target: &str) -> Value {
    let strong = allow(&json!("*"));
    let inline = |policy: &Value| json!([{"PolicyName": "own", "PolicyDocument": policy}]);
    let trusts = |principal: Value| json!({"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]});
    let nobody = trusts(json!({"Service": "nobody.amazonaws.com"}));
    let own = json!([{"PolicyName": "mine", "PolicyArn": arn("policy/mine")}]);
    let mut users = vec![json!({"UserName": "idle", "Arn": arn("user/idle"), "GroupList": []})];
    let mut roles = Vec::new();
    let mut groups = vec![json!({"GroupName": "crew", "Arn": arn("group/crew"), "GroupPolicyList": []})];
    let start = json!({"Arn": arn(&format!("{who}/start")), "AttachedManagedPolicies": own});
    if who == "user" {
        let mut user = start;
        user["UserName"] = json!("start");
        user["UserPolicyList"] = inline(policy);
        user["GroupList"] = json!(["crew"]);
        users.push(user);
    } else {
        let mut role = start;
        role["RoleName"] = json!("start");
        role["RolePolicyList"] = inline(policy);
        role["AssumeRolePolicyDocument"] = nobody.clone();
        roles.push(role);
    }
    let role = |trust: Value, policies: Value| {
        json!({"RoleName": "target", "Arn": arn("role/target"), "AssumeRolePolicyDocument": trust,
            "RolePolicyList": policies, "InstanceProfileList": [{}],
            "AttachedManagedPolicies": [{"PolicyName": "theirs", "PolicyArn": arn("policy/theirs")}]})
    };
    match target {
        "self" => {}
        "user" | "weak-user" => users
            .push(json!({"UserName": "target", "Arn": arn("user/target"), "GroupList": [],
            "UserPolicyList": if target == "user" { inline(&strong) } else { json!([]) }})),
        "group" => groups.push(json!({"GroupName": "strong", "Arn": arn("group/strong"),
            "GroupPolicyList": inline(&strong)})),
        "role" => roles.push(role(nobody, inline(&strong))),
        "weak-role" => roles.push(role(nobody, json!([]))),
        "trusting" => roles.push(role(trusts(json!({"AWS": account()})), inline(&strong))),
        "weak-trusting" => roles.push(role(trusts(json!({"AWS": ACCOUNT})), json!([]))),
        service => roles.push(role(trusts(json!({"Service": service})), inline(&strong))),
    }
    let managed = |name: &str| {
        json!({"PolicyName": name, "Arn": arn(&format!("policy/{name}")), "DefaultVersionId": "v2",
            "PolicyVersionList": [{"VersionId": "v2", "IsDefaultVersion": true, "Document": allow(&json!("s3:ListBucket"))}]})
    };
    json!({"UserDetailList": users, "GroupDetailList": groups, "RoleDetailList": roles,
        "Policies": [managed("mine"), managed("theirs")]})
}

/// The published ways: id, who starts, the rights, what they are about.
fn published() -> Vec<(&'static str, &'static str, Vec<&'static str>, &'static str)> {
    let lines = include_str!("aws/paths.tsv").lines().filter(|line| !line.starts_with('#'));
    let ways: Vec<_> = lines
        .map(|line| {
            let fields: Vec<_> = line.split('\t').collect();
            (fields[0], fields[1], fields[2].split(' ').collect(), fields[3])
        })
        .collect();
    assert_eq!(ways.len(), 65);
    ways
}

#[test]
fn every_published_way_leads_to_all_rights() {
    for (id, who, actions, target) in published() {
        let report = read(&document(who, &allow(&json!(actions)), target));
        let start = arn(&format!("{who}/start"));
        assert!(raised(&report, &start) > 0.0, "{id}: {:?}", report.contents.relations);
        // The way is named, so that a reader can look it up: of two together, by the second of them.
        let titles: Vec<_> =
            report.contents.relations.iter().filter_map(|one| one.title.as_deref()).collect();
        let parts: &[&str] = match id {
            "iam-014" => &["iam-009", "sts-001"],
            "iam-015" => &["iam-008", "iam-002"],
            "iam-016" => &["iam-001", "sts-001"],
            "iam-017" => &["iam-005", "sts-001"],
            "iam-018" => &["iam-007", "iam-002"],
            "iam-019" => &["iam-009", "iam-012"],
            "iam-020" => &["iam-001", "iam-012"],
            "iam-021" => &["iam-005", "iam-012"],
            id => &[id],
        };
        for part in parts {
            assert!(
                titles.iter().any(|title| title.contains(part) && title.contains("remedy: ")),
                "{id}: {titles:?}"
            );
        }
    }
}

#[test]
fn no_published_way_is_there_without_all_it_needs() {
    for (id, who, actions, target) in published() {
        let start = arn(&format!("{who}/start"));
        for missing in &actions {
            // What is another published way by itself is no negative.
            let left: Vec<_> = actions.iter().filter(|action| action != &missing).copied().collect();
            let by_itself = published().iter().any(|(_, _, needs, at)| {
                needs.iter().all(|need| left.contains(need)) && (*at == target || at == &"self")
            });
            if by_itself {
                continue;
            }
            let report = read(&document(who, &allow(&json!(left)), target));
            assert_eq!(
                raised(&report, &start),
                0.0,
                "{id} without {missing}: {:?}",
                report.contents.relations
            );
        }
        let mut denied = allow(&json!(actions));
        let deny = json!({"Effect": "Deny", "Action": actions[0], "Resource": "*"});
        denied["Statement"].as_array_mut().unwrap().push(deny);
        let report = read(&document(who, &denied, target));
        let first: Vec<_> = actions.iter().skip(1).collect();
        let by_itself = published()
            .iter()
            .any(|(_, _, needs, at)| needs.iter().all(|need| first.contains(&need)) && *at == target);
        assert!(by_itself || raised(&report, &start) == 0.0, "{id} with a deny");
        // And not for one whose rights are over nobody.
        let other = if target == "self" { continue } else { "weak-role" };
        if !target.starts_with("weak") {
            let report = read(&document(who, &allow(&json!(actions)), other));
            assert_eq!(raised(&report, &start), 0.0, "{id} with nobody to become");
        }
    }
}

#[test]
#[ignore = "needs the corpora: name their folder in CTEM_CORPORA"]
fn who_can_raise_its_rights_in_an_account_made_to_be_attacked() {
    let report =
        discover::read(&corpora::file("graphs/aws/authorization-details-iam-vulnerable.json")).unwrap();
    let expected = corpora::file("graphs/aws/authorization-details-iam-vulnerable.EXPECTED.tsv");
    let expected = String::from_utf8(expected).unwrap();
    let mut wrong = Vec::new();
    let mut seen = BTreeMap::new();
    for line in expected.lines().skip(1) {
        let fields: Vec<_> = line.split('\t').collect();
        let (principal, expects) = (fields[1], fields[4]);
        let chance = raised(&report, principal);
        *seen.entry(expects).or_insert(0) += 1;
        let certain = !fields[5].contains("possible, not proven") && !fields[5].contains("does not say");
        let agrees = match expects {
            "no" => chance == 0.0,
            // What needs a thing that the document does not tell of is possible, and less than sure.
            _ if certain => chance == 1.0,
            _ => chance > 0.0 && chance < 1.0,
        };
        if !agrees {
            wrong.push(format!("{principal}: {expects} {chance}"));
        }
    }
    assert_eq!(seen, BTreeMap::from([("yes", 34), ("no", 11), ("is one", 1)]));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let count = |kind: &AssetKind| report.contents.assets.iter().filter(|one| one.kind == *kind).count();
    println!("{} relations, {} identities", report.contents.relations.len(), count(&AssetKind::Identity));
}

#[test]
#[ignore = "needs the corpora: name their folder in CTEM_CORPORA"]
fn the_listings_are_read_whole_and_url_encoded_text_reads_the_same() {
    for (name, records) in [("classic", 40), ("tiny", 6), ("tiny-url-encoded", 6), ("iam-vulnerable", 154)] {
        let report =
            discover::read(&corpora::file(&format!("graphs/aws/authorization-details-{name}.json"))).unwrap();
        assert_eq!((report.tally.read, report.tally.rejected), (records, 0), "{name}");
        assert_eq!(&*report.source.format, "aws_iam");
        assert!(report.notes.iter().all(|note| note.kind != NoteKind::Rejected), "{:?}", report.notes);
    }
    let tiny = |name: &str| discover::read(&corpora::file(&format!("graphs/aws/{name}.json"))).unwrap();
    assert_eq!(tiny("authorization-details-tiny"), tiny("authorization-details-tiny-url-encoded"));
}

#[test]
#[ignore = "needs the corpora: name their folder in CTEM_CORPORA"]
fn what_the_internet_reaches_in_a_described_account() {
    let names = [
        "ec2-describe-instances",
        "ec2-describe-network-interfaces",
        "ec2-describe-security-groups",
        "ec2-describe-subnets",
        "ec2-describe-vpc-endpoints",
        "ec2-describe-vpcs",
        "elb-describe-load-balancers",
        "elbv2-describe-load-balancers",
        "lambda-list-functions",
        "rds-describe-db-instances",
        "redshift-describe-clusters",
        "s3-list-buckets",
    ];
    let files: Vec<_> = names
        .iter()
        .map(|name| {
            (format!("{name}.json"), corpora::file(&format!("graphs/aws/cloudmapper-demo/{name}.json")))
        })
        .collect();
    let collection = discover::read_collection(
        files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())),
        &discover::ReadOptions::default(),
    )
    .unwrap();
    let [report] = collection.reports.as_slice() else { panic!("one report: {:?}", collection.notes) };
    assert_eq!(report.tally.rejected, 0, "{:?}", report.notes);
    let from_internet =
        |asset: &str| chance(report, ("internet", Access::Reach), (asset, Access::Reach)) > 0.0;
    let host = |n: u32| format!("arn:aws:ec2:us-east-1:123456789012:instance/i-0000000000000000{n}");
    // The load balancers are open to all; behind them stand machines that are not public.
    assert!(from_internet(
        "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/demo/qwerty"
    ));
    assert!(from_internet("arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/weblb"));
    assert!(from_internet("i-00000000000000002") && from_internet(&host(2)));
    // A task with a public address in a group that is open.
    assert!(from_internet("eni-00000001"));
    // The bastion lets two ranges in, and nobody else.
    assert!(!from_internet(&host(0)));
    assert!(chance(report, ("1.1.1.1/32", Access::Reach), (&host(0), Access::Reach)) > 0.0);
    // The database takes what comes from the machines of the web.
    let database = "arn:aws:rds:us-east-1:123456789012:db:securitymonkey";
    assert!(!from_internet(database));
    assert!(chance(report, (&host(1), Access::Use), (database, Access::Reach)) > 0.0);
    assert_eq!(chance(report, (&host(0), Access::Use), (database, Access::Reach)), 0.0);
    // Document by document it is the same.
    let mut whole = Report::default();
    for (_, bytes) in &files {
        let one = discover::read(bytes).unwrap();
        whole.contents.assets.extend(one.contents.assets);
        whole.contents.relations.extend(one.contents.relations);
    }
    let mut seen = std::collections::BTreeSet::new();
    whole.contents.assets.retain(|asset| seen.insert(asset.id.clone()));
    assert!(chance(&whole, ("internet", Access::Reach), (&host(2), Access::Reach)) > 0.0);
    assert_eq!(chance(&whole, ("internet", Access::Reach), (&host(0), Access::Reach)), 0.0);
}

#[test]
#[ignore = "needs the corpora: name their folder in CTEM_CORPORA"]
fn recorded_items_are_read() {
    for (name, kind, assets) in [
        ("s3", AssetKind::DataStore, "arn:aws:s3:::config-rule-sanity"),
        ("s3-lifecycle", AssetKind::DataStore, "arn:aws:s3:::testing-99"),
        ("s3-website-redirect", AssetKind::DataStore, "arn:aws:s3:::analysis-dev"),
        ("s3-from-rule-sans-accelerator", AssetKind::DataStore, "arn:aws:s3:::c7n-fire-logs"),
        ("rds-cluster", AssetKind::DataStore, "arn:aws:rds:us-east-1:900000000007:cluster:database-1"),
        ("pipeline", AssetKind::Pipeline, "arn:aws:codepipeline:us-east-2:900000000007:burnifyPipeline"),
        ("app-elb-config-event", AssetKind::Workload, ""),
    ] {
        let report = discover::read(&corpora::file(&format!("graphs/aws/config-items/{name}.json"))).unwrap();
        assert_eq!(
            (&*report.source.format, report.tally.read, report.tally.accepted),
            ("aws_config", 1, 1),
            "{name}"
        );
        let found =
            report.contents.assets.iter().any(|one| one.kind == kind && one.id.as_str().contains(assets));
        assert!(found, "{name}: {:?}", report.contents.assets);
    }
    // A list of access that lets everybody read.
    let report = discover::read(&corpora::file("graphs/aws/config-items/s3-lifecycle.json")).unwrap();
    let bucket = "arn:aws:s3:::testing-99";
    assert!(chance(&report, ("internet", Access::Reach), (bucket, Access::Read)) > 0.0);
}

#[test]
#[ignore = "needs the corpora: name their folder in CTEM_CORPORA"]
fn plans_and_states_are_read_whole() {
    let manifest = String::from_utf8(corpora::file("graphs/MANIFEST.tsv")).unwrap();
    let mut read_files = 0;
    for line in
        manifest.lines().filter(|line| line.starts_with("terraform/") && !line.contains(".assets.json"))
    {
        let fields: Vec<_> = line.split('\t').collect();
        let report = discover::read(&corpora::file(&format!("graphs/{}", fields[0])))
            .unwrap_or_else(|error| panic!("{}: {error}", fields[0]));
        assert_eq!(
            (&*report.source.format, report.tally.rejected),
            ("terraform", 0),
            "{}: {:?}",
            fields[0],
            report.notes
        );
        // Counted by other means: planned resources of a plan, instances of a state less its data sources.
        let number = |before: &str| {
            let rest = fields[4].split(before).nth(1)?;
            rest.split(|c: char| !c.is_ascii_digit()).next()?.parse::<u64>().ok()
        };
        let old = number("resources in them ");
        let states =
            number("; instances ").zip(number("data sources ")).map(|(all, data)| all.max(data) - data);
        let expected = old.or(states).or(number("planned resources ")).unwrap();
        assert_eq!(report.tally.read, expected, "{}: {}", fields[0], fields[4]);
        read_files += 1;
    }
    assert_eq!(read_files, 34);
    let plan =
        discover::read(&corpora::file("graphs/terraform/aws-plans/iam-admin-policy.tfplan.json")).unwrap();
    let root = "arn:aws:iam::000000000000:root";
    for principal in ["user/system/my_test_user", "group/users/my_group"] {
        let name = format!("arn:aws:iam::000000000000:{principal}");
        assert!(
            chance(&plan, (&name, Access::Use), (root, Access::Control)) > 0.0,
            "{principal}: {:?}",
            plan.contents.relations
        );
    }
    let plan =
        discover::read(&corpora::file("graphs/terraform/aws-plans/nested-modules.tfplan.json")).unwrap();
    let open = |bucket: &str| chance(&plan, ("internet", Access::Reach), (bucket, Access::Read)) > 0.0;
    assert!(open("arn:aws:s3:::my-s3-bucket") && !open("arn:aws:s3:::testing"));
    let state =
        discover::read(&corpora::file("graphs/terraform/states/inframap_aws_state_cyclic.tfstate")).unwrap();
    assert!(state.contents.relations.iter().any(|one| one.from.as_str() == "sg-093aebd858af57fa8:members"
        && one.kind == RelationKind::Reaches
        && one.to.as_str() == "sg-0bf6977585401273d:inside"));
}

/// An account with so many roles and policies: broad and narrow rights, of services, of the account and of each other.
fn large(roles: usize, policies: usize) -> Value {
    let statement = |n: usize| match n % 10 {
        0 => json!({"Effect": "Allow", "Action": ["ec2:*", "ssm:*"], "Resource": "*"}),
        1 => {
            json!({"Effect": "Allow", "Action": ["s3:Get*", "s3:Put*"], "Resource": format!("arn:aws:s3:::bucket-{n}/*")})
        }
        2 => json!({"Effect": "Allow", "Action": ["iam:PassRole", "lambda:*"], "Resource": "*"}),
        3 => {
            json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": format!("arn:aws:iam::*:role/team-{}-*", n % 7)})
        }
        4 => {
            json!({"Effect": "Deny", "Action": "iam:*", "Resource": format!("arn:aws:iam::*:role/team-{}-*", n % 5)})
        }
        5 => {
            json!({"Effect": "Allow", "Action": ["iam:AttachRolePolicy"], "Resource": format!("arn:aws:iam::*:role/team-{}-*", n % 3)})
        }
        6 => json!({"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}),
        7 => json!({"Effect": "Allow", "Action": ["dynamodb:*", "secretsmanager:*"], "Resource": "*",
            "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}),
        8 => json!({"Effect": "Allow", "Action": ["iam:CreateAccessKey", "iam:UpdateAssumeRolePolicy"],
            "NotResource": format!("arn:aws:iam::*:role/team-{}-*", n % 4)}),
        _ => json!({"Effect": "Allow", "Action": ["logs:*", "cloudwatch:*"], "Resource": "*"}),
    };
    let policies: Vec<Value> = (0..policies)
        .map(|n| {
            json!({"PolicyName": format!("p-{n}"), "Arn": arn(&format!("policy/p-{n}")), "DefaultVersionId": "v1",
                "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true,
                    "Document": {"Statement": [statement(n), statement(n * 7 + 3)]}}]})
        })
        .collect();
    let trust = |n: usize| match n % 4 {
        0 => json!({"Service": "ec2.amazonaws.com"}),
        1 => json!({"Service": "lambda.amazonaws.com"}),
        2 => json!({"AWS": account()}),
        _ => json!({"AWS": arn(&format!("role/team-{}-{}", (n - 1) % 11, n - 1))}),
    };
    let roles: Vec<Value> = (0..roles)
        .map(|n| {
            let attached = (0..4).map(|k| (n * 13 + k * 101) % policies.len());
            json!({"RoleName": format!("team-{}-{n}", n % 11), "Arn": arn(&format!("role/team-{}-{n}", n % 11)),
                "InstanceProfileList": [{"Arn": arn(&format!("instance-profile/{n}"))}],
                "AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Principal": trust(n), "Action": "sts:AssumeRole"}]},
                "AttachedManagedPolicies": attached.map(|k| json!({"PolicyArn": arn(&format!("policy/p-{k}"))})).collect::<Vec<_>>()})
        })
        .collect();
    json!({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": roles, "Policies": policies})
}

#[test]
fn a_large_account_has_relations_as_its_roles_and_not_as_their_pairs() {
    let count = |roles: usize| {
        let document = large(roles, 500).to_string();
        let start = std::time::Instant::now();
        let report = discover::read(document.as_bytes()).unwrap();
        let count = report.contents.relations.len();
        println!("{roles} roles, {} bytes: {count} relations in {:?}", document.len(), start.elapsed());
        assert_eq!(report.tally.rejected, 0);
        count
    };
    let (few, many) = (count(500), count(2000));
    assert!(many < few * 6, "{few} {many}");
}

/// An account as the recorder tells it: a user who may read every bucket, and a bucket with a policy of its own.
fn recorded(policy: &Value) -> Report {
    let item = |kind: &str, id: &str, arn: &str, configuration: Value, more: Value| {
        json!({"version": "1.3", "configurationItemCaptureTime": "2025-11-01T08:00:00Z", "configurationItemStatus": "OK",
            "awsAccountId": ACCOUNT, "resourceType": kind, "resourceId": id, "resourceName": id, "ARN": arn,
            "configuration": configuration, "supplementaryConfiguration": more})
    };
    let reads = json!({"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]});
    let user = |name: &str| {
        let policies = json!([{"policyName": "reads", "policyDocument": reads.to_string()}]);
        let configuration = json!({"userName": name, "userId": name, "arn": arn(&format!("user/{name}")), "userPolicyList": policies});
        item("AWS::IAM::User", name, &arn(&format!("user/{name}")), configuration, json!({}))
    };
    let text = json!({"policyText": policy.to_string()}).to_string();
    let bucket = item(
        "AWS::S3::Bucket",
        "ledger",
        "arn:aws:s3:::ledger",
        json!({"name": "ledger"}),
        json!({"BucketPolicy": text}),
    );
    read(&json!([user("ann"), user("ben"), bucket]))
}

#[test]
fn a_policy_of_a_bucket_withholds_what_rights_allow() {
    let ledger = ("arn:aws:s3:::ledger", Access::Read);
    let reads = |policy: Value, who: &str| {
        chance(&recorded(&policy), (&arn(&format!("user/{who}")), Access::Use), ledger)
    };
    let all = "arn:aws:s3:::ledger/*";
    let deny = |fields: Value| {
        let mut statement = json!({"Effect": "Deny", "Action": "s3:*", "Resource": all});
        statement.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        json!({"Statement": [statement]})
    };
    assert_eq!(reads(json!({"Statement": []}), "ann"), 1.0, "nothing is withheld");
    assert_eq!(reads(deny(json!({"Principal": "*"})), "ann"), 0.0, "from everybody");
    let ann = json!({"AWS": arn("user/ann")});
    assert_eq!(reads(deny(json!({"Principal": ann})), "ann"), 0.0, "from her");
    assert_eq!(reads(deny(json!({"Principal": ann})), "ben"), 1.0, "and from nobody else");
    assert_eq!(reads(deny(json!({"NotPrincipal": ann})), "ann"), 1.0, "from all but her");
    assert_eq!(reads(deny(json!({"NotPrincipal": ann})), "ben"), 0.0, "so from him");
    let account = json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:root")});
    assert_eq!(reads(deny(json!({"Principal": account})), "ben"), 0.0, "from all of the account");
    let insecure = json!({"Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}});
    assert_eq!(reads(deny(insecure), "ann"), 1.0, "nobody has to send in the clear");
    let part = json!({"Principal": "*", "Resource": "arn:aws:s3:::ledger/private/*"});
    assert_eq!(reads(deny(part), "ann"), 1.0, "what is withheld in part is read in part");
    let network = json!({"Principal": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}});
    let from_elsewhere = reads(deny(network), "ann");
    assert!(from_elsewhere > 0.0 && from_elsewhere < 1.0, "{from_elsewhere}: it hangs on where she is");
}

#[test]
fn a_bucket_lets_in_everybody_but_those_it_names() {
    let public = |statements: Value| {
        chance(
            &recorded(&json!({"Statement": statements})),
            ("internet", Access::Reach),
            ("arn:aws:s3:::ledger", Access::Read),
        )
    };
    let all = "arn:aws:s3:::ledger/*";
    let allow = json!({"Effect": "Allow", "NotPrincipal": {"AWS": arn("user/ann")}, "Action": "s3:GetObject", "Resource": all});
    assert_eq!(public(json!([allow])), 1.0, "a stranger is not her");
    let deny = json!({"Effect": "Deny", "NotPrincipal": {"AWS": arn("user/ann")}, "Action": "s3:*", "Resource": all});
    assert_eq!(public(json!([allow, deny])), 0.0, "and is denied what all but her are");
}
