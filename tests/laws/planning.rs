//! Plans: what more may be spent on never leaves more, and a list is the beginning of a longer one.

use crate::{
    tells,
    worlds::{ANY, assess, scene},
};
use ctem_core::{
    Assessment,
    mobilize::{Budget, Plan, PlanOptions},
};
use proptest::prelude::*;

/// What choices may differ by and count as equal, as a part of the loss: branch and bound looks for no better one.
const EQUAL: f64 = 1e-4;
/// The part of the loss whose ways some two thousand draws may miss.
const MISSED: f64 = 1e-3;

/// Exact where the diagrams fit, and counted over worlds.
const NODES: [usize; 2] = [1 << 16, 0];

fn planned(today: &Assessment, budget: Budget, nodes: usize, at_most: usize) -> Plan {
    today.plan(&PlanOptions { budget, nodes, at_most, worlds: 512, ..PlanOptions::default() }).unwrap()
}

laws! {
    in 96 cases;

    #[test]
    fn a_larger_budget_never_leaves_more(scene in scene(ANY)) telling 30 {
        let today = assess(scene.contents());
        for nodes in NODES {
            let mut last: Option<Plan> = None;
            for budget in [0.0, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0, f64::INFINITY] {
                let budget = if budget.is_finite() { Budget::Hours(budget) } else { Budget::Unlimited };
                let plan = planned(&today, budget, nodes, 50);
                if let Some(less) = &last {
                    let most = less.after.value() + EQUAL * plan.before.value();
                    prop_assert!(plan.after.value() <= most, "{:#?}\nand with less\n{:#?}", plan, less);
                    tells(plan.after.value() < less.after.value());
                }
                last = Some(plan);
            }
        }
    }

    #[test]
    fn a_plan_without_a_limit_leaves_what_nothing_can_end(scene in scene(ANY)) telling 20 {
        let today = assess(scene.contents());
        let plan = planned(&today, Budget::Unlimited, NODES[0], 50);
        tells(!plan.rows.is_empty());
        prop_assert!(plan.rest.worth <= MISSED * plan.before.value(), "{:#?}", plan);
    }

    #[test]
    fn a_shorter_list_is_the_beginning_of_the_same_plan(scene in scene(ANY)) telling 12 {
        let today = assess(scene.contents());
        for budget in [Budget::Unlimited, Budget::Hours(8.0)] {
            let whole = planned(&today, budget, NODES[0], 50);
            tells(whole.rows.len() > 1);
            for at_most in 0..=whole.rows.len() {
                let mut few = planned(&today, budget, NODES[0], at_most);
                let below = &whole.rows[at_most..];
                let worth: f64 = below.iter().map(|row| row.saved).sum();
                prop_assert_eq!(&few.rows, &whole.rows[..at_most]);
                prop_assert_eq!(few.rest.below, below.len());
                prop_assert!((few.rest.below_worth - worth).abs() <= 1e-9 * whole.before.value());
                (few.rest.below, few.rest.below_worth) = (0, 0.0);
                few.rows.clone_from(&whole.rows);
                prop_assert_eq!(&few, &whole);
            }
        }
    }
}
