//! Iteration without iterator results, generators, `await`: in every mode the answers are the interpreter's, and Node's.

#[path = "support/modes.rs"]
mod modes;

use modes::{run, run_jobs};

/// Maps, Sets, array-likes and strings while they change, with patched iterators, loops that are left: lines and their hash,
/// as Node has them.
#[test]
fn collections_and_array_likes() {
    assert_eq!(run(include_str!("support/steps.js")), "740 951026247");
}

/// Keys of all kinds in Maps and Sets that grow, shrink and are cleared.
#[test]
fn keys_of_collections() {
    assert_eq!(
        run(include_str!("support/collections.js")),
        "1125280402:429:454 -29986310:257:100 1374295229:129:131 1245708302:15:15 1800568142:720:273 4072176"
    );
}

/// Generators that are left early, delegate, run into themselves, are stepped by hand, have patched methods.
#[test]
fn generators() {
    assert_eq!(
        run(include_str!("support/generators.js")),
        "1150 1187394927"
    );
}

/// `next` called with values whose results are kept or taken apart, delegation, errors, generators that run, patched ones.
#[test]
fn sent_values() {
    assert_eq!(run(include_str!("support/sends.js")), "1394 1410743174");
}

/// `await` of values, promises of all kinds, thenables, with patched constructors and `then`; the order of everything.
#[test]
fn awaits() {
    assert_eq!(
        run_jobs(include_str!("support/awaits.js"), "answer"),
        "1133 1338776395"
    );
}

/// Spread, rest patterns and `Array.from` over generators, iterators of programs that misbehave, builtin iterators.
#[test]
fn spreads() {
    assert_eq!(run(include_str!("support/spread.js")), "600 -1868496511");
}

/// Characters of strings of every representation, surrogates alone and in pairs, other iterables at the same place.
#[test]
fn characters() {
    assert_eq!(run(include_str!("support/characters.js")), "600 -218573242");
}

/// `has`, `get`, `set` and `add` of one key after the other, and what changes a collection in between.
#[test]
fn entries() {
    assert_eq!(run(include_str!("support/entries.js")), "567 -1024391310");
}

/// `next` of builtin iterators called by hand and by `yield*`.
#[test]
fn nexts() {
    assert_eq!(run(include_str!("support/nexts.js")), "3377 50239829");
}
