//! What asking is worth: the regret of plans made after ten tests, chosen by worth, at random, and by severity.
//!
//! `cargo bench --bench questions -- 60` looks at enterprises of so many hosts; each line is the mean over truths that were drawn.

#[path = "../tests/plan/asking.rs"]
mod asking;
#[path = "common/mod.rs"]
mod common;
#[expect(dead_code, reason = "tests use the rest")]
#[path = "../tests/draw/mod.rs"]
mod draw;
#[path = "../tests/plan/enterprise.rs"]
mod enterprise;

use asking::{Setting, regrets};
use ctem_core::mobilize::QuestionOptions;

/// So many enterprises, and truths of each.
const DRAWN: (u64, u64) = (5, 6);

fn main() {
    let hosts = common::size(40);
    let today = enterprise::enterprise(hosts, 0);
    let (seconds, questions) =
        common::once(|| today.questions(&QuestionOptions::default()).expect("questions"));
    println!("{hosts} hosts: {} doubts looked at in {seconds:.2} s", questions.looked_at);
    for row in &questions.rows {
        println!("  {:>2}. {} {} a worth of {:.1} an hour", row.rank, row.ask, row.means, row.worth_per_hour);
    }
    println!("\nregret of a plan of so many hours after 10 tests, as a part of that before any");
    println!("{:>6} {:>8} {:>8} {:>8}", "hours", "worth", "random", "severity");
    // With more hours most plans do the same whatever is asked, and asking is no longer better: that belongs to the picture.
    for hours in [4.0, 8.0, 16.0] {
        let setting = Setting { hosts, hours, questions: 10, worlds: 2_048, contested: false };
        let (mut before, mut after) = (0.0, [0.0; 3]);
        for (seed, truth) in (0..DRAWN.0).flat_map(|seed| (0..DRAWN.1).map(move |truth| (seed, truth))) {
            let regrets = regrets(setting, seed, truth);
            before += regrets.before;
            for (sum, (_, regret)) in after.iter_mut().zip(&regrets.after) {
                *sum += regret;
            }
        }
        let [worth, random, severity] = after.map(|after| after / before.max(f64::MIN_POSITIVE));
        println!("{hours:>6} {worth:>8.3} {random:>8.3} {severity:>8.3}");
    }
}
