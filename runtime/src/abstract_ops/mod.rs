//! Abstract operations (7), named as in the specification. Semantics are written here once and used
//! by builtins and by the interpreter's slow paths.

mod compare;
mod conversion;
mod for_in;
mod iterator;
mod join_text;
mod operations;
mod own_list;

pub use compare::*;
pub use conversion::*;
pub use for_in::*;
pub use iterator::*;
pub use join_text::*;
pub use operations::*;
pub use own_list::*;
