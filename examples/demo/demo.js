"use strict";
/* What is on the page and who pressed what.  Everything that is computed about a curve is computed by
   demo.c; curves are Float32Arrays x0 y0 x1 y1 ..., y up, in units of the board, which is 1 x 1. */
(async () => {

const LETTERS = "abcdeghlmnopqrsuvwyz", D = 64, STYLES = 6, EXAMPLES = 60, SIGNS = 12, SIDE = 33, DESCENT = 48;
const BASELINE = 0.34, X_HEIGHT = 0.27;                    // of the board
const $ = id => document.getElementById(id);
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

// -- the library ------------------------------------------------------------------------------------

async function bytes(id) {
  const packed = Uint8Array.from(atob($(id).textContent), c => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const planes = new Uint8Array(await new Response(stream).arrayBuffer());
  return id === "demo.wasm" ? planes : planes.map((_, k) => planes[k % 4 * planes.length / 4 + (k >> 2)]);
}
const lib = (await WebAssembly.instantiate(await bytes("demo.wasm"))).instance.exports;
const floats = (at, n) => new Float32Array(lib.memory.buffer, at, n);
const buffer = n => floats(lib.demo_buffer(), n);
new Uint8Array(lib.memory.buffer).set(await bytes("page.letters"), lib.demo_examples());
const models = [];                                         // where each is, and its size
for (const [which, name] of ["page.recogniser", "plain.model", "noise.model"].entries()) {
  const model = await bytes(name), at = lib.demo_take(model.length);
  new Uint8Array(lib.memory.buffer).set(model, at);
  models.push([at, model.length]);
  if (lib.demo_open(which, at, model.length)) throw Error(name + " cannot be read");
}
let names = [...LETTERS], signs = [];                      // of the classes; { name, curve } of what was taught
const classes = () => names.length;
const example = k => floats(lib.demo_examples() + 4 * k * D, D);

// -- drawing ----------------------------------------------------------------------------------------

const colour = name => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();

/* The canvas's context, cleared, in units of CSS pixels. */
function fresh(canvas) {
  const ratio = devicePixelRatio || 1, w = canvas.clientWidth, h = canvas.clientHeight;
  if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio))
    canvas.width = Math.round(w * ratio), canvas.height = Math.round(h * ratio);
  const g = canvas.getContext("2d");
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  g.clearRect(0, 0, w, h);
  g.lineCap = g.lineJoin = "round";
  return [g, w, h];
}

function stroke(g, points, place, width, style, alpha = 1) {
  g.beginPath();
  for (let k = 0, x, y, px, py; k + 1 < points.length; k += 2, px = x, py = y) {
    [x, y] = place(points[k], points[k + 1]);
    if (k === 0) g.moveTo(x, y);
    else g.quadraticCurveTo(px, py, (px + x) / 2, (py + y) / 2);   // smooth: points bend, middles are met
    if (k + 3 >= points.length) g.lineTo(x, y);
  }
  g.lineWidth = width, g.strokeStyle = style, g.globalAlpha = alpha;
  g.stroke();
  g.globalAlpha = 1;
}

/* A curve of unit radius in the middle of a canvas. */
const middle = (w, h, zoom = 0.28) => (x, y) => [w / 2 + x * zoom * Math.min(w, h), h / 2 - y * zoom * Math.min(w, h)];

// -- the first view: state --------------------------------------------------------------------------

let path = [], pen = false, rest = null;                   // the line, whether it is being drawn, what may follow
let size = 0, centre = [0.5, 0.5];                         // of the line, or where drawings go without one
let answer = null;                                         // the recogniser's: { chance, best, known }
let film = [], at = 0, running = false;                    // the descent: what it was at each step
let shown = -1, byHand = null;                             // class looked at (-1: the answer), input set by hand

/* The line is done: it is recognised, and every letter looks for the input that draws it. */
function begin() {
  pen = false;
  buffer(path.length).set(path);
  size = lib.demo_begin(path.length / 2);
  if (!(size > 0.01)) { clear(); return; }
  centre = Array.from(buffer(2));
  ask();
  answer.known = lib.demo_known();
  film = [], shown = -1, byHand = null;
  record();
  if (still) while (lib.demo_step()) record();
  at = film.length - 1;
  run(!still);
  show();
  if (!performance.getEntriesByName("first answer").length) performance.mark("first answer");
}

const ask = () => answer = { chance: new Float64Array(lib.memory.buffer, lib.demo_chance(), classes()).slice(), best: lib.demo_label() };

/* The descent as it is now, kept for looking back. */
function record() {
  const n = classes(), copy = (p, each) => floats(p, n * each).slice();
  film.push({ style: copy(lib.demo_style(), STYLES), drawn: copy(lib.demo_drawn(), D), error: copy(lib.demo_error(), 1),
              inside: names.map((_, k) => k < LETTERS.length ? lib.demo_in(k) : answer.chance[k] > 0.001) });
}

let coming = 0;
function run(on) {
  running = on;
  $("run-icon").setAttribute("d", on ? "M7 5h4v14H7zM13 5h4v14h-4z" : "M7 5l12 7-12 7z");
  $("run").setAttribute("aria-label", on ? "Stop" : "Go on");
  cancelAnimationFrame(coming);
  if (on) coming = requestAnimationFrame(frame);
}

function frame() {
  if (!running) return;
  step(1);
  if (at === DESCENT) run(false), show();
  else coming = requestAnimationFrame(frame);
}

function step(by) {
  if (by > 0 && at === film.length - 1 && lib.demo_step()) record();
  at = Math.min(Math.max(at + by, 0), film.length - 1);
  byHand = null;
  show();
}

function clear() {
  run(false);
  path = [], film = [], at = 0, pen = false, writer = answer = rest = byHand = null, shown = -1, size = 0, centre = [0.5, 0.5];
  show();
}

/* The line grows by a point: what may it be the beginning of? */
function grow(x, y) {
  path.push(x, y);
  buffer(2).set([x, y]);
  const n = lib.demo_point(path.length === 2);
  rest = n > 0 ? Array.from(buffer(2 * n)) : null;
  ask();
}

/* Writes an example, as a visitor would. */
let turn = Math.floor(Math.random() * EXAMPLES), writer = null;
function another() {
  turn = (turn + 7) % EXAMPLES;
  const letter = Array.from(example(turn), (v, i) => v * X_HEIGHT + (i % 2 ? BASELINE : 0.5 - 0.5 * X_HEIGHT));
  clear();
  pen = true;
  const me = writer = () => {
    if (writer !== me) return;                             // something else has begun
    for (let k = 0; k < (still ? D : 4) && path.length < D; k += 2) grow(letter[path.length], letter[path.length + 1]);
    if (path.length < D) show(), requestAnimationFrame(me);
    else begin();
  };
  me();
}

// -- the first view: what is seen ----------------------------------------------------------------------

const tiles = [];
function makeTiles() {
  $("tiles").replaceChildren();
  tiles.length = 0;
  for (let k = 0; k < classes(); k++) {
    const button = document.createElement("button"), canvas = document.createElement("canvas");
    const label = document.createElement("span"), bar = document.createElement("i");
    label.textContent = names[k];
    button.append(canvas, label, bar);
    button.addEventListener("click", () => { shown = shown === k ? -1 : k; byHand = film.length || shown < 0 ? null : plainInput(k); show(); });
    $("tiles").append(button);
    tiles.push({ button, canvas, bar });
  }
  for (const id of ["first", "second"])
    $(id).replaceChildren(...Array.from({ length: classes() }, (_, k) => new Option(names[k], k)));
}

const plainInput = k => ({ first: k, second: k === 0 ? 1 : 0, share: 0, style: new Float32Array(STYLES) });

/* The input that is shown: set by hand, or that of the class looked at. */
function input() {
  if (byHand) return byHand;
  if (!film.length) return plainInput(0);
  const now = film[at], k = shown < 0 ? answer.best : shown;
  return { first: k, second: k === 0 ? 1 : 0, share: 0, style: now.style.slice(k * STYLES, k * STYLES + STYLES) };
}

function mixed(x) {
  buffer(STYLES).set(x.style);
  lib.demo_mix(x.first, x.second, x.share);
  return buffer(D).slice();
}

const article = name => (/^[aefhilmnorsx8]/i.test(name) && name.length === 1 ? "an " : name.length === 1 ? "a " : "") + name;

function showBoard() {
  const now = film[at], [g, w] = fresh($("ink"));
  const board = (x, y) => [x * w, (1 - y) * w];
  for (const y of [BASELINE, BASELINE + X_HEIGHT])
    stroke(g, [0.05, y, 0.95, y], board, 1.5, colour("guide"));
  const unit = size || 0.7 * X_HEIGHT;
  const onLine = (x, y) => board(centre[0] + x * unit, centre[1] + y * unit);
  stroke(g, path, board, w / 52, colour("ink"));
  if (path.length === 2) stroke(g, [...path, ...path], board, w / 52, colour("ink"));
  if (pen && rest) stroke(g, [...path.slice(-2), ...rest], board, w / 100, colour("net"), 0.55);
  if (byHand) stroke(g, mixed(byHand), onLine, w / 90, colour("net"));
  else if (now)
    for (let k = 0; k < classes(); k++) {
      const main = k === (shown < 0 ? answer.best : shown), alpha = main ? 1 : shown < 0 ? 0.5 * answer.chance[k] : 0;
      if (alpha > 0.02) stroke(g, now.drawn.slice(k * D, k * D + D), onLine, main ? w / 90 : w / 140, colour("net"), alpha);
    }
  $("hint").hidden = path.length > 0 || byHand;
  $("hint").textContent = "Draw here, with one stroke.";
  $("finish").disabled = pen || !rest;
}

function show() {
  if ($("draw").hidden) return;
  const now = film[at];
  showBoard();
  tiles.forEach((tile, k) => {
    const { button, canvas, bar } = tile, chance = answer ? answer.chance[k] : 0, inside = !now || now.inside[k];
    bar.style.transform = "scaleX(" + chance.toFixed(3) + ")";
    button.setAttribute("aria-pressed", k === shown);
    button.setAttribute("aria-label", names[k] + (now ? ", " + Math.round(100 * chance) + " per cent" : ""));
    if (pen && tile.plain || running && tile.out && !inside) return;         // nothing has changed but the chance
    tile.plain = !now, tile.out = !inside;
    const [t, tw, th] = fresh(canvas);
    const place = middle(1.12 * tw, th);                     // a little to the right: the name stands on the left
    if (now) stroke(t, floats(lib.demo_target(), D), place, 5, colour("guide"));
    else lib.demo_plain(k);
    const curve = now ? now.drawn.slice(k * D, k * D + D) : buffer(D);
    stroke(t, curve, place, 2, colour(now && k === answer.best ? "net" : "text"));
    button.classList.toggle("out", !inside);
  });

  $("glyph").textContent = answer && answer.known !== 0 ? names[answer.best] : "?";
  $("glyph").className = $("glyph").textContent.length > 2 ? "long" : "";
  const said = verdict(now);
  if ($("verdict").textContent !== said) $("verdict").textContent = said;      // a screen reader reads it whenever it is set
  $("when").max = Math.max(0, film.length - 1), $("when").value = at, $("step").textContent = at;
  for (const id of ["back", "run", "on", "when"]) $(id).disabled = !now;

  const x = input();
  $("first").value = x.first, $("second").value = x.second, $("share").value = x.share;
  const styled = x.first < LETTERS.length || x.share > 0 && x.second < LETTERS.length;      // what was taught has no style
  sliders.forEach((s, j) => { s.range.disabled = !styled, s.range.value = x.style[j]; s.value.textContent = (Math.round(10 * x.style[j]) / 10 || 0).toFixed(1); });
  showChart();
  $("teach").querySelector("button").disabled = !now || signs.length === SIGNS;
}

function verdict(now) {
  if (pen) return writer ? "A letter is being written." : "Go on; lift the pen when it is done.";
  if (!now) return "Draw something.";
  const p = answer.chance[answer.best], name = article(names[answer.best]);
  if (answer.known === 0) return `I have never seen this. If it is a letter, then ${name}. ` + (signs.length < SIGNS ? "What is it? Teach me." : FULL);
  if (p < 0.5) return `Perhaps ${name} (${percent(p)}).`;
  return answer.known === 2 ? `This is ${name}: ${percent(p)}.` : `Probably ${name} (${percent(p)}), though not as I have seen one written.`;
}
const FULL = `${SIGNS} signs are as many as I can learn: forget one to teach another.`;
const percent = p => p > 0.99 ? "more than 99 per cent" : Math.round(100 * p) + " per cent";

function showChart() {
  const [g, w, h] = fresh($("chart"));
  stroke(g, [0, h - 1, w, h - 1], (x, y) => [x, y], 1, colour("line"));
  if (!film.length) return;
  const level = y => Math.log(Math.max(y, 1e-3));          // what is drawn better than that looks the same
  const high = level(Math.max(...film[0].error)) + 1e-6, low = level(Math.min(...film.map(f => Math.min(...f.error))));
  const place = (x, y) => [6 + x / DESCENT * (w - 12), h - 8 - (level(y) - low) / (high - low) * (h - 14)];
  for (const best of [false, true])                        // the best one above the others
    for (let k = 0; k < film[0].error.length; k++) {
      const line = [];
      if (best === (k === answer.best)) film.forEach((f, i) => { if (f.inside[k]) line.push(i, f.error[k]); });
      stroke(g, line, place, best ? 2.5 : 1, colour(best ? "net" : "soft"), best ? 1 : 0.75);
    }
  const [px, py] = place(at, film[at].error[answer.best]);
  g.beginPath(), g.arc(px, py, 4.5, 0, 7), g.fillStyle = colour("net"), g.fill();
}

// -- the first view: what can be done ---------------------------------------------------------------------

const ink = $("ink");
function follow(event) {
  const box = ink.getBoundingClientRect();
  for (const e of event.getCoalescedEvents?.().length ? event.getCoalescedEvents() : [event])
    if (path.length < 8000) grow((e.clientX - box.left) / box.width, 1 - (e.clientY - box.top) / box.height);
  show();
}
ink.addEventListener("pointerdown", event => {
  if (event.button > 0 || !event.isPrimary) return;         // a second finger draws nothing
  event.preventDefault();
  clear();
  pen = true;
  ink.setPointerCapture(event.pointerId);
  follow(event);
});
ink.addEventListener("pointermove", event => { if (pen && !writer && event.isPrimary) follow(event); });
for (const name of ["pointerup", "pointercancel"])
  ink.addEventListener(name, event => { if (pen && !writer && event.isPrimary) begin(); });

$("finish").addEventListener("click", () => { path.push(...rest); rest = null; begin(); $("clear").focus(); });
$("clear").addEventListener("click", clear);
$("another").addEventListener("click", () => another());
$("run").addEventListener("click", () => {
  if (running) { run(false); show(); return; }
  if (at === DESCENT) at = 0;
  run(true);
});
$("back").addEventListener("click", () => { run(false); step(-1); });
$("on").addEventListener("click", () => { run(false); step(1); });
$("when").addEventListener("input", () => { run(false); step($("when").value - at); });

const sliders = Array.from({ length: STYLES }, (_, j) => {
  const label = document.createElement("label"), range = document.createElement("input"), value = document.createElement("output");
  value.setAttribute("aria-live", "off");
  Object.assign(range, { type: "range", min: -3, max: 3, step: 0.05, value: 0 });
  label.append(`style ${j + 1}`, range, value);
  $("styles").append(label);
  range.addEventListener("input", () => { hold(); byHand.style[j] = +range.value; show(); });
  return { range, value };
});
const hold = () => { run(false); byHand = byHand || input(); };
$("share").addEventListener("input", () => { hold(); byHand.share = +$("share").value; show(); });
$("first").addEventListener("change", () => { hold(); byHand.first = +$("first").value; show(); });
$("second").addEventListener("change", () => { hold(); byHand.second = +$("second").value; if (!byHand.share) byHand.share = 0.5; show(); });

// -- signs taught: kept in the browser ---------------------------------------------------------------------

function keep() {
  try { localStorage.setItem("invclass-signs", JSON.stringify(signs)); } catch { /* then they last as long as the page */ }
  $("signs").replaceChildren(...signs.map((sign, k) => {
    const item = document.createElement("li"), button = document.createElement("button");
    button.textContent = sign.name + " ×";
    button.setAttribute("aria-label", "Forget " + sign.name);
    button.addEventListener("click", () => { forget(k); ($("signs").querySelector("button") ?? $("import")).focus(); });
    item.append(button);
    return item;
  }));
  $("export").disabled = !signs.length;
  $("news").textContent = signs.length < SIGNS ? "" : FULL;
  makeTiles();
}

/* A curve more, of a class that is known or a new one.  Returns whether it was learned. */
function teach({ name, curve }) {
  const known = names.indexOf(name), label = known < 0 ? classes() : known;
  buffer(D).set(curve);
  if (signs.length === SIGNS || lib.demo_teach(D / 2, label)) return false;
  if (known < 0) names.push(name);
  signs.push({ name, curve });
  return true;
}

/* What was taught cannot be taken out again: everything else is taught anew. */
function forget(k) {
  const others = signs.filter((_, j) => j !== k);
  names = [...LETTERS], signs = [];
  lib.demo_open(0, ...models[0]);
  others.forEach(teach);
  keep();
  clear();
}

/* As a name is kept: 12 characters, none of them invisible or turning the direction of writing. */
const tidy = name => [...name.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, "").trim()].slice(0, 12).join("");

