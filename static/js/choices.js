// A search field over a list of check boxes: <input data-filters="id of the list">. Marks and capitals do not matter, and a
// ticked box stays in sight.

/** A text without diacritics: "quan 1" finds "Quận 1". */
export const plain = (text) => text.normalize("NFD").replaceAll(/\p{M}/gu, "").replaceAll(/[đĐ]/g, "d").toLowerCase();

function filter(field) {
  const wanted = plain(field.value.trim());
  const list = document.getElementById(field.dataset.filters);
  for (const label of list.querySelectorAll("label")) {
    label.hidden = !plain(label.textContent).includes(wanted) && !label.querySelector("input").checked;
  }
  for (const group of list.querySelectorAll("fieldset")) group.hidden = !group.querySelector("label:not([hidden])");
}

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-filters]")) filter(event.target);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("[data-filters]")) event.preventDefault();
});
