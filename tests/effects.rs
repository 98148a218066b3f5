//! The tables of effects against the rules of the tools they speak of, and against what a person says of sixty of them.

mod corpora;
#[path = "effects/steps.rs"]
mod steps;

use ctem_core::{
    Program, discover,
    error::ErrorKind,
    intel::{
        Intel,
        effects::{Decision, Effect, Effects, Match, Signs},
    },
    model::WeaknessKind,
};
use std::collections::{BTreeMap, BTreeSet};

/// A rule as its tool publishes it.
struct Rule {
    tool: &'static str,
    /// All names of it.
    ids: Vec<&'static str>,
    /// How often the tool lists it.
    times: usize,
    title: &'static str,
}

impl Rule {
    fn decided<'e>(&self, effects: &'e Effects) -> Decision<'e> {
        effects.decide(&Signs { tool: self.tool, rule: self.ids[0], title: self.title, ..Signs::default() })
    }
}

fn rules() -> Vec<Rule> {
    let lines = include_str!("effects/rules.tsv").lines().filter(|line| !line.starts_with('#'));
    let rules: Vec<Rule> = lines
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            let [tool, ids, times, title] = fields[..] else { panic!("{line}") };
            Rule { tool, ids: ids.split('|').collect(), times: times.parse().unwrap(), title }
        })
        .collect();
    assert_eq!(rules.iter().map(|rule| rule.times).sum::<usize>(), 4276);
    rules
}

