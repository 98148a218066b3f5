//! The intelligence tables against the files their publishers make.

mod corpora;

use ctem_core::{
    error::ErrorKind,
    intel::{
        epss::Epss,
        exploits::Exploits,
        kev::Kev,
        ssvc::{self, Table},
    },
};
use std::{collections::BTreeMap, io::Read, path::Path};

const MOST: usize = 1 << 26;

#[test]
fn a_daily_epss_file_is_read_with_its_model_and_date() {
    let packed = include_bytes!("tables/epss_scores-2025-11-13.csv.gz");
    let epss = Epss::read(packed, MOST).unwrap();
    assert_eq!(epss.model_version.as_deref(), Some("v2025.03.14"));
    assert_eq!(epss.score_date.unwrap().date(), "2025-11-13");
    assert_eq!(epss.tally.rejected, 0, "{:?}", epss.notes);
    let known = epss.score("CVE-2002-0367".parse().unwrap()).unwrap();
    assert_eq!((known.probability.get(), known.percentile.unwrap().get()), (0.00686, 0.70902));
    let mean = epss.iter().map(|(_, score)| score.probability.get()).sum::<f64>() / epss.len() as f64;
    assert!((mean - 0.563).abs() < 5e-4, "{mean}");

    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes).unwrap();
    assert_eq!(Epss::read(&bytes, MOST).unwrap().len(), epss.len());
    assert_eq!(Epss::read(packed, 1000).unwrap_err().kind(), ErrorKind::LimitExceeded);
}

#[test]
#[ignore = "needs the corpora: name their folder in CTEM_CORPORA"]
fn the_catalogue_is_read_whole() {
    let bytes = corpora::file("intel/kev_2025-08-25.json");
    let kev = Kev::read(&bytes, MOST).unwrap();
    assert_eq!((kev.len(), kev.tally.rejected), (1404, 0), "{:?}", kev.notes);
    assert_eq!(&*kev.version, "2025.08.25");
    let listing = kev.listing("CVE-2021-44228".parse().unwrap()).unwrap();
    assert!(listing.ransomware);
    assert_eq!(listing.added.date(), "2021-12-10");
}

#[test]
#[ignore = "needs the corpora: name their folder in CTEM_CORPORA"]
fn scores_of_another_model_and_lists_of_exploits_are_read_whole() {
    let epss = Epss::read(&corpora::file("intel/epss_scores-2026-08-22.kev-subset-300.csv"), MOST).unwrap();
    assert_eq!((epss.len(), epss.tally.rejected), (300, 0), "{:?}", epss.notes);
    assert_eq!(epss.model_version.as_deref(), Some("v2026.06.15"));
    // The moment is written with `Z`, where earlier files have `+0000`.
    assert_eq!(epss.score_date.unwrap().date(), "2026-08-22");
    for (file, named) in [
        ("metasploit_modules_2026-03-18.sample-150.json", 1),
        ("nuclei_cves_2026-02-02.sample-300.ndjson", 300),
    ] {
        let bytes = corpora::file(&format!("intel/{file}"));
        let exploits = Exploits::read(&bytes, MOST).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(exploits.len() >= named, "{file}: {}", exploits.len());
        for cve in exploits.iter() {
            assert!(text.contains(cve.to_string().trim_start_matches("CVE-")), "{file}: {cve} is not in it");
        }
    }
}

