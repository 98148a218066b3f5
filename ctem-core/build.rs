//! Finds the scanner formats: every file in `src/discover/formats` is a module with a `READER` or, as JSON, a mapping, so adding a format
//! means adding a file and touching no other.

use serde_json::Value;
use std::{collections::BTreeMap, env, fmt::Write, fs, io, path::Path};

fn main() -> io::Result<()> {
    let folder = Path::new("src/discover/formats");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut formats = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(name) = path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned) else { continue };
        let is = |end: &str| path.extension().is_some_and(|extension| extension == end);
        if (is("rs") || is("json") || path.is_dir())
            && let Some(other) = formats.insert(name, path.canonicalize()?)
        {
            return Err(io::Error::other(format!("{} and another describe one format", other.display())));
        }
    }
    let (mut modules, mut readers, mut mappings, mut all) =
        (String::new(), String::new(), String::new(), String::new());
    for (name, path) in &formats {
        if path.extension().is_some_and(|extension| extension == "json") {
            println!("cargo::rerun-if-changed={}", path.display());
            let (title, rest) =
                shipped(path).map_err(|error| io::Error::other(format!("{}: {error}", path.display())))?;
            let _ = writeln!(mappings, "    Shipped {{ name: {name:?}, {rest} }},");
            let _ = writeln!(all, "    ({name:?}, {title:?}),");
        } else {
            let path = if path.is_dir() { path.join("mod.rs") } else { path.clone() };
            let _ = writeln!(modules, "#[path = {path:?}]\nmod {name};");
            let _ = writeln!(readers, "    {name}::READER.listed(),");
            let _ = writeln!(all, "    ({name}::READER.name, {name}::READER.title),");
        }
    }
    let code = format!(
        "{modules}static READERS: &[Reader<Reading>] = &[\n{readers}];\n\
         static MAPPINGS: &[Shipped] = &[\n{mappings}];\n\
         static FORMATS: &[(&str, &str)] = &[\n{all}];\n"
    );
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    fs::write(Path::new(&out).join("formats.rs"), code)
}

/// What is asked of a mapping before it is read: its title, and the signs of its documents.
fn shipped(path: &Path) -> io::Result<(String, String)> {
    let text = fs::read_to_string(path)?;
    let mapping: Value = serde_json::from_str(&text)?;
    let title = mapping["title"].as_str().ok_or_else(|| io::Error::other("it has no title"))?;
    let mut signs = String::new();
    for sign in mapping["recognise"].as_array().into_iter().flatten() {
        let words = |name: &str| {
            let words = sign[name].as_array().into_iter().flatten().filter_map(Value::as_str);
            words.map(|word| format!("Cow::Borrowed({word:?}), ")).collect::<String>()
        };
        let pairs = sign["says"].as_object().into_iter().flatten().filter_map(|(path, text)| {
            Some(format!("(Cow::Borrowed({path:?}), Cow::Borrowed({:?})), ", text.as_str()?))
        });
        let pairs: String = pairs.collect();
        let begins = sign["begins"].as_str().map(|text| format!("Some(Cow::Borrowed({text:?}))"));
        let _ = write!(
            signs,
            "Sign {{ json: Cow::Borrowed(&[{}]), xml: Cow::Borrowed(&[{}]), csv: Cow::Borrowed(&[{}]), \
             says: Cow::Borrowed(&[{pairs}]), begins: {}, perhaps: {} }}, ",
            words("json"),
            words("xml"),
            words("csv"),
            begins.as_deref().unwrap_or("None"),
            sign["perhaps"].as_bool().unwrap_or_default(),
        );
    }
    Ok((title.to_owned(), format!("signs: &[{signs}], text: include_str!({path:?})")))
}
