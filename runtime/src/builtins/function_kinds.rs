//! GeneratorFunction, AsyncFunction and AsyncGeneratorFunction (27.3, 27.4, 27.7). The prototypes of
//! generators themselves are in `generator` and `async_generator`.

use super::dynamic_function::create_dynamic_function;
use super::table::{ClassSpec, PropValue, prop, tag};
use crate::agent::DynamicFunctionKind;
use crate::property::Attributes;
use crate::realm::Intrinsic;

/// %GeneratorFunction%
pub static GENERATOR_FUNCTION: ClassSpec = ClassSpec {
    constructor_parent: Intrinsic::Function,
    prototype_parent: Some(Intrinsic::FunctionPrototype),
    methods: &[
        prop(
            "constructor",
            PropValue::Intrinsic(Intrinsic::GeneratorFunction),
            Attributes::C,
        ),
        prop(
            "prototype",
            PropValue::Intrinsic(Intrinsic::GeneratorPrototype),
            Attributes::C,
        ),
        tag("GeneratorFunction"),
    ],
    ..ClassSpec::new(
        Intrinsic::GeneratorFunction,
        Intrinsic::GeneratorFunctionPrototype,
        "GeneratorFunction",
        1,
        |agent, cx| create_dynamic_function(agent, cx, DynamicFunctionKind::Generator),
    )
};

/// %AsyncGeneratorFunction%
pub static ASYNC_GENERATOR_FUNCTION: ClassSpec = ClassSpec {
    constructor_parent: Intrinsic::Function,
    prototype_parent: Some(Intrinsic::FunctionPrototype),
    methods: &[
        prop(
            "constructor",
            PropValue::Intrinsic(Intrinsic::AsyncGeneratorFunction),
            Attributes::C,
        ),
        prop(
            "prototype",
            PropValue::Intrinsic(Intrinsic::AsyncGeneratorPrototype),
            Attributes::C,
        ),
        tag("AsyncGeneratorFunction"),
    ],
    ..ClassSpec::new(
        Intrinsic::AsyncGeneratorFunction,
        Intrinsic::AsyncGeneratorFunctionPrototype,
        "AsyncGeneratorFunction",
        1,
        |agent, cx| create_dynamic_function(agent, cx, DynamicFunctionKind::AsyncGenerator),
    )
};

/// %AsyncFunction%
pub static ASYNC_FUNCTION: ClassSpec = ClassSpec {
    constructor_parent: Intrinsic::Function,
    prototype_parent: Some(Intrinsic::FunctionPrototype),
    methods: &[
        prop(
            "constructor",
            PropValue::Intrinsic(Intrinsic::AsyncFunction),
            Attributes::C,
        ),
        tag("AsyncFunction"),
    ],
    ..ClassSpec::new(
        Intrinsic::AsyncFunction,
        Intrinsic::AsyncFunctionPrototype,
        "AsyncFunction",
        1,
        |agent, cx| create_dynamic_function(agent, cx, DynamicFunctionKind::Async),
    )
};
