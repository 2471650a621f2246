//! How messages name an expression: `x.y.z`, `f(...)`, `(intermediate value).x`.
//!
//! The words are those that V8 users know. Nothing is kept for this at run time: the expression's text is parsed once more
//! when an error is made of it.

use sarus_parser::ast::{
    Expr, ExprKind, FunctionBody, PatternKind, PropertyKey, StmtKind, SuperKey,
};
use sarus_parser::{Bump, EvalContext, Goal, NameTable, Options};

/// Longer texts are not parsed for a message.
const MAX_TEXT: usize = 4096;
/// What stands for something that has no short name.
const INTERMEDIATE: &str = "(intermediate value)";
/// Nesting that is printed.
const MAX_DEPTH: u32 = 64;

/// A described expression.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Description {
    /// The expression in a message's words.
    pub text: String,
    /// For a call: its callee in a message's words.
    pub callee: Option<String>,
}

/// What an assignment of a pattern takes apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Destructuring {
    /// The value in a message's words, if the text has one.
    pub value: Option<Description>,
    /// The first property of an object pattern, if its name is in the text.
    pub property: Option<String>,
    /// The property has a default or a pattern of its own, which V8 tells like a read of it.
    pub reads: bool,
}

/// Parses `text` as an expression, wherever it came from.
fn with_expression<T>(text: &[u8], f: impl FnOnce(&Expr<'_>, &NameTable<'_>) -> T) -> Option<T> {
    if text.len() > MAX_TEXT {
        return None;
    }
    let private_names = private_names(text);
    let private_names: Vec<&str> = private_names.iter().map(String::as_str).collect();
    let context = EvalContext {
        strict: false,
        in_function: true,
        in_method: true,
        in_derived_constructor: true,
        in_class_field: false,
    };
    let options = Options {
        goal: Goal::Eval(context),
        private_names: &private_names,
        ..Options::default()
    };
    let wrapped: [(&[u8], &[u8]); 2] = [(b"(", b"\n)"), (b"async function* f() { (", b"\n) }")];
    for (before, after) in wrapped {
        let source = [before, text, after].concat();
        let arena = Bump::new();
        let Ok(parsed) = sarus_parser::parse(&arena, &source, &options) else {
            continue;
        };
        let body = match parsed.program.body {
            [one] => match one.kind {
                StmtKind::Function(declaration) => match declaration.function.body {
                    FunctionBody::Block(body) => body,
                    FunctionBody::Expr(_) => return None,
                },
                _ => parsed.program.body,
            },
            other => other,
        };
        if let [one] = body
            && let StmtKind::Expr(expr) = one.kind
        {
            return Some(f(expr.unparenthesized(), &parsed.names));
        }
        return None;
    }
    None
}

/// Everything in the text that looks like a private name, so that it parses.
fn private_names(text: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(text);
    text.match_indices('#')
        .map(|(at, _)| {
            let name = &text[at + 1..];
            let end = name
                .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
                .unwrap_or(name.len());
            format!("#{}", &name[..end])
        })
        .collect()
}

/// Describes the expression that `text` is; None if it is no expression by itself.
pub fn describe_expression(text: &[u8]) -> Option<Description> {
    with_expression(text, describe)
}

fn describe(expr: &Expr<'_>, names: &NameTable<'_>) -> Description {
    let callee = match expr.unparenthesized().kind {
        ExprKind::Call(call) => Some(print(&call.callee, names)),
        _ => None,
    };
    Description {
        text: print(expr, names),
        callee,
    }
}

/// Describes `pattern` or `pattern = value`.
pub fn describe_destructuring(text: &[u8]) -> Option<Destructuring> {
    let of_pattern = |kind: &PatternKind<'_>, names: &NameTable<'_>| {
        let first = match kind {
            PatternKind::Object(object) => object.properties.first(),
            PatternKind::Array(_) => None,
            _ => return None,
        };
        let Some(first) = first else {
            return Some((None, false));
        };
        let nested = !matches!(first.element.pattern.kind, PatternKind::Ident(_));
        let reads = first.element.default.is_some() || nested;
        Some((key_text(&first.key, names), reads))
    };
    let assigned = with_expression(text, |expr, names| match expr.kind {
        ExprKind::Assign { target, value, .. } => {
            let (property, reads) = of_pattern(&target.kind, names)?;
            Some(Destructuring {
                value: Some(describe(value, names)),
                property,
                reads,
            })
        }
        _ => None,
    });
    if let Some(found) = assigned.flatten() {
        return Some(found);
    }
    // A pattern alone: give it a value to make it an assignment.
    let text = [text, b" = 0"].concat();
    with_expression(&text, |expr, names| match expr.kind {
        ExprKind::Assign { target, .. } => {
            let (property, reads) = of_pattern(&target.kind, names)?;
            Some(Destructuring {
                value: None,
                property,
                reads,
            })
        }
        _ => None,
    })
    .flatten()
}

