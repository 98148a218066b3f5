//! What records of version 1 of the native document mean in the words of version 2.
//!
//! In version 1 who could write a data store owned it. Now writing is an access of its own, so that a loss event that asked for
//! control of a data store happens where somebody may write there. All else means what it meant: `use` of a data store is to read
//! it, in any version.

use crate::{
    id::AssetId,
    model::{Access, AssetKind, Record, Trigger},
};
use std::collections::HashSet;

/// Converts the records of one document, in the order in which they stand there.
#[derive(Default)]
pub(super) struct Former {
    /// Assets that are no data stores.
    others: HashSet<AssetId>,
}

impl Former {
    pub(super) fn converted(&mut self, mut record: Record) -> Record {
        match &mut record {
            Record::Asset(asset) if asset.kind != AssetKind::DataStore => {
                self.others.insert(asset.id.clone());
                self.others.extend(asset.aliases.iter().cloned());
            }
            Record::Service(service) => {
                for event in &mut service.loss_events {
                    self.convert(&mut event.when);
                }
            }
            _ => {}
        }
        record
    }

    fn convert(&self, trigger: &mut Trigger) {
        match trigger {
            Trigger::State { asset, access: Access::Control } if !self.others.contains(asset) => {
                let of = |access| Trigger::State { asset: asset.clone(), access };
                *trigger = Trigger::Any(vec![of(Access::Control), of(Access::Write)]);
            }
            // Selectors are younger than the words that are converted.
            Trigger::State { .. }
            | Trigger::AnyOf { .. }
            | Trigger::AllOf { .. }
            | Trigger::AtLeastOf { .. } => {}
            Trigger::Any(of) | Trigger::All(of) | Trigger::AtLeast { of, .. } => {
                of.iter_mut().for_each(|part| self.convert(part));
            }
        }
    }
}
