//! Matching: RegExpExec and RegExpBuiltinExec (22.2.7), and when they may be taken for granted.

use super::{regexp, regexp_symbols};
use crate::abstract_ops::{get, set, to_length};
use crate::agent::Agent;
use crate::error::{Fault, JsResult};
use crate::function::NativeFn;
use crate::interrupt::{INTERRUPT_COMPILED, INTERRUPT_TERMINATE};
use crate::kind::{CellKind, mark_value};
use crate::object::ordinary::{Lookup, add_named, lookup_own};
use crate::object::regexp::{LAST_INDEX_SLOT, Pattern};
use crate::object::{Object, accessor_parts, array};
use crate::property::{Attributes, PropertyKey};
use crate::realm::Intrinsic;
use crate::shape::{Shape, ValidityCell};
use crate::string::JsString;
use crate::symbol::Symbol;
use crate::value::Value;
use sarus_gc::{Gc, Tracer};
use sarus_regexp::{CompiledRegExp, ExecError, Flags, MatchState, Width};
use std::rc::Rc;
use std::sync::atomic::Ordering;

/// What was found out about %RegExp.prototype% of one realm: whether regular expressions of the
/// initial shape behave as the specification's own methods say, so that `exec` and the flags need
/// not be looked up.
pub(crate) struct Pristine {
    /// Shape of instances with nothing but `lastIndex`.
    shape: Gc<Shape>,
    /// Valid while nothing on the prototype chain was added, removed or reconfigured.
    validity: Gc<ValidityCell>,
    /// Everything was the original when it was looked at.
    original: bool,
    prototype: Object,
    /// Data properties can be overwritten without a change of shape; their values are compared.
    exec: (u32, Value),
    constructor: (u32, Value),
    /// The methods that those of strings call, in the order of [`Protocol`]; a hole for what is not the original.
    protocol: [(u32, Value); 5],
    /// The constructor with its `@@species`.
    species_validity: Gc<ValidityCell>,
}

impl Pristine {
    pub(super) fn trace(&self, tracer: &mut Tracer) {
        tracer.mark(self.shape);
        tracer.mark(self.validity);
        tracer.mark(self.species_validity);
        mark_value(tracer, self.prototype.into());
        mark_value(tracer, self.exec.1);
        mark_value(tracer, self.constructor.1);
        for (_, method) in self.protocol {
            mark_value(tracer, method);
        }
    }
}

/// A method of regular expressions that a method of strings calls.
#[derive(Copy, Clone)]
pub(super) enum Protocol {
    /// `@@match`
    Match,
    /// `@@matchAll`
    MatchAll,
    /// `@@replace`
    Replace,
    /// `@@search`
    Search,
    /// `@@split`
    Split,
}

/// The function that GetMethod finds in a pristine regular expression of this realm, if it is the original one.
#[inline]
pub(super) fn original_method(agent: &mut Agent, v: Value, which: Protocol) -> Option<Object> {
    let o = v.as_object().filter(|o| o.is(CellKind::RegExp))?;
    if !is_pristine(agent, o) {
        return None;
    }
    let here = agent.intrinsic(Intrinsic::RegExpPrototype);
    let p = agent.library.regexp.pristine.as_ref()?;
    let (slot, method) = p.protocol[which as usize];
    if p.prototype != here || p.prototype.load_slot(slot) != method {
        return None;
    }
    method.as_object()
}

/// Whether a pristine regular expression is one of the current realm.
pub(super) fn is_of_realm(agent: &mut Agent) -> bool {
    let here = agent.intrinsic(Intrinsic::RegExpPrototype);
    let p = agent.library.regexp.pristine.as_ref();
    p.is_some_and(|p| p.prototype == here)
}

/// True when RegExpExec on `o` is RegExpBuiltinExec, its flags are the original ones, and storing to
/// `lastIndex` always works.
#[inline]
pub(super) fn is_pristine(agent: &mut Agent, o: Object) -> bool {
    if o.as_regexp().is_none() {
        return false;
    }
    if let Some(p) = &agent.library.regexp.pristine
        && p.validity.is_valid()
        && o.shape(agent) == p.shape
    {
        return p.original && p.prototype.load_slot(p.exec.0) == p.exec.1;
    }
    is_pristine_slow(agent, o)
}

