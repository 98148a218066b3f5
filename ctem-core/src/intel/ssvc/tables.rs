//! The rows of the decision tables.
//!
//! Facts of the SSVC project's tables (CERT/CC, Carnegie Mellon University; see `NOTICE`), laid out as one outcome for each
//! combination of values, the last point running fastest.

use super::{Point, Table};

const fn point(name: &'static str, values: &'static [&'static str]) -> Point {
    Point { name, values }
}

/// CISA's Binding Operational Directive 26-04: by when to remediate (version 1.0.0).
pub static CISA_BOD_26_04: Table = Table {
    name: "cisa_bod_26_04",
    points: &[
        point("in_kev", &["no", "yes"]),
        point("publicly_exposed", &["no", "yes"]),
        point("automatable", &["no", "yes"]),
        point("technical_impact", &["partial", "total"]),
    ],
    outcomes: &["fix on system upgrade", "14 days", "60 days", "3 days", "3 days & forensic investigation"],
    cells: &[0, 0, 2, 2, 2, 1, 1, 3, 1, 1, 1, 4, 1, 4, 3, 4],
};

/// CISA's coordinator: track, track*, attend, act (version 2.0.3).
pub static CISA_COORDINATOR: Table = Table {
    name: "cisa_coordinator",
    points: &[
        point("exploitation", &["none", "public poc", "active"]),
        point("automatable", &["no", "yes"]),
        point("technical_impact", &["partial", "total"]),
        point("mission_and_well_being_impact", &["low", "medium", "high"]),
    ],
    outcomes: &["track", "track*", "attend", "act"],
    cells: &[
        0, 0, 0, 0, 0, 1, 0, 0, 2, 0, 0, 2, 0, 0, 1, 0, 1, 2, 0, 0, 2, 0, 1, 2, 0, 0, 2, 0, 2, 3, 2, 2, 3, 2,
        3, 3,
    ],
};

/// SSVC's deployer: when to apply a patch (version 1.0.0).
pub static DEPLOYER: Table = Table {
    name: "deployer",
    points: &[
        point("exploitation", &["none", "public poc", "active"]),
        point("system_exposure", &["small", "controlled", "open"]),
        point("automatable", &["no", "yes"]),
        point("human_impact", &["low", "medium", "high", "very high"]),
    ],
    outcomes: &["defer", "scheduled", "out-of-cycle", "immediate"],
    cells: &[
        0, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 2, 0, 1, 1, 1, 1, 1, 1, 1, 0, 1,
        1, 1, 1, 1, 1, 2, 1, 1, 1, 2, 1, 1, 2, 2, 1, 1, 2, 2, 1, 2, 2, 2, 1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 3,
        2, 2, 3, 3,
    ],
};

/// SSVC's supplier: when to develop a patch (version 1.0.0).
pub static SUPPLIER: Table = Table {
    name: "supplier",
    points: &[
        point("exploitation", &["none", "public poc", "active"]),
        point("utility", &["laborious", "efficient", "super effective"]),
        point("technical_impact", &["partial", "total"]),
        point("public_safety_impact", &["minimal", "significant"]),
    ],
    outcomes: &["defer", "scheduled", "out-of-cycle", "immediate"],
    cells: &[
        0, 1, 1, 2, 1, 2, 1, 2, 1, 2, 2, 2, 1, 2, 1, 3, 1, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 3, 3,
        3, 3,
    ],
};

/// SSVC's coordinator: whether to coordinate (version 1.0.0).
pub static COORDINATOR_TRIAGE: Table = Table {
    name: "coordinator_triage",
    points: &[
        point("report_public", &["yes", "no"]),
        point("supplier_contacted", &["no", "yes"]),
        point("report_credibility", &["not credible", "credible"]),
        point("supplier_cardinality", &["one", "multiple"]),
        point("supplier_engagement", &["active", "unresponsive"]),
        point("utility", &["laborious", "efficient", "super effective"]),
        point("public_safety_impact", &["minimal", "significant"]),
    ],
    outcomes: &["decline", "track", "coordinate"],
    cells: &[
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0,
        0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 2, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 1, 2, 0, 1, 0, 1, 1, 2, 0, 0,
        0, 1, 0, 1, 1, 2, 2, 2, 2, 2, 0, 1, 0, 1, 2, 2, 2, 2, 2, 2, 2, 2,
    ],
};

/// SSVC's coordinator: whether to publish (version 1.0.0).
pub static COORDINATOR_PUBLISH: Table = Table {
    name: "coordinator_publish",
    points: &[
        point("supplier_involvement", &["fix ready", "cooperative", "uncooperative/unresponsive"]),
        point("exploitation", &["none", "public poc", "active"]),
        point("public_value_added", &["limited", "ampliative", "precedence"]),
    ],
    outcomes: &["do not publish", "publish"],
    cells: &[0, 0, 1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 1, 1, 1],
};

/// Human impact, from safety and mission impact (version 1.0.0).
pub static HUMAN_IMPACT: Table = Table {
    name: "human_impact",
    points: &[
        point("safety_impact", &["negligible", "marginal", "critical", "catastrophic"]),
        point("mission_impact", &["degraded", "mef support crippled", "mef failure", "mission failure"]),
    ],
    outcomes: &["low", "medium", "very high", "high"],
    cells: &[0, 0, 1, 2, 0, 0, 1, 2, 1, 3, 3, 2, 2, 2, 2, 2],
};

/// Public safety impact, from safety impact (version 1.0.0).
pub static PUBLIC_SAFETY_IMPACT: Table = Table {
    name: "public_safety_impact",
    points: &[point("safety_impact", &["negligible", "marginal", "critical", "catastrophic"])],
    outcomes: &["minimal", "significant"],
    cells: &[0, 1, 1, 1],
};

/// Utility to an attacker, from automatable and value density (version 1.0.0).
pub static UTILITY: Table = Table {
    name: "utility",
    points: &[point("automatable", &["no", "yes"]), point("value_density", &["diffuse", "concentrated"])],
    outcomes: &["laborious", "efficient", "super effective"],
    cells: &[0, 1, 1, 2],
};
