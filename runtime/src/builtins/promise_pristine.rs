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
use crate::realm::{Intrinsic, Realm};
use crate::shape::{Shape, ValidityCell};
use crate::value::Value;
use sarus_gc::{Gc, Tracer};

/// What was found out.
pub(crate) struct Pristine {
    realm: Realm,
    /// Shape of promises without properties of their own.
    shape: Gc<Shape>,
    shape_id: u32,
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
    #[inline(always)]
    fn is_valid(&self) -> bool {
        self.validity.is_valid() && self.species_validity.is_valid()
    }
    /// Whether that is so for `o`: shapes tell kinds and prototypes.
    #[inline(always)]
    fn holds(&self, agent: &Agent, o: Object) -> bool {
        o.shape_id() == self.shape_id && self.realm == agent.realm && self.is_valid()
    }
    pub(super) fn trace(&self, tracer: &mut Tracer) {
        tracer.mark(self.realm);
        tracer.mark(self.shape);
        tracer.mark(self.validity);
        tracer.mark(self.species_validity);
        mark_value(tracer, self.prototype.into());
        mark_value(tracer, self.constructor.into());
    }
}

/// That of the current realm, if `o` is a promise without properties of its own that inherits from its %Promise.prototype%, and
/// reading `then` and `constructor` runs no JavaScript.
#[inline(always)]
fn known(agent: &mut Agent, o: Object) -> Option<&Pristine> {
    if !matches!(&agent.library.promise, Some(p) if p.holds(agent, o)) {
        look_for(agent, o)?;
    }
    agent.library.promise.as_ref()
}

/// The `then` of `o`, if it is such a promise.
#[inline]
pub(crate) fn inherited_then(agent: &mut Agent, o: Object) -> Option<Value> {
    let p = known(agent, o)?;
    Some(p.prototype.load_slot(p.slots?.0))
}

/// The `constructor` of `o`, if it is such a promise.
#[inline]
pub(crate) fn inherited_constructor(agent: &mut Agent, o: Object) -> Option<Value> {
    let p = known(agent, o)?;
    Some(p.prototype.load_slot(p.slots?.1))
}

/// Whether the `constructor` of `o` is %Promise%, and so is its `@@species`, if it is such a promise.
#[inline]
pub(crate) fn inherits_species(agent: &mut Agent, o: Object) -> Option<bool> {
    let p = known(agent, o)?;
    Some(p.species && p.prototype.load_slot(p.slots?.1) == p.constructor.into())
}

/// Looks again, if `o` may be such a promise.
#[cold]
#[inline(never)]
fn look_for(agent: &mut Agent, o: Object) -> Option<()> {
    let is_current = |agent: &Agent, p: &Pristine| p.realm == agent.realm && p.is_valid();
    if !o.is(CellKind::Promise) {
        return None;
    }
    if !matches!(&agent.library.promise, Some(p) if is_current(agent, p)) {
        look(agent);
    }
    let p = agent.library.promise.as_ref()?;
    p.holds(agent, o).then_some(())
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
        realm: agent.realm,
        shape,
        shape_id: shape.id(),
        prototype,
        constructor,
        validity,
        species_validity,
        slots,
        species,
    });
}
