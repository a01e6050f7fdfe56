// The rows of an opinion: one remark each. Works on a Django formset inside [data-remarks]:
//   <template data-row-template>   an empty row, with __prefix__ where the number goes
//   [data-rows]                    where rows are; each row is [data-row]
//   [data-add], [data-remove]      buttons
//   [data-anchor-field]            the field that says which paragraph or task the remark is on
//   [data-slot="<value>"]          under a paragraph: where the rows on it stand (optional)
// A paragraph's button carries data-anchor="<value>": it opens a row on that paragraph. Without JavaScript the server draws
// spare rows and the anchor is a plain choice.

const box = () => document.querySelector("[data-remarks]");
const total = () => box().querySelector("input[name$=-TOTAL_FORMS]");

/** Add an empty row and return it. */
export function add() {
  const number = Number(total().value);
  const template = box().querySelector("template[data-row-template]").innerHTML.replaceAll("__prefix__", number);
  box().querySelector("[data-rows]").insertAdjacentHTML("beforeend", template);
  total().value = number + 1;
  return box().querySelector("[data-rows]").lastElementChild;
}

function setAnchor(row, anchor) {
  const field = row.querySelector("[data-anchor-field]");
  if (field) field.value = anchor;
}

const rows = () => [...box().querySelectorAll("[data-row]:not([hidden])")];
const textOf = (row) => row.querySelector("textarea");
const anchorOf = (row) => row.querySelector("[data-anchor-field]")?.value ?? "";

/** The row somebody meant: the empty one already on this paragraph, else an empty one, else a new one. */
function rowFor(anchor) {
  const empty = rows().filter((row) => !textOf(row).value.trim());
  const row = empty.find((each) => anchorOf(each) === anchor) ?? empty.find((each) => !anchorOf(each)) ?? add();
  setAnchor(row, anchor);
  settle(row, anchor);
  return row;
}

/** A remark stands under the paragraph it is on, where the page has a place for it. */
function settle(row, anchor) {
  [...box().querySelectorAll("[data-slot]")].find((slot) => slot.dataset.slot === anchor)?.append(row);
}

function remove(row) {
  const mark = row.querySelector("input[name$=-DELETE]");
  const next = rows()[rows().indexOf(row) - 1];
  if (mark) mark.checked = true;
  for (const field of row.querySelectorAll("textarea")) field.value = "";
  row.hidden = true;
  row.dispatchEvent(new Event("input", { bubbles: true }));
  (next ? textOf(next) : box().querySelector("[data-add]"))?.focus();
}

function focus(row) {
  row.scrollIntoView({ block: "nearest" });
  textOf(row).focus();
}

document.addEventListener("click", (event) => {
  if (!box()) return;
  const paragraph = event.target.closest("[data-anchor]");
  const removed = event.target.closest("[data-remove]");
  if (paragraph) focus(rowFor(paragraph.dataset.anchor));
  else if (event.target.closest("[data-add]")) focus(add());
  else if (removed) remove(removed.closest("[data-row]"));
});
