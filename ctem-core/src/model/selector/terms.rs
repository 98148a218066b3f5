//! What a selector is made of.

/// Which assets are meant.
///
/// A condition is a field, a comparison and a value: `kind = host`, `id != web-1`, `name in (dc-*, "file server")`,
/// `criticality >= high`, `age > 30`. `has owner` holds where the field says anything at all. Conditions are joined by `and`, which
/// binds closer, `or`, `not` and parentheses; `all` is every asset. Words are compared whatever their case (ASCII), and `*` stands for
/// any text. A word with blanks or signs stands in double quotes, where `\"` is a quote, `\\` a backslash and `\*` a star.
///
/// | Field | What is compared |
/// |---|---|
/// | `id` | the id and the aliases |
/// | `name` | the name for people, the id, and what tools saw it go by |
/// | `kind` | the kind: `host`, `data_store` |
/// | `owner` | the owner's id or name |
/// | `criticality` | the importance stated: `low`, `medium`, `high`, `crown_jewel`; also `<`, `<=`, `>`, `>=` |
/// | `label.KEY` | the label: `label.env`, `label."cost centre"`, `label.data_class` |
/// | `tag` | the key of a label, or what it says |
/// | `environment` | the label `env`, `environment` or `stage`: `production`, `staging`, `test`, `development`, or as it is written |
/// | `data_class` | the class of its data, as labels tell it: `personal`, `health`, `payment_card`, `restricted`, `secret` |
/// | `realm` | the id or name of a realm that contains it, at any depth |
/// | `zone` | the id or name of a zone it lies in, at any depth |
/// | `entry` | an attacker who starts there: `internet`, `phishing`, `supplier`, `insider` |
/// | `exposure` | `internet`: an attacker from there starts at it, it lies in a zone that is the internet or is reached from it, or a label says so |
/// | `reachability` | whether the weak code of an open finding is reached: `runtime`, `static`, `potential`, `unreachable`, `unknown` |
/// | `source` | a tool that found something on it |
/// | `age` | days since it was last seen; with `<`, `<=`, `>`, `>=` |
///
/// What nobody stated equals nothing: an asset of unknown importance is neither `>= high` nor `< high`, but it is `!= high`.
///
/// In documents it is this text, or JSON: `{"kind": ["host", "workload"], "label.env": "production"}` asks for all of it, of each
/// list for one; `every`, `any` and `not` hold selectors.
///
/// ```
/// use ctem_core::scope::AssetSelector;
///
/// let text: AssetSelector = "kind in (host, workload) and label.env = production".parse()?;
/// let json: AssetSelector = serde_json::from_str(r#"{"kind": ["host", "workload"], "label.env": "production"}"#).unwrap();
/// assert_eq!(text, json);
/// // An error says where.
/// let error = "kind = host and lable.env = production".parse::<AssetSelector>().unwrap_err();
/// assert_eq!(error.place(), Some("character 17"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "filter")]
#[doc(alias = "query language")]
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AssetSelector {
    /// Every asset.
    #[default]
    All,
    /// The assets of which a condition holds.
    Is(Condition),
    /// The assets that are not these.
    Not(Box<AssetSelector>),
    /// The assets that are in each of these.
    Every(Vec<AssetSelector>),
    /// The assets that are in any of these.
    Any(Vec<AssetSelector>),
}

/// What holds of an asset, or does not.
///
/// ```
/// use ctem_core::scope::{AssetSelector, Comparison, Field};
///
/// let AssetSelector::Is(condition) = "criticality >= high".parse()? else { unreachable!() };
/// assert_eq!((condition.field, condition.comparison), (Field::Criticality, Comparison::AtLeast));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Condition {
    /// What is compared.
    pub field: Field,
    /// How.
    pub comparison: Comparison,
    /// With what: any of these. Nothing, where it is asked whether anything is stated.
    pub values: Vec<Pattern>,
}

/// What of an asset is compared: see [`AssetSelector`].
///
/// ```
/// use ctem_core::scope::Field;
///
/// assert_eq!(Field::Label("cost centre".into()).to_string(), r#"label."cost centre""#);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Field {
    /// The id and the aliases.
    Id,
    /// The name for people, the id, and what tools saw it go by.
    Name,
    /// The kind.
    Kind,
    /// The owner.
    Owner,
    /// The importance.
    Criticality,
    /// A label.
    Label(Box<str>),
    /// The key of a label, or what it says.
    Tag,
    /// What it is for: production, staging, test, development.
    Environment,
    /// The class of its data.
    DataClass,
    /// A realm that contains it.
    Realm,
    /// A zone it lies in.
    Zone,
    /// An attacker who starts there.
    Entry,
    /// From where it is open.
    Exposure,
    /// Whether the weak code of a finding on it is reached.
    Reachability,
    /// A tool that found something on it.
    Source,
    /// Days since it was last seen.
    Age,
}

