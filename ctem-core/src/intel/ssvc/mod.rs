//! Decision tables: Stakeholder-Specific Vulnerability Categorization (SSVC) of CERT/CC, and CISA's tables built on it.
//!
//! A table decides from the values of its points, and every combination has a row. What the points say of an asset, such as
//! whether it is publicly exposed, the engine computes from the attack graph rather than asking a person to tick it.
//!
//! ```
//! use ctem_core::intel::ssvc::CISA_BOD_26_04;
//!
//! let by = CISA_BOD_26_04.decide(&[
//!     ("in_kev", "yes"),
//!     ("publicly_exposed", "yes"),
//!     ("automatable", "yes"),
//!     ("technical_impact", "total"),
//! ])?;
//! assert_eq!(by, "3 days & forensic investigation");
//! # Ok::<(), ctem_core::Error>(())
//! ```

mod tables;

pub use tables::{
    CISA_BOD_26_04, CISA_COORDINATOR, COORDINATOR_PUBLISH, COORDINATOR_TRIAGE, DEPLOYER, HUMAN_IMPACT,
    PUBLIC_SAFETY_IMPACT, SUPPLIER, UTILITY,
};

use crate::error::{Error, Result, quoted};

/// Every table of this module.
pub const TABLES: [&Table; 9] = [
    &CISA_BOD_26_04,
    &CISA_COORDINATOR,
    &DEPLOYER,
    &SUPPLIER,
    &COORDINATOR_TRIAGE,
    &COORDINATOR_PUBLISH,
    &HUMAN_IMPACT,
    &PUBLIC_SAFETY_IMPACT,
    &UTILITY,
];

/// A decision table: an outcome for every combination of the values of its points.
///
/// ```
/// use ctem_core::intel::ssvc::UTILITY;
///
/// assert_eq!(UTILITY.decide(&[("automatable", "yes"), ("value_density", "concentrated")])?, "super effective");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    name: &'static str,
    points: &'static [Point],
    outcomes: &'static [&'static str],
    /// The number of an outcome for each combination, the last point running fastest.
    cells: &'static [u8],
}

/// Something a table asks, and the answers it knows.
///
/// ```
/// use ctem_core::intel::ssvc::UTILITY;
///
/// let point = UTILITY.points().iter().find(|point| point.name == "automatable").expect("it is asked");
/// assert_eq!(point.values, ["no", "yes"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Point {
    /// Its name: `exploitation`.
    pub name: &'static str,
    /// The values it can have: `none`, `public poc`, `active`.
    pub values: &'static [&'static str],
}

impl Table {
    /// The table's name.
    ///
    /// ```
    /// use ctem_core::intel::ssvc::UTILITY;
    ///
    /// assert_eq!(UTILITY.name(), "utility");
    /// ```
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What it asks, in order.
    ///
    /// ```
    /// use ctem_core::intel::ssvc::UTILITY;
    ///
    /// let asked: Vec<_> = UTILITY.points().iter().map(|point| point.name).collect();
    /// assert_eq!(asked, ["automatable", "value_density"]);
    /// ```
    pub fn points(&self) -> &'static [Point] {
        self.points
    }

    /// What it can decide.
    ///
    /// ```
    /// use ctem_core::intel::ssvc::UTILITY;
    ///
    /// assert_eq!(UTILITY.outcomes(), ["laborious", "efficient", "super effective"]);
    /// ```
    pub fn outcomes(&self) -> &'static [&'static str] {
        self.outcomes
    }

    /// How many rows it has.
    ///
    /// ```
    /// use ctem_core::intel::ssvc::UTILITY;
    ///
    /// // Two values of each of two points.
    /// assert_eq!(UTILITY.rows(), 4);
    /// ```
    pub fn rows(&self) -> usize {
        self.cells.len()
    }

    /// Decides from the values of all points, given in any order.
    ///
    /// ```
    /// use ctem_core::intel::ssvc::UTILITY;
    ///
    /// assert_eq!(UTILITY.decide(&[("automatable", "no"), ("value_density", "diffuse")])?, "laborious");
    /// let error = UTILITY.decide(&[("automatable", "no")]).unwrap_err();
    /// assert!(error.message().starts_with("`value_density` is missing"));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_input` that names the point which is missing, unknown or given twice, or whose value is none of its own.
    pub fn decide(&self, given: &[(&str, &str)]) -> Result<&'static str> {
        for (n, (name, _)) in given.iter().enumerate() {
            if !self.points.iter().any(|point| point.name == *name) {
                let names: Vec<_> = self.points.iter().map(|point| point.name).collect();
                let message = format!(
                    "{} is not a point of `{}`: it asks {}",
                    quoted(name),
                    self.name,
                    names.join(", ")
                );
                return Err(Error::invalid(message));
            }
            if given.iter().take(n).any(|(earlier, _)| earlier == name) {
                return Err(Error::invalid(format!(
                    "{} is given twice: each point has one value",
                    quoted(name)
                )));
            }
        }
        let mut cell = 0;
        for point in self.points {
            let Some((_, value)) = given.iter().find(|(name, _)| *name == point.name) else {
                let message =
                    format!("`{}` is missing: it is one of {}", point.name, point.values.join(", "));
                return Err(Error::invalid(message));
            };
            let Some(at) = point.values.iter().position(|known| known == value) else {
                return Err(Error::invalid(format!(
                    "{} is not a value of `{}`: use one of {}",
                    quoted(value),
                    point.name,
                    point.values.join(", ")
                )));
            };
            cell = cell * point.values.len() + at;
        }
        self.cells
            .get(cell)
            .and_then(|outcome| self.outcomes.get(usize::from(*outcome)))
            .copied()
            .ok_or_else(|| Error::invalid(format!("`{}` has no row for these values", self.name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_has_a_row_for_every_combination_and_uses_every_outcome() {
        for table in TABLES {
            let combinations: usize = table.points.iter().map(|point| point.values.len()).product();
            assert_eq!(combinations, table.rows(), "{}", table.name);
            for outcome in 0..table.outcomes.len() {
                assert!(table.cells.contains(&(outcome as u8)), "{}", table.name);
            }
        }
    }

    #[test]
    fn an_error_names_the_point() {
        let decide = |given: &[(&str, &str)]| UTILITY.decide(given).unwrap_err().message().to_owned();
        assert!(decide(&[("automatable", "no")]).starts_with("`value_density` is missing"));
        assert!(decide(&[("automatable", "maybe"), ("value_density", "diffuse")]).contains("use one of"));
        assert!(decide(&[("colour", "red")]).contains("is not a point of `utility`"));
    }
}
