//! What messages call the expressions of failing instructions, remembered: whoever handles an error by the thousand makes it at few places,
//! and each description is a parse of the expression's text.

use rustc_hash::FxHashMap;
use sarus_bytecode::describe::{
    Description, Destructuring, describe_destructuring, describe_expression,
};
use std::cell::RefCell;

/// Texts kept; with one more all are forgotten.
const MAX_TEXTS: usize = 128;
/// Longer texts are described anew each time.
const MAX_LENGTH: usize = 256;

type Memo<T> = RefCell<FxHashMap<Box<[u8]>, Option<T>>>;

/// Descriptions by the text that they describe, on which alone they depend.
#[derive(Default)]
pub struct Descriptions {
    expressions: Memo<Description>,
    destructurings: Memo<Destructuring>,
}

impl Descriptions {
    /// `describe_expression`
    pub fn expression(&self, text: &[u8]) -> Option<Description> {
        remembered(&self.expressions, text, describe_expression)
    }
    /// `describe_destructuring`
    pub fn destructuring(&self, text: &[u8]) -> Option<Destructuring> {
        remembered(&self.destructurings, text, describe_destructuring)
    }
}

fn remembered<T: Clone>(memo: &Memo<T>, text: &[u8], make: fn(&[u8]) -> Option<T>) -> Option<T> {
    if text.len() > MAX_LENGTH {
        return make(text);
    }
    if let Some(known) = memo.borrow().get(text) {
        return known.clone();
    }
    let made = make(text);
    let mut memo = memo.borrow_mut();
    if memo.len() >= MAX_TEXTS {
        memo.clear();
    }
    memo.insert(text.into(), made.clone());
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_what_was_made() {
        let all = Descriptions::default();
        for _ in 0..2 {
            for i in 0..2 * MAX_TEXTS {
                let text = format!("a.b{i}()");
                let found = all.expression(text.as_bytes());
                assert_eq!(found, describe_expression(text.as_bytes()));
            }
            assert_eq!(all.expression(b"a b"), None);
            let text = b"{ a } = o";
            assert_eq!(all.destructuring(text), describe_destructuring(text));
        }
        assert!(all.expressions.borrow().len() <= MAX_TEXTS);
        let long = "a".repeat(MAX_LENGTH + 1);
        assert!(all.expression(long.as_bytes()).is_some());
        assert!(!all.expressions.borrow().contains_key(long.as_bytes()));
    }
}
