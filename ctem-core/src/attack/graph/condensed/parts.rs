//! What the condensed graph is made of: its numbers, arcs, AND nodes and conditions, each in as few bytes as it needs.

use crate::attack::graph::{
    VariableId,
    index::{Id, ids},
};

ids! {
    /// What falls together; node 0 is what surely falls.
    Node
    /// One independent uncertain thing.
    Coin
    /// Coins that must all help. In a fault tree it is no gate: what has a condition has one premise, or is an [`AndNode`].
    Condition
    /// A step that needs two nodes.
    AndId
}

impl Node {
    /// What surely falls.
    pub(crate) const SOURCE: Self = Self(0);
}

impl Condition {
    /// Of what is certain: no coin must help.
    pub(crate) const OPEN: Self = Self(0);
}

impl Coin {
    /// The coin of a variable.
    pub(crate) fn of(variable: VariableId) -> Self {
        Self(variable.0)
    }

    /// The variable of a number; there is none of a threat that is folded into another.
    pub(crate) fn variable(self) -> VariableId {
        VariableId(self.0)
    }
}

/// Where one can go from a node, and what must help.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Arc {
    pub(crate) to: Node,
    pub(crate) via: Via,
}

/// What an arc leads through, in 32 bits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Via(u32);

/// What an arc leads through: a condition, or an AND node, which the other premise leads to as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Through {
    Condition(Condition),
    AndNode(AndId),
}

impl Via {
    /// Set when it is an AND node.
    const AND: u32 = 1 << 31;

    #[inline]
    pub(crate) fn through(self) -> Through {
        if self.0 & Self::AND == 0 {
            Through::Condition(Condition(self.0))
        } else {
            Through::AndNode(AndId(self.0 & !Self::AND))
        }
    }

    pub(super) fn bits(self) -> u32 {
        self.0
    }

    pub(crate) fn is_and_node(self) -> bool {
        self.0 & Self::AND != 0
    }
}

impl From<Condition> for Via {
    fn from(Condition(number): Condition) -> Self {
        Self(number)
    }
}

impl From<AndId> for Via {
    fn from(AndId(number): AndId) -> Self {
        Self(Self::AND | number)
    }
}

/// A step that needs two nodes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct AndNode {
    pub(crate) premises: [Node; 2],
    pub(crate) condition: Condition,
}

impl AndNode {
    /// The other premise than one.
    #[inline]
    pub(crate) fn other(&self, premise: Node) -> Node {
        if self.premises[0] == premise { self.premises[1] } else { self.premises[0] }
    }
}

/// The coins of a condition, in 32 bits: none, one, or where several lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct CoinSet(u32);

impl CoinSet {
    pub(super) const EMPTY: Self = Self(u32::MAX);
    /// Set when there are several: the rest is their place. Set too in the first of three or four, whose rest lies behind.
    const SEVERAL: u32 = 1 << 31;

    pub(super) fn bits(self) -> u32 {
        self.0
    }

    pub(super) fn one(Coin(coin): Coin) -> Self {
        Self(coin)
    }

    /// Two to four coins in order, none behind them, which are added to those of others.
    pub(super) fn several([first, second, third, fourth]: [Coin; 4], several: &mut Vec<[Coin; 2]>) -> Self {
        let place = several.len() as u32;
        if third.is_none() {
            several.push([first, second]);
        } else {
            several.extend([[Coin(first.0 | Self::SEVERAL), second], [third, fourth]]);
        }
        Self(Self::SEVERAL | place)
    }

    /// The coins, with none behind them.
    pub(super) fn coins(self, several: &[[Coin; 2]]) -> [Coin; 4] {
        if self == Self::EMPTY || self.0 & Self::SEVERAL == 0 {
            return [Coin(self.0), Coin::NONE, Coin::NONE, Coin::NONE];
        }
        let at = (self.0 & !Self::SEVERAL) as usize;
        let ([Coin(first), second], more) = (several[at], several.get(at + 1));
        match more {
            Some([third, fourth]) if first & Self::SEVERAL != 0 => {
                [Coin(first & !Self::SEVERAL), second, *third, *fourth]
            }
            Some(_) | None => [Coin(first & !Self::SEVERAL), second, Coin::NONE, Coin::NONE],
        }
    }
}
