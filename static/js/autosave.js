// Saves what is written, while it is written. On a form or a single field:
//   data-autosave="<url>"   where it is posted to, urlencoded
//   data-version="3"        the version it was drawn from; sent as `version` (a form may carry a field of that name instead)
//   a text area also sends as `base` what it was written on top of, so that two changes can be merged
//   [data-saved]            the indicator inside it or beside it, else the first of the page
// The server answers 200 with JSON {"version": 4, "saved_at": "09:11"} (both optional), 204, or 409 with the conflict
// form, which is shown as a dialog. 5xx, 429 and a dead network are tried again; any other refusal is said and not repeated.
// Until the server has acknowledged it, a copy lies on this computer (drafts.js).

import { showAnswer } from "./dialogs.js";
import { drop, keep, markSent, read } from "./drafts.js";
import { waitOf } from "./limits.js";
import { sessionEnded, signIn, token, words } from "./page.js";
import { add as addRemark } from "./remarks.js";

const TYPING_PAUSE = 800;
const FIRST_RETRY = 2_000;
const LAST_RETRY = 60_000;
const SKIP_MORPH = "hx-morph-skip";
const states = new WeakMap();

const holders = () => [...document.querySelectorAll("[data-autosave]")];
const holderOf = (target) => target.closest?.("[data-autosave]");
const isForm = (holder) => holder instanceof HTMLFormElement;
const urlOf = (holder) => holder.dataset.autosave;

function stateOf(holder) {
  if (!states.has(holder)) states.set(holder, { timer: 0, tries: 0, sending: false, dirty: false });
  return states.get(holder);
}

// ——— what is sent, and what is kept ———

