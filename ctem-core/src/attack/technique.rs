//! MITRE ATT&CK techniques, so that a path reads like an intrusion report.

use serde::Serialize;
use std::fmt;

/// A technique of MITRE ATT&CK for Enterprise, by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Technique {
    /// The id: `T1190`, `T1078.004`.
    pub id: &'static str,
    /// The name: *Exploit Public-Facing Application*.
    pub name: &'static str,
}

impl Technique {
    /// The technique of an id, among those the engine knows by name.
    pub fn of(id: &str) -> Option<Self> {
        KNOWN.iter().find(|(known, _)| *known == id).map(|(id, name)| Self { id, name })
    }
}

impl fmt::Display for Technique {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.id, self.name)
    }
}

/// Names as in ATT&CK for Enterprise, version 17 (April 2025).
const KNOWN: &[(&str, &str)] = &[
    ("T1003", "OS Credential Dumping"),
    ("T1021", "Remote Services"),
    ("T1046", "Network Service Discovery"),
    ("T1059", "Command and Scripting Interpreter"),
    ("T1068", "Exploitation for Privilege Escalation"),
    ("T1078", "Valid Accounts"),
    ("T1078.004", "Cloud Accounts"),
    ("T1098", "Account Manipulation"),
    ("T1133", "External Remote Services"),
    ("T1190", "Exploit Public-Facing Application"),
    ("T1195.002", "Compromise Software Supply Chain"),
    ("T1199", "Trusted Relationship"),
    ("T1203", "Exploitation for Client Execution"),
    ("T1210", "Exploitation of Remote Services"),
    ("T1213", "Data from Information Repositories"),
    ("T1498", "Network Denial of Service"),
    ("T1499", "Endpoint Denial of Service"),
    ("T1499.004", "Application or System Exploitation"),
    ("T1530", "Data from Cloud Storage"),
    ("T1548", "Abuse Elevation Control Mechanism"),
    ("T1550", "Use Alternate Authentication Material"),
    ("T1552", "Unsecured Credentials"),
    ("T1552.001", "Credentials In Files"),
    ("T1552.005", "Cloud Instance Metadata API"),
    ("T1565", "Data Manipulation"),
    ("T1566", "Phishing"),
    ("T1580", "Cloud Infrastructure Discovery"),
    ("T1609", "Container Administration Command"),
    ("T1611", "Escape to Host"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn techniques_are_sorted_and_found() {
        assert!(KNOWN.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(Technique::of("T1190").unwrap().to_string(), "T1190 Exploit Public-Facing Application");
    }
}