#[inline(never)]
fn is_pristine_slow(agent: &mut Agent, o: Object) -> bool {
    let proto = agent.intrinsic(Intrinsic::RegExpPrototype);
    if let Some(p) = &agent.library.regexp.pristine
        && p.validity.is_valid()
        && p.species_validity.is_valid()
        && p.prototype == proto
    {
        // Known, and `o` is of another shape.
        return false;
    }
    let constructor = agent.intrinsic(Intrinsic::RegExp);
    let sample = agent.new_regexp_with(proto, true);
    let shape = sample.shape(agent);
    let species_validity = agent.validity_cell(constructor);
    let validity = agent.validity_cell(proto);
    let exec_key = agent.names.exec;
    let constructor_key = agent.names.constructor;
    let exec = data_slot(agent, proto, exec_key);
    let constructor_slot = data_slot(agent, proto, constructor_key);
    let symbols = &agent.symbols;
    let protocol: [(Symbol, NativeFn); 5] = [
        (symbols.match_, regexp_symbols::match_),
        (symbols.match_all, regexp_symbols::match_all),
        (symbols.replace, regexp_symbols::replace),
        (symbols.search, regexp_symbols::search),
        (symbols.split, regexp_symbols::split),
    ];
    let protocol = protocol.map(|(symbol, f)| {
        let found = data_slot(agent, proto, PropertyKey::symbol(symbol));
        if is_native(found.1, f) {
            found
        } else {
            (0, Value::HOLE)
        }
    });
    let original = is_native(exec.1, regexp::exec)
        && constructor_slot.1 == constructor.into()
        && has_original_getters(agent, proto);
    agent.library.regexp.pristine = Some(Pristine {
        shape,
        validity,
        original,
        prototype: proto,
        exec,
        constructor: constructor_slot,
        protocol,
        species_validity,
    });
    original && o.shape(agent) == shape
}

/// True when SpeciesConstructor of a pristine regular expression is %RegExp%.
pub(super) fn has_default_species(agent: &mut Agent, o: Object) -> bool {
    if !is_pristine(agent, o) {
        return false;
    }
    let stale = match &agent.library.regexp.pristine {
        Some(p) => !p.species_validity.is_valid(),
        None => true,
    };
    if stale {
        agent.library.regexp.pristine = None;
        if !is_pristine(agent, o) {
            return false;
        }
    }
    let Some(p) = &agent.library.regexp.pristine else {
        return false;
    };
    let (prototype, slot, value) = (p.prototype, p.constructor.0, p.constructor.1);
    if prototype.load_slot(slot) != value {
        return false;
    }
    let key = PropertyKey::symbol(agent.symbols.species);
    let Some(constructor) = value.as_object() else {
        return false;
    };
    match lookup_own(agent, constructor, key) {
        Lookup::Accessor(pair, _) => accessor_parts(pair)
            .0
            .as_object()
            .is_some_and(|f| f.as_native().is_some()),
        _ => false,
    }
}

fn data_slot(agent: &mut Agent, o: Object, key: PropertyKey) -> (u32, Value) {
    match o.shape(agent).lookup(key) {
        Some(e) if !e.attributes.is_accessor() => (e.slot, o.load_slot(e.slot)),
        _ => (0, Value::HOLE),
    }
}

fn is_native(v: Value, f: NativeFn) -> bool {
    v.as_object()
        .and_then(Object::as_native)
        .is_some_and(|n| std::ptr::fn_addr_eq(n.function(), f))
}

/// The getters are configurable, so only redefinition can change them; a redefined one is taken for
/// the original only if it is a native function, which no program can make.
fn has_original_getters(agent: &mut Agent, proto: Object) -> bool {
    for name in regexp::FLAG_GETTERS.iter().chain(&["flags"]) {
        let key = PropertyKey::from_str(agent, name);
        let Lookup::Accessor(pair, _) = lookup_own(agent, proto, key) else {
            return false;
        };
        let Some(getter) = accessor_parts(pair).0.as_object() else {
            return false;
        };
        let expected = format!("get {name}");
        if getter.as_native().is_none()
            || crate::abstract_ops::function_name(agent, getter) != expected
        {
            return false;
        }
    }
    true
}

