// The page's WebAssembly under node:  node tests/page.mjs BUILD  prints the hash of what it computes and the
// seconds a step of twenty letters takes.
import { readFileSync } from "node:fs";
const folder = process.argv[2] + "/demo/";
const { instance } = await WebAssembly.instantiate(readFileSync(folder + "demo.wasm"));
const lib = instance.exports;
const put = (file, at) => new Uint8Array(lib.memory.buffer).set(file, at);
put(readFileSync(folder + "page.letters"), lib.demo_examples());
["page.recogniser", "plain.model", "noise.model"].forEach((name, which) => {
  const model = readFileSync(folder + name), at = lib.demo_take(model.length);
  put(model, at);
  if (lib.demo_open(which, at, model.length)) throw Error(name);
});
console.log("page " + BigInt.asUintN(64, lib.demo_hash()).toString(16).padStart(16, "0"));

const curve = () => new Float32Array(lib.memory.buffer, lib.demo_buffer(), 64)
  .set(new Float32Array(lib.memory.buffer, lib.demo_examples(), 64));
let least = Infinity;
for (let round = 0; round < 20; round++) {
  curve();
  lib.demo_begin(32);
  const before = process.cpuUsage();
  for (let k = 0; k < 10; k++) lib.demo_step();
  const { user } = process.cpuUsage(before);
  least = Math.min(least, user / 1e7);
}
console.log("seconds " + least.toFixed(4));
