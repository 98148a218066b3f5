//! The nearest word to one that is none.

/// The known word that differs least from what was written, if it may be what was meant: by at most a third of its letters, each wrong,
/// missing, too many, or changed with its neighbour (Damerau–Levenshtein, restricted). O(letters² × words).
pub(super) fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written: String = written.to_lowercase().chars().take(100).collect();
    let far = |word: &&'a str| {
        let word = word.to_lowercase();
        let may = (word.chars().count().max(written.chars().count()) / 3).max(1);
        Some(strsim::osa_distance(&written, &word)).filter(|distance| *distance <= may)
    };
    known
        .into_iter()
        .filter_map(|word| far(&word).map(|distance| (distance, word)))
        .min()
        .map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_seen_and_another_word_is_not() {
        let known = ["trivy", "grype", "sarif", "gitleaks"];
        for (written, meant) in [
            ("trivyy", Some("trivy")),
            ("Trviy", Some("trivy")),
            ("sarf", Some("sarif")),
            ("gitleak", Some("gitleaks")),
            ("nessus", None),
            ("", None),
        ] {
            assert_eq!(nearest(written, known), meant, "{written}");
        }
    }
}
