//! Plain rows, scored without a graph.

use crate::{
    tells,
    worlds::{any_chance, chance},
};
use ctem_core::{
    Days,
    intel::{Intel, exploits::Exploits},
    model::Criticality,
    prioritize::{
        Batch, Bits, Column, Integers, Reachable, Row, Texts, TimeUnit, score, score_all, score_table,
    },
    time::Moment,
};
use proptest::{option, prelude::*, sample::select};
use std::sync::Arc;

const TIERS: [Criticality; 4] =
    [Criticality::Low, Criticality::Medium, Criticality::High, Criticality::CrownJewel];
const PLACES: [Reachable; 4] =
    [Reachable::Isolated, Reachable::Internal, Reachable::Unknown, Reachable::Internet];
const VECTORS: [&str; 5] = [
    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H",
    "CVSS:3.1/AV:N/AC:H/PR:H/UI:R/S:U/C:L/I:L/A:N",
    "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:L",
    "CVSS:4.0/AV:P/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
    "AV:N/AC:M/Au:N/C:P/I:P/A:P",
];

fn row() -> impl Strategy<Value = Row> {
    (
        option::of(any_chance()),
        any::<bool>(),
        option::of(select(VECTORS.to_vec())),
        select(PLACES.to_vec()),
        option::of(select(TIERS.to_vec())),
    )
        .prop_map(|(epss, known_exploited, cvss, reachable, criticality)| {
            let (epss, cvss) = (epss.map(chance), cvss.map(|text| text.parse().unwrap()));
            Row { epss, known_exploited, cvss, reachable, criticality, ..Row::default() }
        })
}

/// The same with a CVE, which tables know or do not, and with days.
fn dated_row() -> impl Strategy<Value = Row> {
    let day =
        || option::of((1_500_000_000i64..1_800_000_000).prop_map(|s| Moment::from_unix_seconds(s).unwrap()));
    (row(), option::of(select(CVES.to_vec())), day(), day()).prop_map(|(row, cve, published, as_of)| {
        let cve = cve.map(|cve| cve.parse().unwrap());
        Row { cve, published, as_of, ..row }
    })
}

const CVES: [&str; 5] =
    ["CVE-2021-44228", "CVE-2014-0160", "CVE-2025-0001", "CVE-2025-0002", "CVE-2019-0001"];

fn tables() -> Intel {
    let epss =
        b"#score_date:2025-11-13\ncve,epss\nCVE-2021-44228,0.94\nCVE-2014-0160,0.02\nCVE-2025-0001,0.001\n";
    let kev = br#"{"catalogVersion": "1", "vulnerabilities": [
        {"cveID": "CVE-2021-44228", "dateAdded": "2021-12-10", "knownRansomwareCampaignUse": "Known"},
        {"cveID": "CVE-2019-0001", "dateAdded": "2022-01-01"}]}"#;
    let nuclei = Exploits::read(b"CVE-2025-0002\nCVE-2019-0001", 1 << 10).unwrap();
    Intel::read(Some(epss), Some(kev)).unwrap().with_nuclei(nuclei)
}

/// Rows as the columns that a data frame would have of them.
#[derive(Default)]
struct Frame {
    texts: [Vec<Option<String>>; 4],
    codes: Vec<i32>,
    epss: Vec<f64>,
    known: Vec<u8>,
    moments: [(Vec<i64>, Vec<u8>); 2],
}

impl Frame {
    fn of(rows: &[Row]) -> Self {
        let text = |of: fn(&Row) -> Option<String>| rows.iter().map(of).collect::<Vec<_>>();
        let bits = |of: &dyn Fn(&Row) -> bool| {
            let chunk = |rows: &[Row]| rows.iter().rev().fold(0, |byte, row| byte << 1 | u8::from(of(row)));
            rows.chunks(8).map(chunk).collect::<Vec<_>>()
        };
        let moments = |of: fn(&Row) -> Option<Moment>| {
            let seconds = rows.iter().map(|row| of(row).map_or(7, Moment::unix_seconds)).collect();
            (seconds, bits(&|row| of(row).is_some()))
        };
        Self {
            texts: [
                text(|row| row.cve.map(|cve| cve.to_string())),
                text(|row| row.cvss.map(|vector| vector.to_string())),
                text(|row| Some(row.reachable.to_string())),
                text(|row| row.criticality.map(|tier| tier.to_string())),
            ],
            codes: (0..rows.len() as i32).collect(),
            epss: rows.iter().map(|row| row.epss.map_or(f64::NAN, |epss| epss.get())).collect(),
            known: bits(&|row| row.known_exploited),
            moments: [moments(|row| row.published), moments(|row| row.as_of)],
        }
    }

