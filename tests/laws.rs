//! Laws: what holds for every input. `tests/README.md` lists them; a test's name is the law.

use std::cell::Cell;

/// `proptest!` over so many cases. A law that can hold of a case because nothing is there to break it says of how many in a
/// hundred it must [tell](tells): `fn law(scene in scene(ANY)) telling 30 { … tells(risk > 0.0); }`.
macro_rules! laws {
    (in $cases:literal cases; $(
        #[test] fn $law:ident($($given:tt)*) $(telling $least:literal)? $body:block
    )*) => {$(
        #[test]
        fn $law() {
            let config = $crate::worlds::cases($cases);
            let (cases, least) = (config.cases, 0 $(+ $least)?);
            proptest::proptest!(config, |($($given)*)| $body);
            $crate::told(cases, least);
        }
    )*};
}

#[path = "laws/absorbing.rs"]
mod absorbing;
#[path = "laws/documents.rs"]
mod documents;
#[expect(dead_code, reason = "the oracle uses the rest")]
mod draw;
#[path = "laws/invariance.rs"]
mod invariance;
#[path = "laws/monotone.rs"]
mod monotone;
#[path = "laws/numbers.rs"]
mod numbers;
#[path = "laws/over_all_paths.rs"]
mod over_all_paths;
#[path = "laws/planning.rs"]
mod planning;
#[path = "laws/rows.rs"]
mod rows;
#[path = "laws/scoping.rs"]
mod scoping;
#[path = "laws/selectors.rs"]
mod selectors;
#[path = "laws/statements.rs"]
mod statements;
#[path = "laws/versions.rs"]
mod versions;
#[expect(dead_code, reason = "the oracle uses the rest")]
mod worlds;

thread_local! {
    /// How many cases of the law that this thread looks at were telling.
    static TOLD: Cell<u32> = const { Cell::new(0) };
}

/// Says of a case whether the law could have been broken in it.
fn tells(something: bool) {
    TOLD.set(TOLD.get() + u32::from(something));
}

/// Holds a law, after its cases, to so many telling ones in a hundred.
fn told(cases: u32, least: u32) {
    let told = TOLD.take();
    println!("{told} of {cases} cases were telling");
    // A few cases may all be dull.
    assert!(
        cases < 64 || told * 100 >= least * cases,
        "{told} of {cases} cases were telling, and {least} in 100 must be"
    );
}
