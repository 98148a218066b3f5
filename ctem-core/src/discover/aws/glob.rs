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

    /// Whether it stands for this text. Linear where there is one star, else at most the product of both lengths.
    pub(super) fn matches(&self, text: &str) -> bool {
        let (pattern, text) = (self.0.as_bytes(), text.as_bytes());
        let (mut p, mut t) = (0, 0);
        let mut star: Option<(usize, usize)> = None;
        while t < text.len() {
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
    pub(super) fn may_begin(&self, prefix: &str) -> bool {
        self.after(prefix).iter().any(|alive| *alive)
    }

    /// Whether it stands for every text that begins so.
    pub(super) fn covers(&self, prefix: &str) -> bool {
        let pattern = self.0.as_bytes();
        let alive = self.after(prefix);
        let rest = |at: usize| pattern.get(at..).unwrap_or_default();
        (0..alive.len()).any(|at| {
            alive.get(at) == Some(&true) && !rest(at).is_empty() && rest(at).iter().all(|byte| *byte == b'*')
        })
    }

    /// Where in the pattern one can stand when the prefix has been read.
    fn after(&self, prefix: &str) -> Vec<bool> {
        let pattern = self.0.as_bytes();
        let mut alive = vec![false; pattern.len() + 1];
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
        for (pattern, text, matches) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abbcd", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*:role/*-admin", "arn:aws:iam::1:role/x-admin", true),
            ("", "a", false),
        ] {
            assert_eq!(glob(pattern).matches(text), matches, "{pattern} {text}");
        }
        assert!(glob("arn:aws:s3:::b/logs/*").may_begin("arn:aws:s3:::b/"));
        assert!(!glob("arn:aws:s3:::b/logs/*").covers("arn:aws:s3:::b/"));
        assert!(!glob("arn:aws:s3:::bc/*").may_begin("arn:aws:s3:::b/"));
        assert!(glob("arn:aws:s3:::b*").covers("arn:aws:s3:::b/"));
        assert!(!glob("arn:aws:s3:::b").may_begin("arn:aws:s3:::b/"));
        assert!(glob("*").covers("x") && glob("*").is_all() && !glob("*a").is_all());
    }
}
