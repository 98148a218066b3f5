//! Selectors read: from text, with the character of what is wrong, and from JSON.

use super::terms::{
    AssetSelector, Comparison, Condition, DATA_CLASSES, FIELDS, Field, INTERNET, OWN, Pattern, is_of_word,
};
use crate::{
    error::{Error, ErrorKind, Result, quoted},
    model::{Attacker, Criticality, Reachability},
};
use serde::{Deserialize, Deserializer, de};
use std::{fmt, str::FromStr};

/// So deep may selectors nest.
const DEEPEST: usize = 64;

/// So many conditions a selector may have.
const MOST: usize = 10_000;

impl AssetSelector {
    /// Reads a selector.
    ///
    /// # Errors
    /// `invalid_input` where it is no selector, with the character as the place; `limit_exceeded` for one that nests more than 64 deep
    /// or has more than 10,000 conditions.
    ///
    /// ```
    /// use ctem_core::scope::AssetSelector;
    ///
    /// assert_eq!(AssetSelector::parse("all")?, AssetSelector::All);
    /// assert_eq!(AssetSelector::parse("kind =").unwrap_err().message(), "the text ends: expected a value");
    /// // One of several resources of code, by its key.
    /// let one = AssetSelector::parse(r#"name = aws_instance.web["a"] and kind = host"#)?;
    /// assert_eq!(one, AssetSelector::parse(r#"name = "aws_instance.web[\"a\"]" and kind = host"#)?);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self> {
        selector(text)
    }
}

impl FromStr for AssetSelector {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

fn selector(text: &str) -> Result<AssetSelector> {
    let mut reading = Reader { text, at: 0, deep: 0, count: 0 };
    let selector = reading.any()?;
    match reading.peek() {
        None => Ok(selector),
        Some(_) => Err(reading.wrong("expected `and`, `or` or the end")),
    }
}

/// The field of a name, as in JSON, where no quotes are needed.
fn field(name: &str) -> Result<Field> {
    let known = name.trim().to_ascii_lowercase();
    if let Some((_, field)) = FIELDS.iter().find(|(word, _)| *word == known) {
        return Ok(field.clone());
    }
    match name.trim().split_once('.') {
        Some((label, key)) if label.eq_ignore_ascii_case("label") && !key.is_empty() => {
            Ok(Field::Label(key.into()))
        }
        _ => {
            let known: Vec<_> = FIELDS.iter().map(|(name, _)| format!("`{name}`")).collect();
            let message =
                format!("{} is no field: expected {} or `label.KEY`", quoted(name), known.join(", "));
            Err(Error::invalid(message))
        }
    }
}

/// A condition whose comparison and values fit its field.
fn condition(field: Field, comparison: Comparison, values: Vec<Pattern>) -> Result<Condition> {
    if comparison.is_of_order() && !matches!(field, Field::Criticality | Field::Age) {
        let message = format!("`{field}` has no order: compare it with `=`, `!=` or `in`");
        return Err(Error::invalid(message));
    }
    for value in &values {
        let Some(word) = value.plain() else {
            let of_few = matches!(
                field,
                Field::Age
                    | Field::Criticality
                    | Field::Entry
                    | Field::DataClass
                    | Field::Exposure
                    | Field::Reachability
            );
            if comparison.is_of_order() || of_few {
                return Err(Error::invalid(format!(
                    "{value} is no single value of `{field}`: leave out the `*`"
                )));
            }
            continue;
        };
        match field {
            Field::Criticality => drop(word.parse::<Criticality>()?),
            Field::Entry => drop(word.parse::<Attacker>()?),
            Field::Reachability => drop(word.parse::<Reachability>()?),
            Field::DataClass if !DATA_CLASSES.contains(&word) => {
                let known: Vec<_> = DATA_CLASSES.iter().map(|class| format!("`{class}`")).collect();
                let message = format!("{} is no class of data: expected {}", quoted(word), known.join(", "));
                return Err(Error::invalid(message));
            }
            Field::Exposure if word != INTERNET => {
                let message = format!("{} is no exposure: expected `{INTERNET}`", quoted(word));
                return Err(Error::invalid(message));
            }
            Field::Age if !word.parse::<f64>().is_ok_and(|days| (0.0..=1e6).contains(&days)) => {
                return Err(Error::invalid(format!(
                    "{} is no number of days from 0 to 1000000",
                    quoted(word)
                )));
            }
            _ => {}
        }
    }
    if values.is_empty() && comparison != Comparison::Stated {
        return Err(Error::invalid(format!("`{field}` is compared with nothing: name at least one value")));
    }
    Ok(Condition { field, comparison, values })
}

struct Reader<'a> {
    text: &'a str,
    /// In bytes.
    at: usize,
    deep: usize,
    count: usize,
}