/// How a field is compared.
///
/// ```
/// use ctem_core::scope::Comparison;
///
/// assert_eq!(Comparison::AtLeast.sign(), ">=");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Comparison {
    /// It is one of the values.
    Is,
    /// It is none of the values.
    IsNot,
    /// It is below the value.
    Below,
    /// It is at most the value.
    AtMost,
    /// It is above the value.
    Above,
    /// It is at least the value.
    AtLeast,
    /// Anything is stated.
    Stated,
}

impl AssetSelector {
    /// The assets of which a field is exactly a word, whatever its case; of a field without an order.
    pub(crate) fn equals(field: Field, word: &str) -> Self {
        Self::Is(Condition { field, comparison: Comparison::Is, values: vec![Pattern::literal(word)] })
    }
}

impl Comparison {
    /// The sign, as in texts.
    ///
    /// ```
    /// use ctem_core::scope::Comparison;
    ///
    /// assert_eq!(Comparison::Stated.sign(), "has");
    /// ```
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Is => "=",
            Self::IsNot => "!=",
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Above => ">",
            Self::AtLeast => ">=",
            Self::Stated => "has",
        }
    }

    /// Whether it says that one is larger.
    pub(super) fn is_of_order(self) -> bool {
        matches!(self, Self::Below | Self::AtMost | Self::Above | Self::AtLeast)
    }
}

/// A word that a field is compared with, in which `*` may stand for any text.
///
/// ```
/// use ctem_core::scope::Pattern;
///
/// let controllers = Pattern::new("DC-*");
/// assert!(controllers.matches("dc-07") && !controllers.matches("adc-1"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pattern {
    /// What stands between the stars, in lower case.
    pub(super) parts: Vec<Box<str>>,
}

impl Pattern {
    /// A word, in which `*` stands for any text.
    ///
    /// ```
    /// use ctem_core::scope::Pattern;
    ///
    /// assert!(Pattern::new("*").matches(""));
    /// ```
    pub fn new(word: &str) -> Self {
        Self { parts: word.to_ascii_lowercase().split('*').map(Into::into).collect() }
    }

    /// A word as it stands.
    ///
    /// ```
    /// use ctem_core::scope::Pattern;
    ///
    /// assert!(!Pattern::literal("*").matches("anything"));
    /// ```
    pub fn literal(word: &str) -> Self {
        Self { parts: vec![word.to_ascii_lowercase().into()] }
    }

    /// Whether a word is meant, whatever its case. O(length of the word × length of the longest part).
    ///
    /// ```
    /// use ctem_core::scope::Pattern;
    ///
    /// assert!(Pattern::new("a*b*c").matches("a-b-b-c"));
    /// ```
    pub fn matches(&self, word: &str) -> bool {
        let [first, between @ .., last] = &*self.parts else {
            return self.parts.first().is_some_and(|only| only.eq_ignore_ascii_case(word));
        };
        let word = word.to_ascii_lowercase();
        // The first and the last part stand at the ends; of those between, each is best where it comes first.
        let rest = word.strip_prefix(&**first).and_then(|rest| rest.strip_suffix(&**last));
        let Some(mut rest) = rest else { return false };
        for part in between {
            let Some((_, after)) = rest.split_once(&**part) else { return false };
            rest = after;
        }
        true
    }

    /// The word without stars; none where it has any.
    pub(crate) fn plain(&self) -> Option<&str> {
        match &*self.parts {
            [only] => Some(only),
            _ => None,
        }
    }
}

/// Fields by their names; a label has a name of its own besides.
pub(super) const FIELDS: [(&str, Field); 15] = [
    ("id", Field::Id),
    ("name", Field::Name),
    ("kind", Field::Kind),
    ("owner", Field::Owner),
    ("criticality", Field::Criticality),
    ("tag", Field::Tag),
    ("environment", Field::Environment),
    ("data_class", Field::DataClass),
    ("realm", Field::Realm),
    ("zone", Field::Zone),
    ("entry", Field::Entry),
    ("exposure", Field::Exposure),
    ("reachability", Field::Reachability),
    ("source", Field::Source),
    ("age", Field::Age),
];

/// The classes of data that labels tell.
pub(crate) const DATA_CLASSES: [&str; 5] = ["personal", "health", "payment_card", "restricted", "secret"];

/// What is open to whom.
pub(crate) const INTERNET: &str = "internet";

/// Words of the language, which in values stand in quotes.
pub(super) const OWN: [&str; 6] = ["and", "or", "not", "in", "has", "all"];

/// Whether a letter may stand in a word without quotes. A star may too, and means any text.
pub(super) fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric()
        || matches!(letter, '_' | '-' | '.' | ':' | '/' | '@' | '+' | '#' | '%' | '$' | '~' | '|')
}
