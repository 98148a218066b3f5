//! Patterns of policies: `*` stands for any text, `?` for one character.

use crate::error::{Error, ErrorKind, Result};

/// A pattern over names of actions or resources.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Glob(Box<str>);

/// AWS takes no policy longer than 10,240 characters, and no resource name longer than 2,048.
const LONGEST: usize = 2048;

impl Glob {
    /// A pattern as written; that of an action in lower case, since their case does not matter.
    ///
    /// # Errors
    /// `limit_exceeded` when it is longer than any name it could stand for.
    pub(super) fn new(text: &str) -> Result<Self> {
        if text.len() > LONGEST {
            return Err(Error::new(
                ErrorKind::LimitExceeded,
                format!("a pattern of {} bytes is longer than {LONGEST}", text.len()),
            ));
        }
        Ok(Self(text.into()))
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// Whether it stands for anything.
    pub(super) fn is_all(&self) -> bool {
        !self.0.is_empty() && self.0.bytes().all(|byte| byte == b'*')
    }

    /// Whether it names one thing alone.
    pub(super) fn is_exact(&self) -> bool {
        !self.0.contains(['*', '?'])
    }

    /// Whether it stands for this text, which nothing does that is longer than any name. Adds to `compared` how many characters were
    /// looked at: those of the text where at most one star stands at the end, else at most the product of both lengths.
    pub(super) fn matches(&self, text: &str, compared: &mut u64) -> bool {
        if text.len() > LONGEST {
            return false;
        }
        let (pattern, text) = (self.0.as_bytes(), text.as_bytes());
        let (mut p, mut t) = (0, 0);
        let mut star: Option<(usize, usize)> = None;
        *compared += 1;
        while t < text.len() {
            *compared += 1;
            match pattern.get(p) {
                Some(b'*') => {
                    star = Some((p + 1, t));
                    p += 1;
                }
                Some(b'?') => (p, t) = (p + 1, t + 1),
                Some(byte) if text.get(t) == Some(byte) => (p, t) = (p + 1, t + 1),
                _ => match star {
                    // The last star takes one character more.
                    Some((after, taken)) => {
                        star = Some((after, taken + 1));
                        (p, t) = (after, taken + 1);
                    }
                    None => return false,
                },
            }
        }
        pattern.get(p..).unwrap_or_default().iter().all(|byte| *byte == b'*')
    }

    /// Whether it stands for some text that begins so.
    pub(super) fn may_begin(&self, prefix: &str, compared: &mut u64) -> bool {
        self.after(prefix, compared).iter().any(|alive| *alive)
    }

    /// Whether it stands for every text that begins so.
    pub(super) fn covers(&self, prefix: &str, compared: &mut u64) -> bool {
        let pattern = self.0.as_bytes();
        let alive = self.after(prefix, compared);
        let rest = |at: usize| pattern.get(at..).unwrap_or_default();
        (0..alive.len()).any(|at| {
            alive.get(at) == Some(&true) && !rest(at).is_empty() && rest(at).iter().all(|byte| *byte == b'*')
        })
    }

    /// Where in the pattern one can stand when the prefix has been read: nowhere behind one that is longer than any name.
    fn after(&self, prefix: &str, compared: &mut u64) -> Vec<bool> {
        let pattern = self.0.as_bytes();
        let mut alive = vec![false; pattern.len() + 1];
        if prefix.len() > LONGEST {
            return alive;
        }
        // A star may stand for nothing.
        let close = |alive: &mut Vec<bool>| {
            for (at, byte) in pattern.iter().enumerate() {
                if *byte == b'*' && alive.get(at) == Some(&true) {
                    alive.iter_mut().skip(at + 1).take(1).for_each(|next| *next = true);
                }
            }
        };
        alive.iter_mut().take(1).for_each(|first| *first = true);
        close(&mut alive);
        for read in prefix.bytes() {
            *compared += alive.len() as u64;
            let mut next = vec![false; alive.len()];
            for (at, byte) in pattern.iter().enumerate().filter(|(at, _)| alive.get(*at) == Some(&true)) {
                let to = match byte {
                    b'*' => at,
                    b'?' => at + 1,
                    byte if *byte == read => at + 1,
                    _ => continue,
                };
                next.iter_mut().skip(to).take(1).for_each(|next| *next = true);
            }
            close(&mut next);
            alive = next;
            if !alive.contains(&true) {
                break;
            }
        }
        alive
    }
}

#[cfg(test)]
mod tests {
    use super::Glob;

    #[test]
    fn stars_and_question_marks_stand_for_what_they_should() {
        let glob = |text| Glob::new(text).unwrap();
        let mut compared = 0;
        for (pattern, text, matches) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abbcd", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*:role/*-admin", "arn:aws:iam::1:role/x-admin", true),
            ("", "a", false),
        ] {
            assert_eq!(glob(pattern).matches(text, &mut compared), matches, "{pattern} {text}");
        }
        let mut may_begin = |pattern, prefix| glob(pattern).may_begin(prefix, &mut compared);
        assert!(may_begin("arn:aws:s3:::b/logs/*", "arn:aws:s3:::b/"));
        assert!(!may_begin("arn:aws:s3:::bc/*", "arn:aws:s3:::b/"));
        assert!(!may_begin("arn:aws:s3:::b", "arn:aws:s3:::b/"));
        let mut covers = |pattern, prefix| glob(pattern).covers(prefix, &mut compared);
        assert!(!covers("arn:aws:s3:::b/logs/*", "arn:aws:s3:::b/"));
        assert!(covers("arn:aws:s3:::b*", "arn:aws:s3:::b/"));
        assert!(covers("*", "x") && glob("*").is_all() && !glob("*a").is_all());
    }

    #[test]
    fn what_is_compared_is_counted() {
        let count = |pattern: &str, text: &str| {
            let mut compared = 0;
            Glob::new(pattern).unwrap().matches(text, &mut compared);
            compared
        };
        let long = "a".repeat(2_000);
        assert!(count("*", &long) < 5_000 && count("*b", &long) < 10_000);
        assert!(count(&format!("*{}b", "a".repeat(1_000)), &long) > 1_000_000);
        assert_eq!(count("*", &"a".repeat(3_000)), 0, "no name is so long");
    }
}
