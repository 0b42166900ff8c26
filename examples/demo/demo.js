"use strict";
/* What is on the page and who pressed what.  Everything that is computed about a curve is computed by
   demo.c; curves are Float32Arrays x0 y0 x1 y1 ..., y up, in units of the board, which is 1 x 1. */
(async () => {

const LETTERS = "abcdeghlmnopqrsuvwyz", D = 80, STYLES = 6, EXAMPLES = 60, SIDE = 33, PATIENCE = 12;
const BASELINE = 0.34, X_HEIGHT = 0.27;                    // of the board
const $ = id => document.getElementById(id);
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

// -- the library ------------------------------------------------------------------------------------

const bytes = id => Uint8Array.from(atob($(id).textContent), c => c.charCodeAt(0));
const lib = (await WebAssembly.instantiate(bytes("demo.wasm"))).instance.exports;
const floats = (at, n) => new Float32Array(lib.memory.buffer, at, n);
const buffer = n => floats(lib.demo_buffer(), n);
new Uint8Array(lib.memory.buffer).set(bytes("page.facts"), lib.demo_facts());
["page.model", "plain.model", "noise.model"].forEach((name, which) => {
  const model = bytes(name), at = lib.demo_take(model.length);
  new Uint8Array(lib.memory.buffer).set(model, at);
  if (lib.demo_open(which, at, model.length)) throw Error(name + " cannot be read");
});
const example = k => floats(lib.demo_example(k), D).slice();
let signs = [];                                            // { name, curve, code }, class LETTERS + position
const nameOf = k => k < LETTERS.length ? LETTERS[k] : signs[k - LETTERS.length].name;
const classes = () => LETTERS.length + signs.length;

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
const middle = (w, h, zoom = 0.2) => (x, y) => [w / 2 + x * zoom * Math.min(w, h), h / 2 - y * zoom * Math.min(w, h)];

// -- the first view: state --------------------------------------------------------------------------

let path = [], drawing = false, ghost = null;              // the visitor's line; what might follow
let radius = 0, centre = [0.5, 0.5];                       // of the line, or where drawings go without one
let film = [], at = 0, running = false;      // the descent: what it was at each step
let shown = -1, byHand = null;                             // class looked at (-1: the best), input set by hand

function begin() {
  if (path.length < 4) return;
  buffer(path.length).set(path);
  const r = lib.demo_begin(path.length / 2);
  if (!(r > 0.01)) { clear(); return; }
  radius = r, centre = Array.from(buffer(2));
  film = [], at = 0, shown = -1, byHand = ghost = null;
  run(true);
  if (still) while (record());
  at = Math.max(0, film.length - 1);
  show();
}

/* One step of the descent, kept for looking back; false when it has come to its end. */
function record() {
  if (!lib.demo_step()) return false;
  const n = classes(), copy = (p, size) => floats(p, n * size).slice();
  film.push({ style: copy(lib.demo_style(), STYLES), drawn: copy(lib.demo_drawn(), D), energy: copy(lib.demo_energy(), 1),
              chance: copy(lib.demo_chance(), 1), best: lib.demo_best(), known: lib.demo_known(),
              inside: Array.from({ length: n }, (_, k) => lib.demo_in(k)) });
  return true;
}

function run(on) {
  running = on;
  $("run-icon").setAttribute("d", on ? "M7 5h4v14H7zM13 5h4v14h-4z" : "M7 5l12 7-12 7z");
  if (on) requestAnimationFrame(frame);
}

function frame() {
  if (!running) return;
  if (at < film.length - 1) at++;
  else if (record()) at = film.length - 1;
  else run(false);
  show();
  if (at === 8 && !performance.getEntriesByName("first answer").length) performance.mark("first answer");
  requestAnimationFrame(frame);
}

function step(by) {
  run(false);
  if (at + by >= film.length) record();
  at = Math.min(Math.max(at + by, 0), film.length - 1);
  byHand = null;
  show();
}

function clear() {
  run(false);
  path = [], film = [], at = 0, ghost = byHand = null, shown = -1, radius = 0, centre = [0.5, 0.5];
  show();
}

let turn = Math.floor(Math.random() * EXAMPLES);
function another(k = turn = (turn + 7) % EXAMPLES) {
  const letter = k % LETTERS.length, size = lib.demo_size(letter) * X_HEIGHT, y = BASELINE + lib.demo_height(letter) * X_HEIGHT;
  path = Array.from(example(k), (v, i) => v * size + (i % 2 ? y : 0.5));
  begin();
}

// -- the first view: what is seen ----------------------------------------------------------------------

const tiles = [];
function makeTiles() {
  $("tiles").replaceChildren();
  tiles.length = 0;
  for (let k = 0; k < classes(); k++) {
    const button = document.createElement("button"), canvas = document.createElement("canvas");
    const label = document.createElement("span"), bar = document.createElement("i");
    label.textContent = nameOf(k);
    button.append(canvas, label, bar);
    button.addEventListener("click", () => { shown = shown === k ? -1 : k; byHand = film.length ? null : plainInput(k); show(); });
    $("tiles").append(button);
    tiles.push({ button, canvas, bar });
  }
  for (const id of ["first", "second"])
    $(id).replaceChildren(...Array.from({ length: classes() }, (_, k) => new Option(nameOf(k), k)));
}

const plainInput = k => ({ first: k, second: k === 0 ? 1 : 0, share: 0, style: new Float32Array(STYLES) });

/* The input that is shown: set by hand, or that of the class looked at. */
function input() {
  if (byHand) return byHand;
  if (!film.length) return plainInput(0);
  const now = film[at], k = shown < 0 ? now.best : shown;
  return { first: k, second: k === 0 ? 1 : 0, share: 0, style: now.style.slice(k * STYLES, k * STYLES + STYLES) };
}

function mixed(x) {
  buffer(STYLES).set(x.style);
  lib.demo_mix(x.first, x.second, x.share);
  return buffer(D).slice();
}

const article = name => (/^[aehlmnorsx8]/.test(name) && name.length === 1 ? "an " : name.length === 1 ? "a " : "") + name;

function showBoard() {
  const now = film[at], [g, w] = fresh($("ink"));
  const board = (x, y) => [x * w, (1 - y) * w];
  for (const y of [BASELINE, BASELINE + X_HEIGHT])
    stroke(g, [0.05, y, 0.95, y], board, 1.5, colour("guide"));
  const size = radius || 0.36 * X_HEIGHT * 1.4;
  const onLine = (x, y) => board(centre[0] + x * size, centre[1] + y * size);
  stroke(g, path, board, w / 52, colour("ink"));
  if (path.length === 2) stroke(g, [...path, ...path], board, w / 52, colour("ink"));
  if (ghost) stroke(g, ghost, board, w / 100, colour("net"), 0.55);
  if (byHand) stroke(g, mixed(byHand), onLine, w / 90, colour("net"));
  else if (now)
    for (let k = 0; k < now.chance.length; k++) {
      const main = k === (shown < 0 ? now.best : shown), alpha = main ? 1 : shown < 0 ? 0.5 * now.chance[k] : 0;
      if (alpha > 0.02) stroke(g, now.drawn.slice(k * D, k * D + D), onLine, main ? w / 90 : w / 140, colour("net"), alpha);
    }
  $("hint").hidden = path.length > 0 || byHand;
  $("hint").textContent = "Draw here, with one stroke.";
  $("finish").disabled = path.length < 12 || drawing;
}

function show() {
  const now = film[at];
  showBoard();
  tiles.forEach((tile, k) => {
    const { button, canvas, bar } = tile, chance = now ? now.chance[k] : 0, inside = !now || now.inside[k];
    if (running && at > 0 && !inside && tile.out) return;    // nothing has changed
    tile.out = !inside;
    const [t, tw, th] = fresh(canvas);
    if (now) stroke(t, floats(lib.demo_target(), D), middle(tw, th), 5, colour("guide"));
    const curve = now ? now.drawn.slice(k * D, k * D + D) : mixed(plainInput(k));
    stroke(t, curve, middle(tw, th), 2, colour(now && k === now.best ? "net" : "text"));
    bar.style.transform = "scaleX(" + chance.toFixed(3) + ")";
    button.classList.toggle("out", !inside);
    button.setAttribute("aria-pressed", k === shown);
    button.setAttribute("aria-label", nameOf(k) + (now ? ", " + Math.round(100 * chance) + " per cent" : ""));
  });

  const over = now && at === film.length - 1 && !running;
  $("glyph").textContent = now && (now.known || !over) ? nameOf(now.best) : "?";
  $("glyph").className = $("glyph").textContent.length > 2 ? "long" : "";
  $("verdict").textContent = !now ? (drawing ? "Go on; lift the pen when it is done." : "Draw something.")
    : !over ? "Looking…"
    : now.known === 2 ? `This is ${article(nameOf(now.best))}: ${percent(now.chance[now.best])}.`
    : now.known === 1 ? `Probably ${article(nameOf(now.best))} (${percent(now.chance[now.best])}), though not as I have seen one written.`
    : `I have never seen this. The nearest that I can draw is ${article(nameOf(now.best))}. What is it? Teach me.`;
  $("when").max = Math.max(0, film.length - 1), $("when").value = at, $("step").textContent = at;
  for (const id of ["back", "run", "on", "when"]) $(id).disabled = film.length === 0;

  const x = input();
  $("first").value = x.first, $("second").value = x.second, $("share").value = x.share;
  sliders.forEach((s, j) => { s.range.value = x.style[j]; s.value.textContent = x.style[j].toFixed(1); });
  showChart();
  $("teach").querySelector("button").disabled = !film.length || classes() >= LETTERS.length + 12;
}

const percent = p => p > 0.99 ? "more than 99 per cent" : Math.round(100 * p) + " per cent";

function showChart() {
  const [g, w, h] = fresh($("chart"));
  stroke(g, [0, h - 1, w, h - 1], (x, y) => [x, y], 1, colour("line"));
  if (!film.length) return;
  const best = film[at].best, high = Math.log(1 + Math.max(...film[0].energy));
  const low = Math.log(1 + Math.min(...film.map(f => f.energy[f.best])));
  const place = (x, y) => [6 + x / 47 * (w - 12), h - 8 - (Math.log(1 + y) - low) / (high - low) * (h - 14)];
  for (let k = classes() - 1; k >= -1; k--) {
    const c = k < 0 ? best : k, line = [];
    if (c >= film[0].energy.length) continue;
    film.forEach((f, i) => { if (f.inside[c] || i < PATIENCE || c === best) line.push(i, f.energy[c]); });
    stroke(g, line, place, k < 0 ? 2.5 : 1, colour(k < 0 ? "net" : "soft"), k < 0 ? 1 : 0.5);
  }
  const [px, py] = place(at, film[at].energy[best]);
  g.beginPath(), g.arc(px, py, 4.5, 0, 7), g.fillStyle = colour("net"), g.fill();
}

// -- the first view: what can be done ---------------------------------------------------------------------

const ink = $("ink");
function pen(event) {
  const box = ink.getBoundingClientRect();
  for (const e of event.getCoalescedEvents?.().length ? event.getCoalescedEvents() : [event])
    path.push((e.clientX - box.left) / box.width, 1 - (e.clientY - box.top) / box.height);
}
ink.addEventListener("pointerdown", event => {
  if (event.button > 0) return;
  event.preventDefault();
  clear();
  drawing = true;
  ink.setPointerCapture(event.pointerId);
  pen(event);
  show();
});
ink.addEventListener("pointermove", event => {
  if (!drawing || path.length >= 8000) return;
  pen(event);
  guess();
  showBoard();
});
for (const name of ["pointerup", "pointercancel"])
  ink.addEventListener(name, () => { if (drawing) { drawing = false; ghost = null; begin(); } });

/* What the line may be the beginning of. */
function guess() {
  ghost = null;
  if (path.length < 12) return;
  buffer(path.length).set(path);
  lib.demo_finish(path.length / 2, X_HEIGHT, BASELINE);
  const n = buffer(1)[0];
  if (n > 1) ghost = Array.from(buffer(1 + 2 * n).slice(1));
}
$("finish").addEventListener("click", () => { guess(); if (ghost) path.push(...ghost.slice(2)); begin(); });
$("clear").addEventListener("click", clear);
$("another").addEventListener("click", () => another());
$("run").addEventListener("click", () => {
  if (running) { run(false); show(); return; }
  byHand = null;
  if (at >= film.length - 1 && film.length >= 48) at = 0;
  run(true);
});
$("back").addEventListener("click", () => step(-1));
$("on").addEventListener("click", () => step(1));
$("when").addEventListener("input", () => { const to = +$("when").value; step(to - at); });

const sliders = Array.from({ length: STYLES }, (_, j) => {
  const label = document.createElement("label"), range = document.createElement("input"), value = document.createElement("output");
  Object.assign(range, { type: "range", min: -3, max: 3, step: 0.05, value: 0 });
  label.append(`style ${j + 1}`, range, value);
  $("styles").append(label);
  range.addEventListener("input", () => { take(); byHand.style[j] = +range.value; show(); });
  return { range, value };
});
const take = () => { run(false); byHand = byHand || input(); };
$("share").addEventListener("input", () => { take(); byHand.share = +$("share").value; show(); });
$("first").addEventListener("change", () => { take(); byHand.first = +$("first").value; show(); });
$("second").addEventListener("change", () => { take(); byHand.second = +$("second").value; if (!byHand.share) byHand.share = 0.5; show(); });

// -- signs taught: kept in the browser ---------------------------------------------------------------------

function keep() {
  try { localStorage.setItem("invclass-signs", JSON.stringify(signs)); } catch { /* then they last as long as the page */ }
  $("signs").replaceChildren(...signs.map((sign, k) => {
    const item = document.createElement("li"), button = document.createElement("button");
    button.textContent = sign.name + " ×";
    button.setAttribute("aria-label", "Forget " + sign.name);
    button.addEventListener("click", () => { lib.demo_forget(LETTERS.length + k); signs.splice(k, 1); keep(); clear(); });
    item.append(button);
    return item;
  }));
  $("export").disabled = !signs.length;
  makeTiles();
}

/* Takes signs from storage or a file: what does not look like one is left out. */
function restore(list) {
  const numbers = (a, n) => Array.isArray(a) && a.length === n && a.every(v => typeof v === "number" && Math.abs(v) < 1e4);
  for (const s of Array.isArray(list) ? list : [])
    if (s && typeof s.name === "string" && s.name && numbers(s.curve, D) && numbers(s.code, 26)) {
      buffer(D + 26).set([...s.curve, ...s.code]);
      if (lib.demo_restore() >= 0) signs.push({ name: s.name.slice(0, 12), curve: s.curve, code: s.code });
    }
  keep();
}

$("teach").addEventListener("submit", event => {
  event.preventDefault();
  const name = $("name").value.trim();
  if (!name || !film.length) { $("name").focus(); return; }
  run(false);
  if (lib.demo_teach() < 0) return;
  const known = buffer(D + 26).slice();
  signs.push({ name, curve: Array.from(known.slice(0, D)), code: Array.from(known.slice(D)) });
  $("name").value = "";
  keep();
  begin();
});
$("export").addEventListener("click", () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(signs)], { type: "application/json" }));
  link.download = "signs.json";
  link.click();
  URL.revokeObjectURL(link.href);
});
$("import").addEventListener("click", () => $("file").click());
$("file").addEventListener("change", async () => {
  try { restore(JSON.parse(await $("file").files[0].text())); $("lesson").textContent = "Imported."; }
  catch { $("lesson").textContent = "That file holds no signs."; }
  $("file").value = "";
  clear();
});

