//! Packages as tools name them: whose ecosystem a word means, and the package URL that says the same.
//!
//! Types and rules of names are those of the package URL specification. Where a tool writes a package URL itself, it is kept.

use super::correlate::keys::Purl;
use crate::model::Component;

/// The type of package URLs that a tool's word for an ecosystem, a package manager or a kind of package means.
pub(crate) fn ecosystem(word: &str) -> Option<&'static str> {
    let word = word.trim().to_ascii_lowercase();
    // OSV writes a release behind a colon: `Debian:12`.
    let word = word.split(':').next().unwrap_or_default();
    Some(match word {
        "npm" | "yarn" | "pnpm" | "bun" | "node-pkg" | "javascript" | "nodejs" => "npm",
        "pypi" | "pip" | "pipenv" | "poetry" | "uv" | "python" | "python-pkg" => "pypi",
        "maven" | "gradle" | "sbt" | "pom" | "jar" | "java" | "java-archive" | "jenkins-plugin" => "maven",
        "go" | "golang" | "gomod" | "gomodules" | "golangdep" | "govendor" | "gobinary" | "go-module" => {
            "golang"
        }
        "crates.io" | "cargo" | "rustbinary" | "rust-binary" | "rust-crate" => "cargo",
        "nuget" | "dotnet" | "dotnet-core" | "packages-props" => "nuget",
        "rubygems" | "gem" | "bundler" | "gemspec" => "gem",
        "packagist" | "composer" | "composer-vendor" | "php-composer" | "php-composer-lock" => "composer",
        "hex" | "mix" => "hex",
        "pub" | "dart-pub" => "pub",
        "swift" | "swifturl" => "swift",
        "cocoapods" | "pod" => "cocoapods",
        "conan" | "conancenter" => "conan",
        "conda" | "conda-pkg" => "conda",
        "hackage" => "hackage",
        "cran" => "cran",
        "github actions" | "github-action" | "github" => "github",
        "bitnami" => "bitnami",
        "deb" | "debian" | "ubuntu" => "deb",
        "apk" | "alpine" | "wolfi" | "chainguard" => "apk",
        "rpm" | "redhat" | "red hat" | "rhel" | "centos" | "rocky" | "rocky linux" | "alma" | "almalinux"
        | "oracle" | "amazon" | "fedora" | "photon" | "suse" | "opensuse" | "opensuse.leap"
        | "cbl-mariner" | "azurelinux" => "rpm",
        _ => return None,
    })
}

/// A package of an ecosystem, named by the tool's word for it, with its package URL where the name says all of it: that of a
/// distribution also says which one, and is the tool's to write.
pub(crate) fn component(word: Option<&str>, name: &str, version: Option<&str>) -> Component {
    let component = Component::new(name, version);
    let Some(kind) = word.and_then(ecosystem) else { return component };
    if matches!(kind, "deb" | "apk" | "rpm" | "swift" | "conan" | "bitnami" | "github") {
        return component.of(kind);
    }
    let path = match kind {
        "maven" => name.replacen(':', "/", 1),
        "pypi" => name.to_lowercase().replace('_', "-"),
        "npm" | "golang" | "composer" => name.replace('@', "%40"),
        _ => name.to_owned(),
    };
    if kind == "maven" && !path.contains('/') {
        return component.of(kind);
    }
    let at = component.version.as_deref().map(|version| format!("@{}", version.replace('+', "%2B")));
    let purl = format!("pkg:{kind}/{path}{}", at.unwrap_or_default());
    component.with_purl(Some(&purl))
}

/// The package that a package URL is of.
pub(crate) fn of_purl(purl: &str) -> Component {
    match Purl::of(purl.trim()) {
        Some(Purl { name, version, .. }) => {
            let version = Some(version).filter(|version| !version.is_empty());
            Component::new(&name, version.as_deref()).with_purl(Some(purl))
        }
        None => Component::new(purl, None),
    }
}

/// What a requirement on a package says of versions that are free of a weakness: of `>=2.17.1, <3`, the first.
pub(crate) fn first_fixed(requirement: &str) -> Vec<&str> {
    let alternatives = requirement.split("||").flat_map(|part| part.split(','));
    let words = alternatives.filter_map(|part| {
        let part = part.trim();
        let at_least =
            part.strip_prefix(">=").or_else(|| part.strip_prefix('^')).or_else(|| part.strip_prefix('~'));
        let bare = part.starts_with(|c: char| c.is_ascii_digit()).then_some(part);
        at_least.or(bare)?.split_whitespace().next()
    });
    words.filter(|version| version.contains(|c: char| c.is_ascii_digit())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_has_the_url_its_ecosystem_gives_it() {
        let purl = |word: &str, name: &str| {
            component(Some(word), name, Some("1+b")).purl.map_or_else(String::new, |purl| purl.into())
        };
        assert_eq!(purl("npm", "@kelp/core"), "pkg:npm/%40kelp/core@1%2Bb");
        assert_eq!(purl("PyPI", "Kelp_Tools"), "pkg:pypi/kelp-tools@1%2Bb");
        assert_eq!(purl("Maven", "org.kelp:core"), "pkg:maven/org.kelp/core@1%2Bb");
        assert_eq!(purl("Debian:12", "kelpssl"), "");
        assert_eq!(component(Some("Debian:12"), "kelpssl", None).ecosystem.as_deref(), Some("deb"));
    }

    #[test]
    fn the_first_version_without_the_weakness_is_what_a_requirement_begins_with() {
        assert_eq!(first_fixed(">=0.2.1 <1.0.0 || >=1.2.3"), ["0.2.1", "1.2.3"]);
        assert_eq!(first_fixed("^1.5.3, >=1.6"), ["1.5.3", "1.6"]);
        assert_eq!(first_fixed("<0.0.0"), [""; 0]);
    }
}
