// Single-key shortcuts: off in fields, while an input method composes (Telex, VNI), under a dialog, and by a switch
// (WCAG 2.1.4). Modules of a page add their own with bind().

import { isField } from "./page.js";

const SWITCH = "keys";
const CHORD_MS = 900;
const acts = new Map();
let chordAt = 0;

/** Add shortcuts: a map from the key to what it does; the act gets the event and answers false where it had nothing to do. */
export function bind(more) {
  for (const [key, act] of Object.entries(more)) acts.set(key, act);
}

const isOn = () => localStorage.getItem(SWITCH) !== "off";

const isFree = (event) =>
  !(event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) &&
  !isField(event.target) &&
  !document.querySelector("dialog[open], .menu");

const follow = (selector) => () => {
  const link = document.querySelector(selector);
  link?.click();
  return Boolean(link);
};

const places = { h: follow(".nav a:nth-of-type(1)"), c: follow(".nav a:nth-of-type(2)") };

bind({
  "/": () => document.getElementById("q")?.focus(),
  "?": () => document.getElementById("dlg-keys")?.showModal(),
  b: follow("#bell"),
  g: () => {
    chordAt = Date.now();
  },
});

document.addEventListener("keydown", (event) => {
  if (!isOn() || !isFree(event)) return;
  const inChord = Date.now() - chordAt < CHORD_MS;
  const act = (inChord && places[event.key]) || acts.get(event.key);
  if (event.key !== "g") chordAt = 0;
  if (act && act(event) !== false) event.preventDefault();
});

const box = document.getElementById("keys-on");
if (box) {
  box.checked = isOn();
  box.addEventListener("change", () => localStorage.setItem(SWITCH, box.checked ? "on" : "off"));
}
