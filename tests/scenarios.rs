//! Published attacks and small semantic cases: what must come out of each, as one reads it in the answers.
//!
//! `scenarios/checks.json` has the checks by document; Python and Node run the same ones.

use ctem_core::{
    Program,
    attack::OnProgress,
    discover,
    intel::Intel,
    wire::{self, ask},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, path::PathBuf};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

/// A document's answers.
struct Scenario {
    today: ctem_core::Assessment,
    assessed: Value,
    sample: Value,
}

impl Scenario {
    fn of(name: &str) -> Self {
        let document = fs::read(folder().join(format!("{name}.json"))).unwrap();
        let mut program = Program::new(Intel::none());
        let absorbed = program.absorb(discover::read(&document).unwrap());
        assert_eq!(absorbed.tally.rejected, 0, "{name}: {:?}", absorbed.notes);
        let today = program.assess("2025-11-13".parse().unwrap()).unwrap();
        let assessed = serde_json::from_str(&wire::assessment(&today, &Default::default())).unwrap();
        let mut scenario = Self { today, assessed, sample: Value::Null };
        scenario.sample = scenario.ask(&json!({"sample": {}}));
        scenario
    }

    fn ask(&self, question: &Value) -> Value {
        let question = ask::Question::read(question.to_string().as_bytes()).unwrap();
        let answer = ask::answer(&self.today, &question, OnProgress::default()).unwrap();
        serde_json::from_str(&answer).unwrap()
    }

    fn chance(&self, event: &str) -> f64 {
        named(&self.sample["events"], "event", event)["chance"]["value"].as_f64().unwrap()
    }

    fn whole(&self) -> f64 {
        self.sample["risk"]["value"].as_f64().unwrap()
    }

    fn fix_value(&self, id: &str) -> f64 {
        let rows = self.sample["exposures"].as_array().unwrap();
        let row = rows.iter().find(|row| id_of(row) == id).unwrap_or_else(|| panic!("no {id} in the sample"));
        row["fix_value"]["value"].as_f64().unwrap()
    }

    fn row(&self, id: &str) -> &Value {
        named(&self.assessed["exposures"], "id", id)
    }

    /// The techniques of the most probable path to an event.
    fn techniques(&self, event: &str) -> Vec<String> {
        let path = &named(&self.assessed["loss_events"], "event", event)["path"];
        let hops = path["hops"].as_array().into_iter().flatten();
        hops.filter_map(|hop| Some(hop["technique"]["id"].as_str()?.to_owned())).collect()
    }

    /// The ids of a cut, in order; none where the event stands.
    fn cut(&self, event: &str) -> Option<Vec<String>> {
        let cut = self.ask(&json!({"cheapest_cut": {"event": event}}));
        let mut fixes: Vec<String> = cut["fixes"].as_array()?.iter().map(id_of).collect();
        fixes.sort();
        Some(fixes)
    }

