//! Techniques of MITRE ATT&CK: an id as it is stated, and what ATT&CK says of it.
//!
//! The table is ATT&CK for Enterprise, version 18.1 (2025): 691 techniques with their tactics and mitigations, and 144 that
//! were revoked or deprecated, so that old reports can still be read. It is text, and is looked up where it stands.

mod table;

use crate::{
    error::{Error, Result, quoted},
    id::text_serde,
    word::words,
};
use serde::Serialize;
use std::{fmt, str::FromStr};

/// A technique of MITRE ATT&CK by its id, `T1190` or `T1078.004`, so that a path reads like an intrusion report.
///
/// Any id is kept and shown as it is stated, whether or not the table has it. Reads and writes as its id.
///
/// ```
/// use ctem_core::model::Technique;
///
/// let known: Technique = "T1190".parse()?;
/// assert_eq!(known.title(), "T1190 Exploit Public-Facing Application");
/// let other: Technique = "t1999.001".parse()?;
/// assert_eq!((other.title().as_str(), other.name()), ("T1999.001", None));
/// assert_eq!("phishing".parse::<Technique>().unwrap_err().code(), "invalid_input");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Technique {
    number: u16,
    sub: Option<u16>,
}

impl Technique {
    /// The technique of one of the engine's own ids; empty text is none.
    pub(crate) fn of(id: &str) -> Option<Self> {
        id.parse().ok()
    }

    /// The id, with the name where it is known, for people; of one that ATT&CK has withdrawn it says so.
    ///
    /// ```
    /// use ctem_core::model::Technique;
    ///
    /// assert_eq!("T1078.004".parse::<Technique>()?.title(), "T1078.004 Cloud Accounts");
    /// assert_eq!("T1064".parse::<Technique>()?.title(), "T1064 Scripting (deprecated)");
    /// assert_eq!("T9999".parse::<Technique>()?.title(), "T9999");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn title(self) -> String {
        match (self.name(), self.status()) {
            (Some(name), None | Some(TechniqueStatus::Current)) => format!("{self} {name}"),
            (Some(name), Some(withdrawn)) => format!("{self} {name} ({withdrawn})"),
            (None, _) => self.to_string(),
        }
    }

    /// The name, where the table has it: *Exploit Public-Facing Application*. O(log n).
    ///
    /// ```
    /// use ctem_core::model::Technique;
    ///
    /// assert_eq!("T1566".parse::<Technique>()?.name(), Some("Phishing"));
    /// assert_eq!("T9999".parse::<Technique>()?.name(), None);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn name(self) -> Option<&'static str> {
        self.row().map(|row| row.name)
    }

    /// What the attacker is after: the columns of the matrix it stands in, none where the table does not have it. O(log n).
    ///
    /// ```
    /// use ctem_core::model::{Tactic, Technique};
    ///
    /// let accounts: Technique = "T1078".parse()?;
    /// assert!(accounts.tactics().any(|tactic| tactic == Tactic::InitialAccess));
    /// assert_eq!("T1190".parse::<Technique>()?.tactics().map(|tactic| tactic.name()).collect::<Vec<_>>(), ["initial_access"]);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn tactics(self) -> impl Iterator<Item = Tactic> {
        self.row().into_iter().flat_map(|row| row.tactics.split(' ')).filter_map(|word| word.parse().ok())
    }

    /// What ATT&CK says stops or hinders it, by id; none where it knows of nothing, or the table does not have it. O(log n).
    ///
    /// ```
    /// use ctem_core::model::Technique;
    ///
    /// let accounts: Technique = "T1078.004".parse()?;
    /// assert!(accounts.mitigations().any(|each| (each.id, each.name) == ("M1032", "Multi-factor Authentication")));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn mitigations(self) -> impl Iterator<Item = Mitigation> {
        self.row()
            .into_iter()
            .flat_map(|row| row.mitigations.split(' '))
            .filter_map(table::mitigation)
            .map(|(id, name)| Mitigation { id, name })
    }

    /// Whether ATT&CK still has it; nothing where the table never had it.
    ///
    /// ```
    /// use ctem_core::model::{Technique, TechniqueStatus};
    ///
    /// assert_eq!("T1190".parse::<Technique>()?.status(), Some(TechniqueStatus::Current));
    /// assert_eq!("T1015".parse::<Technique>()?.status(), Some(TechniqueStatus::Revoked));
    /// assert_eq!("T9999".parse::<Technique>()?.status(), None);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn status(self) -> Option<TechniqueStatus> {
        self.row().and_then(|row| match row.status {
            "" => Some(TechniqueStatus::Current),
            withdrawn => withdrawn.parse().ok(),
        })
    }

    /// The technique that a sub-technique is a way of; a technique is its own.
    ///
    /// ```
    /// use ctem_core::model::Technique;
    ///
    /// let accounts: Technique = "T1078".parse()?;
    /// assert_eq!("T1078.004".parse::<Technique>()?.parent(), accounts);
    /// assert_eq!(accounts.parent(), accounts);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    #[must_use]
    pub fn parent(self) -> Self {
        Self { sub: None, ..self }
    }

    fn row(self) -> Option<table::Row> {
        table::technique(&self.to_string())
    }
}

