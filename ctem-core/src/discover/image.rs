//! Names of container images: a tag that moves means another image tomorrow, a digest always the same one.

/// What a document calls an image.
#[derive(Debug, Default)]
pub(crate) struct ImageNames<'a> {
    /// As it was asked for: `registry.example/cart:4.1`.
    pub(crate) name: &'a str,
    /// With digests: `registry.example/cart@sha256:…`.
    pub(crate) digests: Vec<&'a str>,
    /// The digest of its configuration.
    pub(crate) id: &'a str,
}

impl<'a> ImageNames<'a> {
    /// The name it goes by, and the others that mean it and nothing else.
    ///
    /// A tag that is moved with every build (`latest`, or none) names the image only where no digest is known.
    pub(crate) fn split(&self) -> (&'a str, Vec<&'a str>) {
        let said = |name: &&&str| !name.trim().is_empty();
        let sure = self.digests.iter().chain([&self.id]).filter(said).copied();
        if self.name.trim().is_empty() || moves(self.name) {
            let mut sure = sure.clone();
            if let Some(first) = sure.next() {
                return (first, sure.collect());
            }
        }
        (self.name, sure.filter(|name| *name != self.name).collect())
    }
}

/// Whether the tag of an image is one that builds move.
pub(crate) fn moves(name: &str) -> bool {
    if name.contains('@') {
        return false;
    }
    let last = name.rsplit('/').next().unwrap_or(name);
    match last.split_once(':') {
        None => true,
        Some((_, tag)) => matches!(
            tag.to_ascii_lowercase().as_str(),
            "" | "latest"
                | "stable"
                | "edge"
                | "main"
                | "master"
                | "trunk"
                | "head"
                | "dev"
                | "develop"
                | "nightly"
                | "snapshot"
                | "current"
                | "canary"
                | "staging"
                | "prod"
                | "production"
                | "test"
                | "release"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_that_moves_names_an_image_only_where_nothing_else_does() {
        let image = |name| ImageNames { name, digests: vec!["cart@sha256:1"], id: "sha256:2" };
        assert_eq!(
            image("registry.example:5000/cart:4.1").split(),
            ("registry.example:5000/cart:4.1", vec!["cart@sha256:1", "sha256:2"])
        );
        assert_eq!(image("cart:latest").split(), ("cart@sha256:1", vec!["sha256:2"]));
        assert_eq!(image("registry.example:5000/cart").split(), ("cart@sha256:1", vec!["sha256:2"]));
        let bare = ImageNames { name: "cart:latest", ..ImageNames::default() };
        assert_eq!(bare.split(), ("cart:latest", vec![]));
    }
}