impl<'a> Reader<'a> {
    fn any(&mut self) -> Result<AssetSelector> {
        self.joined("or", Self::every, AssetSelector::Any)
    }

    fn every(&mut self) -> Result<AssetSelector> {
        self.joined("and", Self::one, AssetSelector::Every)
    }

    fn joined(
        &mut self,
        word: &str,
        next: impl Fn(&mut Self) -> Result<AssetSelector>,
        join: impl Fn(Vec<AssetSelector>) -> AssetSelector,
    ) -> Result<AssetSelector> {
        let first = next(self)?;
        let mut all = Vec::new();
        while self.takes_word(word) {
            all.push(next(self)?);
        }
        if all.is_empty() {
            return Ok(first);
        }
        all.insert(0, first);
        Ok(join(all))
    }

    fn one(&mut self) -> Result<AssetSelector> {
        self.deep += 1;
        self.count += 1;
        if self.deep > DEEPEST || self.count > MOST {
            let message = format!(
                "the selector nests more than {DEEPEST} deep or has more than {MOST} conditions: split it"
            );
            return Err(Error::new(ErrorKind::LimitExceeded, message).at(self.place(self.at)));
        }
        let one = if self.takes_word("not") {
            AssetSelector::Not(Box::new(self.one()?))
        } else if self.takes("(") {
            let of = self.any()?;
            self.expects(")", "expected `)`")?;
            of
        } else if self.takes_word("all") {
            AssetSelector::All
        } else {
            AssetSelector::Is(self.condition()?)
        };
        self.deep -= 1;
        Ok(one)
    }

    fn condition(&mut self) -> Result<Condition> {
        let stated = self.takes_word("has");
        let start = self.start();
        let field = self.field()?;
        if stated {
            return Ok(Condition { field, comparison: Comparison::Stated, values: Vec::new() });
        }
        let (comparison, values) = if self.takes_word("in") {
            (Comparison::Is, self.list()?)
        } else if self.takes_word("not") {
            if !self.takes_word("in") {
                return Err(self.wrong("expected `in` after `not`"));
            }
            (Comparison::IsNot, self.list()?)
        } else {
            use Comparison::{Above, AtLeast, AtMost, Below, Is, IsNot};
            // The longer signs first, of which others are the beginning.
            let signs = [IsNot, AtMost, AtLeast, Is, Below, Above];
            let Some(comparison) = signs.into_iter().find(|sign| self.takes(sign.sign())) else {
                return Err(self.wrong("expected `=`, `!=`, `<`, `<=`, `>`, `>=` or `in`"));
            };
            (comparison, vec![self.value()?])
        };
        condition(field, comparison, values).map_err(|error| error.at(self.place(start)))
    }

    fn field(&mut self) -> Result<Field> {
        let start = self.start();
        let name = self.bare();
        if name.is_empty() {
            return Err(self.wrong("expected a field, `not`, `has`, `all` or `(`"));
        }
        if name.eq_ignore_ascii_case("label.") && self.rest().starts_with('"') {
            return Ok(Field::Label(self.in_quotes()?.concat().into()));
        }
        field(name).map_err(|error| error.at(self.place(start)))
    }

    fn list(&mut self) -> Result<Vec<Pattern>> {
        self.expects("(", "expected `(` and values after `in`")?;
        let mut values = vec![self.value()?];
        while self.takes(",") {
            values.push(self.value()?);
        }
        self.expects(")", "expected `,` or `)`")?;
        Ok(values)
    }

    fn value(&mut self) -> Result<Pattern> {
        self.start();
        if self.rest().starts_with('"') {
            let parts = self.in_quotes()?;
            return Ok(Pattern {
                parts: parts.iter().map(|part| part.to_ascii_lowercase().into()).collect(),
            });
        }
        let start = self.at;
        let word = self.bare();
        if word.is_empty() {
            return Err(self.wrong("expected a value"));
        }
        if OWN.iter().any(|own| own.eq_ignore_ascii_case(word)) {
            let message =
                format!("expected a value and found {}: put it in double quotes if it is one", quoted(word));
            return Err(Error::invalid(message).at(self.place(start)));
        }
        Ok(Pattern::new(word))
    }

