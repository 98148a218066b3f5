//! `ctem completion` and `ctem man`: what shells and `man` want to know.

use super::{
    arguments::Arguments,
    nearest::nearest,
    outside::{FINE, Failure, Outside},
};
use crate::error::quoted;
use clap::{Command, CommandFactory};

pub(super) fn completion(shell: clap_complete::Shell, outside: &mut Outside<'_>) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "ctem", &mut script);
    outside.print(&String::from_utf8_lossy(&script))?;
    Ok(FINE)
}

pub(super) fn man(verb: Option<&str>, outside: &mut Outside<'_>) -> Result<u8, Failure> {
    let mut command = Arguments::command();
    command.build();
    if let Some(verb) = verb {
        command = page_of(&command, verb)?;
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut page)
        .map_err(|error| Failure(format!("the page cannot be written: {error}")))?;
    outside.print(&String::from_utf8_lossy(&page))?;
    Ok(FINE)
}

fn page_of(command: &Command, verb: &str) -> Result<Command, Failure> {
    let verbs: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
    let Some(found) = command.find_subcommand(verb) else {
        let meant = match nearest(verb, verbs.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write one of {}", verbs.join(", ")),
        };
        return Err(Failure(format!("{} is not a verb: {meant}", quoted(verb))));
    };
    Ok(found.clone())
}
