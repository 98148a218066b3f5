//! Parts of an address, which tools write in many ways: with or without a scheme, a user, a port and a path.

/// The host: `https://user@shop.example:8443/cart` is on `shop.example`.
pub(super) fn host(address: &str) -> &str {
    let authority = authority(address);
    if let Some((inside, _)) = authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return inside;
    }
    match authority.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') && port.bytes().all(|digit| digit.is_ascii_digit()) => host,
        Some(_) | None => authority,
    }
}

/// The port, when it is stated.
pub(super) fn port(address: &str) -> Option<&str> {
    let (host, port) = authority(address).rsplit_once(':')?;
    let is_number = !port.is_empty() && port.bytes().all(|digit| digit.is_ascii_digit());
    (is_number && (!host.contains(':') || host.ends_with(']'))).then_some(port)
}

fn authority(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = rest.get(..end).unwrap_or(rest);
    authority.rsplit_once('@').map_or(authority, |(_, host)| host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_and_port_are_told_from_the_rest() {
        for (address, is) in [
            ("https://shop.example:8443/cart", ("shop.example", Some("8443"))),
            ("//user:word@shop.example/", ("shop.example", None)),
            ("http://user:word@shop.example/?a=b@c:1", ("shop.example", None)),
            ("192.0.2.7:80", ("192.0.2.7", Some("80"))),
            ("[2001:db8::1]:443", ("2001:db8::1", Some("443"))),
            ("2001:db8::1", ("2001:db8::1", None)),
            ("shop.example", ("shop.example", None)),
        ] {
            let address = address.trim_start_matches("//");
            assert_eq!((host(address), port(address)), is, "{address}");
        }
    }
}
