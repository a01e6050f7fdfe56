// The editor of a plan's text. The page is one form that works by itself; here its buttons answer in place, pasted lines
// become paragraphs, and what the autosave has stored is taken along. autosave.js saves each paragraph while it is written.

import { markSent } from "./drafts.js";

const SKIP_MORPH = "hx-morph-skip";
const editor = () => document.getElementById("plan-form");
const paragraphs = () => [...(editor()?.querySelectorAll("textarea[data-paragraph]") ?? [])];
const stamps = new Map(); // what the page was drawn from → what it became by our own saves

// ——— what is sent: only what was changed, on top of what the autosave has stored ———

document.addEventListener("formdata", (event) => {
  if (event.target !== editor()) return;
  for (const field of paragraphs()) {
    const key = field.dataset.paragraph;
    const isChanged = field.value !== field.defaultValue;
    if (isChanged) {
      event.formData.set(`v-${key}`, field.dataset.version);
      event.formData.set(`b-${key}`, field.defaultValue);
    } else for (const part of "pvb") event.formData.delete(`${part}-${key}`);
  }
});

// ——— a button: nobody writes while it is answered, and no paragraph is saved twice ———

document.addEventListener("focusout", (event) => {
  if (event.relatedTarget?.matches?.("#plan-form button[name=op]")) event.stopPropagation();
}, true);

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-confirm]");
  if (button && !confirm(button.dataset.confirm)) event.preventDefault();
}, true);

document.addEventListener("submit", (event) => {
  if (event.target !== editor()) return;
  for (const field of paragraphs()) {
    markSent(field.dataset.autosave);
    field.removeAttribute(SKIP_MORPH);
    field.readOnly = true;
  }
});

function release() {
  for (const field of paragraphs()) field.readOnly = false;
}

document.addEventListener("htmx:finally:request", release);
addEventListener("pageshow", release);

document.addEventListener("htmx:after:swap", () => {
  const next = editor()?.querySelector("[data-focus]");
  next?.removeAttribute("data-focus");
  next?.focus();
  paragraphs().forEach(fit);
});

// ——— pasted lines ———

const MARK = /^([IVX]+|\d+(\.\d+)*|[a-zđ]{1,2})[.)]\s|^[-–—+•*·]\s/;
const linesOf = (text) => text.split(/\r?\n/).map((line) => line.trim()).filter(Boolean);

/** Put lines at the caret; what stands before it keeps its own line where the first line begins a paragraph. */
function insert(field, lines, beginsParagraph) {
  const before = field.value.slice(0, field.selectionStart).trim();
  const after = field.value.slice(field.selectionEnd).trim();
  const text = (before && beginsParagraph ? "\n" : "") + lines.join("\n") + (after ? "\n" : "");
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
}

document.addEventListener("paste", (event) => {
  const field = event.target;
  if (!field.matches?.("textarea[data-paragraph]")) return;
  const pasted = event.clipboardData.getData("text/plain");
  const lines = linesOf(pasted);
  if (lines.length < 2) return;
  event.preventDefault();
  insert(field, lines, /^\s*\n/.test(pasted) || MARK.test(lines[0]));
  const split = [...editor().querySelectorAll("button[name=op]")].find((each) => each.value === `split:${field.dataset.paragraph}`);
  field.blur(); // the field that has the focus would keep the unsplit text
  split.click();
});

// ——— the stamp the page hands on with the plan: it follows our own saves, and nobody else's ———

document.addEventListener("autosave:saved", ({ detail }) => {
  if (!detail.seen || detail.seen === detail.before) return;
  stamps.set(detail.before, detail.seen);
  for (const field of document.querySelectorAll("input[name=seen]")) {
    while (stamps.has(field.value)) field.value = stamps.get(field.value);
  }
});

// ——— size and keys ———

const sizesItself = CSS.supports("field-sizing", "content");

function fit(field) {
  if (sizesItself) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 2}px`;
}

document.addEventListener("input", (event) => {
  if (event.target.matches?.("textarea[data-paragraph]")) fit(event.target);
});

document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("textarea[data-paragraph]");
  if (!field || event.isComposing || event.key !== "Enter" || !event.ctrlKey) return;
  event.preventDefault();
  field.blur();
  field.closest(".blk").focus();
});

paragraphs().forEach(fit);
