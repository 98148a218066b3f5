//! `ctem explain`: why something ranks where it does.

use super::{
    arguments::Explain,
    gather::assessed,
    nearest::nearest,
    output::line,
    outside::{Failure, Outside},
};
use crate::{
    error::quoted,
    prioritize::{Assessment, Exposure, ExposureId},
    render::{self, RenderOptions},
    wire,
};

pub(super) fn explain(mut said: Explain, outside: &mut Outside<'_>) -> Result<u8, Failure> {
    let (gathered, today, rest) = assessed(&mut said.reading, outside)?;
    rest.shown(&mut said.shown);
    let meant = meant(&today, &said.id)?;
    let most = said.shown.top.unwrap_or(if said.json { usize::MAX } else { 5 });
    let width = said.shown.width.unwrap_or(outside.columns());
    let options = RenderOptions { width, ..RenderOptions::default() };
    (outside.progress)("explaining");
    let mut text = String::new();
    for (n, id) in meant.iter().take(most).enumerate() {
        if said.json {
            text.push_str(&line(wire::explanation(&today.explain(id)?)));
            continue;
        }
        if n > 0 {
            text.push('\n');
        }
        text.push_str(&render::exposure(&today, id, &options)?);
    }
    if meant.len() > most && !said.json {
        let more = meant.len() - most;
        text.push_str(&format!("\n… and {more} more: say how many with `--top`, or name one by its id\n"));
    }
    outside.print(&text)?;
    Ok(gathered.code)
}

/// What a name means: an exposure by its id, or all of a flaw or of an asset, the worst first.
fn meant(today: &Assessment, name: &str) -> Result<Vec<ExposureId>, Failure> {
    if let Ok(id) = today.id_of(name) {
        return Ok(vec![id]);
    }
    let found: Vec<ExposureId> = today
        .ranked()
        .filter(|exposure| names(exposure).iter().any(|known| known.eq_ignore_ascii_case(name)))
        .map(|exposure| exposure.id)
        .collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let known: Vec<String> = today.ranked().flat_map(|exposure| names(&exposure)).collect();
    let meant = match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean {}?", quoted(near)),
        None => "name an exposure by its id as `--output json` has it, a CVE, or an asset".into(),
    };
    Err(Failure(format!("{} is not in this assessment: {meant}", quoted(name))))
}

/// By what somebody may call an exposure.
fn names(exposure: &Exposure<'_>) -> Vec<String> {
    let mut names = vec![exposure.asset.id.to_string(), exposure.asset.title().to_owned(), exposure.title()];
    if let Some(finding) = exposure.finding {
        names.push(finding.weakness.id.to_string());
        names.extend(finding.weakness.aliases.iter().map(ToString::to_string));
        names.extend(exposure.known_as.map(|cve| cve.to_string()));
    }
    names
}
