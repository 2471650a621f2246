//! Programs that compute: valid, terminating, deterministic, with everything they see folded into a checksum.
//!
//! They run many loops often enough to reach an optimizing tier, and change what such a tier guesses from on the way: kinds
//! of values, shapes, prototypes, overflow, holes, call targets. Loops and calls are bounded by a budget of work that the
//! expander counts.

mod expressions;
mod statements;

use crate::expand::{Expander, Limits};
use crate::grammar::Grammar;
use crate::random::Random;
use std::sync::LazyLock;

/// What programs run with; defines `run`, `go`, `log`.
pub const PRELUDE: &str = include_str!("prelude.js");

const FLAGS: &[&str] = &[
    "strict",
    "loop",
    "switch",
    "fn",
    "gen",
    "async",
    "leaf",
    "method",
    "super",
    "private",
    "newtarget",
    "args",
    "cold",
];

static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| {
    Grammar::new(
        &[
            expressions::LITERALS,
            expressions::NUMBERS,
            expressions::TEXTS,
            expressions::OBJECTS,
            statements::PROGRAMS,
            statements::FUNCTIONS,
            statements::STATEMENTS,
        ],
        FLAGS,
    )
});

const LIMITS: Limits = Limits {
    depth: 14,
    nodes: 1_100,
    work: 30_000,
};

/// Whether a variable of kind `have` serves where `wanted` is asked for.
fn subsumes(wanted: &str, have: &str) -> bool {
    wanted == have
        || match wanted {
            "int" => have == "leafint",
            "num" => matches!(have, "int" | "leafint"),
            "any" => !matches!(have, "cls" | "gen"),
            _ => false,
        }
}

/// Program `index` of the series `seed`: a call of the prelude's `run`.
pub fn program(seed: u64, index: u64) -> String {
    let mut random = Random::new(seed, index);
    let limits = Limits {
        nodes: LIMITS.nodes / (1 + random.below(3)),
        ..LIMITS
    };
    let mut expander = Expander::new(&GRAMMAR, random, limits, index, subsumes);
    expander.flag_roles(
        &["strict", "leaf"],
        &["loop", "switch", "gen", "async", "args"],
        &["cold"],
    );
    expander.expand("program");
    expander.out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_ends() {
        assert!(GRAMMAR.endless().is_empty(), "{:?}", GRAMMAR.endless());
    }

    #[test]
    fn programs_follow_from_the_seed() {
        assert_eq!(program(3, 7), program(3, 7));
        assert_ne!(program(3, 7), program(3, 8));
    }
}
