//! What compiled code is told of memory: filled in for one agent, and checked against what the compiler was written for.

use crate::frame;
use crate::ic::Handler;
use crate::vm::Vm;
use sarus_gc::Heap;
use sarus_jit::layout::{Kinds, Layout, Offsets};
use sarus_jit::layout::{
    cache as jit_cache, collection as jit_collection, frame as jit_frame,
    generator as jit_generator, header as jit_header, string as jit_string, value as jit_value,
};
use sarus_jit::snapshot::operand;
use sarus_runtime::agent::Agent;
use sarus_runtime::builtins::{array_iterator, collection_iterators, generator, string_iterator};
use sarus_runtime::code::LinkedCode;
use sarus_runtime::environment::EnvironmentCell;
use sarus_runtime::function;
use sarus_runtime::kind::{CellKind, FIRST_OBJECT_KIND};
use sarus_runtime::object::elements::{ElementsCell, SlotsCell};
use sarus_runtime::object::generator::{GeneratorCell, GeneratorState, NO_RESUME};
use sarus_runtime::object::global::PropertyCell;
use sarus_runtime::object::proxy;
use sarus_runtime::object::{
    self, AccessorCell, CALLABLE, ELEMENTS_OFFSET, EXOTIC, HTMLDDA, ObjectCell, SLOTS_OFFSET,
    array, buffer, collections, typed_array,
};
use sarus_runtime::shape::{Shape, ValidityCell};
use sarus_runtime::string::StringCell;
use sarus_runtime::tier::NativeEntry;
use sarus_runtime::value::Value;

const _: () = {
    use GeneratorState::{Completed, Executing, SuspendedYield as Suspended};
    use sarus_runtime::object::generator::Suspension;
    assert!(jit_value::HOLE == Value::HOLE.bits());
    assert!(jit_value::NULL == Value::NULL.bits());
    assert!(jit_value::UNDEFINED == Value::UNDEFINED.bits());
    assert!(jit_value::FALSE == Value::FALSE.bits());
    assert!(jit_value::TRUE == Value::TRUE.bits());
    assert!(jit_value::EXCEPTION == Value::EXCEPTION.bits());
    assert!(jit_value::LAZY == Value::LAZY.bits());
    assert!(jit_value::INT_TAG == Value::int(0).bits());
    assert!(Value::from_bits(jit_value::FIRST_POINTER).is_cell());
    assert!(!Value::from_bits(jit_value::FIRST_POINTER - 1).is_cell());
    assert!(Value::from_bits(jit_value::POINTER_LIMIT - 1).is_cell());
    assert!(!Value::from_bits(jit_value::POINTER_LIMIT).is_cell());
    assert!(Value::from_bits(jit_value::DOUBLE_OFFSET).is_number());
    assert!(!Value::from_bits(jit_value::DOUBLE_OFFSET - 1).is_number());
    assert!(jit_frame::CALLEE as usize == frame::CALLEE);
    assert!(jit_frame::CALLER as usize == frame::CALLER);
    assert!(jit_frame::RETURN_PC as usize == frame::RETURN_PC);
    assert!(jit_frame::CODE as usize == frame::CODE);
    assert!(jit_frame::INFO as usize == frame::INFO);
    assert!(jit_frame::NEW_TARGET as usize == frame::NEW_TARGET);
    assert!(jit_frame::ENV as usize == frame::ENV);
    assert!(jit_frame::SAVED_PC as usize == frame::SAVED_PC);
    assert!(jit_frame::THIS as usize == frame::THIS);
    assert!(jit_frame::ARGS as usize == frame::ARGS);
    assert!(jit_frame::DST_SHIFT == frame::DST_SHIFT);
    assert!(jit_frame::FLAG_ENTRY == frame::FLAG_ENTRY);
    assert!(jit_frame::FLAG_CONSTRUCT == frame::FLAG_CONSTRUCT);
    assert!(jit_frame::FLAG_RESUMED == frame::FLAG_RESUMED);
    assert!(jit_frame::FLAG_STEP == frame::FLAG_STEP);
    assert!(jit_frame::FLAG_IN_CELL == frame::FLAG_IN_CELL);
    assert!(
        jit_generator::SUSPENDED == GeneratorCell::state_word(Suspended, Suspension::Yield, false)
    );
    assert!(
        jit_generator::DELEGATED
            == GeneratorCell::state_word(Suspended, Suspension::Delegate, false)
    );
    assert!(
        jit_generator::PASSED == GeneratorCell::state_word(Suspended, Suspension::Delegate, true)
    );
    assert!(
        jit_generator::EXECUTING == GeneratorCell::state_word(Executing, Suspension::Yield, false)
    );
    assert!(
        jit_generator::COMPLETED == GeneratorCell::state_word(Completed, Suspension::Yield, false)
    );
    assert!(jit_generator::AWAITING == GeneratorCell::AWAITING);
    assert!(jit_generator::NO_RESUME == NO_RESUME);
    assert!(jit_frame::CALL_ARROW == sarus_runtime::code::CALL_ARROW);
    assert!(jit_frame::CALL_SPECIAL == sarus_runtime::code::CALL_SPECIAL);
    assert!(jit_frame::CALL_ACTUALS == sarus_runtime::code::CALL_ACTUALS);
    assert!(jit_frame::CALL_ACTUALS_SHIFT == sarus_runtime::code::CALL_ACTUALS_SHIFT);
    assert!(operand::NUMBER == crate::arith::feedback::NUMBER);
    assert!(operand::OVERFLOW == crate::arith::feedback::OVERFLOW);
    assert!(operand::STRING == crate::arith::feedback::STRING);
    assert!(operand::BIGINT == crate::arith::feedback::BIGINT);
    assert!(operand::OTHER == crate::arith::feedback::OTHER);
    assert!(operand::ANY == crate::arith::feedback::ANY);
    assert!(jit_cache::OWN as u32 == Handler::OWN && jit_cache::PROTO as u32 == Handler::PROTO);
    assert!(jit_cache::OWN_SLOTS as u32 == Handler::OWN_SLOTS);
    assert!(Handler::ACCESSOR == 4 && Handler::ACCESSOR_SLOTS == 5 && Handler::ACCESSOR_PROTO == 6);
    assert!(jit_cache::ACCESSOR as u32 == Handler::ACCESSOR);
    assert!(jit_cache::ACCESSOR_SLOTS as u32 == Handler::ACCESSOR_SLOTS);
    assert!(jit_cache::LAST_ACCESSOR as u32 == Handler::ACCESSOR_PROTO);
    assert!(jit_collection::HASH_FACTOR == collections::HASH_FACTOR);
    assert!(jit_collection::ADDRESS_SHIFT == collections::ADDRESS_SHIFT as i64);
    assert!(jit_collection::BUCKETS_PER_ENTRY == collections::BUCKETS_PER_ENTRY as i64);
    assert!(
        collections::IterationKind::Keys as i32 == 0
            && array_iterator::IterationKind::Keys as i32 == 0
    );
    assert!(
        collections::IterationKind::Values as i32 == 1
            && array_iterator::IterationKind::Values as i32 == 1
    );
    assert!(
        collections::IterationKind::Entries as i32 == 2
            && array_iterator::IterationKind::Entries as i32 == 2
    );
    // The collector documents the header's word: shape, kind, flags, its own byte, aux.
    assert!(jit_header::SHAPE == 0 && jit_header::KIND == 4);
    assert!(jit_header::FLAGS == 5 && jit_header::AUX == 7);
    assert!(jit_header::GC == sarus_gc::Header::GC_OFFSET as i32);
    assert!(jit_header::OLD == sarus_gc::Header::GC_OLD);
    assert!(StringCell::FLAGS[0] == jit_string::LATIN1 && StringCell::FLAGS[1] == jit_string::ROPE);
    assert!(StringCell::FLAGS[2] == jit_string::SLICE && StringCell::FLAGS[3] == jit_string::ATOM);
    assert!(StringCell::DATA_OFFSET as i64 == jit_string::DATA);
    assert!(StringCell::DATA_OFFSET as i32 == jit_string::SLICE_BASE);
    assert!(StringCell::DATA_OFFSET as i32 + 8 == jit_string::SLICE_OFFSET);
    assert!(size_of::<sarus_gc::Header>() == 8);
};

