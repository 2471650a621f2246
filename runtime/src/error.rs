//! Throwing: the `Throw` token, engine faults and the error constructors that builtins use.

use crate::agent::Agent;
use crate::realm::Intrinsic;
use crate::value::Value;

/// "An exception was thrown": zero-sized, the thrown value waits in `agent.exception`.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Throw;

/// Result of anything that may throw.
pub type JsResult<T> = Result<T, Throw>;

/// An engine fault: JavaScript cannot catch it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The heap is full after a full collection.
    HeapLimit,
    /// The program was told to stop.
    Terminated,
    /// The engine found itself in a state it should never be in.
    Internal(String),
}

/// Native error types (20.5.5) with the intrinsic of their prototype.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum ErrorType {
    /// `Error`
    Error,
    /// `EvalError`
    Eval,
    /// `RangeError`
    Range,
    /// `ReferenceError`
    Reference,
    /// `SyntaxError`
    Syntax,
    /// `TypeError`
    Type,
    /// `URIError`
    Uri,
    /// `AggregateError`
    Aggregate,
    /// `SuppressedError`
    Suppressed,
}

impl ErrorType {
    /// The intrinsic prototype.
    pub fn prototype(self) -> Intrinsic {
        match self {
            ErrorType::Error => Intrinsic::ErrorPrototype,
            ErrorType::Eval => Intrinsic::EvalErrorPrototype,
            ErrorType::Range => Intrinsic::RangeErrorPrototype,
            ErrorType::Reference => Intrinsic::ReferenceErrorPrototype,
            ErrorType::Syntax => Intrinsic::SyntaxErrorPrototype,
            ErrorType::Type => Intrinsic::TypeErrorPrototype,
            ErrorType::Uri => Intrinsic::URIErrorPrototype,
            ErrorType::Aggregate => Intrinsic::AggregateErrorPrototype,
            ErrorType::Suppressed => Intrinsic::SuppressedErrorPrototype,
        }
    }
}

impl Agent {
    /// Throws a value.
    #[cold]
    pub fn throw(&mut self, v: Value) -> Throw {
        self.exception = v;
        self.thrown_at = (self.hooks.position)(self);
        Throw
    }
    /// Throws a new error of the current realm.
    #[cold]
    pub fn throw_error(&mut self, kind: ErrorType, message: &str) -> Throw {
        let error = crate::builtins::error::new_error(self, kind, message);
        self.throw(error.into())
    }
    /// A TypeError.
    #[cold]
    pub fn type_error(&mut self, message: impl AsRef<str>) -> Throw {
        self.throw_error(ErrorType::Type, message.as_ref())
    }
    /// A RangeError.
    #[cold]
    pub fn range_error(&mut self, message: impl AsRef<str>) -> Throw {
        self.throw_error(ErrorType::Range, message.as_ref())
    }
    /// A ReferenceError.
    #[cold]
    pub fn reference_error(&mut self, message: impl AsRef<str>) -> Throw {
        self.throw_error(ErrorType::Reference, message.as_ref())
    }
    /// A SyntaxError.
    #[cold]
    pub fn syntax_error(&mut self, message: impl AsRef<str>) -> Throw {
        self.throw_error(ErrorType::Syntax, message.as_ref())
    }
    /// `Maximum call stack size exceeded`.
    #[cold]
    pub fn stack_overflow(&mut self) -> Throw {
        self.throw_error(ErrorType::Range, "Maximum call stack size exceeded")
    }
    /// Stops the program with an engine fault. The token unwinds every frame; no handler runs.
    #[cold]
    pub fn raise_fault(&mut self, fault: Fault) -> Throw {
        self.fault = Some(fault);
        self.exception = Value::UNDEFINED;
        Throw
    }
    /// The fault of a full heap.
    #[cold]
    pub fn heap_limit_fault(&mut self) -> Throw {
        self.raise_fault(Fault::HeapLimit)
    }
    /// Takes the thrown value; None when a fault is under way.
    pub fn take_exception(&mut self) -> Option<Value> {
        if self.fault.is_some() {
            return None;
        }
        Some(std::mem::replace(&mut self.exception, Value::UNDEFINED))
    }
}
