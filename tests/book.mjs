// The book and the site in a browser:  node tests/book.mjs BUILD SCREENSHOTS
// Widths of a desk and of a phone, light and dark, print.  Prints what failed and closes with "N passed, N failed".
import { mkdirSync, writeFileSync } from "node:fs";
import { call, cdp, check, look, main, open, quiet, run, shoot, wait } from "./driver.mjs";

const [build, shots] = process.argv.slice(2);
const widths = [[1280, 900], [390, 844]];
const fits = (what, width) => run("return [document.documentElement.scrollWidth, innerWidth]")
  .then(([needed, there]) => check(needed <= there && there === width, `${what} fits into ${width}: ${needed}`));
const type = text => run("const q = document.getElementById('query'); q.focus(); q.value = arguments[0]; q.dispatchEvent(new Event('input'))", text);
const hits = () => run("return [...document.querySelectorAll('#hits a')].map(a => a.getAttribute('href') + ' ' + a.textContent)");
const shown = id => run("const r = document.getElementById(arguments[0]).getBoundingClientRect(); return r.height > 0 && r.top >= 0 && r.bottom <= innerHeight", id);

await main(async () => {
  mkdirSync(shots, { recursive: true });
  for (const [width, height] of widths)
    for (const scheme of ["light", "dark"]) {
      await look(width, height, scheme);
      await open(build + "/book.html");
      await fits("the book", width);
      /* A formula lies within what it stands in, which may scroll on a phone. */
      const wide = await run(`return [...document.querySelectorAll("math")].filter(m => {
        const box = m.getBoundingClientRect(), of = m.closest(".f, p, li, .w, h3, figcaption");
        if (!box.width || !box.height) return !m.closest("details:not([open])");
        return box.right > of.getBoundingClientRect().right + 1 && getComputedStyle(of).overflowX === "visible";
      }).map(m => m.textContent)`);
      check(wide.length === 0, `formulas that overflow at ${width}: ${JSON.stringify(wide)}`);
      await open(build + "/book.html", "#L1");
      await wait(200);
      await shoot(`${shots}/book-${width}-${scheme}.png`, false);
    }

  await look(1280, 900, "light");
  await open(build + "/book.html");
  check((await run("return [...document.querySelectorAll('figure > svg')].filter(s => !s.getBoundingClientRect().width).length")) === 0, "figures are seen");
  await run("document.getElementById('open').click()");
  check(await run("return document.querySelectorAll('#menu a').length === document.querySelectorAll('main h1[id], main h2[id], main h3[id]').length"),
        "the menu has everything");
  await run("document.querySelector('#menu a[href=\"#T\"]').click()");
  await wait(200);
  check(await shown("T"), "the menu leads there");
  check(await run("return document.getElementById('where').textContent").then(text => text.includes("Training")), "where one is, is said");
  await type("ic_train");
  check((await hits())[0].startsWith("#ic_train "), "search finds a name where it is declared: " + (await hits())[0]);
  await type("exploding gradients vanish nowhere at all");
  check((await hits()).length === 0 && await run("return document.getElementById('hits').textContent === 'nothing found'"), "search finds nothing");
  await type("forget gate");
  check((await hits()).length > 1, "search finds text");
  await run("document.querySelector('#hits a').click()");
  await wait(300);
  check(await run("return document.getElementById('hits').hidden"), "search ends");
  const folded = await run("const d = [...document.querySelectorAll('details')].find(d => d.querySelector('a.d')); return d.querySelector('a.d').id");
  await open(build + "/book.html", "#" + folded);
  await wait(300);
  check(await shown(folded), "a link opens what is folded: " + folded);
  await quiet();
  await run("const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s)");
  check(await run("return !window.ran"), "the policy lets no other script run");
  await call("POST", "/se/log", { type: "browser" });

  const pdf = Buffer.from((await cdp("Page.printToPDF", { preferCSSPageSize: true })).data, "base64");
  writeFileSync(shots + "/book.pdf", pdf);
  const pages = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g);
  check(pages && pages.length > 50, "print: pages: " + (pages && pages.length));
  console.log(`${pages.length} pages in print`);

  for (const name of ["index", "paper"])
    for (const [width, height] of widths) {
      await look(width, height, "light");
      await open(`${build}/site/${name}.html`);
      await fits(name, width);
      const dead = await run(`return Promise.all([...document.images].map(i => { i.loading = "eager"; return i.decode().then(() => "", () => i.src); })).then(all => all.filter(Boolean))`);
      check(dead.length === 0, `${name}: pictures that are not there: ${dead}`);
      await shoot(`${shots}/${name}-${width}.png`, false);
    }
  await quiet("file:");
});
