//! What people see: it fits their terminal, and names of others are text and nothing else.

use ctem_core::{
    Assessment, Program,
    attack::OnProgress,
    discover,
    intel::Intel,
    mobilize::PlanOptions,
    prioritize::{AnnualRate, AssessOptions},
    render::{self, RenderOptions},
    scope::AssetSelector,
    wire::{self, ask},
};
use serde_json::json;
use unicode_width::UnicodeWidthStr;

/// Names such as a scanner may copy from an attacker.
const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    "\u{202e}gnp.exe",
    "\u{1b}[2J\u{1b}]0;owned\u{7}",
    "\" onmouseover=\"alert(1)",
    "a|b`c` [x](javascript:alert(1))",
    "漢字かな交じり文の長い名前",
    "=cmd|' /C calc'!A0",
];

#[test]
fn a_table_fits_every_width_and_says_the_same_at_each() {
    for assessment in [company(), hostile()] {
        // The places of the plan's rows, and of those of the exposures behind it.
        let places = |text: &str| {
            let tables = text.lines().filter(|line| line.trim_start().starts_with("#  "));
            let of = |head: &str| {
                let rows = text.lines().skip_while(move |line| *line != head).skip(1);
                rows.map_while(|line| line.trim_start().split(' ').next()?.parse().ok())
                    .collect::<Vec<usize>>()
            };
            tables.map(of).collect::<Vec<_>>()
        };
        let wide =
            places(&render::table(&assessment, &RenderOptions { width: 200, ..RenderOptions::default() }));
        let planned =
            assessment.plan(&PlanOptions { at_most: 20, ..PlanOptions::default() }).unwrap().rows.len();
        assert!(planned == 0 || wide.first().is_some_and(|rows| rows.len() == planned), "{wide:?}");
        for width in (60..=200).step_by(7) {
            let options = RenderOptions { width, ..RenderOptions::default() };
            let text = render::table(&assessment, &options);
            let too_wide = text.lines().find(|line| line.width() > width);
            assert_eq!(too_wide, None, "at {width}");
            assert_eq!(places(&text), wide, "at {width}:\n{text}");
        }
    }
}

#[test]
fn no_name_reaches_a_terminal_with_its_controls() {
    let assessment = hostile();
    let text = render::table(
        &assessment,
        &RenderOptions { at_most: 100, explained: 100, width: 120, ..Default::default() },
    );
    let markdown = render::markdown(
        &assessment,
        &RenderOptions { at_most: 100, explained: 100, width: 120, ..Default::default() },
    );
    let page = render::html(&assessment, &RenderOptions { at_most: 100, ..RenderOptions::default() });
    for shown in [text, markdown, page] {
        let acting = |letter: &char| {
            (letter.is_control() && *letter != '\n') || ('\u{202a}'..='\u{202e}').contains(letter)
        };
        assert_eq!(shown.chars().find(acting), None);
        assert!(
            shown.contains("[U+202E]gnp.exe") || shown.contains("\\[U+202E\\]gnp.exe"),
            "the mark is shown"
        );
    }
}

#[test]
fn no_name_is_markup_on_a_page() {
    let page = render::html(&hostile(), &RenderOptions { at_most: 100, ..RenderOptions::default() });
    // The data and the script that reads it.
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("</style").count(), 1);
    assert_eq!(page.matches("<img").count(), 0);
    let (before, rest) = page.split_once("id=\"data\">").unwrap();
    let markup = format!("{before}{}", rest.split_once("</script>").unwrap().1);
    assert!(!markup.contains("\" onmouseover"));
    assert!(page.contains("\\u003cscript>alert(1)\\u003c/script>"));
    assert!(!page.contains("http://") && !page.contains("https://"), "nothing is fetched");
}

