// Regions that keep themselves fresh: <section id="…" data-live-refresh="<url>">. When something changed, each URL is
// fetched once and every region that names it is morphed into the element of the same id in the answer.
// A region with data-live-hold is never moved under somebody: while the pointer, the focus, a selection or the scroll is
// in it, the answer waits behind the pill (#fresh-bar).

import { words } from "./page.js";

const SCROLLED = 40;
const JITTER_MS = 300;
const TINT_MS = 4_000;
const waiting = new Map();
let timer = 0;

const regions = () => [...document.querySelectorAll("[data-live-refresh]")];

const isBusy = (region) =>
  region.matches(":hover") ||
  region.contains(document.activeElement) ||
  Boolean(region.querySelector("input[type=checkbox]:checked, .menu")) ||
  scrollY > SCROLLED;

/** Fetch the regions again; a burst of news is one fetch. */
function refresh() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const urls = new Set(regions().map((region) => region.dataset.liveRefresh));
    for (const url of urls) fetchRegions(url);
  }, Math.random() * JITTER_MS);
}

async function fetchRegions(url) {
  let page;
  try {
    const response = await fetch(url, { headers: { "HX-Request": "true", "HX-Request-Type": "full" } });
    if (response.status === 404) return leave(url);
    if (!response.ok || response.redirected) return;
    page = new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    return; // no network: live.js asks again when it is back
  }
  for (const region of regions()) if (region.dataset.liveRefresh === url) place(region, page.getElementById(region.id));
}

/** What was shown is no longer the reader's: go where the region says, if it says so. */
function leave(url) {
  const gone = regions().find((region) => region.dataset.liveRefresh === url && region.dataset.liveLost);
  if (gone) location.assign(gone.dataset.liveLost);
}

function place(region, next) {
  if (!next) return;
  if (region.hasAttribute("data-live-hold") && isBusy(region)) holdBack(region, next);
  else swap(region, next);
}

const rowIds = (root) => new Set([...root.querySelectorAll(".item[id]")].map((row) => row.id));

const newIn = (region, next) => {
  const known = rowIds(region);
  return [...rowIds(next)].filter((id) => !known.has(id));
};

function holdBack(region, next) {
  const count = newIn(region, next).length;
  const same = rowIds(region).size === rowIds(next).size && !count;
  if (same && region.textContent === next.textContent) return;
  waiting.set(region.id, next);
  const pill = document.getElementById("fresh-bar");
  if (!pill) return;
  pill.querySelector("span").textContent = pillText(count);
  pill.hidden = false;
}

function pillText(count) {
  if (count === 0) return words.changed;
  return count === 1 ? words.newOne : words.newMany.replace("{n}", count);
}

async function swap(region, next) {
  const fresh = newIn(region, next);
  waiting.delete(region.id);
  await htmx.swap({ text: next.outerHTML, target: region, swap: "outerMorph", sourceElement: region });
  const rows = fresh.map((id) => document.getElementById(id)).filter(Boolean);
  rows.forEach((row) => row.classList.add("fresh"));
  setTimeout(() => rows.forEach((row) => row.classList.remove("fresh")), TINT_MS);
}

function showWaiting() {
  document.getElementById("fresh-bar").hidden = true;
  for (const [id, next] of waiting) {
    const region = document.getElementById(id);
    if (region) swap(region, next);
  }
  waiting.clear();
}

document.body.addEventListener("dieu-hanh:changed", refresh);
document.addEventListener("click", (event) => {
  if (event.target.closest("#fresh-bar")) showWaiting();
});
