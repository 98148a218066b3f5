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

use asking::{Regrets, Setting, regrets};
use ctem_core::mobilize::QuestionOptions;

/// So many enterprises, and truths of each. Losses have long tails, and few draws say little of a mean.
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
    println!(
        "\nregret of a plan of so many hours after 10 tests, as a part of that before any, each ± its standard error"
    );
    println!("{:>6} {:>14} {:>14} {:>14} {:>16}", "hours", "worth", "random", "severity", "worth − random");
    // With more hours most plans do the same whatever is asked, and asking is no longer better: that belongs to the picture.
    for hours in [4.0, 8.0, 16.0] {
        let setting = Setting { hosts, hours, questions: 10, worlds: 2_048, contested: false };
        let drawn = (0..DRAWN.0).flat_map(|seed| (0..DRAWN.1).map(move |truth| (seed, truth)));
        let all: Vec<Regrets> = drawn.map(|(seed, truth)| regrets(setting, seed, truth)).collect();
        let before: Vec<f64> = all.iter().map(|regrets| regrets.before).collect();
        let after = |order: usize| all.iter().map(|regrets| regrets.after[order].1).collect::<Vec<f64>>();
        let [worth, random, severity] = [0, 1, 2].map(after);
        let less: Vec<f64> = worth.iter().zip(&random).map(|(worth, random)| worth - random).collect();
        let told = |of: &[f64]| {
            let (ratio, error) = part(of, &before);
            format!("{ratio:.3} ± {error:.3}")
        };
        println!(
            "{hours:>6} {:>14} {:>14} {:>14} {:>16}",
            told(&worth),
            told(&random),
            told(&severity),
            told(&less)
        );
    }
}

/// The mean of some numbers as a part of the mean of others drawn with them, and its standard error (delta method).
fn part(of: &[f64], whole: &[f64]) -> (f64, f64) {
    let n = of.len() as f64;
    let mean = |list: &[f64]| list.iter().sum::<f64>() / n;
    let (top, bottom) = (mean(of), mean(whole).max(f64::MIN_POSITIVE));
    let ratio = top / bottom;
    let spread: f64 = of.iter().zip(whole).map(|(of, whole)| (of - ratio * whole).powi(2)).sum();
    (ratio, (spread / (n - 1.0) / n).sqrt() / bottom)
}
