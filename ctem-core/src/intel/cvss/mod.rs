//! cvss
