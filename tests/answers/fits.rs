//! Whether a value is of a type.

use crate::shape::{Answers, Shape, Type};
use serde_json::Value;

/// Where and how a value is not of a type.
pub(crate) fn broken(answers: &Answers, of: &Type, value: &Value, at: &str) -> Vec<String> {
    let is = |holds: bool| if holds { Vec::new() } else { vec![format!("{at} is {value}, not {of:?}")] };
    match (of, value) {
        (Type::Json, _) => Vec::new(),
        (Type::Null, _) => is(value.is_null()),
        (Type::Flag, _) => is(value.is_boolean()),
        (Type::Whole, _) => is(value.is_u64() || value.is_i64()),
        (Type::Number, _) => is(value.is_number()),
        (Type::Text, _) => is(value.is_string()),
        (Type::Words(words), _) => is(value.as_str().is_some_and(|word| words.iter().any(|one| one == word))),
        (Type::List(of), Value::Array(list)) => {
            let each = list.iter().enumerate();
            each.flat_map(|(n, one)| broken(answers, of, one, &format!("{at}/{n}"))).collect()
        }
        (Type::Tuple(of), Value::Array(list)) if of.len() == list.len() => {
            let each = of.iter().zip(list).enumerate();
            each.flat_map(|(n, (of, one))| broken(answers, of, one, &format!("{at}/{n}"))).collect()
        }
        (Type::Map(of), Value::Object(map)) => {
            map.iter().flat_map(|(name, one)| broken(answers, of, one, &format!("{at}/{name}"))).collect()
        }
        (Type::List(_) | Type::Tuple(_) | Type::Map(_), _) => is(false),
        (Type::Or(of), _) => {
            // What is nearest says what is wrong.
            let each = of.iter().map(|of| broken(answers, of, value, at));
            each.min_by_key(Vec::len).unwrap_or_default()
        }
        (Type::Named(name), _) => match (&answers.named(name).shape, value) {
            (Shape::Alias(of), _) => broken(answers, of, value, at),
            (Shape::Object(keys), Value::Object(map)) => {
                let mut wrong: Vec<String> = map
                    .keys()
                    .filter(|name| !keys.iter().any(|key| key.name == **name))
                    .map(|key| format!("{at}/{key} is no key of {name}"))
                    .collect();
                for key in keys {
                    let at = format!("{at}/{}", key.name);
                    match map.get(&key.name) {
                        Some(value) => wrong.extend(broken(answers, &key.of, value, &at)),
                        None if key.always => wrong.push(format!("{at} is left out")),
                        None => {}
                    }
                }
                wrong
            }
            (Shape::Object(_), _) => vec![format!("{at} is {value}, not {name}")],
        },
    }
}
