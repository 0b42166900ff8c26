"use strict";
const $ = id => document.getElementById(id);
const menu = $("menu"), query = $("query"), hits = $("hits");
menu.append(document.querySelector(".toc").cloneNode(true));
menu.addEventListener("click", event => event.target.closest("a") && menu.hidePopover());

/* Where the reader is. */
const headings = [...document.querySelectorAll("main h1[id], main h2[id], main h3[id]")];
function here() {
  let at = null;
  for (const heading of headings) if (heading.getBoundingClientRect().top < 80) at = heading; else break;
  $("where").textContent = at ? at.textContent : "";
}
addEventListener("scroll", () => requestAnimationFrame(here), { passive: true });
here();

/* What a link goes to is shown, also where it is folded. */
function unfold() {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  const folded = target && target.closest("details:not([open])");
  if (folded) folded.open = true, target.scrollIntoView();
}
addEventListener("hashchange", unfold);
unfold();

/* Search: headings first, then names where they are declared, then paragraphs and code. */
let index = null;
function build() {
  index = [];
  for (const heading of headings) index.push({ rank: 0, id: heading.id, title: heading.textContent, text: "" });
  for (const name of document.querySelectorAll("a.d")) index.push({ rank: 1, id: name.id, title: name.textContent, text: "declaration" });
  let heading = null;
  for (const node of document.querySelectorAll("main h1[id], main h2[id], main h3[id], main p, main li, main .eqs, main pre, main figcaption")) {
    if (/^H\d/.test(node.tagName)) heading = node;
    else if (!node.closest(".toc")) index.push({ rank: 2, node, id: heading ? heading.id : "top", title: heading ? heading.textContent : "", text: node.textContent });
  }
  for (const entry of index) entry.low = ((entry.rank < 2 ? entry.title + "\n" : "") + entry.text).toLowerCase();
}
function look() {
  if (!index) build();
  const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = words.length ? index.filter(entry => words.every(word => entry.low.includes(word))) : [];
  const wanted = query.value.trim();
  const exact = entry => entry.title === wanted ? 0 : entry.title.toLowerCase() === wanted.toLowerCase() ? 1 : 2;
  found.sort((a, b) => exact(a) - exact(b) || a.rank - b.rank);
  hits.replaceChildren(...found.slice(0, 40).map(entry => {
    const item = document.createElement("li"), link = document.createElement("a"), small = document.createElement("small");
    link.href = "#" + entry.id;
    link.textContent = entry.title;
    const at = Math.max(0, entry.text.toLowerCase().indexOf(words[0]) - 30);
    small.textContent = entry.text.slice(at, at + 120).replace(/\s+/g, " ");
    link.append(small);
    link.addEventListener("click", () => {
      hits.hidden = true;
      if (entry.node) setTimeout(() => {
        const folded = entry.node.closest("details:not([open])");
        if (folded) folded.open = true;
        entry.node.scrollIntoView({ block: "center" });
      });
    });
    item.append(link);
    return item;
  }));
  if (words.length && !found.length) hits.append(Object.assign(document.createElement("li"), { textContent: "nothing found" }));
  hits.hidden = words.length === 0;
}
query.addEventListener("input", look);
query.addEventListener("focus", look);
$("search").addEventListener("keydown", event => {
  const links = [...hits.querySelectorAll("a")], at = links.indexOf(document.activeElement);
  if (event.key === "Escape") hits.hidden = true, query.blur();
  else if (event.key === "Enter" && at < 0 && links[0]) links[0].click();
  else if (event.key === "ArrowDown" && links.length) links[Math.min(at + 1, links.length - 1)].focus();
  else if (event.key === "ArrowUp" && at >= 0) (at ? links[at - 1] : query).focus();
  else return;
  event.preventDefault();
});
document.addEventListener("click", event => $("search").contains(event.target) || (hits.hidden = true));
document.addEventListener("keydown", event => {
  if (event.key === "/" && !/INPUT/.test(document.activeElement.tagName)) event.preventDefault(), query.focus();
});
