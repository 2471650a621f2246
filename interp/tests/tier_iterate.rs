//! Steps of `for-of` without iterator results: in every mode the answers are the interpreter's.

#[path = "support/modes.rs"]
mod modes;

use modes::run;

/// Maps, Sets, array-likes and strings while they change, with patched iterators, loops that are left: lines and their hash,
/// as Node has them.
#[test]
fn collections_and_array_likes() {
    assert_eq!(run(include_str!("support/steps.js")), "740 951026247");
}
