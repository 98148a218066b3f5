//! Classes of targets: what rights are on, and how patterns are held against their names.

use super::{glob::Glob, inventory::ResourceSort};

/// Sorts of targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Class {
    User,
    Group,
    Role,
    Policy,
    Resource(ResourceSort),
    /// Anything of the service whose number this is.
    Service(u16),
}

impl Class {
    /// Whether patterns are over what is in a target, and not over its name.
    pub(super) fn is_inside(self) -> bool {
        matches!(self, Self::Service(_) | Self::Resource(ResourceSort::Bucket | ResourceSort::Table))
    }

    /// Whether a pattern stands for the target of this name: in part, where `touched` says so, or else as a whole.
    pub(super) fn has(self, glob: &Glob, name: &str, touched: bool, compared: &mut u64) -> bool {
        match self {
            Self::Service(_) if touched => {
                // Sessions and commands name the instance.
                let instances = name.strip_suffix(":ssm:").map(|partition| format!("{partition}:ec2:"));
                glob.may_begin(name, compared)
                    || instances.is_some_and(|instances| glob.may_begin(&instances, compared))
            }
            Self::Resource(ResourceSort::Bucket | ResourceSort::Table) if touched => {
                glob.matches(name, compared) || glob.may_begin(&format!("{name}/"), compared)
            }
            Self::Service(_) => glob.covers(name, compared),
            Self::Resource(ResourceSort::Bucket | ResourceSort::Table) => {
                glob.covers(&format!("{name}/"), compared)
            }
            _ => glob.matches(name, compared),
        }
    }
}
