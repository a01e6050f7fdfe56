// Dialogs. An act is a <details class="act"> in the page, so that it works without this file; here it becomes a <dialog>.

import { make } from "./page.js";

/** Turn every unfolding act into a button and a dialog; an act that came back with errors opens at once. */
function promote() {
  for (const act of document.querySelectorAll("details.act")) {
    const refused = act.open;
    const body = act.querySelector(".act-body");
    act.replaceWith(trigger(act.querySelector("summary"), act.id));
    const old = document.querySelector(`dialog[id="${act.id}"]`);
    if (old?.open) continue; // somebody is writing in it
    old?.remove();
    const dialog = asDialog(act, body);
    document.body.append(dialog);
    if (refused) show(dialog);
  }
}

function trigger(summary, id) {
  const button = make("button", summary.className, ...summary.childNodes);
  button.type = "button";
  button.dataset.dialog = id;
  button.setAttribute("aria-haspopup", "dialog");
  return button;
}

function asDialog(act, body) {
  const dialog = make("dialog", act.hasAttribute("data-wide") ? "dlg wide sheet-up" : "dlg sheet-up", body);
  dialog.id = act.id;
  const title = body.querySelector("h2");
  if (title?.id) dialog.setAttribute("aria-labelledby", title.id);
  return dialog;
}

/** Open a dialog and put the focus where the work is: what was refused, else the first field. */
export function show(dialog) {
  if (!dialog.open) dialog.showModal();
  const field = "input:not([type=hidden]), textarea, select";
  (dialog.querySelector(".err-sum") ?? dialog.querySelector(field) ?? dialog.querySelector("button"))?.focus();
}

/** Show markup that came from our server as a dialog, e.g. the conflict of an autosave. */
export function showAnswer(html) {
  const body = new DOMParser().parseFromString(html, "text/html").body;
  const dialog = make("dialog", "dlg wide sheet-up", ...body.childNodes);
  const title = dialog.querySelector("h2");
  if (title?.id) dialog.setAttribute("aria-labelledby", title.id);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  show(dialog);
  return dialog;
}

function openDrawer() {
  const drawer = document.getElementById("drawer");
  if (drawer?.childElementCount && !drawer.open) drawer.showModal();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (dialog instanceof HTMLDialogElement) show(dialog);
  }
  if (event.target.matches("dialog.drawer")) event.target.close();
  const menu = document.querySelector("details.me-box[open]");
  if (menu && (opener || !menu.contains(event.target))) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  const menu = document.querySelector("details.me-box[open]");
  if (event.key !== "Escape" || !menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

document.addEventListener("htmx:after:swap", (event) => {
  if (event.detail.ctx?.sourceElement?.dataset?.opens === "drawer") openDrawer();
  promote();
});

promote();
