//! The code generator: Cranelift for the host, set up once per process, its buffers kept per thread.
//!
//! Compiled code names everything outside of it by absolute address, so that the bytes can be placed anywhere.

use crate::Decline;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::{Function, Signature};
use cranelift_codegen::isa::{self, OwnedTargetIsa};
use cranelift_codegen::settings::{self, Configurable, Flags};
use cranelift_codegen::{Context, MachBufferFrameLayout};
use cranelift_frontend::FunctionBuilderContext;
use std::cell::RefCell;
use std::sync::OnceLock;
use target_lexicon::Triple;

/// Where code is generated for.
pub(crate) struct Target {
    /// Cranelift's description.
    pub isa: OwnedTargetIsa,
    /// There are instructions for floor, ceil and trunc.
    pub rounds: bool,
}

/// What the generator leaves.
pub(crate) struct Output {
    /// Code and its constants.
    pub bytes: Vec<u8>,
    /// Alignment of the first byte.
    pub alignment: usize,
    /// The disassembly, if asked for.
    pub assembly: Option<String>,
    /// Its native frame.
    pub frame: Option<MachBufferFrameLayout>,
}

struct Buffers {
    context: Context,
    builder: FunctionBuilderContext,
}

impl Buffers {
    fn new() -> Buffers {
        Buffers {
            context: Context::new(),
            builder: FunctionBuilderContext::new(),
        }
    }
}

thread_local! {
    /// Those that are not in use. A function may be generated while another is written that calls it.
    static BUFFERS: RefCell<Vec<Buffers>> = const { RefCell::new(Vec::new()) };
}

/// Settings that differ from the defaults.
const SETTINGS: &[(&str, &str)] = &[
    // The graph is optimized before: the e-graph costs a fifth of the compile time and finds nothing that runs faster.
    ("opt_level", "none"),
    ("unwind_info", "false"),
    ("enable_probestack", "false"),
    ("is_pic", "false"),
    // The frame pointer stays in it: allocated like other values it would be spilled, and loaded for each use.
    ("enable_pinned_reg", "true"),
    // Loads are forwarded on the graph, by abstract locations.
    ("enable_alias_analysis", "false"),
    (
        "enable_verifier",
        if cfg!(debug_assertions) {
            "true"
        } else {
            "false"
        },
    ),
];

/// The processor's extensions that the generator makes use of.
#[cfg(target_arch = "x86_64")]
fn features() -> Vec<&'static str> {
    use std::arch::is_x86_feature_detected as has;
    let all = [
        ("has_sse3", has!("sse3")),
        ("has_ssse3", has!("ssse3")),
        ("has_sse41", has!("sse4.1")),
        ("has_sse42", has!("sse4.2")),
        ("has_avx", has!("avx")),
        ("has_avx2", has!("avx2")),
        ("has_fma", has!("fma")),
        ("has_popcnt", has!("popcnt")),
        ("has_bmi1", has!("bmi1")),
        ("has_bmi2", has!("bmi2")),
        ("has_lzcnt", has!("lzcnt")),
    ];
    all.iter().filter(|f| f.1).map(|f| f.0).collect()
}

#[cfg(not(target_arch = "x86_64"))]
fn features() -> Vec<&'static str> {
    Vec::new()
}

impl Target {
    fn new(features: &[&str]) -> Result<Target, String> {
        let mut shared = settings::builder();
        for (name, value) in SETTINGS {
            shared
                .set(name, value)
                .map_err(|e| format!("{name}: {e}"))?;
        }
        let triple = Triple::host();
        let x86 = cfg!(target_arch = "x86_64");
        let mut builder = isa::lookup(triple).map_err(|e| e.to_string())?;
        for feature in features {
            builder
                .enable(feature)
                .map_err(|e| format!("{feature}: {e}"))?;
        }
        let isa = builder
            .finish(Flags::new(shared))
            .map_err(|e| e.to_string())?;
        Ok(Target {
            isa,
            rounds: !x86 || features.contains(&"has_sse41"),
        })
    }

    /// The machine this runs on.
    pub fn host() -> Result<&'static Target, Decline> {
        static HOST: OnceLock<Result<Target, String>> = OnceLock::new();
        HOST.get_or_init(|| Target::new(&features()))
            .as_ref()
            .map_err(|e| Decline::CodeGenerator(e.clone()))
    }

    /// The least that every such machine has.
    pub fn plain() -> Result<&'static Target, Decline> {
        static PLAIN: OnceLock<Result<Target, String>> = OnceLock::new();
        PLAIN
            .get_or_init(|| Target::new(&[]))
            .as_ref()
            .map_err(|e| Decline::CodeGenerator(e.clone()))
    }

    /// Generates code of the function that `fill` writes.
    pub fn generate(
        &self,
        signature: Signature,
        want_assembly: bool,
        fill: impl FnOnce(&mut Function, &mut FunctionBuilderContext) -> Result<(), Decline>,
    ) -> Result<Output, Decline> {
        let free = BUFFERS.with_borrow_mut(Vec::pop);
        let mut buffers = free.unwrap_or_else(Buffers::new);
        let Buffers { context, builder } = &mut buffers;
        context.func.signature = signature;
        context.set_disasm(want_assembly);
        let result = self.generate_in(context, builder, fill);
        context.clear();
        // What a function left half-built must not meet the next one.
        if result.is_ok() {
            BUFFERS.with_borrow_mut(|all| all.push(buffers));
        }
        result
    }

    fn generate_in(
        &self,
        context: &mut Context,
        builder: &mut FunctionBuilderContext,
        fill: impl FnOnce(&mut Function, &mut FunctionBuilderContext) -> Result<(), Decline>,
    ) -> Result<Output, Decline> {
        fill(&mut context.func, builder)?;
        let code = context
            .compile(self.isa.as_ref(), &mut ControlPlane::default())
            .map_err(|e| Decline::CodeGenerator(format!("{:?}", e.inner)))?;
        if let Some(relocation) = code.buffer.relocs().first() {
            return Err(Decline::CodeGenerator(format!(
                "code with a relocation: {relocation:?}"
            )));
        }
        Ok(Output {
            bytes: code.buffer.data().to_vec(),
            alignment: code.buffer.alignment as usize,
            assembly: code.vcode.clone(),
            frame: code.buffer.frame_layout().cloned(),
        })
    }
}
