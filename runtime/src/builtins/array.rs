//! The Array constructor's and %Array.prototype%'s tables (23.1). The functions are in the
//! `array_*` modules, grouped as in the specification by what they do.

use super::array_common::species_getter;
use super::array_constructor as ctor;
use super::array_iterator::{entries, keys};
use super::array_prototype_copy as copy;
pub use super::array_prototype_copy::slice_plain;
use super::array_prototype_iterate as iterate;
use super::array_prototype_mutate as mutate;
pub use super::array_prototype_mutate::{pop_dense, shift_dense};
use super::array_prototype_search as search;
pub use super::array_prototype_search::{dense_includes, dense_index_of, dense_last_index_of};
use super::array_prototype_text as text;
use super::array_sort as sort;
use super::table::{ClassSpec, PropValue, getter, method, prop};
use crate::agent::Agent;
use crate::object::Object;
use crate::object::ordinary::add_named;
use crate::property::Attributes;
use crate::realm::Intrinsic;
use crate::value::Value;

/// %Array%
pub static ARRAY: ClassSpec = ClassSpec {
    make_prototype: Some(make_prototype),
    statics: &[
        method("isArray", 1, ctor::is_array_method),
        method("from", 1, ctor::from),
        method("fromAsync", 1, super::array_from_async::from_async),
        method("of", 0, ctor::of),
        getter("@@species", species_getter),
    ],
    methods: &[
        method("at", 1, search::at),
        method("concat", 1, copy::concat),
        method("copyWithin", 2, mutate::copy_within),
        method("fill", 1, mutate::fill),
        method("find", 1, search::find),
        method("findIndex", 1, search::find_index),
        method("findLast", 1, search::find_last),
        method("findLastIndex", 1, search::find_last_index),
        method("lastIndexOf", 1, search::last_index_of),
        method("pop", 0, mutate::pop),
        method("push", 1, mutate::push),
        method("reverse", 0, mutate::reverse),
        method("shift", 0, mutate::shift),
        method("unshift", 1, mutate::unshift),
        method("slice", 2, copy::slice),
        method("sort", 1, sort::sort),
        method("splice", 2, mutate::splice),
        method("includes", 1, search::includes),
        method("indexOf", 1, search::index_of),
        method("join", 1, text::join),
        method("keys", 0, keys),
        method("entries", 0, entries),
        prop(
            "values",
            PropValue::Intrinsic(Intrinsic::ArrayProtoValues),
            Attributes::WC,
        ),
        prop(
            "@@iterator",
            PropValue::Intrinsic(Intrinsic::ArrayProtoValues),
            Attributes::WC,
        ),
        method("forEach", 1, iterate::for_each),
        method("filter", 1, iterate::filter),
        method("flat", 0, copy::flat),
        method("flatMap", 1, copy::flat_map),
        method("map", 1, iterate::map),
        method("every", 1, iterate::every),
        method("some", 1, iterate::some),
        method("reduce", 1, iterate::reduce),
        method("reduceRight", 1, iterate::reduce_right),
        method("toReversed", 0, copy::to_reversed),
        method("toSorted", 1, sort::to_sorted),
        method("toSpliced", 2, copy::to_spliced),
        method("toLocaleString", 0, text::to_locale_string),
        prop(
            "toString",
            PropValue::Intrinsic(Intrinsic::ArrayProtoToString),
            Attributes::WC,
        ),
        method("with", 2, copy::with),
        prop(
            "@@unscopables",
            PropValue::Custom(unscopables),
            Attributes::C,
        ),
    ],
    ..ClassSpec::new(
        Intrinsic::Array,
        Intrinsic::ArrayPrototype,
        "Array",
        1,
        ctor::array_constructor,
    )
};

/// 23.1.3 %Array.prototype% is itself an array.
fn make_prototype(agent: &mut Agent, parent: Option<Object>) -> Object {
    agent.new_array_with(parent, 0)
}

/// %Array.prototype.values%
pub(crate) fn build_values(agent: &mut Agent) {
    let f = agent.new_native_function("values", 0, super::array_iterator::values);
    agent.set_intrinsic(Intrinsic::ArrayProtoValues, f);
}

/// 23.1.3.42 Array.prototype [ @@unscopables ]
fn unscopables(agent: &mut Agent) -> Value {
    const NAMES: [&str; 16] = [
        "at",
        "copyWithin",
        "entries",
        "fill",
        "find",
        "findIndex",
        "findLast",
        "findLastIndex",
        "flat",
        "flatMap",
        "includes",
        "keys",
        "toReversed",
        "toSorted",
        "toSpliced",
        "values",
    ];
    let o = agent.new_object(None);
    for name in NAMES {
        let key = agent.key(name);
        add_named(agent, o, key, Value::TRUE, Attributes::ALL);
    }
    o.into()
}
