//! The build step that npm has no tool for: wasm-bindgen, as a library whose version Cargo.lock pins.
//!
//! `cargo run -p xtask -- <input.wasm> <out-dir>` writes the JavaScript glue and the processed wasm.

use std::process::ExitCode;
use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, out_dir] = arguments.as_slice() else {
        eprintln!("usage: cargo run -p xtask -- <input.wasm> <out-dir>");
        return ExitCode::from(2);
    };
    let mut bindgen = Bindgen::new();
    let generated = bindgen.web(true).and_then(|bindgen| {
        bindgen
            .input_path(input)
            .out_name("billonce")
            .typescript(true)
            .omit_default_module_path(true)
            .remove_name_section(true)
            .remove_producers_section(true)
            .reset_state_function(true)
            .generate(out_dir)
    });
    match generated {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("wasm-bindgen failed on {input}: {error:?}");
            ExitCode::FAILURE
        }
    }
}
