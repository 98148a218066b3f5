//! Plain rows, scored without a graph.

use crate::{
    tells,
    worlds::{any_chance, chance},
};
use ctem_core::{
    Days,
    intel::Intel,
    model::Criticality,
    prioritize::{Reachable, Row, score, score_all},
};
use proptest::{option, prelude::*, sample::select};

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

fn days() -> impl Strategy<Value = Days> {
    (1u32..400).prop_map(|days| Days::new(f64::from(days)).unwrap())
}

fn risk(row: &Row, horizon: Days) -> f64 {
    score(row, &Intel::none(), horizon).risk
}

laws! {
    in 512 cases;

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
