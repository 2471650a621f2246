//! The methods of Set.prototype that take another set-like object (24.2.4.5 and following).

use super::map::not_a_function;
use super::set::{add, new_set, receiver};
use crate::abstract_ops::{
    IteratorRecord, display_value, get, iterator_close, iterator_step_value, to_boolean, to_number,
};
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::numeric;
use crate::object::Object;
use crate::object::collections::{self, Cursor, normalize};
use crate::value::Value;

/// 24.2.1.2 Set Record
struct SetRecord {
    object: Object,
    size: f64,
    has: Value,
    keys: Value,
}

/// 24.2.1.3 GetSetRecord
fn get_set_record(agent: &mut Agent, v: Value) -> JsResult<SetRecord> {
    let Some(object) = v.as_object() else {
        let text = display_value(agent, v);
        return Err(agent.type_error(format!("{text} is not an object")));
    };
    let (size_key, has_key, keys_key) = (agent.names.size, agent.names.has, agent.names.keys);
    let raw = get(agent, object, size_key)?;
    let size = to_number(agent, raw)?;
    if size.is_nan() {
        let text = display_value(agent, raw);
        return Err(agent.type_error(format!("The 'size' property must be a number, got {text}")));
    }
    let size = numeric::to_integer_or_infinity(size);
    if size < 0.0 {
        return Err(agent.range_error(format!("'{size}' is an invalid size")));
    }
    let has = get(agent, object, has_key)?;
    if !has.is_callable() {
        return Err(not_a_function(agent, has));
    }
    let keys = get(agent, object, keys_key)?;
    if !keys.is_callable() {
        return Err(not_a_function(agent, keys));
    }
    Ok(SetRecord {
        object,
        size,
        has,
        keys,
    })
}

impl SetRecord {
    fn has(&self, agent: &mut Agent, v: Value) -> JsResult<bool> {
        Ok(to_boolean(agent.call(
            self.has,
            self.object.into(),
            &[v],
        )?))
    }
    /// 24.2.1.4 GetIteratorFromMethod on `keys`
    fn keys(&self, agent: &mut Agent) -> JsResult<IteratorRecord> {
        let iterator = agent.call(self.keys, self.object.into(), &[])?;
        let Some(iterator) = iterator.as_object() else {
            let text = display_value(agent, iterator);
            return Err(agent.type_error(format!("{text} is not an object")));
        };
        crate::abstract_ops::get_iterator_direct(agent, iterator)
    }
}

fn copy(agent: &mut Agent, set: Object) -> JsResult<Object> {
    let result = new_set(agent);
    let mut cursor = Cursor::start();
    while let Some((v, _)) = cursor.next(set) {
        add(agent, result, v)?;
    }
    Ok(result)
}

/// 24.2.4.16 Set.prototype.union ( other )
pub(super) fn union(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let set = receiver(agent, cx, "union")?;
    let other = get_set_record(agent, cx.arg(0))?;
    let mut keys = other.keys(agent)?;
    let result = copy(agent, set)?;
    while let Some(v) = iterator_step_value(agent, &mut keys)? {
        add(agent, result, normalize(v))?;
    }
    Ok(result.into())
}

/// 24.2.4.9 Set.prototype.intersection ( other )
pub(super) fn intersection(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let set = receiver(agent, cx, "intersection")?;
    let other = get_set_record(agent, cx.arg(0))?;
    if collections::size(set) as f64 <= other.size {
        let result = new_set(agent);
        let mut cursor = Cursor::start();
        while let Some((v, _)) = cursor.next(set) {
            if other.has(agent, v)? {
                add(agent, result, v)?;
            }
        }
        return Ok(result.into());
    }
    let mut keys = other.keys(agent)?;
    let result = new_set(agent);
    while let Some(v) = iterator_step_value(agent, &mut keys)? {
        let v = normalize(v);
        if collections::has(agent, set, v) {
            add(agent, result, v)?;
        }
    }
    Ok(result.into())
}

/// 24.2.4.5 Set.prototype.difference ( other )
pub(super) fn difference(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let set = receiver(agent, cx, "difference")?;
    let other = get_set_record(agent, cx.arg(0))?;
    if collections::size(set) as f64 <= other.size {
        // What `set` had at the start is asked for, whatever `other` does to it meanwhile.
        let result = copy(agent, set)?;
        let mut cursor = Cursor::start();
        while let Some((v, _)) = cursor.next(result) {
            if other.has(agent, v)? {
                collections::remove(agent, result, v)?;
            }
        }
        return Ok(result.into());
    }
    let mut keys = other.keys(agent)?;
    let result = copy(agent, set)?;
    while let Some(v) = iterator_step_value(agent, &mut keys)? {
        collections::remove(agent, result, v)?;
    }
    Ok(result.into())
}

/// 24.2.4.15 Set.prototype.symmetricDifference ( other )
pub(super) fn symmetric_difference(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let set = receiver(agent, cx, "symmetricDifference")?;
    let other = get_set_record(agent, cx.arg(0))?;
    let mut keys = other.keys(agent)?;
    let result = copy(agent, set)?;
    while let Some(v) = iterator_step_value(agent, &mut keys)? {
        let v = normalize(v);
        if collections::has(agent, set, v) {
            collections::remove(agent, result, v)?;
        } else {
            add(agent, result, v)?;
        }
    }
    Ok(result.into())
}

/// 24.2.4.11 Set.prototype.isSubsetOf ( other )
pub(super) fn is_subset_of(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let set = receiver(agent, cx, "isSubsetOf")?;
    let other = get_set_record(agent, cx.arg(0))?;
    if collections::size(set) as f64 > other.size {
        return Ok(Value::FALSE);
    }
    let mut cursor = Cursor::start();
    while let Some((v, _)) = cursor.next(set) {
        if !other.has(agent, v)? {
            return Ok(Value::FALSE);
        }
    }
    Ok(Value::TRUE)
}

/// 24.2.4.12 Set.prototype.isSupersetOf ( other )
pub(super) fn is_superset_of(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let set = receiver(agent, cx, "isSupersetOf")?;
    let other = get_set_record(agent, cx.arg(0))?;
    if (collections::size(set) as f64) < other.size {
        return Ok(Value::FALSE);
    }
    let mut keys = other.keys(agent)?;
    while let Some(v) = iterator_step_value(agent, &mut keys)? {
        if !collections::has(agent, set, v) {
            iterator_close(agent, keys.iterator)?;
            return Ok(Value::FALSE);
        }
    }
    Ok(Value::TRUE)
}

/// 24.2.4.10 Set.prototype.isDisjointFrom ( other )
pub(super) fn is_disjoint_from(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let set = receiver(agent, cx, "isDisjointFrom")?;
    let other = get_set_record(agent, cx.arg(0))?;
    if collections::size(set) as f64 <= other.size {
        let mut cursor = Cursor::start();
        while let Some((v, _)) = cursor.next(set) {
            if other.has(agent, v)? {
                return Ok(Value::FALSE);
            }
        }
        return Ok(Value::TRUE);
    }
    let mut keys = other.keys(agent)?;
    while let Some(v) = iterator_step_value(agent, &mut keys)? {
        if collections::has(agent, set, v) {
            iterator_close(agent, keys.iterator)?;
            return Ok(Value::FALSE);
        }
    }
    Ok(Value::TRUE)
}
