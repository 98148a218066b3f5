//! Whose custom versions follow, from the words that tools have for it.

use crate::word::plain;
use std::fmt;

/// Who says which of two versions is newer.
///
/// ```
/// use ctem_core::version::Ecosystem;
///
/// // One ecosystem, in the words of a package URL, OSV, GitHub, Trivy, Grype and Snyk.
/// for word in ["pkg:golang/golang.org/x/net@v0.17.0", "Go", "GO", "gobinary", "go-module", "golangmodules"] {
///     assert_eq!(Ecosystem::of(word), Ecosystem::Go);
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Ecosystem {
    /// Debian, Ubuntu and what is made of them: epoch, upstream version, revision; `~` comes before the end (deb-version(7)).
    Deb,
    /// Red Hat, SUSE, Amazon Linux and others: epoch, version, release; `~` comes before the end and `^` after it (rpm-version(7)).
    Rpm,
    /// Alpine, Wolfi and Chainguard: `1.2.3a_rc1-r0`.
    Apk,
    /// npm: Semantic Versioning 2.0.0.
    Npm,
    /// The Python Package Index: PEP 440.
    PyPi,
    /// Maven, Gradle, sbt: Maven's `ComparableVersion`.
    Maven,
    /// Go modules: Semantic Versioning behind a `v`, pseudo-versions, `+incompatible`.
    Go,
    /// RubyGems, and CocoaPods, whose versions are the same.
    RubyGems,
    /// NuGet: Semantic Versioning with up to four numbers, whatever the case.
    NuGet,
    /// Cargo: Semantic Versioning 2.0.0.
    Cargo,
    /// Composer: PHP's `version_compare` on four numbers.
    Composer,
    /// Others that follow Semantic Versioning 2.0.0: Hex, Pub, Swift, Julia, GitHub Actions, Kubernetes.
    SemVer,
    /// Nobody's custom: numbers as numbers, and a few words that mean an early release. A guess, and [said to be
    /// one](Ecosystem::is_generic).
    Generic,
}

impl Ecosystem {
    /// The ecosystem that a word stands for, whatever its case: a package URL or its type, a scheme of VERS, an ecosystem of OSV
    /// with or without a release (`Debian:12`), of GitHub's advisories, or a package type of Trivy, Grype or Snyk. A word that is
    /// not known is [`Generic`](Ecosystem::Generic).
    ///
    /// ```
    /// use ctem_core::version::Ecosystem;
    ///
    /// assert_eq!(Ecosystem::of("Ubuntu:22.04:LTS"), Ecosystem::Deb);
    /// assert_eq!(Ecosystem::of("java-archive"), Ecosystem::Maven);
    /// assert_eq!(Ecosystem::of("vxworks"), Ecosystem::Generic);
    /// ```
    #[must_use]
    pub fn of(word: &str) -> Self {
        let word = word.trim();
        let word = match word.get(..4) {
            Some(scheme) if scheme.eq_ignore_ascii_case("pkg:") => {
                word.get(4..).unwrap_or_default().trim_start_matches('/').split('/').next()
            }
            _ => word.split(':').next(),
        };
        match &*plain(word.unwrap_or_default()) {
            "deb" | "dpkg" | "debian" | "ubuntu" | "linuxmint" | "raspbian" | "kali" | "echo" => Self::Deb,
            "rpm"
            | "redhat"
            | "red_hat"
            | "rhel"
            | "centos"
            | "rocky"
            | "rocky_linux"
            | "rockylinux"
            | "alma"
            | "almalinux"
            | "amazon"
            | "amazon_linux"
            | "amazonlinux"
            | "amzn"
            | "oracle"
            | "oracle_linux"
            | "oraclelinux"
            | "fedora"
            | "suse"
            | "sles"
            | "opensuse"
            | "opensuse_leap"
            | "opensuse.leap"
            | "opensuse_tumbleweed"
            | "opensuse.tumbleweed"
            | "suse_linux_enterprise_server"
            | "slem"
            | "suse_linux_enterprise_micro"
            | "photon"
            | "photon_os"
            | "mariner"
            | "cbl_mariner"
            | "azurelinux"
            | "azure_linux"
            | "openeuler"
            | "mageia" => Self::Rpm,
            "apk" | "alpine" | "wolfi" | "chainguard" | "minimos" => Self::Apk,
            "npm" | "node" | "node_pkg" | "nodejs" | "yarn" | "pnpm" | "bun" | "javascript" => Self::Npm,
            "pypi" | "python" | "python_pkg" | "pip" | "pipenv" | "poetry" | "pep440" | "uv" | "wheel" => {
                Self::PyPi
            }
            "maven" | "jar" | "pom" | "java" | "java_archive" | "gradle" | "sbt" | "jenkins_plugin"
            | "clojars" => Self::Maven,
            "go" | "golang" | "gomod" | "gobinary" | "go_module" | "gomodules" | "golangmodules" => Self::Go,
            "gem" | "gems" | "rubygems" | "ruby" | "bundler" | "gemspec" | "cocoapods" | "pod" => {
                Self::RubyGems
            }
            "nuget" | "dotnet" | "dotnet_core" | "dotnet_deps" | ".net" | "packages_props" => Self::NuGet,
            "cargo" | "crates.io" | "crates_io" | "rust" | "rust_crate" | "rustbinary" => Self::Cargo,
            "composer" | "packagist" | "php" | "php_composer" | "composer_vendor" => Self::Composer,
            "semver" | "hex" | "erlang" | "elixir" | "mix" | "pub" | "dart" | "dart_pub" | "swift"
            | "swifturl" | "julia" | "actions" | "github" | "github_actions" | "github_action"
            | "githubactions" | "kubernetes" => Self::SemVer,
            _ => Self::Generic,
        }
    }

