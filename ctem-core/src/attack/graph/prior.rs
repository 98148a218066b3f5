use super::{Key, draw};

/// The epistemic uncertainty of a chance that rests on a prior: as unsure as a Beta distribution of some pseudo-counts.
///
/// Variables of one class rest on the same prior: where it is wrong, it is wrong for all of them together.
///
/// ```
/// use ctem_core::{Probability, attack::{Graph, Key, Limits, PriorUncertainty, Worlds}};
///
/// // A chance that rests on a prior worth four tests: how far could the expected loss be off?
/// let mut graph = Graph::new();
/// let shop = graph.state();
/// let flaw = graph.variable(Key::of("finding", "f-1"), Probability::new(0.25)?);
/// graph.prior(flaw, PriorUncertainty::new(Key::prior("a service open to a network"), 4.0))?;
/// graph.step(&[], Some(flaw), shop)?;
/// graph.event(shop, 1000.0)?;
/// let snapshot = graph.compile()?;
/// let worlds = Worlds::new(&snapshot, 7);
/// let loss = worlds.run(&Limits::default()).tally.loss(Probability::new(0.95)?);
/// assert!(worlds.epistemic(loss, &Limits::default()).epistemic().is_some_and(|(low, high)| low < high));
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[doc(alias = "Beta prior")]
#[doc(alias = "epistemic")]
#[doc(alias = "pseudo-counts")]
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct PriorUncertainty {
    /// The class.
    pub class: Key,
    /// How many tests the prior is worth: α + β of the Beta distribution.
    pub worth: f64,
    /// The most that the chance could be, were the prior sure: what else it is multiplied with.
    pub most: f64,
}

impl PriorUncertainty {
    /// How unsure a chance is that rests on the prior of a class, worth so many tests.
    ///
    /// ```
    /// use ctem_core::attack::{Key, PriorUncertainty};
    ///
    /// // Nothing is worth less than no test.
    /// let class = Key::prior("a service open to a network");
    /// assert_eq!(PriorUncertainty::new(class, 4.0).worth, 4.0);
    /// assert_eq!(PriorUncertainty::new(class, -4.0).worth, 0.0);
    /// ```
    pub fn new(class: Key, worth: f64) -> Self {
        Self { class, worth: worth.max(0.0), most: 1.0 }
    }

    /// The same of a chance that is the prior times a number up to 1.
    ///
    /// ```
    /// use ctem_core::attack::{Key, PriorUncertainty};
    ///
    /// // Half of the attempts do not come to it: then the chance is at most one half.
    /// let prior = PriorUncertainty::new(Key::prior("a service open to a network"), 4.0);
    /// assert_eq!((prior.most, prior.times(0.5).most), (1.0, 0.5));
    /// ```
    #[must_use]
    pub fn times(self, most: f64) -> Self {
        Self { most: if most > 0.0 { most.min(1.0) } else { 1.0 }, ..self }
    }

    /// A chance drawn for a block of worlds: one of two, with the mean and the variance of Beta(p n, (1 − p) n). As the expected
    /// loss is linear in each chance, its own mean and variance follow from these alone.
    pub(crate) fn drawn(&self, chance: f64, seed: u64, block: u64) -> f64 {
        let mean = (chance / self.most).min(1.0);
        let part = 1.0 / (self.worth + 1.0).sqrt();
        // A seed of its own, so that it says nothing of the variables' worlds.
        let high = draw::unit(draw::seeded(!seed, self.class), block) < mean;
        let drawn = mean * (1.0 - part) + if high { part } else { 0.0 };
        drawn * self.most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_has_the_mean_and_variance_of_the_prior() {
        for (chance, worth, most) in [(0.3, 4.0, 1.0), (0.05, 10.0, 0.5), (0.9, 4.0, 0.9)] {
            let prior = PriorUncertainty::new(Key::of("prior", "test"), worth).times(most);
            let blocks = 100_000;
            let drawn: Vec<f64> = (0..blocks).map(|block| prior.drawn(chance, 7, block)).collect();
            let mean = drawn.iter().sum::<f64>() / blocks as f64;
            let variance = drawn.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / blocks as f64;
            let p = chance / most;
            assert!((mean - chance).abs() < 0.005, "{mean} and {chance}");
            let expected = most * most * p * (1.0 - p) / (worth + 1.0);
            assert!((variance - expected).abs() < 0.02 * expected + 1e-12, "{variance} and {expected}");
            assert!(drawn.iter().all(|drawn| (0.0..=most).contains(drawn)));
        }
    }
}
