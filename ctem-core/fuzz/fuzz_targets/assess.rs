#![no_main]

#[path = "../checks/assess.rs"]
mod assess;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| assess::check(bytes));
