//! Products as VEX documents name them, and the assets they are.

use super::{draft::Draft, ours};
use crate::{error::Result, id::AssetId, model::AssetKind, text::unescaped};

/// The asset a product is. An image is called as it is pulled, and goes by its digest too; other package URLs are names as they
/// are, but for their qualifiers. One that is not named is the caller's.
pub(super) fn asset(name: Option<&str>, draft: &mut Draft<'_>) -> Result<AssetId> {
    let Some(name) = name.map(str::trim).filter(|name| !name.is_empty() && draft.options.asset.is_none())
    else {
        return draft.default_asset(AssetKind::Application);
    };
    if let Some(own) = ours::asset_named(name) {
        return draft.asset(&own, AssetKind::Application);
    }
    if let Some(image) = Image::of(name) {
        let others: Vec<&str> = image.others.iter().map(String::as_str).collect();
        return draft.asset_also(&image.name, AssetKind::Workload, &others);
    }
    let Some(body) = name.strip_prefix("pkg:") else {
        let is_image = name.contains("@sha256:");
        return draft.asset(name, if is_image { AssetKind::Workload } else { AssetKind::Application });
    };
    let bare = body.split(['?', '#']).next().unwrap_or(body);
    // A Go module's path is a name of its own everywhere.
    let module = bare.strip_prefix("golang/").and_then(|path| path.split('@').next());
    draft.asset_also(&format!("pkg:{bare}"), AssetKind::Application, module.as_slice())
}

/// Whether a product is a package, as it lies in many assets, and no image.
pub(super) fn is_package(name: &str) -> bool {
    name.starts_with("pkg:") && Image::of(name).is_none()
}

/// A container image, by its package URL: `pkg:oci/shop@sha256%3A…?repository_url=registry.example/shop&tag=4.1`.
struct Image {
    name: String,
    others: Vec<String>,
}

impl Image {
    fn of(purl: &str) -> Option<Self> {
        let body = purl.strip_prefix("pkg:oci/").or_else(|| purl.strip_prefix("pkg:docker/"))?;
        let (path, qualifiers) = body.split_once('?').unwrap_or((body, ""));
        let (path, version) = path.split_once('@').unwrap_or((path, ""));
        let plain = |text: &str| unescaped(text).into_owned();
        let qualifier = |name: &str| {
            qualifiers.split('&').find_map(|one| one.strip_prefix(name)?.strip_prefix('=')).map(plain)
        };
        let (path, version) = (plain(path), plain(version));
        let last = path.rsplit('/').next().unwrap_or(&path);
        let repository = match qualifier("repository_url") {
            Some(address) if address.rsplit('/').next() == Some(last) => address,
            Some(address) => format!("{}/{path}", address.trim_end_matches('/')),
            None => path.clone(),
        };
        let repository = repository.trim_start_matches("index.docker.io/").trim_start_matches("docker.io/");
        let repository = repository.trim_start_matches("library/");
        let digest = Some(&version).filter(|version| version.starts_with("sha256:")).cloned();
        let tag =
            qualifier("tag").or_else(|| Some(version).filter(|tag| !tag.is_empty() && !tag.contains(':')));
        let pinned = digest.as_ref().map(|digest| format!("{repository}@{digest}"));
        let tagged = tag.map(|tag| format!("{repository}:{tag}"));
        let names: Vec<String> = tagged.into_iter().chain(pinned).chain(digest).collect();
        let mut names = names.into_iter();
        let name = names.next().unwrap_or_else(|| repository.to_owned());
        Some(Self { name, others: names.collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_called_as_it_is_pulled() {
        let names = |purl: &str| {
            let image = Image::of(purl)?;
            Some([vec![image.name], image.others].concat().join(" "))
        };
        assert_eq!(
            names("pkg:oci/shop@sha256%3Aaa?repository_url=registry.example/web&tag=4.1").as_deref(),
            Some("registry.example/web/shop:4.1 registry.example/web/shop@sha256:aa sha256:aa")
        );
        assert_eq!(
            names("pkg:oci/debian@sha256%3Abb?repository_url=index.docker.io/library").as_deref(),
            Some("debian@sha256:bb sha256:bb")
        );
        assert_eq!(names("pkg:docker/shop@4.1").as_deref(), Some("shop:4.1"));
        assert_eq!(names("pkg:npm/shop@4.1"), None);
        assert!(is_package("pkg:npm/shop") && !is_package("pkg:oci/shop") && !is_package("shop"));
    }
}
