//! Services of one report, taken together: each loss event is looked up once, and each service's events are sorted once.

use super::{
    By, Place,
    contradict::{self, Weighing},
};
use crate::{
    ErrorKind,
    error::{Error, Result, quoted},
    id::{LossEventId, ServiceId},
    model::{Environment, LossEvent, MOST_PARTS_OF_ALL, Note, NoteKind, Service, provenance::Subject},
};
use std::{
    collections::{BTreeMap, HashMap, btree_map::Entry},
    sync::Arc,
};

/// What one report has said of services so far: their new loss events, which stand in the environment once it is settled.
#[derive(Default)]
pub(super) struct Said {
    events: HashMap<LossEventId, LossEvent>,
    by_service: BTreeMap<ServiceId, Vec<LossEventId>>,
}

impl Said {
    /// Takes a service. O(1) an event that is new, O(log n) one that is known, besides the text.
    pub(super) fn put(
        &mut self,
        environment: &mut Environment,
        service: Service,
        by: &By<'_>,
        notes: &mut Vec<Note>,
        place: Place,
    ) -> Result<bool> {
        let Service { id, name, loss_events: stated } = service;
        // What an assessment could not use is left out alone, so that the rest of the service counts.
        let (mut loss_events, mut left_out): (Vec<LossEvent>, Vec<Error>) = (Vec::new(), Vec::new());
        let mut named: HashMap<LossEventId, usize> = HashMap::new();
        for (n, event) in stated.into_iter().enumerate() {
            let before = known(environment, &event.id).or_else(|| self.events.get(&event.id));
            let before = before.or_else(|| loss_events.get(*named.get(&event.id)?));
            let usable = match before {
                Some(before) if *before == event => Ok(0),
                Some(before) => Err(conflict(before, &event, environment)),
                None => usable(&event, environment),
            };
            match usable {
                Ok(parts) => {
                    environment.unit.get_or_insert(event.loss.unit());
                    environment.trigger_parts += parts;
                    named.insert(event.id.clone(), loss_events.len());
                    loss_events.push(event);
                }
                Err(error) => left_out.push(error.at(format_args!("/loss_events/{n}"))),
            }
        }
        if let (true, Some(error)) = (loss_events.is_empty(), left_out.first()) {
            return Err(error.clone());
        }
        for error in left_out {
            let place = format!("{place}{}", error.place().unwrap_or_default());
            Note::new(NoteKind::Ignored, place, format!("the loss event is left out: {}", error.message()))
                .add(notes);
        }
        let report = |event: &LossEventId| {
            let before = by.known.and_then(|known| known.services_by_event.get(event));
            before.map_or(by.report, |(_, report)| *report)
        };
        let subject = Subject::Service(id.clone());
        let stated_by = by.of(|_| Some(subject.clone()));
        let new = match Arc::make_mut(&mut environment.services).entry(id.clone()) {
            Entry::Vacant(empty) => {
                environment.provenance.begin(subject, stated_by);
                let mut service = Service::new(id.clone());
                service.name = name;
                empty.insert(service);
                true
            }
            Entry::Occupied(mut service) => {
                let (title, provenance) = (id.as_str(), &mut environment.provenance);
                let mut weighing = Weighing { subject, title, by: stated_by, provenance, notes, place };
                contradict::service_name(&mut service.get_mut().name, name, &mut weighing);
                false
            }
        };
        let events = self.by_service.entry(id.clone()).or_default();
        for event in loss_events {
            // One event may hurt several services; each has it once.
            events.push(event.id.clone());
            let of = || (id.clone(), report(&event.id));
            Arc::make_mut(&mut environment.services_by_event).entry(event.id.clone()).or_insert_with(of);
            self.events.entry(event.id.clone()).or_insert(event);
        }
        Ok(new)
    }

    /// Gives the services their new loss events. O(n log n) in the events of the services that the report names.
    pub(super) fn settle(self, environment: &mut Environment) {
        for (id, events) in self.by_service {
            if let Some(service) = Arc::make_mut(&mut environment.services).get_mut(&id) {
                service.loss_events.extend(events.iter().filter_map(|event| self.events.get(event)).cloned());
                service.loss_events.sort_by(|a, b| a.id.cmp(&b.id));
                service.loss_events.dedup_by(|a, b| a.id == b.id);
            }
        }
    }
}

/// The loss event of an id, as it is known of earlier reports.
fn known<'a>(environment: &'a Environment, id: &LossEventId) -> Option<&'a LossEvent> {
    let service = environment.services.get(&environment.services_by_event.get(id)?.0)?;
    let at = service.loss_events.binary_search_by(|event| event.id.cmp(id)).ok()?;
    service.loss_events.get(at)
}

/// How many parts the trigger of a new loss event is unfolded to, where an assessment can use the event beside all that are known.
fn usable(event: &LossEvent, environment: &Environment) -> Result<usize> {
    let parts = event.check()?;
    let unit = event.loss.unit();
    if let Some(known) = environment.unit.filter(|known| *known != unit) {
        let message =
            format!("the loss is in {unit} and others are in {known}: state all losses in one unit");
        return Err(Error::new(ErrorKind::Conflict, message).at("/loss/unit"));
    }
    if environment.trigger_parts.saturating_add(parts) > MOST_PARTS_OF_ALL {
        let message =
            format!("the triggers have more than {MOST_PARTS_OF_ALL} parts together: split `at_least`");
        return Err(Error::new(ErrorKind::LimitExceeded, message).at("/when"));
    }
    Ok(parts)
}

/// Two loss events that go by one id, each with what it costs and who stated it.
fn conflict(known: &LossEvent, event: &LossEvent, environment: &Environment) -> Error {
    let stated = environment.services_by_event.get(&event.id);
    let stated = stated.map(|(_, report)| format!(", stated by {}", environment.provenance.name(*report)));
    let stated = stated.unwrap_or_default();
    let cost = |event: &LossEvent| event.loss.mean();
    let differs = if known.loss == event.loss {
        "another name or trigger".to_owned()
    } else {
        format!("a loss of {} and not {}", cost(known), cost(event))
    };
    Error::new(
        ErrorKind::Conflict,
        format!(
            "{} is already another loss event's id, with {differs}{stated}: give each its own",
            quoted(event.id.as_str())
        ),
    )
}
