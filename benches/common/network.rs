//! A graph as flat arrays, which any peer can read: nodes, edges, what guards them, entries and jewels.

use super::enterprise::Enterprise;
use ctem_core::{
    Probability,
    attack::{Graph, Key, State},
};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Edges in the order of their source, each guarded by a variable or certain.
pub struct Network {
    pub nodes: u32,
    pub from: Vec<u32>,
    pub to: Vec<u32>,
    /// By edge: its variable, or -1.
    pub variable: Vec<i32>,
    pub chances: Vec<f64>,
    pub entries: Vec<u32>,
    pub jewels: Vec<u32>,
    pub losses: Vec<f64>,
    /// Where the arrays lie, each in a file of its own.
    pub folder: PathBuf,
}

impl Network {
    /// The network of a file in numpy's format (n, src, dst, var, var_p, entry, jewel, loss), or else a seeded enterprise's.
    pub fn of(graph: Option<&str>, assets: usize) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("network");
        std::fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        match graph {
            Some(file) => unpack(file, &folder),
            None => Enterprise::new(assets, 7).network(&folder).write(),
        }
        Self::read(folder)
    }

    fn read(folder: PathBuf) -> Self {
        let words = |name: &str| numbers(&folder, name, u32::from_le_bytes);
        let chances = |name: &str| numbers(&folder, name, f64::from_le_bytes);
        Self {
            nodes: words("nodes")[0],
            from: words("from"),
            to: words("to"),
            variable: words("variable").into_iter().map(u32::cast_signed).collect(),
            chances: chances("chances"),
            entries: words("entries"),
            jewels: words("jewels"),
            losses: chances("losses"),
            folder,
        }
    }

    fn write(&self) {
        let file = |name: &str, bytes: Vec<u8>| {
            let path = self.folder.join(name);
            std::fs::write(&path, bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        };
        let words =
            |name: &str, list: &[u32]| file(name, list.iter().flat_map(|n| n.to_le_bytes()).collect());
        let floats =
            |name: &str, list: &[f64]| file(name, list.iter().flat_map(|n| n.to_le_bytes()).collect());
        words("nodes", &[self.nodes]);
        words("from", &self.from);
        words("to", &self.to);
        words("variable", &self.variable.iter().map(|n| n.cast_unsigned()).collect::<Vec<_>>());
        floats("chances", &self.chances);
        words("entries", &self.entries);
        words("jewels", &self.jewels);
        floats("losses", &self.losses);
    }

    /// The same as an attack graph. Node n is its state n + 1.
    pub fn graph(&self) -> Graph {
        let mut graph = Graph::new();
        let first = graph.add_states(self.nodes);
        let state = |node: u32| State::numbered(first.number() + node);
        let guards: Vec<_> = (0u128..)
            .zip(&self.chances)
            .map(|(n, chance)| graph.variable(Key::new(n), Probability::clamped(*chance)))
            .collect();
        for ((from, to), variable) in self.from.iter().zip(&self.to).zip(&self.variable) {
            let guard = usize::try_from(*variable).ok().map(|variable| guards[variable]);
            graph.step(&[state(*from)], guard, state(*to)).expect("its nodes are known");
        }
        for entry in &self.entries {
            graph.step(&[], None, state(*entry)).expect("it is known");
        }
        for (jewel, loss) in self.jewels.iter().zip(&self.losses) {
            graph.event(state(*jewel), *loss).expect("it is known");
        }
        graph
    }
}

fn numbers<T, const N: usize>(folder: &Path, name: &str, of: fn([u8; N]) -> T) -> Vec<T> {
    let path = folder.join(name);
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    bytes.as_chunks::<N>().0.iter().map(|bytes| of(*bytes)).collect()
}

fn unpack(file: &str, folder: &Path) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers.py");
    let done = Command::new(super::python()).arg(script).arg("unpack").arg(file).arg(folder).status();
    assert!(done.is_ok_and(|status| status.success()), "{file} could not be unpacked");
}
