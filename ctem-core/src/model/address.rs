//! Names of machines: which tell one machine from all others, and which only within a network or not at all.

// Addresses as values: nothing here opens a connection.
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How far an address means the same machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Everywhere.
    Public,
    /// Everywhere, for whoever is behind a front end that many share.
    Shared,
    /// In one network (RFC 1918, RFC 4193, RFC 6598).
    Private,
    /// On one machine or one link (RFC 1122, RFC 3927, RFC 4291).
    Local,
}

/// Addresses at which delivery networks and hosters answer for many: those of Cloudflare, Fastly, CloudFront and GitHub Pages, as
/// they publish them.
const SHARED: &[(Ipv4Addr, u8)] = &[
    (Ipv4Addr::new(103, 21, 244, 0), 22),
    (Ipv4Addr::new(103, 22, 200, 0), 22),
    (Ipv4Addr::new(103, 31, 4, 0), 22),
    (Ipv4Addr::new(104, 16, 0, 0), 12),
    (Ipv4Addr::new(108, 162, 192, 0), 18),
    (Ipv4Addr::new(131, 0, 72, 0), 22),
    (Ipv4Addr::new(141, 101, 64, 0), 18),
    (Ipv4Addr::new(162, 158, 0, 0), 15),
    (Ipv4Addr::new(172, 64, 0, 0), 13),
    (Ipv4Addr::new(173, 245, 48, 0), 20),
    (Ipv4Addr::new(188, 114, 96, 0), 20),
    (Ipv4Addr::new(190, 93, 240, 0), 20),
    (Ipv4Addr::new(197, 234, 240, 0), 22),
    (Ipv4Addr::new(198, 41, 128, 0), 17),
    (Ipv4Addr::new(23, 235, 32, 0), 20),
    (Ipv4Addr::new(43, 249, 72, 0), 22),
    (Ipv4Addr::new(103, 244, 50, 0), 24),
    (Ipv4Addr::new(103, 245, 222, 0), 23),
    (Ipv4Addr::new(104, 156, 80, 0), 20),
    (Ipv4Addr::new(146, 75, 0, 0), 17),
    (Ipv4Addr::new(151, 101, 0, 0), 16),
    (Ipv4Addr::new(157, 52, 64, 0), 18),
    (Ipv4Addr::new(167, 82, 0, 0), 17),
    (Ipv4Addr::new(199, 27, 72, 0), 21),
    (Ipv4Addr::new(199, 232, 0, 0), 16),
    (Ipv4Addr::new(13, 32, 0, 0), 15),
    (Ipv4Addr::new(13, 35, 0, 0), 16),
    (Ipv4Addr::new(18, 64, 0, 0), 14),
    (Ipv4Addr::new(18, 154, 0, 0), 15),
    (Ipv4Addr::new(52, 84, 0, 0), 15),
    (Ipv4Addr::new(54, 182, 0, 0), 16),
    (Ipv4Addr::new(54, 192, 0, 0), 16),
    (Ipv4Addr::new(54, 230, 0, 0), 16),
    (Ipv4Addr::new(99, 84, 0, 0), 16),
    (Ipv4Addr::new(108, 138, 0, 0), 15),
    (Ipv4Addr::new(143, 204, 0, 0), 16),
    (Ipv4Addr::new(185, 199, 108, 0), 22),
];

/// The first 32 bits of the same providers' networks of version 6.
const SHARED_6: &[(u16, u16)] = &[
    (0x2400, 0xcb00),
    (0x2606, 0x4700),
    (0x2803, 0xf800),
    (0x2405, 0xb500),
    (0x2405, 0x8100),
    (0x2a06, 0x98c0),
    (0x2c0f, 0xf248),
    (0x2a04, 0x4e40),
];

/// How far an address means the same machine.
pub(crate) fn extent(address: IpAddr) -> Extent {
    match address.to_canonical() {
        IpAddr::V4(v4) => extent_4(v4),
        IpAddr::V6(v6) => extent_6(v6),
    }
}

fn extent_4(v4: Ipv4Addr) -> Extent {
    let [a, b, ..] = v4.octets();
    let within = |(net, bits): &(Ipv4Addr, u8)| {
        let shift = 32 - u32::from(*bits);
        u32::from(v4) >> shift == u32::from(*net) >> shift
    };
    if v4.is_loopback() || v4.is_link_local() || a == 0 || v4.is_multicast() || v4.is_broadcast() {
        Extent::Local
    } else if v4.is_private() || (a == 100 && (64..128).contains(&b)) {
        Extent::Private
    } else if SHARED.iter().any(within) {
        Extent::Shared
    } else {
        Extent::Public
    }
}

fn extent_6(v6: Ipv6Addr) -> Extent {
    let [first, second, ..] = v6.segments();
    if v6.is_loopback() || v6.is_unspecified() || v6.is_multicast() || first & 0xffc0 == 0xfe80 {
        Extent::Local
    } else if first & 0xfe00 == 0xfc00 {
        Extent::Private
    } else if SHARED_6.contains(&(first, second)) {
        Extent::Shared
    } else {
        Extent::Public
    }
}

/// Whether a range, `0.0.0.0/0` or one of two halves, holds so much of all addresses that anyone finds one of their own in it: a
/// sixteenth or more.
pub(crate) fn is_everyone(range: &str) -> bool {
    let Some((start, bits)) = range.split_once('/') else { return false };
    address(start).is_some() && bits.trim().parse::<u8>().is_ok_and(|bits| bits <= 4)
}

