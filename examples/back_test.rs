//! What rankings of CVEs would have been worth: reads what was known on a day and what was exploited afterwards, and prints how much of it
//! each ranking would have mended in time, with intervals.
//!
//! ```sh
//! cargo run --release --example back_test -- known.csv exploited.json --landmark 2024-10-24 --until 2025-08-25
//! ```
//!
//! Both files are CSV, JSON or JSON Lines, plain or gzip; CISA's catalogue is read as it is. `--epss FILE` gives scores of the landmark's
//! day. `--effort 0.01` asks for another effort, and may be repeated. `--leave-out-known` leaves out what was exploited before instead of
//! refusing it, `--complete` leaves out rows that lack a signal. `--json` prints the document that Python and Node return.

use ctem_core::{
    Error, Probability, Result,
    backtest::{BackTestOptions, Cohort},
    intel::epss::Epss,
    render,
};
use lexopt::prelude::*;
use std::{path::PathBuf, process::ExitCode};

fn main() -> ExitCode {
    match run() {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> std::result::Result<String, Box<dyn std::error::Error>> {
    let (mut files, mut landmark, mut until, mut epss) = (Vec::new(), None, None, None);
    let (mut efforts, mut leave_out_known, mut complete, mut json) = (Vec::new(), false, false, false);
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Value(file) => files.push(PathBuf::from(file)),
            Long("landmark") => landmark = Some(arguments.value()?.string()?.parse()?),
            Long("until") => until = Some(arguments.value()?.string()?.parse()?),
            Long("epss") => epss = Some(PathBuf::from(arguments.value()?)),
            Long("effort") => efforts.push(Probability::new(arguments.value()?.parse()?)?),
            Long("leave-out-known") => leave_out_known = true,
            Long("complete") => complete = true,
            Long("json") => json = true,
            _ => return Err(argument.unexpected().into()),
        }
    }
    let ([rows, outcomes], Some(landmark), Some(until)) = (&files[..], landmark, until) else {
        return Err("say which rows, which outcomes, `--landmark` and `--until`: known.csv exploited.json --landmark 2024-10-24 \
                    --until 2025-08-25"
            .into());
    };
    let mut options = BackTestOptions { leave_out_known, complete, ..BackTestOptions::new(landmark, until)? };
    if !efforts.is_empty() {
        options.efforts = efforts;
    }
    let epss = epss.as_deref().map(read).transpose()?;
    let epss = epss.map(|bytes| Epss::read(&bytes, 1 << 30)).transpose()?;
    let test = Cohort::read(&read(rows)?, &read(outcomes)?, epss.as_ref(), &options)?.test(&options)?;
    if json {
        return Ok(ctem_core::wire::json(&test)? + "\n");
    }
    Ok(render::back_test(&test))
}

fn read(path: impl AsRef<std::path::Path>) -> Result<Vec<u8>> {
    let path = path.as_ref();
    std::fs::read(path)
        .map_err(|error| Error::new(ctem_core::ErrorKind::Io, format!("{}: {error}", path.display())))
}
