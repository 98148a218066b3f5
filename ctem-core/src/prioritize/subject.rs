//! What a variable of the compiled graph is about.

use super::{Assessment, ExposureId, exposure_id::ExposureNumber};
use crate::{
    attack::{VariableId, VariableKind},
    error::{Error, ErrorKind, Result, quoted},
    id::{AssetId, FindingId},
    model::{Control, EntryPoint, Finding, Weakness, fact::Related},
};

/// What a variable is about.
#[derive(Clone, Copy)]
pub(super) enum Subject<'a> {
    /// A finding that stands, and its id.
    Finding(&'a FindingId, &'a Finding),
    /// A weakness that several findings have.
    Threat(&'a Weakness),
    /// A control.
    Control(&'a Control),
    /// An entry point.
    Entry(&'a EntryPoint),
    /// An asset that nobody has placed.
    Unplaced(&'a AssetId),
    /// A campaign, by its name.
    Campaign(&'a str),
    /// A relation.
    Relation(Related<'a>),
}

impl Assessment {
    /// What a variable is about; nothing where there is no such variable. O(log n).
    pub(super) fn subject(&self, variable: VariableId) -> Option<Subject<'_>> {
        Some(match self.snapshot.variable(variable)?.kind {
            VariableKind::Finding(n) => {
                let (id, finding) = self.open_finding(n)?;
                Subject::Finding(id, finding)
            }
            VariableKind::Threat(n) => {
                let (_, finding) = self.open_finding(*self.subjects.threats.get(n as usize)?)?;
                Subject::Threat(&finding.weakness)
            }
            VariableKind::Control(n) => {
                Subject::Control(self.environment.control(self.subjects.controls.get(n as usize)?)?)
            }
            VariableKind::Entry(n) => Subject::Entry(self.entry(n)?),
            VariableKind::Unplaced(n) => Subject::Unplaced(&self.openings.unplaced.get(n as usize)?.0),
            VariableKind::Campaign(n) => Subject::Campaign(self.environment.campaigns().nth(n as usize)?.0),
            VariableKind::Relation(n) => Subject::Relation(self.related(n)?),
            // Of a graph put together by hand, which no environment compiles to.
            VariableKind::Stated(_) => return None,
        })
    }

    /// An entry point, by its number. O(log n).
    pub(super) fn entry(&self, n: u32) -> Option<&EntryPoint> {
        self.environment.entry_points.get(self.subjects.entries.get(n as usize)?)
    }

    /// The number of a finding that stands, and the finding.
    ///
    /// # Errors
    /// `not_found` when there is no such finding, or it does not stand.
    pub(super) fn standing_finding(&self, id: &FindingId) -> Result<(u32, &Finding)> {
        let missing = |what: &str| Error::new(ErrorKind::NotFound, format!("{} {what}", quoted(id.as_str())));
        let finding =
            self.environment.finding(id).ok_or_else(|| missing("is not a finding of this assessment"))?;
        let number = finding.id.as_ref().and_then(|id| self.numbers.get(id));
        let number =
            number.ok_or_else(|| missing(&format!("does not stand: it is {}", finding.status.name())))?;
        Ok((*number, finding))
    }

    /// A finding that stands, by its number.
    /// The id of an exposure by any of its names.
    ///
    /// # Errors
    /// `not_found` when nothing has this name.
    pub(crate) fn id_of(&self, name: &str) -> Result<ExposureId> {
        let number = self.open_exposure(&name.parse()?)?;
        self.exposure_id(number)
            .ok_or_else(|| Error::new(ErrorKind::NotFound, format!("{} is gone", quoted(name))))
    }

    /// The exposure of an id.
    pub(super) fn open_exposure(&self, id: &ExposureId) -> Result<ExposureNumber> {
        match id {
            ExposureId::Finding(finding) if self.environment.finding(finding).is_some() => {
                Ok(ExposureNumber::Finding(self.standing_finding(finding)?.0))
            }
            _ => self.relation_number(id.as_str()).map(ExposureNumber::Relation).ok_or_else(|| {
                let message = format!(
                    "{} is not a finding of this assessment, nor a relation between an attacker and a loss",
                    quoted(id.as_str())
                );
                Error::new(ErrorKind::NotFound, message)
            }),
        }
    }

    fn open_finding(&self, n: u32) -> Option<(&FindingId, &Finding)> {
        let id = &self.standing.get(n as usize)?.id;
        Some((id, self.environment.finding(id)?))
    }

    /// An asset's name for people; its id, where nothing declares it.
    pub(super) fn title<'a>(&'a self, asset: &'a AssetId) -> &'a str {
        self.environment.asset(asset).map_or(asset.as_str(), |asset| asset.title())
    }
}
