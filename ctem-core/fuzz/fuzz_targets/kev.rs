#![no_main]

#[path = "../checks/kev.rs"]
mod kev;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| kev::check(bytes));