    /// Its name: the type of its package URLs, where there is one.
    ///
    /// ```
    /// use ctem_core::version::Ecosystem;
    ///
    /// assert_eq!(Ecosystem::of("Packagist").name(), "composer");
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Deb => "deb",
            Self::Rpm => "rpm",
            Self::Apk => "apk",
            Self::Npm => "npm",
            Self::PyPi => "pypi",
            Self::Maven => "maven",
            Self::Go => "golang",
            Self::RubyGems => "gem",
            Self::NuGet => "nuget",
            Self::Cargo => "cargo",
            Self::Composer => "composer",
            Self::SemVer => "semver",
            Self::Generic => "generic",
        }
    }

    /// Whether comparing is a guess, since nobody is known who says how these versions compare.
    ///
    /// ```
    /// use ctem_core::version::Ecosystem;
    ///
    /// assert!(Ecosystem::of("binary").is_generic() && !Ecosystem::of("deb").is_generic());
    /// ```
    #[must_use]
    pub const fn is_generic(self) -> bool {
        matches!(self, Self::Generic)
    }
}

impl fmt::Display for Ecosystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ecosystem_is_read_by_its_name() {
        let all = [
            Ecosystem::Deb,
            Ecosystem::Rpm,
            Ecosystem::Apk,
            Ecosystem::Npm,
            Ecosystem::PyPi,
            Ecosystem::Maven,
            Ecosystem::Go,
            Ecosystem::RubyGems,
            Ecosystem::NuGet,
            Ecosystem::Cargo,
            Ecosystem::Composer,
            Ecosystem::SemVer,
            Ecosystem::Generic,
        ];
        for ecosystem in all {
            assert_eq!(Ecosystem::of(ecosystem.name()), ecosystem);
        }
    }

    #[test]
    fn words_of_tools_are_known() {
        for (word, ecosystem) in [
            ("PKG:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie", Ecosystem::Deb),
            ("pkg://maven/org.apache/x@1", Ecosystem::Maven),
            ("Red Hat:enterprise_linux:9::baseos", Ecosystem::Rpm),
            ("SUSE:Linux Enterprise Server 15 SP5", Ecosystem::Rpm),
            ("Alpine:v3.18", Ecosystem::Apk),
            ("crates.io", Ecosystem::Cargo),
            (" PIP ", Ecosystem::PyPi),
            ("opensuse-leap", Ecosystem::Rpm),
            ("dart-pub", Ecosystem::SemVer),
            ("", Ecosystem::Generic),
            ("pkg:", Ecosystem::Generic),
            ("ü:é", Ecosystem::Generic),
        ] {
            assert_eq!(Ecosystem::of(word), ecosystem, "{word}");
        }
    }
}
