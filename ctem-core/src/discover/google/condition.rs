//! Conditions on roles: whether they hold, where they are about the time alone, and otherwise what they are called.
//!
//! The expressions are of the Common Expression Language. Read is one comparison of the time of the request, or several that must all
//! hold, as the console writes them; what hangs on anything else is a control of unknown strength.

use crate::{discover::aws::Graph, time::Moment};

/// What a role hangs on: its title, and its expression where it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Condition<'a> {
    pub(crate) title: &'a str,
    pub(crate) expression: Option<&'a str>,
}

impl<'a> Condition<'a> {
    /// Whether it holds as of the moment the document is read as of; nothing where that is not known.
    pub(super) fn holds(&self, graph: &mut Graph) -> Option<bool> {
        let comparisons = self.expression?.split("&&").map(|one| Comparison::of(one.trim()));
        let comparisons: Vec<Comparison> = comparisons.collect::<Option<_>>()?;
        let Some(now) = graph.as_of() else {
            graph.note(
                "roles begin or end at a moment: whether they hold counts as not known unless it is read as of a moment (`as_of`)"
                    .to_owned(),
            );
            return None;
        };
        graph.note(format!(
            "roles that begin or end at a moment are taken as they are at {now}, the moment it is read as of"
        ));
        Some(comparisons.iter().all(|one| one.holds(now)))
    }

    /// The title, or what else says which it is.
    pub(crate) fn of(title: Option<&'a str>, expression: Option<&'a str>) -> Self {
        Self { title: title.or(expression).unwrap_or("it has"), expression }
    }
}

/// `request.time < timestamp("2027-01-01T00:00:00Z")`
struct Comparison {
    before: bool,
    on_the_spot: bool,
    limit: Moment,
}

impl Comparison {
    fn of(text: &str) -> Option<Self> {
        let (operator, rest) = text.strip_prefix("request.time")?.trim_start().split_once("timestamp")?;
        let limit = rest.trim().strip_prefix('(')?.strip_suffix(')')?.trim();
        let limit = limit.trim_matches(['"', '\'']).parse().ok()?;
        let (before, on_the_spot) = match operator.trim() {
            "<" => (true, false),
            "<=" => (true, true),
            ">" => (false, false),
            ">=" => (false, true),
            _ => return None,
        };
        Some(Self { before, on_the_spot, limit })
    }

    fn holds(&self, now: Moment) -> bool {
        let order = now.cmp(&self.limit);
        (self.on_the_spot && order.is_eq()) || if self.before { order.is_lt() } else { order.is_gt() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(expression: &str, now: Option<&str>) -> Option<bool> {
        let mut graph = Graph::default();
        graph.read_as_of(now.map(|now| now.parse().unwrap()));
        Condition::of(None, Some(expression)).holds(&mut graph)
    }

    #[test]
    fn what_is_about_the_time_alone_holds_or_does_not() {
        let until = r#"request.time < timestamp("2027-01-01T00:00:00Z")"#;
        assert_eq!(holds(until, Some("2026-12-31")), Some(true));
        assert_eq!(holds(until, Some("2027-01-01")), Some(false));
        assert_eq!(holds(until, None), None);
        let between = "request.time >= timestamp('2026-01-01T00:00:00Z') && request.time<=timestamp('2026-02-01T00:00:00Z')";
        let on = |day| holds(between, Some(day));
        assert_eq!(
            (on("2025-12-31"), on("2026-01-01"), on("2026-02-01"), on("2026-02-02")),
            (Some(false), Some(true), Some(true), Some(false))
        );
    }

    #[test]
    fn what_hangs_on_anything_else_is_not_known() {
        for expression in [
            "request.time.getHours('Europe/Berlin') < 18",
            "request.time < timestamp('soon')",
            "request.time == timestamp('2027-01-01T00:00:00Z')",
            "request.time < timestamp('2027-01-01T00:00:00Z') || true",
            "request.time < timestamp('2027-01-01T00:00:00Z') && resource.name == 'x'",
            "",
        ] {
            assert_eq!(holds(expression, Some("2026-01-01")), None, "{expression}");
        }
    }
}
