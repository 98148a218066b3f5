//! How documents of our own name assets and components where a form has no field for them, so that they are read as they were
//! written.

use crate::{
    model::Component,
    text::{escaped, unescaped},
};

/// The property that says which asset a component of CycloneDX is.
pub(crate) const ASSET: &str = "ctem:asset";
/// The property that says of which kind it is.
pub(crate) const ASSET_KIND: &str = "ctem:asset_kind";

const ASSET_URN: &str = "urn:ctem:asset:";
const COMPONENT_URN: &str = "urn:ctem:component:";

/// An asset's id as an address (RFC 3986): a package URL as it is, any other below a prefix.
pub(crate) fn asset_name(id: &str) -> String {
    if is_address(id) { id.to_owned() } else { format!("{ASSET_URN}{}", escaped(id)) }
}

/// The id that [`asset_name`] wrote.
pub(super) fn asset_named(name: &str) -> Option<String> {
    name.strip_prefix(ASSET_URN).map(|id| unescaped(id).into_owned())
}

/// The name and version of a component that has no package URL, as an address.
pub(crate) fn component_name(name: &str, version: Option<&str>) -> String {
    let version = version.map(|version| format!(":{}", escaped(version))).unwrap_or_default();
    format!("{COMPONENT_URN}{}{version}", escaped(name))
}

/// The component that [`component_name`] wrote.
pub(super) fn component_named(name: &str) -> Option<Component> {
    let written = name.strip_prefix(COMPONENT_URN)?;
    let (name, version) =
        written.split_once(':').map_or((written, None), |(name, version)| (name, Some(version)));
    Some(Component::new(&unescaped(name), version.map(unescaped).as_deref()))
}

/// Whether a package URL needs no escape: one may be a name of any sort that only begins like one.
fn is_address(id: &str) -> bool {
    id.starts_with("pkg:")
        && id.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for id in
            ["web-1", "registry.example/shop:4.1", "a b#c%20", "漢字", "pkg:npm/shop@4.1", "pkg: odd {}"]
        {
            let name = asset_name(id);
            assert_eq!(asset_named(&name).as_deref().unwrap_or(&name), id);
            assert!(name.bytes().all(|byte| byte.is_ascii_graphic()), "{name}");
        }
        for (name, version) in [("log4j", Some("2.14.1")), ("a:b", Some("1:2.0-3")), ("a", None)] {
            assert_eq!(component_named(&component_name(name, version)), Some(Component::new(name, version)));
        }
    }
}
