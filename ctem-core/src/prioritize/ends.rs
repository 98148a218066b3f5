//! What somebody could end: every exposure of the ranking with its variable, for the rooms that put fixes together.

use super::{Assessment, ExposureId, exposure_id::ExposureNumber};
use crate::{
    attack::Key,
    model::{Finding, LossEvent, fact::Related},
    quantity::{Probability, Severity},
};

/// An exposure that somebody could end.
pub(crate) struct End<'a> {
    pub(crate) what: Ended<'a>,
    /// Its place in the ranking, from 0.
    pub(crate) place: usize,
    /// The variable that ending it sets to 0.
    pub(crate) key: Key,
    /// Whether it gives an attacker anything at all.
    pub(crate) leads: bool,
    /// Its risk, as ranked.
    pub(crate) risk: f64,
    /// Its likelihood, as ranked.
    pub(crate) likelihood: Probability,
    /// The highest severity given.
    pub(crate) severity: Option<Severity>,
    /// Whether it is known to be exploited.
    pub(crate) known_exploited: bool,
    /// What ending it costs, where its record says so.
    pub(crate) cost: Option<f64>,
}

/// What an exposure is.
pub(crate) enum Ended<'a> {
    Finding(&'a Finding),
    Relation(Related<'a>),
}

impl End<'_> {
    pub(crate) fn id(&self) -> Option<ExposureId> {
        match &self.what {
            Ended::Finding(finding) => finding.id.clone().map(ExposureId::from),
            Ended::Relation(related) => Some(related.name().into()),
        }
    }

    pub(crate) fn finding(&self) -> Option<&Finding> {
        match self.what {
            Ended::Finding(finding) => Some(finding),
            Ended::Relation(_) => None,
        }
    }

    pub(crate) fn is_finding(&self) -> bool {
        self.finding().is_some()
    }
}

impl Assessment {
    /// A loss event by its number.
    pub(crate) fn stated_event(&self, number: usize) -> Option<&LossEvent> {
        self.stake.events.get(number).map(|stake| &stake.event)
    }

    /// Every exposure of the ranking, the worst first. O(n).
    pub(crate) fn ends(&self) -> impl Iterator<Item = End<'_>> {
        self.ranked.iter().enumerate().filter_map(|(place, ranked)| match ranked.exposure {
            ExposureNumber::Finding(n) => {
                let standing = self.standing.get(n as usize)?;
                let finding = self.environment.finding(&standing.id)?;
                Some(End {
                    what: Ended::Finding(finding),
                    place,
                    key: self.openings.list.get(n as usize)?.key,
                    leads: self.snapshot.exploit_step(n as usize).is_some(),
                    risk: ranked.risk,
                    likelihood: standing.factors.likelihood(),
                    severity: standing.severity,
                    known_exploited: standing.known_exploited,
                    cost: finding.exploit.as_ref().and_then(|exploit| exploit.cost),
                })
            }
            ExposureNumber::Relation(n) => {
                let related = self.related(n)?;
                Some(End {
                    place,
                    key: Key::related(&related),
                    leads: true,
                    risk: ranked.risk,
                    likelihood: related.fact.chance(),
                    severity: None,
                    known_exploited: false,
                    cost: related.fact.cost(),
                    what: Ended::Relation(related),
                })
            }
        })
    }
}