fn key_text(key: &PropertyKey<'_>, names: &NameTable<'_>) -> Option<String> {
    match key {
        PropertyKey::Name { name, .. } => Some(names.text(*name).into_owned()),
        PropertyKey::Number { value, .. } => Some(value.to_string()),
        _ => None,
    }
}

fn print(expr: &Expr<'_>, names: &NameTable<'_>) -> String {
    let mut printer = Printer {
        names,
        out: String::new(),
        depth: 0,
    };
    printer.operand(expr);
    printer.out
}

struct Printer<'n, 's> {
    names: &'n NameTable<'s>,
    out: String,
    depth: u32,
}

impl Printer<'_, '_> {
    /// Prints the expression, or that it has no name.
    fn operand(&mut self, expr: &Expr<'_>) {
        let before = self.out.len();
        self.depth += 1;
        if self.depth < MAX_DEPTH {
            self.expression(expr);
        }
        self.depth -= 1;
        if self.out.len() == before {
            self.out.push_str(INTERMEDIATE);
        }
    }

    fn name(&mut self, name: sarus_parser::Name) {
        self.out.push_str(&self.names.text(name));
    }

    fn list(&mut self, elements: &[Expr<'_>]) {
        for (index, element) in elements.iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            self.operand(element);
        }
    }

    fn infix(&mut self, left: &Expr<'_>, op: &str, right: &Expr<'_>) {
        self.out.push('(');
        // A chain of one operator is one list.
        let mut operands = vec![right];
        let mut first = left;
        loop {
            match first.kind {
                ExprKind::Binary { op: o, left, right } if o.text() == op => {
                    operands.push(right);
                    first = left;
                }
                ExprKind::Logical { op: o, left, right } if o.text() == op => {
                    operands.push(right);
                    first = left;
                }
                _ => break,
            }
        }
        self.operand(first);
        for operand in operands.iter().rev() {
            self.out.push_str(&format!(" {op} "));
            self.operand(operand);
        }
        self.out.push(')');
    }

    fn member(&mut self, object: &Expr<'_>, optional: bool, index: &Expr<'_>) {
        self.operand(object);
        let text = match &index.unparenthesized().kind {
            ExprKind::String(name) => Some(*name),
            ExprKind::Template(t) if t.expressions.is_empty() => {
                t.quasis.first().and_then(|q| q.cooked)
            }
            _ => None,
        };
        match text {
            Some(name) => {
                self.out.push_str(if optional { "?." } else { "." });
                self.name(name);
            }
            None => {
                self.out.push_str(if optional { "?.[" } else { "[" });
                self.operand(index);
                self.out.push(']');
            }
        }
    }