function valuesOf(holder) {
  if (!isForm(holder)) return [[holder.name, holder.value]];
  return [...new FormData(holder)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");
}

/** What a text area was written on top of: the text it was drawn with or last saved with. */
const baseOf = (holder) => (holder instanceof HTMLTextAreaElement ? [["base", holder.defaultValue]] : []);

/** What a person wrote or chose: no hidden fields, ends trimmed as the server trims them. */
function writtenIn(holder) {
  const hidden = isForm(holder) ? new Set([...holder.querySelectorAll("input[type=hidden]")].map((field) => field.name)) : new Set();
  return [...valuesOf(holder), ...baseOf(holder)]
    .filter(([name]) => !hidden.has(name))
    .map(([name, value]) => [name, value.replaceAll("\r\n", "\n").trim()]);
}

const versionField = (holder) => (isForm(holder) ? holder.elements.namedItem("version") : null);
const versionOf = (holder) => holder.dataset.version ?? versionField(holder)?.value ?? "";

function setVersion(holder, version) {
  if (version === undefined) return;
  if (versionField(holder)) versionField(holder).value = version;
  else holder.dataset.version = version;
}

// ——— putting back ———

function restore(holder) {
  const copy = read(urlOf(holder));
  if (!copy) return;
  const arrived = copy.sent && Number(versionOf(holder)) > Number(copy.version);
  if (arrived || JSON.stringify(copy.values) === JSON.stringify(writtenIn(holder))) {
    drop(urlOf(holder));
    return;
  }
  if (isForm(holder)) fill(holder, copy.values);
  else {
    if (copy.values[1]) holder.defaultValue = copy.values[1][1];
    holder.value = copy.values[0][1];
  }
  setVersion(holder, copy.version);
  say(holder, "paused", words.restored);
  stateOf(holder).dirty = true;
  later(holder, TYPING_PAUSE);
}

function fill(form, values) {
  const seen = new Map();
  for (const [name, value] of values) {
    if (!form.elements.namedItem(name) && form.querySelector("[data-remarks]")) addRemark();
    const fields = [...form.elements].filter((field) => field.name === name);
    const choice = fields.find((field) => ["checkbox", "radio"].includes(field.type) && field.value === value);
    const at = seen.get(name) ?? 0;
    seen.set(name, at + 1);
    if (choice) choice.checked = true;
    else if (fields[at]) fields[at].value = value;
  }
}

// ——— the indicator ———

function say(holder, state, text) {
  const places = [holder, holder.parentElement, document];
  const box = places.map((place) => place?.querySelector("[data-saved]")).find(Boolean);
  if (!box) return;
  box.dataset.state = state;
  box.lastElementChild.textContent = text;
}

const hhmm = () => new Date().toTimeString().slice(0, 5);

// ——— saving ———

function later(holder, delay) {
  const state = stateOf(holder);
  clearTimeout(state.timer);
  state.timer = setTimeout(() => save(holder), delay);
}

async function save(holder) {
  const state = stateOf(holder);
  clearTimeout(state.timer);
  if (!state.dirty || state.sending || !holder.isConnected) return;
  if (holder.form?.dataset.sent) {
    later(holder, TYPING_PAUSE); // its form is on the way with the same text
    return;
  }
  state.sending = true;
  state.dirty = false;
  say(holder, "saving", words.saving);
  const sent = holder.value;
  const response = await post(holder);
  state.sending = false;
  if (response?.ok && baseOf(holder).length) holder.defaultValue = sent;
  await take(holder, state, response);
}

async function post(holder) {
  const body = new URLSearchParams([...valuesOf(holder), ...baseOf(holder)]);
  if (versionOf(holder)) body.set("version", versionOf(holder));
  const headers = { "X-CSRFToken": token(), "X-Autosave": "1", Accept: "application/json, text/html" };
  try {
    return await fetch(urlOf(holder), { method: "POST", body, headers, keepalive: document.hidden });
  } catch {
    return null;
  }
}

async function take(holder, state, response) {
  if (!response || response.status >= 500 || response.status === 429) retry(holder, state, waitOf(response));
  else if (sessionEnded(response)) signIn();
  else if (response.status === 409) await showConflict(holder, response);
  else if (response.ok) await acknowledge(holder, state, response);
  else say(holder, "paused", words.refused);
}

function retry(holder, state, wait) {
  state.dirty = true;
  say(holder, "paused", words.unsaved);
  const pause = Math.min(LAST_RETRY, FIRST_RETRY * 2 ** state.tries) * (0.5 + Math.random() / 2);
  later(holder, Math.max(pause, Math.min(wait, LAST_RETRY)));
  state.tries += 1;
}

async function showConflict(holder, response) {
  say(holder, "paused", words.refused);
  const dialog = showAnswer(await response.text());
  dialog.addEventListener("submit", () => markSent(urlOf(holder)));
}

async function acknowledge(holder, state, response) {
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  const answer = isJson ? await response.json() : {};
  state.tries = 0;
  setVersion(holder, answer.version);
  holder.dispatchEvent(new CustomEvent("autosave:saved", { bubbles: true, detail: answer }));
  if (state.dirty) {
    keep(urlOf(holder), versionOf(holder), writtenIn(holder));
    save(holder);
    return;
  }
  drop(urlOf(holder));
  if (!holder.contains(document.activeElement)) holder.removeAttribute(SKIP_MORPH);
  say(holder, "saved", words.saved.replace("{time}", answer.saved_at ?? hhmm()));
}

// ——— when ———

document.addEventListener("input", (event) => {
  const holder = holderOf(event.target);
  if (!holder) return;
  stateOf(holder).dirty = true;
  holder.setAttribute(SKIP_MORPH, "");
  keep(urlOf(holder), versionOf(holder), writtenIn(holder));
  later(holder, TYPING_PAUSE);
});

document.addEventListener("focusout", (event) => {
  const holder = holderOf(event.target);
  if (holder) save(holder);
});

// A form that is being sent takes its text with it.
document.addEventListener("submit", (event) => {
  const holder = holderOf(event.target);
  if (!holder || !isForm(holder)) return;
  clearTimeout(stateOf(holder).timer);
  stateOf(holder).dirty = false;
  markSent(urlOf(holder));
});

addEventListener("online", () => holders().forEach(save));
document.addEventListener("visibilitychange", () => document.hidden && holders().forEach(save));

// Only where saving has failed: otherwise the text is on its way, and on this computer.
addEventListener("beforeunload", (event) => {
  if (holders().some((holder) => stateOf(holder).dirty && stateOf(holder).tries > 0)) event.preventDefault();
});

// ——— what was written before this script arrived ———

const CHOICES = ["checkbox", "radio"];

function isChanged(field) {
  if (CHOICES.includes(field.type)) return field.checked !== field.defaultChecked;
  return field.type !== "hidden" && "defaultValue" in field && field.value !== field.defaultValue;
}

function pickUp(holder) {
  const fields = isForm(holder) ? [...holder.elements] : [holder];
  if (stateOf(holder).dirty || !fields.some(isChanged)) return;
  stateOf(holder).dirty = true;
  keep(urlOf(holder), versionOf(holder), writtenIn(holder));
  later(holder, TYPING_PAUSE);
}

holders().forEach((holder) => {
  restore(holder);
  pickUp(holder);
});
