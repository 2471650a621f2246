//! The syntax tree of a pattern, with flags already resolved into it.

use super::charset::CodePointSet;

/// A piece of a pattern.
#[derive(Clone, Debug)]
pub(super) enum Node {
    /// Matches the empty string.
    Empty,
    /// One code point (code unit without `u` and `v`).
    Char(u32),
    /// One of a set, whose case equivalents have been added where the `i` flag applies.
    Set(CodePointSet),
    Sequence(Vec<Node>),
    Alternatives(Vec<Node>),
    /// Capturing group, numbered from 1.
    Capture(Box<Node>, u32),
    Repeat(Box<Repeat>),
    Look(Box<Look>),
    /// `^`.
    Start {
        multiline: bool,
    },
    /// `$`.
    End {
        multiline: bool,
    },
    /// `\b` and `\B`.
    WordBoundary {
        negated: bool,
        folding: bool,
    },
    /// `\1` or `\k<name>`; several groups when the name is duplicated, of which at most one has matched.
    BackReference {
        groups: Vec<u32>,
        ignore_case: bool,
    },
}

/// A quantified atom.
#[derive(Clone, Debug)]
pub(super) struct Repeat {
    pub body: Node,
    pub min: u32,
    /// `u32::MAX` is infinity.
    pub max: u32,
    pub greedy: bool,
    /// Groups inside the body: `first..last`, reset before each iteration.
    pub captures: (u32, u32),
}

/// A lookaround assertion.
#[derive(Clone, Debug)]
pub(super) struct Look {
    pub body: Node,
    pub behind: bool,
    pub negated: bool,
}

/// A parsed pattern.
#[derive(Debug)]
pub(super) struct Pattern {
    pub root: Node,
    /// Number of groups, without group 0.
    pub groups: u32,
    /// Named groups in order of first appearance.
    pub names: Vec<(Vec<u16>, Vec<u32>)>,
}

impl Node {
    /// Whether the node can match without consuming anything.
    pub(super) fn can_be_empty(&self) -> bool {
        match self {
            Node::Char(_) | Node::Set(_) => false,
            Node::Empty
            | Node::Look(_)
            | Node::Start { .. }
            | Node::End { .. }
            | Node::WordBoundary { .. }
            | Node::BackReference { .. } => true,
            Node::Sequence(items) => items.iter().all(Node::can_be_empty),
            Node::Alternatives(items) => items.iter().any(Node::can_be_empty),
            Node::Capture(body, _) => body.can_be_empty(),
            Node::Repeat(repeat) => repeat.min == 0 || repeat.body.can_be_empty(),
        }
    }
}
