//! Counts over worlds: each against a second, plain implementation, world by world; and their bounds against exact answers.
//!
//! [`drawn`] decides a variable one world after the other from the documented generator, and [`Case::fall`] knows nothing of
//! how the engine compiles or orders. So a count is not near to what it should be: it is the same.

use crate::{
    draw::Draw,
    event_id,
    random::Case,
    worlds::{ANY, assess, cases, scene},
};
use ctem_core::{
    Probability,
    attack::{
        Exact, FixSet, FixValues, Graph, Key, Limits, OnProgress, Precision, SampleStatistics, Snapshot,
        State, Worlds,
    },
    id::{AssetId, LossEventId, ServiceId, WeaknessId},
    model::{
        Access, Asset, AssetKind, Attacker, Contents, EntryPoint, Exploit, Finding, LossEvent, LossSize,
        Service, Trigger, Weakness, WeaknessKind,
    },
    quantity::{Loss, Unit},
};
use proptest::prelude::*;

pub(crate) fn chance(chance: f64) -> Probability {
    Probability::new(chance).unwrap()
}

/// A confidence at which no bound may be missed in as many cases as we look at.
pub(crate) const SURE: f64 = 1.0 - 1e-9;

pub(crate) fn worlds(worlds: u64) -> Limits<'static> {
    Limits { worlds, ..Limits::default() }
}

/// What a tally counts, besides where an attack begins.
pub(crate) fn counted(tally: &SampleStatistics) -> String {
    let written = serde_json::to_string(tally).unwrap();
    written[written.find("\"blocks\"").unwrap()..].to_string()
}

pub(crate) fn compiled(case: &Case) -> Snapshot {
    case.graph(&case.states()).compile().unwrap()
}

/// In which worlds of a block a variable helps: in each it has a number below 1, of 64 binary digits, and helps where that is
/// below its chance.
pub(crate) fn drawn(seed: u64, key: Key, chance: f64, block: u64) -> u64 {
    if chance >= 1.0 {
        return u64::MAX;
    }
    let mixed = |z: u64| {
        let z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    };
    let (high, low) = ((key.bits() >> 64) as u64, key.bits() as u64);
    let seeded = mixed(low ^ mixed(high ^ mixed(seed)));
    let start = mixed(seeded.wrapping_add(block.wrapping_mul(0xd1b5_4a32_d192_ed03)));
    let digits = |n: u64| mixed(start.wrapping_add((n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)));
    let digits: Vec<u64> = (0..64).map(digits).collect();
    let threshold = (chance * 2f64.powi(64)) as u64;
    let helps =
        |world: &u64| digits.iter().fold(0, |number, digit| number << 1 | digit >> world & 1) < threshold;
    (0..64).filter(helps).fold(0, |worlds, world| worlds | 1 << world)
}

/// What happens in the first worlds of a case, in blocks of 64.
pub(crate) struct Mine<'a> {
    case: &'a Case,
    /// By block, by variable: where it helps.
    helps: Vec<Vec<u64>>,
    /// By block, by event: where it happens.
    happens: Vec<Vec<u64>>,
}

impl<'a> Mine<'a> {
    pub(crate) fn of(case: &'a Case, seed: u64, blocks: u64) -> Self {
        let helps = |block| {
            let of = |(n, chance): (usize, &f64)| drawn(seed, case.key(n), *chance, block);
            case.chances.iter().enumerate().map(of).collect()
        };
        let helps: Vec<Vec<u64>> = (0..blocks).map(helps).collect();
        let mut fallen = Vec::new();
        let happens = helps.iter().map(|helps| happens(case, |n| helps[n], &mut fallen)).collect();
        Self { case, helps, happens }
    }

    pub(crate) fn happened(&self, event: usize) -> u64 {
        self.happens.iter().map(|block| u64::from(block[event].count_ones())).sum()
    }

    pub(crate) fn worlds(&self) -> f64 {
        self.happens.len() as f64 * 64.0
    }

    /// The mean loss over these worlds.
    pub(crate) fn loss(&self) -> f64 {
        let events = self.case.events.iter().enumerate();
        events.map(|(n, (_, loss))| loss * self.happened(n) as f64).sum::<f64>() / self.worlds()
    }

    /// In how many worlds anything is lost.
    pub(crate) fn lossy(&self) -> u64 {
        let costly = |block: &[u64]| {
            let events = block.iter().zip(&self.case.events).filter(|(_, (_, loss))| *loss > 0.0);
            events.fold(0u64, |all, (happens, _)| all | happens).count_ones()
        };
        self.happens.iter().map(|block| u64::from(costly(block))).sum()
    }