    fn expression(&mut self, expr: &Expr<'_>) {
        match &expr.kind {
            ExprKind::Null => self.out.push_str("null"),
            ExprKind::Bool(value) => self.out.push_str(if *value { "true" } else { "false" }),
            ExprKind::Number(value) => {
                let text = crate::compiler::number_text(*value);
                self.out.push_str(&text);
            }
            ExprKind::String(name) => {
                self.out.push('"');
                self.name(*name);
                self.out.push('"');
            }
            ExprKind::RegExp { pattern, flags } => {
                self.out.push('/');
                self.name(*pattern);
                self.out.push('/');
                self.name(*flags);
            }
            ExprKind::Ident { name, .. } => self.name(*name),
            ExprKind::This(_) => self.out.push_str("this"),
            ExprKind::Template(template) if template.expressions.is_empty() => {
                self.out.push('"');
                if let Some(name) = template.quasis.first().and_then(|q| q.cooked) {
                    self.name(name);
                }
                self.out.push('"');
            }
            ExprKind::Template(template) => {
                for inner in template.expressions {
                    self.operand(inner);
                }
            }
            ExprKind::TaggedTemplate(tagged) => {
                self.operand(&tagged.tag);
                self.out.push_str("(...)");
            }
            ExprKind::Array(elements) => {
                self.out.push('[');
                self.list(elements);
                self.out.push(']');
            }
            ExprKind::Object(properties) => {
                self.out.push('{');
                self.out.push_str(&INTERMEDIATE.repeat(properties.len()));
                self.out.push('}');
            }
            ExprKind::Unary { op, argument } => {
                self.out.push('(');
                self.out.push_str(op.text());
                if op.text().len() > 1 {
                    self.out.push(' ');
                }
                self.operand(argument);
                self.out.push(')');
            }
            ExprKind::Update {
                increment,
                prefix,
                argument,
            } => {
                let op = if *increment { "++" } else { "--" };
                self.out.push('(');
                if *prefix {
                    self.out.push_str(op);
                }
                self.operand(argument);
                if !*prefix {
                    self.out.push_str(op);
                }
                self.out.push(')');
            }
            ExprKind::Binary { op, left, right } => self.infix(left, op.text(), right),
            ExprKind::Logical { op, left, right } => self.infix(left, op.text(), right),
            ExprKind::Sequence(parts) => {
                self.out.push('(');
                for (index, part) in parts.iter().enumerate() {
                    if index > 0 {
                        self.out.push_str(" , ");
                    }
                    self.operand(part);
                }
                self.out.push(')');
            }
            ExprKind::Assign { target, .. } => {
                if let PatternKind::Ident(ident) = target.kind {
                    self.name(ident.name);
                }
            }
            ExprKind::Call(call) => {
                self.operand(&call.callee);
                self.out.push_str("(...)");
            }
            ExprKind::Member {
                optional,
                name,
                object,
                ..
            } => {
                self.operand(object);
                self.out.push_str(if *optional { "?." } else { "." });
                self.name(*name);
            }
            ExprKind::Index {
                optional,
                object,
                index,
            } => self.member(object, *optional, index),
            ExprKind::PrivateMember(member) => {
                self.operand(&member.object);
                self.out.push_str(if member.optional { "?.[" } else { "[" });
                self.name(member.name.name);
                self.out.push(']');
            }
            ExprKind::SuperMember(member) => {
                self.out.push_str(INTERMEDIATE);
                match &member.key {
                    SuperKey::Name(word) => {
                        self.out.push('.');
                        self.name(word.name);
                    }
                    SuperKey::Index(index) => {
                        self.out.push('[');
                        self.operand(index);
                        self.out.push(']');
                    }
                }
            }
            ExprKind::OptionalChain(inner) | ExprKind::Paren(inner) => self.expression(inner),
            ExprKind::Spread(inner) => {
                self.out.push_str("(...");
                self.operand(inner);
                self.out.push(')');
            }
            // Functions, classes, instances, conditionals, awaited values and what is left have no short name.
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions() {
        for (source, expected) in [
            ("a", "a"),
            ("this.x", "this.x"),
            ("o['a b']", "o.a b"),
            ("o[a + b]", "o[(a + b)]"),
            ("a + b + c", "(a + b + c)"),
            ("a?.b?.[c]", "a?.b?.[c]"),
            ("f(1, 2).g", "f(...).g"),
            ("[1, , a].x", "[1,(intermediate value),a].x"),
            ("({ a: 1 }).x", "{(intermediate value)}.x"),
            ("(function () {})()", "(intermediate value)(...)"),
            ("new Foo().bar", "(intermediate value).bar"),
            ("(a || b)", "(a || b)"),
            ("'abc'.x", "\"abc\".x"),
            ("super.x", "(intermediate value).x"),
            ("this.#x", "this[#x]"),
            ("(await f()).x", "(intermediate value).x"),
            ("typeof a", "(typeof a)"),
            ("f`x`.y", "f(...).y"),
            ("a\n  .b // c", "a.b"),
        ] {
            let found = describe_expression(source.as_bytes()).map(|d| d.text);
            assert_eq!(found.as_deref(), Some(expected), "{source}");
        }
        assert_eq!(describe_expression(b"a b"), None);
        let call = describe_expression(b"o.f(1)").and_then(|d| d.callee);
        assert_eq!(call.as_deref(), Some("o.f"));
    }

    #[test]
    fn patterns() {
        let d = describe_destructuring(b"{ a, b } = o.u").expect("pattern");
        assert_eq!(d.value.map(|v| v.text).as_deref(), Some("o.u"));
        assert_eq!(d.property.as_deref(), Some("a"));
        assert!(!d.reads);
        let d = describe_destructuring(b"{ 'a b': { c } }").expect("pattern");
        assert_eq!(
            (d.value, d.property.as_deref(), d.reads),
            (None, Some("a b"), true)
        );
        let d = describe_destructuring(b"{}").expect("pattern");
        assert_eq!(d.property, None);
    }
}
