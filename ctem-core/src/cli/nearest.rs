//! The nearest word to one that is none.

/// The known word that differs least from what was written, if it may be what was meant: by at most a third of its letters, each wrong,
/// missing, too many, or changed with its neighbour (Damerau–Levenshtein, restricted). O(letters² × words).
pub(super) fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written: Vec<char> = written.to_lowercase().chars().take(100).collect();
    let far = |word: &&'a str| {
        let word: Vec<char> = word.to_lowercase().chars().collect();
        let may = (word.len().max(written.len()) / 3).max(1);
        Some(distance(&written, &word)).filter(|distance| *distance <= may)
    };
    known
        .into_iter()
        .filter_map(|word| far(&word).map(|distance| (distance, word)))
        .min()
        .map(|(_, word)| word)
}

fn distance(one: &[char], other: &[char]) -> usize {
    let first: Vec<usize> = (0..=other.len()).collect();
    let (mut above, mut row) = (first.clone(), first);
    let mut before = None;
    for (n, letter) in one.iter().enumerate() {
        let mut next = vec![n + 1];
        let mut last = None;
        for (m, with) in other.iter().enumerate() {
            let at = |row: &[usize], m: usize| row.get(m).copied().unwrap_or(usize::MAX / 2);
            let replaced = at(&row, m) + usize::from(letter != with);
            let mut least = replaced.min(at(&row, m + 1) + 1).min(at(&next, m) + 1);
            if before == Some(with) && last == Some(letter) && m > 0 {
                least = least.min(at(&above, m - 1) + 1);
            }
            next.push(least);
            last = Some(with);
        }
        before = Some(letter);
        above = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(0)
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
        assert_eq!(distance(&['a', 'b', 'c'], &['b', 'a', 'c']), 1);
        assert_eq!(distance(&[], &['b', 'a']), 2);
    }
}
