//! Questions as people read them: which test to run next, and what either answer would change.

use super::{
    RenderOptions,
    lines::{Column, Lines},
    plan, words,
};
use crate::{
    id::ActionId,
    mobilize::{AnswerIf, Question, Questions},
    quantity::{Unit, spelled},
};

/// Questions as text: the tests in their order, each with its hours and what it is worth by the hour; and of the first how to do it and
/// what either outcome would change. Where no loss is stated, they are shares of the expected loss before the plan. Where no answer changes the plan, they are those on which most of what it leaves hangs.
///
/// ```
/// # use ctem_core::{Program, discover, intel::Intel, wire};
/// # let mut program = Program::new(Intel::none());
/// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
/// # let today = program.assess("2025-11-13".parse()?)?;
/// use ctem_core::{mobilize::{Budget, PlanOptions, QuestionOptions}, render::{self, RenderOptions}};
///
/// let plan = PlanOptions { budget: Budget::Actions(1), ..PlanOptions::default() };
/// let questions = today.questions(&QuestionOptions { plan, ..QuestionOptions::default() })?;
/// let text = render::questions(&questions, &RenderOptions::default());
/// assert!(text.starts_with("What to test next, for the plan in 1 action, as of 2025-11-13, which leaves EUR 375\n"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
pub fn questions(questions: &Questions, options: &RenderOptions) -> String {
    let amount = |amount: f64| plan::told(questions.unit, questions.before, amount);
    let mut out = Lines::of(options.width);
    out.line(&format!(
        "What to test next, for the plan{}, as of {}, which leaves {}{}",
        plan::within(questions.budget),
        questions.as_of.date(),
        amount(questions.left),
        if questions.unit == Unit::CrownJewel { " of the expected loss" } else { "" }
    ));
    let rows = || questions.rows.iter().take(options.at_most);
    out.line("");
    let is_any_worth = rows().any(|row| row.worth > 0.0);
    if !is_any_worth {
        out.line("No test would change the plan: whatever it shows, no other plan is better.");
    }
    let is_any = rows().next().is_some();
    if is_any && !is_any_worth {
        out.line("What is left to lose hangs on these all the same:");
        out.line("");
    }
    let mut columns = vec![
        Column::numbers("#", 0, rows().map(|row| row.rank.to_string())),
        Column::words("Test", 24, 0, rows().map(|row| words::short(&row.ask, words::LONG))),
        Column::numbers("Takes", 0, rows().map(takes)),
    ];
    if is_any_worth {
        columns.extend([
            Column::numbers("Worth", 0, rows().map(|row| amount(row.worth))),
            Column::numbers("An hour", 80, rows().map(|row| amount(row.worth_per_hour))),
        ]);
    } else {
        let left = |row: &Question, n: usize| row.answers.get(n).map(|answer| amount(answer.left));
        columns.extend([
            Column::numbers("Left if it works", 0, rows().filter_map(|row| left(row, 0))),
            Column::numbers("If not", 0, rows().filter_map(|row| left(row, 1))),
        ]);
    }
    columns.push(Column::numbers("Believed", 90, rows().map(|row| row.belief.percent())));
    if is_any {
        out.columns(columns);
    }
    if questions.not_looked_at > 0 {
        out.line(&format!(
            "… {} of less risk were not looked at",
            words::counted(questions.not_looked_at, "finding")
        ));
    }
    for row in rows().take(options.explained) {
        out.line("");
        out.line(&format!("{}. {}", row.rank, words::short(&row.ask, words::LONG)));
        out.line(&format!("   How: {}", words::short(&row.how, 3 * words::LONG)));
        let [works, fails] = &row.answers;
        out.line(&outcome("If it works", works, &amount));
        out.line(&outcome("If it does not", fails, &amount));
    }
    out.text
}

/// How long a test takes; with a mark where that is assumed.
fn takes(row: &Question) -> String {
    format!("{}{} h", if row.hours_assumed { "~" } else { "" }, spelled(row.hours))
}

fn outcome(lead: &str, answer: &AnswerIf, amount: &impl Fn(f64) -> String) -> String {
    let named = |verb: &str, actions: &[ActionId]| {
        let names: Vec<String> =
            actions.iter().map(|action| words::short(action.as_str(), words::LONG)).collect();
        (!names.is_empty()).then(|| format!("{verb} {}", names.join(", ")))
    };
    let changes: Vec<String> =
        [named("do", &answer.adds), named("leave", &answer.drops)].into_iter().flatten().collect();
    let then = if changes.is_empty() { "the plan stays".to_owned() } else { changes.join("; ") };
    format!("   {lead} ({}): {then}, and {} is left", answer.likely.percent(), amount(answer.left))
}
