//! The gate: what may be kept of a text that a tool has written.
//!
//! Every text of every format passes here before it is kept: titles, messages, places, links, names of assets, notes. An
//! address loses the user it logs on as and the values of parameters that are secrets, wherever in the text it stands. Linear
//! in the text; a text without an address is not copied.

use std::borrow::Cow;

/// What stands for a value that was taken out.
const HIDDEN: &str = "…";

/// A text without user-info and secret parameters in its addresses.
///
/// `https://ci:s3cr3t@git.example/shop?token=abc&page=2` becomes `https://git.example/shop?token=…&page=2`.
pub(crate) fn passed(text: &str) -> Cow<'_, str> {
    let Signs { address, value, credential } = Signs::of(text);
    let mut passed = Cow::Borrowed(text);
    // What each takes out stands at a sign, which most texts lack.
    for (is_there, clean) in [
        (address, without_users as fn(&str) -> Cow<'_, str>),
        (value, without_values),
        (credential, without_credentials),
    ] {
        if is_there && let Cow::Owned(clean) = clean(&passed) {
            passed = Cow::Owned(clean);
        }
    }
    passed
}

/// What a text may have to lose, found in one pass: nearly all texts have nothing.
#[derive(Default)]
struct Signs {
    /// `://`.
    address: bool,
    /// `=`, somewhere behind what parameters begin with.
    value: bool,
    /// `:` behind the last letter of a header's name.
    credential: bool,
}

impl Signs {
    fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let (mut signs, mut begun) = (Self::default(), false);
        for (at, byte) in bytes.iter().enumerate() {
            match byte {
                b':' => {
                    signs.address |= bytes.get(at + 1..at + 3) == Some(b"//");
                    let before = at.checked_sub(1).and_then(|at| bytes.get(at));
                    signs.credential |= before.is_some_and(|letter| {
                        HEADERS.iter().any(|name| {
                            name.as_bytes().last().is_some_and(|last| last.eq_ignore_ascii_case(letter))
                        })
                    });
                }
                b'?' | b'&' | b';' | b'#' => begun = true,
                b'=' => signs.value |= begun,
                _ => {}
            }
        }
        signs
    }
}

/// Headers whose values open something.
const HEADERS: [&str; 4] = ["authorization", "private-token", "x-api-key", "set-cookie"];

/// Takes `user:password@` out of addresses.
fn without_users(text: &str) -> Cow<'_, str> {
    let (mut out, mut kept, mut at) = (String::new(), 0, 0);
    let mut ends = Next::of(|c| c.is_whitespace() || matches!(c, '"' | '<' | '>' | '`' | '\\'));
    let mut quotes = Next::of(|c| c == '\'');
    let mut hosts = Next::of(|c| matches!(c, '/' | '?' | '#'));
    let mut queries = Next::of(|c| matches!(c, '?' | '#'));
    let mut users = Next::of(|c| c == '@');
    let mut judged: Option<(usize, bool)> = None;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find("://")) {
        let start = at + found + 3;
        let mut end = ends.after(text, start);
        let quote = quotes.after(text, start);
        if quote < end {
            // It ends what is quoted, unless the user or the password has it (RFC 3986, section 3.2.1).
            let rest = text.get(quote + 1..end.min(hosts.after(text, start))).unwrap_or_default();
            let within = rest.split_once('@').is_some_and(|(before, _)| !before.contains('\''));
            end = if within { end } else { quote };
        }
        let authority = text.get(start..end.min(hosts.after(text, start))).unwrap_or_default();
        // A password with a slash in it: what stands behind the colon is no port.
        let ported = authority.rsplit_once(':').is_none_or(|(host, port)| {
            host.ends_with(']') || host.contains('[') || port.bytes().all(|digit| digit.is_ascii_digit())
        });
        let user = match authority.rfind('@') {
            Some(user) => Some(start + user),
            None if ported => {
                let user = users.after(text, start);
                let in_path = user < end && user < queries.after(text, start);
                // Several addresses may run up to one `@`, which is looked at once.
                if in_path && judged.is_none_or(|(other, _)| other != user) {
                    let parts = text.get(start..user).zip(text.get(user + 1..end));
                    judged = Some((user, parts.is_some_and(|(path, after)| ends_user(path, after))));
                }
                judged.filter(|(other, ends)| in_path && *other == user && *ends).map(|_| user)
            }
            None => Some(users.after(text, start)).filter(|user| *user < end),
        };
        at = user.map_or(start, |user| user + 1);
        if at > start {
            out.push_str(text.get(kept..start).unwrap_or_default());
            kept = at;
        }
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(text.get(kept..).unwrap_or_default());
    Cow::Owned(out)
}

