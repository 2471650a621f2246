//! Functions made from text, by their text: programs that make the same function again and again (predicates, templates, accessors)
//! parse and compile it once, and what its code has learned serves all of them.
//!
//! A code is kept as long as it is asked for between one major collection and one of the next few.

use rustc_hash::FxHashMap;
use sarus_gc::{Gc, Tracer, WeakVisitor};
use sarus_runtime::agent::DynamicFunctionKind;
use sarus_runtime::code::LinkedCode;
use sarus_runtime::realm::Realm;
use sarus_runtime::value::Value;
use std::cell::{Cell, RefCell};

/// Bytes of text that are kept; all go when there are more.
const MOST_BYTES: usize = 2 << 20;
/// Longer texts are not kept.
const LONGEST: usize = 128 << 10;
/// Major collections that a code outlives without being asked for.
const MOST_AGE: u8 = 2;

/// What a function is made from.
#[derive(PartialEq, Eq, Hash)]
pub struct Text {
    /// Ordinary, async, generator.
    pub kind: DynamicFunctionKind,
    /// WTF-8.
    pub parameters: Vec<u8>,
    /// WTF-8.
    pub body: Vec<u8>,
}

impl Text {
    fn len(&self) -> usize {
        self.parameters.len() + self.body.len()
    }
    /// Whether functions made from it may have their code in common. Not if there may be a template in it: a site of one has an
    /// object of its own each time the text is parsed.
    fn is_shareable(&self) -> bool {
        let has_template = |text: &[u8]| text.contains(&b'`');
        self.len() <= LONGEST && !has_template(&self.parameters) && !has_template(&self.body)
    }
}

struct Known {
    code: Gc<LinkedCode>,
    age: Cell<u8>,
}

/// The codes that are kept.
#[derive(Default)]
pub struct DynamicFunctions {
    known: RefCell<FxHashMap<Text, Known>>,
    bytes: Cell<usize>,
}

impl DynamicFunctions {
    /// The code for a text in a realm, if it was made by a script or module as the one at hand.
    pub fn get(&self, text: &Text, realm: Realm, script: Value) -> Option<Gc<LinkedCode>> {
        let known = self.known.borrow();
        let Known { code, age } = known.get(text)?;
        let code = Some(*code).filter(|c| c.realm() == realm && c.script_or_module() == script)?;
        age.set(0);
        Some(code)
    }
    /// Keeps the code of a text.
    pub fn put(&self, text: Text, code: Gc<LinkedCode>) {
        if !text.is_shareable() {
            return;
        }
        let mut known = self.known.borrow_mut();
        let bytes = self.bytes.get() + text.len();
        if bytes > MOST_BYTES {
            known.clear();
            self.bytes.set(0);
            return;
        }
        let age = Cell::new(0);
        if known.insert(text, Known { code, age }).is_none() {
            self.bytes.set(bytes);
        }
    }
    /// Marks what is kept.
    pub fn trace(&self, tracer: &mut Tracer) {
        for known in self.known.borrow().values() {
            tracer.mark(known.code);
        }
    }
    /// After a collection: lets go of what nobody asked for.
    pub fn sweep(&self, visitor: &WeakVisitor) {
        if visitor.is_minor() {
            return;
        }
        let mut bytes = 0;
        self.known.borrow_mut().retain(|text, known| {
            known.age.set(known.age.get() + 1);
            let stays = known.age.get() <= MOST_AGE;
            bytes += if stays { text.len() } else { 0 };
            stays
        });
        self.bytes.set(bytes);
    }
}
