//! The whole compiler on every function of the macro programs with made-up feedback: it declines, or gives graphs that verify
//! after building and after every pass, and machine code.

use sarus_bytecode::{CodeBlock, CompileOptions, IcKind, Op, SourceText, compile_script};
use sarus_jit::helpers::{BUILTINS, HELPERS};
use sarus_jit::layout::Layout;
use sarus_jit::snapshot::*;
use std::sync::Arc;

/// A small deterministic generator.
struct Random(u64);
impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % n
    }
}

fn property(r: &mut Random, store: bool) -> Site {
    let count = 1 + r.below(3);
    let kinds = if store {
        [PropertyKind::Own, PropertyKind::OwnSlots, PropertyKind::Add]
    } else {
        [
            PropertyKind::Own,
            PropertyKind::Proto,
            PropertyKind::ArrayLength,
        ]
    };
    let case = |r: &mut Random| PropertyCase {
        shape: 1 + r.below(20) as u32,
        kind: kinds[r.below(3) as usize],
        offset: 24 + 8 * r.below(4) as i32,
        cell: 0x10_0000,
        validity: 0x20_0000,
        new_shape: 30,
        value: 0,
        accessor: None,
        getter: None,
        constant: false,
        accessor_value: 0,
        method: None,
    };
    Site::Property((0..count).map(|_| case(r)).collect())
}

fn native(r: &mut Random) -> CallTarget {
    let kinds = [
        None,
        Some(Forwarder::Call),
        Some(Forwarder::Apply),
        Some(Forwarder::ReflectApply),
    ];
    let forwards = kinds[r.below(4) as usize].map(|kind| Forwards {
        kind,
        code: 0x1000_0000 * r.below(2),
    });
    CallTarget {
        callee: Callee::Native {
            value: 0x40_0000,
            builtin: Some(BUILTINS[r.below(BUILTINS.len() as u64) as usize].0),
        },
        instance: None,
        body: None,
        forwards,
    }
}

fn closure(r: &mut Random, functions: usize) -> CallTarget {
    let f = r.below(functions as u64) as usize;
    CallTarget {
        callee: Callee::Code {
            cell: 0x1000_0000 + 0x1000 * f as u64,
            function: Some(f),
        },
        instance: Some(InstanceShape {
            constructor_shape: 5,
            offset: 24,
            inline: true,
            prototype: 0x50_0000,
            shape: 0x60_0000,
            shape_id: 6,
            inline_slots: 4,
        }),
        body: None,
        forwards: None,
    }
}

fn site(r: &mut Random, kind: IcKind, functions: usize) -> Site {
    match (kind, r.below(8)) {
        (_, 0) => Site::Empty,
        (IcKind::GetProp | IcKind::SetProp, 1) => Site::Megamorphic,
        (IcKind::GetProp, 2) => Site::Accessors,
        (IcKind::GetProp, _) => property(r, false),
        (IcKind::SetProp | IcKind::DefineOwn, _) => property(r, true),
        (IcKind::Global, _) => Site::Global {
            cell: 0x30_0000,
            value: 0x0a,
        },
        (IcKind::Call, 1..4) => Site::Call(vec![native(r)]),
        (IcKind::Call | IcKind::Construct, _) => {
            let count = 1 + r.below(2);
            Site::Call((0..count).map(|_| closure(r, functions)).collect())
        }
        (IcKind::Private, _) => property(r, true),
        (IcKind::Super, _) => Site::Prototype {
            shape: 7,
            value: 0x70_0000,
        },
        (IcKind::Instance, n) => Site::Instance(Box::new(InstanceElements {
            data: 0x80_0000,
            methods: (n < 4).then(|| PrivateMethods {
                shape: 6,
                new_shape: 8,
                offset: 24,
                values: vec![0x90_0000, 0x90_0100],
            }),
            fields: (n != 2).then(|| (0xa0_0000, closure(r, functions))),
        })),
        (IcKind::Object, _) => Site::Literal { shape: 0x60_0000 },
        (IcKind::Array, n) => Site::ArrayLiteral {
            values: vec![0x0a; n as usize],
        },
        (IcKind::Iterator, n) => Site::Steps {
            seen: 1 << (n * 2 + r.below(2)).min(9),
        },
        _ => Site::Megamorphic,
    }
}

fn collect(code: &Arc<CodeBlock>, all: &mut Vec<Arc<CodeBlock>>) {
    all.push(code.clone());
    for f in &code.functions {
        collect(f, all);
    }
}

