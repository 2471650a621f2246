//! Whether methods of plain arrays create plain arrays: what was found out once, and what has to be as it was.
//!
//! Two properties decide (10.4.2.3 ArraySpeciesCreate): `constructor` of %Array.prototype% and `@@species` of %Array%. As long as
//! both objects keep their shapes, the properties are where they were; their values are looked at every time.

use super::array_common::has_original_species;
use crate::agent::Agent;
use crate::kind::CellKind;
use crate::object::ordinary::{Lookup, lookup_own};
use crate::object::{Object, accessor_parts};
use crate::property::PropertyKey;
use crate::realm::Intrinsic;
use crate::shape::ShapeId;
use crate::value::Value;

/// A property of an object of a certain shape.
#[derive(Copy, Clone)]
struct Place {
    object: Object,
    shape: ShapeId,
    slot: u32,
}

impl Place {
    /// Where a property is now, if that depends on the shape alone; and whether it is an accessor.
    fn of(agent: &Agent, object: Object, key: PropertyKey) -> Option<(Place, bool)> {
        let shape = object.shape(agent);
        let e = shape.lookup(key).filter(|_| shape.is_cacheable())?;
        shape.observe();
        let place = Place {
            object,
            shape: shape.id(),
            slot: e.slot,
        };
        Some((place, e.attributes.is_accessor()))
    }
    fn value(&self) -> Option<Value> {
        let same = self.object.shape_id() == self.shape;
        same.then(|| self.object.load_slot(self.slot))
    }
}

/// What was found out. Collections forget it, so that the shapes' ids mean what they meant.
#[derive(Copy, Clone)]
pub(crate) struct PlainSpecies {
    /// Of plain arrays of the realm.
    arrays: ShapeId,
    constructor: Place,
    species: Place,
    getter: Value,
}

impl PlainSpecies {
    fn holds(&self, agent: &mut Agent) -> bool {
        let array = Value::from(self.species.object);
        self.constructor.object == agent.intrinsic(Intrinsic::ArrayPrototype)
            && self.constructor.value() == Some(array)
            && self.species.value().map(|pair| accessor_parts(pair).0) == Some(self.getter)
    }
}

fn examine(agent: &mut Agent) -> Option<PlainSpecies> {
    let prototype = agent.intrinsic(Intrinsic::ArrayPrototype);
    let array = agent.intrinsic(Intrinsic::Array);
    if !has_original_species(agent, array) {
        return None;
    }
    let (constructor, computed) = Place::of(agent, prototype, agent.names.constructor)?;
    let key = PropertyKey::symbol(agent.symbols.species);
    let (species, _) = Place::of(agent, array, key)?;
    if computed || constructor.value() != Some(array.into()) {
        return None;
    }
    Some(PlainSpecies {
        arrays: agent.root_shape(CellKind::Array, Some(prototype), 0).id(),
        constructor,
        species,
        getter: accessor_parts(species.value()?).0,
    })
}

/// Whether ArraySpeciesCreate makes a plain array for an object, known without looking the properties up. False says nothing.
pub fn creates_plain(agent: &mut Agent, o: Object) -> bool {
    let known = agent.shapes.plain_species.get();
    if let Some(state) = known
        && state.holds(agent)
    {
        return o.shape_id() == state.arrays || inherits_constructor(agent, o, &state);
    }
    if !o.is(CellKind::Array) {
        return false;
    }
    let state = examine(agent);
    agent.shapes.plain_species.set(state);
    state.is_some_and(|s| o.shape_id() == s.arrays)
}

/// Whether an array with properties of its own (the result of a match, say) still finds the `constructor` of plain ones.
fn inherits_constructor(agent: &mut Agent, o: Object, state: &PlainSpecies) -> bool {
    let key = agent.names.constructor;
    o.is(CellKind::Array)
        && o.shape(agent).prototype_object() == Some(state.constructor.object)
        && matches!(lookup_own(agent, o, key), Lookup::Absent)
}
