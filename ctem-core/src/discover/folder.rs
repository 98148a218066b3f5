//! Folders: a path names what was scanned only where it is not one that every scan has.
//!
//! Who stands in a folder calls it `.`, and who scans in a container mounts it where the tool's manual says. Two repositories that
//! were scanned so are two, whatever their paths say.

/// Folders that scans are told to look at, wherever what lies in them comes from.
const MOUNTED: &[&str] = &[
    "app",
    "apps",
    "code",
    "data",
    "github/workspace",
    "mnt",
    "opt/app",
    "project",
    "repo",
    "repository",
    "scan",
    "source",
    "src",
    "target",
    "tf",
    "tmp",
    "usr/src",
    "usr/src/app",
    "work",
    "workdir",
    "workspace",
];

/// Whether a path is one that anyone's folder may have.
pub(crate) fn is_anyones(path: &str) -> bool {
    let path = path.trim().trim_end_matches('/');
    let path = path.strip_prefix("file://").unwrap_or(path);
    let path = path.trim_start_matches("./").trim_start_matches('/');
    matches!(path, "" | "." | "..") || MOUNTED.contains(&path)
}

/// What of a file's path means something only in the folder that the scan began in: nothing where the path tells the folder.
pub(crate) fn within_anyones(path: &str) -> Option<&str> {
    let path = path.trim();
    let is_whole = path.starts_with(['/', '\\']) || path.contains(':') || path.starts_with("..");
    if !is_whole {
        return Some(path.trim_start_matches("./"));
    }
    let folders = path.match_indices('/').map(|(at, _)| path.split_at(at));
    let mut mounted = folders.filter(|(folder, _)| folder.starts_with('/') && is_anyones(folder));
    mounted.next_back().map(|(_, rest)| rest.trim_start_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_that_anyone_may_have_name_nothing() {
        for path in [".", "./", "..", "/", "", "/src", "src/", "/github/workspace", "/usr/src/app"] {
            assert!(is_anyones(path), "{path}");
        }
        for path in ["shop", "/srv/shop", "/home/ci/shop", "https://git.example/shop.git", "/builds/web/src"]
        {
            assert!(!is_anyones(path), "{path}");
        }
        for (path, within) in [
            ("package-lock.json", Some("package-lock.json")),
            ("./web/go.mod", Some("web/go.mod")),
            ("/src/web/go.mod", Some("web/go.mod")),
            ("/github/workspace/go.mod", Some("go.mod")),
            ("/srv/shop/go.mod", None),
            ("C:\\shop\\go.mod", None),
        ] {
            assert_eq!(within_anyones(path), within, "{path}");
        }
    }
}
