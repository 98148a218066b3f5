//! Patterns: `*` stands for any letters, `?` for one, and large and small letters are the same.

/// A pattern over text, in small letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern(Box<str>);

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        Self(text.to_lowercase().into())
    }

    /// Whether all of a text, which is in small letters, fits. O(pattern · text) at worst, O(text) as a rule.
    pub(super) fn fits(&self, text: &str) -> bool {
        let (mut pattern, mut text) = (self.0.chars(), text.chars());
        // Where to go on if what follows the last star does not fit: with the star having taken one letter more.
        let mut again = None;
        loop {
            let here = text.clone();
            match (pattern.next(), text.next()) {
                (None, None) => return true,
                (Some('*'), _) => {
                    again = Some((pattern.clone(), here.clone()));
                    text = here;
                }
                (Some('?'), Some(_)) => {}
                (Some(wanted), Some(found)) if wanted == found => {}
                (_, _) => {
                    let Some((after, mut taken)) = again.take() else { return false };
                    if taken.next().is_none() {
                        return false;
                    }
                    (pattern, text) = (after.clone(), taken.clone());
                    again = Some((after, taken));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_take_what_they_need() {
        let fits = |pattern: &str, text: &str| Pattern::new(pattern).fits(text);
        for (pattern, text) in [
            ("*", ""),
            ("a*", "a"),
            ("*PUBLIC*bucket*", "a public s3 bucket"),
            ("ssl-*", "ssl-dns-names"),
            ("*ab", "aab"),
            ("a?c*", "abc"),
            ("*a*b*c", "aabbabc"),
            ("größe*", "größe xl"),
        ] {
            assert!(fits(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("", "a"), ("a", ""), ("a?", "a"), ("*ab", "aba"), ("a*b*c", "acb")] {
            assert!(!fits(pattern, text), "{pattern} {text}");
        }
    }
}
