//! Whether prototypes have elements: while none has, holes and indices beyond the end need no look at them.

use super::{ShapeTable, ValidityCell};
use crate::agent::Agent;
use crate::kind::CellKind;
use crate::object::Object;
use crate::realm::Intrinsic;
use sarus_gc::{Gc, Header, HeapCell, WeakVisitor};
use std::cell::{Cell, RefCell};

/// Whether no prototype of some kind has indexed properties.
#[derive(Default)]
pub(super) struct NoElements {
    violated: Cell<bool>,
    cell: Cell<Option<Gc<ValidityCell>>>,
}

impl NoElements {
    pub(super) fn violate(&self) {
        self.violated.set(true);
        if let Some(cell) = self.cell.take() {
            cell.invalidate();
        }
    }
    pub(super) fn sweep(&self, visitor: &WeakVisitor) {
        let cell = self.cell.get();
        self.cell.set(cell.filter(|c| visitor.is_marked(&c.header)));
    }
}

impl Agent {
    /// A cell that is valid as long as nothing that something else than an ordinary object inherits from has indexed
    /// properties: arrays, arguments objects, strings of the current realm. None if one has had some.
    pub fn elements_validity(&mut self) -> Option<Gc<ValidityCell>> {
        let strings = self.intrinsic(Intrinsic::StringPrototype);
        self.note_below_others(strings);
        self.validity_of(|shapes| &shapes.no_elements_below_others)
    }

    /// The same for ordinary objects too, whose prototypes programs give elements to more often.
    pub fn all_elements_validity(&mut self) -> Option<Gc<ValidityCell>> {
        self.validity_of(|shapes| &shapes.no_elements)
    }

    fn validity_of(&mut self, which: fn(&ShapeTable) -> &NoElements) -> Option<Gc<ValidityCell>> {
        if which(&self.shapes).violated.get() {
            return None;
        }
        if let Some(cell) = which(&self.shapes).cell.get() {
            return Some(cell);
        }
        let cell = self.heap.alloc(ValidityCell {
            header: Header::new(ValidityCell::KIND),
            valid: Cell::new(1),
            dependents: RefCell::default(),
            enumerable: Cell::new(None),
            tagged: Cell::new(None),
        });
        which(&self.shapes).cell.set(Some(cell));
        Some(cell)
    }

    /// Whether no object that is a prototype has, or ever had, indexed properties.
    #[inline(always)]
    pub fn prototypes_lack_elements(&self) -> bool {
        !self.shapes.no_elements.violated.get()
    }

    /// Whether that is known of everything that an object inherits from, by its kind.
    #[inline(always)]
    pub(crate) fn kind_inherits_no_elements(&self, o: Object) -> bool {
        self.prototypes_lack_elements()
            || (!o.is(CellKind::Object) && !self.shapes.no_elements_below_others.violated.get())
    }

    /// Whether no object that `o` inherits from has elements of any kind.
    #[inline]
    pub fn inherits_no_elements(&self, o: Object) -> bool {
        self.kind_inherits_no_elements(o) || self.walk_finds_no_elements(o)
    }

    #[cold]
    fn walk_finds_no_elements(&self, o: Object) -> bool {
        let mut at = o.shape(self).prototype_object();
        while let Some(p) = at {
            if p.is_exotic() || !p.has_dense_elements() || p.elements().capacity() != 0 {
                return false;
            }
            at = p.shape(self).prototype_object();
        }
        true
    }

    /// Notes that a prototype has, or is about to get, indexed properties. What is no ordinary object itself may be the prototype
    /// of primitives, or of another realm's arrays.
    #[cold]
    pub(crate) fn note_elements_of_prototype(&self, p: Object) {
        self.shapes.no_elements.violate();
        if !p.is(CellKind::Object) || p.shape(self).below_others.get() {
            self.shapes.no_elements_below_others.violate();
        }
    }
}
