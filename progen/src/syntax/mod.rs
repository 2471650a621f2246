//! Programs that only have to parse: the whole grammar, for round trips. They are not meant to be run.

mod rows;

use crate::expand::{Expander, Limits};
use crate::grammar::Grammar;
use crate::random::Random;
use std::sync::LazyLock;

const FLAGS: &[&str] = &[
    "strict",
    "module",
    "private",
    "fn",
    "inner",
    "gen",
    "async",
    "loop",
    "noin",
    "newtarget",
    "method",
    "derived",
    "static",
    "noawaitname",
];

static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| {
    Grammar::new(
        &[rows::STATEMENTS, rows::EXPRESSIONS, rows::PRIMARIES],
        FLAGS,
    )
});

/// Program `index` of the series `seed`; every fourth is a module.
pub fn program(seed: u64, index: u64) -> String {
    let mut random = Random::new(seed, index);
    let limits = Limits {
        depth: 6 + random.below(10) as u32,
        nodes: 40 + random.below(400),
        work: u64::MAX,
    };
    let mut expander = Expander::new(&GRAMMAR, random, limits, index, |_, _| false);
    expander.flag_roles(
        &["strict", "module", "private"],
        &["gen", "async", "loop"],
        &[],
    );
    expander.expand(if is_module(index) { "module" } else { "script" });
    expander.out
}

/// Whether program `index` is a module.
pub fn is_module(index: u64) -> bool {
    index % 4 == 3
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
