//! The standard library: one file per object of the specification, each with a table of its
//! properties on top, from which the realm builds the object at first touch.

pub mod table;

pub mod abstract_module_source;
pub mod array;
pub mod array_buffer;
pub mod array_common;
pub mod array_constructor;
mod array_from_async;
pub mod array_iterator;
mod array_prototype_copy;
mod array_prototype_iterate;
mod array_prototype_mutate;
mod array_prototype_search;
mod array_prototype_text;
mod array_sort;
pub mod async_from_sync_iterator;
pub mod async_function;
pub mod async_generator;
pub mod atomics;
pub mod atomics_wait;
pub mod bigint;
pub mod bodies;
pub mod boolean;
pub mod call_site;
pub mod collection_iterators;
pub mod data_view;
pub mod disposable_stack;
pub(crate) mod dynamic_function;
pub mod generator;

pub mod date;
mod date_fields;
pub mod error;
pub mod error_stack;
pub mod finalization_registry;
pub mod function;
pub mod function_kinds;
pub mod global;
mod global_functions;
pub mod iterator;
pub mod iterator_helper;
mod iterator_zip;
pub mod json;
mod json_build;
mod json_plan;
pub mod json_stringify;
pub mod map;
pub mod math;
pub mod number;
pub mod object;
mod object_prototype;
pub mod plain_species;
pub mod promise;
mod promise_combinators;
mod promise_pristine;
pub mod proxy;
pub mod reflect;
pub mod regexp;
mod regexp_exec;
mod regexp_legacy;
pub mod regexp_symbols;
pub mod set;
mod set_methods;
pub mod shadow_realm;
pub mod shared_array_buffer;
pub(crate) mod state;
pub mod string;
mod string_html;
pub mod string_iterator;
mod string_search;
pub mod symbol;
pub mod typed_array;
mod typed_array_constructor;
mod typed_array_copy;
mod typed_array_iterate;
mod typed_array_prototype;
mod uint8_array_text;
pub mod weak_map;
pub mod weak_ref;
pub mod weak_set;

use crate::agent::Agent;
use crate::realm::Intrinsic;
use table::{Builder, ClassSpec, NamespaceSpec};