// -- the second view --------------------------------------------------------------------------------------

const ramp = [[24, 18, 54], [84, 32, 104], [168, 54, 94], [232, 110, 66], [252, 190, 106], [255, 244, 214]];
function heat(u) {                                         // 0 far, 1 near
  const at = Math.min(Math.max(u, 0), 0.9999) * (ramp.length - 1), k = Math.floor(at);
  return ramp[k].map((v, i) => Math.round(v + (at - k) * (ramp[k + 1][i] - v)));
}
let letter = 0, waiting = [];                              // example to explain; rows of maps still to compute
const views = [0, 1].map(which => ({ which, start: [0.5, 0.5], way: [], frame: 0, picture: null, small: document.createElement("canvas") }));
for (const view of views) view.small.width = view.small.height = SIDE;

function choose(k) {
  letter = k;
  const [g, w, h] = fresh($("target"));
  stroke(g, example(k), middle(w, h), w / 34, colour("ink"));
  const [c, cw, ch] = fresh($("key"));
  for (let x = 0; x < cw; x++) c.fillStyle = `rgb(${heat(x / cw)})`, c.fillRect(x, 0, 1.5, ch);
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
    lib.demo_map(view.which, letter, SIDE - 1 - row);
    buffer(SIDE).forEach((error, j) =>
      view.picture.data.set([...heat(1 - Math.sqrt(error) / 1.1), 255], 4 * (row * SIDE + j)));
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
  const n = lib.demo_descend(view.which, letter, view.start[0], view.start[1]);
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
  if (!way.length) return;
  const [a, b, error] = view.way.slice(3 * view.frame, 3 * view.frame + 3);
  dot(b, a, 7, "#1e90ff");
  const [n, nw, nh] = fresh($("now" + view.which));
  stroke(n, example(letter), middle(nw, nh), nw / 16, colour("guide"));
  lib.demo_draw_two(view.which, a, b);
  stroke(n, buffer(D), middle(nw, nh), nw / 34, colour("net"));
  if (view.frame * 3 + 3 === view.way.length)
    $("said" + view.which).textContent = `${a.toFixed(2)} a + ${b.toFixed(2)} b: ${a > b === (letter % 20 === 0) ? "right, " : "wrong, "} this is ${a > b ? "an a" : "a b"} (error ${error.toFixed(3)})`;
  else $("said" + view.which).textContent = `${a.toFixed(2)} a + ${b.toFixed(2)} b`;
}

for (const view of views) {
  const canvas = $("map" + view.which);
  canvas.addEventListener("pointerdown", event => {
    const box = canvas.getBoundingClientRect(), s = box.width - 26, cut = v => Math.min(Math.max(v, 0), 1);
    for (const v of views) v.start = [cut(1 - (event.clientY - box.top) / s), cut((event.clientX - box.left - 26) / s)], descend(v);
  });
  canvas.addEventListener("keydown", event => {
    const move = { ArrowUp: [0.05, 0], ArrowDown: [-0.05, 0], ArrowLeft: [0, -0.05], ArrowRight: [0, 0.05], Enter: [0, 0] }[event.key];
    if (!move) return;
    event.preventDefault();
    for (const v of views) {
      v.start = view.start.map((x, i) => Math.min(Math.max(x + move[i], 0), 1));
      if (event.key === "Enter") descend(v);
      else v.way = [], showMap(v);
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
  if (which === "two") choose(letter);
  else show();
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
const redraw = () => { show(); if (!$("two").hidden) choose(letter); };
addEventListener("resize", redraw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
let stored = null;
try { stored = JSON.parse(localStorage.getItem("invclass-signs")); } catch { /* none, or none allowed */ }
restore(stored);
another();
})();