/// The layout of an agent's memory.
pub fn layout(agent: &Agent, vm: &Vm) -> Layout {
    Layout {
        kinds: Kinds {
            string: CellKind::String as u8,
            symbol: CellKind::Symbol as u8,
            bigint: CellKind::BigInt as u8,
            first_object: FIRST_OBJECT_KIND,
            object: CellKind::Object as u8,
            array: CellKind::Array as u8,
            function: CellKind::Function as u8,
            native_function: CellKind::NativeFunction as u8,
            typed_array: CellKind::TypedArray as u8,
            data_view: CellKind::DataView as u8,
            elements: CellKind::Elements as u8,
            environment: CellKind::Environment as u8,
            map: CellKind::Map as u8,
            set: CellKind::Set as u8,
            map_iterator: CellKind::MapIterator as u8,
            set_iterator: CellKind::SetIterator as u8,
            array_iterator: CellKind::ArrayIterator as u8,
            string_iterator: CellKind::StringIterator as u8,
            proxy: CellKind::Proxy as u8,
            generator: CellKind::Generator as u8,
        },
        offsets: offsets(),
        exotic_flag: EXOTIC,
        callable_flag: CALLABLE,
        htmldda_flag: HTMLDDA,
        agent: agent as *const Agent as u64,
        answer: vm.tier.answer.as_ptr() as u64,
        vm_fp: vm.fp_address() as u64,
        interrupt: &*agent.interrupt as *const _ as u64,
        stack_limit: vm.limit() as u64,
        native_stack_limit: vm.tier.native_limit as u64,
        heap_cursor: agent.heap.bump().0.as_ptr() as u64,
        heap_limit: agent.heap.bump().1.as_ptr() as u64,
        barriers: vm.tier.barriers.get(),
        start_bits: Heap::START_BITMAP_OFFSET as i32,
        empty_elements: ObjectCell::empty_elements(agent),
        map_next: collection_iterators::MAP_NEXT as usize as u64,
        set_next: collection_iterators::SET_NEXT as usize as u64,
        string_next: string_iterator::NEXT as usize as u64,
        array_next: array_iterator::NEXT as usize as u64,
        generator_next: generator::NEXT as usize as u64,
        interpreter_entry: super::interpret as NativeEntry as usize as u64,
        char_strings: agent.char_strings() as u64,
        load_table: vm.loads.address(),
        store_table: vm.stores.address(),
        trap_names: [agent.names.get.bits(), agent.names.set.bits()],
        shape_table: agent.shapes.address(),
    }
}

