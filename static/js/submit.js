// One press, one act. A second submit of the same form is dropped; the key in the form is kept, so that a repeat after a
// broken connection gets the first answer from the server.

const SENT = "sent";

function release(form) {
  delete form.dataset[SENT];
  for (const button of form.querySelectorAll("[data-held]")) {
    button.removeAttribute("aria-disabled");
    delete button.dataset.held;
  }
}

function hold(form) {
  form.dataset[SENT] = "yes";
  for (const button of form.querySelectorAll("button:not([type=button]), input[type=submit]")) {
    button.setAttribute("aria-disabled", "true");
    button.dataset.held = "yes";
  }
}

addEventListener("submit", (event) => {
  if (!event.target.dataset[SENT]) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

// Last in line: only where nobody stopped the submit, or where htmx stopped it to send it itself.
addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "post" && (!event.defaultPrevented || form.matches("[hx-post]"))) hold(form);
});

// The page came back from the history, or htmx has its answer: the form may be sent again.
addEventListener("pageshow", () => document.querySelectorAll("form").forEach(release));
document.addEventListener("htmx:finally:request", (event) => {
  const form = event.detail.ctx?.sourceElement?.closest?.("form");
  if (form) release(form);
});
