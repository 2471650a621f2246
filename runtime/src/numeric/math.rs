//! The functions of `Math` and Number::exponentiate whose JavaScript semantics differ from the platform's.
