use super::{Access, selector::AssetSelector};
use crate::{
    error::{Error, ErrorKind, Result},
    id::{AssetId, LossEventId, ServiceId},
    quantity::{Loss, Probability, Unit, normal},
};
use serde::{Deserialize, Serialize};

/// Triggers nest at most so deep.
pub(crate) const DEEPEST_TRIGGER: u32 = 64;

/// A trigger is unfolded to at most so many parts, and all triggers together to so many: a few bytes declare many.
pub(crate) const MOST_PARTS: usize = 100_000;
pub(crate) const MOST_PARTS_OF_ALL: usize = 1 << 18;

/// Between these losses can be added, and compared by their squares, without becoming infinite or nothing.
const LEAST_LOSS: f64 = 1e-100;
const MOST_LOSS: f64 = 1e100;

/// What the business does with its assets, and how that can hurt.
///
/// ```
/// use ctem_core::{Loss, model::{Access, LossEvent, LossSize, Service, Trigger}};
///
/// let eur = "EUR".parse()?;
/// let orders = |access| Ok::<_, ctem_core::Error>(Trigger::State { asset: "orders".parse()?, access });
/// let sales = Service {
///     loss_events: vec![
///         LossEvent::new("orders leak".parse()?, LossSize::between(1e5, 1e6, eur)?, orders(Access::Use)?),
///         LossEvent::new("no sales".parse()?, LossSize::known(Loss::new(2e4, eur)?), orders(Access::Down)?),
///     ],
///     ..Service::new("sales".parse()?)
/// };
/// assert_eq!(sales.loss_events.len(), 2);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Service {
    /// Its name in documents.
    pub id: ServiceId,
    /// A name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
    /// What can be lost.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub loss_events: Vec<LossEvent>,
}

impl Service {
    /// A service that can lose nothing yet.
    ///
    /// ```
    /// use ctem_core::model::Service;
    ///
    /// let sales = Service { name: Some("Selling things".into()), ..Service::new("sales".parse()?) };
    /// assert!(sales.loss_events.is_empty(), "what it can lose is still to be said");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn new(id: ServiceId) -> Self {
        Self { id, name: None, loss_events: Vec::new() }
    }
}

/// What hurts the business: a data set disclosed, a service down, fraud. A data set stored three times is one event.
///
/// ```
/// use ctem_core::{Loss, model::{Access, LossEvent, LossSize, Trigger}};
///
/// // Stored twice and lost once: the copies are two ways to one event.
/// let read = |asset: &str| Ok::<_, ctem_core::Error>(Trigger::State { asset: asset.parse()?, access: Access::Use });
/// let leak = LossEvent::new(
///     "orders leak".parse()?,
///     LossSize::known(Loss::new(250_000.0, "EUR".parse()?)?),
///     Trigger::Any(vec![read("orders")?, read("backup")?]),
/// );
/// assert_eq!(leak.loss.mean().to_string(), "EUR 250,000");
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LossEvent {
    /// Its name in documents.
    pub id: LossEventId,
    /// A name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
    /// What it costs.
    pub loss: LossSize,
    /// The states of assets that make it happen.
    pub when: Trigger,
}