    /// The mean of what is lost only with a variable's help, and in how many worlds anything is.
    pub(crate) fn hangs_on(&self, variable: usize) -> (f64, u64) {
        let (mut sum, mut worlds, mut fallen) = (0.0, 0, Vec::new());
        for (helps, before) in self.helps.iter().zip(&self.happens) {
            let after = happens(self.case, |n| if n == variable { 0 } else { helps[n] }, &mut fallen);
            let mut any = 0u64;
            for ((before, after), (_, loss)) in before.iter().zip(after).zip(&self.case.events) {
                sum += loss * f64::from((before & !after).count_ones());
                any |= if *loss > 0.0 { before & !after } else { 0 };
            }
            worlds += u64::from(any.count_ones());
        }
        (sum / self.worlds(), worlds)
    }
}

fn happens(case: &Case, helps: impl Fn(usize) -> u64, fallen: &mut Vec<u64>) -> Vec<u64> {
    case.fall(helps, fallen);
    case.events.iter().map(|(state, _)| fallen[*state]).collect()
}

#[test]
fn counts_are_those_of_each_world_looked_at_alone() {
    let mut uncertain = 0;
    for number in 0..2_000 {
        let case = Case::of(number);
        let tally = Worlds::new(&compiled(&case), number).run(&worlds(5 * 64)).tally;
        let mine = Mine::of(&case, number, 5);
        for event in 0..case.events.len() {
            let (theirs, mine) = (tally.happened(event_id(event)), mine.happened(event));
            assert_eq!(theirs, mine, "case {number}, event {event}\n{case}");
            uncertain += u64::from(0 < mine && mine < 320);
        }
        let loss = tally.loss(chance(0.95)).value();
        assert!((loss - mine.loss()).abs() <= 1e-9 * mine.loss(), "case {number}: {loss}\n{case}");
        let lossy = tally.exceedance_curve().get(1).map_or(0.0, |(_, share)| *share);
        assert_eq!((lossy * mine.worlds()).round() as u64, mine.lossy(), "case {number}\n{case}");
    }
    assert!(uncertain > 1_000, "{uncertain}");
}

#[test]
fn bounds_hold_the_exact_chance_and_loss_as_often_as_they_say_also_where_a_run_ends_itself() {
    let (mut looked, mut missed) = ([0u64; 4], [0u64; 4]);
    for number in 0..3_000 {
        let case = Case::of(number);
        let snapshot = compiled(&case);
        let exact = Exact::compute(&snapshot, &Limits::default()).unwrap();
        let sampled = Worlds::new(&snapshot, number);
        let fixed = sampled.run(&worlds(512)).tally;
        let precision = Precision { half_width: 0.25, ..Precision::default() };
        let (run, loss) = sampled.until(precision, &worlds(8192));
        let most = case.events.iter().map(|(_, loss)| loss).sum::<f64>();
        let sure = Precision { confidence: chance(SURE), ..precision };
        let (_, sure_loss) = sampled.until(sure, &worlds(2048));
        let mut check = |kind: usize, nominal: (f64, f64), sure: (f64, f64), truth: f64, scale: f64| {
            let near = 1e-9 * scale;
            let misses = |(lower, upper): (f64, f64)| !(lower <= truth + near && truth <= upper + near);
            assert!(!misses(sure), "case {number}, kind {kind}: {sure:?} does not hold {truth}\n{case}");
            looked[kind] += 1;
            missed[kind] += u64::from(misses(nominal));
        };
        for (kind, tally) in [(0, &fixed), (1, &run.tally)] {
            for event in 0..case.events.len() {
                let between = |confidence| {
                    let chance = tally.chance(event_id(event), chance(confidence));
                    (chance.lower(), chance.upper())
                };
                check(kind, between(0.95), between(SURE), exact.chance(event_id(event)).unwrap().get(), 1.0);
            }
        }
        let between = |confidence| {
            let loss = fixed.loss(chance(confidence));
            (loss.lower(), loss.upper())
        };
        check(2, between(0.95), between(SURE), exact.loss(), most);
        let until = (loss.lower(), loss.upper());
        check(3, until, (sure_loss.lower(), sure_loss.upper()), exact.loss(), most);
    }
    for (kind, name) in
        ["chance", "chance at the end of a run", "loss", "loss at the end of a run"].iter().enumerate()
    {
        println!("{name}: {} of {} missed", missed[kind], looked[kind]);
        assert!(
            looked[kind] >= 2_000 && missed[kind] * 20 <= looked[kind],
            "{name}: {missed:?} of {looked:?}"
        );
    }
}

