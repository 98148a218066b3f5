//! Reading Rust sources just closely enough: code without comments, text and tests, and the paths in it.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A source file of the core, as code.
pub struct Source {
    /// Its path below `src`.
    pub path: String,
    /// Its code: comments and texts are blanks, line breaks stand, and the unit tests at its foot are gone.
    pub code: String,
}

impl Source {
    /// The files below a folder.
    pub fn below(folder: &Path) -> Vec<Self> {
        let mut files = Vec::new();
        walk(folder, &mut files);
        files.sort();
        files
            .iter()
            .map(|file| {
                let code = blanked(&fs::read_to_string(file).unwrap());
                let end = code.find("#[cfg(test)]\nmod ").unwrap_or(code.len());
                let path = file.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
                Self { path, code: code[..end].to_owned() }
            })
            .collect()
    }

    /// The file or folder it is in, of a folder's, without `.rs`; none where it is elsewhere.
    pub fn entry(&self, folder: &str) -> Option<&str> {
        let below = self.path.strip_prefix(folder)?;
        let below = if folder.is_empty() { below } else { below.strip_prefix('/')? };
        Some(below.split('/').next()?.trim_end_matches(".rs"))
    }

    /// The line of a place in the code.
    pub fn line(&self, at: usize) -> usize {
        1 + self.code[..at].matches('\n').count()
    }

    /// The declarations that a user of the crate can see, each up to its body, and public fields and variants.
    pub fn public(&self) -> Vec<(usize, &str)> {
        let mut found = Vec::new();
        for (at, _) in self.code.match_indices("pub ") {
            let rest = &self.code[at..];
            let word = rest["pub ".len()..].split_whitespace().next().unwrap_or_default();
            let end = match word {
                // All of an enum is public.
                "enum" => closing(rest),
                "use" | "mod" => 0,
                _ => rest.find(['{', ';', '=']).unwrap_or(rest.len()),
            };
            // A field ends at its comma, outside brackets.
            let end = if matches!(word, "fn" | "struct" | "enum" | "type" | "trait" | "const" | "static") {
                end
            } else {
                field(rest).min(end)
            };
            found.push((at, &rest[..end]));
        }
        for (at, _) in self.code.match_indices("\nimpl") {
            let rest = &self.code[at + 1..];
            found.push((at + 1, &rest[..rest.find('{').unwrap_or(0)]));
        }
        found
    }

    /// The names that a file takes from a crate, and the crate's own.
    pub fn imported(&self, name: &str) -> Vec<String> {
        let mut names = vec![name.to_owned()];
        for (at, _) in self.code.match_indices(&format!("use {name}::")) {
            let rest = &self.code[at + 4 + name.len() + 2..];
            let list = &rest[..rest.find(';').unwrap_or(0)];
            names.extend(words(list).filter(|word| word.starts_with(char::is_uppercase)).map(str::to_owned));
        }
        names
    }
}

/// The words of a text.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
}

/// The length of a declaration with its body.
fn closing(text: &str) -> usize {
    let mut depth = 0;
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 1 => return at,
            '}' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of a field.
fn field(text: &str) -> usize {
    let mut depth = 0;
    for (at, letter) in text.char_indices() {
        match letter {
            '<' | '(' | '[' => depth += 1,
            '>' | ')' | ']' if depth > 0 => depth -= 1,
            ',' | '}' | ')' if depth == 0 => return at,
            _ => {}
        }
    }
    text.len()
}

/// Comments and texts as blanks.
fn blanked(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let blank = |letter: char| if letter == '\n' { '\n' } else { ' ' };
    let mut at = 0;
    while at < letters.len() {
        let rest = &letters[at..];
        let length = if rest.starts_with(&['/', '/']) {
            rest.iter().position(|letter| *letter == '\n').unwrap_or(rest.len())
        } else if rest.starts_with(&['/', '*']) {
            let end = rest.windows(2).position(|pair| pair == ['*', '/']);
            end.map_or(rest.len(), |end| end + 2)
        } else if let Some(hashes) = raw_text(rest, at.checked_sub(1).map(|before| letters[before])) {
            let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
            let start = hashes + 2;
            rest[start..]
                .windows(end.len())
                .position(|window| window == end.as_slice())
                .map_or(rest.len(), |found| start + found + end.len())
        } else if rest[0] == '"' {
            quoted(rest)
        } else if rest.len() > 2 && rest[0] == '\'' && (rest[1] == '\\' || rest[2] == '\'') {
            // A letter, not a lifetime.
            rest.iter().skip(2).position(|letter| *letter == '\'').map_or(rest.len(), |end| end + 3)
        } else {
            0
        };
        if length == 0 {
            code.push(letters[at]);
            at += 1;
        } else {
            code.extend(rest[..length].iter().map(|letter| blank(*letter)));
            at += length;
        }
    }
    code
}

fn quoted(rest: &[char]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// How many hashes a raw text begins with.
fn raw_text(rest: &[char], before: Option<char>) -> Option<usize> {
    if rest[0] != 'r' || before.is_some_and(|letter| letter.is_alphanumeric() && letter != 'b') {
        return None;
    }
    let hashes = rest[1..].iter().take_while(|letter| **letter == '#').count();
    (rest.get(1 + hashes) == Some(&'"')).then_some(hashes)
}