/// What a person says who reads the rule's text, with the reason.
const SAID: [(&str, &str, Effect, &str); 78] = [
    ("checkov", "CKV_AWS_20", Effect::Opens, "everyone may read the bucket"),
    ("checkov", "CKV_AWS_57", Effect::Opens, "everyone may write into the bucket"),
    ("checkov", "CKV_AWS_53", Effect::Weakens, "a guard is off; the bucket may still be private"),
    ("checkov", "CKV_AWS_19", Effect::None, "encryption at rest keeps nobody out who may read"),
    ("checkov", "CKV_AWS_18", Effect::None, "access logging"),
    ("checkov", "CKV_AWS_144", Effect::None, "replication is for availability"),
    ("checkov", "CKV_AWS_24", Effect::Login, "SSH open to all"),
    ("checkov", "CKV_AWS_260", Effect::Reaches, "port 80 open to all is a web server"),
    ("checkov", "CKV_AWS_17", Effect::Login, "a public database still asks for a password"),
    ("checkov", "CKV_AWS_62", Effect::Grants, "a policy of *:*"),
    ("checkov", "CKV_AWS_286", Effect::Grants, "a policy that leads to more rights"),
    ("checkov", "CKV_AWS_60", Effect::Grants, "anyone may assume the role"),
    ("checkov", "CKV_AWS_41", Effect::Keeps, "keys in the provider's block"),
    ("checkov", "CKV_AWS_46", Effect::Keeps, "secrets in user data"),
    ("checkov", "CKV_AWS_79", Effect::Weakens, "IMDSv1 helps whoever has found a forged request"),
    ("checkov", "CKV_AWS_302", Effect::Opens, "a public snapshot can be copied"),
    ("checkov", "CKV_AWS_130", Effect::Reaches, "public addresses by default"),
    ("checkov", "CKV_AWS_68", Effect::Weakens, "no firewall before the distribution"),
    ("checkov", "CKV_AWS_7", Effect::None, "rotation"),
    ("checkov", "CKV_AZURE_5", Effect::Grants, "without RBAC everyone let in may do everything"),
    ("checkov", "CKV_AZURE_34", Effect::Opens, "a public container"),
    ("checkov", "CKV_GCP_2", Effect::Login, "SSH open to all"),
    ("checkov", "CKV_K8S_16", Effect::Escapes, "privileged"),
    ("checkov", "CKV_K8S_27", Effect::Escapes, "the engine's socket"),
    ("checkov", "CKV_K8S_14", Effect::None, "a tag"),
    ("checkov", "CKV_K8S_138", Effect::Entry, "the kubelet answers anyone"),
    ("checkov", "CKV_K8S_49", Effect::Grants, "wildcards in roles"),
    ("checkov", "CKV_DOCKER_2", Effect::None, "a health check"),
    ("checkov", "CKV_DOCKER_8", Effect::Weakens, "root in the container is not root on the host"),
    ("checkov", "CKV_GHA_2", Effect::Entry, "text of a stranger's pull request becomes a command"),
    ("checkov", "CKV_SECRET_6", Effect::Keeps, "a secret in the code"),
    ("kubescape", "C-0057", Effect::Escapes, "privileged: code in the container first, then the node"),
    ("kubescape", "C-0013", Effect::Weakens, "non-root"),
    ("kubescape", "C-0009", Effect::None, "limits"),
    ("kubescape", "C-0056", Effect::None, "a probe"),
    ("kubescape", "C-0045", Effect::Escapes, "a writable path of the host"),
    ("kubescape", "C-0015", Effect::Grants, "may list secrets"),
    ("kubescape", "C-0035", Effect::Grants, "administrator of the cluster"),
    ("kubescape", "C-0069", Effect::Entry, "the kubelet answers anyone"),
    ("kubescape", "C-0012", Effect::Keeps, "passwords in configuration"),
    ("kubescape", "C-0030", Effect::Weakens, "no network policy"),
    ("kubescape", "C-0076", Effect::None, "labels"),
    ("trivy", "AVD-KSV-0017", Effect::Escapes, "privileged"),
    ("trivy", "KSV017", Effect::Escapes, "the same by its short name"),
    ("trivy", "AVD-KSV-0014", Effect::None, "a writable file system gives no access"),
    ("trivy", "AVD-KSV-0013", Effect::None, "an image tag"),
    ("trivy", "AVD-KSV-0041", Effect::Grants, "may manage secrets"),
    ("trivy", "AVD-AWS-0107", Effect::Login, "SSH or RDP open to all"),
    ("trivy", "AVD-AWS-0088", Effect::None, "encryption at rest"),
    ("trivy", "AVD-AWS-0086", Effect::Weakens, "a guard is off"),
    ("trivy", "AVD-AWS-0057", Effect::Grants, "wildcards in a policy"),
    ("trivy", "AVD-DS-0031", Effect::Keeps, "secrets in the image"),
    ("trivy", "AVD-DS-0026", Effect::None, "a health check"),
    ("trivy", "AVD-GIT-0001", Effect::Opens, "the repository is public"),
    ("trivy", "AVD-KCV-0001", Effect::Entry, "the API answers anyone"),
    ("trivy", "AVD-AZU-0011", Effect::None, "an old version of TLS takes a place on the wire"),
    ("prowler", "s3_bucket_public_access", Effect::Opens, "a public bucket"),
    ("prowler", "prowler:s3_bucket_public_access", Effect::Opens, "the same as a weakness names it"),
    ("prowler", "s3_bucket_default_encryption", Effect::None, "encryption at rest"),
    ("prowler", "iam_root_mfa_enabled", Effect::Weakens, "root without a second factor"),
    ("prowler", "iam_user_administrator_access_policy", Effect::Grants, "AdministratorAccess"),
    ("prowler", "iam_policy_allows_privilege_escalation", Effect::Grants, "leads to more rights"),
    ("prowler", "ec2_ebs_public_snapshot", Effect::Opens, "a public snapshot"),
    ("prowler", "ec2_instance_port_mongodb_exposed_to_internet", Effect::Entry, "often without a password"),
    ("prowler", "ec2_instance_port_postgresql_exposed_to_internet", Effect::Login, "asks for a password"),
    ("prowler", "ec2_instance_public_ip", Effect::Reaches, "an address is no way in"),
    ("prowler", "ec2_instance_imdsv2_enabled", Effect::Weakens, "IMDSv1"),
    ("prowler", "cloudtrail_multi_region_enabled", Effect::None, "logging"),
    ("prowler", "guardduty_is_enabled", Effect::None, "detection"),
    ("prowler", "rds_instance_multi_az", Effect::None, "availability"),
    ("prowler", "rds_instance_no_public_access", Effect::Login, "a public database"),
    ("prowler", "ecr_repository_image_no_secrets", Effect::Keeps, "secrets in the image"),
    ("prowler", "core_minimize_hostPID_containers", Effect::Escapes, "sees the host's processes"),
    ("prowler", "kubelet_disable_anonymous_auth", Effect::Entry, "the kubelet answers anyone"),
    ("prowler", "rbac_cluster_admin_usage", Effect::Grants, "cluster-admin"),
    ("prowler", "defender_domain_dkim_enabled", Effect::None, "forged mail"),
    ("prowler", "entra_legacy_authentication_blocked", Effect::Weakens, "passes by the second factor"),
    (
        "prowler",
        "repository_default_branch_requires_multiple_approvals",
        Effect::Weakens,
        "one may push alone",
    ),
];

