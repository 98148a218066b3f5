//! Routes: whether what has a public address hears of the internet at all.
//!
//! A subnet whose table of routes leads to no internet gateway is private, whatever addresses are given in it. A subnet that is
//! named in no table has the main one of its network. Documents can stand in any order, and so what is public waits until all are
//! read. Where no document tells of a subnet's routes, they are taken to lead out.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// What is known of routes, and what waits for them.
#[derive(Debug, Default)]
pub(super) struct Routes {
    /// Whether a subnet's own table leads out, and whether a network's main one does.
    pub(super) subnets: BTreeMap<Box<str>, bool>,
    pub(super) mains: BTreeMap<Box<str>, bool>,
    /// The network of a subnet, where what stands in it does not tell.
    pub(super) networks: BTreeMap<Box<str>, Box<str>>,
    pub(super) waiting: BTreeSet<Waiting>,
}

/// A way from outside, which there is if one of the subnets leads out.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Waiting {
    pub(super) from: Rc<str>,
    pub(super) to: Rc<str>,
    pub(super) subnets: Vec<Box<str>>,
    pub(super) network: Option<Box<str>>,
}
