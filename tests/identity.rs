//! Which assets are one: known fleets are scanned by tools that each call their machines something else, and what comes out is
//! held against what is known.
//!
//! The fleets have what misleads: two sites with the same private addresses, laptops whose address changes and is given to others,
//! names that every machine has, reverse names that one provider gives to all, front ends that many sites share, virtual
//! network cards that are alike. Measured over pairs of sightings: of those that are taken for one asset how many are (precision),
//! and of those that are one how many are found to be (recall).

mod draw;

use ctem_core::{
    Report,
    discover::{ReadOptions, absorb, read, read_with},
    model::{Asset, AssetKind, Contents, Environment, Identifier, IdentifierKind, Weakness, WeaknessKind},
};
use draw::Draw;
use std::collections::{BTreeMap, HashMap};

/// A machine as it is.
struct Machine {
    site: usize,
    kind: Kind,
    domain: Option<String>,
    mac: Option<String>,
    /// By week.
    addresses: Vec<String>,
    public: Option<String>,
    instance: Option<String>,
    hint: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Server,
    Laptop,
    Cloud,
    Thing,
    Page,
}

const WEEKS: usize = 3;

fn fleet(draw: &mut Draw, count: usize) -> Vec<Machine> {
    // What a site has given out already, by week: a private address is one machine's at a time.
    let mut taken: HashMap<(usize, usize, String), usize> = HashMap::new();
    (0..count)
        .map(|n| {
            let site = draw.below(2);
            let kind = match draw.below(100) {
                0..55 => Kind::Server,
                55..70 => Kind::Laptop,
                70..82 => Kind::Cloud,
                82..94 => Kind::Thing,
                _ => Kind::Page,
            };
            let mut address = |draw: &mut Draw, weeks: std::ops::Range<usize>| loop {
                let text = format!("10.{}.{}.{}", draw.below(4), draw.below(32), 1 + draw.below(254));
                if weeks.clone().all(|week| !taken.contains_key(&(site, week, text.clone()))) {
                    for week in weeks {
                        taken.insert((site, week, text.clone()), n);
                    }
                    break text;
                }
            };
            let addresses = match kind {
                Kind::Laptop => (0..WEEKS).map(|week| address(draw, week..week + 1)).collect(),
                _ => vec![address(draw, 0..WEEKS); WEEKS],
            };
            let named = !matches!(kind, Kind::Thing | Kind::Cloud);
            Machine {
                site,
                kind,
                domain: named.then(|| format!("host-{n}.site-{site}.example")),
                // Some cards are virtual, and say so.
                mac: (kind != Kind::Page).then(|| {
                    let first = if draw.one_in(20) { "02:42" } else { "00:1b" };
                    format!("{first}:{:02x}:{:02x}:{:02x}:{:02x}", n >> 16 & 255, n >> 8 & 255, n & 255, site)
                }),
                addresses,
                // Twenty pages stand behind one front end.
                public: match kind {
                    Kind::Page => Some(format!("203.0.113.{}", 1 + n / 20 % 250)),
                    Kind::Cloud => Some(format!("198.51.{}.{}", 100 + n / 250 % 100, 1 + n % 250)),
                    _ => None,
                },
                instance: (kind == Kind::Cloud).then(|| format!("i-{n:017x}")),
                hint: if draw.one_in(10) {
                    "LOCALHOST".into()
                } else {
                    format!("PC-{}", draw.below(count / 2))
                },
            }
        })
        .collect()
}

/// What is found on which machine: each sighting has a rule of its own.
#[derive(Default)]
struct Truth(BTreeMap<String, usize>);

impl Truth {
    fn mark(&mut self, tool: &str, machine: usize) -> usize {
        let mark = 1 + self.0.len();
        self.0.insert(format!("{tool}:{mark}"), machine);
        mark
    }
}

fn day(week: usize, day: usize) -> i64 {
    1_760_000_000 + (week * 7 + day) as i64 * 86_400
}

