//! Member access, calls and construction.
//!
//! A chain `a.b[c].d(e).f` is one loop over its links from the inside out. A call's callee and `this` are evaluated straight
//! into the call window.

use super::scope::PlaceKind;
use super::{Body, Compiler, Reg};
use crate::asm::Label;
use crate::code_block::{IcKind, REG_CALLEE, REG_NEW_TARGET};
use crate::js_str::JsStr;
use crate::opcodes::Op;
use sarus_parser::ast::{
    Call, Expr, ExprKind, New, SuperCall, SuperKey, SuperMember, TaggedTemplate,
};
use sarus_parser::{Name, Span};

/// Offset of `this` in a call window.
pub(super) const THIS: Reg = 8;
/// Offset of the first argument in a call window.
pub(super) const ARGUMENTS: Reg = 9;

/// Where the last link of a chain goes.
#[derive(Clone, Copy)]
enum Target {
    /// A value in this register.
    Value(Reg),
    /// Callee and `this` of a call window.
    Window(Reg),
}

/// The value of a chain so far.
#[derive(Clone, Copy)]
enum Current {
    Value(Reg),
    Window { base: Reg, has_this: bool },
}

/// Arguments in a window.
#[derive(Clone, Copy)]
enum Arguments {
    Count(u32),
    /// In an array in the first argument's register.
    Array,
}

fn is_link(expr: &Expr<'_>) -> bool {
    matches!(
        expr.kind,
        ExprKind::Member { .. }
            | ExprKind::Index { .. }
            | ExprKind::PrivateMember(_)
            | ExprKind::Call(_)
            | ExprKind::TaggedTemplate(_)
    )
}

const fn is_call(expr: &Expr<'_>) -> bool {
    matches!(expr.kind, ExprKind::Call(_) | ExprKind::TaggedTemplate(_))
}

/// What a link is applied to.
fn inner_of<'a>(expr: &'a Expr<'a>) -> &'a Expr<'a> {
    match &expr.kind {
        ExprKind::Member { object, .. } | ExprKind::Index { object, .. } => object,
        ExprKind::PrivateMember(member) => &member.object,
        ExprKind::Call(call) => &call.callee,
        ExprKind::TaggedTemplate(tagged) => &tagged.tag,
        _ => expr,
    }
}

