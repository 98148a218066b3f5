//! Tables of deadlines: documents that say by when what is due. Those of the trade are shipped, and an organisation writes its own.

use super::{calendar::MOST_DAYS, fact::Fact};
use crate::{
    error::{Error, ErrorKind, Result, quoted},
    text::{decoded, json},
    word,
};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};
use std::{borrow::Cow, collections::BTreeMap, fmt};

/// A table of deadlines. Of its rows the first that matches a finding counts.
///
/// ```
/// use ctem_core::mobilize::DeadlineTable;
///
/// // What is critical and on the internet within two business days, all else that is critical within a week.
/// let table = DeadlineTable::read(br#"{"name": "ours", "rows": [
///     {"when": {"severity": "critical", "internet_reachable": "yes"}, "business_days": 2},
///     {"when": {"severity": ["critical", "high"]}, "days": 7}]}"#)?;
/// assert_eq!(table.rows.len(), 2);
/// let error = DeadlineTable::read(br#"{"name": "ours", "rows": [{"when": {"severity": "dire"}, "days": 7}]}"#).unwrap_err();
/// assert_eq!(error.place(), Some("/rows/0/when/severity"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DeadlineTable {
    /// Its name, in answers.
    pub name: Box<str>,
    /// What it is, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Box<str>>,
    /// Where it is from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Box<str>>,
    /// Its rows, of which the first that matches counts.
    pub rows: Vec<DeadlineRow>,
}

/// A row of a table: when it counts, and by when what it counts for is due.
///
/// ```
/// use ctem_core::mobilize::{DeadlineTable, Due, Fact};
///
/// let table = DeadlineTable::shipped("kev")?;
/// assert_eq!((&table.rows[0].when[&Fact::InKev][..], &table.rows[0].due), (&[Box::from("yes")][..], &Due::Kev));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DeadlineRow {
    /// What must hold, all of it: of each fact one of these values. Where nothing is stated it counts for all.
    pub when: BTreeMap<Fact, Vec<Box<str>>>,
    /// By when.
    #[serde(flatten)]
    pub due: Due,
    /// What to do, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub then: Option<Box<str>>,
}

/// By when something is due.
///
/// ```
/// use ctem_core::mobilize::{DeadlineTable, Due};
///
/// // The shortest time there is: half a day.
/// let table = DeadlineTable::shipped("fedramp_vdr")?;
/// assert!(table.rows.iter().any(|row| row.due == Due::Days(0.5)));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Due {
    /// So many days after the first sight.
    Days(f64),
    /// At the end of the day that is so many business days after the first sight.
    BusinessDays(u32),
    /// On the date that the catalogue of known exploited vulnerabilities names.
    Kev,
    /// On no date.
    Never,
}

const SHIPPED: [(&str, &str); 5] = [
    ("cisa_bod_26_04", include_str!("tables/cisa_bod_26_04.json")),
    ("fedramp_vdr", include_str!("tables/fedramp_vdr.json")),
    ("kev", include_str!("tables/kev.json")),
    ("ssvc_deployer", include_str!("tables/ssvc_deployer.json")),
    ("ssvc_coordinator", include_str!("tables/ssvc_coordinator.json")),
];

impl DeadlineTable {
    /// Reads a table from its document.
    ///
    /// ```
    /// use ctem_core::mobilize::DeadlineTable;
    ///
    /// let error = DeadlineTable::read(br#"{"name": "ours", "rows": [{"days": 7, "business_days": 5}]}"#).unwrap_err();
    /// assert!(error.message().contains("one of `days`, `business_days` and `due`"));
    /// ```
    ///
    /// # Errors
    /// `malformed` for bytes that are no JSON, `invalid_input` with the place for a fact, a value or a number of days that there is not.
    pub fn read(document: &[u8]) -> Result<Self> {
        json::parse(&decoded(document)?)
    }

    /// A table that is shipped: `cisa_bod_26_04`, `fedramp_vdr`, `kev`, `ssvc_deployer` or `ssvc_coordinator`.
    ///
    /// ```
    /// use ctem_core::mobilize::DeadlineTable;
    ///
    /// assert_eq!(DeadlineTable::shipped("cisa_bod_26_04")?.rows.len(), 16);
    /// assert_eq!(DeadlineTable::shipped("bod").unwrap_err().code(), "not_found");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `not_found` for another name.
    pub fn shipped(name: &str) -> Result<Self> {
        let plain = word::plain(name);
        match SHIPPED.iter().find(|(known, _)| *known == plain) {
            Some((_, document)) => json::parse(document),
            None => {
                let known: Vec<&str> = SHIPPED.iter().map(|(name, _)| *name).collect();
                let message = format!(
                    "{} is no table that is shipped: name one of {}, or hand in its rows",
                    quoted(name),
                    known.join(", ")
                );
                Err(Error::new(ErrorKind::NotFound, message))
            }
        }
    }

    /// Whether it asks a fact.
    pub(super) fn asks(&self, fact: Fact) -> bool {
        self.rows.iter().any(|row| row.when.contains_key(&fact))
    }
}

