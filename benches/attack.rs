//! The attack engine on a graph as a whole.
mod common;
use common::network::Network;
use ctem_core::Probability;
fn main() {
    let network = Network::of(common::option("--graph").as_deref(), common::size(1_000_000));
    let (t, graph) = common::once(|| network.graph());
    eprintln!("graph {t:.3}");
    let (t, snapshot) = common::least(3, || graph.compile().expect("compiles"));
    eprintln!(
        "compile {t:.3}, {} states {} steps, {:.1} bytes a stated step",
        snapshot.state_count(),
        snapshot.step_count(),
        snapshot.bytes() as f64 / network.from.len() as f64
    );
    use ctem_core::attack::{Likeliest, State};
    use ctem_core::attack::{Limits, Worlds};
    let (t, l) = common::least(5, || Likeliest::of(&snapshot));
    let sum: f64 = (1..=network.nodes).map(|n| l.chance(&snapshot, State::numbered(n)).get()).sum();
    let reach = (1..=network.nodes).filter(|n| l.chance(&snapshot, State::numbered(*n)).get() > 0.0).count();
    eprintln!("likeliest {t:.3} reach {reach} sum {sum:.6}");
    for lanes in [0, 64, 256, 512] {
        let mut w = Worlds::new(&snapshot, 7);
        if lanes > 0 {
            w = w.lanes(lanes).unwrap();
        }
        let (t, run) = common::least(3, || w.run(&Limits { worlds: 1024, ..Limits::default() }));
        eprintln!("worlds {lanes} {t:.3} {:?}", run.tally.loss(Probability::clamped(0.95), 0));
    }
    if network.nodes <= 100000 {
        for worlds in [256, 1024] {
            let (t, v) = common::once(|| {
                Worlds::new(&snapshot, 7).fix_values(false, &Limits { worlds, ..Limits::default() })
            });
            let k = v.ranked();
            eprintln!(
                "fixes {t:.3} {} {:?} {:?}",
                k.len(),
                v.of(k[0], Probability::clamped(0.95)),
                v.of(k[1], Probability::clamped(0.95))
            );
        }
    }
}
