//! Ranges as people and advisories write them: comparators, and intervals.
//!
//! One grammar reads them all, since they differ in a few signs. Alternatives stand between `|` or `||`. In each, comparators
//! stand side by side or between commas, and all must hold; or it is a list of intervals, of which one must.

use super::{
    Ecosystem, Version,
    key::{digits, is_zero, take},
    span::{self, Cut, Span},
};
use crate::error::{Error, Result, quoted};

/// The spans a text stands for. Cost: O(n log n) in its length.
pub(super) fn spans(ecosystem: Ecosystem, text: &str) -> Result<Vec<Span>> {
    let text = without_remark(text.trim());
    if text.is_empty() {
        return Err(Error::invalid("an empty text is no range: write `*` for all versions"));
    }
    // Grype's word for a range that nobody stated.
    if text == "none" {
        return Ok(vec![Span::ALL]);
    }
    let mut spans = Vec::new();
    let between = |c: char| c == ',' || c.is_whitespace();
    let mut alternatives =
        text.split('|').map(|one| one.trim_matches(between)).filter(|one| !one.is_empty()).peekable();
    if alternatives.peek().is_none() {
        return Err(Error::invalid(format!(
            "{} compares with no version: write `*` for all of them",
            quoted(text)
        )));
    }
    for alternative in alternatives {
        if alternative.starts_with(['[', '(']) {
            intervals(ecosystem, alternative, &mut spans)?;
        } else {
            spans.extend(comparators(ecosystem, alternative)?);
        }
    }
    Ok(span::any(spans))
}

/// Without the word in parentheses that Grype puts behind a range: `< 1.2.3 (deb)`.
fn without_remark(text: &str) -> &str {
    match text.rsplit_once('(') {
        Some((range, remark))
            if range.ends_with(char::is_whitespace) && remark.strip_suffix(')').is_some_and(is_remark) =>
        {
            range.trim()
        }
        _ => text,
    }
}

fn is_remark(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic())
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// The intervals of Maven and NuGet: `[1.0,2.0)`, `(,1.5],[1.7]`.
fn intervals(ecosystem: Ecosystem, text: &str, spans: &mut Vec<Span>) -> Result<()> {
    let wrong = || Error::invalid(format!("{} is no interval: write `[1.0,2.0)`", quoted(text)));
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c == ',' || c.is_whitespace());
        if rest.is_empty() {
            return Ok(());
        }
        let opened = rest.strip_prefix(['[', '(']).ok_or_else(wrong)?;
        let with_first = rest.starts_with('[');
        let (inside, behind) = take(opened, |c| c != ']' && c != ')');
        let with_last = behind.starts_with(']');
        rest = behind.strip_prefix([']', ')']).ok_or_else(wrong)?;
        if inside.matches(',').count() > 1 {
            return Err(wrong());
        }
        let Some((first, last)) = inside.split_once(',') else {
            if !with_first || !with_last {
                return Err(wrong());
            }
            spans.push(Span::only(Version::parse(ecosystem, inside)?));
            continue;
        };
        let read = |text: &str| {
            Some(text.trim()).filter(|text| !text.is_empty()).map(|text| Version::parse(ecosystem, text))
        };
        let from = read(first).transpose()?.map(if with_first { Cut::Before } else { Cut::Behind });
        let to = read(last).transpose()?.map(if with_last { Cut::Behind } else { Cut::Before });
        spans.push(Span { from: from.unwrap_or(Cut::Start), to: to.unwrap_or(Cut::End) });
    }
}

/// Comparators that must all hold.
fn comparators(ecosystem: Ecosystem, text: &str) -> Result<Vec<Span>> {
    let (mut all, mut not) = (Span::ALL, Vec::new());
    let mut rest = skip(text);
    while !rest.is_empty() {
        let (sign, behind) = take(rest, |c| "<>=!~^".contains(c));
        let (version, behind) = take(behind.trim_start(), |c| c != ',' && !c.is_whitespace());
        rest = skip(behind);
        // `1.2 - 1.4`, as npm and Composer write it.
        let last =
            rest.strip_prefix('-').filter(|last| sign.is_empty() && last.starts_with(char::is_whitespace));
        if let Some(last) = last {
            let (last, behind) = take(last.trim_start(), |c| c != ',' && !c.is_whitespace());
            all = all.and(wanted(ecosystem, ">=", version)?).and(up_to(ecosystem, last)?);
            rest = skip(behind);
        } else if sign == "!=" {
            not.push(wanted(ecosystem, "=", version)?);
        } else {
            all = all.and(wanted(ecosystem, sign, version)?);
        }
    }
    Ok(span::but(vec![all], not))
}

fn skip(text: &str) -> &str {
    text.trim_start_matches(|c: char| c == ',' || c.is_whitespace())
}

/// The end of `1.2 - 1.4`, which npm and Composer take for all versions that begin with `1.4`.
fn up_to(ecosystem: Ecosystem, last: &str) -> Result<Span> {
    let numbers = numbers(last);
    let whole = numbers.len() < last.trim_start_matches(['v', 'V']).len() || numbers.split('.').count() > 2;
    if ecosystem != Ecosystem::Composer || whole {
        return wanted(ecosystem, "<=", last);
    }
    of_family(ecosystem, "<=", numbers)
}

