//! Labels in one spelling: `Data-Class: PII` and `data_class: pii` say the same.

use crate::{model::Asset, word};

/// A label, with what it is called as the organisation writes it.
pub(super) struct Label<'a> {
    pub(super) key: &'a str,
    name: String,
    pub(super) said: String,
}

impl<'a> Label<'a> {
    /// The labels of an asset, by key.
    pub(super) fn all(asset: &'a Asset) -> impl Iterator<Item = Self> {
        asset.labels.iter().map(|(key, value)| Self { key, name: plain(key), said: plain(value) })
    }

    /// Whether a word stands in its key.
    pub(super) fn has(&self, word: &str) -> bool {
        self.name.split(' ').any(|one| one == word)
    }

    /// Whether its key is one of these.
    pub(super) fn is(&self, names: &[&str]) -> bool {
        names.contains(&&*self.name)
    }

    /// Whether it says one of these, or, where it is a question, yes.
    pub(super) fn says(&self, values: &[&str]) -> bool {
        values.contains(&self.said.trim())
    }

    /// Whether it says yes.
    pub(super) fn yes(&self) -> bool {
        word::flag(&self.said) == Some(true)
    }
}

/// What an asset is for, as its labels tell it: in the words of the trade where they are known, and else as it is written.
pub(in crate::scope) fn environment_of(asset: &Asset) -> Option<String> {
    let label = Label::all(asset).find(|label| label.is(&["environment", "env", "stage"]))?;
    Some(match label.said.trim() {
        "prod" | "prd" | "live" => "production".into(),
        "stage" | "stg" | "pre production" | "preprod" => "staging".into(),
        "qa" | "testing" => "test".into(),
        "dev" => "development".into(),
        other => other.into(),
    })
}

/// A text in lower case, with blanks for the signs that join words.
pub(super) fn plain(text: &str) -> String {
    text.trim().to_ascii_lowercase().replace(['-', '_', '.', '/', ':'], " ")
}

/// Whether one of these words, or of these rows of words, stands in a text that is in one spelling.
pub(super) fn names(text: &str, words: &[&str]) -> bool {
    let text = format!(" {text} ");
    words.iter().any(|word| text.contains(&format!(" {word} ")))
}
