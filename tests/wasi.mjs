// Runs a WebAssembly program of wasi-libc's:  node tests/wasi.mjs PROGRAM [argument ...]
import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";
const wasi = new WASI({ version: "preview1", args: process.argv.slice(2), env: process.env });
const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[2]),
                                                   { wasi_snapshot_preview1: wasi.wasiImport });
process.exitCode = wasi.start(instance);
