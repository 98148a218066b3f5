//! The columns of what became of findings.

use super::{
    column::Columns,
    value::{Named, Word, filled, text},
};
use crate::program::{Course, Spell};

/// The courses of findings, a row each: since when it stands, and until when it stood, as whoever looks at survival takes them.
pub(crate) fn courses_in_columns(courses: &[Course]) -> Columns {
    filled(named(), courses.iter())
}

fn named<'a>() -> Vec<Named<'a, &'a Course>> {
    vec![
        Named::new("finding", "The name it had when it was first seen.", |it: &&'a Course| {
            text(it.finding.as_str())
        }),
        Named::new("asset", "The asset it is on.", |it| Word::of(it.asset.as_str())),
        Named::new("weakness", "What is wrong.", |it| Word::of(it.weakness.as_str())),
        Named::new("kind", "What sort of wrong.", |it| Word::of(it.kind.name())),
        Named::new("severity", "How bad its sources call it at most.", |it| {
            Word::known(it.severity.map(|severity| severity.name()))
        }),
        Named::new("owner", "Who mends it, or mended it when it was last there.", |it| {
            Word::known(it.owner.as_ref().map(|owner| owner.as_str()))
        }),
        Named::new("possible", "From when on it could have been seen.", |it| it.possible),
        Named::new("exploited", "Since when its flaw is listed as exploited.", |it| it.exploited),
        Named::new("first", "When it was first seen.", |it| Some(it.first)),
        Named::new("last", "When it was last seen.", |it| Some(it.last)),
        Named::new("stands", "Whether it stands.", |it| Some(it.stands())),
        Named::new("gone", "When it went, where it does not stand.", |it| {
            latest(it).and_then(|spell| spell.until)
        }),
        Named::new("how", "Why it is taken to be gone.", |it| {
            Word::known(latest(it).and_then(|spell| spell.how).map(|how| how.name()))
        }),
        Named::new(
            "reopened",
            "How often it came back.",
            |it| Some(it.spells.len().saturating_sub(1) as u64),
        ),
        Named::new(
            "claimed",
            "When somebody said that it was mended, and no source has seen it since.",
            |it| it.claimed,
        ),
        Named::new("accepted", "Whether somebody lives with it.", |it| Some(it.accepted.is_some())),
        Named::new("accepted_until", "Until when, where that ends.", |it| {
            it.accepted.as_ref().and_then(|accepted| accepted.until)
        }),
    ]
}

fn latest(course: &Course) -> Option<&Spell> {
    course.spells.last()
}
