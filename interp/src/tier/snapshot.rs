//! Snapshots: what the compiler may know of a function and of what it calls, taken as plain data.

mod known;

use super::layout::slot_offset;
use super::{policy, with};
use crate::construct::unpack;
use crate::ic::{ACCESSORS, Handler, PROXIES, site};
use crate::initialize;
use crate::iteration;
use crate::supers::PROTOTYPE;
use crate::vm::vm;
use rustc_hash::FxHashMap;
use sarus_bytecode::Op;
use sarus_bytecode::decode::{decode, instructions};
use sarus_bytecode::opcodes::OperandKind;
use sarus_gc::Gc;
use sarus_jit::Snapshot;
use sarus_jit::helpers::{BUILTINS, Builtin};
use sarus_jit::snapshot::{
    ArgumentsShape, ArrayIteration, BodyTarget, CallTarget, Callee, Forwarder, Forwards,
    FunctionSnapshot, Inlining, InnerFunction, InstanceElements, InstanceShape, KnownProperty,
    ObjectTemplate, Options, PrivateMethods, PropertyCase, PropertyKind, Reason, ReasonSet, Site,
};
use sarus_runtime::abstract_ops::get;
use sarus_runtime::agent::Agent;
use sarus_runtime::builtins::bodies::body_of;
use sarus_runtime::builtins::function::{Forwarding, forwarding};
use sarus_runtime::code::{IC_MEGAMORPHIC, IC_POLYMORPHIC, IcSlot, LinkedCode, PolyIc};
use sarus_runtime::kind::CellKind;
use sarus_runtime::object::arguments;
use sarus_runtime::object::elements::ElementsCell;
use sarus_runtime::object::global::PropertyCell;
use sarus_runtime::object::ordinary::ordinary_get_own_property;
use sarus_runtime::object::{Object, ObjectCell, accessor_parts, array};
use sarus_runtime::property::{OwnProperty, PropertyKey};
use sarus_runtime::realm::Intrinsic;
use sarus_runtime::shape::{Shape, ShapeTable, ValidityCell};
use sarus_runtime::value::Value;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Deepest nesting of candidates for inlining.
const MAX_DEPTH: u32 = 5;
/// Words of the largest candidate.
const MAX_CANDIDATE: usize = 400;
/// Words of all candidates together.
const MAX_TOTAL: usize = 4_000;

/// Elements of the longest array literal that compiled code makes itself.
const MAX_LITERAL: usize = 14;

/// What a snapshot refers to: alive as long as the snapshot is in use.
#[derive(Default)]
pub struct Roots {
    /// Cells and values.
    pub cells: Vec<u64>,
    /// Shape ids.
    pub shapes: Vec<u32>,
}

impl Roots {
    fn cell(&mut self, bits: u64) -> u64 {
        if bits != 0 {
            self.cells.push(bits);
        }
        bits
    }
    fn shape(&mut self, id: u32) -> u32 {
        if id != 0 {
            self.shapes.push(id);
        }
        id
    }
}