#[test]
fn lanes_splits_and_the_order_of_merging_never_change_a_tally() {
    let mut draw = Draw::of(2);
    for number in 0..400 {
        let snapshot = compiled(&Case::of(number));
        let sampled = Worlds::new(&snapshot, number);
        let whole = sampled.run(&worlds(21 * 64)).tally;
        for lanes in [64, 256, 512] {
            assert_eq!(sampled.lanes(lanes).unwrap().run(&worlds(21 * 64)).tally, whole, "{lanes} lanes");
        }
        let mut cuts = vec![0, 21];
        cuts.extend((0..draw.below(6)).map(|_| draw.below(22) as u64));
        cuts.sort_unstable();
        let mut parts: Vec<SampleStatistics> =
            cuts.windows(2).map(|pair| sampled.blocks(pair[0]..pair[1], &Limits::default()).tally).collect();
        let mut merged = parts.swap_remove(draw.below(parts.len()));
        while !parts.is_empty() {
            let next = parts.swap_remove(draw.below(parts.len()));
            merged.merge(&serde_json::from_str(&serde_json::to_string(&next).unwrap()).unwrap()).unwrap();
        }
        assert_eq!(merged, whole, "case {number}, cut at {cuts:?}");
        let written = serde_json::to_string(&merged).unwrap();
        assert_eq!(serde_json::from_str::<SampleStatistics>(&written).unwrap(), whole);
    }
}

#[test]
fn the_order_of_states_variables_and_steps_never_changes_a_tally() {
    for number in 0..1_000 {
        let (case, mut draw) = (Case::of(number), Draw::of(number));
        let mut shuffled = |count: usize| {
            let mut order: Vec<usize> = (0..count).collect();
            for at in (1..count).rev() {
                order.swap(at, draw.below(at + 1));
            }
            order
        };
        let (states, variables) = (shuffled(case.states - 1), shuffled(case.chances.len()));
        let mut graph = Graph::new();
        let (given, first) = (case.states()[0], graph.add_states(case.states as u32 - 1));
        let numbered: Vec<State> = case.states();
        assert_eq!(first, numbered[1]);
        let of = |state: usize| if state == 0 { given } else { numbered[1 + states[state - 1]] };
        let mut guards = vec![None; case.chances.len()];
        for variable in variables {
            guards[variable] = Some(graph.variable(case.key(variable), chance(case.chances[variable])));
        }
        for step in shuffled(case.steps.len()) {
            let (premises, guard, conclusion) = &case.steps[step];
            let premises: Vec<State> = premises.iter().rev().map(|state| of(*state)).collect();
            graph.step(&premises, guard.and_then(|guard| guards[guard]), of(*conclusion)).unwrap();
        }
        for (state, loss) in &case.events {
            graph.event(of(*state), *loss).unwrap();
        }
        let (one, other) = (compiled(&case), graph.compile().unwrap());
        let tally = |snapshot| Worlds::new(snapshot, 5).run(&worlds(256)).tally;
        let (one, other) = (tally(&one), tally(&other));
        assert_eq!(counted(&one), counted(&other), "case {number}\n{case}");
        // Of three premises two meet in a state of their own, the first two as states are numbered. What is known of where an
        // attack begins may depend on it.
        let bundled = case.steps.iter().any(|(premises, _, _)| premises.len() > 2);
        assert!(bundled || one == other, "case {number}\n{case}");
    }
}

#[test]
fn what_leads_to_no_loss_changes_nothing_in_a_tally() {
    let mut draw = Draw::of(9);
    for number in 0..1_000 {
        let case = Case::of(number);
        let mut more = case.clone();
        // From what is given, from anywhere, and with another's help.
        more.states += 3;
        more.chances.extend([draw.chance(), draw.chance()]);
        let new = case.chances.len();
        more.steps.push((Vec::new(), Some(new), case.states));
        more.steps.push((vec![draw.below(case.states)], Some(new + 1), case.states + 1));
        more.steps.push((vec![draw.below(case.states), case.states], None, case.states + 2));
        let tally = |case: &Case| Worlds::new(&compiled(case), 5).run(&worlds(128)).tally;
        assert_eq!(tally(&case), tally(&more), "case {number}\n{more}");
    }
}

