//! What a vector says about attacking, in terms all versions share.

use super::vector::{Vector, Version};

/// What an attacker needs and gains, whatever the version of the vector.
///
/// ```
/// use ctem_core::cvss::Vector;
///
/// // Version 2 and version 3 in the same terms.
/// let old: Vector = "AV:N/AC:L/Au:N/C:C/I:C/A:C".parse()?;
/// let new: Vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H".parse()?;
/// assert_eq!(old.reading(), new.reading());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Reading {
    /// From where it can be attacked.
    pub vector: AttackVector,
    /// Whether success depends on what the attacker does not control (`AC:H`; in version 4.0 also `AT:P`; in version 2.0
    /// only `AC:H`, since `AC:M` mostly stands for a person who must take part).
    pub hard: bool,
    /// What rights the attacker needs first.
    pub privileges: Privileges,
    /// Whether a person other than the attacker must take part.
    pub needs_person: bool,
    /// Whether systems beyond the weak one suffer.
    pub spreads: bool,
    /// What it does to secrecy.
    pub confidentiality: Impact,
    /// What it does to integrity.
    pub integrity: Impact,
    /// What it does to availability.
    pub availability: Impact,
}

/// From where an attack is possible.
///
/// ```
/// use ctem_core::cvss::{AttackVector, Vector};
///
/// let vector: Vector = "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:N".parse()?;
/// assert_eq!(vector.reading().vector, AttackVector::Local);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AttackVector {
    /// By touching the device.
    Physical,
    /// From an account or program on it.
    Local,
    /// From the same network.
    Adjacent,
    /// From anywhere that reaches it.
    Network,
}

/// What rights an attack needs.
///
/// ```
/// use ctem_core::cvss::{Privileges, Vector};
///
/// let vector: Vector = "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:N".parse()?;
/// assert_eq!(vector.reading().privileges, Privileges::Low);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Privileges {
    /// None.
    None,
    /// Those of a user.
    Low,
    /// Those of an administrator.
    High,
}

/// How much of a property is lost.
///
/// ```
/// use ctem_core::cvss::{Impact, Vector};
///
/// let vector: Vector = "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:N".parse()?;
/// assert_eq!((vector.reading().confidentiality, vector.reading().availability), (Impact::High, Impact::None));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Impact {
    /// Nothing.
    None,
    /// Some.
    Low,
    /// All, or what matters.
    High,
}

impl Vector {
    /// What the metrics say about attacking it, in terms all versions share.
    ///
    /// ```
    /// use ctem_core::cvss::{AttackVector, Vector};
    ///
    /// // Does an attacker need somebody who clicks?
    /// let vector: Vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:N".parse()?;
    /// let reading = vector.reading();
    /// assert!(reading.needs_person && reading.vector == AttackVector::Network);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn reading(&self) -> Reading {
        Reading::of(self)
    }
}

impl Reading {
    fn of(vector: &Vector) -> Self {
        match vector.version() {
            Version::V2 => Self::of_version_2(vector),
            Version::V3_0 | Version::V3_1 => Self::of_version_3(vector),
            Version::V4_0 => Self::of_version_4(vector),
        }
    }

    fn of_version_2(vector: &Vector) -> Self {
        let impact = |metric: usize| match vector.value(metric) {
            0 => Impact::None,
            1 => Impact::Low,
            _ => Impact::High,
        };
        Self {
            vector: match vector.value(0) {
                0 => AttackVector::Local,
                1 => AttackVector::Adjacent,
                _ => AttackVector::Network,
            },
            hard: vector.value(1) == 0,
            privileges: match vector.value(2) {
                0 => Privileges::High,
                1 => Privileges::Low,
                _ => Privileges::None,
            },
            needs_person: vector.value(1) == 1,
            spreads: false,
            confidentiality: impact(3),
            integrity: impact(4),
            availability: impact(5),
        }
    }

    fn of_version_3(vector: &Vector) -> Self {
        Self {
            vector: attack_vector(vector),
            hard: vector.value(1) == 1,
            privileges: privileges(vector, 2),
            needs_person: vector.value(3) == 1,
            spreads: vector.value(4) == 1,
            confidentiality: impact(vector, 5),
            integrity: impact(vector, 6),
            availability: impact(vector, 7),
        }
    }