fn nessus(fleet: &[Machine], site: usize, week: usize, truth: &mut Truth, draw: &mut Draw) -> String {
    let mut text = String::from("<NessusClientData_v2><Report name=\"weekly\">");
    for (n, one) in fleet.iter().enumerate().filter(|(_, one)| one.site == site && one.kind != Kind::Page) {
        let mut tags = format!(
            "<tag name=\"host-ip\">{}</tag><tag name=\"netbios-name\">{}</tag><tag name=\"HOST_END_TIMESTAMP\">{}</tag>",
            one.addresses[week],
            one.hint,
            day(week, 1)
        );
        let credentialed = !draw.one_in(8);
        if let Some(domain) = &one.domain {
            tags += &format!("<tag name=\"host-fqdn\">{domain}</tag>");
        }
        if let Some(mac) = one.mac.as_ref().filter(|_| credentialed) {
            tags += &format!("<tag name=\"mac-address\">{mac}</tag>");
        }
        if let Some(instance) = one.instance.as_ref().filter(|_| credentialed) {
            tags += &format!(
                "<tag name=\"aws-instance-instanceId\">{instance}</tag><tag name=\"aws-instance-vpc-id\">vpc-{site}</tag>"
            );
        }
        let mark = truth.mark("nessus", n);
        text += &format!(
            "<ReportHost name=\"{}\"><HostProperties>{tags}</HostProperties><ReportItem port=\"0\" protocol=\"tcp\" severity=\"2\" \
             pluginID=\"{mark}\" pluginName=\"x\" pluginFamily=\"Misc.\"/></ReportHost>",
            one.addresses[week]
        );
    }
    text + "</Report></NessusClientData_v2>"
}

fn nmap(fleet: &[Machine], site: usize, week: usize, truth: &mut Truth) -> String {
    let mut text = String::from("<nmaprun scanner=\"nmap\">");
    // Clouds are not scanned from the office.
    let seen = |one: &Machine| one.site == site && !matches!(one.kind, Kind::Page | Kind::Cloud);
    for (n, one) in fleet.iter().enumerate().filter(|(_, one)| seen(one)) {
        let mark = truth.mark("nmap", n);
        let mac = one
            .mac
            .as_ref()
            .map(|mac| format!("<address addr=\"{mac}\" addrtype=\"mac\"/>"))
            .unwrap_or_default();
        // A script's finding without a number is told by the script.
        text += &format!(
            "<host endtime=\"{}\"><address addr=\"{}\" addrtype=\"ipv4\"/>{mac}<hostnames><hostname name=\"dyn.isp.example\" \
             type=\"PTR\"/></hostnames><hostscript><script id=\"{mark}\" output=\"&#xa;T:&#xa;State: VULNERABLE\"/></hostscript></host>",
            day(week, 2),
            one.addresses[week]
        );
    }
    text + "</nmaprun>"
}

fn asff(fleet: &[Machine], week: usize, truth: &mut Truth) -> String {
    let clouds = fleet.iter().enumerate().filter(|(_, one)| one.kind == Kind::Cloud);
    let records: Vec<String> = clouds
        .map(|(n, one)| {
            let mark = truth.mark("asff", n);
            format!(
                r#"{{"ProductArn": "arn:aws:securityhub", "Id": "{mark}", "GeneratorId": "{mark}", "Title": "x", "AwsAccountId": "1", "UpdatedAt": "2025-10-{:02}T00:00:00Z", "Resources": [{{"Type": "AwsEc2Instance",
                "Id": "arn:aws:ec2:eu:111122223333:instance/{}", "Details": {{"AwsEc2Instance": {{"VpcId": "vpc-{}", "IpV4Addresses": ["{}", "{}"]}}}}}}]}}"#,
                9 + week * 7,
                one.instance.as_deref().unwrap_or_default(),
                one.site,
                one.addresses[week],
                one.public.as_deref().unwrap_or_default(),
            )
        })
        .collect();
    format!("{{\"Findings\": [{}]}}", records.join(","))
}

fn nuclei(fleet: &[Machine], week: usize, truth: &mut Truth) -> String {
    let mut lines = String::new();
    for (n, one) in fleet.iter().enumerate().filter(|(_, one)| one.public.is_some()) {
        let mark = truth.mark("nuclei", n);
        let ip = one.public.as_deref().unwrap_or_default();
        let host = one
            .domain
            .as_deref()
            .map_or_else(|| format!("https://{ip}"), |domain| format!("https://{domain}"));
        lines += &format!(
            "{{\"template-id\": \"{mark}\", \"info\": {{\"name\": \"x\", \"severity\": \"low\"}}, \"host\": \"{host}\", \"matched-at\": \"{host}/\", \"ip\": \"{ip}\", \"timestamp\": \"2025-10-{:02}T00:00:00Z\"}}\n",
            10 + week * 7
        );
    }
    lines
}

