//! The program `ctem`: the command line of the library, [`ctem_core::cli`].
#![forbid(unsafe_code)]

use std::{env, process::ExitCode};

fn main() -> ExitCode {
    ctem_core::cli::main(env::args_os().skip(1)).into()
}
