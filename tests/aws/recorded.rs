//! What a configuration recorder, and the command line, tell of networks and stores: what the internet comes to, and what not.

use super::{chance, read};
use ctem_core::{Report, discover, model::Access};
use serde_json::{Value, json};

const ACCOUNT: &str = "900000000001";

fn item(kind: &str, id: &str, arn: &str, configuration: Value) -> Value {
    json!({"resourceType": kind, "resourceId": id, "resourceName": id, "awsAccountId": ACCOUNT, "awsRegion": "eu-west-1",
        "ARN": arn, "configurationItemStatus": "OK", "configurationItemCaptureTime": "2025-11-01T00:00:00.000Z",
        "configuration": configuration})
}

fn snapshot(items: &[Value]) -> Report {
    let report = read(&json!({"fileVersion": "1.0", "configSnapshotId": "0", "configurationItems": items}));
    assert_eq!((&*report.source.format, report.tally.rejected), ("aws_config", 0), "{:?}", report.notes);
    report
}

fn from_internet(report: &Report, asset: &str) -> bool {
    let known = report.contents.assets.iter().any(|one| one.id.as_str() == "internet");
    known && chance(report, ("internet", Access::Reach), (asset, Access::Reach)) > 0.0
}

fn arn(service: &str, what: &str) -> String {
    format!("arn:aws:{service}:eu-west-1:{ACCOUNT}:{what}")
}

fn group() -> Value {
    item(
        "AWS::EC2::SecurityGroup",
        "sg-0a",
        &arn("ec2", "security-group/sg-0a"),
        json!({"groupId": "sg-0a", "vpcId": "vpc-0a",
        "ownerId": ACCOUNT, "ipPermissions": [{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443,
            "ipv4Ranges": [{"cidrIp": "0.0.0.0/0"}], "ipRanges": ["0.0.0.0/0"]}]}),
    )
}

fn table(id: &str, association: Value, gateway: &str) -> Value {
    item(
        "AWS::EC2::RouteTable",
        id,
        &arn("ec2", &format!("route-table/{id}")),
        json!({"routeTableId": id, "vpcId": "vpc-0a",
        "associations": [association], "routes": [{"destinationCidrBlock": "10.0.0.0/16", "gatewayId": "local", "state": "active"},
            {"destinationCidrBlock": "0.0.0.0/0", "gatewayId": gateway, "state": "active"}]}),
    )
}

#[test]
fn what_has_a_public_address_is_reached_where_routes_lead_out() {
    let host = arn("ec2", "instance/i-0a");
    let machine = item(
        "AWS::EC2::Instance",
        "i-0a",
        &host,
        json!({"instanceId": "i-0a", "publicIpAddress": "198.51.100.7",
        "subnetId": "subnet-0a", "vpcId": "vpc-0a", "placement": {"availabilityZone": "eu-west-1a"},
        "securityGroups": [{"groupId": "sg-0a"}], "state": {"name": "running"}}),
    );
    let database = arn("rds", "db:orders");
    let store = item(
        "AWS::RDS::DBInstance",
        "db-0a",
        &database,
        json!({"dBInstanceArn": database, "publiclyAccessible": true,
        "vpcSecurityGroups": [{"vpcSecurityGroupId": "sg-0a"}],
        "dBSubnetGroup": {"vpcId": "vpc-0a", "subnets": [{"subnetIdentifier": "subnet-0a"}, {"subnetIdentifier": "subnet-0b"}]}}),
    );
    let balancer = arn("elasticloadbalancing", "loadbalancer/net/front/0a");
    let front = item(
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        &balancer,
        &balancer,
        json!({"loadBalancerArn": balancer,
        "scheme": "internet-facing", "vpcId": "vpc-0a", "availabilityZones": [{"subnetId": "subnet-0a"}]}),
    );
    let with = |tables: &[Value]| {
        snapshot(&[&[machine.clone(), store.clone(), front.clone(), group()], tables].concat())
    };
    let reached = |report: &Report| [&*host, &database, &balancer].map(|asset| from_internet(report, asset));
    let own = |gateway: &str| table("rtb-0a", json!({"subnetId": "subnet-0a", "main": false}), gateway);
    let main = |gateway: &str| table("rtb-0b", json!({"main": true}), gateway);
    assert_eq!(reached(&with(&[])), [true; 3], "nothing is told of routes");
    assert_eq!(reached(&with(&[own("igw-0a"), main("nat-0a")])), [true; 3]);
    let report = with(&[own("nat-0a"), main("nat-0a")]);
    assert_eq!(reached(&report), [false; 3]);
    assert!(report.notes.iter().any(|note| note.reason.contains("internet gateway")), "{:?}", report.notes);
    // The database has a second subnet, of which only the main table speaks.
    assert_eq!(reached(&with(&[own("nat-0a"), main("igw-0a")])), [false, true, false]);
    assert_eq!(reached(&with(&[main("igw-0a")])), [true; 3]);
}

