//! Prioritization: exploitability × business impact over real attack paths, explained.
//!
//! [`assess`] looks at an environment as of a moment and returns an [`Assessment`]: every standing finding as an
//! [`Exposure`], ranked by the loss that passes through it, each with the tree of terms its number is folded from. Products
//! that have no graph score plain rows with [`score`], through the same terms.
//!
//! In the examples `today` is an assessment of [`wire::EXAMPLE`](crate::wire::EXAMPLE).
//!
//! What no single path tells is asked of the assessment:
//!
//! | question | method |
//! | --- | --- |
//! | what is lost over all paths, and what is each fix worth (fix value, risk reduction worth)? | [`Assessment::sample`] |
//! | which attack paths lead to this loss? | [`Assessment::paths`] |
//! | what do they have in common (choke points)? | [`Assessment::choke_points`] |
//! | what is the least to fix so that it cannot happen (minimum cut)? | [`Assessment::cheapest_cut`] |
//! | what if this asset is held (blast radius)? | [`Assessment::blast_radius`] |
//! | what if this were fixed, or otherwise (counterfactual)? | [`Assessment::what_if`] |
//! | which findings are toxic together (toxic combinations)? | [`Assessment::combinations`] |

mod aim;
mod assess;
mod assessment;
mod baseline;
mod blast;
mod choke;
mod circumstances;
mod combine;
mod context;
mod cut;
mod doubts;
mod effect;
mod ends;
mod explain;
mod exploitability;
mod exposure_id;
mod hops;
mod implied;
mod loss_events;
mod measure;
mod no_way;
mod parts;
mod path;
mod paths;
pub(crate) mod priors;
mod ranking;
mod reached;
mod risk;
mod row;
mod sample;
mod sample_block;
mod sample_counts;
mod scale;
mod signals;
mod silent;
mod subject;
mod subjects;
mod surroundings;
mod table;
mod term;
mod what_if;
mod without;
mod world;
mod zones;

pub use assess::{AssessOptions, assess};
pub use assessment::{Assessment, Exposure};
pub use baseline::{AnnualRate, BaselineOf, FOLLOW_THROUGH, IncidentBaseline};
pub use blast::{BlastRadius, BlastRadiusOptions};
pub use choke::{ChokePoint, ChokePoints, Point};
pub(crate) use circumstances::Circumstance;
pub use combine::{Advice, Combination, CombinationOptions, Combinations};
pub use cut::{CheapestCut, CutFix, CutOptions};
pub(crate) use doubts::{Answered, Doubt, Doubted};
pub(crate) use ends::{End, Ended};
pub use explain::{Explainer, Explanation};
pub use exposure_id::ExposureId;
pub use implied::{ATTENTION, Implied};
pub use loss_events::LossEventRisk;
pub use measure::MeasureOptions;
pub(crate) use parts::{Moved, Parts};
pub use path::{AttackerAction, Foothold, Hop, Path};
pub use paths::{PathOptions, Paths};
pub use priors::{KEV_THREAT, KEV_THREAT_RANSOMWARE, Prior, REFERENCE_CLASSES};
pub use row::{Reachable, Row, Scored, score, score_all};
pub use sample::{Exceedance, Sample, SampleOptions, SampledEvent, SampledExposure};
pub use sample_block::SampleBlock;
pub use scale::{Level, readable};
pub(crate) use surroundings::{Place, Surroundings};
pub use table::{Batch, Bits, Column, Integers, RowError, TableScores, Texts, TimeUnit, score_table};
pub use term::{Fold, Term};
pub use what_if::{Change, WhatIf};
pub(crate) use without::PathLeft;
pub use zones::{Zone, ZoneExposure, Zones};
