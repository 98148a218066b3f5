//! Pseudonyms: what stands in the place of a name that is erased.
//!
//! A pseudonym is a keyed digest (HMAC-SHA-256) of the name: the same name has the same one wherever it stands, so that what was one stays one,
//! and without the key nobody can find out by trying whose it was. It is of the sort of its name where something follows from the sort: an
//! address stays an address of its extent, a network card a card, a domain name a domain name.
//!
//! A name is found in texts whatever its case, where no letter and no digit is beside it: `web-1` in `https://web-1/`, and not in `web-10`.

use crate::{
    error::{Error, Result},
    model::address::{self, Extent},
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
// Addresses as values: nothing here opens a connection.
use core::net::{IpAddr, Ipv6Addr};
use std::{borrow::Cow, cell::Cell, collections::HashMap, fmt};

/// The key of pseudonyms: 32 bytes that nobody else knows. Who throws it away makes them anonymous.
///
/// ```
/// use ctem_core::program::PseudonymKey;
///
/// assert_eq!(format!("{:?}", PseudonymKey::new([7; 32])), "PseudonymKey(…)");
/// ```
#[derive(Clone)]
pub struct PseudonymKey([u8; 32]);

impl PseudonymKey {
    /// A key of your own.
    ///
    /// ```
    /// use ctem_core::program::PseudonymKey;
    ///
    /// let key = PseudonymKey::new(*b"32 bytes from a random generator");
    /// # let _ = key;
    /// ```
    pub fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// A key of your own, from bytes of any length: it must have 32.
    ///
    /// ```
    /// use ctem_core::program::PseudonymKey;
    ///
    /// assert_eq!(PseudonymKey::parse(b"short").unwrap_err().code(), "invalid_input");
    /// ```
    ///
    /// # Errors
    /// `invalid_input` when it has fewer or more.
    pub fn parse(key: &[u8]) -> Result<Self> {
        key.try_into().map(Self).map_err(|_| {
            let has = key.len();
            Error::invalid(format!(
                "a key of pseudonyms has 32 bytes, this one has {has}: derive one from it"
            ))
        })
    }

    /// The pseudonym of a name, which is none other's in `taken`; none where the name means nobody in particular, such as an address that
    /// every machine has.
    pub(super) fn pseudonym(&self, name: &str, taken: impl Fn(&str) -> bool) -> Option<String> {
        let name = spelled(name);
        let mut rounds = (0..u8::MAX).map_while(|round| shaped(&name, &self.digest(&name, round)));
        rounds.find(|made| !taken(made))
    }

    fn digest(&self, name: &str, round: u8) -> [u8; 16] {
        let mut digest = [0; 16];
        if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) {
            mac.update(b"ctem pseudonym");
            mac.update(&[round]);
            mac.update(name.as_bytes());
            for (place, byte) in digest.iter_mut().zip(mac.finalize().into_bytes()) {
                *place = byte;
            }
        }
        digest
    }
}

impl fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PseudonymKey(…)")
    }
}

/// A name in the one spelling of its sort.
pub(super) fn spelled(name: &str) -> String {
    let address = address::address(name).map(|address| address.to_string());
    address.or_else(|| address::mac(name)).unwrap_or_else(|| name.trim().to_lowercase())
}

/// A pseudonym of the sort of its name.
fn shaped(name: &str, digest: &[u8; 16]) -> Option<String> {
    let [a, b, c, d, e, f, ..] = *digest;
    if let Some(known) = address::address(name) {
        let [_, g @ ..] = *digest;
        return match (address::extent(known), known) {
            // Of what every network has, and of fronts that many share, nobody is known by it.
            (Extent::Local | Extent::Shared, _) => None,
            (Extent::Private, IpAddr::V4(_)) => Some(format!("10.{a}.{b}.{c}")),
            // What is reserved (RFC 1112, RFC 3849) is nobody else's.
            (Extent::Public, IpAddr::V4(_)) => Some(format!("{}.{b}.{c}.{d}", 240 + a % 15)),
            (Extent::Private, IpAddr::V6(_)) => Some(address_6([0xfd, a], &g)),
            (Extent::Public, IpAddr::V6(_)) => {
                Some(address_6([0x20, 0x01], &[&[0x0d, 0xb8], g.as_slice()].concat()))
            }
        };
    }
    if address::mac(name).is_some() {
        // As a maker assigns it, of a maker that there is none of.
        return Some(format!("fc:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{f:02x}"));
    }
    if matches!(name, "" | "localhost") {
        return None;
    }
    let begins = ["i-", "arn:", "/", "projects/"].into_iter().find(|begin| name.starts_with(begin));
    let ends = if address::fqdn(name).is_some() { ".example" } else { "" };
    let digits: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Some(format!("{}erased-{digits}{ends}", begins.unwrap_or_default()))
}

fn address_6(start: [u8; 2], rest: &[u8]) -> String {
    let mut octets = [0; 16];
    for (place, byte) in octets.iter_mut().zip(start.iter().chain(rest)) {
        *place = *byte;
    }
    Ipv6Addr::from(octets).to_string()
}

/// Names and what stands in their place.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// The longest first, so that a name within another does not come before it.
    names: Vec<Name>,
    /// Names of findings that are made of a digest, and what they are once what they are made of goes by pseudonyms.
    made: HashMap<String, String>,
    /// How often something was put in the place of each thing's names.
    places: Vec<Cell<u64>>,
}

#[derive(Debug)]
struct Name {
    /// In lower case.
    letters: Vec<char>,
    pseudonym: String,
    thing: usize,
}

