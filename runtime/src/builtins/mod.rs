//! The standard library: one file per object of the specification, each with a table of its
//! properties on top, from which the realm builds the object at first touch.

pub mod table;

pub mod error;
pub mod function;
pub mod global;
pub mod object;
pub mod promise;
mod promise_combinators;

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
    Builder::Class(&error::ERROR),
    Builder::Class(&error::EVAL_ERROR),
    Builder::Class(&error::RANGE_ERROR),
    Builder::Class(&error::REFERENCE_ERROR),
    Builder::Class(&error::SYNTAX_ERROR),
    Builder::Class(&error::TYPE_ERROR),
    Builder::Class(&error::URI_ERROR),
    Builder::Class(&error::AGGREGATE_ERROR),
    Builder::Class(&error::SUPPRESSED_ERROR),
    Builder::Class(&promise::PROMISE),
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