fn reports(fleet: &[Machine], draw: &mut Draw) -> (Vec<Report>, Truth) {
    let (mut reports, mut truth) = (Vec::new(), Truth::default());
    for week in 0..WEEKS {
        for site in 0..2 {
            let options =
                ReadOptions { scope: Some(format!("site-{site}").into()), ..ReadOptions::default() };
            for text in [nessus(fleet, site, week, &mut truth, draw), nmap(fleet, site, week, &mut truth)] {
                reports.push(read_with(text.as_bytes(), &options).unwrap());
            }
        }
        for text in [asff(fleet, week, &mut truth), nuclei(fleet, week, &mut truth)] {
            reports.push(read(text.as_bytes()).unwrap());
        }
    }
    (reports, truth)
}

fn absorbed(reports: impl IntoIterator<Item = Report>) -> Environment {
    let mut environment = Environment::new();
    for report in reports {
        absorb(&mut environment, report);
    }
    environment
}

/// Precision and recall over pairs of sightings.
fn measured(environment: &Environment, truth: &Truth) -> (f64, f64) {
    let mut both: HashMap<(String, usize), u64> = HashMap::new();
    let mut found = 0;
    for finding in environment.findings() {
        for rule in finding.sightings.iter().filter_map(|sighting| sighting.rule.as_deref()) {
            let tool = finding.weakness.id.as_str().split(':').next().unwrap();
            let machine = truth.0.get(&format!("{tool}:{rule}")).unwrap_or_else(|| panic!("{tool}:{rule}"));
            *both.entry((finding.asset.to_string(), *machine)).or_default() += 1;
            found += 1;
        }
    }
    assert_eq!(found, truth.0.len(), "every sighting is found");
    let pairs = |count: u64| count * count.saturating_sub(1) / 2;
    let (mut assets, mut machines) = (HashMap::new(), HashMap::new());
    for ((asset, machine), count) in &both {
        *assets.entry(asset).or_insert(0) += count;
        *machines.entry(machine).or_insert(0) += count;
    }
    let right: u64 = both.values().map(|count| pairs(*count)).sum();
    let taken: u64 = assets.into_values().map(pairs).sum();
    let true_pairs: u64 = machines.into_values().map(pairs).sum();
    (right as f64 / taken as f64, right as f64 / true_pairs as f64)
}

#[test]
fn machines_of_known_fleets_are_told_apart_and_found_again() {
    for size in [300, 1000] {
        let mut draw = Draw::of(size as u64);
        let fleet = fleet(&mut draw, size);
        let (reports, truth) = reports(&fleet, &mut draw);
        let environment = absorbed(reports);
        let (precision, recall) = measured(&environment, &truth);
        println!(
            "{size} machines, {} sightings: precision {precision:.5}, recall {recall:.5}, {} merges",
            truth.0.len(),
            environment.merges().count()
        );
        assert!(precision >= 0.999, "{precision}");
        assert!(recall >= 0.99, "{recall}");
        assert!(environment.merges().all(|merge| (0.5..=1.0).contains(&merge.confidence)));
    }
}

#[test]
fn the_order_of_reports_never_decides_which_assets_are_one() {
    let mut draw = Draw::of(7);
    let fleet = fleet(&mut draw, 120);
    let (reports, _) = reports(&fleet, &mut draw);
    let expected = absorbed(reports.clone());
    let merges: Vec<_> = expected.merges().cloned().collect();
    for turn in 1..4 {
        let mut other = reports.clone();
        let at = turn * other.len() / 4;
        other.rotate_left(at);
        if turn == 2 {
            other.reverse();
        }
        let environment = absorbed(other);
        assert_eq!(environment.merges().cloned().collect::<Vec<_>>(), merges);
        assert_eq!(environment.contents(), expected.contents());
    }
    let again = absorbed(reports.iter().chain(&reports).cloned());
    assert_eq!(again.contents(), expected.contents(), "what is heard twice is heard once");
}

fn seen(name: &str, identifiers: &[(IdentifierKind, &str)]) -> Asset {
    let identifiers = identifiers.iter().map(|(kind, value)| Identifier::new(*kind, value)).collect();
    Asset { identifiers, ..Asset::new(name.parse().unwrap(), AssetKind::Host) }
}

fn report(assets: Vec<Asset>) -> Report {
    let findings = assets.iter().map(|asset| {
        let weakness = Weakness::new("CVE-2021-44228".parse().unwrap(), WeaknessKind::Vulnerability);
        ctem_core::model::Finding::new(asset.id.clone(), weakness)
    });
    Report::from(Contents { findings: findings.collect(), assets: assets.clone(), ..Contents::default() })
}