/// How each intrinsic is built: one row per builder.
static BUILDERS: &[Builder] = &[
    Builder::Class(&object::OBJECT),
    Builder::Class(&function::FUNCTION),
    Builder::Custom(
        &[Intrinsic::ThrowTypeError],
        function::build_throw_type_error,
    ),
    Builder::Class(&function_kinds::GENERATOR_FUNCTION),
    Builder::Class(&function_kinds::ASYNC_GENERATOR_FUNCTION),
    Builder::Class(&function_kinds::ASYNC_FUNCTION),
    Builder::Class(&symbol::SYMBOL),
    Builder::Class(&boolean::BOOLEAN),
    Builder::Class(&proxy::PROXY),
    Builder::Namespace(&reflect::REFLECT),
    Builder::Custom(global_functions::INTRINSICS, global_functions::build),
    Builder::Class(&error::ERROR),
    Builder::Class(&error::EVAL_ERROR),
    Builder::Class(&error::RANGE_ERROR),
    Builder::Class(&error::REFERENCE_ERROR),
    Builder::Class(&error::SYNTAX_ERROR),
    Builder::Class(&error::TYPE_ERROR),
    Builder::Class(&error::URI_ERROR),
    Builder::Class(&error::AGGREGATE_ERROR),
    Builder::Class(&error::SUPPRESSED_ERROR),
    Builder::Namespace(&call_site::CALL_SITE_PROTOTYPE),
    Builder::Class(&promise::PROMISE),
    Builder::Class(&disposable_stack::DISPOSABLE_STACK),
    Builder::Class(&disposable_stack::ASYNC_DISPOSABLE_STACK),
    Builder::Namespace(&json::JSON),
    Builder::Namespace(&math::MATH),
    Builder::Class(&number::NUMBER),
    Builder::Class(&bigint::BIGINT),
    Builder::Class(&string::STRING),
    Builder::Namespace(&string_iterator::STRING_ITERATOR),
    Builder::Class(&regexp::REGEXP),
    Builder::Class(&date::DATE),
    Builder::Namespace(&regexp_symbols::REGEXP_STRING_ITERATOR),
    Builder::Class(&map::MAP),
    Builder::Class(&set::SET),
    Builder::Namespace(&collection_iterators::MAP_ITERATOR),
    Builder::Namespace(&collection_iterators::SET_ITERATOR),
    Builder::Class(&weak_map::WEAK_MAP),
    Builder::Class(&weak_set::WEAK_SET),
    Builder::Class(&weak_ref::WEAK_REF),
    Builder::Class(&finalization_registry::FINALIZATION_REGISTRY),
    Builder::Class(&array::ARRAY),
    Builder::Namespace(&atomics::ATOMICS),
    Builder::Class(&shadow_realm::SHADOW_REALM),
    Builder::Class(&abstract_module_source::ABSTRACT_MODULE_SOURCE),
    Builder::Class(&array_buffer::ARRAY_BUFFER),
    Builder::Class(&shared_array_buffer::SHARED_ARRAY_BUFFER),
    Builder::Class(&data_view::DATA_VIEW),
    Builder::Class(&typed_array::TYPED_ARRAY),
    Builder::Class(&typed_array::INT8_ARRAY),
    Builder::Class(&typed_array::UINT8_ARRAY),
    Builder::Class(&typed_array::UINT8_CLAMPED_ARRAY),
    Builder::Class(&typed_array::INT16_ARRAY),
    Builder::Class(&typed_array::UINT16_ARRAY),
    Builder::Class(&typed_array::INT32_ARRAY),
    Builder::Class(&typed_array::UINT32_ARRAY),
    Builder::Class(&typed_array::BIG_INT64_ARRAY),
    Builder::Class(&typed_array::BIG_UINT64_ARRAY),
    Builder::Class(&typed_array::FLOAT16_ARRAY),
    Builder::Class(&typed_array::FLOAT32_ARRAY),
    Builder::Class(&typed_array::FLOAT64_ARRAY),
    Builder::Custom(&[Intrinsic::ArrayProtoValues], array::build_values),
    Builder::Custom(
        &[Intrinsic::ArrayProtoToString],
        array_prototype_text::build_to_string,
    ),
    Builder::Namespace(&array_iterator::ARRAY_ITERATOR_PROTOTYPE),
    Builder::Class(&iterator::ITERATOR),
    Builder::Namespace(&iterator::WRAP_FOR_VALID_ITERATOR_PROTOTYPE),
    Builder::Namespace(&iterator_helper::ITERATOR_HELPER_PROTOTYPE),
    Builder::Namespace(&async_from_sync_iterator::ASYNC_ITERATOR_PROTOTYPE),
    Builder::Namespace(&async_from_sync_iterator::ASYNC_FROM_SYNC_ITERATOR_PROTOTYPE),
    Builder::Custom(
        &[
            Intrinsic::GeneratorFunction,
            Intrinsic::GeneratorFunctionPrototype,
            Intrinsic::GeneratorPrototype,
        ],
        generator::build,
    ),
    Builder::Custom(
        &[
            Intrinsic::AsyncGeneratorFunction,
            Intrinsic::AsyncGeneratorFunctionPrototype,
            Intrinsic::AsyncGeneratorPrototype,
        ],
        async_generator::build,
    ),
    Builder::Custom(
        &[Intrinsic::AsyncFunction, Intrinsic::AsyncFunctionPrototype],
        async_function::build,
    ),
];

/// Builds an intrinsic (and what belongs to it) in the current realm.
pub(crate) fn build(agent: &mut Agent, i: Intrinsic) {
    for b in BUILDERS {
        match b {
            Builder::Class(spec) if spec.constructor == i || spec.prototype == Some(i) => {
                return ClassSpec::build(spec, agent);
            }
            Builder::Namespace(spec) if spec.intrinsic == i => {
                return NamespaceSpec::build(spec, agent);
            }
            Builder::Custom(list, f) if list.contains(&i) => return f(agent),
            _ => {}
        }
    }
}
