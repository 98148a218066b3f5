//! Objects as they are written: what the reader needs of each kind, and only that. Values of secrets and of configuration are never
//! looked at.

mod meta;
mod network;
mod pod;
mod rights;
mod word;

pub(super) use meta::{Meta, Named};
pub(super) use network::{
    Balanced, Gateway, Ingress, NetworkPolicy, PeerSource, PolicyRule, Route, Selector, Service, Slice,
    has_all,
};
pub(super) use pod::{
    Claim, Container, Controller, Node, PersistentVolume, Pod, PodSpec, Secret, ServiceAccount, TokenSource,
    common, maker,
};
pub(super) use rights::{Binding, Role, Rule, Subject};
pub(super) use word::{Word, Words, or_default};