#[test]
fn tallies_of_common_worlds_other_seeds_or_other_events_do_not_merge() {
    let case = Case::fixed(3);
    let (snapshot, mut other) = (compiled(&case), case.clone());
    other.events[0].1 += 1.0;
    let other = compiled(&other);
    let part = |snapshot, seed, blocks| Worlds::new(snapshot, seed).blocks(blocks, &Limits::default()).tally;
    let before = part(&snapshot, 1, 2..5);
    let mut tally = before.clone();
    for wrong in [
        part(&snapshot, 1, 0..3),
        part(&snapshot, 1, 4..9),
        part(&snapshot, 1, 0..9),
        part(&snapshot, 1, 3..4),
        part(&snapshot, 2, 5..6),
        part(&other, 1, 5..6),
        Worlds::new(&snapshot, 1).only(event_id(0)).blocks(5..6, &Limits::default()).tally,
    ] {
        assert_eq!(tally.merge(&wrong).unwrap_err().code(), "conflict");
        assert_eq!(tally, before);
    }
    tally.merge(&part(&snapshot, 1, 5..6)).unwrap();
    assert_eq!(tally, part(&snapshot, 1, 2..6));
}

#[test]
fn a_tally_that_no_run_has_written_is_refused() {
    let mut graph = Graph::new();
    let shop = graph.state();
    let guard = graph.variable(Key::new(1), chance(0.5));
    graph.step(&[], Some(guard), shop).unwrap();
    graph.event(shop, 10.0).unwrap();
    let values = Worlds::new(&graph.compile().unwrap(), 1).fix_values(FixSet::Findings, &worlds(128));
    let written = serde_json::to_string(&values).unwrap();
    assert_eq!(serde_json::from_str::<FixValues>(&written).unwrap(), values);
    for (what, instead) in [
        ("[[0,2]]", "[[2,0]]"),
        ("[[0,2]]", "[[0,1],[1,2]]"),
        ("[[0,2]]", "[[0,18446744073709551615]]"),
        ("[[0,2]]", "[[0,3]]"),
        ("\"losses\":[10.0]", "\"losses\":[]"),
        ("\"losses\":[10.0]", "\"losses\":[-1.0]"),
        ("\"begun\":", "\"begun\":9"),
        ("\"begins\":0.5", "\"begins\":1.5"),
        ("\"events\":[", "\"events\":[9"),
        ("\"squares\":", "\"squares\":99999"),
        ("\"sum\":", "\"sum\":9"),
        ("\"worlds\":", "\"worlds\":9"),
    ] {
        for bent in written.match_indices(what).map(|(at, _)| {
            let (before, after) = written.split_at(at);
            before.to_string() + &after.replacen(what, instead, 1)
        }) {
            assert_ne!(bent, written);
            assert!(serde_json::from_str::<FixValues>(&bent).is_err(), "{bent}");
        }
    }
}

#[test]
fn what_happens_whatever_an_attacker_does_is_counted_where_no_attack_begins() {
    let mut graph = Graph::new();
    let (sure, unsure) = (graph.state(), graph.state());
    let guard = graph.variable(Key::new(1), chance(0.1));
    graph.step(&[], None, sure).unwrap();
    graph.step(&[sure], Some(guard), unsure).unwrap();
    graph.event(sure, 10.0).unwrap();
    graph.event(unsure, 100.0).unwrap();
    let tally = Worlds::new(&graph.compile().unwrap(), 1).run(&worlds(4096)).tally;
    let always = tally.chance(event_id(0), chance(SURE));
    assert!(always.value() == 1.0 && always.lower() > 0.98 && always.upper() == 1.0, "{always:?}");
    let loss = tally.loss(chance(SURE));
    assert!(loss.lower() <= 20.0 && 20.0 <= loss.upper(), "{loss:?}");
}