impl LossEvent {
    /// A loss event.
    ///
    /// ```
    /// use ctem_core::{Loss, model::{Access, LossEvent, LossSize, Trigger}};
    ///
    /// // Down only when both instances are.
    /// let down = |asset: &str| Ok::<_, ctem_core::Error>(Trigger::State { asset: asset.parse()?, access: Access::Down });
    /// let outage = LossEvent::new(
    ///     "shop outage".parse()?,
    ///     LossSize::known(Loss::new(5_000.0, "EUR".parse()?)?),
    ///     Trigger::All(vec![down("web-1")?, down("web-2")?]),
    /// );
    /// assert_eq!(outage.title(), "shop outage");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn new(id: LossEventId, loss: LossSize, when: Trigger) -> Self {
        Self { id, name: None, loss, when }
    }

    /// The name for people, or else the id.
    ///
    /// ```
    /// use ctem_core::{Loss, model::{Access, LossEvent, LossSize, Trigger}};
    ///
    /// let size = LossSize::known(Loss::new(5_000.0, "EUR".parse()?)?);
    /// let outage = LossEvent::new("e-7".parse()?, size, Trigger::State { asset: "web-1".parse()?, access: Access::Down });
    /// assert_eq!(outage.title(), "e-7");
    /// assert_eq!(LossEvent { name: Some("shop outage".into()), ..outage }.title(), "shop outage");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(self.id.as_str())
    }

    /// Checks what an assessment could not use. The number of parts that its trigger is unfolded to comes back. O(trigger).
    ///
    /// # Errors
    /// `invalid_input` for a loss that cannot be added to others, `limit_exceeded` for a trigger that is too deep or too large.
    pub(crate) fn check(&self) -> Result<usize> {
        let (low, high) = self.loss.ends();
        let addable = |amount: f64| amount == 0.0 || (LEAST_LOSS..=MOST_LOSS).contains(&amount);
        if let Some(amount) = [low, high].into_iter().find(|amount| !addable(*amount)) {
            let message = format!(
                "a loss of `{amount:e}` cannot be added to others: it must be 0, or between {LEAST_LOSS:e} and {MOST_LOSS:e}"
            );
            return Err(Error::invalid(message).at("/loss"));
        }
        let limit = |message: String| Err(Error::new(ErrorKind::LimitExceeded, message).at("/when"));
        let (mut parts, mut waiting) = (0usize, vec![(&self.when, 0)]);
        while let Some((trigger, depth)) = waiting.pop() {
            if depth > DEEPEST_TRIGGER {
                return limit(format!(
                    "the trigger nests more than {DEEPEST_TRIGGER} deep: write it flatter"
                ));
            }
            let (count, of) = match trigger {
                Trigger::State { .. }
                | Trigger::AnyOf { .. }
                | Trigger::AllOf { .. }
                | Trigger::AtLeastOf { .. } => continue,
                Trigger::Any(of) | Trigger::All(of) => (1, of),
                Trigger::AtLeast { count, of } => (*count as usize, of),
            };
            if count > 1 && count < of.len() {
                parts = parts.saturating_add(count.saturating_mul(of.len()));
            }
            if parts > MOST_PARTS {
                return limit(format!(
                    "`at_least` {count} of {} brings the trigger to more than {MOST_PARTS} parts: split it",
                    of.len()
                ));
            }
            waiting.extend(of.iter().map(|part| (part, depth + 1)));
        }
        Ok(parts)
    }
}

/// What a loss event costs: an amount, or the interval an expert is 90 % sure of.
///
/// ```
/// use ctem_core::{Loss, model::LossSize};
///
/// // Nobody knows what a leak will cost, but an expert is 90 % sure that it lies between these.
/// let guessed = LossSize::between(100_000.0, 1_000_000.0, "EUR".parse()?)?;
/// let booked = LossSize::known(Loss::new(400_000.0, "EUR".parse()?)?);
/// assert!(guessed.mean().amount() > booked.mean().amount());
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "RawLossSize", into = "RawLossSize")]
pub struct LossSize {
    low: f64,
    high: f64,
    unit: Unit,
}

