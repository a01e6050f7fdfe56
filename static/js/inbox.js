// The inbox: moving, selecting and acting by keys, the menu of a row, density.

import { bind } from "./keys.js";
import { words } from "./page.js";
import { toast } from "./toasts.js";

const DENSITY = "density";
const links = () => [...document.querySelectorAll(".item-link")];
const boxes = () => [...document.querySelectorAll(".item input[name=viec]")];
const current = () => document.activeElement?.closest?.(".item");
let lastBox = null;

function step(by) {
  const all = links();
  if (!all.length) return false;
  const at = all.findIndex((link) => link.closest(".item") === current());
  const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))];
  next.focus();
  next.closest(".item").scrollIntoView({ block: "nearest" });
  return true;
}

// ——— selection: kept by task, so that rows drawn anew are still chosen; what leaves the list is no longer ———

const chosen = new Set();
const bar = () => document.getElementById("bulk");

/** Show what is chosen, and offer what can be done to it. */
function showSelection() {
  const all = boxes();
  const ticked = all.filter((box) => box.checked);
  for (const box of all) box.closest(".item").classList.toggle("sel", box.checked);
  const any = ticked.length > 0;
  const whole = document.getElementById("all");
  if (whole) {
    whole.checked = any && ticked.length === all.length;
    whole.indeterminate = any && !whole.checked;
  }
  document.getElementById("list-bar").hidden = any;
  if (!bar()) return;
  bar().classList.toggle("on", any);
  const every = bar().querySelector("[name=all]");
  if (!any && every) every.checked = false;
  document.getElementById("none").checked = any;
  document.getElementById("bulk-n").textContent = any ? words.selected.replace("{n}", ticked.length) : "";
  const nodes = new Set(ticked.map((box) => box.closest(".item").dataset.node));
  for (const button of bar().querySelectorAll("[data-node]")) button.hidden = !nodes.has(button.dataset.node);
}

/** Note what is ticked now. */
function take() {
  chosen.clear();
  for (const box of boxes()) if (box.checked) chosen.add(box.value);
  showSelection();
}

/** Tick what was chosen before the rows were drawn anew. */
function restore() {
  for (const box of boxes()) box.checked = chosen.has(box.value);
  if (lastBox) lastBox = boxes().find((box) => box.value === lastBox.value) ?? null;
  take();
}

function tickAll(on) {
  boxes().forEach((box) => (box.checked = on));
  take();
}

function clearSelection() {
  const any = chosen.size > 0;
  const inBar = bar()?.contains(document.activeElement);
  tickAll(false);
  if (inBar) document.getElementById("all")?.focus();
  return any;
}

function toggle() {
  const box = current()?.querySelector("input[name=viec]");
  if (!box) return false;
  box.checked = !box.checked;
  lastBox = box;
  take();
  return true;
}

/** Tick from the row ticked last to the one at hand. */
function toggleRange() {
  const box = current()?.querySelector("input[name=viec]");
  if (!box) return false;
  if (!lastBox) return toggle();
  box.checked = lastBox.checked;
  selectRange(box);
  lastBox = box;
  take();
  return true;
}

function selectRange(box) {
  const all = boxes();
  const [from, to] = [all.indexOf(lastBox), all.indexOf(box)].sort((a, b) => a - b);
  all.slice(from, to + 1).forEach((each) => (each.checked = box.checked));
}

/** On a phone the boxes are there while one chooses. */
function pick(button) {
  const on = document.getElementById("list").classList.toggle("picking");
  button.setAttribute("aria-pressed", String(on));
  if (!on) clearSelection();
}

// ——— the menu of a row (ARIA menu: arrows, letters, Esc returns the focus) ———

function closeMenu({ refocus = false } = {}) {
  const menu = document.querySelector(".item .menu");
  if (!menu) return;
  const item = menu.closest(".item");
  menu.remove();
  item.classList.remove("open");
  item.querySelector(".item-acts button").setAttribute("aria-expanded", "false");
  if (refocus) item.querySelector(".item-link").focus();
}

function openMenu(item) {
  const template = document.getElementById("menu-viec");
  if (!item || !template) return false;
  closeMenu();
  const menu = template.content.firstElementChild.cloneNode(true);
  item.append(menu);
  item.classList.add("open");
  item.querySelector(".item-acts button").setAttribute("aria-expanded", "true");
  if (menu.getBoundingClientRect().bottom > innerHeight - 8) menu.classList.add("up");
  menu.addEventListener("keydown", (event) => onMenuKey(event, [...menu.querySelectorAll("[role=menuitem]")]));
  menu.querySelector("[role=menuitem]").focus();
  return true;
}

function onMenuKey(event, entries) {
  const at = entries.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
  const chosen = entries.find((entry) => entry.dataset.k === event.key);
  if (to !== undefined) entries.at(to % entries.length).focus();
  else if (event.key === "Escape" || event.key === "Tab") closeMenu({ refocus: true });
  else if (chosen && event.key !== "Enter") chosen.click();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

async function choose(entry) {
  const item = entry.closest(".item");
  closeMenu({ refocus: true });
  if (entry.dataset.k === "Enter") item.querySelector(".item-link").click();
  if (entry.dataset.k === "y") {
    const number = item.querySelector("[data-number]").textContent;
    await navigator.clipboard.writeText(number);
    toast(words.copied, { sub: number, iconName: "copy" });
  }
}

// ——— density ———

function setDensity(dense) {
  document.body.classList.toggle("dense", dense);
  document.getElementById("density")?.setAttribute("aria-pressed", String(dense));
}

document.addEventListener("click", (event) => {
  const box = event.target.closest("input[name=viec]");
  const entry = event.target.closest(".menu [role=menuitem]");
  const opener = event.target.closest(".item-acts button");
  if (box) {
    if (event.shiftKey && lastBox) selectRange(box);
    lastBox = box;
    take();
  } else if (entry) choose(entry);
  else if (opener) opener.getAttribute("aria-expanded") === "true" ? closeMenu() : openMenu(opener.closest(".item"));
  else closeMenu();
  if (event.target.id === "all") tickAll(event.target.checked);
  if (event.target.id === "none" || event.target.closest("#bulk-x")) clearSelection();
  if (event.target.closest("#pick")) pick(event.target.closest("#pick"));
  if (event.target.closest("#density")) {
    const dense = !document.body.classList.contains("dense");
    localStorage.setItem(DENSITY, dense ? "dense" : "");
    setDensity(dense);
  }
});

const filter = (event) => {
  const tab = document.querySelectorAll(".list-bar .tabs a")[Number(event.key) - 1];
  tab?.click();
  return Boolean(tab);
};

bind({
  j: () => step(1),
  k: () => step(-1),
  x: toggle,
  X: toggleRange,
  a: () => openMenu(current()),
  Escape: clearSelection,
  1: filter,
  2: filter,
  3: filter,
  4: filter,
  5: filter,
});
setDensity(localStorage.getItem(DENSITY) === "dense");
document.addEventListener("htmx:after:swap", restore);
// Back from a page before an act: the list stands where it was, and nothing is chosen.
addEventListener("pageshow", (event) => event.persisted && clearSelection());
take();
