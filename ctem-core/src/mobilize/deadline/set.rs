//! Setting deadlines: each finding against each table, and the first date counts.

use super::{
    answer::{ActionDeadline, ClockStart, Deadline, DeadlineReason, DeadlineRule, Deadlines},
    calendar::{MOST_DAYS, days_after, end_of_day},
    fact::Fact,
    facts::{Facts, Told},
    options::DeadlineOptions,
    table::{DeadlineRow, DeadlineTable, Due},
};
use crate::{
    error::Result,
    id::FindingId,
    model::Finding,
    prioritize::{Assessment, Circumstance},
    time::Moment,
};
use std::collections::{BTreeMap, HashMap};

/// The name that a budget of risk goes by among tables.
const BUDGET: &str = "tolerated_loss";

impl Assessment {
    /// By when what is due. `first` says when a finding was first seen, by whatever is remembered beyond its sightings: a program's
    /// courses, as [`Program::deadlines`](crate::Program::deadlines) has them. O(n log n), and rows of tables for each finding.
    ///
    /// ```
    /// # use ctem_core::{Program, discover, intel::Intel, wire};
    /// # let mut program = Program::new(Intel::none());
    /// # program.absorb(discover::read(wire::EXAMPLE.as_bytes())?);
    /// # let today = program.assess("2025-11-13".parse()?)?;
    /// use ctem_core::mobilize::{DeadlineOptions, DeadlineTable};
    ///
    /// // Everything was seen in summer, and the directive gave two weeks.
    /// let summer = "2025-07-01".parse()?;
    /// let options = DeadlineOptions { tables: vec![DeadlineTable::shipped("cisa_bod_26_04")?], ..DeadlineOptions::default() };
    /// let deadlines = today.deadlines(&options, |_| Some(summer))?;
    /// assert!(deadlines.list[0].overdue);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_input` with its place for options that make no sense: no table, a class that a table asks and nobody states, a chance
    /// or a loss that is none. As [`Assessment::actions`], for rules of actions.
    pub fn deadlines(
        &self,
        options: &DeadlineOptions,
        first: impl Fn(&FindingId) -> Option<Moment>,
    ) -> Result<Deadlines> {
        options.check()?;
        let mut list = Vec::new();
        for of in self.circumstances() {
            let Some(id) = of.finding.id.clone() else { continue };
            let clock = clock(of.finding, first(&id), self.as_of());
            list.push(self.deadline(id, &of, clock, options)?);
        }
        list.sort_by(|a, b| (a.due.is_none(), a.due, &a.finding).cmp(&(b.due.is_none(), b.due, &b.finding)));
        Ok(Deadlines {
            as_of: self.as_of(),
            overdue: list.iter().filter(|deadline| deadline.overdue).count(),
            actions: self.of_actions(&list, options)?,
            relations: self.len().saturating_sub(list.len()),
            list,
        })
    }

    fn deadline(
        &self,
        finding: FindingId,
        of: &Circumstance<'_>,
        (since, since_by): (Moment, ClockStart),
        options: &DeadlineOptions,
    ) -> Result<Deadline> {
        let facts = Facts { of, intel: self.intel(), options };
        let mut known: BTreeMap<Fact, Option<Told>> = BTreeMap::new();
        let mut rules = Vec::new();
        for table in &options.tables {
            rules.extend(ruled(table, &facts, &mut known, since)?);
        }
        rules.extend(self.budget(of, since, options)?);
        // Tables that say the same stay in the order they were named in.
        rules.sort_by_key(|rule| (rule.due.is_none(), rule.due));
        let due = rules.first().and_then(|rule| rule.due);
        let accepted = of.finding.is_accepted(self.as_of());
        let acceptance = of.finding.acceptance.as_deref().filter(|_| accepted).cloned();
        Ok(Deadline {
            finding,
            asset: of.finding.asset.clone(),
            since,
            since_by,
            due,
            days_left: due.map(|due| due.since(self.as_of()).get()),
            overdue: !accepted && due.is_some_and(|due| due < self.as_of()),
            accepted,
            acceptance,
            rules,
        })
    }