/// Takes a snapshot for compiling a code, for entering it at the start or at a loop header, with its callees inlined or not.
pub fn take(
    agent: &mut Agent,
    code: Gc<LinkedCode>,
    osr: Option<u32>,
    number: u32,
    inline: Inlining,
) -> (Snapshot, Roots) {
    let tier = &vm(agent).tier;
    if tier.builtins.get().is_none() {
        let list = builtins(agent);
        // Nobody else fills it in meanwhile: walking a fresh realm runs no JavaScript.
        let _ = tier.builtins.set(list);
    }
    let (array_shape, iteration) = arrays(agent, code);
    let (no_elements, all_no_elements) = inherited_elements(agent, code);
    let arguments = arguments_objects(agent, code);
    let agent = &*agent;
    let mut taker = Taker {
        shapes: &agent.shapes,
        realm: code.realm().addr(),
        builtins: tier.builtins.get().map_or(&[][..], |list| &list[..]),
        index: FxHashMap::default(),
        queue: Vec::new(),
        words: 0,
        roots: Roots::default(),
        templates: Vec::new(),
        known: Vec::new(),
    };
    taker.roots.cell(all_no_elements);
    taker.roots.cell(no_elements);
    taker.add(code, 0);
    // The shape itself up to here: its id alone would not keep it while the others were found.
    let array_shape = array_shape.id();
    taker.roots.shape(array_shape);
    let arguments =
        arguments.map(|a| a.map(|(shape, values, callee)| taker.arguments(shape, values, callee)));
    if let Some(protocol) = &iteration {
        let cells = [protocol.array_validity, protocol.iterator_validity];
        taker.roots.cells.extend(cells);
        for (place, value) in [protocol.values, protocol.next] {
            taker.roots.cells.extend([place, value]);
        }
    }
    let iter_result = code.realm().iter_result_shape().map_or(0, |shape| {
        taker.templates.push(shape);
        taker.roots.shape(shape.id());
        taker.roots.cell(shape.addr() as u64)
    });
    let mut functions = Vec::new();
    while let Some(&(code, depth)) = taker.queue.get(functions.len()) {
        functions.push(taker.function(code, depth));
    }
    let options = &agent.options.tier;
    let counter = tier
        .stress_counter
        .get_or_init(|| Box::new(Cell::new(options.stress_exits)));
    let entries = match inline {
        Inlining::Little => {
            let first = policy::entries(agent);
            with(code, |t| t.entries(first))
        }
        _ => 0,
    };
    let snapshot = Snapshot {
        functions,
        osr,
        realm: code.realm().addr() as u64,
        layout: tier.layout(agent),
        // Known to the thread that compiles.
        helpers: Arc::default(),
        options: Options {
            print: options.print.clone(),
            verify: options.verify,
            stress_exits: options.stress_exits,
            stress_counter: counter.as_ptr() as u64,
            inline,
            routines: policy::calls_routines(agent, inline, number),
            entries,
        },
        code_number: number,
        no_elements,
        all_no_elements,
        objects: templates(agent, &taker.templates),
        array_shape,
        iter_result,
        arguments,
        known: taker.known,
        iteration: iteration.map(Box::new),
    };
    (snapshot, taker.roots)
}

/// What new objects of these shapes consist of, where they are small.
fn templates(agent: &Agent, shapes: &[Gc<Shape>]) -> Vec<ObjectTemplate> {
    let mut list: Vec<ObjectTemplate> = Vec::new();
    for &shape in shapes {
        let address = shape.addr() as u64;
        let template = ObjectCell::template(agent, shape);
        if let Some((size, header, elements)) = template
            && list.iter().all(|t| t.shape != address)
        {
            list.push(ObjectTemplate {
                shape: address,
                size,
                header,
                elements,
            });
        }
    }
    list
}

/// Shape id of plain arrays of a code's realm, and how they are iterated.
fn arrays(agent: &mut Agent, code: Gc<LinkedCode>) -> (Gc<Shape>, Option<ArrayIteration>) {
    let realm = std::mem::replace(&mut agent.realm, code.realm());
    let proto = agent.intrinsic(Intrinsic::ArrayPrototype);
    let shape = agent.root_shape(CellKind::Array, Some(proto), 0);
    let iteration = iteration::array_iteration(agent);
    agent.realm = realm;
    (shape, iteration)
}

/// The addresses of the validity cells of there being no indexed properties in prototypes of arrays and their like, and in any.
fn inherited_elements(agent: &mut Agent, code: Gc<LinkedCode>) -> (u64, u64) {
    let address = |cell: Gc<ValidityCell>| cell.addr() as u64;
    let realm = std::mem::replace(&mut agent.realm, code.realm());
    let no_elements = agent.elements_validity().map_or(0, address);
    let all_no_elements = agent.all_elements_validity().map_or(0, address);
    agent.realm = realm;
    (no_elements, all_no_elements)
}

/// Shape, `[Symbol.iterator]` and `callee` of arguments objects.
type Arguments = (Gc<Shape>, Value, Value);

/// What arguments objects of a code's realm consist of: of sloppy functions and of others.
fn arguments_objects(agent: &mut Agent, code: Gc<LinkedCode>) -> [Option<Arguments>; 2] {
    let realm = std::mem::replace(&mut agent.realm, code.realm());
    let made = [false, true].map(|strict| arguments::plain_arguments(agent, strict));
    agent.realm = realm;
    made
}

