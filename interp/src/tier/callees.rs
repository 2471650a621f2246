//! What compiled code calls: helpers, and code of our own that stands between it and some of them.
//!
//! That code is made when a compile asks for it first, on whichever thread that is: each takes the code generator a tenth of a
//! millisecond, and most programs need few of them.

use super::memory::CodePages;
use super::{helpers, instructions};
use sarus_jit::Decline;
use sarus_jit::code::CompiledCode;
use sarus_jit::helpers::Helper;
use sarus_jit::layout::Layout;
use sarus_jit::lower::{ROUTINES, Routine, SHELLED, routine, shell};
use sarus_jit::snapshot::{HelperAddresses, MakeCallees};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

/// What the compiled code of an agent calls.
pub struct Callees {
    addresses: Arc<HelperAddresses>,
}

impl Callees {
    /// For an agent of that layout.
    pub fn new(layout: Arc<Layout>) -> Callees {
        let made = Arc::new_cyclic(|me| Made::new(layout, me.clone()));
        Callees {
            addresses: Arc::new(with(made)),
        }
    }

    /// The addresses.
    pub fn addresses(&self) -> Arc<HelperAddresses> {
        self.addresses.clone()
    }
}

/// Addresses of what has an address, and who makes the rest.
fn with(made: Arc<Made>) -> HelperAddresses {
    HelperAddresses {
        named: helpers::addresses(),
        instruction: instructions::addresses(),
        callees: Some(made),
        ..HelperAddresses::default()
    }
}

/// What has been made.
struct Made {
    layout: Arc<Layout>,
    pages: Mutex<Vec<CodePages>>,
    /// By place in [`SHELLED`].
    shells: Vec<OnceLock<Option<u64>>>,
    /// By place in [`ROUTINES`].
    routines: Vec<OnceLock<Option<u64>>>,
    me: Weak<Made>,
}

impl std::fmt::Debug for Made {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Made").finish_non_exhaustive()
    }
}

impl Made {
    fn new(layout: Arc<Layout>, me: Weak<Made>) -> Made {
        Made {
            layout,
            pages: Mutex::new(Vec::new()),
            shells: SHELLED.iter().map(|_| OnceLock::new()).collect(),
            routines: ROUTINES.iter().map(|_| OnceLock::new()).collect(),
            me,
        }
    }

    /// Where the code is from now on.
    fn put(&self, code: Result<CompiledCode, Decline>) -> Option<u64> {
        let code = code.ok()?;
        let mut all = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        let last = all.last_mut().filter(|pages| pages.can_grow());
        if let Some(address) = last.and_then(|pages| pages.add(&code.bytes, code.alignment)) {
            return Some(address);
        }
        let mut pages = CodePages::new()?;
        let address = pages.add(&code.bytes, code.alignment);
        all.push(pages);
        address
    }
}

impl MakeCallees for Made {
    fn shell(&self, helper: Helper) -> Option<u64> {
        let place = SHELLED.iter().position(|h| *h == helper)?;
        *self.shells[place].get_or_init(|| {
            let to = *helpers::addresses().get(helper as usize)?;
            self.put(shell(helper, to, self.layout.answer))
        })
    }

    fn routine(&self, wanted: Routine) -> Option<u64> {
        *self.routines.get(wanted as usize)?.get_or_init(|| {
            // Routines call shells.
            let addresses = with(self.me.upgrade()?);
            self.put(routine(wanted, self.layout.clone(), Arc::new(addresses)))
        })
    }
}
