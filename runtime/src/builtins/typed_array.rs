//! The tables of %TypedArray% and the twelve typed array classes (23.2.2 to 23.2.7).

use super::array_common::species_getter;
use super::table::{ClassSpec, Prop, PropValue, constant, getter, method, prop};
use super::typed_array_constructor as ctor;
use super::typed_array_copy as copy;
use super::typed_array_iterate as iterate;
use super::typed_array_prototype as proto;
use super::uint8_array_text as text;
use crate::object::typed_array::ElementType;
use crate::property::Attributes;
use crate::realm::Intrinsic;

/// %TypedArray%
pub static TYPED_ARRAY: ClassSpec = ClassSpec {
    statics: &[
        method("of", 0, ctor::of),
        method("from", 1, ctor::from),
        getter("@@species", species_getter),
    ],
    methods: &[
        getter("buffer", proto::buffer),
        getter("byteLength", proto::byte_length),
        getter("byteOffset", proto::byte_offset),
        getter("length", proto::length),
        method("entries", 0, proto::entries),
        method("keys", 0, proto::keys),
        method("values", 0, proto::values),
        prop("@@iterator", PropValue::Alias("values"), Attributes::WC),
        method("at", 1, proto::at),
        method("copyWithin", 2, copy::copy_within),
        method("every", 1, iterate::every),
        method("fill", 1, copy::fill),
        method("filter", 1, iterate::filter),
        method("find", 1, iterate::find),
        method("findIndex", 1, iterate::find_index),
        method("findLast", 1, iterate::find_last),
        method("findLastIndex", 1, iterate::find_last_index),
        method("forEach", 1, iterate::for_each),
        method("includes", 1, proto::includes),
        method("indexOf", 1, proto::index_of),
        method("join", 1, proto::join),
        method("lastIndexOf", 1, proto::last_index_of),
        method("map", 1, iterate::map),
        method("reverse", 0, copy::reverse),
        method("reduce", 1, iterate::reduce),
        method("reduceRight", 1, iterate::reduce_right),
        method("set", 1, copy::set),
        method("slice", 2, copy::slice),
        method("some", 1, iterate::some),
        method("sort", 1, copy::sort),
        method("subarray", 2, copy::subarray),
        method("toReversed", 0, copy::to_reversed),
        method("toSorted", 1, copy::to_sorted),
        method("with", 2, copy::with),
        method("toLocaleString", 0, proto::to_locale_string),
        prop(
            "toString",
            PropValue::Intrinsic(Intrinsic::ArrayProtoToString),
            Attributes::WC,
        ),
        getter("@@toStringTag", proto::to_string_tag),
    ],
    ..ClassSpec::new(
        Intrinsic::TypedArray,
        Intrinsic::TypedArrayPrototype,
        "TypedArray",
        0,
        ctor::abstract_constructor,
    )
};

macro_rules! class {
    ($(#[$meta:meta])* $name:ident, $type:ident, [$($statics:expr,)*], [$($methods:expr,)*]) => {
        $(#[$meta])*
        pub static $name: ClassSpec = ClassSpec {
            constructor_parent: Intrinsic::TypedArray,
            prototype_parent: Some(Intrinsic::TypedArrayPrototype),
            statics: {
                const ROWS: &[Prop] = &[
                    constant("BYTES_PER_ELEMENT", ElementType::$type.size() as f64),
                    $($statics,)*
                ];
                ROWS
            },
            methods: {
                const ROWS: &[Prop] = &[
                    constant("BYTES_PER_ELEMENT", ElementType::$type.size() as f64),
                    $($methods,)*
                ];
                ROWS
            },
            ..ClassSpec::new(
                ElementType::$type.constructor(),
                ElementType::$type.prototype(),
                ElementType::$type.constructor_name(),
                3,
                |agent, cx| ctor::construct(agent, cx, ElementType::$type),
            )
        };
    };
}

class!(/** %Int8Array% */ INT8_ARRAY, Int8, [], []);
class!(/** %Uint8Array% */ UINT8_ARRAY, Uint8,
[method("fromBase64", 1, text::from_base64), method("fromHex", 1, text::from_hex),],
[
    method("toBase64", 0, text::to_base64),
    method("setFromBase64", 1, text::set_from_base64),
    method("toHex", 0, text::to_hex),
    method("setFromHex", 1, text::set_from_hex),
]);
class!(/** %Uint8ClampedArray% */ UINT8_CLAMPED_ARRAY, Uint8Clamped, [], []);
class!(/** %Int16Array% */ INT16_ARRAY, Int16, [], []);
class!(/** %Uint16Array% */ UINT16_ARRAY, Uint16, [], []);
class!(/** %Int32Array% */ INT32_ARRAY, Int32, [], []);
class!(/** %Uint32Array% */ UINT32_ARRAY, Uint32, [], []);
class!(/** %BigInt64Array% */ BIG_INT64_ARRAY, BigInt64, [], []);
class!(/** %BigUint64Array% */ BIG_UINT64_ARRAY, BigUint64, [], []);
class!(/** %Float16Array% */ FLOAT16_ARRAY, Float16, [], []);
class!(/** %Float32Array% */ FLOAT32_ARRAY, Float32, [], []);
class!(/** %Float64Array% */ FLOAT64_ARRAY, Float64, [], []);