/// The compiler's builtins by the address of their Rust function, from a realm that no program has changed.
fn builtins(agent: &mut Agent) -> Vec<(usize, Builtin)> {
    let fresh = agent.create_realm();
    let realm = std::mem::replace(&mut agent.realm, fresh);
    let global = agent.global_object();
    let mut list = Vec::new();
    for (builtin, path) in BUILTINS {
        let mut at: Option<Object> = Some(global);
        for name in path.split('.') {
            at = match iterator_prototype(name) {
                Some(prototype) => Some(agent.intrinsic(prototype)),
                None => at.and_then(|o| step(agent, o, name)),
            };
        }
        if let Some(native) = at.and_then(|o| o.as_native()) {
            list.push((native.function() as usize, *builtin));
        }
    }
    agent.realm = realm;
    list
}

/// What a property cache has seen; `None` if that is too much.
fn entries(ic: IcSlot) -> Option<Vec<IcSlot>> {
    Some(match ic.shape {
        IC_MEGAMORPHIC => return None,
        IC_POLYMORPHIC => {
            // SAFETY: a slot in that state holds its cell in `a`.
            let poly: Gc<PolyIc> = unsafe { Gc::from_raw(ic.a as *mut PolyIc) };
            poly.entries().collect()
        }
        _ => vec![ic],
    })
}

/// Why checks failed, by word offset. Where a site has met more since than the code that failed knew of, that check may be made
/// again: this ends, because a site tells only a few things apart.
fn learned(code: Gc<LinkedCode>, sites: &[Site]) -> BTreeMap<u32, ReasonSet> {
    let (mut exits, met) = with(code, |t| (t.exits.clone(), t.met.clone()));
    for (pc, met) in met {
        let Ok(at) = decode(&code.block().words, pc) else {
            continue;
        };
        let operands = at.op.info().operands.iter().zip(at.operands());
        let mut slots = operands.filter(|(operand, _)| operand.kind == OperandKind::Slot);
        let site = slots.next().and_then(|(_, &slot)| sites.get(slot as usize));
        let (reason, count) = match site {
            Some(Site::Property(cases)) => (Reason::WrongShape, cases.len()),
            Some(Site::Call(targets)) => (Reason::WrongCallee, targets.len()),
            _ => continue,
        };
        if count > usize::from(met)
            && let Some(reasons) = exits.get_mut(&pc)
        {
            reasons.remove(reason);
        }
    }
    exits
}

/// Prototypes in builtins' paths that no name leads to.
fn iterator_prototype(name: &str) -> Option<Intrinsic> {
    Some(match name {
        "%GeneratorPrototype%" => Intrinsic::GeneratorPrototype,
        "%ArrayIteratorPrototype%" => Intrinsic::ArrayIteratorPrototype,
        "%MapIteratorPrototype%" => Intrinsic::MapIteratorPrototype,
        "%SetIteratorPrototype%" => Intrinsic::SetIteratorPrototype,
        "%StringIteratorPrototype%" => Intrinsic::StringIteratorPrototype,
        _ => return None,
    })
}

/// One step of a builtin's path.
fn step(agent: &mut Agent, o: Object, name: &str) -> Option<Object> {
    if name == "^" {
        return o.shape(agent).prototype_object();
    }
    let getter = name.strip_prefix("get ");
    let key = PropertyKey::atom(agent.intern(getter.unwrap_or(name)));
    let found = match getter {
        None => get(agent, o, key).ok()?,
        Some(_) => match ordinary_get_own_property(agent, o, key)? {
            OwnProperty::Accessor { get, .. } => get,
            OwnProperty::Data { .. } => return None,
        },
    };
    found.as_object()
}

struct Taker<'a> {
    shapes: &'a ShapeTable,
    realm: usize,
    builtins: &'a [(usize, Builtin)],
    index: FxHashMap<u64, usize>,
    /// Functions and their depth, in the order of their numbers.
    queue: Vec<(Gc<LinkedCode>, u32)>,
    words: usize,
    roots: Roots,
    /// Shapes of objects that the functions make.
    templates: Vec<Gc<Shape>>,
    known: Vec<KnownProperty>,
}

