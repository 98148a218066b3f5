#![no_main]

#[path = "../checks/cvss.rs"]
mod cvss;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cvss::check(bytes));