    /// What stands in quotes, split at its stars.
    fn in_quotes(&mut self) -> Result<Vec<String>> {
        let start = self.at;
        let mut parts = vec![String::new()];
        let mut letters = self.rest().char_indices().skip(1);
        while let Some((at, letter)) = letters.next() {
            let add = match letter {
                '"' => {
                    self.at += at + 1;
                    return Ok(parts);
                }
                '*' => {
                    parts.push(String::new());
                    continue;
                }
                '\\' => match letters.next() {
                    Some((_, letter @ ('"' | '\\' | '*'))) => letter,
                    _ => {
                        let message =
                            "after `\\` only `\"`, `\\` or `*` may stand: write `\\\\` for a backslash";
                        return Err(Error::invalid(message).at(self.place(start + at)));
                    }
                },
                letter => letter,
            };
            if let Some(part) = parts.last_mut() {
                part.push(add);
            }
        }
        Err(Error::invalid("the quotes do not end: write `\"` where they do").at(self.place(start)))
    }

    /// The word that stands here without quotes; empty where none does. One of several resources of code has its index or key in it:
    /// `aws_instance.web[0]`, `aws_instance.web["a"]`.
    fn bare(&mut self) -> &'a str {
        self.start();
        let rest = self.rest();
        let word = |from: usize| {
            let text = rest.get(from..).unwrap_or_default();
            text.find(|letter| !is_of_word(letter) && letter != '*').unwrap_or(text.len())
        };
        let mut end = word(0);
        while end > 0
            && let Some(index) = index_length(rest.get(end..).unwrap_or_default())
        {
            end += index;
            end += word(end);
        }
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let before = self.at;
        if self.bare().eq_ignore_ascii_case(word) {
            return true;
        }
        self.at = before;
        false
    }

    fn takes(&mut self, sign: &str) -> bool {
        self.start();
        let takes = self.rest().starts_with(sign);
        if takes {
            self.at += sign.len();
        }
        takes
    }

    fn expects(&mut self, sign: &str, message: &str) -> Result<()> {
        if self.takes(sign) { Ok(()) } else { Err(self.wrong(message)) }
    }

    /// Goes to where something stands.
    fn start(&mut self) -> usize {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
        self.at
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&mut self) -> Option<char> {
        self.start();
        self.rest().chars().next()
    }

    fn wrong(&mut self, expected: &str) -> Error {
        let found = match self.peek() {
            None => "the text ends".to_owned(),
            Some(letter) => format!("{} stands here", quoted(letter.encode_utf8(&mut [0; 4]))),
        };
        Error::invalid(format!("{found}: {expected}")).at(self.place(self.at))
    }

    /// A place in words, counted from 1 in characters, as people count.
    fn place(&self, at: usize) -> String {
        format!("character {}", self.text.get(..at).map_or(0, |before| before.chars().count()) + 1)
    }
}

/// How long the index or key in brackets is that a text begins with, if it begins with one.
fn index_length(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('[')?;
    let length = match inside.strip_prefix('"') {
        Some(key) => key.find('"')? + 2,
        None => inside.find(|letter| !is_of_word(letter) && letter != '*').filter(|length| *length > 0)?,
    };
    inside.get(length..)?.starts_with(']').then_some(length + 2)
}

impl<'de> Deserialize<'de> for AssetSelector {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_any(InDocument)
    }
}

/// Reads the two forms of a selector in documents.
struct InDocument;

impl<'de> de::Visitor<'de> for InDocument {
    type Value = AssetSelector;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a selector as text, or an object of fields, `every`, `any` and `not`")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> std::result::Result<AssetSelector, E> {
        AssetSelector::parse(text).map_err(E::custom)
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> std::result::Result<AssetSelector, A::Error> {
        let mut of = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            of.push(match &*name {
                "every" => AssetSelector::Every(map.next_value()?),
                "any" => AssetSelector::Any(map.next_value()?),
                "not" => AssetSelector::Not(Box::new(map.next_value()?)),
                name => {
                    let field = field(name).map_err(de::Error::custom)?;
                    let Words(words) = map.next_value()?;
                    let values = words.iter().map(|word| Pattern::new(word)).collect();
                    AssetSelector::Is(condition(field, Comparison::Is, values).map_err(de::Error::custom)?)
                }
            });
        }
        Ok(match of.pop() {
            Some(only) if of.is_empty() => only,
            Some(last) => {
                of.push(last);
                AssetSelector::Every(of)
            }
            None => AssetSelector::All,
        })
    }
}

/// A word, or a list of them.
struct Words(Vec<String>);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Either;

        impl<'de> de::Visitor<'de> for Either {
            type Value = Words;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a word or a list of words")
            }

            fn visit_str<E: de::Error>(self, word: &str) -> std::result::Result<Words, E> {
                Ok(Words(vec![word.into()]))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> std::result::Result<Words, A::Error> {
                let mut words = Vec::new();
                while let Some(word) = list.next_element()? {
                    words.push(word);
                }
                Ok(Words(words))
            }
        }

        deserializer.deserialize_any(Either)
    }
}
