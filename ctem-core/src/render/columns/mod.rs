//! Answers as columns: what spreadsheets, data frames and databases take.
//!
//! Which columns an answer has is said once, here: the name of each, what it says, what it is counted in, and how a cell of it is made of
//! a row. The export to CSV writes them as text, and a binding hands them over as they lie, by Arrow or otherwise. A column keeps its name
//! and its meaning; new ones come behind the others.

mod actions;
mod column;
mod courses;
mod exposures;
mod history;
mod plan;
mod value;

pub use actions::actions_in_columns;
pub use column::{Cells, Coded, Columns, NamedColumn};
pub use exposures::exposures_in_columns;
pub(crate) use exposures::exposures_in_columns_asking;
pub(super) use exposures::named as of_exposures;
pub use history::history_in_columns;
pub use plan::plan_in_columns;

use crate::{
    error::{Error, Result},
    program::Course,
    text::json,
};
use serde::{Deserialize, de::IgnoredAny};

/// The columns of an answer's document, which is a plan, actions, or the courses of findings.
pub(crate) fn answer_in_columns(answer: &str) -> Result<Columns> {
    #[derive(Deserialize)]
    struct Told {
        rows: Option<IgnoredAny>,
        before: Option<IgnoredAny>,
        list: Option<Vec<Listed>>,
    }
    // Of all that answers list, what is done until something holds is an action.
    #[derive(Deserialize)]
    struct Listed {
        done_when: Option<IgnoredAny>,
    }
    let of_actions = |list: &[Listed]| list.iter().all(|one| one.done_when.is_some());
    if answer.trim_start().starts_with('[') {
        return Ok(courses::courses_in_columns(&json::parse::<Vec<Course>>(answer)?));
    }
    match json::parse(answer)? {
        Told { rows: Some(_), before: Some(_), .. } => Ok(plan::of_document(&json::parse(answer)?)),
        Told { list: Some(list), .. } if of_actions(&list) => Ok(actions::of_document(&json::parse(answer)?)),
        Told { .. } => Err(Error::invalid(
            "there are no columns of this: hand in a plan, actions, or courses of findings",
        )),
    }
}
