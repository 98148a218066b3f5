//! Texts of policies: one, or a list of them.

use crate::error::{Error, Result};
use serde_json::Value;

/// One text or a list of them; numbers and truths as they are written.
pub(super) fn texts(value: &Value) -> Result<Vec<String>> {
    let one = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(truth) => Ok(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            Err(Error::invalid("the policy has a list or an object where a text is expected"))
        }
    };
    match value {
        Value::Array(list) => list.iter().map(one).collect(),
        value => Ok(vec![one(value)?]),
    }
}