/// What one comparator asks for.
fn wanted(ecosystem: Ecosystem, sign: &str, text: &str) -> Result<Span> {
    // Cargo takes a version alone for `^`, but `1.2.*` for what it says.
    let sign = match sign {
        "" if ecosystem == Ecosystem::Cargo && !text.ends_with(".*") => "^",
        sign => sign,
    };
    if let Some(numbers) = family(ecosystem, text) {
        return of_family(ecosystem, sign, numbers);
    }
    let version = Version::parse(ecosystem, text)?;
    Ok(match sign {
        "" | "=" | "==" | "===" => Span::only(version),
        "<" | "<<" => Span::to(Cut::Before(version)),
        "<=" | "=<" => Span::to(Cut::Behind(version)),
        ">" | ">>" => Span::from(Cut::Behind(version)),
        // As OSV and GitHub say that all versions are meant, also those that come before `0`.
        ">=" | "=>" if is_zero(text) => Span::ALL,
        ">=" | "=>" => Span::from(Cut::Before(version)),
        "^" => Span { to: Cut::Before(caret(ecosystem, text)?), from: Cut::Before(version) },
        "~" | "~>" | "~=" => {
            Span { to: Cut::Before(tilde(ecosystem, sign, text)?), from: Cut::Before(version) }
        }
        _ => return Err(unknown(sign)),
    })
}

fn unknown(sign: &str) -> Error {
    Error::invalid(format!("{} compares nothing: write one of <, <=, =, !=, >=, >, ^, ~", quoted(sign)))
}

/// The numbers that all meant versions begin with: of `1.2.*`, and for npm and Cargo of `1.2`.
fn family(ecosystem: Ecosystem, text: &str) -> Option<&str> {
    let numbers = numbers(text);
    let rest = text.trim_start_matches(['v', 'V']).get(numbers.len()..)?;
    let partial = matches!(ecosystem, Ecosystem::Npm | Ecosystem::Cargo) && numbers.split('.').count() < 3;
    let any = match rest.strip_prefix('.').unwrap_or(rest).split('.').next() {
        Some("*" | "x" | "X") => true,
        _ => rest.is_empty() && partial && !numbers.is_empty(),
    };
    any.then_some(numbers)
}

/// The same signs for all versions that begin with such numbers.
fn of_family(ecosystem: Ecosystem, sign: &str, numbers: &str) -> Result<Span> {
    if numbers.is_empty() {
        return match sign {
            "" | "=" | "==" | ">=" | "<=" | "^" | "~" => Ok(Span::ALL),
            _ => Err(unknown(sign)),
        };
    }
    let first = least(ecosystem, numbers)?;
    let behind = || bumped(ecosystem, numbers, usize::MAX);
    Ok(match sign {
        "" | "=" | "==" => Span { from: Cut::Before(first), to: Cut::Before(behind()?) },
        "<" => Span::to(Cut::Before(first)),
        "<=" => Span::to(Cut::Before(behind()?)),
        ">" => Span::from(Cut::Before(behind()?)),
        ">=" if is_zero(numbers) => Span::ALL,
        ">=" => Span::from(Cut::Before(first)),
        "^" => Span { to: Cut::Before(caret(ecosystem, numbers)?), from: Cut::Before(first) },
        "~" | "~>" | "~=" => {
            Span { to: Cut::Before(tilde(ecosystem, sign, numbers)?), from: Cut::Before(first) }
        }
        _ => return Err(unknown(sign)),
    })
}

/// What `^` ends before: the next number in the first place that is not 0.
fn caret(ecosystem: Ecosystem, text: &str) -> Result<Version> {
    let numbers = numbers(text);
    bumped(ecosystem, numbers, numbers.split('.').position(|number| !is_zero(number)).unwrap_or(usize::MAX))
}

/// What `~` ends before. npm and Cargo keep the first two numbers; Composer, RubyGems and Python all but the last.
fn tilde(ecosystem: Ecosystem, sign: &str, text: &str) -> Result<Version> {
    let numbers = numbers(text);
    let keeps_two = sign == "~" && ecosystem != Ecosystem::Composer || ecosystem == Ecosystem::Npm;
    bumped(ecosystem, numbers, if keeps_two { 1 } else { numbers.split('.').count().saturating_sub(2) })
}

/// The least version with the next number in this place, or in the last if there are not so many.
fn bumped(ecosystem: Ecosystem, numbers: &str, place: usize) -> Result<Version> {
    let mut parts: Vec<&str> = numbers.split('.').take(place.saturating_add(1)).collect();
    let last = parts.pop().unwrap_or_default();
    let next =
        last.parse::<u64>().ok().and_then(|number| number.checked_add(1)).map(|number| number.to_string());
    let next = next.ok_or_else(|| Error::invalid(format!("{} has no version after it", quoted(numbers))))?;
    parts.push(&next);
    least(ecosystem, &parts.join("."))
}

/// The least version with these numbers: before all of its early releases.
fn least(ecosystem: Ecosystem, numbers: &str) -> Result<Version> {
    let early = match ecosystem {
        Ecosystem::Deb | Ecosystem::Rpm | Ecosystem::Generic => "~",
        Ecosystem::Apk => "_alpha",
        Ecosystem::PyPi => ".dev0",
        Ecosystem::Maven => "-alpha",
        Ecosystem::RubyGems => ".A",
        Ecosystem::Composer => "-dev",
        Ecosystem::Npm | Ecosystem::Cargo | Ecosystem::Go | Ecosystem::NuGet | Ecosystem::SemVer => "-0",
    };
    Version::parse(ecosystem, &format!("{numbers}{early}"))
}

/// The numbers a version begins with, and the points between them.
fn numbers(text: &str) -> &str {
    let text = text.trim_start_matches(['v', 'V']);
    let mut end = 0;
    loop {
        let rest = text.get(end..).unwrap_or_default();
        let (number, _) = digits(if end == 0 { rest } else { rest.strip_prefix('.').unwrap_or_default() });
        if number.is_empty() {
            return text.get(..end).unwrap_or_default();
        }
        end += number.len() + usize::from(end > 0);
    }
}