impl Names {
    /// Adds a name of the thing of a number; whether it was not there.
    pub(super) fn add(&mut self, name: &str, pseudonym: String, thing: usize) -> bool {
        let letters: Vec<char> = name.trim().chars().flat_map(char::to_lowercase).collect();
        if letters.is_empty() || self.names.iter().any(|known| known.letters == letters) {
            return false;
        }
        let at = self.names.partition_point(|known| known.letters.len() >= letters.len());
        self.names.insert(at, Name { letters, pseudonym, thing });
        if self.places.len() <= thing {
            self.places.resize_with(thing + 1, Cell::default);
        }
        true
    }

    /// Whether one of the pseudonyms is this.
    pub(super) fn has_pseudonym(&self, text: &str) -> bool {
        self.names.iter().any(|name| name.pseudonym == text)
    }

    /// How many names a thing has.
    pub(super) fn count(&self, thing: usize) -> usize {
        self.names.iter().filter(|name| name.thing == thing).count()
    }

    /// How often names of a thing were replaced since the last call.
    pub(super) fn places(&self, thing: usize) -> u64 {
        self.places.get(thing).map_or(0, Cell::take)
    }

    /// Forgets how often names were replaced.
    pub(super) fn count_anew(&self) {
        self.places.iter().for_each(|places| places.set(0));
    }

    /// That a finding goes by another name, since its name is made of what goes by another.
    pub(super) fn made(&mut self, before: String, after: String) {
        if before != after {
            self.made.insert(before, after);
        }
    }

    /// A text with pseudonyms in the place of names. O(n · names).
    pub(super) fn replaced<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if let Some(made) = self.made.get(text) {
            return made.clone().into();
        }
        let (mut replaced, mut from, mut before) = (String::new(), 0, None);
        for (at, letter) in text.char_indices() {
            if at < from {
                before = Some(letter);
                continue;
            }
            let rest = text.get(at..).unwrap_or_default();
            let found = self.names.iter().find_map(|name| Some((name, name.begins(rest, before)?)));
            if let Some((name, length)) = found {
                replaced.push_str(text.get(from..at).unwrap_or_default());
                replaced.push_str(&name.pseudonym);
                from = at + length;
                if let Some(places) = self.places.get(name.thing) {
                    places.set(places.get() + 1);
                }
            }
            before = Some(letter);
        }
        if from == 0 {
            return text.into();
        }
        replaced.push_str(text.get(from..).unwrap_or_default());
        replaced.into()
    }
}

impl Name {
    /// How many bytes of a text are this name, where it begins with it and nothing that would make another word of it stands beside it.
    fn begins(&self, text: &str, before: Option<char>) -> Option<usize> {
        let joins = |name: Option<&char>, beside: Option<char>| {
            name.is_some_and(|letter| letter.is_alphanumeric()) && beside.is_some_and(char::is_alphanumeric)
        };
        let mut wanted = self.letters.iter();
        if joins(self.letters.first(), before) {
            return None;
        }
        for (at, letter) in text.char_indices() {
            if wanted.as_slice().is_empty() {
                return (!joins(self.letters.last(), Some(letter))).then_some(at);
            }
            if !letter.to_lowercase().all(|lower| wanted.next() == Some(&lower)) {
                return None;
            }
        }
        wanted.as_slice().is_empty().then_some(text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[(&str, &str)]) -> Names {
        let mut all = Names::default();
        for (n, (name, pseudonym)) in names.iter().enumerate() {
            all.add(name, (*pseudonym).into(), n);
        }
        all
    }

    #[test]
    fn a_name_is_found_whatever_its_case_and_never_within_a_word() {
        let names = names(&[("web-1", "X"), ("Jürgen Groß", "Y"), ("web-1.corp", "Z")]);
        for (text, replaced) in [
            ("CVE-2024-0001@web-1#aa", "CVE-2024-0001@X#aa"),
            ("https://WEB-1:8443/", "https://X:8443/"),
            ("web-10, aweb-1, web-1.corp, web-1.", "web-10, aweb-1, Z, X."),
            ("JÜRGEN GROß said web-1 web-1", "Y said X X"),
            ("", ""),
            ("web-", "web-"),
        ] {
            assert_eq!(names.replaced(text), replaced);
        }
        assert_eq!((names.places(0), names.places(0), names.places(1)), (5, 0, 1));
    }

    #[test]
    fn a_pseudonym_is_of_the_sort_of_its_name() {
        let key = PseudonymKey::new([7; 32]);
        let of = |name: &str| key.pseudonym(name, |_| false);
        for name in ["10.0.0.5", "198.51.100.7", "fd00::5", "2a00::7"] {
            let made = address::address(&of(name).unwrap()).unwrap();
            assert_eq!(address::extent(made), address::extent(address::address(name).unwrap()), "{name}");
        }
        assert!(address::mac(&of("00:1B:44:11:3A:B7").unwrap()).is_some());
        assert!(address::fqdn(&of("web-1.corp.example").unwrap()).is_some());
        assert!(of("i-0abc").unwrap().starts_with("i-erased-"));
        assert_eq!(of("Ann "), of("ann"));
        assert_ne!(of("ann"), PseudonymKey::new([8; 32]).pseudonym("ann", |_| false));
        assert_ne!(of("ann"), key.pseudonym("ann", |made| Some(made.into()) == of("ann")));
        assert_eq!((of("127.0.0.1"), of("localhost"), of("104.16.0.1")), (None, None, None));
    }
}
