//! Compiled patterns by source and flags: `new RegExp(x)` in a loop, and literals in functions called often, compile
//! once.

use super::{CompiledRegExp, Flags, compile};
use crate::text::{StrBuf, StrView};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// Entries before the cache starts over.
const CAPACITY: usize = 512;

/// Patterns longer than this are not kept.
const MAX_PATTERN: usize = 4096;

/// Patterns whose hashes collide.
type Bucket = Vec<Rc<CompiledRegExp>>;

/// A cache of compiled patterns; one per agent.
#[derive(Default)]
pub struct RegExpCache {
    /// By hash of the pattern.
    entries: FxHashMap<(u32, Flags), Bucket>,
    len: usize,
}

impl RegExpCache {
    /// An empty cache.
    pub fn new() -> Self {
        Self::default()
    }

    /// The compiled pattern, or the message of the SyntaxError.
    pub fn get(
        &mut self,
        pattern: StrView<'_>,
        flags: Flags,
    ) -> Result<Rc<CompiledRegExp>, StrBuf> {
        let key = (pattern.hash_units(), flags);
        let known = self
            .entries
            .get(&key)
            .and_then(|list| list.iter().find(|compiled| compiled.source() == pattern));
        if let Some(compiled) = known {
            return Ok(compiled.clone());
        }
        let compiled = Rc::new(compile(pattern, flags)?);
        if pattern.len() <= MAX_PATTERN {
            if self.len >= CAPACITY {
                self.entries.clear();
                self.len = 0;
            }
            let bucket = self.entries.entry(key).or_default();
            bucket.push(compiled.clone());
            self.len += 1;
        }
        Ok(compiled)
    }
}
