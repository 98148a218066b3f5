//! Addresses of resources: modules, a type and a name, each of several instances with an index or key.

/// A part of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Segment<'a> {
    pub(super) name: &'a str,
    /// With its brackets; empty where there is none.
    pub(super) index: &'a str,
}

/// The parts of an address. A key may have dots and brackets of its own, in quotes.
pub(super) fn segments(address: &str) -> Vec<Segment<'_>> {
    let mut segments = Vec::new();
    let mut rest = address;
    while !rest.is_empty() {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let (index, after) = after.split_at(index_length(after));
        segments.push(Segment { name, index });
        // What stands between an index and the next part is none of either.
        rest = after.split_once('.').map_or("", |(_, rest)| rest);
    }
    segments
}

/// An address without its indexes.
pub(super) fn plain(address: &str) -> String {
    segments(address).iter().map(|segment| segment.name).collect::<Vec<_>>().join(".")
}

/// The last index of an address.
pub(super) fn index(address: &str) -> Option<&str> {
    segments(address).last().map(|segment| segment.index).filter(|index| !index.is_empty())
}

/// Whether a resource is meant by an address that another refers to: where that has an index, one with the same; and where both are
/// in one module of which there are several, one in the same instance.
pub(super) fn is_meant(referred: &str, address: &str, from: &str) -> bool {
    let (referred, address, from) = (segments(referred), segments(address), segments(from));
    let (modules, mut shared) = (address.len().saturating_sub(2), true);
    for (n, one) in address.iter().enumerate() {
        let wanted = referred.get(n).map_or("", |segment| segment.index);
        if !wanted.is_empty() && wanted != one.index {
            return false;
        }
        let own = from.get(n).filter(|_| shared && n < modules && from.len() >= n + 2);
        shared = own.is_some_and(|own| own.name == one.name);
        if let Some(own) = own.filter(|_| shared && wanted.is_empty())
            && own.index != one.index
        {
            return false;
        }
        shared &= own.is_some_and(|own| own.index == one.index);
    }
    true
}

fn index_length(text: &str) -> usize {
    let Some(inside) = text.strip_prefix('[') else { return 0 };
    // A key may have a bracket of its own, in quotes.
    let end = if inside.starts_with('"') {
        inside.find("\"]").map(|at| at + 3)
    } else {
        inside.find(']').map(|at| at + 2)
    };
    end.unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_parts_and_indexes() {
        let address = r#"module.net["eu.west"].aws_subnet.a[0]"#;
        assert_eq!(plain(address), "module.net.aws_subnet.a");
        assert_eq!(index(address), Some("[0]"));
        assert_eq!(segments(address)[1], Segment { name: "net", index: r#"["eu.west"]"# });
        assert_eq!((plain(r#"a.b["x]y"].id"#), index("a.b")), ("a.b.id".to_owned(), None));
        for odd in ["", ".", "[", "a.b[", "a.b[0", "]"] {
            assert!(segments(odd).len() <= 2, "{odd}");
        }
    }

    #[test]
    fn what_is_referred_to_is_of_the_same_instance_or_of_the_one_that_is_named() {
        let web = "module.app[1].aws_instance.web";
        for (referred, address, from, meant) in [
            ("aws_subnet.a[0]", "aws_subnet.a[0]", "aws_instance.web[1]", true),
            ("aws_subnet.a[0]", "aws_subnet.a[1]", "aws_instance.web[1]", false),
            ("module.app.aws_subnet.a", "module.app[1].aws_subnet.a", web, true),
            ("module.app.aws_subnet.a", "module.app[0].aws_subnet.a", web, false),
            ("module.app[0].aws_subnet.a", "module.app[0].aws_subnet.a", web, true),
            ("module.net.aws_subnet.a", "module.net[0].aws_subnet.a", web, true),
            ("aws_subnet.a", "aws_subnet.a[3]", "aws_instance.web[1]", true),
        ] {
            assert_eq!(is_meant(referred, address, from), meant, "{referred} {address} {from}");
        }
    }
}