#[test]
fn a_later_report_and_a_person_part_what_was_merged() {
    use IdentifierKind::{Address, Fqdn};
    let web =
        || report(vec![seen("web-1.shop.example", &[(Fqdn, "web-1.shop.example"), (Address, "10.0.0.5")])]);
    let scan = || report(vec![seen("10.0.0.5", &[(Address, "10.0.0.5")])]);
    let other =
        || report(vec![seen("till.shop.example", &[(Fqdn, "till.shop.example"), (Address, "10.0.0.5")])]);
    let distinct =
        Asset { distinct_from: vec!["web-1.shop.example".parse().unwrap()], ..seen("10.0.0.5", &[]) };
    let person = || Report::from(Contents { assets: vec![distinct.clone()], ..Contents::default() });

    let merged = absorbed([web(), scan()]);
    assert_eq!((merged.asset_count(), merged.finding_count(), merged.merges().count()), (1, 1, 1));
    // Another machine had the address too, so that it tells nothing.
    for reports in [[web(), scan(), other()], [other(), web(), scan()], [scan(), other(), web()]] {
        let parted = absorbed(reports);
        assert_eq!((parted.asset_count(), parted.finding_count(), parted.merges().count()), (3, 3, 0));
    }
    for reports in [[web(), scan(), person()], [person(), web(), scan()], [scan(), person(), web()]] {
        let parted = absorbed(reports);
        assert_eq!((parted.asset_count(), parted.finding_count(), parted.merges().count()), (2, 2, 0));
    }
    // Whoever states another name of an asset decides.
    let alias = Asset { aliases: vec!["10.0.0.5".parse().unwrap()], ..seen("till.shop.example", &[]) };
    let stated = Report::from(Contents { assets: vec![alias], ..Contents::default() });
    let environment = absorbed([web(), scan(), other(), stated]);
    let name = environment.asset(&"10.0.0.5".parse().unwrap()).map(|asset| asset.id.to_string());
    assert_eq!((environment.asset_count(), name.as_deref()), (2, Some("till.shop.example")));
}

#[test]
fn a_report_of_hosts_that_share_a_name_is_read_in_a_line() {
    let text = |count: usize| {
        let hosts: String = (0..count)
            .map(|n| {
                format!(
                    "<ReportHost name=\"LOCALHOST\"><HostProperties><tag name=\"netbios-name\">LOCALHOST</tag><tag name=\"host-ip\">10.{}.{}.{}</tag>\
                     </HostProperties><ReportItem port=\"1\" protocol=\"tcp\" severity=\"3\" pluginID=\"7\" pluginName=\"x\" pluginFamily=\"Misc.\"/></ReportHost>",
                    n >> 16, n >> 8 & 255, n & 255
                )
            })
            .collect();
        format!("<NessusClientData_v2><Report name=\"x\">{hosts}</Report></NessusClientData_v2>")
    };
    let environment = absorbed([read(text(3000).as_bytes()).unwrap()]);
    assert_eq!((environment.asset_count(), environment.finding_count()), (3000, 3000));
    // Twice the hosts take about twice the time, with room for a busy machine: cubic would be eight times, quadratic four.
    let time = |count: usize| {
        let text = text(count);
        let took = (0..3).map(|_| {
            let begun = std::time::Instant::now();
            absorbed([read(text.as_bytes()).unwrap()]);
            begun.elapsed()
        });
        took.min().unwrap().as_secs_f64()
    };
    assert!(time(16_000) < 12.0 * time(4000), "four times the hosts");
}

#[test]
fn documents_that_name_no_asset_are_each_their_own() {
    let audit = |version: &str| {
        format!(
            r#"[{{"RuleID": "k", "StartLine": 1, "File": "a", "Secret": "", "Fingerprint": "{version}"}}]"#
        )
    };
    let named = |name: &str| ReadOptions { name: Some(name.into()), ..ReadOptions::default() };
    let by_content = absorbed([read(audit("1").as_bytes()).unwrap(), read(audit("2").as_bytes()).unwrap()]);
    assert_eq!(by_content.asset_count(), 2);
    let by_name =
        ["a.json", "b.json", "a.json"].map(|name| read_with(audit("1").as_bytes(), &named(name)).unwrap());
    assert_eq!(
        absorbed(by_name).assets().map(|asset| asset.id.to_string()).collect::<Vec<_>>(),
        ["gitleaks:a.json", "gitleaks:b.json"]
    );
}
