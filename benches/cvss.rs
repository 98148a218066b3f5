//! CVSS vectors parsed and scored: base, threat and environment, of all versions. Peer: `cvss` of PyPI, whose scores must be
//! the same.
//!
//! Half of the vectors have base metrics only, half any others too, each with an even chance. `-- 1000000` says how many.

mod common;

use common::Random;
use ctem_core::cvss::{Vector, Version};

fn main() {
    let vectors = vectors(common::size(1_000_000));
    let (seconds, sum) = common::least(5, || {
        common::checksum(vectors.iter().map(|text| {
            let [base, temporal, environmental] = scores(text);
            u64::from_le_bytes([base, temporal, environmental, 0, 0, 0, 0, 0])
        }))
    });

    // The peer is some hundred times slower: it gets the first ones.
    let some = &vectors[..vectors.len().min(20_000)];
    let file = common::scratch("vectors.txt", some.join("\n").as_bytes());
    let peers = common::peers("cvss", &[&file]);
    let mut answers = format!("checksum {sum:016x}");
    for peer in &peers {
        let theirs = peer.answer.as_array().map_or(&[][..], Vec::as_slice);
        let equal = some.iter().zip(theirs).filter(|(text, theirs)| agrees(text, theirs)).count();
        answers += &format!("; {equal} of {} equal the peer's", some.len());
    }
    common::head();
    let columns: Vec<_> = peers.iter().map(|peer| (some.len() as f64, peer)).collect();
    common::rows("CVSS, three scores", "vectors", vectors.len() as f64, seconds, &columns, answers);
}

fn scores(text: &str) -> [u8; 3] {
    let vector: Vector = text.parse().expect("a vector of the generator's own is valid");
    [vector.base_score(), vector.temporal_score(), vector.environmental_score()].map(|score| score.tenths())
}

/// Whether our scores are those the peer gives: of version 4.0 one, of all metrics, and of the others those it has metrics for.
fn agrees(text: &str, theirs: &serde_json::Value) -> bool {
    let vector: Vector = text.parse().expect("a vector of the generator's own is valid");
    let ours = match vector.version() {
        Version::V4_0 => vec![vector.score().tenths()],
        _ => scores(text).to_vec(),
    };
    let theirs = theirs.as_array().map_or(&[][..], Vec::as_slice);
    let same = ours.iter().zip(theirs).all(|(ours, theirs)| theirs.is_null() || *theirs == *ours);
    same && ours.len() == theirs.len()
}

fn vectors(count: usize) -> Vec<String> {
    let mut random = Random(4);
    let kinds = [("", 6, V2), ("CVSS:3.0/", 8, V3), ("CVSS:3.1/", 8, V3), ("CVSS:4.0/", 11, V4)];
    (0..count)
        .map(|n| {
            let (prefix, base, metrics) = kinds[n % kinds.len()];
            let others = n / kinds.len() % 2 == 1;
            let parts = metrics.split(' ').enumerate().filter_map(|(n, metric)| {
                let (name, values) = metric.split_once(':')?;
                let values: Vec<_> = values.split(',').collect();
                let given = n < base || (others && random.unit() < 0.5);
                given.then(|| format!("{name}:{}", random.of(&values)))
            });
            format!("{prefix}{}", parts.collect::<Vec<_>>().join("/"))
        })
        .collect()
}

const V2: &str = "AV:L,A,N AC:H,M,L Au:M,S,N C:N,P,C I:N,P,C A:N,P,C E:ND,U,POC,F,H RL:ND,OF,TF,W,U RC:ND,UC,UR,C \
    CDP:ND,N,L,LM,MH,H TD:ND,N,L,M,H CR:ND,L,M,H IR:ND,L,M,H AR:ND,L,M,H";
const V3: &str = "AV:N,A,L,P AC:L,H PR:N,L,H UI:N,R S:U,C C:H,L,N I:H,L,N A:H,L,N E:X,H,F,P,U RL:X,U,W,T,O RC:X,C,R,U \
    CR:X,H,M,L IR:X,H,M,L AR:X,H,M,L MAV:X,N,A,L,P MAC:X,L,H MPR:X,N,L,H MUI:X,N,R MS:X,U,C MC:X,H,L,N MI:X,H,L,N \
    MA:X,H,L,N";
const V4: &str = "AV:N,A,L,P AC:L,H AT:N,P PR:N,L,H UI:N,P,A VC:H,L,N VI:H,L,N VA:H,L,N SC:H,L,N SI:H,L,N SA:H,L,N \
    E:X,A,P,U CR:X,H,M,L IR:X,H,M,L AR:X,H,M,L MAV:X,N,A,L,P MAC:X,L,H MAT:X,N,P MPR:X,N,L,H MUI:X,N,P,A MVC:X,H,L,N \
    MVI:X,H,L,N MVA:X,H,L,N MSC:X,H,L,N MSI:X,S,H,L,N MSA:X,S,H,L,N";