/// What an attacker is after by a technique: a column of ATT&CK's matrix, in its order.
///
/// ```
/// use ctem_core::model::Tactic;
///
/// // ATT&CK's own spelling is read too.
/// assert_eq!("privilege-escalation".parse::<Tactic>()?, Tactic::PrivilegeEscalation);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Tactic {
    /// To learn what an attack can be planned with.
    Reconnaissance,
    /// To get what an attack is made with.
    ResourceDevelopment,
    /// To get in.
    InitialAccess,
    /// To run code.
    Execution,
    /// To stay.
    Persistence,
    /// To get more rights.
    PrivilegeEscalation,
    /// To stay unseen.
    DefenseEvasion,
    /// To get names and passwords.
    CredentialAccess,
    /// To learn where one is.
    Discovery,
    /// To get on to other machines.
    LateralMovement,
    /// To gather what is worth having.
    Collection,
    /// To steer what was taken.
    CommandAndControl,
    /// To carry data away.
    Exfiltration,
    /// To break, change or withhold.
    Impact,
}

words! {
    Tactic, "a tactic" {
        Reconnaissance = "reconnaissance",
        ResourceDevelopment = "resource_development",
        InitialAccess = "initial_access",
        Execution = "execution",
        Persistence = "persistence",
        PrivilegeEscalation = "privilege_escalation",
        DefenseEvasion = "defense_evasion",
        CredentialAccess = "credential_access",
        Discovery = "discovery",
        LateralMovement = "lateral_movement",
        Collection = "collection",
        CommandAndControl = "command_and_control",
        Exfiltration = "exfiltration",
        Impact = "impact",
    }
}

/// Whether ATT&CK still has a technique.
///
/// ```
/// use ctem_core::model::{Technique, TechniqueStatus};
///
/// // Is a rule up to date?
/// let stale = |id: &str| id.parse().ok().and_then(Technique::status).is_some_and(|status| status != TechniqueStatus::Current);
/// assert!(stale("T1086") && !stale("T1059.001"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TechniqueStatus {
    /// It has.
    Current,
    /// Another technique stands for it now.
    Revoked,
    /// It was dropped.
    Deprecated,
}

words! {
    TechniqueStatus, "a status of a technique" {
        Current = "current",
        Revoked = "revoked",
        Deprecated = "deprecated",
    }
}

/// What ATT&CK says stops or hinders a technique.
///
/// ```
/// use ctem_core::model::Technique;
///
/// let first = "T1190".parse::<Technique>()?.mitigations().next().expect("it has some");
/// assert_eq!((first.id, first.name), ("M1016", "Vulnerability Scanning"));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub struct Mitigation {
    /// Its id, as `M1032`.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
}

impl FromStr for Technique {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let digits = |digits: &str, count: usize| {
            let well = digits.len() == count && digits.bytes().all(|digit| digit.is_ascii_digit());
            digits.parse().ok().filter(|_| well)
        };
        let read = || {
            let id = text.trim().strip_prefix(['T', 't'])?;
            let (number, sub) = id.split_once('.').map_or((id, None), |(number, sub)| (number, Some(sub)));
            let sub = match sub {
                Some(sub) => Some(digits(sub, 3)?),
                None => None,
            };
            Some(Self { number: digits(number, 4)?, sub })
        };
        read().ok_or_else(|| {
            Error::invalid(format!(
                "{} is not an ATT&CK technique: write its id, such as `T1190` or `T1078.004`",
                quoted(text)
            ))
        })
    }
}

text_serde!(Technique);

impl fmt::Display for Technique {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "T{:04}", self.number)?;
        self.sub.map_or(Ok(()), |sub| write!(f, ".{sub:03}"))
    }
}

impl fmt::Debug for Technique {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_found_by_its_id_and_says_what_it_says() {
        let (mut statuses, mut pairs, mut last) = ([0; 3], 0, None);
        for line in table::TECHNIQUES.lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            let [id, name, tactics, _, mitigations] = fields[..] else { panic!("{line}") };
            let technique: Technique = id.parse().unwrap();
            assert!(last < Some(technique), "{id} is out of order");
            last = Some(technique);
            assert_eq!((technique.to_string().as_str(), technique.name()), (id, Some(name)));
            let words: Vec<&str> = technique.tactics().map(|tactic| tactic.name()).collect();
            assert_eq!(words.join(" "), tactics, "{id}");
            let ids: Vec<&str> = technique.mitigations().map(|mitigation| mitigation.id).collect();
            assert_eq!(ids.join(" "), mitigations, "{id}");
            statuses[technique.status().unwrap() as usize] += 1;
            pairs += ids.len();
        }
        assert_eq!((statuses, pairs), ([691, 132, 12], 1445));
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for bad in
            ["", "T", "T119", "T11900", "T1190.", "T1190.01", "T1190.0001", "TA0001", "T+190", "CAPEC-1"]
        {
            assert!(bad.parse::<Technique>().is_err(), "{bad}");
        }
    }
}