#[test]
fn bad_rows_are_rejected_one_by_one() {
    let text = "cve,epss,percentile\nCVE-2020-0001,0.5,0.9\nCVE-2020-0002,1.5,0.9\nnope,0.1,0.2\nCVE-2020-0003,0.1\n\
                CVE-2020-0001,0.5,0.9\nCVE-2020-0004,\"0.1\",0.2\n";
    let epss = Epss::read(text.as_bytes(), MOST).unwrap();
    let tally = epss.tally;
    assert_eq!((tally.read, tally.accepted, tally.merged, tally.rejected), (6, 1, 1, 4));
    let places: Vec<_> = epss.notes.iter().map(|note| &*note.place).collect();
    assert_eq!(places, ["line 3", "line 4", "line 5", "line 7"]);

    let catalogue = r#"{"catalogVersion": "1", "vulnerabilities": [{"cveID": "CVE-2020-0001", "dateAdded": "soon"},
        {"cveID": "CVE-2020-0002", "dateAdded": "2020-01-01", "knownRansomwareCampaignUse": "Known"}]}"#;
    let kev = Kev::read(catalogue.as_bytes(), MOST).unwrap();
    assert_eq!((kev.len(), kev.tally.rejected), (1, 1));
    assert_eq!(&*kev.notes[0].place, "/vulnerabilities/0/dateAdded");
}

#[test]
fn what_is_not_a_table_is_an_error_and_never_a_panic() {
    let deep = "[".repeat(10_000);
    for bytes in [
        b"".as_slice(),
        b"{",
        b"\xff\xfe\x00",
        b"\xff",
        deep.as_bytes(),
        b"[1e999]",
        b"{\"a\":1,\"a\":2}",
        b"\x1f\x8b\x08",
    ] {
        assert!(Epss::read(bytes, MOST).is_err());
        assert!(Kev::read(bytes, MOST).is_err());
    }
}

#[test]
fn decision_tables_have_every_row_of_the_published_ones() {
    let tables = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tables/ssvc");
    for (table, file, rows) in [
        (&ssvc::CISA_BOD_26_04, "cisa_bod_26_04_1_0_0", 16),
        (&ssvc::CISA_COORDINATOR, "cisa_coordinator_2_0_3", 36),
        (&ssvc::DEPLOYER, "deployer_patch_application_priority_1_0_0", 72),
        (&ssvc::SUPPLIER, "supplier_patch_development_priority_1_0_0", 36),
        (&ssvc::COORDINATOR_TRIAGE, "coordinator_triage_1_0_0", 192),
        (&ssvc::COORDINATOR_PUBLISH, "coordinator_publish_decision_table_1_0_0", 27),
        (&ssvc::HUMAN_IMPACT, "human_impact_1_0_0", 16),
        (&ssvc::PUBLIC_SAFETY_IMPACT, "public_safety_impact_1_0_0", 4),
        (&ssvc::UTILITY, "utility_1_0_0", 4),
    ] as [(&Table, &str, usize); 9]
    {
        let text = std::fs::read_to_string(tables.join(format!("{file}.csv"))).unwrap();
        let mut checked = 0;
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        for record in reader.records() {
            let record = record.unwrap();
            let fields: Vec<&str> = record.iter().map(str::trim).skip(1).collect();
            let (outcome, values) = fields.split_last().unwrap();
            let given: Vec<_> =
                table.points().iter().map(|point| point.name).zip(values.iter().copied()).collect();
            assert_eq!(table.decide(&given).unwrap(), *outcome, "{file} {given:?}");
            checked += 1;
        }
        assert_eq!((checked, table.rows()), (rows, rows), "{file}");
    }
    let mut outcomes: BTreeMap<_, usize> = BTreeMap::new();
    let values = |n: usize| ssvc::CISA_COORDINATOR.points()[n].values;
    for (a, b) in values(0).iter().flat_map(|a| values(1).iter().map(move |b| (a, b))) {
        for (c, d) in values(2).iter().flat_map(|c| values(3).iter().map(move |d| (c, d))) {
            let given = [
                ("exploitation", *a),
                ("automatable", *b),
                ("technical_impact", *c),
                ("mission_and_well_being_impact", *d),
            ];
            *outcomes.entry(ssvc::CISA_COORDINATOR.decide(&given).unwrap()).or_default() += 1;
        }
    }
    assert_eq!(
        outcomes.into_iter().collect::<Vec<_>>(),
        [("act", 4), ("attend", 10), ("track", 18), ("track*", 4)]
    );
}
