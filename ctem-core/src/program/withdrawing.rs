//! Reports that are taken back: what was absorbed by mistake is as if it had never come, and the history still says that it did.
//!
//! A state is a fold over events, so a report is taken back by folding the others anew. What people decided about what only that report
//! told is then about nothing, and is passed over: it stays among the events, and the withdrawal says which these are.

use super::{
    cycle::Program,
    event::{Event, EventKey, What},
    happened::Happened,
    ledger::Course,
    log::Log,
    state::State,
    withdrawal::{AbsorbedReport, ReportWithdrawn, Withdrawal},
};
use crate::{
    error::{Error, ErrorKind, Result, quoted},
    id::FindingId,
    time::Moment,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

impl Program {
    /// The reports that came as events and are kept, in the order in which they were, also those that were taken back. O(n log n) in events.
    ///
    /// What was absorbed before the first event, and what [`Program::compact`] made one state of, is no longer told apart and cannot be
    /// taken back.
    ///
    /// ```
    /// assert!(ctem_core::Program::default().reports().is_empty());
    /// ```
    pub fn reports(&self) -> Vec<AbsorbedReport> {
        let events = self.log().map(|log| &*log.events).unwrap_or_default();
        let withdrawn: BTreeMap<&str, Withdrawal> = events
            .iter()
            .filter_map(|(_, event)| Some((event.at, event.withdraws()?)))
            .map(|(at, ReportWithdrawn { report, by, reason })| {
                (&**report, Withdrawal { at, by: by.clone(), reason: reason.clone() })
            })
            .collect();
        let report = |(key, event): &(EventKey, Arc<Event>)| {
            let What::Absorbed(reported) = &event.what else { return None };
            let id: Box<str> = key.id().into();
            let withdrawn = withdrawn.get(&*id).cloned();
            Some(AbsorbedReport {
                id,
                at: event.at,
                source: reported.source().into(),
                format: reported.report.source.format.clone(),
                findings: reported.report.contents.findings.len(),
                withdrawn,
            })
        };
        events.iter().filter_map(report).collect()
    }
}

impl Event {
    /// What tells it from all other events: 32 hexadecimal digits of what it says and when it was. O(n) in its document.
    ///
    /// ```
    /// use ctem_core::program::{Event, What};
    ///
    /// let passed = Event::new("2025-11-13".parse()?, What::TimePassed);
    /// assert_eq!(passed.id()?.len(), 32);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Event::document`].
    pub fn id(&self) -> Result<String> {
        Ok(self.key()?.id())
    }

    /// The report it takes back, if it takes one back.
    pub(super) fn withdraws(&self) -> Option<&ReportWithdrawn> {
        if let What::ReportWithdrawn(withdrawn) = &self.what { Some(withdrawn) } else { None }
    }
}

impl Log {
    /// Whether a report can be taken back by an event: it came before, and was not taken back already.
    pub(super) fn check_withdrawal(&self, withdrawn: &ReportWithdrawn, by: EventKey) -> Result<()> {
        let place = "/what/report_withdrawn/report";
        let report = &withdrawn.report;
        let is_it = |(key, event): &&(EventKey, Arc<Event>)| {
            matches!(event.what, What::Absorbed(_)) && *key < by && *key.id() == **report
        };
        if !self.events.iter().any(|event| is_it(&event)) {
            let message = format!(
                "{} is no report that came as an event before {} and is kept: name the id of one that `reports` lists",
                quoted(report),
                by.at
            );
            return Err(Error::new(ErrorKind::NotFound, message).at(place));
        }
        let before = self
            .events
            .iter()
            .find(|(_, event)| event.withdraws().is_some_and(|withdrawn| withdrawn.report == *report));
        match before {
            Some((key, _)) => {
                let message = format!("it was taken back at {} already: leave this out", key.at);
                Err(Error::new(ErrorKind::Conflict, message).at(place))
            }
            None => Ok(()),
        }
    }

    /// Until when the history can become one state, of what was asked: a report that was taken back later is kept, with what followed it,
    /// so that looking back before and after that stays what it was. None where nothing can.
    pub(super) fn apart_from_withdrawn(&self, until: Moment) -> Option<Moment> {
        let mut until = until;
        loop {
            let later = self.events.iter().filter(|(key, _)| key.at > until);
            let needed: BTreeSet<&str> = later
                .filter_map(|(_, event)| event.withdraws())
                .map(|withdrawn| &*withdrawn.report)
                .collect();
            if needed.is_empty() {
                return Some(until);
            }
            let earlier = self.events.iter().filter(|(key, _)| key.at <= until);
            let first = earlier.map(|(key, _)| key).find(|key| needed.contains(&*key.id()));
            let Some(first) = first.map(|key| key.at) else { return Some(until) };
            until = self.events.iter().map(|(key, _)| key.at).filter(|at| *at < first).max()?;
        }
    }

    /// What taking a report back came to: which findings stand no more, or stand again, and which events are about nothing now.
    pub(super) fn came_to(
        withdrawn: &ReportWithdrawn,
        (before, after): (&State, &State),
        without_effect: Vec<Box<str>>,
    ) -> Happened {
        let standing = |state: &State| -> BTreeSet<FindingId> {
            let standing = state.ledger.courses().filter(|course| course.stands());
            standing.map(|course: &Course| course.finding.clone()).collect()
        };
        let (before, after) = (standing(before), standing(after));
        Happened::ReportWithdrawn {
            report: withdrawn.report.clone(),
            findings: before.symmetric_difference(&after).cloned().collect(),
            without_effect,
        }
    }
}