#[test]
fn one_threat_behind_several_first_steps_begins_one_attack() {
    let mut contents = Contents::default();
    let entered = ["a", "b"].map(|name| AssetId::parse(name).unwrap());
    for asset in &entered {
        contents.assets.push(Asset::new(asset.clone(), AssetKind::Host));
        contents.entry_points.push(EntryPoint::new(asset.clone(), Access::Reach, Attacker::Assumed));
        let flaw = Weakness::new(WeaknessId::parse("own:flaw").unwrap(), WeaknessKind::Vulnerability);
        let mut exploit = Exploit::default();
        (exploit.needs, exploit.gives) = (Some(Access::Reach.into()), Some(Access::Use.into()));
        (exploit.threat, exploit.local, exploit.success) =
            (Some(chance(0.5)), Some(chance(0.9)), Some(chance(1.0)));
        let mut finding = Finding::new(asset.clone(), flaw);
        finding.exploit = Some(Box::new(exploit));
        contents.findings.push(finding);
        let when = Trigger::State { asset: asset.clone(), access: Access::Use };
        let size = LossSize::known(Loss::new(1.0, Unit::CrownJewel).unwrap());
        let mut service = Service::new(ServiceId::parse(asset.as_str()).unwrap());
        service.loss_events.push(LossEvent::new(LossEventId::parse(asset.as_str()).unwrap(), size, when));
        contents.services.push(service);
    }
    let assessment = assess(contents);
    let tally = Worlds::new(assessment.snapshot(), 1).run(&worlds(65_536)).tally;
    let (one, loss) = (tally.chance(event_id(0), chance(SURE)), tally.loss(chance(SURE)));
    assert!(one.lower() <= 0.45 && 0.45 <= one.upper(), "{one:?}");
    assert!(loss.lower() <= 0.9 && 0.9 <= loss.upper(), "{loss:?}");
}

#[test]
fn a_caller_may_ask_for_all_worlds_there_are_and_stop() {
    let snapshot = compiled(&Case::fixed(1));
    let limits = Limits {
        worlds: u64::MAX,
        progress: OnProgress::new(&|progress| progress.done < 4096),
        ..Limits::default()
    };
    let run = Worlds::new(&snapshot, 1).run(&limits);
    assert!(run.truncated.is_some() && run.tally.worlds() >= 4096);
    #[expect(clippy::reversed_empty_ranges, reason = "no blocks at all, as a caller may compute them")]
    let none = Worlds::new(&snapshot, 1).blocks(5..3, &Limits::default());
    assert_eq!((none.tally.worlds(), none.truncated), (0, None));
    let (loss, all) =
        (none.tally.loss(chance(0.95)), Case::fixed(1).events.iter().map(|(_, loss)| loss).sum());
    assert_eq!((loss.value(), loss.lower()), (0.0, 0.0));
    assert!(0.0 < loss.upper() && loss.upper() <= all, "{loss:?}");
}

proptest! {
    #![proptest_config(cases(256))]

    // Environments have what graphs put together by hand have not: threats and controls that several steps need at once.
    #[test]
    fn bounds_of_an_environments_losses_and_fixes_hold_what_is_exact_and_kept_worlds_follow(scene in scene(ANY), seed: u64) {
        let assessment = assess(scene.contents());
        let snapshot = assessment.snapshot();
        let exact = Exact::compute(snapshot, &Limits::default()).unwrap();
        let (sampled, limits, sure) = (Worlds::new(snapshot, seed), worlds(2048), chance(SURE));
        let values = sampled.fix_values(FixSet::Findings, &limits);
        let tally = values.tally();
        prop_assert_eq!(tally, &sampled.run(&limits).tally);
        for event in 0..snapshot.event_count() {
            let (truth, found) = (exact.chance(event_id(event)).unwrap().get(), tally.chance(event_id(event), sure));
            prop_assert!(found.lower() <= truth + 1e-9 && truth <= found.upper() + 1e-9, "{found:?} and {truth}");
        }
        let (truth, found) = (exact.loss(), tally.loss(sure));
        let near = 1e-9 * truth;
        prop_assert!(found.lower() <= truth + near && truth <= found.upper() + near, "{found:?} and {truth}");
        for key in values.ranked() {
            let (truth, found) = (exact.fix_value(key).unwrap(), values.of(key, sure));
            let near = 1e-9 * exact.loss();
            prop_assert!(found.lower() <= truth + near && truth <= found.upper() + near, "{found:?} and {truth}");
        }
        let (keys, mut draw) = (exact.fix_values(), Draw::fixed(seed));
        let mut standing = sampled.keep(&worlds(192));
        for _ in 0..keys.len().min(4) {
            standing.chance(keys[draw.below(keys.len())].0, chance(draw.chance())).unwrap();
            let afresh = sampled.with(standing.overlay()).run(&worlds(192)).tally;
            prop_assert_eq!(standing.tally(), &afresh);
        }
    }
}
