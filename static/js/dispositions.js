// Remarks and their answers by keys: j k between remarks, n the next open one, t p r what is done with it, Ctrl+Enter
// records it. Counts the ticked rows.

import { bind } from "./keys.js";

const TREATMENTS = { t: "ACCEPTED", p: "PARTLY", r: "EXPLAINED" };
const rows = () => [...document.querySelectorAll("[data-remark]")];
const current = () => document.activeElement?.closest?.("[data-remark]");
const box = document.querySelector("[data-bulk]");
const ticks = () => [...document.querySelectorAll("input[name=pick]")];

function go(row) {
  row?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
  return Boolean(row);
}

/** Go to a remark beside the current one; without one, to the first. */
function step(by) {
  const all = rows();
  const at = all.indexOf(current());
  return go(at < 0 ? all[0] : all[at + by]);
}

/** Go to the next remark that waits for an answer, from the last one to the first again. */
function nextOpen() {
  const all = rows();
  const at = all.indexOf(current()) + 1;
  return go([...all.slice(at), ...all.slice(0, at)].find((row) => row.hasAttribute("data-open-remark")));
}

function choose(event) {
  const choice = current()?.querySelector(`input[type=radio][value=${TREATMENTS[event.key]}]`);
  choice?.click();
  choice?.closest("[data-remark]").querySelector("textarea").focus();
  return Boolean(choice);
}

bind({ j: () => step(1), k: () => step(-1), n: nextOpen, t: choose, p: choose, r: choose });

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.ctrlKey || event.isComposing || event.keyCode === 229) return;
  const button = (current() ?? event.target.closest?.("[data-bulk]"))?.querySelector("button[name=remark], button[name=bulk]");
  if (!button) return;
  event.preventDefault();
  button.click();
});

function count() {
  if (!box) return;
  const ticked = ticks().filter((tick) => tick.checked).length;
  box.classList.toggle("has-ticked", ticked > 0);
  box.querySelector("[data-ticked]").textContent = ticked ? box.dataset.sayTicked.replace("{n}", ticked) : "";
}

document.addEventListener("change", (event) => {
  if (event.target.name === "pick") count();
});
box?.querySelector("[data-tick-all]")?.addEventListener("click", () => {
  const all = ticks();
  const wanted = all.some((tick) => !tick.checked);
  for (const tick of all) tick.checked = wanted;
  count();
});
count();
if (location.hash.startsWith("#y-") && !document.querySelector("[autofocus]")) go(document.getElementById(location.hash.slice(1)));
