//! How deadlines are set.

use super::{calendar::Calendar, fact::Fact, table::DeadlineTable};
use crate::{
    error::{Error, Result},
    mobilize::ActionOptions,
    word::words,
};

/// How deadlines are set: which tables count, and what they cannot compute. Of several tables the one that is due first counts.
///
/// ```
/// use ctem_core::mobilize::{CertificationClass, DeadlineOptions, DeadlineTable};
///
/// // A cloud service of class C that counts what is known to be exploited too.
/// let tables = vec![DeadlineTable::shipped("fedramp_vdr")?, DeadlineTable::shipped("kev")?];
/// let options = DeadlineOptions { tables, class: Some(CertificationClass::C), ..DeadlineOptions::default() };
/// assert!(options.several_agencies);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct DeadlineOptions {
    /// The tables.
    pub tables: Vec<DeadlineTable>,
    /// The class of a cloud service, where a table asks it.
    pub class: Option<CertificationClass>,
    /// Whether more than one agency uses it. So it is, unless said.
    pub several_agencies: bool,
    /// From what chance on, that who gets at a finding and knows it exploits it, it is likely exploitable: 0.4, unless said. An
    /// assumption: an average attempt at a product that runs here succeeds with 0.45, and one that needs a victim or rights with less.
    pub likely_from: f64,
    /// The days that are worked on.
    pub calendar: Calendar,
    /// What may be lost through one finding before it is mended, in the unit of losses: it is due once its expected loss since it was
    /// first seen comes to that, if that is sooner.
    pub tolerated_loss: Option<f64>,
    /// How actions are told that get deadlines too.
    pub actions: ActionOptions,
}

/// The class FedRAMP certifies a cloud service in: the higher, the less time.
///
/// ```
/// use ctem_core::mobilize::CertificationClass;
///
/// let error = "E".parse::<CertificationClass>().unwrap_err();
/// assert_eq!(error.message(), "`E` is not a class of certification: write one of a, b, c, d");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CertificationClass {
    /// A.
    A,
    /// B.
    B,
    /// C.
    C,
    /// D, with the least time.
    D,
}

words! {
    CertificationClass, "a class of certification" {
        A = "a",
        B = "b",
        C = "c",
        D = "d",
    }
}

impl Default for DeadlineOptions {
    fn default() -> Self {
        Self {
            tables: Vec::new(),
            class: None,
            several_agencies: true,
            likely_from: 0.4,
            calendar: Calendar::default(),
            tolerated_loss: None,
            actions: ActionOptions::default(),
        }
    }
}

impl DeadlineOptions {
    pub(super) fn check(&self) -> Result<()> {
        if self.tables.is_empty() && self.tolerated_loss.is_none() {
            let message = "nothing says by when anything is due: name tables, or a loss that is tolerated";
            return Err(Error::invalid(message).at("/tables"));
        }
        if let Some(table) = self.tables.iter().find(|table| self.class.is_none() && table.asks(Fact::Class))
        {
            let message =
                format!("`{}` asks the class of certification: state one of a, b, c, d", table.name);
            return Err(Error::invalid(message).at("/class"));
        }
        if !(0.0..=1.0).contains(&self.likely_from) {
            let message = format!("`{}` is not a probability: it must lie between 0 and 1", self.likely_from);
            return Err(Error::invalid(message).at("/likely_from"));
        }
        if let Some(loss) = self.tolerated_loss.filter(|loss| !(0.0..=f64::MAX).contains(loss)) {
            let message = format!("`{loss}` is not a loss: it must be a finite number of at least 0");
            return Err(Error::invalid(message).at("/tolerated_loss"));
        }
        Ok(())
    }
}
