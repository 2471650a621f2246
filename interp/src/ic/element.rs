//! Element accesses: which objects have plain elements, strings and typed arrays.

use sarus_gc::Header;
use sarus_runtime::agent::Agent;
use sarus_runtime::error::JsResult;
use sarus_runtime::kind::FIRST_OBJECT_KIND;
use sarus_runtime::object::{EXOTIC, Object, array};
use sarus_runtime::text::StrView;
use sarus_runtime::value::Value;

/// True for the header of an object whose indexed properties are dense values and nothing else.
#[inline(always)]
pub fn has_plain_elements(header: &Header) -> bool {
    header.kind() >= FIRST_OBJECT_KIND && header.flags() & EXOTIC == 0 && header.aux() & 3 == 0
}

/// Elements of strings and typed arrays, where nothing can go wrong.
#[inline]
pub fn get_special(agent: &Agent, o: Value, i: i32) -> Option<Value> {
    if let Some(s) = o.as_string() {
        return match s.flat()? {
            StrView::Latin1(b) => b
                .get(i as u32 as usize)
                .map(|c| agent.char_string(*c).into()),
            StrView::Utf16(u) => match u.get(i as u32 as usize) {
                Some(&c) if c < 0x100 => Some(agent.char_string(c as u8).into()),
                _ => None,
            },
        };
    }
    None
}

/// Stores to typed arrays, where nothing can go wrong; false if it was not done.
#[inline]
pub fn set_special(_agent: &Agent, _o: Value, _i: i32, _v: Value) -> bool {
    false
}

/// Stores to an absent element of an object with plain elements, if no prototype has elements; false if it was not done.
pub fn append(agent: &mut Agent, o: Object, i: u32, v: Value) -> JsResult<bool> {
    if !has_plain_elements(o.header()) || !chain_has_no_elements(agent, o) {
        return Ok(false);
    }
    o.put_element(agent, i, v)?;
    array::note_index(o, i);
    Ok(true)
}

/// True if no object on the prototype chain can have indexed properties.
pub fn chain_has_no_elements(agent: &Agent, o: Object) -> bool {
    let mut at = o.shape(agent).prototype_object();
    while let Some(p) = at {
        if !has_plain_elements(p.header()) || p.elements().capacity() != 0 {
            return false;
        }
        at = p.shape(agent).prototype_object();
    }
    true
}
