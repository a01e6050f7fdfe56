// The prepared request for opinions. Without this file each button is a submit that changes the form on the server.
//   [data-finds="id of the list"]   a search over [data-agency] rows; a ticked one stays in sight
//   [data-pick="add|drop|only:group"]   ticks several agencies: those whose data-groups names the group
//   [data-add-question], [data-remove-question], [data-add-option]   rows of [data-questions]
// After each autosave the server says what follows from the due day and what the agencies will read (data-outlook).

import { plain } from "./choices.js";

const form = document.getElementById("rq-form");
const rows = () => [...form.querySelectorAll("[data-agency]")];
const asked = (row) => row.querySelector("input[name$=-agencies]");
const optional = (row) => row.querySelector("input[name$=-optional]");

// ——— agencies ———

function count() {
  const chosen = rows().filter((row) => asked(row).checked);
  form.querySelector("[data-chosen]").textContent = chosen.length;
  form.querySelector("[data-required]").textContent = chosen.filter((row) => !optional(row).checked).length;
  for (const kind of form.querySelectorAll("[data-kind]")) {
    kind.querySelector("[data-tally]").textContent = kind.querySelectorAll("input[name$=-agencies]:checked").length;
  }
}

function pick(op) {
  const [how, group] = op.split(":");
  for (const row of rows()) {
    const belongs = row.dataset.groups.split(" ").includes(group);
    if (how === "only") asked(row).checked = belongs;
    else if (belongs) asked(row).checked = how === "add";
  }
  changed();
}

function find(field) {
  const wanted = plain(field.value.trim());
  const list = document.getElementById(field.dataset.finds);
  for (const row of list.querySelectorAll("[data-agency]")) {
    row.hidden = !plain(row.querySelector(".rq-name").textContent).includes(wanted) && !asked(row).checked;
  }
  for (const kind of list.querySelectorAll("[data-kind]")) {
    kind.hidden = !kind.querySelector("[data-agency]:not([hidden])");
    if (wanted) kind.open = true;
  }
}

/** On a phone the kinds are folded: the list is long there, and each says how many of it are chosen. */
function fold() {
  if (!matchMedia("(max-width: 720px)").matches) return;
  for (const kind of form.querySelectorAll("[data-kind]")) kind.open = false;
}

// ——— questions ———

const questions = () => [...form.querySelectorAll("[data-question]")];

function addQuestion() {
  const box = form.querySelector("[data-questions]");
  const last = questions().map((each) => Number(each.id.replace(/\D/g, "")));
  const next = Math.max(-1, ...last) + 1;
  const html = form.querySelector("[data-question-template]").innerHTML.replaceAll("__n__", next);
  box.insertAdjacentHTML("beforeend", html);
  number();
  box.lastElementChild.querySelector("textarea").focus();
}

function removeQuestion(question) {
  const at = questions().indexOf(question);
  question.remove();
  number();
  (questions()[Math.max(0, at - 1)]?.querySelector("textarea") ?? form.querySelector("[data-add-question]")).focus();
  changed();
}

/** The heading of each row says which question it is, as the server counts them. */
function number() {
  questions().forEach((question, index) => {
    const legend = question.querySelector("legend");
    legend.textContent = `${legend.textContent.replace(/[\d\s]+$/, "")} ${index + 1}`;
  });
  form.querySelector("[data-add-question]").hidden = questions().length >= Number(form.querySelector("[data-questions]").dataset.max);
}

function addOption(question) {
  const list = question.querySelector("[data-options]");
  const item = list.lastElementChild.cloneNode(true);
  const field = item.querySelector("input");
  field.value = "";
  field.removeAttribute("value");
  list.append(item);
  field.focus();
}

// ——— what changes ———

/** Tell autosave and the page that something is not in the request yet. */
function changed() {
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

function hold() {
  count();
  form.querySelector("[data-unsaved]").hidden = false;
  for (const button of document.querySelectorAll('[data-dialog="act-finish"], [data-dialog="act-ask_again"]')) button.disabled = true;
}

async function showOutlook() {
  const answer = await fetch(form.dataset.outlook, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const parts = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of parts.querySelectorAll("[data-part]")) {
    document.getElementById(part.dataset.part)?.replaceChildren(...part.childNodes);
  }
}

const ACTS = [
  ["[data-pick]", (button) => pick(button.dataset.pick)],
  ["[data-add-question]", addQuestion],
  ["[data-remove-question]", (button) => removeQuestion(button.closest("[data-question]"))],
  ["[data-add-option]", (button) => addOption(button.closest("[data-question]"))],
];

form?.addEventListener("click", (event) => {
  for (const [selector, act] of ACTS) {
    const button = event.target.closest(selector);
    if (!button) continue;
    event.preventDefault();
    act(button);
    return;
  }
});

form?.addEventListener("input", (event) => {
  if (event.target.matches("[data-finds]")) find(event.target);
  else hold();
});

form?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("[data-finds]")) event.preventDefault();
});

form?.addEventListener("autosave:saved", showOutlook);
if (form) fold();
