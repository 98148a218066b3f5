//! The manual: what the numbers mean, where they come from, and how scorers go wrong.
//!
//! | chapter | answers |
//! | --- | --- |
//! | [`the_model`] | what the engine takes a network, a flaw and an attacker to be |
//! | [`the_mathematics`] | how a finding's number is made, formula by formula, with sources |
//! | [`mistakes`] | what scores commonly get wrong, and what here prevents each |
//! | [`back_test`] | how good the order is, measured on days that have passed, and how to measure it on yours |
//! | [`at_scale`] | how rows are scored and worlds counted by the million, on one machine and on many |
//! | [`mappings`] | how a document of a format that the engine does not know is read |
//! | [`glossary`] | our words beside the field's, and which type answers what |
//! | [`defaults`] | every number that is assumed where nothing is known, and why it is what it is |
//!
//! Every example is run by the tests, and the table of defaults is compared with the code.

pub mod defaults;

#[doc = include_str!("the_model.md")]
pub mod the_model {}

#[doc = include_str!("the_mathematics.md")]
pub mod the_mathematics {}

#[doc = include_str!("mistakes.md")]
pub mod mistakes {}

#[doc = include_str!("back_test.md")]
pub mod back_test {}

#[doc = include_str!("at_scale.md")]
pub mod at_scale {}

#[doc = include_str!("mappings.md")]
pub mod mappings {}

#[doc = include_str!("glossary.md")]
pub mod glossary {}