    fn batch(&self, coded: bool) -> Batch<'_> {
        let text = |at: usize| {
            let texts = &self.texts[at];
            let texts = Texts::new(texts.len(), |row| texts[row].as_deref());
            // Each row its own place: a dictionary in which texts stand twice says the same.
            if coded {
                Column::coded(Integers::I32(&self.codes), Arc::new(texts))
            } else {
                Column::texts(texts)
            }
        };
        let moment = |at: usize| {
            let (seconds, known) = &self.moments[at];
            Column::moments(Integers::I64(seconds), TimeUnit::Seconds).known(Bits::new(known, 0))
        };
        Batch::of([
            ("cve", text(0)),
            ("cvss", text(1)),
            ("reachable", text(2)),
            ("criticality", text(3)),
            ("epss", Column::numbers(&self.epss)),
            ("known_exploited", Column::flags(Bits::new(&self.known, 0), self.epss.len())),
            ("published", moment(0)),
            ("as_of", moment(1)),
        ])
        .unwrap()
    }
}

fn days() -> impl Strategy<Value = Days> {
    (1u32..400).prop_map(|days| Days::new(f64::from(days)).unwrap())
}

fn risk(row: &Row, horizon: Days) -> f64 {
    score(row, &Intel::none(), horizon).risk
}

laws! {
    in 512 cases;

    #[test]
    fn a_table_scores_as_its_rows_do_to_the_bit(
        rows in prop::collection::vec(dated_row(), 0..40),
        parts in 0usize..40,
        coded in any::<bool>(),
        horizon in prop_oneof![Just(Days::THIRTY), days()],
    ) telling 60 {
        let (first, second) = rows.split_at(parts.min(rows.len()));
        let frames = [Frame::of(first), Frame::of(second)];
        let batches = frames.each_ref().map(|frame| frame.batch(coded));
        let scores = score_table(&batches, &tables(), horizon, Default::default()).unwrap();
        tells(rows.iter().any(|row| row.cve.is_some() && row.epss.is_some()));
        prop_assert!(scores.errors.is_empty(), "{:?}", scores.errors);
        let bits = |risks: &[f64]| risks.iter().map(|risk| risk.to_bits()).collect::<Vec<_>>();
        prop_assert_eq!(bits(&scores.risks), bits(&score_all(&rows, &tables(), horizon)));
    }

    #[test]
    fn scoring_all_equals_scoring_each_to_the_bit(rows in prop::collection::vec(row(), 0..6), horizon in days()) telling 70 {
        let all = score_all(&rows, &Intel::none(), horizon);
        prop_assert_eq!(all.len(), rows.len());
        tells(all.iter().any(|risk| *risk > 0.0));
        for (row, together) in rows.iter().zip(all) {
            let alone = score(row, &Intel::none(), horizon);
            prop_assert_eq!(alone.risk.to_bits(), together.to_bits());
            prop_assert_eq!(alone.term.folded().to_bits(), together.to_bits());
            prop_assert!((0.0..=1.0).contains(&together));
        }
    }

    #[test]
    fn a_row_that_is_worse_never_scores_less(row in row(), horizon in days(), p in any_chance(), which in 0usize..4) telling 60 {
        let before = risk(&row, horizon);
        let mut worse = row;
        worse.epss = worse.epss.map(|known| known.max(chance(p)));
        worse.known_exploited = true;
        worse.reachable = worse.reachable.max(PLACES[which]);
        worse.criticality = worse.criticality.max(Some(TIERS[which]));
        let after = risk(&worse, horizon);
        tells(before < after);
        prop_assert!(before <= after);
    }

    #[test]
    fn a_row_scores_no_less_in_each_thing_alone(row in row(), horizon in days(), p in any_chance()) telling 90 {
        let before = risk(&row, horizon);
        if let Some(known) = row.epss {
            let mut worse = row.clone();
            worse.epss = Some(known.max(chance(p)));
            prop_assert!(before <= risk(&worse, horizon));
        }
        let mut listed = row.clone();
        listed.known_exploited = true;
        prop_assert!(before <= risk(&listed, horizon));
        let places = PLACES.map(|place| { let mut row = row.clone(); row.reachable = place; risk(&row, horizon) });
        prop_assert!(places.is_sorted(), "{places:?}");
        let tiers = TIERS.map(|tier| { let mut row = row.clone(); row.criticality = Some(tier); risk(&row, horizon) });
        prop_assert!(tiers.is_sorted(), "{tiers:?}");
        let longer = Days::new(horizon.get() * 2.0).unwrap();
        tells(places[0] < places[3] && tiers[0] < tiers[3]);
        prop_assert!(before <= risk(&row, longer));
    }
}
