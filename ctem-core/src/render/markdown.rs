//! Markdown: for a ticket, a wiki or a chat.

use super::{
    RenderOptions,
    details::details,
    explanation::Told,
    only::Only,
    plan,
    ranking::{By, Ranking, Row, legend, ranking},
    words,
};
use crate::{attack::Asking, mobilize::Plan, prioritize::Assessment};
use std::fmt::Write;

/// An assessment as Markdown (GitHub's, with tables): what to do first, the exposures behind it, and the paths and reasons of the first.
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
/// assert!(ticket.contains("### 1. Admin page open to all on web shop"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn markdown(assessment: &Assessment, options: &RenderOptions) -> String {
    markdown_asking(assessment, options, &Asking::nobody())
}

/// The same, asking on the way whether to go on. Where it is ended, it is in part, and to be dropped.
pub(crate) fn markdown_asking(
    assessment: &Assessment,
    options: &RenderOptions,
    asking: &Asking<'_>,
) -> String {
    let mut out = String::new();
    let planned = plan::plan(assessment, options.budget, false, asking);
    let only = Only::of(assessment, options);
    let ranking = ranking(assessment, options.at_most, planned.as_ref(), &only, asking);
    let Ranking { by, rows, .. } = &ranking;
    // Writing to a string cannot fail.
    let _ = writeln!(out, "# {}\n", plain(&plan::headline(assessment, planned.as_ref())));
    let _ = writeln!(out, "{}.\n", plain(&words::basis(assessment)));
    let _ = writeln!(out, "{}.", plain(&words::implied(assessment)));
    if let Some(words) = only.words() {
        let _ = writeln!(out, "\n{}.", plain(&words));
    }
    if let Some(planned) = planned.clone().map(|planned| only.plan(planned, options.at_most)) {
        of_plan(&mut out, &planned);
    }
    if !rows.is_empty() {
        let _ = writeln!(out, "\n## {}", by.lead());
        of_exposures(&mut out, assessment, planned.as_ref(), *by, rows);
    }
    if let Some(rest) = ranking.rest(assessment) {
        let _ = writeln!(out, "\n… {rest}");
    }
    if let Some(legend) = legend(rows) {
        let _ = writeln!(out, "\n{legend}");
    }
    let (mut explainer, mut told_of) = (assessment.explainer(), Told::of(options.explained.min(rows.len())));
    // An explanation may be as long as a way of a thousand hops.
    let explained = (1..).zip(rows).take(options.explained).take_while(|_| asking.goes_on_now());
    for (rank, row) in explained.filter(|(_, row)| row.exposure.risk.value() > 0.0) {
        let exposure = &row.exposure;
        let _ = writeln!(out, "\n### {rank}. {}\n", plain(&words::heading(exposure)));
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
        for line in told_of.text(&explanation, rank).lines() {
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

/// The plan: a row for what to do, and a line each for what is not in it.
fn of_plan(out: &mut String, plan: &Plan) {
    if !plan.rows.is_empty() {
        let heads = ["#", "Do", "Who", "Effort", "Loss left", "Why", "Severity", "CVSS", "EPSS", "Read more"];
        table(
            out,
            &heads,
            &[0, 3, 4, 7, 8],
            plan.rows.iter().map(|row| {
                let links: Vec<String> =
                    row.signs.links.iter().map(|link| words::visible(link).into_owned()).collect();
                vec![
                    row.rank.to_string(),
                    words::short(&row.action.title, words::LONG),
                    plan::who(row),
                    plan::effort(row),
                    plan::left(plan, row),
                    plan::why(row, None),
                    words::severity(row.signs.severity),
                    words::cvss(row.signs.cvss),
                    words::epss(row.signs.epss),
                    links.join(" "),
                ]
            }),
        );
    }
    for line in plan::rest(plan) {
        let _ = writeln!(out, "\n{}", plain(&line));
    }
}

fn of_exposures(out: &mut String, assessment: &Assessment, planned: Option<&Plan>, by: By, rows: &[Row<'_>]) {
    let environment = assessment.environment();
    let heads = [
        "#",
        by.head(),
        "Exposure",
        "On",
        "More",
        "Score",
        "Severity",
        "CVSS",
        "EPSS",
        "KEV",
        "Fix",
        "Leads to",
        "Likely",
        "Reach",
        "Owner",
    ];
    table(
        out,
        &heads,
        &[0, 1, 4, 5, 7, 8, 12, 13],
        (1..).zip(rows).map(|(rank, row)| {
            let exposure = &row.exposure;
            vec![
                rank.to_string(),
                plan::worth(planned, exposure.unit, row.worth),
                words::what(exposure),
                words::name(exposure.asset),
                row.more(),
                words::score(exposure),
                words::severity(exposure.severity),
                words::cvss(exposure.cvss),
                words::epss(exposure.epss),
                words::known_exploited(exposure),
                words::fix(exposure),
                words::leads_to(exposure),
                exposure.likelihood.percent(),
                exposure.reach.percent(),
                words::owner(environment, exposure.asset),
            ]
        }),
    );
}

/// A table with these heads; numbers stand to the right.
fn table(out: &mut String, heads: &[&str], right: &[usize], rows: impl Iterator<Item = Vec<String>>) {
    let rule = (0..heads.len()).map(|n| if right.contains(&n) { "---:" } else { "---" });
    let _ = writeln!(out, "\n| {} |", heads.join(" | "));
    let _ = writeln!(out, "| {} |", rule.collect::<Vec<_>>().join(" | "));
    for cells in rows {
        let cells: Vec<String> = cells.iter().map(|cell| plain(cell)).collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
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
