//! Markdown: for a ticket, a wiki or a chat.

use super::{
    RenderOptions,
    details::details,
    ranking::{self, rows},
    words,
};
use crate::prioritize::Assessment;
use std::fmt::Write;

/// An assessment as Markdown (GitHub's, with a table): the ranking, and the paths and reasons of the worst.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::render::{self, RenderOptions};
///
/// // A ticket for the worst finding alone.
/// let ticket = render::markdown(&today, &RenderOptions { at_most: 1, explained: 1, ..RenderOptions::default() });
/// assert!(ticket.contains("## 1. Admin page open to all on web shop"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn markdown(assessment: &Assessment, options: &RenderOptions) -> String {
    let mut out = String::new();
    let environment = assessment.environment();
    // Writing to a string cannot fail.
    let _ = writeln!(out, "# {}\n", plain(&words::headline(assessment)));
    let _ = writeln!(out, "Expected loss **{}**.  ", plain(&words::expected(assessment)));
    let _ = writeln!(out, "{}.\n", plain(&words::basis(assessment)));
    let _ =
        writeln!(out, "| # | Risk | Exposure | On | Links | KEV | Likely | Reach | Leads to | Owner | Fix |");
    let _ = writeln!(out, "| ---: | ---: | --- | --- | ---: | --- | ---: | ---: | --- | --- | --- |");
    let rows = rows(assessment, options.at_most);
    for row in &rows {
        let exposure = &row.exposure;
        let cells = [
            exposure.rank.to_string(),
            exposure.unit.amount(exposure.risk.value()),
            words::what(exposure),
            words::name(exposure.asset),
            row.links(),
            if exposure.known_exploited { "yes".into() } else { String::new() },
            exposure.likelihood.percent(),
            exposure.reach.percent(),
            words::leads_to(exposure),
            words::owner(environment, exposure.asset),
            words::fix(exposure),
        ];
        let cells: Vec<String> = cells.iter().map(|cell| plain(cell)).collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
    if let Some(rest) = words::rest(assessment, ranking::shown(&rows)) {
        let _ = writeln!(out, "\n… {rest}");
    }
    if let Some(legend) = ranking::legend(&rows) {
        let _ = writeln!(out, "\n{legend}");
    }
    let mut explainer = assessment.explainer();
    for row in rows.iter().take(options.explained).filter(|row| row.exposure.risk.value() > 0.0) {
        let exposure = &row.exposure;
        let _ = writeln!(out, "\n## {}. {}\n", exposure.rank, plain(&words::heading(exposure)));
        if let Some(links) = row.named() {
            let _ = writeln!(out, "{}\n", plain(&links));
        }
        let told = details(exposure);
        for (label, text) in &told {
            let _ = writeln!(out, "- {label}: {}", plain(text));
        }
        if !told.is_empty() {
            out.push('\n');
        }
        let explanation = explainer.exposure(exposure);
        // Indented text is code: nothing in it is markup, whatever it holds.
        for line in explanation.to_string().lines() {
            let _ = writeln!(out, "    {line}");
        }
    }
    if !assessment.notes().is_empty() {
        let _ = writeln!(out, "\n## Assumed\n");
        for note in assessment.notes() {
            let _ = writeln!(out, "- {}", plain(&words::visible(&note.reason)));
        }
    }
    out
}

/// Text in which no character is markup, and no address becomes a link or a mention.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            '&' => plain.push_str("&amp;"),
            '@' => plain.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' | '#' => {
                plain.push('\\');
                plain.push(letter);
            }
            letter => plain.push(letter),
        }
    }
    plain.replace("://", "&#58;//").replace("www.", "www&#46;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_markup() {
        let hostile = "a|b <img src=x> [x](javascript:0) `c` @team https://x.example";
        let shown = plain(hostile);
        assert_eq!(
            shown,
            r"a\|b &lt;img src=x&gt; \[x\](javascript:0) \`c\` &#64;team https&#58;//x.example"
        );
    }
}
