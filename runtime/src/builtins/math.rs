//! The Math object (21.3). Int32 arguments take the short way where the result is an integer anyway.

use super::table::{NamespaceSpec, constant, method, tag};
use crate::abstract_ops::{
    close_on_throw, get_iterator, iterator_step_value, to_int32, to_number, to_uint32,
};
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::numeric::{ExactSum, math};
use crate::realm::Intrinsic;
use crate::value::Value;
use std::f64::consts;

/// %Math%
pub static MATH: NamespaceSpec = NamespaceSpec {
    intrinsic: Intrinsic::Math,
    parent: Some(Intrinsic::ObjectPrototype),
    properties: &[
        constant("E", consts::E),
        constant("LN10", consts::LN_10),
        constant("LN2", consts::LN_2),
        constant("LOG10E", consts::LOG10_E),
        constant("LOG2E", consts::LOG2_E),
        constant("PI", consts::PI),
        constant("SQRT1_2", consts::FRAC_1_SQRT_2),
        constant("SQRT2", consts::SQRT_2),
        method("abs", 1, abs),
        method("acos", 1, |a, cx| unary(a, cx, math::acos)),
        method("acosh", 1, |a, cx| unary(a, cx, math::acosh)),
        method("asin", 1, |a, cx| unary(a, cx, math::asin)),
        method("asinh", 1, |a, cx| unary(a, cx, math::asinh)),
        method("atan", 1, |a, cx| unary(a, cx, math::atan)),
        method("atanh", 1, |a, cx| unary(a, cx, math::atanh)),
        method("atan2", 2, |a, cx| binary(a, cx, math::atan2)),
        method("cbrt", 1, |a, cx| unary(a, cx, math::cbrt)),
        method("ceil", 1, |a, cx| integral(a, cx, math::ceil)),
        method("clz32", 1, clz32),
        method("cos", 1, |a, cx| unary(a, cx, math::cos)),
        method("cosh", 1, |a, cx| unary(a, cx, math::cosh)),
        method("exp", 1, |a, cx| unary(a, cx, math::exp)),
        method("expm1", 1, |a, cx| unary(a, cx, math::expm1)),
        method("floor", 1, |a, cx| integral(a, cx, math::floor)),
        method("fround", 1, |a, cx| unary(a, cx, math::fround)),
        method("f16round", 1, |a, cx| unary(a, cx, math::f16round)),
        method("hypot", 2, hypot),
        method("imul", 2, imul),
        method("log", 1, |a, cx| unary(a, cx, math::log)),
        method("log1p", 1, |a, cx| unary(a, cx, math::log1p)),
        method("log10", 1, |a, cx| unary(a, cx, math::log10)),
        method("log2", 1, |a, cx| unary(a, cx, math::log2)),
        method("max", 2, max),
        method("min", 2, min),
        method("pow", 2, |a, cx| binary(a, cx, math::pow)),
        method("random", 0, random),
        method("round", 1, |a, cx| integral(a, cx, math::round)),
        method("sign", 1, |a, cx| unary(a, cx, math::sign)),
        method("sin", 1, |a, cx| unary(a, cx, math::sin)),
        method("sinh", 1, |a, cx| unary(a, cx, math::sinh)),
        method("sqrt", 1, |a, cx| unary(a, cx, math::sqrt)),
        method("sumPrecise", 1, sum_precise),
        method("tan", 1, |a, cx| unary(a, cx, math::tan)),
        method("tanh", 1, |a, cx| unary(a, cx, math::tanh)),
        method("trunc", 1, |a, cx| integral(a, cx, math::trunc)),
        tag("Math"),
    ],
};

/// A function of one number.
#[inline(always)]
fn unary(agent: &mut Agent, cx: &CallArgs, f: fn(f64) -> f64) -> JsResult<Value> {
    let x = to_number(agent, cx.arg(0))?;
    Ok(Value::number(f(x)))
}

/// A rounding function, which leaves integers alone.
#[inline(always)]
fn integral(agent: &mut Agent, cx: &CallArgs, f: fn(f64) -> f64) -> JsResult<Value> {
    let v = cx.arg(0);
    if v.is_int() {
        return Ok(v);
    }
    let x = to_number(agent, v)?;
    Ok(Value::number(f(x)))
}

/// A function of two numbers.
#[inline(always)]
fn binary(agent: &mut Agent, cx: &CallArgs, f: fn(f64, f64) -> f64) -> JsResult<Value> {
    let x = to_number(agent, cx.arg(0))?;
    let y = to_number(agent, cx.arg(1))?;
    Ok(Value::number(f(x, y)))
}

/// 21.3.2.1 Math.abs ( x )
fn abs(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    if let Some(i) = cx.arg(0).as_int()
        && let Some(i) = i.checked_abs()
    {
        return Ok(Value::int(i));
    }
    unary(agent, cx, math::abs)
}

/// 21.3.2.11 Math.clz32 ( x )
fn clz32(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let n = to_uint32(agent, cx.arg(0))?;
    Ok(Value::uint(math::clz32(n)))
}

/// 21.3.2.20 Math.imul ( x, y )
fn imul(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let x = to_int32(agent, cx.arg(0))?;
    let y = to_int32(agent, cx.arg(1))?;
    Ok(Value::int(math::imul(x, y)))
}

/// 21.3.2.19 Math.hypot ( ...args )
fn hypot(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let mut numbers = Vec::with_capacity(cx.argc());
    for v in cx.args() {
        numbers.push(to_number(agent, *v)?);
    }
    Ok(Value::number(math::hypot(&numbers)))
}

/// 21.3.2.25 Math.max ( ...args )
fn max(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    fold(agent, cx, f64::NEG_INFINITY, i32::max, math::max)
}

/// 21.3.2.26 Math.min ( ...args )
fn min(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    fold(agent, cx, f64::INFINITY, i32::min, math::min)
}

/// All arguments are converted, even after a NaN.
#[inline(always)]
fn fold(
    agent: &mut Agent,
    cx: &CallArgs,
    start: f64,
    ints: fn(i32, i32) -> i32,
    numbers: fn(f64, f64) -> f64,
) -> JsResult<Value> {
    let args = cx.args();
    let mut at = 0;
    let mut result = start;
    if let Some(first) = args.first().and_then(|v| v.as_int()) {
        let mut best = first;
        at = 1;
        while let Some(i) = args.get(at).and_then(|v| v.as_int()) {
            best = ints(best, i);
            at += 1;
        }
        if at == args.len() {
            return Ok(Value::int(best));
        }
        result = best as f64;
    }
    for v in &args[at..] {
        result = numbers(result, to_number(agent, *v)?);
    }
    Ok(Value::number(result))
}

/// 21.3.2.28 Math.random ( )
fn random(agent: &mut Agent, _: &CallArgs) -> JsResult<Value> {
    Ok(Value::number(agent.library.random.next_f64()))
}

/// Math.sumPrecise ( items )
fn sum_precise(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    if cx.arg(0).is_nullish() {
        return Err(crate::abstract_ops::not_iterable(agent, cx.arg(0)));
    }
    let mut record = get_iterator(agent, cx.arg(0))?;
    let mut sum = ExactSum::new();
    while let Some(v) = iterator_step_value(agent, &mut record)? {
        let Some(n) = v.as_number() else {
            let text = crate::abstract_ops::display_value(agent, v);
            let throw = agent.type_error(format!("{text} is not a number"));
            return close_on_throw(agent, record.iterator, Err(throw));
        };
        sum.add(n);
    }
    Ok(Value::number(sum.value()))
}