impl Taker<'_> {
    fn add(&mut self, code: Gc<LinkedCode>, depth: u32) -> usize {
        let number = self.queue.len();
        self.index.insert(code.addr() as u64, number);
        self.queue.push((code, depth));
        self.words += code.block().words.len();
        self.roots.cell(code.addr() as u64);
        number
    }

    /// The number of a code seen at a call, if it is (or becomes) a candidate for inlining.
    fn candidate(&mut self, code: Gc<LinkedCode>, depth: u32) -> Option<usize> {
        if let Some(known) = self.index.get(&(code.addr() as u64)) {
            return Some(*known);
        }
        let block = code.block();
        let size = block.words.len();
        let fits = depth <= MAX_DEPTH && size <= MAX_CANDIDATE && self.words + size <= MAX_TOTAL;
        let flags = &block.flags;
        if !fits || code.is_lazy() || !code.has_feedback() || flags.generator || flags.is_async {
            return None;
        }
        Some(self.add(code, depth))
    }

    fn function(&mut self, code: Gc<LinkedCode>, depth: u32) -> FunctionSnapshot {
        let block = code.block_arc();
        let feedback = if code.has_feedback() {
            // SAFETY: there are `feedback_len` bytes, which nothing writes to meanwhile.
            unsafe { std::slice::from_raw_parts(code.feedback(), block.feedback_len()) }.to_vec()
        } else {
            vec![0; block.feedback_len()]
        };
        let mut sites = vec![Site::Empty; block.ic_kinds.len()];
        if code.has_feedback() {
            for at in instructions(&block.words).flatten() {
                let operands = at.op.info().operands.iter().zip(at.operands());
                for (operand, &slot) in operands {
                    let slot = slot as usize;
                    if operand.kind == OperandKind::Slot && slot < sites.len() {
                        // SAFETY: the verifier checked the slot number.
                        let ic = unsafe { *code.ics().add(slot) };
                        sites[slot] = self.site(at.op, ic, depth);
                        if let (Op::Call | Op::CallMethod, Site::Call(targets)) =
                            (at.op, &mut sites[slot])
                        {
                            let argc = at.operands()[3] as usize;
                            self.bodies(targets, ic.c, argc, depth);
                        }
                    }
                }
            }
        }
        let has_run = code.tier.borrow().is_some();
        let exits = match has_run {
            true => learned(code, &sites),
            false => BTreeMap::new(),
        };
        FunctionSnapshot {
            code_cell: code.addr() as u64,
            words: code.words() as u64,
            constants: code.constants().iter().map(|v| v.bits()).collect(),
            feedback,
            sites,
            inner: self.inner(code),
            exits,
            same_realm: code.realm().addr() == self.realm,
            warm: code.has_feedback(),
            code: block,
        }
    }

    fn arguments(&mut self, shape: Gc<Shape>, values: Value, callee: Value) -> ArgumentsShape {
        self.templates.push(shape);
        let callee = match callee.is_undefined() {
            true => 0,
            false => self.roots.cell(callee.bits()),
        };
        ArgumentsShape {
            shape: self.roots.cell(shape.addr() as u64),
            shape_id: self.roots.shape(shape.id()),
            values: self.roots.cell(values.bits()),
            callee,
        }
    }

    /// The inner functions of which there were closures.
    fn inner(&mut self, code: Gc<LinkedCode>) -> Vec<Option<InnerFunction>> {
        let count = code.block().functions.len();
        let mut inner = |i: usize| {
            let inner = code.linked_inner(i)?;
            let (header, shape) = inner.closure_header()?;
            self.roots.shape(shape.id());
            Some(InnerFunction {
                code: self.roots.cell(inner.addr() as u64),
                header,
                arrow: inner.block().flags.arrow,
            })
        };
        (0..count).map(&mut inner).collect()
    }

    fn site(&mut self, op: Op, ic: IcSlot, depth: u32) -> Site {
        match op {
            Op::GetProp | Op::GetLength => self.property(ic, depth, false),
            Op::GetMethod | Op::GetSuperProp => self.method(ic, depth),
            Op::SetProp | Op::SetPropSloppy => self.property(ic, depth, true),
            Op::LoadGlobal
            | Op::LoadGlobalOrUndefined
            | Op::StoreGlobal
            | Op::StoreGlobalSloppy
            | Op::InitGlobalLexical => self.global(ic),
            Op::Call | Op::CallMethod | Op::CallSpread | Op::CallEval | Op::CallEvalSpread => {
                self.call(ic, depth)
            }
            Op::Construct | Op::ConstructSpread | Op::SuperCall | Op::SuperCallSpread => {
                self.construct(ic, depth)
            }
            Op::NewObject | Op::NewObjectWith if ic.a != 0 => {
                // SAFETY: literal sites hold the shape in `a`.
                let shape: Gc<Shape> = unsafe { Gc::from_raw(ic.a as *mut Shape) };
                self.templates.push(shape);
                Site::Literal {
                    shape: self.roots.cell(ic.a),
                }
            }
            // A validity cell comes with it.
            Op::InstanceOf if ic.handler != 0 => match self.case(ic, depth, false) {
                Some(case) => {
                    let validity = self.roots.cell(ic.b);
                    Site::Property(vec![PropertyCase { validity, ..case }])
                }
                None => Site::Empty,
            },
            Op::IteratorStep if ic.handler != 0 => Site::Steps { seen: ic.handler },
            Op::NewArrayConst if ic.a != 0 => {
                // SAFETY: sites of array literals hold their elements in `a`.
                let elements: Gc<ElementsCell> = unsafe { Gc::from_raw(ic.a as *mut ElementsCell) };
                let values = elements.values().iter().take(MAX_LITERAL + 1);
                let values: Vec<u64> = values.map(|v| v.get().bits()).collect();
                if values.len() > MAX_LITERAL {
                    return Site::Megamorphic;
                }
                for v in &values {
                    self.roots.cell(*v);
                }
                Site::ArrayLiteral { values }
            }
            // The name is part of the case.
            Op::GetPrivate | Op::SetPrivate => self.private(ic, depth),
            Op::DefinePrivateField => self.definition(ic, true),
            Op::DefineOwn => self.definition(ic, false),
            Op::GetSuperBase | Op::GetSuperConstructor if ic.handler == PROTOTYPE => {
                Site::Prototype {
                    shape: self.roots.shape(ic.shape),
                    value: self.roots.cell(ic.a),
                }
            }
            Op::InitInstance => self.elements_of_instances(ic, depth),
            _ => Site::Empty,
        }
    }

    fn global(&mut self, ic: IcSlot) -> Site {
        if ic.a == 0 {
            return Site::Empty;
        }
        // SAFETY: caches of globals hold their property cell in `a`.
        let value = unsafe { (*(ic.a as *const PropertyCell)).value() };
        Site::Global {
            cell: self.roots.cell(ic.a),
            value: self.roots.cell(value.bits()),
        }
    }

    /// A private element: the cases say the name.
    fn private(&mut self, ic: IcSlot, depth: u32) -> Site {
        let Some(entries) = entries(ic) else {
            return Site::Megamorphic;
        };
        let mut cases = Vec::new();
        for entry in entries {
            if let Some(case) = self.case(entry, depth, false) {
                let value = self.roots.cell(entry.c);
                cases.push(PropertyCase { value, ..case });
            }
        }
        if cases.is_empty() {
            Site::Empty
        } else {
            Site::Property(cases)
        }
    }

    /// New own properties, which depend on nothing but the shape; the cases of private ones say the name.
    fn definition(&mut self, ic: IcSlot, private: bool) -> Site {
        let Some(entries) = entries(ic) else {
            return Site::Megamorphic;
        };
        let mut cases = Vec::new();
        for entry in entries.into_iter().filter(|e| e.handler != 0) {
            let handler = Handler(entry.handler);
            // SAFETY: slots of definitions hold the next shape in `a`.
            let next: Gc<Shape> = unsafe { Gc::from_raw(entry.a as *mut Shape) };
            self.roots.cell(entry.a);
            cases.push(PropertyCase {
                shape: self.roots.shape(entry.shape),
                kind: match handler.kind() {
                    Handler::ADD => PropertyKind::Add,
                    _ => PropertyKind::Other,
                },
                offset: handler.offset() as i32,
                cell: 0,
                validity: 0,
                new_shape: self.roots.shape(next.id()),
                value: if private { self.roots.cell(entry.c) } else { 0 },
                constant: false,
                accessor: None,
                accessor_value: 0,
                getter: None,
                method: None,
            });
        }
        if cases.is_empty() {
            Site::Empty
        } else {
            Site::Property(cases)
        }
    }

    /// What a class gives to its instances.
    fn elements_of_instances(&mut self, ic: IcSlot, depth: u32) -> Site {
        if ic.handler != initialize::FIELDS && ic.handler != initialize::METHODS {
            return match ic.handler {
                0 => Site::Empty,
                _ => Site::Megamorphic,
            };
        }
        let data = self.roots.cell(ic.a);
        let Some(object) = Value::from_bits(ic.a).as_object() else {
            return Site::Megamorphic;
        };
        let methods = initialize::shape_after(&ic).zip(initialize::known_methods(&ic));
        let methods = methods.and_then(|(after, values)| {
            let count = array::length_of(values).unwrap_or(0);
            let values = (0..count).map(|i| self.roots.cell(values.dense_element(i).bits()));
            let values: Vec<u64> = values.collect();
            let (offset, inline) = slot_offset(after.slot_count() - count, after.inline_capacity());
            inline.then(|| PrivateMethods {
                shape: self.roots.shape(ic.shape),
                new_shape: self.roots.shape(after.id()),
                offset,
                values,
            })
        });
        if methods.is_none() && ic.handler == initialize::METHODS {
            return Site::Megamorphic;
        }
        let fields = initialize::field_initializer(object).and_then(|init| {
            let code = init.as_function()?.code();
            let closure = self.roots.cell(Value::from(init).bits());
            Some((closure, self.target(code.addr() as u64, depth)))
        });
        Site::Instance(Box::new(InstanceElements {
            data,
            methods,
            fields,
        }))
    }

    fn property(&mut self, ic: IcSlot, depth: u32, store: bool) -> Site {
        let Some(entries) = entries(ic) else {
            return match ic.handler {
                ACCESSORS if !store => Site::Accessors,
                _ => Site::Megamorphic,
            };
        };
        let general = ic.shape == 0 && ic.handler == Handler::GENERAL;
        let cases: Vec<_> = entries
            .into_iter()
            .filter(|_| !general)
            .filter_map(|e| self.case(e, depth, store))
            .collect();
        if general && ic.c == PROXIES {
            Site::Proxy
        } else if general {
            Site::General
        } else if cases.is_empty() {
            Site::Empty
        } else {
            Site::Property(cases)
        }
    }

    /// A property that is about to be called.
    fn method(&mut self, ic: IcSlot, depth: u32) -> Site {
        let mut site = self.property(ic, depth, false);
        if let Site::Property(cases) = &mut site {
            for case in cases.iter_mut().filter(|c| c.kind == PropertyKind::Proto) {
                let function = Value::from_bits(case.value).as_object();
                if let Some(function) = function.and_then(|o| o.as_function()) {
                    let code = function.code();
                    let cell = self.roots.cell(code.addr() as u64);
                    case.method = Some((cell, self.candidate(code, depth + 1)));
                }
            }
        }
        site
    }

    /// What a handler does; `None` if it is empty or does not hold any more.
    fn case(&mut self, ic: IcSlot, depth: u32, store: bool) -> Option<PropertyCase> {
        let handler = Handler(ic.handler);
        if handler.0 == 0 {
            return None;
        }
        let chained = matches!(
            handler.kind(),
            Handler::PROTO
                | Handler::ACCESSOR_PROTO
                | Handler::ABSENT
                | Handler::PRIMITIVE
                | Handler::PRIMITIVE_ACCESSOR
                | Handler::ADD
                | Handler::ADD_SLOTS
        );
        if chained {
            // SAFETY: handlers that depend on a chain keep its validity cell in `b`.
            let valid = ic.b == 0 || unsafe { (*(ic.b as *const ValidityCell)).is_valid() };
            if !valid {
                return None;
            }
        }
        let mut case = PropertyCase {
            shape: self.roots.shape(ic.shape),
            kind: PropertyKind::Other,
            offset: handler.offset() as i32,
            cell: 0,
            validity: if chained { self.roots.cell(ic.b) } else { 0 },
            new_shape: 0,
            value: 0,
            constant: false,
            accessor: None,
            accessor_value: 0,
            getter: None,
            method: None,
        };
        case.kind = match handler.kind() {
            Handler::OWN => PropertyKind::Own,
            Handler::OWN_SLOTS => PropertyKind::OwnSlots,
            Handler::PROTO => {
                self.holder(&mut case, ic);
                PropertyKind::Proto
            }
            Handler::PRIMITIVE if ic.c == CellKind::String as u64 => {
                self.holder(&mut case, ic);
                PropertyKind::StringProto
            }
            Handler::ABSENT => PropertyKind::Absent,
            Handler::ARRAY_LENGTH => PropertyKind::ArrayLength,
            Handler::ACCESSOR => PropertyKind::Accessor,
            Handler::ACCESSOR_PROTO => {
                self.holder(&mut case, ic);
                let (getter, setter) = accessor_parts(Value::from_bits(case.value));
                let function = if store { setter } else { getter };
                case.getter = self.native(getter).filter(|_| !store);
                self.roots.cell(getter.bits());
                let code = function.as_object().and_then(|o| o.as_function());
                case.accessor_value = self.roots.cell(function.bits());
                case.accessor = code.and_then(|f| self.candidate(f.code(), depth + 1));
                PropertyKind::AccessorProto
            }
            Handler::ADD => {
                self.roots.cell(ic.a);
                case.new_shape = self.roots.shape(ic.c as u32);
                PropertyKind::Add
            }
            Handler::ADD_SLOTS => {
                self.roots.cell(ic.a);
                case.new_shape = self.roots.shape(ic.c as u32);
                PropertyKind::AddSlots
            }
            _ => PropertyKind::Other,
        };
        Some(case)
    }

    /// The cell that holds the value, and the value.
    fn holder(&mut self, case: &mut PropertyCase, ic: IcSlot) {
        case.cell = self.roots.cell(ic.a);
        // SAFETY: while the validity cell is valid the layout of the holder does not change.
        let value = unsafe { *((ic.a as usize + case.offset as usize) as *const u64) };
        case.value = self.roots.cell(value);
        case.constant = ic.shape != 0 && self.is_constant(ic);
    }

    /// Whether the prototype that a handler found the property in keeps its values.
    fn is_constant(&self, ic: IcSlot) -> bool {
        let shape = |id| self.shapes.try_get(id);
        // Sites of `super` say where the search began.
        let mut at = match Value::from_bits(ic.c).as_object() {
            Some(first) => Some(first),
            None => shape(ic.shape).and_then(|s| s.prototype_object()),
        };
        while let Some(o) = at {
            let Some(own) = shape(o.header().shape()) else {
                return false;
            };
            let slots = o.slots_cell().map(|cell| cell.addr());
            if o.addr() == ic.a as usize || slots == Some(ic.a as usize) {
                return own.has_constant_values();
            }
            at = own.prototype_object();
        }
        false
    }

    fn call(&mut self, ic: IcSlot, depth: u32) -> Site {
        match ic.handler {
            0 => Site::Empty,
            site::MANY => Site::Megamorphic,
            _ => {
                let targets = site::targets(&ic).into_iter();
                Site::Call(targets.map(|bits| self.target(bits, depth)).collect())
            }
        }
    }

    fn target(&mut self, bits: u64, depth: u32) -> CallTarget {
        self.roots.cell(bits);
        let value = Value::from_bits(bits);
        let callee = if value.is_kind(CellKind::LinkedCode) {
            // SAFETY: the kind was checked.
            let code: Gc<LinkedCode> = unsafe { Gc::from_raw(bits as *mut LinkedCode) };
            Callee::Code {
                cell: bits,
                function: self.candidate(code, depth + 1),
            }
        } else {
            Callee::Native {
                value: bits,
                builtin: self.native(value).map(|(_, builtin)| builtin),
            }
        };
        CallTarget {
            callee,
            instance: None,
            body: None,
            forwards: None,
        }
    }

    /// Finds the bodies of builtins that a site calls.
    fn bodies(&mut self, targets: &mut [CallTarget], argument: u64, argc: usize, depth: u32) {
        for target in targets {
            let Callee::Native { value, .. } = target.callee else {
                continue;
            };
            let native = Value::from_bits(value)
                .as_object()
                .and_then(|o| o.as_native());
            let kind = native.and_then(|n| match forwarding(n.function())? {
                Forwarding::Call => Some(Forwarder::Call),
                Forwarding::Apply => Some(Forwarder::Apply),
                Forwarding::ReflectApply => Some(Forwarder::ReflectApply),
            });
            if let Some(kind) = kind {
                let code = Value::from_bits(argument).as_linked_code();
                if let Some(code) = code {
                    self.candidate(code, depth + 1);
                }
                let code = code.map_or(0, |_| self.roots.cell(argument));
                target.forwards = Some(Forwards { kind, code });
                continue;
            }
            let Some((closure, _)) = native.and_then(|n| body_of(n, argc)) else {
                continue;
            };
            // Calls at this site have been nothing for the body so far.
            if argument == 0 {
                continue;
            }
            let code = closure.as_function().map(|f| f.code());
            let Some(code) = code else { continue };
            let function = self.candidate(code, depth + 1);
            let callback = Value::from_bits(argument).as_linked_code();
            if let Some(code) = callback {
                self.roots.cell(argument);
                self.candidate(code, depth + 2);
            }
            target.body = Some(BodyTarget {
                closure: self.roots.cell(Value::from(closure).bits()),
                code: self.roots.cell(code.addr() as u64),
                function,
                callback: callback.map(|_| argument),
            });
        }
    }

    /// A function of Rust that the compiler knows: its bits, and what it is.
    fn native(&self, v: Value) -> Option<(u64, Builtin)> {
        let native = v.as_object()?.as_native()?;
        let function = native.function() as usize;
        let (_, builtin) = self.builtins.iter().find(|(f, _)| *f == function)?;
        // The results of another realm's `next` are objects of that realm.
        let foreign = builtin.is_of_realm() && native.realm().addr() != self.realm;
        (!foreign).then_some((v.bits(), *builtin))
    }

    fn construct(&mut self, ic: IcSlot, depth: u32) -> Site {
        if ic.c == 0 {
            return Site::Empty;
        }
        if ic.c == site::SEVERAL {
            return Site::Megamorphic;
        }
        if let Some(few) = site::constructors(&ic) {
            let known = few.entries().filter(|e| e.c != 0);
            let targets = known.map(|e| {
                let mut target = self.target(e.c, depth);
                if e.handler != 0 {
                    target.instance = self.instance(e);
                }
                target
            });
            return Site::Call(targets.collect());
        }
        let mut target = self.target(ic.c, depth);
        if ic.shape != 0 && ic.b != 0 {
            target.instance = self.instance(ic);
            if let Some(instance) = &target.instance {
                self.properties_of(instance.shape_id, ic.c, depth);
            }
        }
        Site::Call(vec![target])
    }

    fn instance(&mut self, ic: IcSlot) -> Option<InstanceShape> {
        let (_, slot) = unpack(ic.handler);
        // SAFETY: construct sites hold the instances' shape in `b`, and the prototype, an object, in `a`.
        let shape: Gc<Shape> = unsafe { Gc::from_raw(ic.b as *mut Shape) };
        self.templates.push(shape);
        let constructor = self.shapes.try_get(ic.shape)?;
        let (offset, inline) = slot_offset(slot, constructor.inline_capacity());
        Some(InstanceShape {
            constructor_shape: self.roots.shape(ic.shape),
            offset,
            inline,
            prototype: self.roots.cell(ic.a),
            shape: self.roots.cell(ic.b),
            shape_id: self.roots.shape(shape.id()),
            inline_slots: shape.inline_capacity() as u8,
        })
    }
}
