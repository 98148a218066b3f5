//! How long a plan takes, and how good it is: the sample company, and generated enterprises.
//!
//! `cargo bench --bench plan -- 100000` makes one of so many assets; without a number, a few small ones and one of 100,000.

#[path = "common/mod.rs"]
mod common;

use common::enterprise::Enterprise;
use ctem_core::{
    Assessment, Program, discover,
    intel::Intel,
    mobilize::{Budget, Plan, PlanOptions},
    model::Contents,
    render::{self, RenderOptions},
};

fn main() {
    company();
    let sizes = match common::size(0) {
        0 => vec![300, 1_000, 3_000, 10_000, 100_000],
        size => vec![size],
    };
    for size in sizes {
        enterprise(size);
    }
}

/// The files of the sample company that name their assets.
const REPORTS: [&[u8]; 9] = [
    include_bytes!("../examples/company/environment.json"),
    include_bytes!("../examples/company/shop-web.trivy.json"),
    include_bytes!("../examples/company/payments-api.trivy.json"),
    include_bytes!("../examples/company/mailer.trivy.json"),
    include_bytes!("../examples/company/node-1.grype.json"),
    include_bytes!("../examples/company/db-host.grype.json"),
    include_bytes!("../examples/company/laptop-anna.grype.json"),
    include_bytes!("../examples/company/perimeter.nuclei.jsonl"),
    include_bytes!("../examples/company/cloud.prowler.json"),
];

/// The sample company, from the bytes of its files to what an assessment says.
fn assessed() -> Assessment {
    let epss = include_bytes!("../examples/company/epss_scores-2025-11-13.csv");
    let kev = include_bytes!("../examples/company/kev_2025-08-25.json");
    let mut program = Program::new(Intel::read(Some(epss), Some(kev)).expect("tables"));
    for bytes in REPORTS {
        program.absorb(discover::read(bytes).expect("a report"));
    }
    program.assess("2025-11-13".parse().expect("a day")).expect("assessed")
}

fn company() {
    let options = RenderOptions::default();
    let (seconds, page) = common::least(10, || render::html(&assessed(), &options));
    println!(
        "company, from bytes to a page of {} KB: {:.1} ms   (bar: 50 ms)",
        page.len() >> 10,
        seconds * 1e3
    );
    let (seconds, today) = common::least(10, assessed);
    println!("  read, absorbed and assessed: {:.1} ms", seconds * 1e3);
    let (seconds, plan) = common::least(10, || today.plan(&PlanOptions::default()).expect("a plan"));
    println!(
        "  planned: {:.1} ms, {} actions",
        seconds * 1e3,
        today.actions(&Default::default()).expect("actions").len()
    );
    show(&plan, 20);
    let options = PlanOptions { budget: Budget::Hours(8.0), ..PlanOptions::default() };
    let (seconds, plan) = common::least(10, || today.plan(&options).expect("a plan"));
    println!("  planned for 8 h: {:.1} ms", seconds * 1e3);
    show(&plan, 20);
}

fn enterprise(size: usize) {
    let mut contents = Contents::default();
    Enterprise::new(size, 7).records().for_each(|record| contents.push(record));
    let mut program = Program::new(Intel::none());
    program.absorb(contents.into());
    let today: Assessment = program.assess("2025-11-13".parse().expect("a day")).expect("assessed");
    let (seconds, actions) = common::once(|| today.actions(&Default::default()).expect("actions").len());
    println!("enterprise of {size}: {actions} actions in {seconds:.2} s");
    for budget in [Budget::Unlimited, Budget::Hours(20.0), Budget::Hours(80.0)] {
        let options = PlanOptions { budget, ..PlanOptions::default() };
        let (seconds, plan) = common::once(|| today.plan(&options).expect("a plan"));
        println!("  {budget:?}: {seconds:.2} s");
        show(&plan, 6);
    }
}

fn show(plan: &Plan, rows: usize) {
    println!(
        "  before {:.0}, after {:.0} ({:.2} %), at least {:.0}, gap {:.2} %, {} rows, {} h, {} worlds; rest {:?}",
        plan.before.value(),
        plan.after.value(),
        100.0 * plan.after.value() / plan.before.value(),
        plan.at_least,
        100.0 * plan.gap,
        plan.rows.len(),
        plan.hours,
        plan.worlds,
        plan.rest,
    );
    for row in plan.rows.iter().take(rows) {
        println!(
            "  {:>3} {:<70} {:>4} h  left {:>10.0}  saved {:>9.0}  alone {:>9.0} {:?} {:?}",
            row.rank,
            row.action.title,
            row.action.effort.hours,
            row.left.value(),
            row.saved,
            row.alone,
            row.same_way_as,
            row.together_with,
        );
    }
}
