//! Iterator.concat, Iterator.zip and Iterator.zipKeyed (27.1.3.2): helpers over several iterators.
//!
//! The lists of a zip are internal dense arrays that JavaScript never sees; an iterator that is
//! done is replaced by null in them, so that what is not null is what is open.

use super::iterator::get_iterator_flattenable;
use super::iterator_helper::{
    ARGUMENT, COUNTER, HelperKind, INNER, INNER_NEXT, ITERATOR, NEXT, new_helper, record_at,
};
use crate::abstract_ops::{
    IteratorRecord, create_data_property_or_throw, display_value, get, get_iterator,
    get_iterator_direct, get_method, iterator_close, iterator_close_throw, iterator_step,
    iterator_step_value, to_property_key,
};
use crate::agent::{Agent, CallArgs};
use crate::error::{JsResult, Throw};
use crate::object::Object;
use crate::object::array::{length_of, push};
use crate::value::Value;

/// A zip's fields beyond `ITERATOR` (iterators) and `NEXT` (their methods).
const PADDING: usize = ARGUMENT;
const MODE: usize = COUNTER;
const KEYS: usize = INNER;

#[derive(Copy, Clone, PartialEq, Eq)]
enum Mode {
    Shortest,
    Longest,
    Strict,
}

fn not_an_object(agent: &mut Agent, v: Value) -> Throw {
    let text = display_value(agent, v);
    agent.type_error(format!("{text} is not an object"))
}

/// 27.1.3.2.1 Iterator.concat ( ...items )
pub(super) fn concat(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let list = agent.new_array();
    for item in cx.args() {
        if !item.is_object() {
            return Err(not_an_object(agent, *item));
        }
        let key = agent.symbols.iterator_key();
        let f = get_method(agent, *item, key)?;
        if f.is_undefined() {
            return Err(crate::abstract_ops::not_iterable(agent, *item));
        }
        push(agent, list, *item)?;
        push(agent, list, f)?;
    }
    let fields = [Value::UNDEFINED, Value::UNDEFINED, list.into(), Value::ZERO];
    Ok(new_helper(agent, HelperKind::Concat, &fields))
}

/// From one yield of Iterator.concat to the next.
pub(super) fn resume_concat(agent: &mut Agent, h: Object) -> JsResult<Option<Value>> {
    loop {
        if let Some(mut inner) = record_at(h, INNER) {
            if let Some(v) = iterator_step_value(agent, &mut inner)? {
                return Ok(Some(v));
            }
            h.set_field(agent, INNER, Value::UNDEFINED);
        }
        let Some(list) = h.field(ARGUMENT).as_object() else {
            return Ok(None);
        };
        let at = h.field(COUNTER).as_int().unwrap_or(0).max(0) as u32;
        if at >= length_of(list).unwrap_or(0) {
            return Ok(None);
        }
        h.set_field(agent, COUNTER, Value::uint(at + 2));
        let (item, f) = (list.dense_element(at), list.dense_element(at + 1));
        let iterator = agent.call(f, item, &[])?;
        let Some(iterator) = iterator.as_object() else {
            return Err(not_an_object(agent, iterator));
        };
        let record = get_iterator_direct(agent, iterator)?;
        h.set_field(agent, INNER, record.iterator.into());
        h.set_field(agent, INNER_NEXT, record.next);
    }
}

/// The lists of a zip under construction.
struct Inputs {
    iterators: Object,
    nexts: Object,
}

impl Inputs {
    fn new(agent: &mut Agent) -> Inputs {
        Inputs {
            iterators: agent.new_array(),
            nexts: agent.new_array(),
        }
    }
    fn add(&self, agent: &mut Agent, record: &IteratorRecord) -> JsResult<()> {
        push(agent, self.iterators, record.iterator.into())?;
        push(agent, self.nexts, record.next)
    }
    fn len(&self) -> u32 {
        length_of(self.iterators).unwrap_or(0)
    }
    /// IfAbruptCloseIterators with these iterators.
    fn guard<T>(&self, agent: &mut Agent, result: JsResult<T>) -> JsResult<T> {
        result.map_err(|t| close_list(agent, self.iterators, Err(t)).err().unwrap_or(t))
    }
}

/// IteratorCloseAll of what is open in a list.
fn close_list(agent: &mut Agent, list: Object, completion: JsResult<()>) -> JsResult<()> {
    let mut completion = completion;
    for i in (0..length_of(list).unwrap_or(0)).rev() {
        if let Some(iterator) = list.dense_element(i).as_object() {
            completion = match completion {
                Ok(()) => iterator_close(agent, iterator),
                Err(t) => Err(iterator_close_throw(agent, iterator, t)),
            };
        }
    }
    completion
}