    fn of_version_4(vector: &Vector) -> Self {
        Self {
            vector: attack_vector(vector),
            hard: vector.value(1) == 1 || vector.value(2) == 1,
            privileges: privileges(vector, 3),
            // A passive person does what they would do anyway.
            needs_person: vector.value(4) == 2,
            spreads: [8, 9, 10].iter().any(|metric| impact(vector, *metric) != Impact::None),
            confidentiality: impact(vector, 5),
            integrity: impact(vector, 6),
            availability: impact(vector, 7),
        }
    }
}

// What versions 3.x and 4.0 share, by the places of values in their tables.

fn attack_vector(vector: &Vector) -> AttackVector {
    match vector.value(0) {
        0 => AttackVector::Network,
        1 => AttackVector::Adjacent,
        2 => AttackVector::Local,
        _ => AttackVector::Physical,
    }
}

fn privileges(vector: &Vector, metric: usize) -> Privileges {
    match vector.value(metric) {
        0 => Privileges::None,
        1 => Privileges::Low,
        _ => Privileges::High,
    }
}

fn impact(vector: &Vector, metric: usize) -> Impact {
    match vector.value(metric) {
        0 => Impact::High,
        1 => Impact::Low,
        _ => Impact::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every value of every metric that a reading asks for, beside what it means.
    #[test]
    fn a_reading_says_what_the_letters_say() {
        let read = |text: &str| text.parse::<Vector>().unwrap().reading();
        let v2 = read("AV:L/AC:H/Au:M/C:N/I:P/A:C");
        assert_eq!((v2.vector, v2.hard, v2.privileges), (AttackVector::Local, true, Privileges::High));
        assert_eq!(
            (v2.needs_person, v2.confidentiality, v2.integrity, v2.availability),
            (false, Impact::None, Impact::Low, Impact::High)
        );
        let v2 = read("AV:A/AC:M/Au:S/C:C/I:C/A:C");
        assert_eq!((v2.vector, v2.hard, v2.privileges), (AttackVector::Adjacent, false, Privileges::Low));
        assert!(v2.needs_person && !v2.spreads);
        let v2 = read("AV:N/AC:L/Au:N/C:C/I:C/A:C");
        assert_eq!((v2.vector, v2.privileges), (AttackVector::Network, Privileges::None));
        assert!(!v2.hard && !v2.needs_person);

        for (prefix, at, subsequent) in
            [("CVSS:3.0", "", ""), ("CVSS:3.1", "", ""), ("CVSS:4.0", "/AT:N", "/SC:N/SI:N/SA:N")]
        {
            let (v, scope) = if at.is_empty() { ("", "/S:U") } else { ("V", "") };
            for (letter, from) in [
                ("N", AttackVector::Network),
                ("A", AttackVector::Adjacent),
                ("L", AttackVector::Local),
                ("P", AttackVector::Physical),
            ] {
                for (rights, needs) in
                    [("N", Privileges::None), ("L", Privileges::Low), ("H", Privileges::High)]
                {
                    let text = format!(
                        "{prefix}/AV:{letter}/AC:L{at}/PR:{rights}/UI:N{scope}/{v}C:H/{v}I:L/{v}A:N{subsequent}"
                    );
                    let reading = read(&text);
                    assert_eq!((reading.vector, reading.privileges), (from, needs), "{text}");
                    assert!(!reading.hard && !reading.needs_person && !reading.spreads, "{text}");
                    assert_eq!(
                        (reading.confidentiality, reading.integrity, reading.availability),
                        (Impact::High, Impact::Low, Impact::None),
                        "{text}"
                    );
                }
            }
        }
        let v3 = read("CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:C/C:N/I:H/A:H");
        assert!(v3.hard && v3.needs_person && v3.spreads);
        let v4 = |text: &str| read(&format!("CVSS:4.0/AV:N/{text}"));
        assert!(v4("AC:H/AT:N/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:L").hard);
        let v4 = v4("AC:L/AT:P/PR:N/UI:A/VC:H/VI:H/VA:H/SC:N/SI:H/SA:N");
        assert!(v4.hard && v4.needs_person && v4.spreads);
        assert!(!read("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N").needs_person);
    }
}