/* Takes signs from storage or a file: what does not look like one, or is known, is left out.  Returns how many are left. */
function restore(list) {
  let fit = 0;
  for (const { name, curve } of Array.isArray(list) ? list.filter(s => typeof s?.name === "string" && Array.isArray(s.curve)) : []) {
    const sign = { name: tidy(name), curve };
    if (!sign.name || curve.length !== D || !curve.every(v => typeof v === "number" && Math.abs(v) < 100)) continue;
    if (Math.max(...curve) - Math.min(...curve) < 0.1) continue;             // curves are kept with a radius of 1
    if (signs.some(t => t.name === sign.name && t.curve.every((v, i) => v === curve[i]))) continue;
    fit++;
    teach(sign);
  }
  keep();
  return fit;
}

$("teach").addEventListener("submit", event => {
  event.preventDefault();
  const name = tidy($("name").value);
  if (!name || !film.length) { $("name").focus(); return; }
  if (!teach({ name, curve: Array.from(floats(lib.demo_target(), D)) })) { $("news").textContent = "That could not be learned."; return; }
  $("name").value = "";
  keep();
  begin();
});
$("export").addEventListener("click", () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(signs)], { type: "application/json" }));
  link.download = "signs.json";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);   // Safari reads it later
});
$("import").addEventListener("click", () => $("file").click());
$("file").addEventListener("change", async () => {
  const before = signs.length;
  let fit = 0;
  try { fit = restore(JSON.parse(await $("file").files[0].text())); } catch { /* then nothing has come of it */ }
  const got = signs.length - before;
  $("news").textContent = !fit ? "That file holds no new signs." : `Imported: ${got} of ${fit}.` + (got < fit ? " " + FULL : "");
  $("file").value = "";
  if (got) clear();
});

