//! Makes one page of the example that needs nothing else: `cargo run --locked -p ctem-browser-bundle -- FILE`, in `examples/browser`. A profile
//! of cargo behind the file is that of the engine: `dev` is compiled soonest, and `release`, unless said, is the smallest.
//!
//! It compiles the example for WebAssembly, has wasm-bindgen write what JavaScript reaches it by, and puts both into `index.html`, the
//! engine packed. So the page is opened as it is, from a file or from anywhere, and asks nobody for anything.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::{Compression, write::GzEncoder};
use std::{
    env,
    error::Error,
    fs,
    io::Write as _,
    path::{self, Path, PathBuf},
    process::Command,
};
use wasm_bindgen_cli_support::Bindgen;

const TARGET: &str = "wasm32-unknown-unknown";
/// What `index.html` has in the place of the two.
const GLUE: &str = "/* the glue */";
const ENGINE: &str = "the engine, packed";

fn main() -> Result<(), Box<dyn Error>> {
    let file = env::args_os().nth(1).ok_or("say which file the page becomes")?;
    let profile = env::args().nth(2).unwrap_or_else(|| "release".into());
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("the example has no folder")?;
    let built = env::var_os("CARGO_TARGET_DIR").map_or_else(|| here.join("target"), PathBuf::from);
    let built = path::absolute(built)?;
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let compiled = Command::new(cargo)
        .args(["build", "--locked", "--package", "ctem-browser", "--target", TARGET, "--profile", &profile])
        .arg("--target-dir")
        .arg(&built)
        .current_dir(here)
        .status()?;
    if !compiled.success() {
        return Err(format!("the example does not compile for {TARGET}").into());
    }
    // What cargo calls the profile of development is in a folder of another name.
    let folder = if profile == "dev" { "debug" } else { &profile };
    let module = built.join(TARGET).join(folder).join("ctem_browser.wasm");
    let mut output = Bindgen::new()
        .input_path(module)
        .no_modules(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate_output()?;
    let engine = output.wasm_mut().emit_wasm();
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&engine)?;
    let packed = STANDARD.encode(packed.finish()?);
    let page = fs::read_to_string(here.join("index.html"))?;
    for place in [GLUE, ENGINE] {
        if page.matches(place).count() != 1 {
            return Err(format!("index.html must have `{place}` once").into());
        }
    }
    // The glue is code and has no such place; the other way round the engine's text might.
    let page = page.replacen(GLUE, output.js(), 1).replacen(ENGINE, &packed, 1);
    fs::write(&file, &page)?;
    println!(
        "{}: {} bytes, of which the engine is {}; unpacked {}",
        Path::new(&file).display(),
        page.len(),
        packed.len(),
        engine.len()
    );
    Ok(())
}
