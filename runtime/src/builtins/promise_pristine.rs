//! What is known about %Promise.prototype% of the current realm, so that `then`, `await` and the resolving of promises with promises
//! need not look anything up: where `then` and `constructor` are, and whether %Promise% has its own `@@species`.
//!
//! Both properties can be overwritten without a change of shape, so their values are read each time; everything else invalidates one
//! of the two cells.

use super::promise;
use crate::agent::Agent;
use crate::kind::{CellKind, mark_value};
use crate::object::Object;
use crate::object::ordinary::{Lookup, lookup_own};
use crate::property::PropertyKey;
use crate::realm::Intrinsic;
use crate::shape::{Shape, ValidityCell};
use crate::value::Value;
use sarus_gc::{Gc, Tracer};

/// What was found out.
pub(crate) struct Pristine {
    /// Shape of promises without properties of their own.
    shape: Gc<Shape>,
    prototype: Object,
    constructor: Object,
    validity: Gc<ValidityCell>,
    species_validity: Gc<ValidityCell>,
    /// Slots of `then` and `constructor`, if both are data properties.
    slots: Option<(u32, u32)>,
    /// %Promise% had its own `@@species`.
    species: bool,
}

impl Pristine {
    pub(super) fn trace(&self, tracer: &mut Tracer) {
        tracer.mark(self.shape);
        tracer.mark(self.validity);
        tracer.mark(self.species_validity);
        mark_value(tracer, self.prototype.into());
        mark_value(tracer, self.constructor.into());
    }
}

/// What a promise without properties of its own inherits from the current realm's %Promise.prototype%.
pub(crate) struct Inherited {
    /// `then`
    pub then: Value,
    /// `constructor`
    pub constructor: Value,
    /// `constructor` is %Promise%, and so is its `@@species`.
    pub species: bool,
}

/// That of `o`, if it is such a promise and finding out runs no JavaScript.
#[inline]
pub(crate) fn inherited(agent: &mut Agent, o: Object) -> Option<Inherited> {
    if !o.is(CellKind::Promise) {
        return None;
    }
    let prototype = agent.intrinsic(Intrinsic::PromisePrototype);
    if !matches!(&agent.library.promise, Some(p) if p.validity.is_valid() && p.species_validity.is_valid())
    {
        look(agent);
    }
    let p = agent.library.promise.as_ref()?;
    if p.prototype != prototype || o.shape(agent) != p.shape {
        return None;
    }
    let (then, constructor) = p.slots?;
    let constructor = p.prototype.load_slot(constructor);
    Some(Inherited {
        then: p.prototype.load_slot(then),
        constructor,
        species: p.species && constructor == p.constructor.into(),
    })
}

#[cold]
#[inline(never)]
fn look(agent: &mut Agent) {
    let prototype = agent.intrinsic(Intrinsic::PromisePrototype);
    let constructor = agent.intrinsic(Intrinsic::Promise);
    let species_validity = agent.validity_cell(constructor);
    let validity = agent.validity_cell(prototype);
    let shape = agent.root_shape(CellKind::Promise, Some(prototype), 0);
    let (then, name) = (agent.names.then, agent.names.constructor);
    let slot = |agent: &mut Agent, key: PropertyKey| {
        let found = prototype.shape(agent).lookup(key);
        found
            .filter(|e| !e.attributes.is_accessor())
            .map(|e| e.slot)
    };
    let slots = slot(agent, then).zip(slot(agent, name));
    let key = PropertyKey::symbol(agent.symbols.species);
    let species = match lookup_own(agent, constructor, key) {
        Lookup::Accessor(pair, _) => promise::is_species_getter(agent, pair),
        _ => false,
    };
    agent.library.promise = Some(Pristine {
        shape,
        prototype,
        constructor,
        validity,
        species_validity,
        slots,
        species,
    });
}
