//! What the world knows about weaknesses, as dated tables handed in: nothing here reaches for the network.

pub mod cvss;
pub mod epss;
pub mod kev;
pub mod lev;
pub mod ssvc;