impl<'a> Compiler<'_, 'a> {
    /// Where V8 shows an expression whose value is used: the name of a member, the name or parenthesis of a call.
    pub(super) fn shown_point(expr: &Expr<'a>) -> u32 {
        match &expr.kind {
            ExprKind::Member { name_start, .. } => *name_start,
            ExprKind::Call(call) => match &call.callee.kind {
                ExprKind::Ident { .. } => call.callee.span.start,
                ExprKind::Member { name_start, .. } => *name_start,
                _ => call.arguments_start,
            },
            _ => expr.span.start,
        }
    }

    /// A chain of member accesses and calls; optional links jump to `nullish`.
    pub(super) fn chain(
        &mut self,
        expr: &'a Expr<'a>,
        dst: Option<Reg>,
        nullish: Option<Label>,
    ) -> Reg {
        if self.source.builtin
            && let ExprKind::Call(call) = expr.kind
            && let Some(done) = self.intrinsic(call, dst)
        {
            return done;
        }
        let dst = self.dst(dst);
        let mark = self.f.top;
        self.chain_to(expr, Target::Value(dst), nullish);
        self.f.top = mark;
        dst
    }

    /// `expr` with optional links: all of it is undefined when one cuts off.
    pub(super) fn optional_chain(&mut self, inner: &'a Expr<'a>, dst: Option<Reg>) -> Reg {
        let dst = self.dst(dst);
        let (nullish, end) = (self.label(), self.label());
        self.chain(inner, Some(dst), Some(nullish));
        self.jump(end);
        self.bind(nullish);
        self.emit(Op::LoadUndefined, &[dst]);
        self.bind(end);
        dst
    }

    fn chain_to(&mut self, expr: &'a Expr<'a>, target: Target, nullish: Option<Label>) {
        let mut links = Vec::with_capacity(4);
        let mut base = expr.unparenthesized();
        while is_link(base) {
            links.push(base);
            base = inner_of(base).unparenthesized();
        }
        // Values between links stay in one temporary, which is the result's own register if that is a temporary.
        let carry = match target {
            Target::Value(dst) => self.scratch_for(dst),
            Target::Window(_) => self.alloc(),
        };
        let inner = self.f.top;
        // The window of every call in the chain: at the carry register if that is on top.
        let window = self.window_base(carry);
        let mut current = match links.last() {
            Some(link) if is_call(link) => {
                self.set_top(window + ARGUMENTS);
                let has_this = self.callee(base, window);
                Current::Window {
                    base: window,
                    has_this,
                }
            }
            _ => {
                let direct = matches!(base.kind, ExprKind::Ident { .. } | ExprKind::This(_));
                let at = (!direct).then_some(carry);
                Current::Value(self.ev(base, at))
            }
        };
        // V8 shows accesses behind a call or an optional link at the dot, others at the name.
        let mut behind_call = false;
        while let Some(link) = links.pop() {
            self.f.behind_call = behind_call;
            behind_call |= is_call(link)
                || matches!(
                    link.kind,
                    ExprKind::Member { optional: true, .. }
                        | ExprKind::Index { optional: true, .. }
                );
            let out = match (target, links.is_empty()) {
                (target, true) => target,
                _ if links.last().is_some_and(|next| is_call(next)) => Target::Window(window),
                _ => Target::Value(carry),
            };
            current = self.link(link, current, out, nullish);
            if !matches!(current, Current::Window { .. }) {
                self.set_top(inner);
            }
        }
    }

    /// Applies one link.
    fn link(
        &mut self,
        link: &'a Expr<'a>,
        current: Current,
        out: Target,
        nullish: Option<Label>,
    ) -> Current {
        match (&link.kind, current) {
            (ExprKind::Call(call), Current::Window { base, has_this }) => {
                let dst = self.value_target(out);
                self.call(call, link.span, base, has_this, dst, nullish);
                self.called(out, dst)
            }
            (ExprKind::TaggedTemplate(tagged), Current::Window { base, has_this }) => {
                let dst = self.value_target(out);
                self.tagged_template(tagged, base, has_this, dst);
                self.called(out, dst)
            }
            (_, Current::Value(object)) => self.access(link, object, out, nullish),
            (_, Current::Window { base, .. }) => Current::Value(base),
        }
    }

    fn value_target(&self, out: Target) -> Reg {
        match out {
            Target::Value(dst) | Target::Window(dst) => dst,
        }
    }

    /// A call's result that is called itself is a callee without `this`.
    fn called(&mut self, out: Target, dst: Reg) -> Current {
        match out {
            Target::Value(_) => Current::Value(dst),
            Target::Window(base) => {
                self.set_top(base + ARGUMENTS);
                Current::Window {
                    base,
                    has_this: false,
                }
            }
        }
    }

    fn access(
        &mut self,
        link: &'a Expr<'a>,
        object: Reg,
        out: Target,
        nullish: Option<Label>,
    ) -> Current {
        let cut = |c: &mut Self, optional: bool| {
            if let (true, Some(label)) = (optional, nullish) {
                c.f.asm.jump(Op::JumpIfNullish, &[object], label);
            }
        };
        match &link.kind {
            ExprKind::Member {
                optional,
                name,
                name_start,
                ..
            } => {
                cut(self, *optional);
                let point = if *optional || self.f.behind_call {
                    let dot = if *optional { "?." } else { "." };
                    self.operator_before(*name_start, dot)
                        .unwrap_or(*name_start)
                } else {
                    *name_start
                };
                self.at_point(link.span, point);
                match out {
                    Target::Value(dst) => self.get_named(dst, object, *name),
                    Target::Window(base) => self.get_method(object, base, *name),
                }
            }
            ExprKind::Index {
                optional, index, ..
            } => {
                cut(self, *optional);
                if let ExprKind::String(name) = index.kind
                    && self.array_index(name).is_none()
                {
                    let point = self.operator_before(index.span.start, "[");
                    self.at_point(link.span, point.unwrap_or(index.span.start));
                    match out {
                        Target::Value(dst) => self.get_named(dst, object, name),
                        Target::Window(base) => self.get_method(object, base, name),
                    }
                } else {
                    let object = self.stabilize(object, Some(*index));
                    let key = self.ev(index, None);
                    let point = self.operator_before(index.span.start, "[");
                    self.at_point(link.span, point.unwrap_or(index.span.start));
                    let dst = self.keyed_target(object, out);
                    let slot = self.slot(IcKind::GetElem);
                    self.emit(Op::GetElem, &[dst, object, key, slot]);
                }
            }
            ExprKind::PrivateMember(member) => {
                cut(self, member.optional);
                let ident = member.name;
                let name = self.load_private_name(ident.reference, ident.name, ident.span);
                self.at_point(link.span, ident.span.start);
                let dst = self.keyed_target(object, out);
                let slot = self.slot(IcKind::Private);
                self.emit(Op::GetPrivate, &[dst, object, name, slot]);
            }
            _ => {}
        }
        match out {
            Target::Value(dst) => Current::Value(dst),
            Target::Window(base) => {
                self.set_top(base + ARGUMENTS);
                Current::Window {
                    base,
                    has_this: true,
                }
            }
        }
    }

    /// Where a keyed access puts its value; a window also gets `this`. The key's temporary lies below `base + THIS`.
    fn keyed_target(&mut self, object: Reg, out: Target) -> Reg {
        match out {
            Target::Value(dst) => dst,
            Target::Window(base) => {
                let top = self.f.top.max(base + ARGUMENTS);
                self.set_top(top);
                self.mov(base + THIS, object);
                base
            }
        }
    }

    /// First register of a window whose first register may be `carry`.
    fn window_base(&mut self, carry: Reg) -> Reg {
        if carry + 1 == self.f.top && !self.is_local(carry) {
            carry
        } else {
            self.f.top
        }
    }

    /// Allocates a window.
    fn window(&mut self, carry: Reg) -> Reg {
        let base = self.window_base(carry);
        self.set_top(base + ARGUMENTS);
        base
    }

    // ------------------------------------------------------------ properties

    /// The array index a property name is the text of.
    pub(super) fn array_index(&self, name: Name) -> Option<u32> {
        let bytes = self.parsed.names.bytes(name);
        if !bytes.first().is_some_and(u8::is_ascii_digit) {
            return None;
        }
        JsStr::from_wtf8(bytes).array_index()
    }

    /// `object.name`; a name that is an array index becomes an element access.
    pub(super) fn get_named(&mut self, dst: Reg, object: Reg, name: Name) {
        if let Some(index) = self.array_index(name) {
            let mark = self.f.top;
            let key = self.alloc();
            self.load_number(key, f64::from(index));
            let slot = self.slot(IcKind::GetElem);
            self.emit(Op::GetElem, &[dst, object, key, slot]);
            self.f.top = mark;
            return;
        }
        let op = if name == Name::LENGTH {
            Op::GetLength
        } else {
            Op::GetProp
        };
        let constant = self.name_constant(name);
        let slot = self.slot(IcKind::GetProp);
        self.emit(op, &[dst, object, slot, constant]);
    }

    fn get_method(&mut self, object: Reg, base: Reg, name: Name) {
        let top = self.f.top.max(base + ARGUMENTS);
        self.set_top(top);
        let constant = self.name_constant(name);
        let slot = self.slot(IcKind::GetProp);
        self.emit(Op::GetMethod, &[object, base, slot, constant]);
    }

    // ------------------------------------------------------------ calls

    /// Evaluates a callee that is not a link into the window at `base`; the result is whether `this` is set.
    fn callee(&mut self, expr: &'a Expr<'a>, base: Reg) -> bool {
        match expr.kind {
            ExprKind::Ident { name, reference } => {
                let place = self.place(reference, name, expr.span);
                if place.kind == PlaceKind::Dynamic {
                    let name = self.name_constant(name);
                    self.at(expr.span);
                    self.emit(Op::LoadNameForCall, &[base, base + THIS, name]);
                    return true;
                }
                self.load_place(&place, Some(base), false);
                false
            }
            ExprKind::SuperMember(member) => {
                self.load_this(member.this, expr.span, Some(base + THIS));
                self.super_get(member, base + THIS, expr.span, base);
                true
            }
            ExprKind::OptionalChain(inner) if !is_call(inner) => {
                let (nullish, end) = (self.label(), self.label());
                self.chain_to(inner, Target::Window(base), Some(nullish));
                self.jump(end);
                self.bind(nullish);
                self.emit(Op::LoadUndefined, &[base]);
                self.emit(Op::LoadUndefined, &[base + THIS]);
                self.bind(end);
                self.set_top(base + ARGUMENTS);
                true
            }
            _ => {
                self.ev(expr, Some(base));
                false
            }
        }
    }

    /// Evaluates `expr` as a callee into the window at `base`, which is allocated: the function and its `this`, undefined if
    /// there is none.
    pub(super) fn callee_and_this(&mut self, expr: &'a Expr<'a>, base: Reg) {
        let inner = expr.unparenthesized();
        let has_this = if is_link(inner) && !is_call(inner) {
            self.chain_to(inner, Target::Window(base), None);
            true
        } else {
            self.callee(inner, base)
        };
        if !has_this {
            self.emit(Op::LoadUndefined, &[base + THIS]);
        }
    }

    /// Evaluates arguments into the window.
    fn arguments(&mut self, arguments: &'a [Expr<'a>], base: Reg) -> Arguments {
        self.set_top(base + ARGUMENTS);
        let spread = arguments
            .iter()
            .any(|argument| matches!(argument.kind, ExprKind::Spread(_)));
        if spread {
            let array = self.alloc();
            self.array_of(arguments, array, true);
            return Arguments::Array;
        }
        for argument in arguments {
            let reg = self.alloc();
            self.ev(argument, Some(reg));
            self.set_top(reg + 1);
        }
        Arguments::Count(arguments.len() as u32)
    }

    /// Position of a call: the callee, shown at its last name, or at the parenthesis if it ends otherwise.
    fn at_callee(&mut self, callee: &Expr<'a>, parenthesis: u32) {
        let point = match &callee.kind {
            ExprKind::Ident { .. } => callee.span.start,
            ExprKind::Member { name_start, .. } => *name_start,
            ExprKind::SuperMember(member) => match &member.key {
                SuperKey::Name(word) => word.span.start,
                SuperKey::Index(_) => parenthesis,
            },
            _ => parenthesis,
        };
        self.at_point(callee.span, point);
    }

    fn call(
        &mut self,
        call: &'a Call<'a>,
        _span: Span,
        base: Reg,
        has_this: bool,
        dst: Reg,
        nullish: Option<Label>,
    ) {
        if let (true, Some(label)) = (call.optional, nullish) {
            self.f.asm.jump(Op::JumpIfNullish, &[base], label);
        }
        let arguments = self.arguments(call.arguments, base);
        if call.is_direct_eval {
            if !has_this {
                self.emit(Op::LoadUndefined, &[base + THIS]);
            }
            let site = self.eval_site();
            self.at_callee(&call.callee, call.arguments_start);
            self.note_tail(call.arguments_start);
            let slot = self.slot(IcKind::Call);
            match arguments {
                Arguments::Count(count) => {
                    self.emit(Op::CallEval, &[dst, base, slot, count, site]);
                }
                Arguments::Array => self.emit(Op::CallEvalSpread, &[dst, base, slot, site]),
            }
            return;
        }
        if call.optional {
            self.at_point(call.callee.span, call.arguments_start);
        } else {
            self.at_callee(&call.callee, call.arguments_start);
        }
        self.finish_call(arguments, has_this, base, dst, call.arguments_start);
    }

    /// Emits the call; `start` is what `Func::tail` tells it by.
    fn finish_call(
        &mut self,
        arguments: Arguments,
        has_this: bool,
        base: Reg,
        dst: Reg,
        start: u32,
    ) {
        let slot = self.slot(IcKind::Call);
        match arguments {
            Arguments::Count(count) => {
                self.note_tail(start);
                let op = if has_this { Op::CallMethod } else { Op::Call };
                self.emit(op, &[dst, base, slot, count]);
            }
            Arguments::Array => {
                if !has_this {
                    self.emit(Op::LoadUndefined, &[base + THIS]);
                }
                self.note_tail(start);
                self.emit(Op::CallSpread, &[dst, base, slot]);
            }
        }
    }

    fn tagged_template(
        &mut self,
        tagged: &'a TaggedTemplate<'a>,
        base: Reg,
        has_this: bool,
        dst: Reg,
    ) {
        self.set_top(base + ARGUMENTS);
        let strings = self.alloc();
        self.template_object(&tagged.template, strings);
        for expression in tagged.template.expressions {
            let reg = self.alloc();
            self.ev(expression, Some(reg));
            self.set_top(reg + 1);
        }
        let count = 1 + tagged.template.expressions.len() as u32;
        let start = tagged.template_span.start;
        self.at_point(tagged.tag.span, start);
        self.finish_call(Arguments::Count(count), has_this, base, dst, start);
    }

    /// `new F(…)`
    pub(super) fn construct(&mut self, new: &'a New<'a>, span: Span, dst: Reg) {
        let base = self.window(dst);
        self.ev(&new.callee, Some(base));
        let arguments = self.arguments(new.arguments, base);
        self.at_point(new.callee.span, span.start);
        let slot = self.slot(IcKind::Construct);
        match arguments {
            Arguments::Count(count) => self.emit(Op::Construct, &[dst, base, slot, count]),
            Arguments::Array => self.emit(Op::ConstructSpread, &[dst, base, slot]),
        }
    }

    // ------------------------------------------------------------ super

    /// The active function: the callee, except in arrows and evals.
    fn active_function(&mut self) -> Reg {
        if self.f.flags.is_arrow() || matches!(self.f.body, Body::Program) {
            let reg = self.alloc();
            self.emit(Op::ActiveFunction, &[reg]);
            reg
        } else {
            REG_CALLEE
        }
    }

    /// `super(…)`
    pub(super) fn super_call(&mut self, call: &'a SuperCall<'a>, span: Span, dst: Reg) {
        let result = self.scratch_for(dst);
        let base = self.window(result);
        let top = self.f.top;
        self.at(span);
        let function = self.active_function();
        let slot = self.slot(IcKind::Super);
        self.emit(Op::GetSuperConstructor, &[base, function, slot]);
        self.set_top(top);
        let arguments = self.arguments(call.arguments, base);
        self.at(span);
        let slot = self.slot(IcKind::Construct);
        let new_target = REG_NEW_TARGET;
        match arguments {
            Arguments::Count(count) => {
                self.emit(Op::SuperCall, &[result, base, slot, count, new_target]);
            }
            Arguments::Array => {
                self.emit(Op::SuperCallSpread, &[result, base, slot, new_target]);
            }
        }
        self.set_top(result.max(dst).max(base) + 1);
        self.bind_this(call.this, span, result);
        let known_without = match self.f.body {
            Body::Constructor(_, class) => !class.instance_elements,
            _ => false,
        };
        if !known_without {
            let function = self.active_function();
            let slot = self.slot(IcKind::Instance);
            self.emit(Op::InitInstance, &[result, function, slot]);
        }
        self.mov(dst, result);
    }

    /// `super.x`, `super[x]`
    pub(super) fn super_member(&mut self, member: &'a SuperMember<'a>, span: Span, dst: Reg) {
        let this = self.load_this(member.this, span, None);
        self.super_get(member, this, span, dst);
    }

    fn super_get(&mut self, member: &'a SuperMember<'a>, this: Reg, span: Span, dst: Reg) {
        let mark = self.f.top;
        match &member.key {
            SuperKey::Name(word) => {
                let base = self.alloc();
                self.at_point(span, word.span.start);
                let slot = self.slot(IcKind::Super);
                self.emit(Op::GetSuperBase, &[base, slot]);
                if self.array_index(word.name).is_some() {
                    let key = self.alloc();
                    self.load_name(key, word.name);
                    self.emit(Op::GetSuperElem, &[dst, base, key, this]);
                } else {
                    let name = self.name_constant(word.name);
                    let slot = self.slot(IcKind::GetProp);
                    self.emit(Op::GetSuperProp, &[dst, base, this, slot, name]);
                }
            }
            SuperKey::Index(index) => {
                let key = self.ev(index, None);
                let base = self.alloc();
                self.at_point(span, index.span.start);
                let slot = self.slot(IcKind::Super);
                self.emit(Op::GetSuperBase, &[base, slot]);
                self.emit(Op::GetSuperElem, &[dst, base, key, this]);
            }
        }
        self.f.top = mark;
    }

    // ------------------------------------------------------------ delete

    pub(super) fn delete(&mut self, argument: &'a Expr<'a>, dst: Reg) {
        let target = argument.unparenthesized();
        match target.kind {
            ExprKind::Ident { name, reference } => {
                match self.place(reference, name, target.span).kind {
                    PlaceKind::Global | PlaceKind::Dynamic => {
                        let name = self.name_constant(name);
                        self.at(target.span);
                        self.emit(Op::DeleteName, &[dst, name]);
                    }
                    _ => self.emit(Op::LoadFalse, &[dst]),
                }
            }
            ExprKind::Member { .. } | ExprKind::Index { .. } => {
                self.delete_member(target, dst, None);
            }
            ExprKind::OptionalChain(inner) => {
                let (nullish, end) = (self.label(), self.label());
                self.delete_member(inner.unparenthesized(), dst, Some(nullish));
                self.jump(end);
                self.bind(nullish);
                self.emit(Op::LoadTrue, &[dst]);
                self.bind(end);
            }
            ExprKind::SuperMember(member) => {
                self.load_this(member.this, target.span, None);
                if let SuperKey::Index(index) = &member.key {
                    self.discard(index);
                }
                let message = self.string_constant(JsStr::from("Unsupported reference to 'super'"));
                self.at(target.span);
                self.emit(Op::ThrowError, &[0, message]);
            }
            _ => {
                self.discard(target);
                self.emit(Op::LoadTrue, &[dst]);
            }
        }
    }

    fn delete_member(&mut self, target: &'a Expr<'a>, dst: Reg, nullish: Option<Label>) {
        let strict = u32::from(self.f.strict);
        let object_of = |c: &mut Self, object: &'a Expr<'a>, optional: bool| {
            let inner = object.unparenthesized();
            let reg = if is_link(inner) {
                c.chain(inner, None, nullish)
            } else {
                c.ev(object, None)
            };
            if let (true, Some(label)) = (optional, nullish) {
                c.f.asm.jump(Op::JumpIfNullish, &[reg], label);
            }
            reg
        };
        match target.kind {
            ExprKind::Member {
                optional,
                name,
                object,
                ..
            } => {
                let object = object_of(self, object, optional);
                self.at(target.span);
                if self.array_index(name).is_some() {
                    let key = self.alloc();
                    self.load_name(key, name);
                    self.emit(Op::DeleteElem, &[dst, object, key, strict]);
                } else {
                    let name = self.name_constant(name);
                    self.emit(Op::DeleteProp, &[dst, object, strict, name]);
                }
            }
            ExprKind::Index {
                optional,
                object,
                index,
            } => {
                let object = object_of(self, object, optional);
                let object = self.stabilize(object, Some(index));
                let key = self.ev(index, None);
                self.at(target.span);
                self.emit(Op::DeleteElem, &[dst, object, key, strict]);
            }
            _ => {
                self.chain(target, None, nullish);
                self.emit(Op::LoadTrue, &[dst]);
            }
        }
    }
}
