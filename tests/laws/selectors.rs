//! Selectors: what is written is read again, and means what logic says.

use crate::tells;
use ctem_core::{
    Program, discover,
    intel::Intel,
    model::Environment,
    scope::{AssetSelector, Pattern},
    time::Moment,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Texts of selectors, as people write them.
fn text() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        "[a-c*]{1,3}",
        Just("\"a b\"".to_owned()),
        Just(r#""\*\"\\""#.to_owned()),
        Just("\"and\"".to_owned()),
    ];
    let condition = (0usize..6, any::<bool>(), proptest::collection::vec(value, 1..3));
    let condition = condition.prop_map(|(field, is, values)| {
        let field = ["id", "name", "kind", "owner", "label.team", "realm"][field];
        match (&*values, is) {
            ([value], true) => format!("{field} = {value}"),
            ([value], false) => format!("{field} != {value}"),
            (values, true) => format!("{field} in ({})", values.join(", ")),
            (values, false) => format!("{field} not in ({})", values.join(", ")),
        }
    });
    let leaf = prop_oneof![
        8 => condition,
        1 => Just("all".to_owned()),
        1 => Just("has owner".to_owned()),
        1 => prop_oneof![Just("criticality >= high"), Just("criticality < medium"), Just("age > 3")].prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|of| format!("not ({of})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) and {b}")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("{a} or ({b})")),
        ]
    })
}

fn environment() -> Environment {
    let document = r#"{"ctem": {"version": 2}, "assets": [
        {"id": "a", "kind": "host", "owner": "b", "criticality": "high"},
        {"id": "ab", "kind": "a", "labels": {"team": "a b"}, "criticality": "low"},
        {"id": "b", "kind": "realm", "name": "a*\"\\"},
        {"id": "c", "kind": "data_store", "name": "and", "labels": {"team": "c"}}
    ], "relations": [{"kind": "contains", "from": "b", "to": "c"}]}"#;
    let mut program = Program::new(Intel::none());
    program.absorb(discover::read(document.as_bytes()).unwrap());
    program.environment().clone()
}

fn chosen(environment: &Environment, selector: &AssetSelector) -> BTreeSet<String> {
    let as_of: Moment = "2025-11-13".parse().unwrap();
    environment.select(selector, as_of).iter().map(|asset| asset.id.to_string()).collect()
}

/// Whether a pattern matches, looked at letter by letter.
fn matches(pattern: &[u8], word: &[u8]) -> bool {
    match pattern {
        [] => word.is_empty(),
        [b'*', rest @ ..] => (0..=word.len()).any(|at| matches(rest, &word[at..])),
        [letter, rest @ ..] => word.first() == Some(letter) && matches(rest, &word[1..]),
    }
}

laws! { in 1000 cases;
    #[test]
    fn a_selector_is_read_again_as_it_was_written(text in text()) telling 60 {
        let selector = AssetSelector::parse(&text).unwrap();
        let written = selector.to_string();
        prop_assert_eq!(&AssetSelector::parse(&written).unwrap(), &selector, "{}", written);
        let json = serde_json::to_string(&selector).unwrap();
        prop_assert_eq!(serde_json::from_str::<AssetSelector>(&json).unwrap(), selector);
        tells(written != "all");
    }

    #[test]
    fn selectors_mean_what_sets_say((first, second) in (text(), text())) telling 20 {
        let environment = environment();
        let of = |text: &str| chosen(&environment, &AssetSelector::parse(text).unwrap());
        let all = of("all");
        let (a, b) = (of(&first), of(&second));
        let sets = |of: BTreeSet<&String>| of.into_iter().cloned().collect::<BTreeSet<_>>();
        prop_assert_eq!(of(&format!("({first}) and ({second})")), sets(a.intersection(&b).collect()));
        prop_assert_eq!(of(&format!("({first}) or ({second})")), sets(a.union(&b).collect()));
        prop_assert_eq!(of(&format!("not ({first})")), sets(all.difference(&a).collect()));
        tells(a != b && !a.is_empty() && !b.is_empty());
    }

    #[test]
    fn a_pattern_matches_as_letter_by_letter(pattern in "[ab*]{0,6}", word in "[abAB]{0,7}") telling 5 {
        let whole = matches(pattern.as_bytes(), word.to_lowercase().as_bytes());
        prop_assert_eq!(Pattern::new(&pattern).matches(&word), whole, "{} of {}", pattern, word);
        tells(whole && pattern.contains('*'));
    }

    #[test]
    fn what_is_a_selector_is_one_again(text in r#"((kind = a[*]?|id != "x\\[*]"|has owner|all)( and | or |[)]|)|not |[(]){1,4}|\PC{0,40}"#) telling 2 {
        if let Ok(selector) = AssetSelector::parse(&text) {
            prop_assert_eq!(AssetSelector::parse(&selector.to_string()).unwrap(), selector);
            tells(true);
        }
    }
}
