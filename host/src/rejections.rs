//! Promises that were rejected without a handler: in order, and found at once when a handler comes.

use rustc_hash::FxHashMap;
use sarus_runtime::Value;
use std::collections::BTreeMap;

/// The promises. Whoever holds the list traces it.
#[derive(Default)]
pub struct Rejections {
    next: u64,
    in_order: BTreeMap<u64, Value>,
    /// Places by the promises' bits.
    places: FxHashMap<u64, u64>,
}

impl Rejections {
    /// Adds a promise.
    pub fn push(&mut self, promise: Value) {
        if let Some(old) = self.places.insert(promise.bits(), self.next) {
            self.in_order.remove(&old);
        }
        self.in_order.insert(self.next, promise);
        self.next += 1;
    }
    /// Removes a promise, if it is there.
    pub fn remove(&mut self, promise: Value) {
        if let Some(place) = self.places.remove(&promise.bits()) {
            self.in_order.remove(&place);
        }
    }
    /// Takes the first one.
    pub fn pop_first(&mut self) -> Option<Value> {
        let (_, promise) = self.in_order.pop_first()?;
        self.places.remove(&promise.bits());
        Some(promise)
    }
    /// Forgets all.
    pub fn clear(&mut self) {
        self.in_order.clear();
        self.places.clear();
    }
    /// All in order.
    pub fn iter(&self) -> impl Iterator<Item = &Value> {
        self.in_order.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gets_a_handler_leaves_the_list() {
        let mut list = Rejections::default();
        let promises = [1, 2, 3, 4].map(Value::int);
        promises.into_iter().for_each(|p| list.push(p));
        list.remove(promises[1]);
        list.remove(promises[1]);
        list.push(promises[0]);
        let left: Vec<Value> = list.iter().copied().collect();
        assert_eq!(left, [promises[2], promises[3], promises[0]]);
        assert_eq!(list.pop_first(), Some(promises[2]));
        list.clear();
        assert_eq!(list.pop_first(), None);
    }
}
