//! Effort: how long an action takes.
//!
//! The first rule of the caller's own that matches counts; else what the records state as its cost, taken for hours; else hours by
//! kind. The hours by kind are
//! assumptions: no published study we know of measures them by kind, and they matter only as ratios.

use super::{Action, ActionKind, ActionOptions, Effort, rules::MOST_HOURS};
use crate::scope::Chooser;

impl ActionKind {
    /// How many hours one takes where nobody says: an assumption.
    ///
    /// ```
    /// use ctem_core::mobilize::ActionKind;
    ///
    /// // Somebody uses a right or a route, and has to be asked: taking it away takes longer than a setting.
    /// assert_eq!((ActionKind::Configure.default_hours(), ActionKind::Revoke.default_hours()), (1.0, 3.0));
    /// ```
    pub const fn default_hours(self) -> f64 {
        match self {
            Self::Configure | Self::Close => 1.0,
            Self::Upgrade | Self::Patch | Self::Rotate => 2.0,
            Self::Revoke => 3.0,
            Self::Rebuild | Self::Mitigate => 4.0,
            Self::Enforce | Self::ChangeCode => 8.0,
            Self::Retire => 16.0,
        }
    }

    /// How many hours each asset beyond the first takes: a rollout repeats what is prepared. An assumption.
    const fn default_hours_each_more(self) -> f64 {
        self.default_hours() / 4.0
    }
}

/// How long an action takes that is on so many assets, and of whose parts the dearest has a stated cost. What takes a relation away
/// takes as long as a right, since somebody uses it.
pub(super) fn effort(
    action: &Action,
    is_link: bool,
    stated: Option<f64>,
    options: &ActionOptions,
    chooser: &Chooser<'_>,
) -> Effort {
    let more = action.on.len().saturating_sub(1) as f64;
    let rule = options.efforts.iter().find(|rule| rule.of.matches(action, chooser));
    if let Some(rule) = rule {
        let by = format!("rule for {}", rule.of.words()).into();
        return Effort { hours: rule.hours + more * rule.each_more, assumed: false, by };
    }
    match stated {
        Some(hours) => Effort { hours: hours.min(MOST_HOURS), assumed: false, by: "stated cost".into() },
        None => {
            let least = if is_link { ActionKind::Revoke.default_hours() } else { 0.0 };
            let hours = action.kind.default_hours().max(least) + more * action.kind.default_hours_each_more();
            let by = format!("assumed for {}", action.kind.name().replace('_', " ")).into();
            Effort { hours, assumed: true, by }
        }
    }
}