#[test]
fn what_blocks_the_public_at_the_account_blocks_it_at_each_bucket() {
    let policy = json!({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::example-open/*"}]});
    let mut bucket =
        item("AWS::S3::Bucket", "example-open", "arn:aws:s3:::example-open", json!({"name": "example-open"}));
    bucket["supplementaryConfiguration"] = json!({
        "BucketPolicy": json!({"policyText": policy.to_string()}).to_string(),
        "AccessControlList": json!(json!({"grantList": [{"grantee": "AllUsers", "permission": "Write"}]}).to_string()).to_string(),
    });
    let accesses = |report: &Report| {
        [Access::Read, Access::Write]
            .map(|access| chance(report, ("internet", Access::Reach), ("arn:aws:s3:::example-open", access)))
    };
    assert_eq!(accesses(&snapshot(std::slice::from_ref(&bucket))), [1.0, 1.0]);
    for (name, left) in [("restrictPublicBuckets", [0.0, 1.0]), ("ignorePublicAcls", [1.0, 0.0])] {
        let block = item("AWS::S3::AccountPublicAccessBlock", ACCOUNT, "", json!({name: true}));
        assert_eq!(accesses(&snapshot(&[bucket.clone(), block])), left, "{name}");
    }
}

#[test]
fn tables_and_secrets_are_what_rights_are_about() {
    let (table, secret) = (arn("dynamodb", "table/orders"), arn("secretsmanager", "secret:db-Ab12Cd"));
    let user = item(
        "AWS::IAM::User",
        "AIDAEXAMPLE",
        &format!("arn:aws:iam::{ACCOUNT}:user/ann"),
        json!({
        "arn": format!("arn:aws:iam::{ACCOUNT}:user/ann"), "userName": "ann", "userPolicyList": [{"policyName": "own",
            "policyDocument": "%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22dynamodb%3A*%22%2C%22Resource%22%3A%22*%22%7D%7D"}]}),
    );
    let report = snapshot(&[
        user,
        item("AWS::DynamoDB::Table", "orders", &table, json!({"tableArn": table, "tableName": "orders"})),
        item("AWS::SecretsManager::Secret", &secret, &secret, json!({"Name": "db"})),
    ]);
    let ann = format!("arn:aws:iam::{ACCOUNT}:user/ann");
    let reads = |store: &str| chance(&report, (&ann, Access::Use), (store, Access::Read));
    assert_eq!((reads(&table), reads(&secret)), (1.0, 0.0), "{:?}", report.contents.relations);
}

#[test]
fn an_order_reaches_the_machine_whose_role_lets_an_agent_work() {
    let machine = arn("ec2", "instance/i-0a");
    let principal = |kind: &str, what: &str, more: Value| {
        let name = format!("arn:aws:iam::{ACCOUNT}:{what}");
        let mut configuration = json!({"arn": name});
        configuration.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        item(kind, what, &name, configuration)
    };
    let policy = |actions: &str| {
        let statement = json!({"Effect": "Allow", "Action": actions, "Resource": "*"});
        json!([{"policyName": "own", "policyDocument": json!({"Statement": statement}).to_string()}])
    };
    let chance_where = |role: &str| {
        let profile = format!("arn:aws:iam::{ACCOUNT}:instance-profile/web");
        let report = snapshot(&[
            principal(
                "AWS::IAM::User",
                "user/ann",
                json!({"userName": "ann", "userPolicyList": policy("ssm:SendCommand")}),
            ),
            principal(
                "AWS::IAM::Role",
                "role/web",
                json!({"roleName": "web", "rolePolicyList": policy(role),
                "instanceProfileList": [{"arn": profile}]}),
            ),
            item(
                "AWS::EC2::Instance",
                "i-0a",
                &machine,
                json!({"instanceId": "i-0a", "iamInstanceProfile": {"arn": profile}}),
            ),
        ]);
        let ann = format!("arn:aws:iam::{ACCOUNT}:user/ann");
        chance(&report, (&ann, Access::Use), (&machine, Access::Control))
    };
    assert_eq!((chance_where("ssm:*"), chance_where("s3:*")), (1.0, 0.5));
}

#[test]
fn a_bucket_of_ones_own_account_alone_is_open_to_all_in_it() {
    let bucket = "arn:aws:s3:::kelp-store";
    let user = format!("arn:aws:iam::{ACCOUNT}:user/ann");
    let reads = |condition: Value| {
        let statement = json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": format!("{bucket}/*"),
            "Principal": "*", "Condition": condition});
        let policy = json!({"policyText": json!({"Statement": [statement]}).to_string()});
        let mut store = item("AWS::S3::Bucket", "kelp-store", bucket, json!({"name": "kelp-store"}));
        store["supplementaryConfiguration"] = json!({"BucketPolicy": policy.to_string()});
        let who = item("AWS::IAM::User", "A1", &user, json!({"arn": user, "userName": "ann"}));
        let report = snapshot(&[who, store]);
        let known = report.contents.assets.iter().any(|one| one.id.as_str() == "internet");
        let internet =
            if known { chance(&report, ("internet", Access::Reach), (bucket, Access::Read)) } else { 0.0 };
        (chance(&report, (&user, Access::Use), (bucket, Access::Read)), internet)
    };
    let equals = |key: &str, value: &str| json!({"StringEquals": {key: value}});
    assert_eq!(reads(equals("aws:PrincipalAccount", ACCOUNT)), (1.0, 0.0));
    assert_eq!(reads(equals("aws:PrincipalAccount", "900000000002")), (0.0, 0.0));
    assert_eq!(reads(equals("aws:SourceVpce", "vpce-1")), (0.5, 0.5));
}

#[test]
fn a_function_runs_for_everybody_at_an_address_that_asks_for_nothing() {
    let function = arn("lambda", "function:job");
    let urls = |auth: &str| {
        json!({"FunctionUrlConfigs": [{"FunctionUrl": "https://ab12cd34.lambda-url.eu-west-1.on.aws/",
        "FunctionArn": format!("{function}:live"), "AuthType": auth, "CreationTime": "2025-11-01T00:00:00Z"}]})
    };
    for (auth, reached) in [("NONE", true), ("AWS_IAM", false)] {
        let report = discover::read(urls(auth).to_string().as_bytes()).unwrap();
        assert_eq!(
            (&*report.source.format, from_internet(&report, &function)),
            ("aws_describe", reached),
            "{auth}"
        );
    }
}
