use crate::{
    error::{Error, Result, quoted},
    id::text_serde,
};
use std::{fmt, str::FromStr};

/// A technique of MITRE ATT&CK by its id, `T1190` or `T1078.004`, so that a path reads like an intrusion report.
///
/// Any id is kept and shown as it is stated, whether or not the engine knows its name. Reads and writes as its id.
///
/// ```
/// use ctem_core::model::Technique;
///
/// let known: Technique = "T1190".parse()?;
/// assert_eq!(known.title(), "T1190 Exploit Public-Facing Application");
/// let other: Technique = "t1557.001".parse()?;
/// assert_eq!((other.title().as_str(), other.name()), ("T1557.001", None));
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

    /// The id, with the name where it is known, for people.
    ///
    /// ```
    /// use ctem_core::model::Technique;
    ///
    /// assert_eq!("T1078.004".parse::<Technique>()?.title(), "T1078.004 Cloud Accounts");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn title(self) -> String {
        self.name().map_or_else(|| self.to_string(), |name| format!("{self} {name}"))
    }

    /// The name, where it is among those the engine knows: *Exploit Public-Facing Application*.
    ///
    /// ```
    /// use ctem_core::model::Technique;
    ///
    /// assert_eq!("T1566".parse::<Technique>()?.name(), Some("Phishing"));
    /// assert_eq!("T9999".parse::<Technique>()?.name(), None);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn name(self) -> Option<&'static str> {
        let at = KNOWN.binary_search_by_key(&self, |(number, sub, _)| Self { number: *number, sub: *sub });
        at.ok().and_then(|at| KNOWN.get(at)).map(|(_, _, name)| *name)
    }
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

/// Names as in ATT&CK for Enterprise, version 17 (April 2025).
const KNOWN: &[(u16, Option<u16>, &str)] = &[
    (1003, None, "OS Credential Dumping"),
    (1021, None, "Remote Services"),
    (1046, None, "Network Service Discovery"),
    (1059, None, "Command and Scripting Interpreter"),
    (1068, None, "Exploitation for Privilege Escalation"),
    (1078, None, "Valid Accounts"),
    (1078, Some(4), "Cloud Accounts"),
    (1098, None, "Account Manipulation"),
    (1133, None, "External Remote Services"),
    (1190, None, "Exploit Public-Facing Application"),
    (1195, Some(2), "Compromise Software Supply Chain"),
    (1199, None, "Trusted Relationship"),
    (1203, None, "Exploitation for Client Execution"),
    (1210, None, "Exploitation of Remote Services"),
    (1213, None, "Data from Information Repositories"),
    (1498, None, "Network Denial of Service"),
    (1499, None, "Endpoint Denial of Service"),
    (1499, Some(4), "Application or System Exploitation"),
    (1530, None, "Data from Cloud Storage"),
    (1548, None, "Abuse Elevation Control Mechanism"),
    (1550, None, "Use Alternate Authentication Material"),
    (1552, None, "Unsecured Credentials"),
    (1552, Some(1), "Credentials In Files"),
    (1552, Some(5), "Cloud Instance Metadata API"),
    (1565, None, "Data Manipulation"),
    (1566, None, "Phishing"),
    (1580, None, "Cloud Infrastructure Discovery"),
    (1609, None, "Container Administration Command"),
    (1611, None, "Escape to Host"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn techniques_are_sorted_found_and_read_again() {
        assert!(KNOWN.windows(2).all(|pair| (pair[0].0, pair[0].1) < (pair[1].0, pair[1].1)));
        for (number, sub, name) in KNOWN {
            let technique = Technique { number: *number, sub: *sub };
            assert_eq!(
                (technique.name(), technique.to_string().parse::<Technique>().unwrap()),
                (Some(*name), technique)
            );
        }
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