#[test]
fn no_name_is_markup_of_a_picture() {
    let asked = ask::Question::read(br#"{"plan": {"curves": true}}"#).unwrap();
    let mut answers = vec![ask::answer(&hostile(), &asked, OnProgress::default()).unwrap()];
    for name in HOSTILE.iter().map(|name| (*name).to_owned()).chain(["x".repeat(10_000)]) {
        let reached = json!({"asset": name, "access": "reach"});
        let held = json!({"asset": format!("{name}."), "access": "use"});
        let hops = json!([
            {"from": [], "to": reached, "kind": "start", "how": name, "chance": 1},
            {"from": [reached], "to": held, "kind": "exploit", "of": name, "how": name, "technique": {"id": name}, "chance": 0.5},
            {"from": [held], "to": null, "kind": "loss", "how": name, "chance": 1},
        ]);
        let loss = json!({"amount": 1e6, "unit": "EUR"});
        answers
            .push(json!({"list": [{"name": name, "loss": loss, "chance": 0.5, "hops": hops}]}).to_string());
    }
    for answer in answers {
        let picture = ask::picture(answer.as_bytes()).unwrap();
        for markup in ["<script", "<img", "</style><img", "\" onmouseover", "http://", "https://"] {
            assert!(!picture.contains(markup), "{markup}");
        }
        let acting = |letter: &char| {
            (letter.is_control() && *letter != '\n') || ('\u{202a}'..='\u{202e}').contains(letter)
        };
        assert_eq!(picture.chars().find(acting), None);
        assert!(!picture.contains(&"x".repeat(2_001)));
    }
}

#[test]
fn a_picture_of_what_is_no_answer_is_refused_with_its_place() {
    let hop = json!({"from": [], "to": null, "kind": "start", "how": "", "chance": 1.0});
    let path = |hops: Vec<serde_json::Value>| json!({"name": "", "loss": {"amount": 1, "unit": "EUR"}, "chance": 1.0, "hops": hops});
    for (answer, code, place) in [
        (json!([]), "invalid_input", None),
        (json!({"list": []}), "invalid_input", None),
        (json!({"list": [{"asset": "a"}]}), "invalid_input", Some("/list/0")),
        (json!({"rows": [], "before": {"value": 1}}), "invalid_input", None),
        (json!({"order": "plan", "points": [[0]]}), "invalid_input", Some("/points/0")),
        (path(vec![hop.clone(); 1_001]), "limit_exceeded", Some("/hops")),
    ] {
        let error = ask::picture(answer.to_string().as_bytes()).unwrap_err();
        assert_eq!((error.code(), error.place().filter(|_| place.is_some())), (code, place), "{answer:.100}");
    }
    assert!(ask::picture(path(vec![hop; 1_000]).to_string().as_bytes()).is_ok());
    assert!(
        ask::picture(br#"{"order": "\" onload=\"x", "points": [[0, 5], [1e308, -1e308]]}"#)
            .unwrap()
            .contains("another order")
    );
}

#[test]
fn a_title_of_ten_thousand_letters_is_cut_everywhere() {
    let assessment = hostile();
    let text = render::table(
        &assessment,
        &RenderOptions { at_most: 100, explained: 0, width: 200, ..Default::default() },
    );
    assert!(text.len() < 20_000, "{}", text.len());
    let page = render::html(&assessment, &RenderOptions { at_most: 100, ..RenderOptions::default() });
    assert!(!page.contains(&"x".repeat(2_001)));
}

#[test]
fn an_assessment_of_nothing_is_shown_too() {
    let nothing = Program::new(Intel::none()).assess("2025-11-13".parse().unwrap()).unwrap();
    let options = RenderOptions::default();
    assert_eq!(
        render::table(&nothing, &options),
        "What to do first, as of 2025-11-13 · shares of the expected loss in 30 days, since no loss is stated\n\
         0 findings on 0 assets, 0 relations; no EPSS table, no KEV catalogue\n\
         No entry point is stated, so nothing is said of the chance of an incident in a year\n"
    );
    assert!(render::markdown(&nothing, &options).starts_with("# What to do first"));
    assert!(render::html(&nothing, &options).ends_with("</html>\n"));
}

#[test]
fn what_the_inputs_imply_stands_below_the_headline_of_every_output() {
    let mut program = Program::new(Intel::none());
    program.absorb(discover::read(wire::EXAMPLE.as_bytes()).unwrap());
    let day = "2025-11-13".parse().unwrap();
    let today = program.assess(day).unwrap();
    let baseline = today.baseline(AnnualRate::PUBLISHED.with_history(2, 3.0).unwrap()).unwrap();
    let own = program.assess_with(day, AssessOptions { baseline, ..AssessOptions::default() }).unwrap();
    let options = RenderOptions { width: 400, ..RenderOptions::default() };
    let shipped = "Your inputs imply a chance of 37 % of an incident in a year; 9.3 % of firms have one (IRIS 2025). This assumes that 10 % of what is exploited anywhere is \
                   tried here (attention), and that 5.0 % of break-ins end in an incident (follow-through, of a reference organisation, 2026-11-27)";
    let ours = "Your inputs imply a chance of 32 % of an incident in a year; 9.3 % of firms have one (IRIS 2025). This assumes that 10 % of what is exploited anywhere is tried \
                here (attention), and that 4.2 % of break-ins end in an incident (follow-through, your own, from 32 % a year on 2025-11-13)";
    for (assessment, words) in [(&today, shipped), (&own, ours)] {
        for text in [
            render::table(assessment, &options),
            render::markdown(assessment, &options),
            render::html(assessment, &options),
        ] {
            assert!(text.contains(words), "{text}");
        }
    }
}

#[test]
fn links_of_one_path_are_one_row_that_says_how_many_and_which() {
    // The internet reaches a shop that reads orders: two links of one path, and a third that leads nowhere else.
    let document = json!({"ctem": {"version": 2},
        "assets": [{"id": "out", "kind": "network_zone", "name": "internet"}, {"id": "shop", "kind": "host"},
            {"id": "orders", "kind": "data_store"}],
        "relations": [{"from": "out", "kind": "reaches", "to": "shop"}, {"from": "shop", "kind": "reads", "to": "orders"}],
        "findings": [{"asset": "shop", "weakness": {"id": "CVE-2024-1", "kind": "vulnerability"}}],
        "entry_points": [{"asset": "out", "attacker": "internet"}],
        "services": [{"id": "s", "loss_events": [{"id": "leak", "loss": {"amount": 1e6, "unit": "EUR"},
            "when": {"state": {"asset": "orders", "access": "read"}}}]}]});
    let mut program = Program::new(Intel::none());
    program.absorb(discover::read(document.to_string().as_bytes()).unwrap());
    let today = program.assess("2025-11-13".parse().unwrap()).unwrap();
    assert_eq!(today.len(), 3);
    let options = RenderOptions { at_most: 1, ..RenderOptions::default() };
    for text in [render::table(&today, &options), render::markdown(&today, &options)] {
        assert!(text.contains("+2") && text.contains("More"), "{text}");
        assert!(text.contains("Links worth the same: internet reaches shop, shop reads orders"), "{text}");
        assert!(!text.contains("exposures more"), "{text}");
    }
    let page = render::html(&today, &RenderOptions::default());
    assert_eq!(rows(&page), 3, "a page has a row for each");
}

/// How many rows the data of a page has.
fn rows(page: &str) -> usize {
    let (_, data) = page.split_once("id=\"data\">").unwrap();
    let data: serde_json::Value = serde_json::from_str(data.split_once("</script>").unwrap().0).unwrap();
    data["rows"].as_array().unwrap().len()
}

#[test]
fn a_page_of_twenty_thousand_rows_is_no_larger_than_a_picture() {
    let events = (0..20).map(|n| {
        json!({"id": format!("e{n}"), "name": format!("loss of data set {n}"), "loss": {"amount": 1e5 + f64::from(n), "unit": "EUR"},
            "when": {"state": {"asset": format!("store-{n}"), "access": "read"}}})
    });
    let hosts = (0..2000).map(|n| json!({"id": format!("host-{n}.example.net"), "kind": "host", "owner": format!("team-{}", n % 40)}));
    let stores = (0..20).map(|n| json!({"id": format!("store-{n}"), "kind": "data_store"}));
    let reaches = (0..2000).map(|n| json!({"from": "out", "kind": "reaches", "to": format!("host-{n}.example.net"), "removable": false}));
    let reads = (0..2000).flat_map(|n| {
        (0..4).map(move |m| json!({"from": format!("host-{n}.example.net"), "kind": "reads", "to": format!("store-{}", (n + 5 * m) % 20),
            "removable": false}))
    });
    let findings = (0..20_000).map(|n| {
        json!({"asset": format!("host-{}.example.net", n / 10), "component": {"name": format!("package-{}", n % 97), "version": "1.2.3"},
            "weakness": {"id": format!("CVE-2024-{}", 1000 + n % 3000), "title": format!("Something of a certain length is wrong in package {}", n % 97),
                "cvss": ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"]}, "sightings": [{"source": "scanner", "fixed_in": ["1.2.4"]}]})
    });
    let document = json!({"ctem": {"version": 2},
        "assets": hosts.chain(stores).chain([json!({"id": "out", "kind": "network_zone"})]).collect::<Vec<_>>(),
        "relations": reaches.chain(reads).collect::<Vec<_>>(),
        "findings": findings.collect::<Vec<_>>(),
        "entry_points": [{"asset": "out", "attacker": "internet"}],
        "services": [{"id": "s", "loss_events": events.collect::<Vec<_>>()}]});
    let mut program = Program::new(Intel::none());
    let absorbed = program.absorb(discover::read(document.to_string().as_bytes()).unwrap());
    assert_eq!(absorbed.tally.rejected, 0);
    let today = program.assess("2025-11-13".parse().unwrap()).unwrap();
    let page = render::html(&today, &RenderOptions { at_most: 20_000, ..RenderOptions::default() });
    assert_eq!(rows(&page), 20_000);
    assert!(page.len() < 12_000_000, "{} bytes", page.len());
    if let Some(file) = std::env::var_os("CTEM_PAGE") {
        std::fs::write(file, &page).unwrap();
    }
    println!("{} bytes", page.len());
}

fn company() -> Assessment {
    let mut program = Program::new(Intel::none());
    for file in
        ["environment.json", "shop-web.trivy.json", "payments-api.trivy.json", "perimeter.nuclei.jsonl"]
    {
        let bytes = std::fs::read(format!("{}/examples/company/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        program.absorb(discover::read(&bytes).unwrap());
    }
    program.assess("2025-11-13".parse().unwrap()).unwrap()
}

/// Every name that a document can hold is one of others' choosing.
fn hostile() -> Assessment {
    let names: Vec<String> =
        HOSTILE.iter().map(|name| (*name).to_owned()).chain(["x".repeat(10_000)]).collect();
    let assets: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(n, name)| json!({"id": format!("a{n}"), "kind": "host", "name": name, "owner": "o"}))
        .collect();
    let findings: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(n, name)| {
            json!({"asset": format!("a{n}"), "weakness": {"id": format!("w{n}"), "kind": "misconfiguration", "title": name},
                "sightings": [{"source": name, "title": name, "advice": name}]})
        })
        .collect();
    let events: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(n, name)| {
            json!({"id": format!("e{n}"), "name": name, "loss": {"amount": 1e6, "unit": "EUR"},
                "when": {"state": {"asset": format!("a{n}"), "access": "use"}}})
        })
        .collect();
    let entries: Vec<_> = (0..names.len()).map(|n| json!({"asset": format!("a{n}")})).collect();
    let document = json!({"ctem": {"version": 1}, "assets": assets, "findings": findings, "entry_points": entries,
        "owners": [{"id": "o", "name": HOSTILE[0]}], "services": [{"id": "s", "loss_events": events}]});
    let mut program = Program::new(Intel::none());
    let absorbed = program.absorb(discover::read(document.to_string().as_bytes()).unwrap());
    assert_eq!(absorbed.tally.rejected, 0, "{:?}", absorbed.notes.first());
    program.assess("2025-11-13".parse().unwrap()).unwrap()
}

#[test]
fn a_document_has_the_plan_as_it_is_answered_when_asked_for() {
    let today = company();
    for at_most in [1, 3, 1000] {
        let question = format!(r#"{{"plan": {{"at_most": {}}}}}"#, at_most.min(50));
        let question = ask::Question::read(question.as_bytes()).unwrap();
        let plan = ask::answer(&today, &question, OnProgress::default()).unwrap();
        let options = wire::DocumentOptions { at_most, explained: false, ..Default::default() };
        let document = wire::assessment(&today, &options);
        assert!(document.contains(&format!(r#""plan":{plan},"loss_events":"#)), "{document}");
    }
}

#[test]
fn a_shorter_list_is_of_the_same_plan_and_says_what_stands_below() {
    let today = company();
    let whole = today.plan(&PlanOptions::default()).unwrap();
    let options = RenderOptions { at_most: 1, width: 120, ..RenderOptions::default() };
    let below = &whole.rows[1..];
    assert!(!below.is_empty() && below.iter().any(|row| row.saved > 0.0), "{whole:#?}");
    let said = match below.len() {
        1 => "… 1 more action of this plan stands below: it saves EUR ".into(),
        count => format!("… {count} more actions of this plan stand below: they save EUR "),
    };
    for text in
        [render::table(&today, &options), render::markdown(&today, &options), render::html(&today, &options)]
    {
        assert!(text.contains(&*whole.rows[0].action.title) && text.contains(&said), "{said}\n{text}");
    }
    let told = |at_most: usize| -> serde_json::Value {
        let options = wire::DocumentOptions { at_most, ..Default::default() };
        serde_json::from_str(&wire::assessment(&today, &options)).unwrap()
    };
    let (few, all) = (told(1), told(usize::MAX));
    for same in ["hours", "before", "after", "at_least", "gap"] {
        assert_eq!(few["plan"][same], all["plan"][same]);
    }
    assert_eq!(few["plan"]["rows"].as_array().unwrap()[..], all["plan"]["rows"].as_array().unwrap()[..1]);
    assert_eq!(few["plan"]["rest"]["below"], below.len());
    // Nor does it matter which of the rows a view is of.
    let last = whole.rows.last().unwrap();
    let only = AssetSelector::parse(&format!("id = {}", last.action.on[0])).unwrap();
    let shown = render::table(&today, &RenderOptions { only, ..options });
    assert!(shown.lines().any(|line| line.starts_with(&format!("{}  ", last.rank))), "{shown}");
}

#[test]
fn a_scan_alone_says_once_what_all_of_it_has_in_common() {
    let flaw = |n: usize, cvss: &str| {
        json!({"id": format!("f-{n}"), "asset": "registry.example/team/very-long-name-of-a-shop:4.1",
            "weakness": {"id": format!("CVE-2024-{}", 1000 + n), "cvss": [cvss]}})
    };
    let day = |findings: serde_json::Value| {
        let document = json!({"ctem": {"version": 2}, "findings": findings});
        let mut program = Program::default();
        program.absorb(discover::read(document.to_string().as_bytes()).unwrap());
        program.assess("2025-11-13".parse().unwrap()).unwrap()
    };
    let options = RenderOptions::default();
    let open = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
    let table = render::table(&day(json!([flaw(1, open), flaw(2, open)])), &options);
    // Nothing is said of incidents where nobody said where attackers stand.
    assert!(table.contains("\nNo entry point is stated") && !table.contains("9.3 %"), "{table}");
    assert!(
        table.contains("\nAll of this is on registry.example/team/very-long-name-of-a-shop:4.1\n"),
        "{table}"
    );
    assert!(
        table.contains("  Patch CVE-2024-1001  ") && !table.contains("Patch CVE-2024-1001 on"),
        "{table}"
    );
    assert!(table.contains(" % of paths: taken"), "{table}");
    assert_eq!(table.matches("\n   The number\n").count(), 1, "{table}");
    assert_eq!(table.matches("\n   The number, as under 1\n").count(), 1, "{table}");
    // What leads nowhere is listed, and no column says so once more.
    let setting = json!({"asset": "web", "weakness": {"id": "missing-header", "kind": "misconfiguration", "severity": "low"}});
    let table = render::table(&day(json!([setting])), &options);
    assert!(table.contains("\nExposures, of which none leads to a loss as far as is known\n"), "{table}");
    assert!(!table.contains("Fix value") && !table.contains("Leads to") && table.contains("low"), "{table}");
}

#[test]
fn between_equal_risks_decides_what_people_look_at_next() {
    let flaw = |n: usize, more: serde_json::Value| {
        let mut finding = json!({"id": format!("f-{n}"), "asset": "shop", "component": {"name": format!("part{n}")},
            "weakness": {"id": format!("CVE-2020-{}", 1000 + n), "kind": "vulnerability"},
            "exploit": {"needs": "reach", "gives": "use", "chance": 0.1}});
        for (name, value) in more.as_object().unwrap() {
            match finding.get_mut(name).and_then(|known| known.as_object_mut()) {
                Some(known) => known.extend(value.as_object().unwrap().clone()),
                None => finding[name] = value.clone(),
            }
        }
        finding
    };
    let findings = [
        flaw(0, json!({})),
        flaw(1, json!({"weakness": {"id": "CVE-2023-1001"}})),
        flaw(2, json!({"sightings": [{"source": "grype", "fixed_in": ["1.2"]}]})),
        flaw(3, json!({"exploit": {"gives": "control"}})),
        flaw(4, json!({"weakness": {"cvss": ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:L/A:N"]}})),
        flaw(5, json!({"weakness": {"cvss": ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"]}})),
        flaw(6, json!({"weakness": {"epss": 0.001}})),
        flaw(7, json!({"weakness": {"known_exploited": true}})),
    ];
    let document = json!({"ctem": {"version": 2}, "assets": [{"id": "shop", "kind": "host"}], "findings": findings,
        "entry_points": [{"asset": "shop", "access": "reach", "attacker": "internet"}],
        "services": [{"id": "s", "loss_events": [{"id": "lost", "loss": {"amount": 1000, "unit": "EUR"},
            "when": {"state": {"asset": "shop", "access": "use"}}}]}]});
    let mut program = Program::default();
    program.absorb(discover::read(document.to_string().as_bytes()).unwrap());
    let today = program.assess("2025-11-13".parse().unwrap()).unwrap();
    let ids: Vec<String> = today.ranked().map(|exposure| exposure.id.to_string()).collect();
    assert_eq!(ids, ["f-7", "f-6", "f-5", "f-4", "f-3", "f-2", "f-1", "f-0"]);
    assert!(today.ranked().all(|exposure| exposure.risk.value() == 100.0));
    let table = render::table(&today, &RenderOptions::default());
    for cell in ["9.8", "5.3", "0.10 %", "yes", "part2 1.2"] {
        assert!(table.contains(cell), "{cell} in\n{table}");
    }
}

#[test]
fn nobody_counts_the_zeros_of_a_small_part() {
    // A scan alone, of a flaw that is hardly ever exploited: what is shown is a part of something, or a number that one can say.
    let document = json!({"ctem": {"version": 2}, "assets": [{"id": "shop", "kind": "host"}], "findings": [
        {"id": "f", "asset": "shop", "weakness": {"id": "CVE-2020-1000", "kind": "vulnerability", "epss": 0.00001,
            "cvss": ["CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N"]}}]});
    let mut program = Program::default();
    program.absorb(discover::read(document.to_string().as_bytes()).unwrap());
    let today = program.assess("2025-11-13".parse().unwrap()).unwrap();
    let exposure = today.ranked().next().unwrap();
    assert!(exposure.risk.value() < 1e-6, "{exposure}");
    let options = RenderOptions::default();
    let asked = br#"{"questions_text": {"budget": {"hours": 8}}}"#;
    let questions = ask::answer(&today, &ask::Question::read(asked).unwrap(), OnProgress::default()).unwrap();
    for text in [
        exposure.to_string(),
        render::table(&today, &options),
        render::markdown(&today, &options),
        render::exposure(&today, &exposure.id, &options).unwrap(),
        questions,
    ] {
        let told = text.lines().find(|line| line.contains("0.0000") && line.contains("jewel"));
        assert_eq!(told, None, "{text}");
    }
}
