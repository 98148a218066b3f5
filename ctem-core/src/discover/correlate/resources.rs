//! Findings in templates: where it is known what a template makes, its findings are on that.
//!
//! A scanner of code sees a repository and the address of a resource in it, `infra/main.tf#aws_s3_bucket.data`. A plan or state
//! calls what the address becomes by it too: in the project that the caller names, or else as Terraform's. So a finding goes from the
//! repository to the resource as soon as both are known, whichever came first.

use super::keys;
use crate::{
    id::{AssetId, FindingId},
    model::{Environment, Finding, WeaknessKind},
};
use std::borrow::Cow;

/// The resource that a finding is on, if it is another asset than the one it is stated of.
pub(super) fn of(environment: &Environment, finding: &Finding) -> Option<AssetId> {
    let path = finding.location.as_ref()?.path.as_deref()?;
    let (_, within) = path.split_once('#')?;
    if finding.weakness.kind == WeaknessKind::Secret {
        return None;
    }
    let address = address(within)?;
    let asset = &finding.asset;
    let known = |name: String| Some(environment.asset(&AssetId::parse(&name).ok()?)?.id.clone());
    let names = |address: &str| {
        known(format!("{asset}#{address}")).or_else(|| known(format!("{TERRAFORM}{address}")))
    };
    // Of a resource that is counted the code has one, and a plan may have one too.
    let found = names(&address).or_else(|| names(&format!("{address}[0]")))?;
    (found != *asset).then_some(found)
}

/// The address that stands in a place: as Terraform writes it, or as a way to an attribute, `resource.aws_s3_bucket[data].acl`.
fn address(within: &str) -> Option<Cow<'_, str>> {
    let within = within.strip_prefix("input.").unwrap_or(within);
    let within = within.strip_prefix("resource.").unwrap_or(within);
    let word = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_');
    if let Some((kind, rest)) = within.split_once('[')
        && let Some((name, _)) = rest.split_once(']')
        && word(kind)
    {
        let name = name.trim_matches(['"', '{', '}']);
        return Some(format!("{kind}.{name}").into());
    }
    within.contains('.').then_some(within.into())
}

/// What resources are called by their address where nobody names the project.
const TERRAFORM: &str = "terraform:";

/// Whether names are such that findings may go to what they mean.
pub(super) fn may_be<'a>(mut names: impl Iterator<Item = &'a AssetId>) -> bool {
    names.any(|name| name.as_str().starts_with(TERRAFORM) || name.as_str().contains('#'))
}

/// Whether a known finding is on a resource that has become known since.
pub(super) fn any_moves(environment: &Environment) -> bool {
    environment.keyed().any(|known| of(environment, &known.finding).is_some())
}

/// What a finding would be called on the asset it is stated of.
pub(super) fn called_before(stated: &Finding, now: &Finding) -> Option<FindingId> {
    if stated.asset == now.asset {
        return None;
    }
    let before = Finding { weakness: now.weakness.clone(), ..stated.clone() };
    keys::derived_id(&before).ok()
}