    fn check(&self, check: &Value) -> Result<(), String> {
        let text = |name: &str| check[name].as_str().unwrap_or_default();
        let list = |name: &str| -> Vec<String> {
            let list = check[name].as_array().into_iter().flatten();
            list.map(|item| item.as_str().unwrap().to_owned()).collect()
        };
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1e-12);
        let number = |found: f64| {
            let (at_least, at_most, above, is) =
                (&check["at_least"], &check["at_most"], &check["above"], &check["is"]);
            let holds = at_least.as_f64().is_none_or(|least| found >= least)
                && at_most.as_f64().is_none_or(|most| found <= most)
                && above.as_f64().is_none_or(|above| found > above)
                && is.as_f64().is_none_or(|is| near(found, is));
            if holds { Ok(()) } else { Err(format!("it is {found}")) }
        };
        let expect = |holds: bool, found: String| if holds { Ok(()) } else { Err(found) };
        let kind = check.as_object().unwrap();
        let has = |name: &str| kind.contains_key(name);
        if has("rank") {
            let first: Vec<String> =
                self.assessed["exposures"].as_array().unwrap().iter().map(id_of).collect();
            let mut wanted = list("rank");
            let mut found: Vec<String> = first.into_iter().take(wanted.len()).collect();
            wanted.sort();
            found.sort();
            return expect(found == wanted, format!("the first are {found:?}"));
        }
        if has("of_finding") {
            // As likely as that the finding is used.
            let row = self.row(text("of_finding"));
            let used = row["likelihood"].as_f64().unwrap() * row["reach"].as_f64().unwrap();
            let found = self.chance(text("chance"));
            return expect(used > 0.0 && near(found, used), format!("it is {found}, and the finding {used}"));
        }
        if has("adds_up") {
            // What is shown to be saved by fixing one weakness is no more than there is to lose.
            let of_weakness = |end: &Value| {
                let row = named(&self.assessed["exposures"], "id", &id_of(end));
                row["weakness"] == text("adds_up")
            };
            let plan = self.ask(&json!({"plan": {}}));
            let rows = plan["rows"].as_array().unwrap().iter();
            let theirs = rows.filter(|row| row["ends"].as_array().unwrap().iter().any(of_weakness));
            let saved: f64 = theirs.map(|row| row["saved"].as_f64().unwrap()).sum();
            let holds = saved > 0.0 && saved <= self.whole() * (1.0 + 1e-9);
            return expect(holds, format!("it is {saved} of {}", self.whole()));
        }
        if has("chance") {
            return number(self.chance(text("chance")));
        }
        if has("fix_value") {
            return number(self.fix_value(text("fix_value")));
        }
        if has("risk") {
            return number(self.row(text("risk"))["risk"]["value"].as_f64().unwrap());
        }
        if has("ratio") {
            let [a, b] = [0, 1].map(|n| self.chance(check["ratio"][n].as_str().unwrap()));
            return number(a / b);
        }
        if has("saves_all") {
            let (found, whole) = (self.fix_value(text("saves_all")), self.whole());
            return expect(whole > 0.0 && near(found, whole), format!("it saves {found} of {whole}"));
        }
        if has("worth_more") {
            let worth: Vec<f64> = list("worth_more").iter().map(|id| self.fix_value(id)).collect();
            return expect(worth[0] > worth[1], format!("they are worth {worth:?}"));
        }
        if has("patch") {
            let asked = json!({"what_if": {"changes": [{"patched": text("patch")}]}});
            let saved = self.ask(&asked)["saved"]["value"].as_f64().unwrap();
            let other = self.fix_value(text("saves_more_than"));
            return expect(saved > other, format!("it saves {saved}, and the other {other}"));
        }
        if has("cut") {
            let cut = self.cut(text("cut")).ok_or("no cut ends it")?;
            if let Some(count) = check["fixes"].as_u64() {
                return expect(cut.len() as u64 == count, format!("it is {cut:?}"));
            }
            let one_of: Vec<Vec<String>> = serde_json::from_value(check["one_of"].clone()).unwrap();
            return expect(one_of.contains(&cut), format!("it is {cut:?}"));
        }
        if has("cut_or_path") {
            let cut = self.ask(&json!({"cheapest_cut": {"event": text("cut_or_path")}}));
            let shown = |name: &str| cut[name].as_array().is_some_and(|list| !list.is_empty());
            return expect(shown("fixes") || shown("path"), cut.to_string());
        }
        if has("choke") || has("on_every_path") {
            let event = if has("choke") { text("choke") } else { text("event") };
            let wanted = if has("choke") { text("has") } else { text("on_every_path") };
            let points = self.ask(&json!({"choke_points": {"event": event}}));
            let list = points["list"].as_array().unwrap();
            let point = list.iter().find(|point| id_of(point) == wanted);
            let every = point.is_some_and(|point| point["on_every_path"] == true);
            return expect(point.is_some() && (every || has("choke")), points.to_string());
        }
        if has("paths") {
            let asked = json!({"paths": {"event": text("paths"), "at_most": 100}});
            let count = self.ask(&asked)["list"].as_array().unwrap().len();
            return expect(Some(count as u64) == check["count"].as_u64(), format!("there are {count}"));
        }
        if has("path") {
            let found = self.techniques(text("path"));
            let of = |technique: &String| {
                found.iter().any(|one| one == technique || one.split('.').next() == Some(technique.as_str()))
            };
            let all =
                !found.is_empty() && list("techniques").iter().all(of) && !list("without").iter().any(of);
            return expect(all, format!("on the path are {found:?}"));
        }
        if has("nowhere") {
            let events = self.assessed["loss_events"].as_array().unwrap();
            let found: Vec<String> =
                events.iter().flat_map(|event| self.techniques(event["event"].as_str().unwrap())).collect();
            return expect(!found.iter().any(|one| one == text("nowhere")), format!("{found:?}"));
        }
        if has("leads_to") {
            let explained: Value =
                serde_json::from_str(&ask::explain(&self.today, text("leads_to")).unwrap()).unwrap();
            let paths = explained["paths"].as_array().unwrap();
            let found: Vec<&str> = paths.iter().filter_map(|path| path["event"].as_str()).collect();
            let all = list("events").iter().all(|event| found.contains(&event.as_str()));
            return expect(all, format!("it leads to {found:?}"));
        }
        if has("events") {
            let events = self.assessed["loss_events"].as_array().unwrap();
            let found: Vec<&str> = events.iter().filter_map(|event| event["event"].as_str()).collect();
            return expect(found == list("events"), format!("they are {found:?}"));
        }
        if has("note") {
            let notes = self.assessed["notes"].as_array().unwrap();
            let of = |note: &&Value| {
                let reason = note["reason"].as_str().unwrap();
                reason.contains(text("note")) && reason.contains(text("about"))
            };
            return expect(notes.iter().any(|note| of(&note)), format!("{notes:?}"));
        }
        if has("plan") {
            // Each row of the plan ends at least these.
            let plan = self.ask(&json!({"plan": {}}));
            let rows = plan["rows"].as_array().unwrap();
            let ends = |row: &Value| row["ends"].as_array().unwrap().iter().map(id_of).collect::<Vec<_>>();
            let found: Vec<Vec<String>> = rows.iter().map(ends).collect();
            let wanted: Vec<Vec<String>> = serde_json::from_value(check["plan"].clone()).unwrap();
            let first = found.len() >= wanted.len()
                && found.iter().zip(&wanted).all(|(row, wanted)| wanted.iter().all(|id| row.contains(id)));
            return expect(first, format!("the rows end {found:?}"));
        }
        panic!("{check} is no check");
    }
}

fn id_of(row: &Value) -> String {
    let names = ["id", "finding", "relation", "control", "weakness", "asset"];
    names.iter().find_map(|name| row[*name].as_str()).unwrap_or_default().to_owned()
}

fn named<'a>(list: &'a Value, field: &str, name: &str) -> &'a Value {
    let list = list.as_array().unwrap();
    list.iter().find(|item| item[field] == name).unwrap_or_else(|| panic!("no {name} in {list:?}"))
}

#[test]
fn every_scenario_comes_out_as_told() {
    let checks = fs::read_to_string(folder().join("checks.json")).unwrap();
    let checks: BTreeMap<String, Vec<Value>> = serde_json::from_str(&checks).unwrap();
    let mut failed = Vec::new();
    for (name, checks) in &checks {
        let scenario = Scenario::of(name);
        for check in checks {
            if let Err(found) = scenario.check(check) {
                failed.push(format!("{name}: {check}: {found}"));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
