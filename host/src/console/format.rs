//! `util.format`: the `%` directives of `console.log` and its kin.

use super::inspect::{inspect_value, plain_text};
use super::kinds::plain_number;
use super::options::InspectOptions;
use sarus_runtime::abstract_ops::{function_name, get, has_own_property, to_number, to_string};
use sarus_runtime::builtins::json_stringify::stringify_value;
use sarus_runtime::kind::CellKind;
use sarus_runtime::object::proxy;
use sarus_runtime::realm::Intrinsic;
use sarus_runtime::{Agent, JsResult, Object, OwnProperty, Value, numeric, text};

/// The line that `console.log(...args)` writes.
pub fn format_log_args(
    agent: &mut Agent,
    args: &[Value],
    options: &InspectOptions,
) -> JsResult<String> {
    let Some((first, rest)) = args.split_first() else {
        return Ok(String::new());
    };
    let mut out = String::new();
    let mut rest = rest;
    match first.as_string() {
        Some(s) => {
            let template = text::to_utf8_lossy(s.view(agent));
            if rest.is_empty() {
                return Ok(template);
            }
            let used = expand(agent, &template, rest, options, &mut out)?;
            rest = &rest[used..];
        }
        None => out = inspect_value(agent, *first, options)?,
    }
    for v in rest {
        out.push(' ');
        match v.as_string() {
            Some(s) => out.push_str(&text::to_utf8_lossy(s.view(agent))),
            None => out.push_str(&inspect_value(agent, *v, options)?),
        }
    }
    Ok(out)
}

/// Expands the directives; returns how many arguments they took.
fn expand(
    agent: &mut Agent,
    template: &str,
    args: &[Value],
    options: &InspectOptions,
    out: &mut String,
) -> JsResult<usize> {
    let mut used = 0;
    let mut rest = template;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some(directive) = rest[1..].chars().next() else {
            break;
        };
        if directive == '%' {
            out.push('%');
            rest = &rest[2..];
            continue;
        }
        let Some(&v) = args.get(used) else {
            out.push('%');
            rest = &rest[1..];
            continue;
        };
        let text = match directive {
            's' => directive_s(agent, v)?,
            'd' => number_directive(agent, v, to_number)?,
            'i' => number_directive(agent, v, |agent, v| parse(agent, v, Intrinsic::ParseInt))?,
            'f' if v.is_bigint() => float(agent, v)?,
            'f' => number_directive(agent, v, |agent, v| parse(agent, v, Intrinsic::ParseFloat))?,
            'j' => json(agent, v)?,
            'o' => {
                let options = InspectOptions {
                    show_hidden: true,
                    show_proxy: true,
                    depth: 4.0,
                    ..options.clone()
                };
                inspect_value(agent, v, &options)?
            }
            'O' => inspect_value(agent, v, options)?,
            'c' => String::new(),
            _ => {
                out.push('%');
                rest = &rest[1..];
                continue;
            }
        };
        out.push_str(&text);
        used += 1;
        rest = &rest[2..];
    }
    out.push_str(rest);
    Ok(used)
}

fn directive_s(agent: &mut Agent, v: Value) -> JsResult<String> {
    if let Some(n) = v.as_number() {
        return Ok(plain_number(agent, n));
    }
    if v.is_bigint() {
        return Ok(format!("{}n", plain_text(agent, v)?));
    }
    match v.as_object() {
        Some(o) if !o.is_callable() && has_builtin_to_string(agent, o)? => {
            let options = InspectOptions {
                depth: 0.0,
                ..Default::default()
            };
            inspect_value(agent, v, &options)
        }
        _ => plain_text(agent, v),
    }
}

/// Whether `toString` of an object is one of the built-in ones.
fn has_builtin_to_string(agent: &mut Agent, o: Object) -> JsResult<bool> {
    let mut o = o;
    while o.is(CellKind::Proxy) {
        match proxy::target_of(o) {
            Some(t) => o = t,
            None => return Ok(true),
        }
    }
    let key = agent.names.toString;
    if !get(agent, o, key)?.is_callable() {
        return Ok(true);
    }
    if has_own_property(agent, o, key)? {
        return Ok(false);
    }
    let mut pointer = o;
    loop {
        let Some(p) = pointer.get_prototype_of(agent)? else {
            return Ok(true);
        };
        pointer = p;
        if has_own_property(agent, pointer, key)? {
            break;
        }
    }
    let key = agent.names.constructor;
    Ok(match pointer.get_own_property(agent, key)? {
        Some(OwnProperty::Data { value, .. }) => match value.as_object() {
            Some(c) if c.is_callable() => {
                let name = function_name(agent, c);
                is_builtin(agent, &name)
            }
            _ => false,
        },
        _ => false,
    })
}

/// Whether a name is that of a built-in constructor or namespace.
fn is_builtin(agent: &mut Agent, name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && Intrinsic::ALL
            .iter()
            .any(|i| format!("{i:?}") == name && agent.realm.intrinsic_if_built(*i).is_some())
}

fn number_directive(
    agent: &mut Agent,
    v: Value,
    convert: impl Fn(&mut Agent, Value) -> JsResult<f64>,
) -> JsResult<String> {
    if v.is_bigint() {
        return Ok(format!("{}n", plain_text(agent, v)?));
    }
    let n = if v.is_symbol() {
        f64::NAN
    } else {
        convert(agent, v)?
    };
    Ok(plain_number(agent, n))
}

fn float(agent: &mut Agent, v: Value) -> JsResult<String> {
    let n = parse(agent, v, Intrinsic::ParseFloat)?;
    Ok(plain_number(agent, n))
}

fn parse(agent: &mut Agent, v: Value, with: Intrinsic) -> JsResult<f64> {
    let s = to_string(agent, v)?;
    let view = s.view(agent);
    Ok(match with {
        Intrinsic::ParseInt => numeric::parse_int(view, 10),
        _ => numeric::parse_float(view),
    })
}

fn json(agent: &mut Agent, v: Value) -> JsResult<String> {
    match stringify_value(agent, v, Value::UNDEFINED, Value::UNDEFINED) {
        Ok(v) => plain_text(agent, v),
        Err(t) => {
            let Some(e) = agent.take_exception() else {
                return Err(t);
            };
            let message = match e.as_object() {
                Some(o) => {
                    let key = agent.names.message;
                    let m = get(agent, o, key)?;
                    plain_text(agent, m)?
                }
                None => String::new(),
            };
            if message.starts_with("Converting circular structure") {
                return Ok("[Circular]".into());
            }
            Err(agent.throw(e))
        }
    }
}