/// IteratorCloseAll of a zip helper.
pub(super) fn close_all(agent: &mut Agent, h: Object, completion: JsResult<()>) -> JsResult<()> {
    match h.field(ITERATOR).as_object() {
        Some(list) => close_list(agent, list, completion),
        None => completion,
    }
}

/// The options of zip and zipKeyed: mode and padding option.
fn options(agent: &mut Agent, v: Value) -> JsResult<(Mode, Value)> {
    if v.is_undefined() {
        return Ok((Mode::Shortest, Value::UNDEFINED));
    }
    let Some(o) = v.as_object() else {
        return Err(not_an_object(agent, v));
    };
    let key = agent.names.mode;
    let mode = get(agent, o, key)?;
    let is = |agent: &mut Agent, text: &str| {
        mode.as_string()
            .is_some_and(|s| s.view(agent).eq_ascii(text))
    };
    let mode = if mode.is_undefined() || is(agent, "shortest") {
        Mode::Shortest
    } else if is(agent, "longest") {
        Mode::Longest
    } else if is(agent, "strict") {
        Mode::Strict
    } else {
        return Err(agent.type_error("mode must be \"shortest\", \"longest\" or \"strict\""));
    };
    let mut padding = Value::UNDEFINED;
    if mode == Mode::Longest {
        padding = crate::abstract_ops::get_str(agent, o, "padding")?;
        if !padding.is_undefined() && !padding.is_object() {
            return Err(not_an_object(agent, padding));
        }
    }
    Ok((mode, padding))
}

fn new_zip(
    agent: &mut Agent,
    inputs: &Inputs,
    mode: Mode,
    padding: Object,
    keys: Option<Object>,
) -> Value {
    let fields = [
        inputs.iterators.into(),
        inputs.nexts.into(),
        padding.into(),
        Value::int(mode as i32),
        keys.map_or(Value::UNDEFINED, Value::from),
    ];
    new_helper(agent, HelperKind::Zip, &fields)
}

/// 27.1.3.2.3 Iterator.zip ( iterables [ , options ] )
pub(super) fn zip(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    if !cx.arg(0).is_object() {
        return Err(not_an_object(agent, cx.arg(0)));
    }
    let (mode, padding_option) = options(agent, cx.arg(1))?;
    let inputs = Inputs::new(agent);
    let mut source = get_iterator(agent, cx.arg(0))?;
    loop {
        let step = iterator_step_value(agent, &mut source);
        let Some(v) = inputs.guard(agent, step)? else {
            break;
        };
        let record = get_iterator_flattenable(agent, v, false);
        let record = match record {
            Ok(r) => r,
            Err(t) => {
                let t = close_list(agent, inputs.iterators, Err(t))
                    .err()
                    .unwrap_or(t);
                return Err(iterator_close_throw(agent, source.iterator, t));
            }
        };
        inputs.add(agent, &record)?;
    }
    let padding = agent.new_array();
    if mode == Mode::Longest {
        zip_padding(agent, &inputs, padding, padding_option)?;
    }
    Ok(new_zip(agent, &inputs, mode, padding, None))
}

/// Step 14 of Iterator.zip: as many padding values as there are iterators.
fn zip_padding(agent: &mut Agent, inputs: &Inputs, padding: Object, option: Value) -> JsResult<()> {
    let mut source = None;
    if !option.is_undefined() {
        let record = get_iterator(agent, option);
        source = Some(inputs.guard(agent, record)?);
    }
    for _ in 0..inputs.len() {
        let mut v = Value::UNDEFINED;
        if let Some(record) = &mut source {
            let step = iterator_step_value(agent, record);
            match inputs.guard(agent, step)? {
                Some(next) => v = next,
                None => source = None,
            }
        }
        push(agent, padding, v)?;
    }
    if let Some(record) = source {
        let closed = iterator_close(agent, record.iterator);
        inputs.guard(agent, closed)?;
    }
    Ok(())
}