    /// When the loss that is tolerated is spent.
    fn budget(
        &self,
        of: &Circumstance<'_>,
        since: Moment,
        options: &DeadlineOptions,
    ) -> Result<Option<DeadlineRule>> {
        let (Some(tolerated), true) = (options.tolerated_loss, of.risk > 0.0) else { return Ok(None) };
        let a_day = of.risk / self.horizon().get();
        let days = tolerated / a_day;
        // What lasts for a hundred years is due on no date.
        let due = if days <= MOST_DAYS { Some(days_after(since, days)?) } else { None };
        let why = format!(
            "{} in {} are {} a day, and {} are tolerated",
            self.unit().amount(of.risk),
            self.horizon(),
            self.unit().amount(a_day),
            self.unit().amount(tolerated)
        );
        let why =
            DeadlineReason { fact: "loss_per_day".into(), is: format!("{a_day}").into(), why: why.into() };
        Ok(Some(DeadlineRule { table: BUDGET.into(), row: None, due, then: None, why: vec![why] }))
    }

    /// The deadline of each action that ends something with one.
    fn of_actions(&self, list: &[Deadline], options: &DeadlineOptions) -> Result<Vec<ActionDeadline>> {
        // The list is in the order of what is due first.
        let places: HashMap<&FindingId, usize> =
            list.iter().enumerate().map(|(place, deadline)| (&deadline.finding, place)).collect();
        let mut actions = Vec::new();
        for action in self.actions(&options.actions)? {
            let ends = action.ends.iter().filter_map(|end| places.get(end.finding()?).copied());
            // What somebody decided to live with hurries nobody.
            let open = ends.filter(|place| list.get(*place).is_some_and(|deadline| !deadline.accepted));
            let Some(first) = open.min().and_then(|place| list.get(place)) else { continue };
            let (Some(due), Some(rule)) = (first.due, first.rules.first()) else { continue };
            actions.push(ActionDeadline {
                action: action.id,
                due,
                overdue: first.overdue,
                finding: first.finding.clone(),
                table: rule.table.clone(),
            });
        }
        actions.sort_by(|a, b| (a.due, &a.action).cmp(&(b.due, &b.action)));
        Ok(actions)
    }
}

/// When the clock of a finding started: at its first sight, and that is the earliest of what is remembered and what sources say.
fn clock(finding: &Finding, course: Option<Moment>, now: Moment) -> (Moment, ClockStart) {
    let seen = finding.sightings.iter().flat_map(|sighting| [sighting.first_seen, sighting.seen]);
    let sighted = seen.flatten().min();
    match (course, sighted) {
        (Some(course), Some(sighted)) if sighted < course => (sighted, ClockStart::Sighting),
        (Some(course), _) => (course, ClockStart::Course),
        (None, Some(sighted)) => (sighted, ClockStart::Sighting),
        (None, None) => (now, ClockStart::Assumed),
    }
}

/// What a table says of a finding: its first row that matches, if one does.
fn ruled(
    table: &DeadlineTable,
    facts: &Facts<'_>,
    known: &mut BTreeMap<Fact, Option<Told>>,
    since: Moment,
) -> Result<Option<DeadlineRule>> {
    for fact in table.rows.iter().flat_map(|row| row.when.keys()) {
        known.entry(*fact).or_insert_with(|| facts.tell(*fact));
    }
    let told = |fact: &Fact| known.get(fact).and_then(Option::as_ref);
    let holds = |row: &DeadlineRow| {
        let one = |(fact, values): (&Fact, &Vec<Box<str>>)| {
            told(fact).is_some_and(|told| values.iter().any(|value| **value == *told.is))
        };
        row.when.iter().all(one)
    };
    let Some((place, row)) = table.rows.iter().enumerate().find(|(_, row)| holds(row)) else {
        return Ok(None);
    };
    let due = match row.due {
        Due::Days(days) => Some(days_after(since, days)?),
        Due::BusinessDays(days) => Some(facts.options.calendar.after(since, days)?),
        Due::Kev => facts.listing().and_then(|listing| listing.due).map(end_of_day).transpose()?,
        Due::Never => None,
    };
    let why = row.when.keys().filter_map(|fact| {
        let told = told(fact)?;
        Some(DeadlineReason { fact: fact.name().into(), is: told.is.into(), why: told.why.as_str().into() })
    });
    let (table, then) = (table.name.clone(), row.then.clone());
    Ok(Some(DeadlineRule { table, row: Some(place), due, then, why: why.collect() }))
}
