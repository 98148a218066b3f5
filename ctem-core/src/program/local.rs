//! What is local: an event that brings findings on assets that stand alone is answered from these assets alone.
//!
//! The answer is the same, to the bit, as that of two whole assessments. Where it might not be, there is none here, and all is assessed.

use super::{log::Taken, state::State};
use crate::prioritize::{Assessment, Moved, Parts};
use std::sync::Arc;

/// What an event moved, and what it moved it in.
pub(super) type Found = (Arc<Parts>, Moved);

/// What an event moved of the parts of what was assessed before it, if it is local.
pub(super) fn found(
    (before, after): (&State, &State),
    taken: &Taken,
    last: Option<&Assessment>,
    parts: Option<Arc<Parts>>,
) -> Option<Found> {
    let (keys, clock) = (taken.news.as_ref()?, after.clock?);
    if !Parts::may_hold(&after.environment, keys) {
        return None;
    }
    let parts = parts.or_else(|| Parts::of(last?).map(Arc::new))?;
    let moved = parts.moved((&before.environment, &after.environment), keys, clock)?;
    Some((parts, moved))
}

#[cfg(test)]
mod tests {
    use crate::{
        Moment, Program, discover,
        intel::effects::Effects,
        program::{ApplyOptions, Delta, Event, Why},
    };
    use proptest::{
        prelude::*,
        test_runner::{Config, RngSeed},
    };
    use serde_json::{Value, json};

    /// The assets of a world: most stand alone, and some, the last, are tied to each other.
    const ASSETS: usize = 48;
    const TIED: usize = 2;

    /// What is found: on which asset, which flaw, and how it is told.
    #[derive(Debug, Clone)]
    struct Seen {
        asset: usize,
        flaw: usize,
        told: usize,
    }

    fn seen() -> impl Strategy<Value = Seen> {
        (0..ASSETS, 0usize..15, 0usize..24).prop_map(|(asset, flaw, told)| Seen { asset, flaw, told })
    }