/// An address in its one spelling, from `10.0.0.5`, `[2001:db8::1]` or `fe80::1%eth0`.
pub(crate) fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_start_matches('[').trim_end_matches(']');
    let text = text.split_once('%').map_or(text, |(address, _)| address);
    text.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

/// A domain name that means one machine everywhere, in its one spelling: lower case, without the last dot.
///
/// Names of machines themselves (`localhost`), without a domain, under domains that every network has (`printer.local`,
/// `router.lan`), and those made of private addresses (`ip-10-0-0-5.ec2.internal`) mean none.
pub(crate) fn fqdn(text: &str) -> Option<String> {
    let name = text.trim().trim_end_matches('.').to_ascii_lowercase();
    let labels: Vec<&str> = name.split('.').collect();
    let spelled = |label: &&str| {
        !label.is_empty()
            && label.len() <= 63
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || byte >= 0x80)
    };
    let (last, first) = (labels.last()?, labels.first()?);
    let everywhere = match *last {
        "localdomain" | "localhost" | "lan" | "home" | "arpa" | "internal" | "invalid" | "workgroup"
        | "router" => false,
        // A directory's domain may be called so; what multicast DNS names has no part between.
        "local" | "private" | "corp" | "intranet" => labels.len() > 2,
        last => !last.bytes().all(|byte| byte.is_ascii_digit()),
    };
    let named = labels.len() > 1 && *first != "localhost" && labels.iter().all(spelled) && name.len() <= 253;
    (named && everywhere).then_some(name)
}

/// A hardware address in its one spelling, unless it is one that many cards have: of a group, of virtual machines' own making,
/// or nothing but zeros.
pub(crate) fn mac(text: &str) -> Option<String> {
    let digits: String =
        text.chars().filter(char::is_ascii_hexdigit).map(|digit| digit.to_ascii_lowercase()).collect();
    let other = text.trim().chars().any(|c| !c.is_ascii_hexdigit() && !matches!(c, ':' | '-' | '.'));
    let first = u8::from_str_radix(digits.get(..2)?, 16).ok()?;
    // The two lowest bits: addressed to a group, and not assigned by the maker.
    if digits.len() != 12 || other || first & 3 != 0 || digits.bytes().all(|digit| digit == b'0') {
        return None;
    }
    // Virtual routers (RFC 5798) and the network adapters of VPN clients are alike on every machine.
    if ["00005e0001", "00005e0002", "005056c0", "00ff", "00059a3c"]
        .iter()
        .any(|known| digits.starts_with(known))
    {
        return None;
    }
    let pairs: Vec<&str> = (0..6).filter_map(|n| digits.get(2 * n..2 * n + 2)).collect();
    Some(pairs.join(":"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyone_is_in_a_range_of_a_sixteenth_of_all_or_more() {
        for range in ["0.0.0.0/0", "::/0", "128.0.0.0/1", "2000::/3", "16.0.0.0/4"] {
            assert!(is_everyone(range), "{range}");
        }
        for range in ["10.0.0.0/8", "203.0.113.0/24", "0.0.0.0", "x/0", "0.0.0.0/-1", "1.2.3.4/"] {
            assert!(!is_everyone(range), "{range}");
        }
    }

    #[test]
    fn addresses_mean_one_machine_as_far_as_their_range_reaches() {
        for (text, expected) in [
            ("10.0.0.5", Extent::Private),
            ("172.31.0.9", Extent::Private),
            ("192.168.1.10", Extent::Private),
            ("100.64.0.1", Extent::Private),
            ("fd00::1", Extent::Private),
            ("::ffff:10.0.0.5", Extent::Private),
            ("127.0.0.1", Extent::Local),
            ("169.254.9.9", Extent::Local),
            ("0.0.0.0", Extent::Local),
            ("::1", Extent::Local),
            ("fe80::1%eth0", Extent::Local),
            ("104.16.8.9", Extent::Shared),
            ("2606:4700::6810", Extent::Shared),
            ("203.0.113.7", Extent::Public),
            ("172.32.0.1", Extent::Public),
            ("[2001:db8::1]", Extent::Public),
        ] {
            assert_eq!(address(text).map(extent), Some(expected), "{text}");
        }
    }

    #[test]
    fn names_that_every_network_has_mean_no_machine() {
        for (text, expected) in [
            ("Web-1.Corp.Example.", Some("web-1.corp.example")),
            ("dc01.corp.local", Some("dc01.corp.local")),
            ("LOCALHOST", None),
            ("localhost.localdomain", None),
            ("web-1", None),
            ("printer.local", None),
            ("ip-10-0-0-5.eu-west-1.compute.internal", None),
            ("10.0.0.5", None),
            ("a..b", None),
            ("", None),
        ] {
            assert_eq!(fqdn(text).as_deref(), expected, "{text}");
        }
        assert_eq!(mac("00-1B-63-84-45-E6").as_deref(), Some("00:1b:63:84:45:e6"));
        for none in
            ["02:42:ac:11:00:02", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "00:00:5e:00:01:0a", "web-1", ""]
        {
            assert_eq!(mac(none), None, "{none}");
        }
    }
}