// -- the second view --------------------------------------------------------------------------------------

const ramp = [[24, 18, 54], [84, 32, 104], [168, 54, 94], [232, 110, 66], [252, 190, 106], [255, 244, 214]];
function heat(u) {                                         // 0 far, 1 near
  const at = Math.min(Math.max(u, 0), 0.9999) * (ramp.length - 1), k = Math.floor(at);
  return ramp[k].map((v, i) => Math.round(v + (at - k) * (ramp[k + 1][i] - v)));
}
let letter = 0, target = null, waiting = [];               // example to explain; rows of maps still to compute
const views = [0, 1].map(which => ({ which, start: [0.5, 0.5], way: [], frame: 0, picture: null, small: document.createElement("canvas") }));
for (const view of views) view.small.width = view.small.height = SIDE;

function showTwo() {
  const [g, w, h] = fresh($("target"));
  stroke(g, target, middle(w, h), w / 34, colour("ink"));
  const [c, cw, ch] = fresh($("key"));
  for (let x = 0; x < cw; x++) c.fillStyle = `rgb(${heat(x / cw)})`, c.fillRect(x, 0, 1.5, ch);
  views.forEach(showMap);
}

function choose(k) {
  letter = k;
  target = floats(lib.demo_choose(k), D).slice();
  showTwo();
  waiting = [];
  for (const view of views) {
    view.picture = view.picture || new ImageData(SIDE, SIDE);
    for (let row = SIDE - 1; row >= 0; row--) waiting.push([view, row]);
    descend(view);
  }
  waiting.sort((a, b) => b[1] - a[1]);
  move();
}

