//! What compiled code calls: helpers, and code of our own that stands between it and some of them.
//!
//! That code is made by whichever thread compiles first, since the main thread has better things to do: it takes the code
//! generator a millisecond, most of which is bringing its own code into memory.

use super::memory::CodePages;
use super::{helpers, instructions};
use sarus_jit::layout::Layout;
use sarus_jit::lower::{ROUTINES, SHELLED, routine, shell};
use sarus_jit::snapshot::HelperAddresses;
use std::sync::{Arc, OnceLock};

/// What the compiled code of an agent calls.
pub struct Callees {
    layout: Arc<Layout>,
    shelled: OnceLock<Made>,
    /// With routines too, which only large programs need.
    all: OnceLock<Made>,
}

/// Addresses, and the memory that some of them are in.
struct Made {
    addresses: Arc<HelperAddresses>,
    _pages: Option<CodePages>,
}

impl Made {
    /// Adds to these addresses what is made in pages, if there are any.
    fn new(
        mut addresses: HelperAddresses,
        add: impl FnOnce(&mut CodePages, &mut HelperAddresses),
    ) -> Made {
        let mut pages = CodePages::new();
        if let Some(pages) = &mut pages {
            add(pages, &mut addresses);
        }
        Made {
            addresses: Arc::new(addresses),
            _pages: pages,
        }
    }
}

impl Callees {
    /// For an agent of that layout.
    pub fn new(layout: Arc<Layout>) -> Callees {
        Callees {
            layout,
            shelled: OnceLock::new(),
            all: OnceLock::new(),
        }
    }

    /// The addresses, with those of routines if they are asked for.
    pub fn addresses(&self, routines: bool) -> Arc<HelperAddresses> {
        let plain = || HelperAddresses {
            named: helpers::addresses(),
            instruction: instructions::addresses(),
            ..HelperAddresses::default()
        };
        let shelled = self
            .shelled
            .get_or_init(|| Made::new(plain(), |pages, a| a.shells = self.shells(pages, &a.named)));
        if !routines {
            return shelled.addresses.clone();
        }
        let all = self.all.get_or_init(|| {
            // Routines call shells.
            let known = &shelled.addresses;
            Made::new((**known).clone(), |pages, a| {
                a.routines = self.routines(pages, known);
            })
        });
        all.addresses.clone()
    }

    /// Makes the shells of helpers that compiled code calls rarely.
    fn shells(&self, pages: &mut CodePages, named: &[u64]) -> Vec<u64> {
        let mut addresses = vec![0; named.len()];
        for &helper in SHELLED {
            let Some(&to) = named.get(helper as usize) else {
                continue;
            };
            let code = shell(helper, to, self.layout.answer).ok();
            let address = code.and_then(|code| pages.add(&code.bytes, code.alignment));
            addresses[helper as usize] = address.unwrap_or(0);
        }
        addresses
    }

    /// Makes what warm code calls instead of having it in place.
    fn routines(&self, pages: &mut CodePages, known: &Arc<HelperAddresses>) -> Vec<u64> {
        let mut make = |r| {
            let code = routine(r, self.layout.clone(), known.clone()).ok()?;
            pages.add(&code.bytes, code.alignment)
        };
        ROUTINES.iter().map(|&r| make(r).unwrap_or(0)).collect()
    }
}