    impl Seen {
        fn record(&self) -> Value {
            let Self { asset, flaw, told } = self;
            let mut weakness = match flaw % 5 {
                0 => json!({"id": format!("acme:R-{flaw}"), "kind": "misconfiguration", "severity": "high"}),
                1 => json!({"id": format!("CVE-2024-{}", 1000 + flaw), "severity": "critical"}),
                2 => json!({"id": format!("CVE-2021-{}", 1000 + flaw), "epss": 0.7,
                    "cvss": ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"]}),
                3 => json!({"id": format!("CVE-2020-{}", 1000 + flaw), "known_exploited": true,
                    "cvss": ["CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H"]}),
                _ => json!({"id": format!("CVE-2019-{}", 1000 + flaw), "severity": "medium",
                    "cvss": ["CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:N/I:L/A:N"]}),
            };
            match told {
                0 => weakness["published"] = json!("2024-07-01"),
                // A threat that is likelier than elsewhere.
                1 => weakness["epss"] = json!(0.2 + 0.01 * *asset as f64),
                _ => {}
            }
            let mut record = json!({"asset": format!("host-{asset:02}"), "weakness": weakness});
            if *told == 2 {
                record["exploit"] = json!({"opens": "host-03"});
            }
            record
        }
    }

    fn document(world: usize, findings: &[Seen]) -> Value {
        let kinds = ["host", "host", "workload", "data_store", "identity", "repository"];
        let assets = (0..ASSETS).map(|n| {
            let mut asset = json!({"id": format!("host-{n:02}"), "kind": kinds[n * 7 % kinds.len()]});
            if world & 1 != 0 && n % 9 == 0 {
                asset["criticality"] = json!("high");
            }
            asset
        });
        let tied: Vec<String> = (ASSETS - TIED..ASSETS).map(|n| format!("host-{n:02}")).collect();
        let mut all = json!({"ctem": {"version": 2}, "assets": assets.collect::<Vec<_>>(),
            "findings": findings.iter().map(Seen::record).collect::<Vec<_>>()});
        if world & 2 != 0 {
            let relations =
                tied.windows(2).map(|pair| json!({"from": pair[0], "kind": "reaches", "to": pair[1]}));
            all["relations"] = json!(relations.collect::<Vec<_>>());
        }
        if world & 4 != 0 {
            all["entry_points"] = json!([{"asset": tied[0]}]);
        }
        if world & 8 != 0 {
            // Several losses, so that none is all that is lost.
            let events = (36..44).map(|n| {
                let when = json!({"state": {"asset": format!("host-{n}"), "access": "use"}});
                json!({"id": format!("lost-{n}"), "loss": {"amount": 1000 + n, "unit": "EUR"}, "when": when})
            });
            all["services"] = json!([{"id": "shop", "loss_events": events.collect::<Vec<_>>()}]);
        }
        all
    }

    fn event(day: i64, document: &Value) -> Event {
        let at = Moment::from_unix_seconds(1_735_689_600 + day * 86_400).unwrap();
        Event::absorbed(at, discover::read(document.to_string().as_bytes()).unwrap())
    }

    /// The difference as it follows from assessments alone: without the reasons that events tell.
    fn told(mut delta: Delta) -> Value {
        let seen = |why: &Why| matches!(why, Why::Threat | Why::Here | Why::Reach | Why::Impact);
        for list in [&mut delta.appeared, &mut delta.ended, &mut delta.rose, &mut delta.fell] {
            list.iter_mut().for_each(|change| change.why.retain(seen));
        }
        (delta.happened, delta.absorbed) = (Vec::new(), None);
        serde_json::to_value(delta).unwrap()
    }

    #[test]
    fn the_answer_is_the_difference_of_two_assessments_and_some_are_local() {
        let config = Config {
            cases: 16,
            rng_seed: RngSeed::Fixed(20_251_113),
            failure_persistence: None,
            ..Config::default()
        };
        let (mut local, mut all) = (0, 0);
        let given = (
            0usize..16,
            prop::collection::vec(seen(), 60..110),
            prop::collection::vec((0i64..2, prop::collection::vec(seen(), 0..3)), 1..7),
        );
        let mut runner = proptest::test_runner::TestRunner::new(config);
        let counted = std::cell::RefCell::new((&mut local, &mut all));
        runner
            .run(&given, |(world, first, events)| {
                let mut program = Program::default();
                program.apply(event(0, &document(world, &first)), ApplyOptions::default()).unwrap();
                let mut day = 0;
                for (days, findings) in events {
                    day += 40 * days + 1;
                    let found: Vec<Value> = findings.iter().map(Seen::record).collect();
                    let event = event(day, &json!({"ctem": {"version": 2}, "findings": found}));
                    let since = program.clock().unwrap();
                    let before = program.assess(since).unwrap();
                    let mut read =
                        Program::read(program.document().unwrap().as_bytes(), Effects::default()).unwrap();
                    let delta = program.apply(event.clone(), ApplyOptions::default()).unwrap();
                    let after = program.assess(event.at).unwrap();
                    prop_assert_eq!(told(delta.clone()), told(Delta::between(&before, &after)));
                    // What is shared with what was known before is what is known where nothing is shared.
                    let again = read.apply(event, ApplyOptions::default()).unwrap();
                    prop_assert_eq!(
                        serde_json::to_value(&again).unwrap(),
                        serde_json::to_value(&delta).unwrap()
                    );
                    prop_assert_eq!(read.document().unwrap(), program.document().unwrap());
                    let mut counted = counted.borrow_mut();
                    *counted.0 += usize::from(program.parts.is_some());
                    *counted.1 += 1;
                }
                Ok(())
            })
            .unwrap();
        assert!(local * 10 > all, "{local} of {all} events were local");
    }
}
