#![no_main]

#[path = "../checks/epss.rs"]
mod epss;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| epss::check(bytes));
