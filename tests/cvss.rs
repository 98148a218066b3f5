//! CVSS against every base vector there is, and against scores of vectors with all kinds of metrics.

use ctem_core::cvss::Vector;
use std::io::Read;

/// Every base vector of a version, the last metric running fastest.
fn exhaustive(prefix: &str, metrics: &[(&str, &[&str])]) -> Vec<String> {
    metrics.iter().enumerate().fold(vec![prefix.to_owned()], |vectors, (n, (name, values))| {
        let gap = if n == 0 { "" } else { "/" };
        let extend = |vector: String| values.iter().map(move |value| format!("{vector}{gap}{name}:{value}"));
        vectors.into_iter().flat_map(extend).collect()
    })
}

const V2: &[(&str, &[&str])] = &[
    ("AV", &["L", "A", "N"]),
    ("AC", &["H", "M", "L"]),
    ("Au", &["M", "S", "N"]),
    ("C", &["N", "P", "C"]),
    ("I", &["N", "P", "C"]),
    ("A", &["N", "P", "C"]),
];
const V3: &[(&str, &[&str])] = &[
    ("AV", &["N", "A", "L", "P"]),
    ("AC", &["L", "H"]),
    ("PR", &["N", "L", "H"]),
    ("UI", &["N", "R"]),
    ("S", &["U", "C"]),
    ("C", &["H", "L", "N"]),
    ("I", &["H", "L", "N"]),
    ("A", &["H", "L", "N"]),
];
const V4: &[(&str, &[&str])] = &[
    ("AV", &["N", "A", "L", "P"]),
    ("AC", &["L", "H"]),
    ("AT", &["N", "P"]),
    ("PR", &["N", "L", "H"]),
    ("UI", &["N", "P", "A"]),
    ("VC", &["H", "L", "N"]),
    ("VI", &["H", "L", "N"]),
    ("VA", &["H", "L", "N"]),
    ("SC", &["H", "L", "N"]),
    ("SI", &["H", "L", "N"]),
    ("SA", &["H", "L", "N"]),
];

#[test]
fn every_base_vector_of_every_version_scores_exactly() {
    let mut checked = 0;
    for (packed, prefix, metrics) in [
        (include_bytes!("tables/cvss_v2.u8.gz").as_slice(), "", V2),
        (include_bytes!("tables/cvss_v30.u8.gz"), "CVSS:3.0/", V3),
        (include_bytes!("tables/cvss_v31.u8.gz"), "CVSS:3.1/", V3),
        (include_bytes!("tables/cvss_v40.u8.gz"), "CVSS:4.0/", V4),
    ] {
        let mut scores = Vec::new();
        flate2::read::GzDecoder::new(packed).read_to_end(&mut scores).unwrap();
        let vectors = exhaustive(prefix, metrics);
        assert_eq!(vectors.len(), scores.len(), "{prefix}");
        for (text, expected) in vectors.iter().zip(scores) {
            let vector: Vector = text.parse().unwrap();
            assert_eq!(vector.base_score().tenths(), expected, "{text}");
            checked += 1;
        }
    }
    assert_eq!(checked, 110_889);
}

#[test]
fn vectors_with_all_kinds_of_metrics_score_as_published_calculators_do() {
    let table = include_str!("vectors/cvss_environmental.tsv");
    let mut checked = 0;
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let mut fields = line.split('\t');
        let vector: Vector = fields.next().unwrap().parse().unwrap();
        let scores = [vector.base_score(), vector.temporal_score(), vector.environmental_score()];
        for (score, expected) in scores.iter().zip(fields) {
            assert!(expected == "-" || score.to_string() == expected, "{line}: {scores:?}");
        }
        checked += 1;
    }
    assert!(checked >= 600, "{checked}");
}
