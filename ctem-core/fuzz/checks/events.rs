//! A native document as one report and as two events, cut where the first byte says: the same is known of it, and the same follows, to
//! the byte; and what a delta says is the difference of the assessments before and after.

use ctem_core::{
    Moment, Program, Report,
    discover::{ReadOptions, stream},
    model::{Contents, Record},
    program::{ApplyOptions, Covers, Event, Reported, What},
    wire,
};

pub fn check(bytes: &[u8]) {
    let [cut, document @ ..] = bytes else { return };
    let options = ReadOptions { most_bytes: 1 << 16, format: Some("ctem".into()), ..ReadOptions::default() };
    let mut records = Vec::new();
    let streamed = stream(document, &options, |record| {
        records.push(record);
        Ok(())
    });
    if streamed.is_err() {
        return;
    }
    let (first, last) = records.split_at(usize::from(*cut) * records.len() / 256);
    if let (Some(whole), Some(parts)) = (told(&[&records]), told(&[first, last])) {
        assert_eq!(whole, parts);
    }
}

/// What is known and what follows once these parts were told one after the other; none where any of it was refused, since of what
/// contradicts itself the first counts.
fn told(parts: &[&[Record]]) -> Option<[String; 2]> {
    let as_of: Moment = "2025-11-13".parse().expect("a day");
    let mut program = Program::default();
    for part in parts {
        let mut contents = Contents::default();
        part.iter().for_each(|record| contents.push(record.clone()));
        let reported = Reported { covers: Covers::Nothing, ..Reported::new(Report::from(contents)) };
        let event = Event::new(as_of, What::Absorbed(Box::new(reported)));
        let before = program.assess(as_of).ok()?.risk().value();
        let delta = program.apply(event, ApplyOptions::default()).ok()?;
        let after = program.assess(as_of).ok()?.risk().value();
        assert_eq!(delta.risk_after.value().to_bits(), after.to_bits());
        assert!(!delta.known || delta.risk_before.value().to_bits() == before.to_bits());
        if delta.absorbed.is_none_or(|absorbed| absorbed.tally.rejected > 0) {
            return None;
        }
    }
    let today = program.assess(as_of).ok()?;
    let options = wire::DocumentOptions { at_most: 50, explained: true, ..Default::default() };
    Some([wire::environment(program.environment()), wire::assessment(&today, &options)])
}