/* Each frame some rows of the maps and some steps of the descents: nobody waits. */
function animate() {
  for (const [view, row] of waiting.splice(0, still ? 2 * SIDE : 6)) {
    lib.demo_map(view.which, SIDE - 1 - row);
    buffer(SIDE).forEach((error, j) =>
      view.picture.data.set([...heat(1 - Math.sqrt(error) / 0.78), 255], 4 * (row * SIDE + j)));
    view.small.getContext("2d").putImageData(view.picture, 0, 0);
  }
  let more = waiting.length > 0;
  for (const view of views) {
    const last = view.way.length / 3 - 1;
    view.frame = still ? last : Math.min(last, view.frame + 2);
    more = more || view.frame < last;
    showMap(view);
  }
  moving = more;
  if (more) requestAnimationFrame(animate);
}
let moving = false;
function move() {
  if (!moving) moving = true, requestAnimationFrame(animate);
}

function descend(view) {
  const n = lib.demo_descend(view.which, view.start[0], view.start[1]);
  view.way = Array.from(buffer(3 * n));
  view.frame = 0;
  move();
}

function showMap(view) {
  const canvas = $("map" + view.which), [g, w, h] = fresh(canvas), pad = 26, s = w - pad;
  if (!view.picture || !w) return;
  g.drawImage(view.small, pad, 0, s, s);
  g.fillStyle = colour("soft"), g.font = "13px system-ui, DejaVu Sans, sans-serif";
  g.fillText("how much b →", pad, h - 8);
  g.save(), g.translate(15, s), g.rotate(-Math.PI / 2), g.fillText("how much a →", 0, 0), g.restore();
  const place = (b, a) => [pad + b * s, s - a * s], way = [];
  for (let k = 0; k <= view.frame; k++) way.push(view.way[3 * k + 1], view.way[3 * k]);
  stroke(g, way, place, 5, "#ffffff"), stroke(g, way, place, 2.5, "#14213d");
  const dot = (b, a, r, fill) => { g.beginPath(), g.arc(...place(b, a), r, 0, 7), g.fillStyle = fill, g.fill(), g.lineWidth = 2, g.strokeStyle = "#fff", g.stroke(); };
  dot(view.start[1], view.start[0], 5, "#14213d");
  const said = $("said" + view.which), mixture = (a, b) => `${a.toFixed(2)} a + ${b.toFixed(2)} b`;
  const tell = text => { if (said.textContent !== text) said.textContent = text; };       // each change is read out
  if (!way.length) { tell(`from ${mixture(...view.start)}: Enter descends`); return; }
  const [a, b, error] = view.way.slice(3 * view.frame, 3 * view.frame + 3);
  dot(b, a, 7, "#1e90ff");
  const [n, nw, nh] = fresh($("now" + view.which));
  stroke(n, target, middle(nw, nh), nw / 16, colour("guide"));
  lib.demo_draw_two(view.which, a, b);
  stroke(n, buffer(D), middle(nw, nh), nw / 34, colour("net"));
  const moving = view.frame * 3 + 3 < view.way.length;
  said.setAttribute("aria-live", moving ? "off" : "polite");       // screen readers hear where it ends
  tell(mixture(a, b) + (moving ? ""
    : `: ${a > b === (letter % 20 === 0) ? "right" : "wrong"}, this is ${a > b ? "an a" : "a b"} (error ${error.toFixed(3)})`));
}