/// 22.2.7.1 RegExpExec ( R, S )
pub(super) fn regexp_exec(agent: &mut Agent, r: Object, s: JsString) -> JsResult<Value> {
    if is_pristine(agent, r) {
        return regexp_builtin_exec(agent, r, s);
    }
    let key = agent.names.exec;
    let exec = get(agent, r, key)?;
    if exec.is_callable() {
        let result = agent.call(exec, r.into(), &[s.into()])?;
        if !result.is_object() && !result.is_null() {
            return Err(agent.type_error("object null is not a function"));
        }
        return Ok(result);
    }
    if r.as_regexp().is_none() {
        let text = crate::abstract_ops::display_value(agent, r.into());
        return Err(agent.type_error(format!(
            "Method RegExp.prototype.exec called on incompatible receiver {text}"
        )));
    }
    regexp_builtin_exec(agent, r, s)
}

/// Runs a compiled pattern. On success the groups are in `agent.library.regexp.last`.
#[inline]
pub(super) fn run(
    agent: &mut Agent,
    program: &Rc<CompiledRegExp>,
    s: JsString,
    start: usize,
    sticky: bool,
) -> JsResult<bool> {
    let view = s.view(agent);
    let width = Width::of(view);
    if program.wants_native(width, agent.options.tier.regexp_steps()) {
        (agent.hooks.compile_regexp)(agent, program, width);
    } else if program.awaits_native(width)
        && agent.interrupt.load(Ordering::Relaxed) & INTERRUPT_COMPILED != 0
    {
        // A global search is many matches without a call in between that would look for it.
        (agent.hooks.compiled)(agent);
    }
    let view = s.view(agent);
    let library = &mut agent.library.regexp;
    let interrupt = &agent.interrupt;
    let mut poll = || interrupt.load(Ordering::Relaxed) & INTERRUPT_TERMINATE == 0;
    match program.exec(&mut library.work, view, start, sticky, &mut poll) {
        Ok(true) => {
            library.work.give_groups(&mut library.last);
            Ok(true)
        }
        Ok(false) => Ok(false),
        Err(ExecError::StackOverflow) => {
            library.work = MatchState::new();
            Err(agent.stack_overflow())
        }
        Err(ExecError::Interrupted) => {
            agent.poll_interrupts()?;
            // Another thread took the request back: what was asked cannot be told any more.
            Err(agent.raise_fault(Fault::Terminated))
        }
    }
}

/// Notes the input of a successful match for the legacy static properties.
#[inline]
pub(super) fn note_match(agent: &mut Agent, r: Object, s: JsString) {
    let usable = r
        .as_regexp()
        .is_some_and(|c| c.legacy() && c.realm() == agent.realm);
    agent.library.regexp.last_input = if usable { s.into() } else { Value::NULL };
    agent.library.regexp.assigned_input = Value::UNDEFINED;
}

/// Set(R, "lastIndex", n, true).
#[inline]
pub(super) fn set_last_index(agent: &mut Agent, r: Object, n: usize) -> JsResult<()> {
    if let Some(p) = &agent.library.regexp.pristine
        && r.shape(agent) == p.shape
    {
        r.store_existing_slot(agent, LAST_INDEX_SLOT, Value::usize(n));
        return Ok(());
    }
    let key = agent.names.lastIndex;
    set(agent, r, key, Value::usize(n), true)
}

/// ToLength(Get(R, "lastIndex")) of a regular expression object. May run JavaScript.
#[inline]
pub(super) fn last_index(agent: &mut Agent, r: Object) -> JsResult<u64> {
    // The property is own and cannot be deleted or made an accessor.
    let v = r.load_slot(LAST_INDEX_SLOT);
    match v.as_int() {
        Some(i) => Ok(i.max(0) as u64),
        None => to_length(agent, v),
    }
}

/// 22.2.7.2 RegExpBuiltinExec ( R, S ) up to the point where the match is known: whether there is
/// one. `r` is a regular expression object.
pub(super) fn regexp_search(agent: &mut Agent, r: Object, s: JsString) -> JsResult<bool> {
    Ok(search_for(agent, r, s)?.is_some())
}

/// The same with the pattern, `None` without a match.
fn search_for(agent: &mut Agent, r: Object, s: JsString) -> JsResult<Option<Pattern>> {
    let index = last_index(agent, r)?;
    let Some(program) = r.as_regexp().and_then(|c| c.program()) else {
        return Ok(None);
    };
    let flags = program.flags();
    let sticky = flags.contains(Flags::STICKY);
    let stateful = sticky || flags.contains(Flags::GLOBAL);
    let start = if stateful { index } else { 0 };
    let found = start <= s.len() as u64 && run(agent, &program, s, start as usize, sticky)?;
    if !found {
        if stateful {
            set_last_index(agent, r, 0)?;
        }
        return Ok(None);
    }
    if stateful {
        let end = agent.library.regexp.last.group(0).map_or(0, |m| m.end);
        set_last_index(agent, r, end)?;
    }
    note_match(agent, r, s);
    Ok(Some(program))
}