impl LossSize {
    /// A loss whose size is known.
    ///
    /// ```
    /// use ctem_core::{Loss, model::LossSize};
    ///
    /// let fine = Loss::new(20_000.0, "EUR".parse()?)?;
    /// assert_eq!(LossSize::known(fine).mean(), fine);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn known(loss: Loss) -> Self {
        Self { low: loss.amount(), high: loss.amount(), unit: loss.unit() }
    }

    /// A loss between two sizes with 90 % confidence, taken as lognormal (FAIR).
    ///
    /// ```
    /// use ctem_core::model::LossSize;
    ///
    /// let breach = LossSize::between(100_000.0, 1_000_000.0, "EUR".parse()?)?;
    /// assert_eq!(breach.ends(), (100_000.0, 1_000_000.0));
    /// assert!(LossSize::between(0.0, 1.0, "EUR".parse()?).is_err());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_input` unless both are losses of one unit and 0 < low ≤ high.
    pub fn between(low: f64, high: f64, unit: Unit) -> Result<Self> {
        Loss::new(low, unit)?;
        Loss::new(high, unit)?;
        if low > 0.0 && low <= high {
            Ok(Self { low, high, unit })
        } else {
            Err(Error::invalid(format!(
                "`{low}` to `{high}` is not an interval of losses: the low end must be above 0 and at most the high end"
            )))
        }
    }

    /// The expected loss: e^(μ + σ²/2) with μ the mean of the ends' logarithms and σ their distance over 3.2897, the
    /// width of a 90 % interval in standard deviations. Crown-jewel units never pass 1.
    ///
    /// ```
    /// use ctem_core::model::LossSize;
    ///
    /// // The mean lies above the middle of the interval's logarithms: large losses weigh more.
    /// let breach = LossSize::between(100_000.0, 1_000_000.0, "EUR".parse()?)?;
    /// assert_eq!(breach.mean().to_string(), "EUR 404,001");
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn mean(self) -> Loss {
        let amount = if self.low == self.high {
            self.high
        } else {
            // Counted from the low end, so that twice the ends are exactly twice the loss.
            let (width, sigma) = self.spread();
            self.low * libm::exp(width / 2.0 + sigma * sigma / 2.0)
        };
        let most = if self.unit == Unit::CrownJewel { 1.0 } else { f64::MAX };
        Loss::new(amount.min(most), self.unit).unwrap_or_else(|_| self.unit.nothing())
    }

    /// The loss that is not exceeded with this chance: e^(μ + σz) with z the normal distribution's quantile. Chances of 0 and 1 are
    /// taken for the nearest of 53 binary digits.
    ///
    /// ```
    /// use ctem_core::{Probability, model::LossSize};
    ///
    /// // The high end is what is not exceeded nineteen times in twenty.
    /// let breach = LossSize::between(100_000.0, 1_000_000.0, "EUR".parse()?)?;
    /// assert!((breach.quantile(Probability::new(0.95)?) - 1_000_000.0).abs() < 1e-3);
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn quantile(self, level: Probability) -> f64 {
        if self.low == self.high {
            return self.high;
        }
        let (width, sigma) = self.spread();
        (self.low * libm::exp(width / 2.0 + sigma * normal::quantile(level.get()))).min(f64::MAX)
    }

    /// The distance of the ends' logarithms, and the standard deviation.
    fn spread(self) -> (f64, f64) {
        let width = libm::log(self.high / self.low);
        (width, width / 3.289_707_253_902_944)
    }

    /// The low and the high end of the interval.
    ///
    /// ```
    /// use ctem_core::{Loss, model::LossSize};
    ///
    /// // Of a loss that is known, both are the amount.
    /// assert_eq!(LossSize::known(Loss::new(500.0, "EUR".parse()?)?).ends(), (500.0, 500.0));
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn ends(self) -> (f64, f64) {
        (self.low, self.high)
    }

    /// The unit of the loss.
    ///
    /// ```
    /// use ctem_core::{model::LossSize, quantity::Unit};
    ///
    /// // May the two be added?
    /// let leak = LossSize::between(0.1, 0.5, Unit::CrownJewel)?;
    /// let outage = LossSize::between(1e3, 1e4, "EUR".parse()?)?;
    /// assert_ne!(leak.unit(), outage.unit());
    /// # Ok::<(), ctem_core::Error>(())
    /// ```
    pub fn unit(self) -> Unit {
        self.unit
    }
}

/// What a loss costs: an `amount`, or a `low` and a `high` it lies between with 90 % confidence.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RawLossSize {
    /// The amount, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    amount: Option<f64>,
    /// It is 95 % sure to be above this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    low: Option<f64>,
    /// It is 95 % sure to be below this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    high: Option<f64>,
    /// A currency's code, or `crown_jewel`.
    unit: Unit,
}