#[test]
fn what_a_person_says_of_a_rule_is_what_the_tables_say() {
    let effects = Effects::shipped();
    let wrong: Vec<String> = SAID
        .iter()
        .filter_map(|(tool, rule, said, why)| {
            let decided = effects.decide(&Signs { tool, rule, ..Signs::default() });
            (decided.effect != *said)
                .then(|| format!("{tool} {rule}: {} and not {said} ({why})", decided.effect))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn nearly_every_rule_of_the_corpora_is_decided_and_the_others_are_listed() {
    let effects = Effects::shipped();
    let (mut counts, mut unknown) = (BTreeMap::new(), Vec::new());
    for rule in rules() {
        let effect = rule.decided(&effects).effect;
        *counts.entry((rule.tool, effect)).or_insert(0) += rule.times;
        if effect == Effect::Unknown {
            unknown.push(format!("{} {}: {}", rule.tool, rule.ids[0], rule.title));
        }
    }
    let decided: usize =
        counts.iter().filter(|((_, effect), _)| *effect != Effect::Unknown).map(|(_, n)| n).sum();
    println!("{counts:#?}\nunknown:\n{}", unknown.join("\n"));
    assert!(decided >= 3800, "{decided} decided");
    // A rule nobody knows must not pass as decided by some pattern that fits everything.
    let nonsense = Signs { tool: "prowler", rule: "wibble", title: "Wobble", ..Signs::default() };
    assert_eq!(effects.decide(&nonsense).effect, Effect::Unknown);
}

#[test]
fn every_line_about_a_tool_decides_one_of_its_rules() {
    let effects = Effects::shipped();
    let rules = rules();
    let tools: BTreeSet<&str> = rules.iter().map(|rule| rule.tool).collect();
    let mut used = BTreeSet::new();
    for rule in &rules {
        // Every name of a rule leads to the same line.
        let lines: BTreeSet<_> = rule
            .ids
            .iter()
            .map(|id| {
                effects.decide(&Signs { tool: rule.tool, rule: id, title: rule.title, ..Signs::default() }).by
            })
            .map(|by| by.map(|line| (&*line.table, line.number)))
            .collect();
        assert_eq!(lines.len(), 1, "{:?}", rule.ids);
        used.extend(lines.into_iter().flatten());
    }
    let idle: Vec<String> = effects
        .lines()
        .filter(|line| tools.contains(&*line.table) && !used.contains(&(&*line.table, line.number)))
        .map(|line| format!("{} line {}: {}", line.table, line.number, line.value))
        .collect();
    assert!(idle.is_empty(), "\n{}", idle.join("\n"));
}

/// Titles of tools outside the corpora, for patterns that no rule of the corpora needs.
const TITLES_OF_OTHERS: [(&str, Effect); 20] = [
    ("Reflected cross-site scripting in the search", Effect::Entry),
    ("SQL injection in the login form", Effect::Entry),
    ("Server-side request forgery in the preview", Effect::Entry),
    ("Path traversal in the download", Effect::Entry),
    ("Insecure deserialization of sessions", Effect::Entry),
    ("Access token of a developer in a public gist", Effect::Keeps),
    ("RDP open to any address", Effect::Login),
    ("SSH exposed to the internet", Effect::Login),
    ("The database answers without authentication", Effect::Entry),
    ("deploy may run everything by sudo, NOPASSWD", Effect::Escalates),
    ("SUID bit on find", Effect::Escalates),
    ("Unquoted service path of the update service", Effect::Escalates),
    ("The export bucket is public", Effect::Opens),
    ("umask 022", Effect::None),
    ("Avoid the use of the root account", Effect::Weakens),
    ("The account's password falls to a slow spray", Effect::Entry),
    ("Unencrypted Telnet Server", Effect::Login),
    ("Default credentials on the management interface", Effect::Entry),
    ("SMB Signing not required", Effect::Weakens),
    ("The logs bucket is not publicly accessible", Effect::Opens),
];

#[test]
fn titles_alone_say_what_was_read_and_never_make_a_door_of_hygiene() {
    let effects = Effects::shipped();
    let (mut same, mut other, mut used) = (0, Vec::new(), BTreeSet::new());
    for rule in rules() {
        let read = rule.decided(&effects);
        let by_title = effects.decide(&Signs { title: rule.title, ..Signs::default() });
        let Some(line) = by_title.by else { continue };
        used.insert(line.number);
        if by_title.effect == read.effect {
            same += 1;
        } else {
            let door = !matches!(by_title.effect, Effect::None | Effect::Weakens);
            assert!(
                !door || read.effect != Effect::None,
                "{}: {} by line {}",
                rule.title,
                by_title.effect,
                line.number
            );
            other.push(format!("{}: {} and not {}", rule.title, by_title.effect, read.effect));
        }
    }
    for (title, effect) in TITLES_OF_OTHERS {
        let decided = effects.decide(&Signs { title, ..Signs::default() });
        assert_eq!(decided.effect, effect, "{title}");
        used.insert(decided.by.unwrap().number);
    }
    println!("{same} the same, {} not:\n{}", other.len(), other.join("\n"));
    assert!(same > 1300 && other.len() * 100 < same, "{same} the same, {} not", other.len());
    let idle: Vec<&str> = effects
        .lines()
        .filter(|line| &*line.table == "titles" && !used.contains(&line.number))
        .map(|line| &*line.value)
        .collect();
    assert!(idle.is_empty(), "\n{}", idle.join("\n"));
}

#[test]
fn no_rule_is_decided_twice() {
    let effects = Effects::shipped();
    let mut seen = BTreeSet::new();
    for line in effects.lines().filter(|line| line.looks_at == Match::Rule) {
        for id in line.value.split('|') {
            assert!(seen.insert((&line.tool, id.to_lowercase())), "{} {id}", line.tool);
        }
    }
    assert!(seen.len() > 3800);
}

#[test]
fn a_setting_is_no_exploit_of_an_application() {
    for line in Effects::shipped().lines() {
        let application = line.outcome.technique.as_deref() == Some("T1190");
        let of_a_setting = ["prowler", "checkov", "trivy", "kubescape"].contains(&&*line.table);
        assert!(!(of_a_setting && application), "{} {}", line.table, line.value);
        if line.outcome.effect == Effect::None {
            assert_eq!((&*line.outcome.class.id, &line.outcome.technique), ("H", &None), "{}", line.value);
        }
    }
}

#[test]
#[ignore = "needs the corpora: name their folder in CTEM_CORPORA"]
fn techniques_are_those_of_attack() {
    let text = String::from_utf8(corpora::file("intel/attack/techniques.tsv")).unwrap();
    let known: BTreeSet<&str> = text.lines().filter_map(|line| line.split('\t').next()).collect();
    for line in Effects::shipped().lines() {
        if let Some(technique) = line.outcome.technique.as_deref() {
            assert!(known.contains(technique), "{technique}");
        }
    }
}

/// What all real reports together say is to be fixed first is something an attacker gains by.
#[test]
#[ignore = "needs the corpora: name their folder in CTEM_CORPORA"]
fn none_of_the_first_hundred_of_all_real_reports_gives_an_attacker_nothing() {
    let mut program = Program::new(Intel::none());
    let reports = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports");
    for folder in std::fs::read_dir(reports).unwrap() {
        let Ok(table) = std::fs::read_to_string(folder.unwrap().path().join("corpora.tsv")) else { continue };
        for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let path = line.split('\t').next().unwrap();
            if let Ok(report) = discover::read(&corpora::file(&format!("scans/{path}"))) {
                program.absorb(report);
            }
        }
    }
    assert!(program.environment().finding_count() > 3000);
    let today = program.assess("2025-11-13".parse().unwrap()).unwrap();
    let effects = Effects::shipped();
    for exposure in today.ranked().take(100) {
        let Some(finding) = exposure.finding else { continue };
        let decision = effects.of(finding);
        let known = !finding.weakness.id.as_str().starts_with("CVE-");
        assert!(exposure.risk.value() > 0.0, "{exposure}");
        let idle = matches!(decision.effect, Effect::None | Effect::Reaches | Effect::Unknown);
        assert!(!(known && idle), "{exposure}: {}", decision.words);
    }
    let unknown = program.unknown_rules();
    let findings: usize = unknown.iter().map(|rule| rule.findings).sum();
    assert!(findings * 100 < program.environment().finding_count(), "{unknown:#?}");
}

#[test]
fn other_tools_are_decided_by_what_they_say() {
    let effects = Effects::shipped();
    let decided = |signs: &Signs<'_>| effects.decide(signs).effect;
    let code = |tool, cwes, categories| Signs {
        tool,
        cwes,
        categories,
        kind: Some(WeaknessKind::CodeFlaw),
        ..Signs::default()
    };
    // Semgrep and SARIF by CWE; what the tool itself calls an audit is one.
    let injection = code("Semgrep OSS", &[89], &["security"]);
    assert_eq!((decided(&injection), &*effects.decide(&injection).class.id), (Effect::Entry, "C+"));
    let likely = code("semgrep", &[89], &["security", "likelihood:high"]);
    assert_eq!(effects.decide(&likely).class.here.unwrap().get(), 0.25);
    assert_eq!(&*effects.decide(&code("semgrep", &[89], &["security", "audit"])).class.id, "C");
    assert_eq!(decided(&code("semgrep", &[79], &["best-practice"])), Effect::None);
    assert_eq!(decided(&code("CodeQL", &[328], &[])), Effect::None);
    assert_eq!(decided(&code("CodeQL", &[798], &[])), Effect::Keeps);
    // A message about certificates in code is about code.
    let message = Signs { title: "Redirect to https only", ..code("semgrep", &[918], &[]) };
    assert_eq!(decided(&message), Effect::Entry);

    let port = |number, kind| Signs { port: Some((number, "tcp")), kind: Some(kind), ..Signs::default() };
    for (number, effect) in [
        (80, Effect::Reaches),
        (4711, Effect::Reaches),
        (22, Effect::Login),
        (445, Effect::Login),
        (5901, Effect::Login),
        (1521, Effect::Login),
        (6443, Effect::Login),
        (2379, Effect::Entry),
        (6379, Effect::Entry),
        (9200, Effect::Entry),
        (10250, Effect::Entry),
        (11211, Effect::Entry),
        (27017, Effect::Entry),
    ] {
        assert_eq!(decided(&port(number, WeaknessKind::NetworkExposure)), effect, "{number}");
    }
    // A flaw found at a port is not the port.
    assert_eq!(decided(&port(22, WeaknessKind::Vulnerability)), Effect::Unknown);
    let service = Signs { service: "ms-wbt-server", ..port(33890, WeaknessKind::NetworkExposure) };
    assert_eq!(decided(&service), Effect::Login, "remote desktop at another port");

    for (signs, effect) in [
        (Signs { tool: "nuclei", rule: "tomcat-default-login", ..Signs::default() }, Effect::Entry),
        (Signs { tool: "nuclei", rule: "acme-x", tags: &["panel"], ..Signs::default() }, Effect::Login),
        (Signs { tool: "nuclei", rule: "tech-detect:nginx", ..Signs::default() }, Effect::None),
        (Signs { tool: "nuclei", rule: "git-config", ..Signs::default() }, Effect::Keeps),
        (Signs { tool: "nessus", rule: "57608", family: "Misc.", ..Signs::default() }, Effect::Weakens),
        (Signs { tool: "nessus_csv", rule: "19506", family: "Settings", ..Signs::default() }, Effect::None),
        (Signs { tool: "nessus", rule: "1", family: "Backdoors", ..Signs::default() }, Effect::Entry),
        (
            Signs { tool: "openvas", rule: "1.3.6", family: "Default Accounts", ..Signs::default() },
            Effect::Entry,
        ),
        (Signs { tool: "asff", rule: "security-control/EC2.19", ..Signs::default() }, Effect::Opens),
        (
            Signs {
                tool: "asff",
                rule: "aws-foundational-security-best-practices/v/1.0.0/S3.8",
                ..Signs::default()
            },
            Effect::Weakens,
        ),
        (
            Signs { tool: "asff", categories: &["TTPs/Discovery/Recon:EC2-Portscan"], ..Signs::default() },
            Effect::None,
        ),
        (Signs { tool: "kube-bench", rule: "5.2.2", ..Signs::default() }, Effect::Escapes),
        (Signs { tool: "kube-bench", rule: "1.1.12", ..Signs::default() }, Effect::Weakens),
        (
            Signs { tool: "gitleaks", rule: "x", kind: Some(WeaknessKind::Secret), ..Signs::default() },
            Effect::Keeps,
        ),
    ] {
        assert_eq!(decided(&signs), effect, "{signs:?}");
    }
}

#[test]
fn a_users_line_comes_first_whatever_it_looks_at() {
    let text = "tool\tmatch\tvalue\toutcome\n# Ours.\n\n*\tkind\tmisconfiguration\tprivacy\n\
                acme\tport\t7000-7002/tcp\tadmin-login\nAcme\tid\tA-*|B-?\topen-store\n";
    let effects = Effects::with(text).unwrap();
    let kind = Some(WeaknessKind::Misconfiguration);
    let known = effects.decide(&Signs { tool: "kubescape", rule: "C-0057", kind, ..Signs::default() });
    assert_eq!((known.effect, &*known.by.unwrap().table, known.by.unwrap().number), (Effect::None, "own", 4));
    let kind = Some(WeaknessKind::NetworkExposure);
    let port = |number| Signs { tool: "acme", port: Some((number, "TCP")), kind, ..Signs::default() };
    assert_eq!(effects.decide(&port(7001)).by.unwrap().number, 5);
    assert_ne!(effects.decide(&port(7003)).by.unwrap().number, 5);
    let own = |rule| effects.decide(&Signs { tool: "acme scanner", rule, ..Signs::default() }).effect;
    assert_eq!((own("a-17"), own("b-1"), own("b-17")), (Effect::Entry, Effect::Entry, Effect::Unknown));
}

#[test]
fn an_error_names_the_line_and_what_would_do() {
    for (text, kind, words) in [
        ("acme rule A no-login", ErrorKind::Malformed, "1 columns"),
        ("acme\trule\tA\tnowhere", ErrorKind::NotFound, "`nowhere` is no outcome"),
        (
            "acme\truel\tA\tno-login",
            ErrorKind::InvalidInput,
            "`ruel` is no match: it must be rule, id, title",
        ),
        ("acme\trule\t\tno-login", ErrorKind::InvalidInput, "a value is missing"),
        ("\trule\tA\tno-login", ErrorKind::InvalidInput, "the tool is missing"),
        ("acme\trule\tA|B|a\tno-login", ErrorKind::Conflict, "`a` is decided twice: line 2"),
        ("acme\tcwe\tninety\tno-login", ErrorKind::InvalidInput, "`ninety` is no CWE"),
        ("acme\tport\t70000/tcp\tno-login", ErrorKind::InvalidInput, "`70000/tcp` is no port"),
        ("acme\tkind\tmistake\tno-login", ErrorKind::InvalidInput, "`mistake` is no kind"),
        ("acme\trule\tA\tunknown\tW\t-\tWords.", ErrorKind::InvalidInput, "`unknown` is no effect"),
        ("acme\trule\tA\tentry\tZ\t-\tWords.", ErrorKind::InvalidInput, "`Z` is no class"),
        ("acme\trule\tA\tentry\tD\tT19\tWords.", ErrorKind::InvalidInput, "`T19` is no technique"),
        ("acme\trule\tA\tentry\tD\t-\t", ErrorKind::InvalidInput, "the words are missing"),
    ] {
        let error = Effects::with(&format!("# first\n{text}")).unwrap_err();
        assert_eq!((error.kind(), error.place()), (kind, Some("line 2")), "{text:?}: {error}");
        assert!(error.message().contains(words), "{error}");
    }
}

#[test]
fn classes_have_the_numbers_of_their_sources() {
    let effects = Effects::shipped();
    let numbers = |id: &str| {
        let class = effects.class(id).unwrap_or_else(|| panic!("{id}"));
        (
            class.threat.map(|chance| chance.get()),
            class.here.map(|chance| chance.get()),
            class.worth,
            class.scales,
        )
    };
    assert_eq!(numbers("H"), (None, None, None, false));
    assert_eq!(numbers("W"), (Some(1.0), Some(0.05), Some(10.0), false));
    assert_eq!(numbers("W+"), (Some(1.0), Some(0.5), Some(10.0), false));
    assert_eq!(numbers("B"), (Some(0.005), Some(1.0), Some(20.0), true));
    assert_eq!(numbers("D"), (Some(0.9), Some(0.5), Some(10.0), true));
    assert_eq!(numbers("I"), (Some(1.0), Some(0.5), Some(4.0), false));
    assert_eq!(numbers("C+"), (Some(0.02), Some(0.15), Some(4.0), true));
    // What stands in the way of nobody ranks below what asks for a password, and that below an open door.
    let chance = |id: &str| numbers(id).0.unwrap() * numbers(id).1.unwrap();
    assert!(chance("C") < chance("B-") && chance("B-") < chance("B") && chance("B") < chance("B+"));
    assert!(chance("B+") < chance("D") && chance("D") < chance("D/seen"));
}