/// Whether the last segment of a path before an `@` is the end of a user and a password: `https://dom/anna:s3cr3t@host`.
///
/// What is no password is the digest behind an image's tag: `https://registry.example/shop:1.2@sha256:0a1b…`.
fn ends_user(path: &str, after: &str) -> bool {
    let segment = path.rsplit('/').next().unwrap_or_default();
    let password = segment.split_once(':').map_or("", |(_, password)| password);
    let digest = after.split_once(':').is_some_and(|(name, _)| {
        name.starts_with("sha") && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    !password.is_empty() && !digest
}

/// Where the next of some characters stands, looked for from ever later places: what was passed once is not passed again.
struct Next<Is> {
    is: Is,
    at: usize,
}

impl<Is: Fn(char) -> bool> Next<Is> {
    fn of(is: Is) -> Self {
        Self { is, at: 0 }
    }

    /// The place of the next one at `start` or later, or the end of the text.
    fn after(&mut self, text: &str, start: usize) -> usize {
        if self.at < start {
            let found = text.get(start..).and_then(|rest| rest.find(&self.is));
            self.at = found.map_or(text.len(), |found| start + found);
        }
        self.at
    }
}

/// Hides the values of parameters whose names say that they are secrets.
fn without_values(text: &str) -> Cow<'_, str> {
    let (mut out, mut kept) = (String::new(), 0);
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == b'=')) {
        let equals = at + found;
        at = equals + 1;
        let before = text.get(kept..equals).unwrap_or_default();
        let Some(mark) = before.rfind(|c: char| !is_name(c)) else { continue };
        let name = before.get(mark + 1..).unwrap_or_default();
        if !matches!(before.as_bytes().get(mark), Some(b'?' | b'&' | b';' | b'#')) || !is_secret_name(name) {
            continue;
        }
        let value = text.get(at..).unwrap_or_default();
        let end = value
            .find(|c: char| {
                c.is_whitespace() || matches!(c, '&' | '#' | ';' | '"' | '\'' | '<' | '>' | '`' | ')')
            })
            .unwrap_or(value.len());
        if end > 0 && value.get(..end) != Some(HIDDEN) {
            out.push_str(text.get(kept..at).unwrap_or_default());
            out.push_str(HIDDEN);
            kept = at + end;
            at = kept;
        }
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(text.get(kept..).unwrap_or_default());
    Cow::Owned(out)
}

/// Hides what follows `Authorization:` and the like, which tools quote in commands and requests.
fn without_credentials(text: &str) -> Cow<'_, str> {
    let (mut out, mut kept, mut at) = (String::new(), 0, 0);
    while let Some(found) = text.get(at..).and_then(|rest| rest.find(':')) {
        let name = text.get(..at + found).unwrap_or_default();
        at += found + 1;
        let named = |header: &str| {
            let start = name.len().checked_sub(header.len());
            start.and_then(|start| name.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(header))
        };
        if !HEADERS.iter().any(|header| named(header)) {
            continue;
        }
        let value = text.get(at..).unwrap_or_default();
        let end = value.find(['\n', '\r', '"', '\'', '`']).unwrap_or(value.len());
        if value.get(..end).is_some_and(|value| !value.trim().is_empty()) {
            out.push_str(text.get(kept..at).unwrap_or_default());
            out.push(' ');
            out.push_str(HIDDEN);
            kept = at + end;
        }
        at += end;
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(text.get(kept..).unwrap_or_default());
    Cow::Owned(out)
}

fn is_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.' | '%' | '[' | ']' | '$')
}

/// Whether a parameter's name says that its value opens something.
fn is_secret_name(name: &str) -> bool {
    let plain: String =
        name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect();
    let exact = ["key", "sig", "auth", "pass", "pw", "sid", "jwt", "sas", "creds"];
    let part = [
        "token",
        "secret",
        "password",
        "passwd",
        "passphrase",
        "pwd",
        "apikey",
        "accesskey",
        "accountkey",
        "phpsessid",
        "privatekey",
        "signature",
        "credential",
        "authorization",
        "sessionid",
        "subscriptionkey",
        "sharedaccess",
    ];
    exact.contains(&plain.as_str()) || part.iter().any(|word| plain.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lose_users_and_secret_values_and_nothing_else() {
        for (text, kept) in [
            ("https://ci:s3cr3t@git.example/shop/web.git", "https://git.example/shop/web.git"),
            (
                "see https://tok@git.example/a and https://u:p@b.example",
                "see https://git.example/a and https://b.example",
            ),
            ("postgres://app:pa/ss@db.example:5432/orders", "postgres://db.example:5432/orders"),
            ("https://a@b:p@host.example/x@y", "https://host.example/x@y"),
            ("https://':s3cr3t@host.example:8443/a", "https://host.example:8443/a"),
            ("https://dom/anna:s3cr3t@host.example/x", "https://host.example/x"),
            ("'https://app:s3'cr3t@host.example', and", "'https://host.example', and"),
            ("https://shop.example/a?token=abc&page=2", "https://shop.example/a?token=…&page=2"),
            ("https://s3.example/x?X-Amz-Signature=0a1b#top", "https://s3.example/x?X-Amz-Signature=…#top"),
            ("/login?user=anna&Password=hunter2", "/login?user=anna&Password=…"),
            ("https://a.example/#access_token=abc", "https://a.example/#access_token=…"),
            (
                "curl -H 'Authorization: Bearer abc' https://a.example",
                "curl -H 'Authorization: …' https://a.example",
            ),
            ("a?key=1 and b?key=2", "a?key=… and b?key=…"),
        ] {
            assert_eq!(passed(text), kept);
            assert_eq!(passed(&passed(text)), kept, "twice is once");
        }
        for text in [
            "",
            "https://host.example:8443/a@b",
            "https://[2001:db8::1]:8443/a@b",
            "https://host.example/v2:a/@scope/b",
            "https://registry.example/shop/web:1.2@sha256:0a1b2c",
            "https://matrix.example/#/@anna:host.example",
            "pkg:npm/%40angular/core@12.0.0?arch=amd64&distro=debian-12",
            "git@github.com:shop/web.git",
            "['https://host.example','anna@shop.example']",
            "{'https://host.example':'anna@shop.example'}",
            "openssl@3.0.1: key = value",
            "if (a && b == c) { token = next(); }",
        ] {
            assert!(matches!(passed(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn a_text_of_nothing_but_beginnings_of_addresses_costs_what_it_is() {
        // With a search to the end of the text for each, this takes many minutes.
        for piece in ["://", "a://b:c", "a://b:c/", "a://'b:c", "://\u{a0}", "?token=", "authorization:"] {
            let text = piece.repeat(200_000);
            assert!(passed(&text).len() <= text.len() + 3 * 200_000, "{piece}");
        }
    }
}