/// 27.1.3.2.4 Iterator.zipKeyed ( iterables [ , options ] )
pub(super) fn zip_keyed(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let Some(o) = cx.arg(0).as_object() else {
        return Err(not_an_object(agent, cx.arg(0)));
    };
    let (mode, padding_option) = options(agent, cx.arg(1))?;
    let inputs = Inputs::new(agent);
    let names = agent.new_array();
    let mut used = agent.heap.root_vec::<crate::property::PropertyKey>();
    let keys = o.own_property_keys(agent)?;
    for &key in keys.iter() {
        let own = o.get_own_property(agent, key);
        let own = inputs.guard(agent, own)?;
        if !own.is_some_and(|p| p.enumerable()) {
            continue;
        }
        let v = get(agent, o, key);
        let v = inputs.guard(agent, v)?;
        if v.is_undefined() {
            continue;
        }
        let record = get_iterator_flattenable(agent, v, false);
        let record = inputs.guard(agent, record)?;
        let name = key.to_value(agent);
        push(agent, names, name)?;
        used.push(key);
        inputs.add(agent, &record)?;
    }
    let padding = agent.new_array();
    if mode == Mode::Longest {
        for &key in used.iter() {
            let v = match padding_option.as_object() {
                Some(p) => {
                    let v = get(agent, p, key);
                    inputs.guard(agent, v)?
                }
                None => Value::UNDEFINED,
            };
            push(agent, padding, v)?;
        }
    }
    Ok(new_zip(agent, &inputs, mode, padding, Some(names)))
}

/// Takes an iterator off the open ones.
fn forget(agent: &mut Agent, list: Object, i: u32) {
    let elements = list.elements();
    agent.heap.write_barrier(elements.header());
    elements.set(i as usize, Value::NULL);
}

/// 27.1.3.2.2 IteratorZip: from one yield to the next.
pub(super) fn resume_zip(agent: &mut Agent, h: Object) -> JsResult<Option<Value>> {
    let (Some(list), Some(nexts)) = (h.field(ITERATOR).as_object(), h.field(NEXT).as_object())
    else {
        return Ok(None);
    };
    let count = length_of(list).unwrap_or(0);
    let mode = h.field(MODE).as_int();
    let mut results = agent.heap.root_vec::<Value>();
    for i in 0..count {
        let Some(iterator) = list.dense_element(i).as_object() else {
            results.push(padding_at(h, i));
            continue;
        };
        let mut record = IteratorRecord {
            iterator,
            next: nexts.dense_element(i),
            done: false,
        };
        match iterator_step_value(agent, &mut record) {
            Ok(Some(v)) => results.push(v),
            Err(t) => {
                forget(agent, list, i);
                return close_list(agent, list, Err(t)).map(|()| None);
            }
            Ok(None) => {
                forget(agent, list, i);
                if mode == Some(Mode::Shortest as i32) {
                    return close_list(agent, list, Ok(())).map(|()| None);
                }
                if mode == Some(Mode::Strict as i32) {
                    return end_strict(agent, list, nexts, i);
                }
                if (0..count).all(|k| list.dense_element(k).is_null()) {
                    return Ok(None);
                }
                results.push(padding_at(h, i));
            }
        }
    }
    if count == 0 {
        return Ok(None);
    }
    let Some(keys) = h.field(KEYS).as_object() else {
        return Ok(Some(agent.new_array_from(&results).into()));
    };
    let o = agent.new_object(None);
    for (i, v) in results.iter().enumerate() {
        let key = to_property_key(agent, keys.dense_element(i as u32))?;
        create_data_property_or_throw(agent, o, key, *v)?;
    }
    Ok(Some(o.into()))
}

fn padding_at(h: Object, i: u32) -> Value {
    h.field(PADDING)
        .as_object()
        .map_or(Value::UNDEFINED, |p| p.dense_element(i).or_undefined())
}

/// Iterator `i` of a strict zip ended: all must end in the same round, it being the first.
fn end_strict(agent: &mut Agent, list: Object, nexts: Object, i: u32) -> JsResult<Option<Value>> {
    const MESSAGE: &str =
        "Iterators passed to Iterator.zip with mode \"strict\" have different lengths";
    if i != 0 {
        let t = agent.type_error(MESSAGE);
        return close_list(agent, list, Err(t)).map(|()| None);
    }
    for k in 1..length_of(list).unwrap_or(0) {
        let Some(iterator) = list.dense_element(k).as_object() else {
            continue;
        };
        let mut record = IteratorRecord {
            iterator,
            next: nexts.dense_element(k),
            done: false,
        };
        let failure = match iterator_step(agent, &mut record) {
            Ok(None) => {
                forget(agent, list, k);
                continue;
            }
            Ok(Some(_)) => agent.type_error(MESSAGE),
            Err(t) => {
                forget(agent, list, k);
                t
            }
        };
        return close_list(agent, list, Err(failure)).map(|()| None);
    }
    Ok(None)
}
