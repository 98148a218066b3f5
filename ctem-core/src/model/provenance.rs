//! Which report stated what, so that two that contradict each other can both be named.
//!
//! Most of what is known of a thing comes from the report that named it first. Only what another report stated is remembered
//! by itself: four bytes an asset, and an entry for each part of it that came later.

use super::Access;
use crate::id::{AssetId, ControlId, OwnerId, ServiceId};
use std::{borrow::Cow, collections::HashMap, sync::Arc};

/// The number of a report among those absorbed.
pub(crate) type Report = u32;

/// Something that reports make statements about. An asset goes by its number in the environment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    Asset(usize),
    EntryPoint(AssetId, Access),
    Owner(OwnerId),
    Control(ControlId),
    Service(ServiceId),
}

/// What of a subject is stated: `owner`, `label tier`.
pub(crate) type Aspect = Cow<'static, str>;

/// Who stated the parts of one subject.
#[derive(Debug, Clone)]
pub(crate) struct Stated {
    pub(crate) first: Report,
    pub(crate) later: Vec<(Aspect, Report)>,
}

impl Stated {
    /// Everything of it is one report's.
    pub(crate) fn by(report: Report) -> Self {
        Self { first: report, later: Vec::new() }
    }

    pub(crate) fn of(&self, aspect: &str) -> Report {
        self.later.iter().find(|(known, _)| known == aspect).map_or(self.first, |(_, report)| *report)
    }
}

/// The reports that were absorbed, and what each stated.
#[derive(Debug, Clone, Default)]
pub(crate) struct Provenance {
    tools: Vec<Box<str>>,
    /// By the number of the asset. These are shared with what was known before.
    assets: Arc<Vec<Report>>,
    others: Arc<HashMap<Subject, Report>>,
    later: Arc<HashMap<Subject, Vec<(Aspect, Report)>>>,
}

impl Provenance {
    /// Takes note of another report, and numbers it.
    pub(crate) fn hear(&mut self, tool: &str) -> Report {
        self.tools.push(tool.into());
        Report::try_from(self.tools.len()).unwrap_or(Report::MAX)
    }

    /// Forgets that the last report came, of which nothing is remembered.
    pub(crate) fn unhear(&mut self) {
        self.tools.pop();
    }

    /// What a report is called: its tool, and its number, since one tool reports often.
    pub(crate) fn name(&self, report: Report) -> String {
        let tool = (report as usize).checked_sub(1).and_then(|at| self.tools.get(at)).map_or("", |tool| tool);
        if tool.is_empty() { format!("report {report}") } else { format!("{tool} (report {report})") }
    }

    /// The same reports, of which nothing was heard yet.
    pub(crate) fn emptied(&self) -> Self {
        Self { tools: self.tools.clone(), ..Self::default() }
    }

    /// Who stated what of a subject, if it is known.
    pub(crate) fn stated(&self, subject: &Subject) -> Option<Stated> {
        let first = match subject {
            Subject::Asset(number) => self.assets.get(*number).copied().filter(|report| *report > 0),
            other => self.others.get(other).copied(),
        };
        Some(Stated { first: first?, later: self.later.get(subject).cloned().unwrap_or_default() })
    }

    /// Remembers who stated a subject that is new.
    pub(crate) fn begin(&mut self, subject: Subject, stated: Stated) {
        match &subject {
            Subject::Asset(number) => {
                let assets = Arc::make_mut(&mut self.assets);
                if assets.len() <= *number {
                    assets.resize(*number + 1, 0);
                }
                if let Some(place) = assets.get_mut(*number) {
                    *place = stated.first;
                }
            }
            other => {
                Arc::make_mut(&mut self.others).insert(other.clone(), stated.first);
            }
        }
        if !stated.later.is_empty() {
            Arc::make_mut(&mut self.later).insert(subject, stated.later);
        }
    }

    /// Remembers that one aspect of a known subject is another report's.
    pub(crate) fn replace(&mut self, subject: &Subject, aspect: Aspect, report: Report) {
        let later = Arc::make_mut(&mut self.later).entry(subject.clone()).or_default();
        match later.iter_mut().find(|(known, _)| *known == aspect) {
            Some((_, known)) => *known = report,
            None => later.push((aspect, report)),
        }
    }
}
