//! Titles: what to do, and how one knows that it is done, as one says it to somebody.

use super::{
    ActionKind, TargetVersion,
    group::{Group, Scope},
};
use crate::{
    id::ActionId,
    model::{Asset, AssetKind, Environment},
    quantity::spelled,
};

/// What is told of a group: its assets by their names, in the order of their ids.
pub(super) struct Told<'a> {
    group: &'a Group,
    on: &'a [&'a Asset],
    realm: Option<&'a Asset>,
    target: Option<&'a TargetVersion>,
}

impl<'a> Told<'a> {
    pub(super) fn of(
        group: &'a Group,
        on: &'a [&'a Asset],
        environment: &'a Environment,
        target: Option<&'a TargetVersion>,
    ) -> Self {
        let realm = match group.scope {
            Scope::Realm(realm) => environment.numbered(realm),
            Scope::On(_) | Scope::Everywhere | Scope::Whole | Scope::Link => None,
        };
        Self { group, on, realm, target }
    }

    /// The action's name: of what the work is about and where, and of nothing that changes from day to day.
    pub(super) fn id(&self) -> ActionId {
        let Group { kind, object, scope, .. } = self.group;
        let at = match (scope, self.realm, self.on) {
            (Scope::On(_), _, [asset, ..]) => format!(" on {}", asset.id),
            (Scope::Realm(_), Some(realm), _) => format!(" in {}", realm.id),
            (Scope::Everywhere, ..) => " everywhere".into(),
            (_, _, _) => String::new(),
        };
        ActionId::fitting(format!("{kind} {object}{at}"))
    }

    /// What to do.
    pub(super) fn title(&self) -> String {
        self.said(Some(&self.place()))
    }

    /// What to do, where it is clear on what.
    pub(super) fn short_title(&self) -> String {
        self.said(None)
    }

    fn said(&self, place: Option<&str>) -> String {
        let Group { kind, called, scope, .. } = self.group;
        if *scope == Scope::Link {
            return called.clone();
        }
        let with = |word: &str| place.map(|place| format!(" {word} {place}")).unwrap_or_default();
        let on = with("on");
        match kind {
            ActionKind::Upgrade => {
                let version = self.target.map(|target| format!(" to {}", target.version)).unwrap_or_default();
                format!("Update {called}{on}{version}")
            }
            ActionKind::Rebuild => format!("Rebuild {} on a newer base", place.unwrap_or("it")),
            ActionKind::Patch => format!("Patch {called}{on}"),
            ActionKind::Rotate if called.starts_with("what opens ") => format!("Rotate {called}"),
            ActionKind::Rotate => format!("Rotate {called}{}", with("found on")),
            ActionKind::Configure => format!("Fix the setting{on}: {called}"),
            ActionKind::Revoke => format!("Take away{on}: {called}"),
            ActionKind::Close if called == "public access" => {
                format!("Make {} private", place.unwrap_or("it"))
            }
            ActionKind::Close => format!("Close {called}{on}"),
            ActionKind::Enforce => format!("Enforce {called}{on}"),
            ActionKind::ChangeCode => format!("Change the code{}: {called}", with("of")),
            ActionKind::Retire => format!("Replace {called}{on}, which nobody maintains any more"),
            ActionKind::Mitigate => format!("Shield {called}{on}: there is no fix yet"),
        }
    }

    /// How one knows that it is done.
    pub(super) fn done_when(&self) -> String {
        let Group { kind, called, ends, .. } = self.group;
        let place = self.place();
        let all = match ends.len() {
            1 => "it".to_owned(),
            count => format!("any of the {}", spelled(count as f64)),
        };
        match (kind, self.target) {
            (ActionKind::Upgrade, Some(TargetVersion { version, .. })) => {
                format!("{called} is at {version} or newer on {place}, and a scan finds {all} no more")
            }
            (ActionKind::Rebuild, _) => format!("a scan of the new {place} finds {all} no more"),
            (ActionKind::Rotate, _) => format!("the old value is refused, and a scan finds {all} no more"),
            (ActionKind::Configure | ActionKind::Enforce, _) => format!("the check passes on {place}"),
            (ActionKind::Close | ActionKind::Revoke, _) => "the next collection shows it no more".into(),
            (ActionKind::ChangeCode, _) => format!("a scan of the code of {place} finds {all} no more"),
            (ActionKind::Retire, _) => format!("{called} no longer runs on {place}"),
            (ActionKind::Mitigate, _) => format!("a test of {place} is blocked"),
            (ActionKind::Patch | ActionKind::Upgrade, _) => {
                format!("a scan of {place} finds {all} no more")
            }
        }
    }

    /// Where it is, in words.
    fn place(&self) -> String {
        match (self.on, self.realm) {
            ([asset], _) => asset.title().to_owned(),
            (all, Some(realm)) => {
                format!("{} {} of {}", spelled(all.len() as f64), self.kinds(), realm.title())
            }
            (all, None) => format!("{} {}", spelled(all.len() as f64), self.kinds()),
        }
    }

    /// What the assets are, in one word for all.
    fn kinds(&self) -> &'static str {
        let all = |kind: AssetKind| self.on.iter().all(|asset| asset.kind == kind);
        let words = [
            (AssetKind::Host, "hosts"),
            (AssetKind::Workload, "workloads"),
            (AssetKind::Image, "images"),
            (AssetKind::Repository, "repositories"),
            (AssetKind::Identity, "identities"),
            (AssetKind::DataStore, "data stores"),
            (AssetKind::Function, "functions"),
        ];
        words.into_iter().find(|(kind, _)| all(kind.clone())).map_or("assets", |(_, word)| word)
    }
}
