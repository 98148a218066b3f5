//! `ctem formats`: what is read.

use super::{
    arguments::Formats,
    nearest::nearest,
    output::line,
    outside::{FINE, Failure, Outside},
};
use crate::{discover, error::quoted, wire};
use std::fmt::Write;

pub(super) fn formats(said: &Formats, outside: &mut Outside<'_>) -> Result<u8, Failure> {
    if said.json {
        outside.print(&line(wire::formats()))?;
        return Ok(FINE);
    }
    let word = said.word.as_deref().unwrap_or_default().to_lowercase();
    let known = || discover::formats();
    let wanted: Vec<_> = known()
        .filter(|(name, title)| name.contains(&word) || title.to_lowercase().contains(&word))
        .collect();
    if wanted.is_empty() {
        let near = nearest(&word, known().map(|(name, _)| name));
        let meant = near.map_or("`ctem formats` lists all".into(), |name| format!("did you mean `{name}`?"));
        return Err(Failure(format!("no format has {} in its name or title: {meant}", quoted(&word))));
    }
    let width = wanted.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for (name, title) in wanted {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name:width$}  {title}");
    }
    outside.print(&text)?;
    Ok(FINE)
}
