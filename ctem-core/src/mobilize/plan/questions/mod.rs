//! Questions: which test to run next.
//!
//! A test is worth what it lets one do otherwise. Its worth is the expected value of sample information (Raiffa and Schlaifer 1961): what
//! is left to lose with the plan as it is, less what is left on average with the plan that is best once the outcome is known. A
//! sure test would be worth the expected value of perfect information (Howard 1966). A test whose outcomes all lead to the same
//! plan is worth nothing, however uncertain its subject is and however bad it would be.
//!
//! The loss left under a plan is linear in the chance of one variable. So [`worth`] needs of a plan only what is left and what each
//! doubt is on, both at once; and [`candidates`] makes the plans that may be best when a doubt is settled.
//!
//! What it leaves out: that tests may be worth more together than one by one (so they are asked again after each answer), and that an
//! answer moves the belief of other findings of its class.

mod answer;
mod ask;
mod candidates;
mod options;
mod worth;

pub use answer::{About, AnswerIf, Question, Questions};
pub use options::QuestionOptions;
