//! Names of container images: a tag that moves means another image tomorrow, a digest always the same one.

use super::Draft;
use crate::{error::Result, id::AssetId, model::AssetKind};

/// What a document calls an image.
#[derive(Debug, Default)]
pub(crate) struct ImageNames<'a> {
    /// As it was asked for: `registry.example/cart:4.1`.
    pub(crate) name: &'a str,
    /// What else it is tagged with.
    pub(crate) tags: Vec<&'a str>,
    /// With digests: `registry.example/cart@sha256:…`.
    pub(crate) digests: Vec<&'a str>,
    /// The digest of its configuration.
    pub(crate) id: &'a str,
}

impl<'a> ImageNames<'a> {
    /// The names of an image of which all others stand in one list: digests are told by what they look like.
    pub(crate) fn of(name: &'a str, others: &[&'a str]) -> Self {
        let is_digest = |other: &&str| {
            let hash = other.rsplit_once(':').map_or(*other, |(_, hash)| hash);
            hash.len() >= 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
                || other.contains("@sha256:")
                || other.starts_with("sha256:")
        };
        let (digests, tags) = others.iter().copied().partition(is_digest);
        Self { name, tags, digests, id: "" }
    }

    /// Whether anything says which image it is.
    pub(crate) fn is_named(&self) -> bool {
        let all = self.tags.iter().chain(&self.digests).chain([&self.name, &self.id]);
        all.into_iter().any(|name| !name.trim().is_empty())
    }

    /// The name it goes by, and the others that mean it and nothing else.
    ///
    /// A tag that is moved with every build (`latest`, or none) names the image only where nothing else does.
    fn split(&self) -> (&'a str, Vec<&'a str>) {
        let said = |name: &&str| !name.trim().is_empty();
        let tags = self.tags.iter().copied().filter(|tag| !moves(tag));
        let bare = self.digests.iter().filter_map(|digest| Some(digest.rsplit_once('@')?.1));
        let digests = self.digests.iter().copied().chain([self.id]).chain(bare);
        let sure = tags.chain(digests).filter(said);
        if self.name.trim().is_empty() || moves(self.name) {
            let mut sure = sure.clone();
            if let Some(first) = sure.next() {
                return (first, sure.collect());
            }
        }
        (self.name, sure.filter(|name| *name != self.name).collect())
    }
}

impl Draft<'_> {
    /// Adds an image, once, with all names that mean it. One that goes by its digest keeps the tag it was asked for with for people.
    ///
    /// # Errors
    /// `invalid_input` when a name is longer than an id may be.
    pub(crate) fn image(&mut self, image: &ImageNames<'_>) -> Result<AssetId> {
        let (name, others) = image.split();
        if name.trim().is_empty() {
            return self.default_asset(AssetKind::Workload);
        }
        let id = self.asset_also(name, AssetKind::Workload, &others)?;
        let asked = Some(image.name.trim()).filter(|asked| !asked.is_empty() && *asked != name);
        Ok(self.asset_seen_as(id, AssetKind::Workload, asked, &[]))
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
        let image = |name| ImageNames {
            name,
            tags: vec!["cart:latest"],
            digests: vec!["cart@sha256:1"],
            id: "sha256:2",
        };
        assert_eq!(
            image("registry.example:5000/cart:4.1").split(),
            ("registry.example:5000/cart:4.1", vec!["cart@sha256:1", "sha256:2", "sha256:1"])
        );
        assert_eq!(image("cart:latest").split(), ("cart@sha256:1", vec!["sha256:2", "sha256:1"]));
        assert_eq!(image("registry.example:5000/cart").split().0, "cart@sha256:1");
        let tagged = ImageNames { tags: vec!["cart:4.1"], ..image("cart") };
        assert_eq!(tagged.split(), ("cart:4.1", vec!["cart@sha256:1", "sha256:2", "sha256:1"]));
        let bare = ImageNames { name: "cart:latest", ..ImageNames::default() };
        assert_eq!(bare.split(), ("cart:latest", vec![]));
    }
}
