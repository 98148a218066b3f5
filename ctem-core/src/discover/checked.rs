//! Checks that tools make for controls of frameworks, counted while a report is written: also those that passed, of which nothing else is kept.

use super::{Draft, gate};
use crate::error::Result;

/// What came of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Made {
    Passed,
    Failed,
    /// By nobody: it wants a person, or did not come to an end.
    Not,
}

/// The longest name of a framework or a control that is one.
const LONGEST: usize = 128;

impl Draft<'_> {
    /// Counts a check for each of the controls of frameworks that it serves. A record counts once it is taken, so this comes last.
    ///
    /// # Errors
    /// `limit_exceeded` when far more is named than the document has.
    pub(crate) fn check<'c>(
        &mut self,
        scope: &str,
        controls: impl IntoIterator<Item = (&'c str, &'c str)>,
        made: Made,
    ) -> Result<()> {
        let scope: Box<str> = gate::passed(scope.trim()).into();
        let mut named: Vec<[&str; 2]> = Vec::new();
        for (framework, control) in controls {
            let names = [framework.trim(), control.trim()];
            if names.iter().all(|name| !name.is_empty() && name.len() <= LONGEST) {
                named.push(names);
            }
        }
        named.sort_unstable();
        named.dedup();
        self.look_at(named.len())?;
        for names in named {
            let [framework, control] = names.map(|name| gate::passed(name).into());
            let [passed, failed, not] = self.checked.entry([scope.clone(), framework, control]).or_default();
            match made {
                Made::Passed => *passed += 1,
                Made::Failed => *failed += 1,
                Made::Not => *not += 1,
            }
        }
        Ok(())
    }
}
