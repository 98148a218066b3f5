//! The metrics of each version: names, values, and the order they are written in.

/// A metric and its values. The first letter list of the specification's tables, in the specification's order.
pub(super) struct Metric {
    pub(super) name: &'static str,
    pub(super) values: &'static [&'static str],
}

const fn metric(name: &'static str, values: &'static [&'static str]) -> Metric {
    Metric { name, values }
}

/// CVSS v2.0 (FIRST, *A Complete Guide*, 2007), table 13: 6 base, 3 temporal, 5 environmental metrics.
pub(super) const V2: &[Metric] = &[
    metric("AV", &["L", "A", "N"]),
    metric("AC", &["H", "M", "L"]),
    metric("Au", &["M", "S", "N"]),
    metric("C", &["N", "P", "C"]),
    metric("I", &["N", "P", "C"]),
    metric("A", &["N", "P", "C"]),
    metric("E", &["ND", "U", "POC", "F", "H"]),
    metric("RL", &["ND", "OF", "TF", "W", "U"]),
    metric("RC", &["ND", "UC", "UR", "C"]),
    metric("CDP", &["ND", "N", "L", "LM", "MH", "H"]),
    metric("TD", &["ND", "N", "L", "M", "H"]),
    metric("CR", &["ND", "L", "M", "H"]),
    metric("IR", &["ND", "L", "M", "H"]),
    metric("AR", &["ND", "L", "M", "H"]),
];

/// CVSS v3.0 and v3.1, section 6: 8 base, 3 temporal, 11 environmental metrics.
pub(super) const V3: &[Metric] = &[
    metric("AV", &["N", "A", "L", "P"]),
    metric("AC", &["L", "H"]),
    metric("PR", &["N", "L", "H"]),
    metric("UI", &["N", "R"]),
    metric("S", &["U", "C"]),
    metric("C", &["H", "L", "N"]),
    metric("I", &["H", "L", "N"]),
    metric("A", &["H", "L", "N"]),
    metric("E", &["X", "H", "F", "P", "U"]),
    metric("RL", &["X", "U", "W", "T", "O"]),
    metric("RC", &["X", "C", "R", "U"]),
    metric("CR", &["X", "H", "M", "L"]),
    metric("IR", &["X", "H", "M", "L"]),
    metric("AR", &["X", "H", "M", "L"]),
    metric("MAV", &["X", "N", "A", "L", "P"]),
    metric("MAC", &["X", "L", "H"]),
    metric("MPR", &["X", "N", "L", "H"]),
    metric("MUI", &["X", "N", "R"]),
    metric("MS", &["X", "U", "C"]),
    metric("MC", &["X", "H", "L", "N"]),
    metric("MI", &["X", "H", "L", "N"]),
    metric("MA", &["X", "H", "L", "N"]),
];

/// CVSS v4.0, section 7, table 23: 11 base, 1 threat, 14 environmental, 6 supplemental metrics.
pub(super) const V4: &[Metric] = &[
    metric("AV", &["N", "A", "L", "P"]),
    metric("AC", &["L", "H"]),
    metric("AT", &["N", "P"]),
    metric("PR", &["N", "L", "H"]),
    metric("UI", &["N", "P", "A"]),
    metric("VC", &["H", "L", "N"]),
    metric("VI", &["H", "L", "N"]),
    metric("VA", &["H", "L", "N"]),
    metric("SC", &["H", "L", "N"]),
    metric("SI", &["H", "L", "N"]),
    metric("SA", &["H", "L", "N"]),
    metric("E", &["X", "A", "P", "U"]),
    metric("CR", &["X", "H", "M", "L"]),
    metric("IR", &["X", "H", "M", "L"]),
    metric("AR", &["X", "H", "M", "L"]),
    metric("MAV", &["X", "N", "A", "L", "P"]),
    metric("MAC", &["X", "L", "H"]),
    metric("MAT", &["X", "N", "P"]),
    metric("MPR", &["X", "N", "L", "H"]),
    metric("MUI", &["X", "N", "P", "A"]),
    metric("MVC", &["X", "H", "L", "N"]),
    metric("MVI", &["X", "H", "L", "N"]),
    metric("MVA", &["X", "H", "L", "N"]),
    metric("MSC", &["X", "H", "L", "N"]),
    metric("MSI", &["X", "S", "H", "L", "N"]),
    metric("MSA", &["X", "S", "H", "L", "N"]),
    metric("S", &["X", "N", "P"]),
    metric("AU", &["X", "N", "Y"]),
    metric("R", &["X", "A", "U", "I"]),
    metric("V", &["X", "D", "C"]),
    metric("RE", &["X", "L", "M", "H"]),
    metric("U", &["X", "Clear", "Green", "Amber", "Red"]),
];