for (const view of views) {
  const canvas = $("map" + view.which);
  canvas.addEventListener("click", event => {          // not where a finger touches it to scroll the page
    const box = canvas.getBoundingClientRect(), s = box.width - 26, cut = v => Math.min(Math.max(v, 0), 1);
    for (const v of views) v.start = [cut(1 - (event.clientY - box.top) / s), cut((event.clientX - box.left - 26) / s)], descend(v);
  });
  canvas.addEventListener("keydown", event => {
    const move = { ArrowUp: [0.05, 0], ArrowDown: [-0.05, 0], ArrowLeft: [0, -0.05], ArrowRight: [0, 0.05], Enter: [0, 0] }[event.key];
    if (!move) return;
    event.preventDefault();
    const start = view.start.map((x, i) => Math.min(Math.max(x + move[i], 0), 1));
    for (const v of views) {
      v.start = start;
      if (event.key === "Enter") descend(v);
      else v.way = [], v.frame = -1, showMap(v);
    }
  });
}
let next = [0, 1];
const nextOf = k => { next[k] = (next[k] + LETTERS.length) % EXAMPLES; choose(next[k]); };
$("next-a").addEventListener("click", () => nextOf(0));
$("next-b").addEventListener("click", () => nextOf(1));

// -- tabs, and the start -------------------------------------------------------------------------------------

const tabs = ["draw", "two"];
function open(which) {
  for (const name of tabs) {
    $(name).hidden = name !== which;
    $("tab-" + name).setAttribute("aria-selected", name === which);
    $("tab-" + name).tabIndex = name === which ? 0 : -1;
  }
  if (which === "draw") show();
  else if (target) showTwo();
  else choose(letter);
}
for (const name of tabs) {
  $("tab-" + name).addEventListener("click", () => open(name));
  $("tab-" + name).addEventListener("keydown", event => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const other = tabs[1 - tabs.indexOf(name)];
    open(other);
    $("tab-" + other).focus();
  });
}
const redraw = () => { show(); if (!$("two").hidden) showTwo(); };
let width = innerWidth;                                      // a phone that hides its address bar changes the height only
addEventListener("resize", () => { if (innerWidth !== width) width = innerWidth, redraw(); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
let stored = null;
try { stored = JSON.parse(localStorage.getItem("invclass-signs")); } catch { /* none, or none allowed */ }
restore(stored);
another();
})().catch(error => document.getElementById("verdict").textContent = "This browser cannot run the page: " + error.message);
