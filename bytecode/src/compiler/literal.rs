//! Object, array and template literals.

use super::pattern::Key;
use super::{Body, Compiler, Hint, Reg, number};
use crate::code_block::{Constant, IcKind, LiteralElement};
use crate::js_str::JsStr;
use crate::opcodes::Op;
use sarus_parser::Name;
use sarus_parser::ast::{
    Expr, ExprKind, Function, Property, PropertyKey, PropertyKind, Template, UnaryOp,
};

/// Greatest number of values collected in registers for one `NewObjectWith` or `NewArrayWith`.
const MAX_VALUES: usize = 24;

/// Flags of `DefineMethod`.
pub(super) mod method {
    /// A method.
    pub const METHOD: u32 = 0;
    /// A getter.
    pub const GETTER: u32 = 1;
    /// A setter.
    pub const SETTER: u32 = 2;
    /// Enumerable.
    pub const ENUMERABLE: u32 = 4;
}

impl<'a> Compiler<'_, 'a> {
    // ------------------------------------------------------------ objects

    pub(super) fn object(&mut self, properties: &'a [Property<'a>], dst: Reg) {
        let simple = self.simple_prefix(properties);
        let (first, rest) = properties.split_at(simple);
        // Written once, when all values are there: even a variable may be the place.
        let object = if rest.is_empty() {
            dst
        } else {
            self.scratch_for(dst)
        };
        let mark = self.f.top;
        if first.is_empty() {
            let slot = self.slot(IcKind::Object);
            let capacity = rest.len().min(0xFFFF) as u32;
            self.emit(Op::NewObject, &[object, capacity, slot]);
        } else {
            let base = self.f.top;
            let mut keys = Vec::with_capacity(first.len());
            for property in first {
                let reg = self.alloc();
                keys.push(self.simple_property(property, reg));
                self.set_top(reg + 1);
            }
            let constant = self.f.asm.constant(Constant::ObjectKeys(keys));
            let slot = self.slot(IcKind::Object);
            self.emit(Op::NewObjectWith, &[object, base, slot, constant]);
        }
        self.f.top = mark;
        for property in rest {
            self.object_member(property, object);
            self.set_top(mark);
        }
        self.mov(dst, object);
    }

    /// How many of the first properties are plain `name: value` with different names.
    fn simple_prefix(&self, properties: &'a [Property<'a>]) -> usize {
        let mut names: Vec<Name> = Vec::new();
        for property in properties.iter().take(MAX_VALUES) {
            let name = match property.kind {
                PropertyKind::Value {
                    key: PropertyKey::Name { name, .. },
                    ..
                } => name,
                PropertyKind::Shorthand(ident) => ident.name,
                _ => break,
            };
            if name == Name::PROTO || self.array_index(name).is_some() || names.contains(&name) {
                break;
            }
            names.push(name);
        }
        names.len()
    }

    fn simple_property(&mut self, property: &'a Property<'a>, reg: Reg) -> JsStr {
        match &property.kind {
            PropertyKind::Value {
                key: PropertyKey::Name { name, .. },
                value,
            } => {
                self.ev_named(value, Some(reg), Hint::Name(*name));
                self.js(*name)
            }
            PropertyKind::Shorthand(ident) => {
                self.load_ident(ident, Some(reg));
                self.js(ident.name)
            }
            _ => JsStr::default(),
        }
    }

    fn object_member(&mut self, property: &'a Property<'a>, object: Reg) {
        self.at(property.span);
        match &property.kind {
            PropertyKind::Value { key, value } => {
                let key = self.property_key(key, None);
                let hint = self.key_hint(key);
                let value = self.ev_named(value, None, hint);
                self.define(object, key, value);
            }
            PropertyKind::Shorthand(ident) => {
                let value = self.load_ident(ident, None);
                let key = match self.array_index(ident.name) {
                    None => Key::Name(ident.name),
                    Some(_) => return,
                };
                self.define(object, key, value);
            }
            PropertyKind::Proto(value) => {
                let value = self.ev(value, None);
                self.emit(Op::SetProto, &[object, value]);
            }
            PropertyKind::Method { key, function } => {
                self.method(object, key, function, method::METHOD | method::ENUMERABLE);
            }
            PropertyKind::Getter { key, function } => {
                self.method(object, key, function, method::GETTER | method::ENUMERABLE);
            }
            PropertyKind::Setter { key, function } => {
                self.method(object, key, function, method::SETTER | method::ENUMERABLE);
            }
            PropertyKind::Spread(value) => {
                let source = self.ev(value, None);
                let base = self.f.top;
                self.at(property.span);
                self.emit(Op::CopyDataProperties, &[object, base, source, 0]);
            }
            PropertyKind::CoverInitialized { .. } => {}
        }
    }

    /// The name an anonymous function gets from a property key.
    pub(super) fn key_hint(&self, key: Key) -> Hint {
        match key {
            Key::Name(name) => Hint::Name(name),
            Key::Reg(reg) => Hint::Reg(reg),
        }
    }

    /// CreateDataPropertyOrThrow.
    pub(super) fn define(&mut self, object: Reg, key: Key, value: Reg) {
        match key {
            Key::Name(name) => {
                let name = self.name_constant(name);
                let slot = self.slot(IcKind::DefineOwn);
                self.emit(Op::DefineOwn, &[object, value, slot, name]);
            }
            Key::Reg(key) => {
                let slot = self.slot(IcKind::DefineElem);
                self.emit(Op::DefineElem, &[object, key, value, slot]);
            }
        }
    }

    /// Defines a method, getter or setter.
    pub(super) fn method(
        &mut self,
        object: Reg,
        key: &PropertyKey<'a>,
        function: &'a Function<'a>,
        flags: u32,
    ) {
        let key = self.property_key(key, None);
        let closure = self.method_closure(object, key, function, flags & 3);
        let key = match key {
            Key::Reg(reg) => reg,
            Key::Name(name) => {
                let reg = self.alloc();
                self.load_name(reg, name);
                reg
            }
        };
        self.emit(Op::DefineMethod, &[object, key, closure, flags]);
    }

    /// The closure of a method with its name.
    pub(super) fn method_closure(
        &mut self,
        home: Reg,
        key: Key,
        function: &'a Function<'a>,
        kind: u32,
    ) -> Reg {
        let prefix = match kind {
            method::GETTER => "get ",
            method::SETTER => "set ",
            _ => "",
        };
        let name = match key {
            Key::Name(name) => self.prefixed(prefix, &self.js(name)),
            Key::Reg(_) => JsStr::default(),
        };
        let index = self.enqueue(Body::Function(function), name);
        let closure = self.alloc();
        self.emit(Op::CreateMethod, &[closure, home, index]);
        if let Key::Reg(key) = key {
            self.emit(Op::SetFunctionName, &[closure, key, kind]);
        }
        closure
    }

    // ------------------------------------------------------------ arrays

    /// An array literal, or an argument list with spreads.
    pub(super) fn array(&mut self, elements: &'a [Expr<'a>], dst: Reg) {
        self.array_of(elements, dst, false);
    }

    /// An array of literal elements, or of arguments, which messages tell apart.
    pub(super) fn array_of(&mut self, elements: &'a [Expr<'a>], dst: Reg, arguments: bool) {
        if let Some(constant) = self.constant_array(elements) {
            let constant = self.f.asm.constant(Constant::ArrayLiteral(constant));
            let slot = self.slot(IcKind::Array);
            self.emit(Op::NewArrayConst, &[dst, slot, constant]);
            return;
        }
        let first = elements
            .iter()
            .take(MAX_VALUES)
            .take_while(|element| !matches!(element.kind, ExprKind::Spread(_)))
            .count();
        let (first, rest) = elements.split_at(first);
        let array = if rest.is_empty() {
            dst
        } else {
            self.scratch_for(dst)
        };
        let mark = self.f.top;
        let slot = self.slot(IcKind::Array);
        if first.is_empty() {
            let capacity = rest.len() as u32;
            self.emit(Op::NewArray, &[array, slot, capacity]);
        } else {
            let base = self.f.top;
            for element in first {
                let reg = self.alloc();
                self.ev(element, Some(reg));
                self.set_top(reg + 1);
            }
            self.emit(Op::NewArrayWith, &[array, base, slot, first.len() as u32]);
        }
        self.set_top(mark);
        for element in rest {
            if let ExprKind::Spread(argument) = element.kind {
                let value = self.ev(argument, None);
                let whole = if arguments {
                    element.span
                } else {
                    argument.span
                };
                self.at_point(whole, Self::shown_point(argument));
                let slot = self.slot(IcKind::Iterator);
                self.emit(Op::ArraySpread, &[array, value, slot]);
            } else {
                let value = self.ev(element, None);
                self.emit(Op::ArrayPush, &[array, value]);
            }
            self.set_top(mark);
        }
        self.mov(dst, array);
    }

    /// The elements of an array literal of nothing but primitives.
    fn constant_array(&self, elements: &'a [Expr<'a>]) -> Option<Vec<LiteralElement>> {
        if elements.len() < 2 {
            return None;
        }
        elements
            .iter()
            .map(|element| {
                Some(match element.kind {
                    ExprKind::Hole => LiteralElement::Hole,
                    ExprKind::Null => LiteralElement::Null,
                    ExprKind::Bool(value) => LiteralElement::Bool(value),
                    ExprKind::Number(value) => LiteralElement::Number(value),
                    ExprKind::String(name) => LiteralElement::String(self.js(name)),
                    ExprKind::Unary {
                        op: UnaryOp::Minus, ..
                    } => LiteralElement::Number(number::constant(element)?),
                    _ => return None,
                })
            })
            .collect()
    }

    // ------------------------------------------------------------ templates

    pub(super) fn template(&mut self, template: &'a Template<'a>, dst: Reg) {
        let quasi = |index: usize| {
            template
                .quasis
                .get(index)
                .and_then(|quasi| quasi.cooked)
                .filter(|&name| name != Name::EMPTY)
        };
        if template.expressions.is_empty() {
            self.load_name(dst, quasi(0).unwrap_or(Name::EMPTY));
            return;
        }
        if let ([expression], None, None) = (template.expressions, quasi(0), quasi(1)) {
            let value = self.ev(expression, None);
            self.at(expression.span);
            self.emit(Op::ToString, &[dst, value]);
            return;
        }
        let base = self.f.top;
        for (index, expression) in template.expressions.iter().enumerate() {
            if let Some(text) = quasi(index) {
                let reg = self.alloc();
                self.load_name(reg, text);
            }
            let reg = self.alloc();
            let value = self.ev(expression, None);
            self.at(expression.span);
            self.emit(Op::ToString, &[reg, value]);
            self.set_top(reg + 1);
        }
        if let Some(text) = quasi(template.expressions.len()) {
            let reg = self.alloc();
            self.load_name(reg, text);
        }
        let count = self.f.top - base;
        self.emit(Op::ConcatStrings, &[dst, base, count]);
    }

    pub(super) fn template_object(&mut self, template: &Template<'a>, dst: Reg) {
        let cooked = template
            .quasis
            .iter()
            .map(|quasi| quasi.cooked.map(|name| self.js(name)))
            .collect();
        let raw = template
            .quasis
            .iter()
            .map(|quasi| self.js(quasi.raw))
            .collect();
        let constant = self.f.asm.constant(Constant::Template { cooked, raw });
        let slot = self.slot(IcKind::Template);
        self.emit(Op::GetTemplateObject, &[dst, slot, constant]);
    }
}
