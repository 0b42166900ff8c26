// A browser, through WebDriver (W3C 2018) and nothing else: what the tests of pages share.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { resolve } from "node:path";

let passed = 0, failed = 0;
export function check(ok, what) {
  if (ok) passed++;
  else failed++, console.log("FAILED: " + what);
}
export const wait = ms => new Promise(done => setTimeout(done, ms));

export const profile = mkdtempSync(tmpdir() + "/invclass-");
const driver = spawn("chromedriver", ["--port=0"], { stdio: ["ignore", "pipe", "ignore"] });      // it says which port it took
const port = new Promise((found, failed) => {
  let said = "";
  driver.stdout.on("data", data => { said += data; const at = said.match(/successfully on port (\d+)/); if (at) found(at[1]); });
  driver.on("error", failed), driver.on("exit", () => failed(Error("chromedriver has ended: " + said)));
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => { driver.kill(); process.exit(1); });
let session = "";
export async function call(method, path, body) {
  const answer = await fetch(`http://127.0.0.1:${await port}${session}${path}`, { method, body: body && JSON.stringify(body) });
  const { value } = await answer.json();
  if (!answer.ok) throw Error(path + ": " + value.message);
  return value;
}
async function start() {
  const { sessionId } = await call("POST", "/session", { capabilities: { alwaysMatch: {
    "goog:loggingPrefs": { browser: "ALL" },
    "goog:chromeOptions": { args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", "--user-data-dir=" + profile] } } } });
  session = "/session/" + sessionId;
}
export const run = (script, ...args) => call("POST", "/execute/sync", { script, args });
export const cdp = (cmd, params) => call("POST", "/goog/cdp/execute", { cmd, params });
export const open = (path, hash = "") => call("POST", "/url", { url: "file://" + resolve(path) + hash });
export async function look(width, height, scheme, motion = "no-preference") {
  await cdp("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: width < 500 });
  await cdp("Emulation.setEmulatedMedia", { features: [
    { name: "prefers-color-scheme", value: scheme }, { name: "prefers-reduced-motion", value: motion }] });
}
export async function shoot(path, whole = true) {
  const { data } = await cdp("Page.captureScreenshot", { captureBeyondViewport: whole });
  writeFileSync(path, Buffer.from(data, "base64"));
}
// Nothing was asked for but what may be, and nothing complained about.
export async function quiet(may = "data:") {
  const requests = await run("return performance.getEntriesByType('resource').map(e => e.name).filter(e => !e.startsWith(arguments[0]))", may);
  check(requests.length === 0, "no requests: " + requests);
  const log = await call("POST", "/se/log", { type: "browser" });
  check(log.length === 0, "nothing in the console: " + JSON.stringify(log));
}

// Runs the tests, ends the browser, and says "N passed, N failed".
export async function main(tests) {
  try { await start(); await tests(); }
  catch (error) { check(false, error.stack); }
  finally {
    if (session) await call("DELETE", "").catch(() => {});
    driver.kill();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
}
