//! What the library keeps per agent: the random number generator, the time zone, and the compiled
//! regular expressions with the last match.

use crate::agent::Agent;
use crate::date_math::{DateFields, LocalZone};
use crate::kind::{CellKind, mark_value};
use crate::numeric::Xorshift128Plus;
use crate::object::Object;
use crate::shape::Shape;
use crate::string::JsString;
use crate::symbol::Symbol;
use crate::value::Value;
use sarus_gc::{Gc, Tracer};
use sarus_regexp::{MatchState, RegExpCache};
use std::cell::OnceCell;
use std::hash::{BuildHasher, Hasher, RandomState};

/// State of the library.
pub(crate) struct LibraryState {
    /// Math.random.
    pub random: Xorshift128Plus,
    /// The time zone, read from the system at the first use of a local time.
    zone: OnceCell<LocalZone>,
    /// The fields that were asked for last.
    pub last_date: LastDate,
    /// Regular expressions.
    pub regexp: RegExpState,
    /// Prototype and shape of the promises and of the functions in Rust made last.
    pub promises: Option<(Object, Gc<Shape>)>,
    /// See `promises`.
    pub natives: Option<(Object, Gc<Shape>)>,
    /// What is known about %Promise.prototype%.
    pub promise: Option<super::promise_pristine::Pristine>,
    /// Asynchronous waits.
    pub waits: super::atomics_wait::Waits,
    /// `Error.prepareStackTrace` is running: errors made meanwhile get the plain text.
    pub preparing_stack: bool,
    /// The pair that stands for an unread `stack`; undefined until the first error.
    pub stack_accessor: Value,
    /// %Object.prototype% and the shape of descriptors of data properties, and of accessors.
    pub descriptors: [Option<(Object, Gc<Shape>)>; 2],
    /// The symbol that a function was last named after, and its name.
    pub symbol_name: Option<(Symbol, JsString)>,
    /// The private name of traces of objects that are no errors.
    pub trace_name: Option<Symbol>,
}

/// The fields of a time value.
#[derive(Clone, Copy)]
pub(crate) struct LastDate {
    /// NaN if there is none.
    pub time: f64,
    /// Whether they are those of the local time.
    pub local: bool,
    pub fields: DateFields,
}

impl LastDate {
    const NONE: LastDate = LastDate {
        time: f64::NAN,
        local: false,
        fields: DateFields {
            year: 0,
            month: 0,
            day: 0,
            hour: 0,
            minute: 0,
            second: 0,
            millisecond: 0,
            weekday: 0,
        },
    };
}

/// Compiled patterns, working memory and the last match (for the legacy static properties).
pub(crate) struct RegExpState {
    /// Compiled patterns.
    pub cache: RegExpCache,
    /// Working memory of the next match.
    pub work: MatchState,
    /// Groups of the last successful match.
    pub last: MatchState,
    /// Memory for lists of parts of a string.
    pub pieces: Vec<Option<std::ops::Range<usize>>>,
    /// Its input, `undefined` before the first match, `null` when a match of a subclass has made
    /// the legacy properties meaningless.
    pub last_input: Value,
    /// `RegExp.input` when it was assigned; `undefined` otherwise.
    pub assigned_input: Value,
    /// Prototype and shape of the instances made last.
    pub instances: Option<(Object, Gc<Shape>)>,
    /// Prototype and shape of match results (without `indices`).
    pub results: Option<(Object, Gc<Shape>)>,
    /// What is known about %RegExp.prototype%.
    pub pristine: Option<super::regexp_exec::Pristine>,
}

impl Default for LibraryState {
    fn default() -> Self {
        // The standard library's hasher keys are the randomness that is at hand everywhere.
        let seed = RandomState::new().build_hasher().finish();
        LibraryState {
            random: Xorshift128Plus::new(seed),
            zone: OnceCell::new(),
            last_date: LastDate::NONE,
            regexp: RegExpState {
                cache: RegExpCache::new(),
                work: MatchState::new(),
                last: MatchState::new(),
                pieces: Vec::new(),
                last_input: Value::UNDEFINED,
                assigned_input: Value::UNDEFINED,
                instances: None,
                results: None,
                pristine: None,
            },
            promises: None,
            natives: None,
            promise: None,
            waits: Default::default(),
            preparing_stack: false,
            stack_accessor: Value::UNDEFINED,
            descriptors: [None; 2],
            symbol_name: None,
            trace_name: None,
        }
    }
}

impl Agent {
    /// The shape of empty objects of a kind with that prototype, which is kept where `place` says: mostly the last one is asked for
    /// again.
    #[inline]
    pub(crate) fn kept_root_shape(
        &mut self,
        place: impl Fn(&mut LibraryState) -> &mut Option<(Object, Gc<Shape>)>,
        kind: CellKind,
        proto: Object,
    ) -> Gc<Shape> {
        match *place(&mut self.library) {
            Some((p, shape)) if p == proto => shape,
            _ => {
                let shape = self.root_shape(kind, Some(proto), 0);
                *place(&mut self.library) = Some((proto, shape));
                shape
            }
        }
    }
}

impl LibraryState {
    /// The time zone.
    pub fn zone(&self) -> &LocalZone {
        self.zone.get_or_init(LocalZone::system)
    }
    /// Marks the values.
    pub fn trace(&self, tracer: &mut Tracer) {
        mark_value(tracer, self.regexp.last_input);
        mark_value(tracer, self.regexp.assigned_input);
        mark_value(tracer, self.stack_accessor);
        if let Some(name) = self.trace_name {
            mark_value(tracer, name.into());
        }
        if let Some((symbol, name)) = self.symbol_name {
            mark_value(tracer, symbol.into());
            mark_value(tracer, name.into());
        }
        let [data, accessor] = self.descriptors;
        let shapes = [
            self.regexp.instances,
            self.regexp.results,
            self.promises,
            self.natives,
            data,
            accessor,
        ];
        for (proto, shape) in shapes.into_iter().flatten() {
            mark_value(tracer, proto.into());
            tracer.mark(shape);
        }
        if let Some(p) = &self.regexp.pristine {
            p.trace(tracer);
        }
        if let Some(p) = &self.promise {
            p.trace(tracer);
        }
    }
}
