//! Destructuring.

use super::assign::Target;
use super::scope::Store;
use super::{Compiler, Hint, Reg};
use crate::code_block::{IcKind, NO_REGISTER};
use crate::opcodes::Op;
use sarus_parser::Span;
use sarus_parser::ast::{
    ArrayPattern, Expr, ExprKind, ObjectPattern, Pattern, PatternElement, PatternKind,
    PatternProperty, PropertyKey,
};

/// A property key ready for an access.
#[derive(Clone, Copy)]
pub(super) enum Key {
    Name(sarus_parser::Name),
    Reg(Reg),
}

impl<'a> Compiler<'_, 'a> {
    /// Binds or assigns `src` to a pattern.
    pub(super) fn destructure(&mut self, pattern: &Pattern<'a>, src: Reg, how: Store) {
        let whole = self.f.destructured.take().unwrap_or(pattern.span);
        match pattern.kind {
            PatternKind::Ident(ident) => {
                let place = self.ident_place(&ident);
                self.store_place(&place, src, how, None);
            }
            PatternKind::Expr(expr) => {
                let target = self.target(expr, None);
                self.store_target(&target, src, how);
            }
            PatternKind::Object(object) => self.object_pattern(object, pattern, whole, src, how),
            PatternKind::Array(array) => self.array_pattern(array, pattern, whole, src, how),
        }
    }

    /// If `reg` is undefined it becomes the default.
    pub(super) fn default_value(&mut self, reg: Reg, default: &'a Expr<'a>, pattern: &Pattern<'a>) {
        let given = self.label();
        self.f.asm.jump(Op::JumpIfNotUndefined, &[reg], given);
        let hint = match pattern.kind {
            PatternKind::Ident(ident) if ident.span == pattern.span => Hint::Name(ident.name),
            _ => Hint::None,
        };
        self.ev_named(default, Some(reg), hint);
        self.bind(given);
    }

    /// One element: evaluates the target, gets the value with `get`, applies the default, stores.
    fn element(
        &mut self,
        element: &PatternElement<'a>,
        how: Store,
        get: impl FnOnce(&mut Self, Reg),
    ) {
        let mark = self.f.top;
        if let Some(reg) = self.element_register(element, how) {
            get(self, reg);
            if let Some(default) = element.default {
                self.default_value(reg, default, &element.pattern);
            }
            self.f.top = mark;
            return;
        }
        let target = match element.pattern.kind {
            PatternKind::Ident(ident) => {
                let place = self.ident_place(&ident);
                Some(self.variable_target(place))
            }
            PatternKind::Expr(expr) => Some(self.target(expr, element.default)),
            _ => None,
        };
        let value = self.alloc();
        get(self, value);
        if let Some(default) = element.default {
            self.default_value(value, default, &element.pattern);
        }
        match target {
            Some(target) => self.store_target(&target, value, how),
            None => self.destructure(&element.pattern, value, how),
        }
        self.f.top = mark;
    }

    /// The variable's own register, if the value may be put there at once: a default must not see it half done.
    fn element_register(&self, element: &PatternElement<'a>, how: Store) -> Option<Reg> {
        let reg = self.direct_target(&element.pattern, how)?;
        if element.default.is_none() {
            return Some(reg);
        }
        let PatternKind::Ident(ident) = element.pattern.kind else {
            return None;
        };
        let id = self.parsed.resolve(ident.reference).binding?;
        let hidden = how == Store::Init && !self.parsed.scopes.binding(id).maybe_uninitialized;
        hidden.then_some(reg)
    }

    // ------------------------------------------------------------ objects

    fn object_pattern(
        &mut self,
        object: &'a ObjectPattern<'a>,
        pattern: &Pattern<'a>,
        whole: Span,
        src: Reg,
        how: Store,
    ) {
        let mark = self.f.top;
        let simple = how == Store::Init
            && object.properties.iter().all(|property| {
                property.element.default.is_none()
                    && matches!(property.element.pattern.kind, PatternKind::Ident(_))
                    && !matches!(property.key, PropertyKey::Computed(_))
            });
        let src = if self.is_local(src) && !simple {
            let copy = self.alloc();
            self.mov(copy, src);
            copy
        } else {
            src
        };
        let first = object.properties.first();
        self.at_point(whole, first.map_or(pattern.span.start, |p| p.span.start));
        self.emit(Op::CheckObjectCoercible, &[src]);
        let Some(rest) = object.rest else {
            for property in object.properties {
                self.property(property, src, how, None);
            }
            self.f.top = mark;
            return;
        };
        let keys = self.f.top;
        let count = object.properties.len() as u32;
        self.set_top(keys + count);
        for (property, at) in object.properties.iter().zip(keys..) {
            self.property(property, src, how, Some(at));
        }
        let target = match rest.kind {
            PatternKind::Ident(ident) => {
                let place = self.ident_place(&ident);
                Some(self.variable_target(place))
            }
            PatternKind::Expr(expr) => Some(self.target(expr, None)),
            _ => None,
        };
        let value = self.alloc();
        self.at(rest.span);
        let slot = self.slot(IcKind::Object);
        self.emit(Op::NewObject, &[value, 0, slot]);
        self.emit(Op::CopyDataProperties, &[value, keys, src, count]);
        match target {
            Some(target) => self.store_target(&target, value, how),
            None => self.destructure(rest, value, how),
        }
        self.f.top = mark;
    }

    /// One property; its key is kept in `keep` for a rest property.
    fn property(
        &mut self,
        property: &PatternProperty<'a>,
        src: Reg,
        how: Store,
        keep: Option<Reg>,
    ) {
        let mark = self.f.top;
        let key = self.property_key(&property.key, keep);
        if let (Some(keep), Key::Name(name)) = (keep, key) {
            self.load_name(keep, name);
        }
        let span = property.span;
        self.element(&property.element, how, |c, dst| {
            c.at(span);
            match key {
                Key::Name(name) => c.get_named(dst, src, name),
                Key::Reg(key) => {
                    let slot = c.slot(IcKind::GetElem);
                    c.emit(Op::GetElem, &[dst, src, key, slot]);
                }
            }
        });
        self.f.top = mark;
    }

    /// Evaluates a property key: a name, or a register (`at` if given) with a property key value.
    pub(super) fn property_key(&mut self, key: &PropertyKey<'a>, at: Option<Reg>) -> Key {
        match *key {
            PropertyKey::Name { name, .. } if self.array_index(name).is_none() => Key::Name(name),
            PropertyKey::Name { name, .. } => {
                let reg = self.dst(at);
                let index = self.array_index(name).unwrap_or(0);
                self.load_number(reg, f64::from(index));
                Key::Reg(reg)
            }
            PropertyKey::Number { value, .. } => {
                let reg = self.dst(at);
                self.load_numeric_key(reg, value);
                Key::Reg(reg)
            }
            PropertyKey::BigInt { text, .. } => {
                let reg = self.dst(at);
                let text = super::number::bigint_text(&self.parsed.names.text(text));
                let constant = self.string_constant(text.as_str().into());
                self.emit(Op::LoadConst, &[reg, constant]);
                Key::Reg(reg)
            }
            PropertyKey::Computed(expr) => {
                let reg = self.dst(at);
                if let ExprKind::Number(value) = expr.kind {
                    self.load_numeric_key(reg, value);
                    return Key::Reg(reg);
                }
                self.ev(expr, Some(reg));
                if !matches!(expr.kind, ExprKind::String(_)) {
                    self.at(expr.span);
                    self.emit(Op::ToPropertyKey, &[reg, reg]);
                }
                Key::Reg(reg)
            }
            PropertyKey::Private(ident) => {
                Key::Reg(self.load_private_name(ident.reference, ident.name, ident.span))
            }
        }
    }

    /// A numeric key as a property key value: a number if it is an array index, else its text.
    pub(super) fn load_numeric_key(&mut self, reg: Reg, value: f64) {
        let is_index = (0.0..4_294_967_295.0).contains(&value) && value.fract() == 0.0;
        if is_index {
            self.load_number(reg, value.abs());
        } else {
            let text = super::number::to_text(value);
            let constant = self.string_constant(text.as_str().into());
            self.emit(Op::LoadConst, &[reg, constant]);
        }
    }

    // ------------------------------------------------------------ arrays

    fn array_pattern(
        &mut self,
        array: &'a ArrayPattern<'a>,
        pattern: &Pattern<'a>,
        whole: Span,
        src: Reg,
        how: Store,
    ) {
        let mark = self.f.top;
        let base = self.f.top;
        for _ in 0..4 {
            self.alloc_local();
        }
        // Nothing in the elements can push an environment unless they hold expressions.
        let plain = array.rest.is_none_or(is_plain)
            && array
                .elements
                .iter()
                .flatten()
                .all(|element| element.default.is_none() && is_plain(&element.pattern));
        let env = if plain { NO_REGISTER } else { self.save_env() };
        // What the pattern takes apart is behind the operator.
        let value = Span::new(pattern.span.end, whole.end.max(pattern.span.end));
        let text = self
            .parsed
            .source
            .get(value.start as usize..value.end as usize);
        let skipped = text.unwrap_or_default().iter();
        let skipped = skipped.take_while(|b| b.is_ascii_whitespace() || **b == b'=');
        let point = match skipped.count() as u32 {
            0 => pattern.span.start,
            n => value.start + n,
        };
        self.at_point(whole, point);
        let slot = self.slot(IcKind::Iterator);
        self.emit(Op::GetIterator, &[src, base, slot]);
        self.with_iterator(base, false, env, |c| {
            for element in array.elements {
                match element {
                    None => {
                        let skipped = c.alloc();
                        c.at(pattern.span);
                        let slot = c.slot(IcKind::Iterator);
                        c.emit(Op::IteratorNextOrUndefined, &[skipped, base, slot]);
                        c.f.top = skipped;
                    }
                    Some(element) => {
                        let span = element.span;
                        c.element(element, how, |c, dst| {
                            c.at(span);
                            let slot = c.slot(IcKind::Iterator);
                            c.emit(Op::IteratorNextOrUndefined, &[dst, base, slot]);
                        });
                    }
                }
            }
            if let Some(rest) = array.rest {
                c.array_rest(rest, base, how);
            }
        });
        if array.rest.is_none() {
            self.at(pattern.span);
            self.emit(Op::IteratorClose, &[base]);
        }
        self.f.top = mark;
    }

    fn array_rest(&mut self, rest: &'a Pattern<'a>, base: Reg, how: Store) {
        let mark = self.f.top;
        let target: Option<Target> = match rest.kind {
            PatternKind::Expr(expr) => Some(self.target(expr, None)),
            _ => None,
        };
        let direct = self.direct_target(rest, how);
        let value = self.dst(direct);
        self.at(rest.span);
        let slot = self.slot(IcKind::Iterator);
        self.emit(Op::IteratorRest, &[value, base, slot]);
        match target {
            Some(target) => self.store_target(&target, value, how),
            None if direct.is_some() => {}
            None => self.destructure(rest, value, how),
        }
        self.f.top = mark;
    }
}

fn is_plain(pattern: &Pattern<'_>) -> bool {
    matches!(pattern.kind, PatternKind::Ident(_))
}
