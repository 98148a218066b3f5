//! What to do first: reads what tools wrote about a sample company, puts it together and prints a plan and an explained ranking.
//!
//!     cargo run --release --example first_fix
//!
//! `first_fix.py` and `first_fix.mjs` are the same program and print the same lines. For files of your own there is the command line:
//!
//!     cargo run --release -p ctem-core --features cli -- scan.json other.sarif --env environment.json

use ctem_core::{
    Program,
    discover::{self, ReadOptions},
    intel::Intel,
    model::RecordCounts,
    render::{self, RenderOptions},
};
use std::{error::Error, fs, io};

/// The sample company: a shop on the internet, its pipeline, its people and its customers' data. Each file with the asset of its
/// findings, where it names none.
const COMPANY: [(Option<&str>, &str); 11] = [
    (None, "environment.json"),
    (None, "shop-web.trivy.json"),
    (None, "payments-api.trivy.json"),
    (None, "mailer.trivy.json"),
    (None, "node-1.grype.json"),
    (None, "db-host.grype.json"),
    (None, "laptop-anna.grype.json"),
    (None, "perimeter.nuclei.jsonl"),
    (None, "cloud.prowler.json"),
    (Some("shop-repo"), "shop-repo.gitleaks.json"),
    (Some("payments-repo"), "payments-repo.sarif"),
];

fn main() -> Result<(), Box<dyn Error>> {
    // What the world knows: scores of EPSS of a day, and the catalogue of what is known to be exploited.
    let (epss, kev) = (file("epss_scores-2025-11-13.csv")?, file("kev_2025-08-25.json")?);
    let mut program = Program::new(Intel::read(Some(&epss), Some(&kev))?);

    // What the company's tools know. Formats are told by their content.
    let mut tally = RecordCounts::default();
    for (asset, name) in COMPANY {
        let asset = asset.map(str::parse).transpose()?;
        let options = ReadOptions { asset, name: Some(name.into()), ..ReadOptions::default() };
        tally += program.absorb(discover::read_with(&file(name)?, &options)?).tally;
    }

    let today = program.assess("2025-11-13".parse()?)?;
    println!("Records: {tally}");
    print!("{}", render::table(&today, &RenderOptions::default()));
    Ok(())
}

fn file(name: &str) -> io::Result<Vec<u8>> {
    fs::read(format!("{}/examples/company/{name}", env!("CARGO_MANIFEST_DIR")))
}