fn function(r: &mut Random, code: &Arc<CodeBlock>, i: usize, functions: usize) -> FunctionSnapshot {
    let bytes = [0, 0, 0, 0, 1, 2, 3, 4, 8, 16, 32];
    FunctionSnapshot {
        code: code.clone(),
        code_cell: 0x1000_0000 + 0x1000 * i as u64,
        words: 0x2000_0000,
        constants: vec![0x0a; code.constants.len()],
        feedback: (0..code.feedback_len())
            .map(|_| bytes[r.below(bytes.len() as u64) as usize])
            .collect(),
        sites: code
            .ic_kinds
            .iter()
            .map(|k| site(r, *k, functions))
            .collect(),
        exits: Default::default(),
        inner: (0..code.functions.len())
            .map(|i| {
                Some(InnerFunction {
                    code: 0x1000_0000 + 0x1000 * i as u64,
                    header: 7 | 22 << 32,
                    arrow: i % 2 == 0,
                })
            })
            .collect(),
        same_realm: true,
        warm: true,
    }
}

fn layout() -> Arc<Layout> {
    let mut layout = Layout {
        stack_limit: 1 << 40,
        load_table: 0xb0_0000,
        store_table: 0xc0_0000,
        ..Layout::default()
    };
    layout.kinds.string = 1;
    layout.kinds.first_object = 20;
    layout.kinds.array = 21;
    layout.kinds.function = 22;
    layout.kinds.object = 23;
    layout.kinds.elements = 3;
    layout.kinds.environment = 4;
    layout.empty_elements = 0x80_0000;
    let o = &mut layout.offsets;
    (o.slots, o.elements, o.inline_slots) = (8, 16, 24);
    (o.capacity, o.values) = (8, 16);
    (o.array_length, o.array_size) = (24, 32);
    (o.function_code, o.function_env, o.function_size) = (24, 32, 64);
    (o.arrow_this, o.arrow_active, o.arrow_new_target) = (40, 48, 56);
    (o.env_parent, o.env_code, o.env_scope, o.env_slots) = (8, 16, 24, 32);
    Arc::new(layout)
}

/// Compiles one function; false if it is declined.
fn compile_one(snapshot: &Snapshot, what: &str) -> bool {
    let mut graph = match sarus_jit::build::build(snapshot) {
        Ok(graph) => graph,
        Err(_) => return false,
    };
    if let Err(e) = sarus_jit::verify::verify(&graph) {
        panic!("{what}: built: {e}\n{}", sarus_jit::print::print(&graph));
    }
    let mut text = String::new();
    if let Err(e) = sarus_jit::passes::run(&mut graph, snapshot, &mut text) {
        panic!("{what}: {e}\n{}", sarus_jit::print::print(&graph));
    }
    if let Err(e) = sarus_jit::lower::lower(&graph, snapshot) {
        panic!("{what}: {e:?}\n{}", sarus_jit::print::print(&graph));
    }
    true
}

#[test]
fn macro_programs_compile_with_any_feedback() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../benches/macro");
    let layout = layout();
    let helpers = Arc::new(HelperAddresses {
        named: vec![0x7000_0000; HELPERS.len()],
        instruction: vec![0x7100_0000; Op::COUNT],
        ..HelperAddresses::default()
    });
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    paths.sort();
    let (mut compiled, mut declined) = (0, 0);
    for (n, path) in paths.iter().enumerate() {
        let source = SourceText::new(std::fs::read(path).unwrap(), path.to_string_lossy());
        let code = compile_script(&source, CompileOptions::default()).unwrap();
        let mut all = Vec::new();
        collect(&code, &mut all);
        let mut r = Random((n as u64 + 1) * 0x9E37_79B9);
        let functions: Vec<FunctionSnapshot> = all
            .iter()
            .enumerate()
            .map(|(i, c)| function(&mut r, c, i, all.len()))
            .collect();
        for i in 0..functions.len() {
            let mut functions = functions.clone();
            functions.swap(0, i);
            let osr = functions[0].code.loops.first().map(|l| l.offset);
            let snapshot = Snapshot {
                functions,
                osr: osr.filter(|_| i % 2 == 0),
                realm: 0,
                layout: layout.clone(),
                helpers: helpers.clone(),
                options: Options {
                    inline: Inlining::All,
                    verify: true,
                    ..Options::default()
                },
                code_number: 0,
                objects: vec![ObjectTemplate {
                    shape: 0x60_0000,
                    size: 64,
                    header: 6 | 23 << 32 | (4 << 2) << 56,
                    elements: 0x80_0000,
                }],
                array_shape: 9,
                iter_result: 0,
                iteration: Some(Box::new(ArrayIteration {
                    array_validity: 0x20_0000,
                    iterator_validity: 0x20_1000,
                    values: (0x20_2000, 0x20_3000),
                    next: (0x20_4000, 0x20_5000),
                })),
                arguments: [0, 0x90_0000].map(|callee| {
                    Some(ArgumentsShape {
                        shape: 0x60_0000,
                        shape_id: 6,
                        values: 0x91_0000,
                        callee,
                    })
                }),
                known: Vec::new(),
                no_elements: 0,
                all_no_elements: 0,
            };
            let what = format!("{} {}", path.display(), snapshot.functions[0].code.name);
            if compile_one(&snapshot, &what) {
                compiled += 1;
            } else {
                declined += 1;
            }
        }
    }
    println!("{compiled} compiled, {declined} declined");
    assert!(compiled > 200);
}
