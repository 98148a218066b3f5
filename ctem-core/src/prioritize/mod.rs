//! Prioritization: exploitability × business impact over real attack paths, explained.
//!
//! [`assess`] looks at an environment as of a moment and returns an [`Assessment`]: every standing finding as an
//! [`Exposure`], ranked by the loss that passes through it, each with the tree of terms its number is folded from. Products
//! that have no graph score plain rows with [`score`], through the same terms.

mod assess;
mod assessment;
mod explain;
mod exploitability;
pub(crate) mod priors;
mod row;
mod term;

pub use assess::{AssessOptions, assess};
pub use assessment::{Assessment, Exposure, Jewel};
pub use explain::{Explainer, Explanation, Held, Hop, Path};
pub use priors::{KEV_THREAT, KEV_THREAT_RANSOMWARE, Prior, REFERENCE_CLASSES};
pub use row::{Reachable, Row, Scored, score, score_all};
pub use term::{Fold, Term};
