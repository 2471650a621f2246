//! Functions, methods and classes.

use super::expr::at;
use super::{Part, Parts, Printer, level, separated};
use crate::ast::{
    Class, ClassMember, ClassMemberKind, Decorator, Expr, ExprKind, Function, FunctionBody,
    PropertyKey,
};

/// A member with where it is written.
type Placed<'t, 'a> = (u32, Parts<'t, 'a>);

impl<'t, 'a> Printer<'t, 'a> {
    /// Everything before the body of a function that is no method.
    pub(super) fn function_head(&self, function: &'t Function<'a>) -> Parts<'t, 'a> {
        let flags = function.flags;
        let mut parts = Vec::new();
        if flags.is_async() {
            parts.push(Part::Text("async "));
        }
        if !flags.is_arrow() {
            parts.push(Part::Text("function"));
            if flags.is_generator() {
                parts.push(Part::Text("*"));
            }
            if let Some(name) = &function.name {
                parts.extend([Part::Text(" "), Part::Name(name.name)]);
            }
        }
        parts.extend(parameters(function));
        parts
    }

    /// A function with a block as its body.
    pub(super) fn function(&mut self, function: &'t Function<'a>) {
        let mut parts = self.function_head(function);
        parts.push(Part::Text(if function.flags.is_arrow() {
            " => "
        } else {
            " "
        }));
        parts.push(block_body(function));
        self.push(parts);
    }

    /// A method, getter or setter.
    pub(super) fn method(
        &self,
        key: &PropertyKey<'a>,
        function: &'t Function<'a>,
    ) -> Parts<'t, 'a> {
        let flags = function.flags;
        let marks = [
            (flags.is_getter(), "get "),
            (flags.is_setter(), "set "),
            (flags.is_async(), "async "),
            (flags.is_generator(), "*"),
        ];
        let mut parts: Parts<'t, 'a> = marks
            .iter()
            .filter(|(set, _)| *set)
            .map(|(_, text)| Part::Text(text))
            .collect();
        parts.extend(self.key(key));
        parts.extend(parameters(function));
        parts.extend([Part::Text(" "), block_body(function)]);
        parts
    }

    pub(super) fn class(&mut self, class: &'t Class<'a>) {
        let mut parts = decorators(class.decorators);
        parts.push(Part::Text("class"));
        if let Some(name) = &class.name {
            parts.extend([Part::Text(" "), Part::Name(name.name)]);
        }
        if let Some(heritage) = class.heritage {
            parts.extend([Part::Text(" extends "), at(heritage, level::LEFT_HAND_SIDE)]);
        }
        parts.push(Part::Text(" {"));
        let mut members: Vec<Placed<'t, 'a>> = class
            .members
            .iter()
            .map(|member| (member.span.start, self.member(member)))
            .collect();
        if let Some(constructor) = class.constructor {
            let mut text = vec![Part::Text("constructor")];
            text.extend(parameters(constructor));
            text.extend([Part::Text(" "), block_body(constructor)]);
            members.push((constructor.span.start, text));
            members.sort_by_key(|member| member.0);
        }
        if !members.is_empty() {
            parts.push(Part::Indent);
            for (_, member) in members {
                parts.push(Part::Line);
                parts.extend(member);
            }
            parts.extend([Part::Dedent, Part::Line]);
        }
        parts.push(Part::Text("}"));
        self.push(parts);
    }

    fn member(&self, member: &'t ClassMember<'a>) -> Parts<'t, 'a> {
        let mut parts = decorators(member.decorators);
        if member.is_static {
            parts.push(Part::Text("static "));
        }
        match &member.kind {
            ClassMemberKind::Method { key, function } => parts.extend(self.method(key, function)),
            ClassMemberKind::Field {
                key,
                value,
                storage,
                ..
            } => {
                if storage.is_some() {
                    parts.push(Part::Text("accessor "));
                }
                parts.extend(self.key(key));
                if let Some(value) = value {
                    parts.extend([Part::Text(" = "), at(value, level::ASSIGN)]);
                }
                parts.push(Part::Text(";"));
            }
            ClassMemberKind::StaticBlock { body, .. } => {
                // Its members count as static.
                parts.clear();
                parts.extend([Part::Text("static "), Part::Braced(body)]);
            }
        }
        parts
    }
}

fn parameters<'t, 'a>(function: &'t Function<'a>) -> Parts<'t, 'a> {
    let mut parts = vec![Part::Text("(")];
    parts.extend(separated(function.parameters, ", ", |parameter| {
        vec![Part::Element(parameter)]
    }));
    if let Some(rest) = function.rest {
        if !function.parameters.is_empty() {
            parts.push(Part::Text(", "));
        }
        parts.extend([Part::Text("..."), Part::Pattern(rest)]);
    }
    parts.push(Part::Text(")"));
    parts
}

fn block_body<'t, 'a>(function: &'t Function<'a>) -> Part<'t, 'a> {
    match function.body {
        FunctionBody::Block(list) => Part::Braced(list),
        FunctionBody::Expr(expr) => at(expr, level::ASSIGN),
    }
}

fn decorators<'t, 'a>(list: &'t [Decorator<'a>]) -> Parts<'t, 'a> {
    let mut parts = Vec::new();
    for decorator in list {
        parts.push(Part::Text("@"));
        if is_bare_decorator(decorator.expr) {
            parts.push(at(decorator.expr, level::CALL));
        } else {
            parts.extend([
                Part::Text("("),
                at(decorator.expr, level::SEQUENCE),
                Part::Text(")"),
            ]);
        }
        parts.push(Part::Text(" "));
    }
    parts
}

/// `a.b.#c` or a call of that: what a decorator may be without parentheses.
fn is_bare_decorator(expr: &Expr<'_>) -> bool {
    let mut expr = match &expr.kind {
        ExprKind::Call(call) if !call.optional => &call.callee,
        _ => expr,
    };
    loop {
        expr = match &expr.kind {
            ExprKind::Ident { .. } => return true,
            ExprKind::Member {
                optional: false,
                object,
                ..
            } => object,
            ExprKind::PrivateMember(member) if !member.optional => &member.object,
            _ => return false,
        };
    }
}
