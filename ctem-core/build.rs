//! Finds the scanner formats: every file in `src/discover/formats` is a module with a `READER`, so adding a format means
//! adding a file and touching no other.

use std::{env, fmt::Write, fs, io, path::Path};

fn main() -> io::Result<()> {
    let folder = Path::new("src/discover/formats");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_module = path.extension().is_some_and(|extension| extension == "rs") || path.is_dir();
        if let (true, Some(name)) = (is_module, path.file_stem().and_then(|stem| stem.to_str())) {
            names.push((name.to_owned(), path.canonicalize()?));
        }
    }
    names.sort();
    let mut code = String::new();
    for (name, path) in &names {
        let path = if path.is_dir() { path.join("mod.rs") } else { path.clone() };
        let _ = writeln!(code, "#[path = {path:?}]\nmod {name};");
    }
    let _ = writeln!(code, "static READERS: &[Reader<Reading>] = &[");
    for (name, _) in &names {
        let _ = writeln!(code, "    {name}::READER.listed(),");
    }
    let _ = writeln!(code, "];");
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    fs::write(Path::new(&out).join("formats.rs"), code)
}