/// 22.2.7.2 RegExpBuiltinExec ( R, S )
pub(super) fn regexp_builtin_exec(agent: &mut Agent, r: Object, s: JsString) -> JsResult<Value> {
    let Some(program) = search_for(agent, r, s)? else {
        return Ok(Value::NULL);
    };
    Ok(match_result(agent, &program, s)?.into())
}

/// A capture of the last match as a value.
#[inline]
pub(super) fn capture(agent: &mut Agent, s: JsString, i: usize) -> Value {
    match agent.library.regexp.last.group(i) {
        Some(m) if m.start <= m.end && m.end <= s.len() => {
            agent.substring(s, m.start, m.end).into()
        }
        _ => Value::UNDEFINED,
    }
}

/// The shape of match results: an array with `index`, `input` and `groups`.
fn result_shape(agent: &mut Agent) -> Gc<Shape> {
    let proto = agent.intrinsic(Intrinsic::ArrayPrototype);
    if let Some((p, shape)) = agent.library.regexp.results
        && p == proto
    {
        return shape;
    }
    let sample = agent.new_array();
    for key in [agent.names.index, agent.names.input, agent.names.groups] {
        add_named(agent, sample, key, Value::UNDEFINED, Attributes::ALL);
    }
    let shape = sample.shape(agent);
    agent.library.regexp.results = Some((proto, shape));
    shape
}

/// The array of a match, from the state of the last one.
fn match_result(agent: &mut Agent, program: &CompiledRegExp, s: JsString) -> JsResult<Object> {
    let count = program.group_count();
    let shape = result_shape(agent);
    let result = agent.new_array_with_shape(shape);
    result.reserve_elements(agent, count)?;
    for i in 0..count {
        let v = capture(agent, s, i);
        result.put_element(agent, i as u32, v)?;
    }
    array::set_length_field(result, count as u32);
    let groups = groups_object(agent, program, |_, i| result.dense_element(i as u32))?;
    let index = agent.library.regexp.last.group(0).map_or(0, |m| m.start);
    // The slots are in the order in which `result_shape` added the properties.
    result.fill_new_slots(agent, &[Value::usize(index), s.into(), groups]);
    if program.flags().contains(Flags::HAS_INDICES) {
        let indices = indices_array(agent, program, count)?;
        let key = agent.names.indices;
        add_named(agent, result, key, indices.into(), Attributes::ALL);
    }
    Ok(result)
}

/// The groups object, `undefined` without named groups. Of groups with one name, the one that took
/// part counts.
pub(super) fn groups_object(
    agent: &mut Agent,
    program: &CompiledRegExp,
    value: impl Fn(&mut Agent, usize) -> Value,
) -> JsResult<Value> {
    if program.group_names().is_empty() {
        return Ok(Value::UNDEFINED);
    }
    let groups = agent.new_object(None);
    for name in program.group_names() {
        let atom = agent.intern_view(name.name.view());
        let key = PropertyKey::atom(atom);
        let mut v = Value::UNDEFINED;
        for &i in &name.groups {
            v = value(agent, i as usize);
            if !v.is_undefined() {
                break;
            }
        }
        crate::abstract_ops::create_data_property(agent, groups, key, v)?;
    }
    Ok(groups.into())
}

/// 22.2.7.8 MakeMatchIndicesIndexPairArray
fn indices_array(agent: &mut Agent, program: &CompiledRegExp, count: usize) -> JsResult<Object> {
    let result = agent.new_array();
    result.reserve_elements(agent, count)?;
    for i in 0..count {
        let pair = match agent.library.regexp.last.group(i) {
            Some(m) => agent
                .new_array_from(&[Value::usize(m.start), Value::usize(m.end)])
                .into(),
            None => Value::UNDEFINED,
        };
        result.put_element(agent, i as u32, pair)?;
    }
    array::set_length_field(result, count as u32);
    let groups = groups_object(agent, program, |_, i| result.dense_element(i as u32))?;
    let key = agent.names.groups;
    add_named(agent, result, key, groups, Attributes::ALL);
    Ok(result)
}