/// The values of one fact, read with it so that an error names it.
struct When(BTreeMap<Fact, Vec<Box<str>>>);

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        struct Facts;
        impl<'de> Visitor<'de> for Facts {
            type Value = When;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of facts and their values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<When, A::Error> {
                let mut when = BTreeMap::new();
                while let Some(json::Name(fact)) = map.next_key::<json::Name<Fact>>()? {
                    let values = map.next_value_seed(Values(fact))?;
                    if when.insert(fact, values).is_some() {
                        return Err(serde::de::Error::custom(format!(
                            "`{fact}` is asked twice: ask it once"
                        )));
                    }
                }
                Ok(When(when))
            }
        }
        from.deserialize_map(Facts)
    }
}

/// One value of a fact, or a list of them.
struct Values(Fact);

impl<'de> serde::de::DeserializeSeed<'de> for Values {
    type Value = Vec<Box<str>>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> std::result::Result<Self::Value, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a word or a list of words is expected")]
        enum Said<'a> {
            One(#[serde(borrow)] Cow<'a, str>),
            Many(Vec<Cow<'a, str>>),
        }
        let said = match Said::deserialize(from)? {
            Said::One(one) => vec![one],
            Said::Many(many) => many,
        };
        let value = |text: Cow<'_, str>| {
            let plain = word::plain(&text);
            let known = self.0.values().iter().find(|known| **known == plain);
            known.map(|known| Box::from(*known)).ok_or_else(|| {
                let values = self.0.values().join(", ");
                serde::de::Error::custom(format!(
                    "{} is no value of `{}`: write one of {values}",
                    quoted(&text),
                    self.0
                ))
            })
        };
        said.into_iter().map(value).collect()
    }
}

impl<'de> Deserialize<'de> for DeadlineRow {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum Dated {
            Kev,
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Raw {
            when: Option<When>,
            days: Option<f64>,
            business_days: Option<u32>,
            due: Option<Dated>,
            then: Option<Box<str>>,
        }
        let Raw { when, days, business_days, due, then } = Raw::deserialize(from)?;
        let broken = |message: String| Err(serde::de::Error::custom(message));
        let due = match (days, business_days, due) {
            (None, None, None) => Due::Never,
            (Some(days), None, None) if (0.0..=MOST_DAYS).contains(&days) => Due::Days(days),
            (None, Some(days), None) if f64::from(days) <= MOST_DAYS => Due::BusinessDays(days),
            (None, None, Some(Dated::Kev)) => Due::Kev,
            (Some(days), None, None) => {
                return broken(format!("`{days}` days are no time to act in: write 0 to {MOST_DAYS}"));
            }
            (None, Some(days), None) => {
                return broken(format!(
                    "`{days}` business days are no time to act in: write 0 to {MOST_DAYS}"
                ));
            }
            _ => {
                return broken(
                    "a row states one of `days`, `business_days` and `due`: leave the others out".into(),
                );
            }
        };
        Ok(Self { when: when.map(|When(when)| when).unwrap_or_default(), due, then })
    }
}

impl<'de> Deserialize<'de> for DeadlineTable {
    /// From its document, or from the name of one that is shipped.
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Raw {
            name: Box<str>,
            title: Option<Box<str>>,
            source: Option<Box<str>>,
            rows: Vec<DeadlineRow>,
        }
        struct Table;
        impl<'de> Visitor<'de> for Table {
            type Value = DeadlineTable;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table, or the name of one that is shipped")
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> std::result::Result<DeadlineTable, E> {
                DeadlineTable::shipped(name).map_err(|error| E::custom(error.message()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> std::result::Result<DeadlineTable, A::Error> {
                let Raw { name, title, source, rows } = Raw::deserialize(MapAccessDeserializer::new(map))?;
                Ok(DeadlineTable { name, title, source, rows })
            }
        }
        from.deserialize_any(Table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intel::ssvc::CISA_BOD_26_04;

    #[test]
    fn the_table_of_the_directive_is_the_one_of_ssvc() {
        let table = DeadlineTable::shipped("cisa_bod_26_04").unwrap();
        assert_eq!(table.rows.len(), CISA_BOD_26_04.rows());
        for row in &table.rows {
            let facts = [
                ("in_kev", Fact::InKev),
                ("publicly_exposed", Fact::InternetReachable),
                ("automatable", Fact::Automatable),
                ("technical_impact", Fact::TechnicalImpact),
            ];
            let given = facts.map(|(name, fact)| (name, &*row.when[&fact][0]));
            let outcome = CISA_BOD_26_04.decide(&given).unwrap();
            assert_eq!(row.then.as_deref(), Some(outcome));
            let days = outcome.split(' ').next().and_then(|days| days.parse().ok());
            assert_eq!(row.due, days.map_or(Due::Never, Due::Days), "{outcome}");
        }
    }

    #[test]
    fn every_table_that_is_shipped_is_read_and_goes_by_its_name() {
        for (name, _) in SHIPPED {
            assert_eq!(&*DeadlineTable::shipped(name).unwrap().name, name);
        }
    }
}
