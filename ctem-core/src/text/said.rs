//! What the parser says, in the words of documents: it speaks of maps, sequences and our own types, a document has objects and
//! lists, text and numbers.

/// How the parser begins to tell of a word that an enumeration does not have.
pub(super) const UNKNOWN_VARIANT: &str = "unknown variant ";
/// How it begins to tell of what is no word of an enumeration, and no object with one.
pub(super) const NO_WORD: &str = "expected value";
/// How it begins to tell of what a list of so many has beyond them.
pub(super) const TOO_LONG: &str = "trailing characters";

/// What is said of a value, in words of the document: `invalid type: map, expected a sequence` becomes
/// `an object stands here: it must be a list`.
pub(crate) fn in_words(said: &str) -> String {
    if said.starts_with("data did not match any variant") {
        return "the record has none of the shapes this format knows: compare it with the format's documentation".into();
    }
    if let Some(field) = said.strip_prefix("missing field ") {
        return format!("{field} is missing: the record must have it");
    }
    if let Some(word) = said.strip_prefix(UNKNOWN_VARIANT) {
        return format!("unknown word {word}");
    }
    let values = ["invalid type: ", "invalid value: ", "invalid length "];
    let about = values.iter().find_map(|begin| said.strip_prefix(begin)?.rsplit_once(", expected "));
    let Some((found, expected)) = about else { return said.to_owned() };
    format!("{} stands here: it must be {}", found_in_words(found), expected_in_words(expected))
}

fn found_in_words(found: &str) -> String {
    match found {
        "sequence" => "a list".into(),
        "map" => "an object".into(),
        "null" | "unit value" => "`null`".into(),
        length if length.bytes().all(|digit| digit.is_ascii_digit()) => format!("a list of {length}"),
        value => {
            let scalar = ["boolean ", "integer ", "floating point ", "character "];
            let scalar = scalar.iter().find_map(|kind| value.strip_prefix(kind));
            let text = value.strip_prefix("string ").map(|text| format!("the text {text}"));
            text.unwrap_or_else(|| scalar.unwrap_or(value).to_owned())
        }
    }
}

fn expected_in_words(expected: &str) -> String {
    match expected {
        "a map" | "map" => "an object".into(),
        "a sequence" | "sequence" => "a list".into(),
        "a string" | "a borrowed string" | "a text" | "str" => "text".into(),
        "string or map" => "text or an object".into(),
        "a boolean" => "`true` or `false`".into(),
        "f32" | "f64" => "a number".into(),
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => "a whole number".into(),
        "u8" => format!("a whole number from 0 to {}", u8::MAX),
        "u16" => format!("a whole number from 0 to {}", u16::MAX),
        "u32" => format!("a whole number from 0 to {}", u32::MAX),
        "u64" | "u128" | "usize" => "a whole number, 0 or more".into(),
        "unit" => "`null`".into(),
        our if our.starts_with("struct ") || our.contains("tagged enum ") => "an object".into(),
        our if our.starts_with("tuple struct ") || our.starts_with("enum ") => {
            "what the format has here: compare it with the format's documentation".into()
        }
        other => match other.strip_prefix("a tuple of size ").or(other.strip_prefix("an array of length ")) {
            Some(length) => format!("a list of {length}"),
            None => other.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::in_words;
    use serde::Deserialize;
    use std::collections::BTreeMap;

    #[derive(Deserialize, Debug)]
    #[expect(dead_code, reason = "only read")]
    struct PodSpec {
        name: Option<String>,
        ports: Option<Vec<u16>>,
        share: Option<f64>,
        on: Option<bool>,
        labels: Option<BTreeMap<String, String>>,
        pair: Option<(i64, i64)>,
        inner: Option<Box<PodSpec>>,
        kind: Option<Kind>,
        size: Option<Size>,
    }

    #[derive(Deserialize, Debug)]
    #[serde(rename_all = "lowercase")]
    enum Kind {
        Pod,
        Job,
    }

    #[derive(Deserialize, Debug)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "only read")]
    enum Size {
        Text(String),
        Number(f64),
    }

    #[test]
    fn a_value_that_does_not_fit_is_told_in_words_of_the_document() {
        for (text, said) in [
            (r#"{"name": 7}"#, "`7` stands here: it must be text"),
            (r#"{"name": null, "name": []}"#, "duplicate field `name`"),
            (r#"{"ports": {}}"#, "an object stands here: it must be a list"),
            (r#"{"ports": [-1]}"#, "`-1` stands here: it must be a whole number from 0 to 65535"),
            (r#"{"share": "a, expected b"}"#, r#"the text "a, expected b" stands here: it must be a number"#),
            (r#"{"on": 1.5}"#, "`1.5` stands here: it must be `true` or `false`"),
            (r#"{"labels": true}"#, "`true` stands here: it must be an object"),
            (r#"{"labels": {"a": null}}"#, "`null` stands here: it must be text"),
            (r#"{"pair": [1]}"#, "a list of 1 stands here: it must be a list of 2"),
            (r#"{"inner": "x"}"#, r#"the text "x" stands here: it must be an object"#),
            (r#"{"inner": []}"#, "a list of 0 stands here: it must be an object"),
            (r#"{"kind": "node"}"#, "unknown word `node`, expected `pod` or `job`"),
            (
                r#"{"size": []}"#,
                "the record has none of the shapes this format knows: compare it with the format's documentation",
            ),
        ] {
            let error = crate::text::json::parse::<PodSpec>(text).unwrap_err();
            assert_eq!(error.message(), said, "{text}");
        }
        assert_eq!(in_words("missing field `id`"), "`id` is missing: the record must have it");
        assert_eq!(in_words("id must not be empty"), "id must not be empty");
    }
}
