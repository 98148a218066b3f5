//! The command line, which is that of the core.

use napi_derive::napi;

/// Does what a command line says, without the program's name, and returns how it ends.
#[napi]
pub fn main(arguments: Vec<String>) -> u32 {
    ctem_core::cli::main(arguments).into()
}
