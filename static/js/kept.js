// Puts what was typed before the session ended back into its form, where the page still has one.

const section = document.querySelector("[data-kept]");

function formsOf(action) {
  const forms = [...document.forms].filter((form) => new URL(form.action, location.href).pathname === action);
  return forms.length ? forms : [...document.forms].filter((form) => !form.matches("[data-sign-out], [role=search]"));
}

function fill(control, value) {
  if (control.type === "file" || control.type === "password") return false;
  if (control.type === "hidden") return true; // the page wrote it, and has written it anew
  if (control.type === "checkbox" || control.type === "radio") {
    if (control.value !== value) return false;
    control.checked = true;
  } else {
    control.value = value;
  }
  control.closest("details")?.setAttribute("open", "");
  control.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}

function giveBack(field, forms) {
  const value = field.querySelector("dd").textContent;
  for (const form of forms) {
    const controls = [...form.elements].filter((control) => control.name === field.dataset.field);
    if (controls.some((control) => fill(control, value))) return true;
  }
  return false;
}

if (section) {
  const forms = formsOf(section.dataset.kept);
  const returned = [...section.querySelectorAll("[data-field]")].filter((field) => giveBack(field, forms));
  for (const field of returned) field.hidden = true;
  if (returned.length) section.querySelector("[data-kept-back]").hidden = false;
}
