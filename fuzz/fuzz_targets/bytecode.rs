//! libFuzzer entry of `sarus_progen::targets::bytecode`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sarus_progen::targets::bytecode(data));
