//! Names of clouds' resources: which of them mean one resource everywhere.

/// Whether a name means one resource of a cloud everywhere: an ARN, a resource id of Azure or Google, the id of an instance.
pub(crate) fn is_global(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    // An ARN without its account is no more than a name, but of a bucket, whose name nobody else can have.
    let arn = lower.starts_with("arn:") && {
        let parts: Vec<&str> = lower.splitn(6, ':').collect();
        parts.len() == 6
            && (parts.get(4).is_some_and(|account| !account.is_empty()) || parts.get(2) == Some(&"s3"))
    };
    let instance = ["i-", "vol-", "vpc-", "sg-", "subnet-", "eni-", "ami-"].iter().any(|prefix| {
        let rest = lower.strip_prefix(prefix).unwrap_or_default();
        matches!(rest.len(), 8 | 17) && rest.bytes().all(|byte| byte.is_ascii_hexdigit())
    });
    arn || instance
        || lower.starts_with("/subscriptions/")
        || lower.starts_with("//")
        || lower.starts_with("projects/")
        || lower.contains(".googleapis.com/projects/")
        || lower.starts_with("account:")
}