impl TryFrom<RawLossSize> for LossSize {
    type Error = Error;
    fn try_from(raw: RawLossSize) -> Result<Self> {
        match (raw.amount, raw.low, raw.high) {
            (Some(amount), None, None) => Loss::new(amount, raw.unit).map(Self::known),
            (None, Some(low), Some(high)) => Self::between(low, high, raw.unit),
            _ => Err(Error::invalid(
                "a loss is either an `amount`, or a `low` and a `high` it lies between with 90 % confidence",
            )),
        }
    }
}

impl From<LossSize> for RawLossSize {
    fn from(size: LossSize) -> Self {
        let LossSize { low, high, unit } = size;
        if low == high {
            Self { amount: Some(high), low: None, high: None, unit }
        } else {
            Self { amount: None, low: Some(low), high: Some(high), unit }
        }
    }
}

/// The states of assets that make a loss event happen. Adding a state never stops one: triggers are monotone.
///
/// ```
/// use ctem_core::{model::{Access, Trigger}, wire};
///
/// // The store stands still once two of its three nodes do.
/// let down = |node: &str| Ok::<_, ctem_core::Error>(Trigger::State { asset: node.parse()?, access: Access::Down });
/// let quorum = Trigger::AtLeast { count: 2, of: vec![down("a")?, down("b")?, down("c")?] };
/// // As the native document has it.
/// assert!(wire::json(&quorum)?.starts_with(r#"{"at_least":{"count":2,"of":[{"state":{"asset":"a","access":"down"}}"#));
/// // The nodes, whichever there are.
/// let nodes = Trigger::AtLeastOf { count: 2, assets: "label.app = store".parse()?, access: Access::Down };
/// assert_eq!(wire::json(&nodes)?, r#"{"at_least_of":{"count":2,"assets":"label.app = store","access":"down"}}"#);
/// # Ok::<(), ctem_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Trigger {
    /// An attacker has this access to this asset.
    State {
        /// The asset.
        asset: AssetId,
        /// The access, or one that implies it.
        access: Access,
    },
    /// Any of these: a data set disclosed from any replica.
    Any(Vec<Trigger>),
    /// All of these: a redundant service is down only when every instance is.
    All(Vec<Trigger>),
    /// At least so many of these: a quorum lost.
    AtLeast {
        /// How many.
        count: u32,
        /// Of which.
        of: Vec<Trigger>,
    },
    /// Any of the assets that a selector means at the moment of an assessment.
    AnyOf {
        /// The assets.
        assets: AssetSelector,
        /// The access, or one that implies it.
        access: Access,
    },
    /// All of them. Where there are none, it never happens.
    AllOf {
        /// The assets.
        assets: AssetSelector,
        /// The access, or one that implies it.
        access: Access,
    },
    /// At least so many of them.
    AtLeastOf {
        /// How many.
        count: u32,
        /// The assets.
        assets: AssetSelector,
        /// The access, or one that implies it.
        access: Access,
    },
}

impl Trigger {
    /// The assets that it speaks of by a selector, if it does.
    fn selector(&self) -> Option<&AssetSelector> {
        match self {
            Self::AnyOf { assets, .. } | Self::AllOf { assets, .. } | Self::AtLeastOf { assets, .. } => {
                Some(assets)
            }
            Self::State { .. } | Self::Any(_) | Self::All(_) | Self::AtLeast { .. } => None,
        }
    }

    /// The selectors of it and of all that it is put together from.
    pub(crate) fn selectors(&self) -> impl Iterator<Item = &AssetSelector> {
        let mut waiting = vec![self];
        let all = std::iter::from_fn(move || {
            let next = waiting.pop()?;
            waiting.extend(next.parts());
            Some(next)
        });
        all.filter_map(Self::selector)
    }

    /// The triggers that it is put together from.
    pub(crate) fn parts(&self) -> &[Self] {
        match self {
            Self::Any(of) | Self::All(of) | Self::AtLeast { of, .. } => of,
            Self::State { .. } | Self::AnyOf { .. } | Self::AllOf { .. } | Self::AtLeastOf { .. } => &[],
        }
    }
}