fn offsets() -> Offsets {
    Offsets {
        slots: SLOTS_OFFSET as i32,
        slot_values: SlotsCell::VALUES_OFFSET as i32,
        elements: ELEMENTS_OFFSET as i32,
        inline_slots: object::INLINE_OFFSET as i32,
        capacity: ElementsCell::CAPACITY_OFFSET as i32,
        values: ElementsCell::VALUES_OFFSET as i32,
        array_length: array::LENGTH_OFFSET as i32,
        string_length: StringCell::LENGTH_OFFSET as i32,
        string_hash: StringCell::HASH_OFFSET as i32,
        typed_length: typed_array::LENGTH_OFFSET as i32,
        typed_data: typed_array::DATA_OFFSET as i32,
        typed_type: typed_array::TYPE_OFFSET as i32,
        view_length: typed_array::DataViewCell::DIRECT_LENGTH_OFFSET as i32,
        view_offset: typed_array::DataViewCell::BYTE_OFFSET_OFFSET as i32,
        view_buffer: typed_array::DataViewCell::BUFFER_OFFSET as i32,
        buffer_data: buffer::BufferCell::DATA_OFFSET as i32,
        proxy_target: proxy::TARGET_OFFSET as i32,
        proxy_handler: proxy::HANDLER_OFFSET as i32,
        function_code: function::CODE_OFFSET as i32,
        function_env: function::ENVIRONMENT_OFFSET as i32,
        arrow_this: function::ARROW_THIS_OFFSET as i32,
        arrow_new_target: function::ARROW_NEW_TARGET_OFFSET as i32,
        arrow_active: function::ARROW_ACTIVE_OFFSET as i32,
        function_size: function::FUNCTION_SIZE as i32,
        array_size: array::ARRAY_SIZE as i32,
        env_code: EnvironmentCell::CODE_OFFSET as i32,
        env_scope: EnvironmentCell::SCOPE_OFFSET as i32,
        env_parent: EnvironmentCell::PARENT_OFFSET as i32,
        env_slots: EnvironmentCell::SLOTS_OFFSET as i32,
        cell_value: PropertyCell::VALUE_OFFSET as i32,
        validity: ValidityCell::VALID_OFFSET as i32,
        native_entry: LinkedCode::NATIVE_ENTRY_OFFSET as i32,
        call_word: LinkedCode::CALL_WORD_OFFSET as i32,
        code_realm: LinkedCode::REALM_OFFSET as i32,
        native_code: function::NATIVE_CODE_OFFSET as i32,
        iterator_table: collections::ITERATOR_TABLE_OFFSET as i32,
        iterator_index: collections::ITERATOR_INDEX_OFFSET as i32,
        iterator_kind: collections::ITERATOR_KIND_OFFSET as i32,
        array_iterator_index: array_iterator::NEXT_INDEX_OFFSET as i32,
        array_iterator_kind: array_iterator::KIND_OFFSET as i32,
        string_iterator_string: string_iterator::STRING_OFFSET as i32,
        string_iterator_index: string_iterator::INDEX_OFFSET as i32,
        generator_state: GeneratorCell::STATE_OFFSET as i32,
        generator_length: GeneratorCell::LEN_OFFSET as i32,
        generator_offset: GeneratorCell::OFFSET_OFFSET as i32,
        generator_words: GeneratorCell::WORDS_OFFSET as i32,
        table: collections::TABLE_OFFSET as i32,
        table_capacity: collections::TABLE_CAPACITY_OFFSET as i32,
        table_used: collections::TABLE_USED_OFFSET as i32,
        table_entries: collections::TABLE_ENTRIES_OFFSET as i32,
        shape_prototype: Shape::PROTOTYPE_OFFSET as i32,
        accessor_get: std::mem::offset_of!(AccessorCell, get) as i32,
        accessor_set: std::mem::offset_of!(AccessorCell, set) as i32,
    }
}

/// Byte offset of a named property's slot in a shape with that many inline slots, and whether it is in the object itself.
pub fn slot_offset(slot: u32, inline: u32) -> (i32, bool) {
    if slot < inline {
        (object::INLINE_OFFSET as i32 + 8 * slot as i32, true)
    } else {
        let first = object::elements::SlotsCell::VALUES_OFFSET as i32;
        (first + 8 * (slot - inline) as i32, false)
    }
}
