// A bulk act: the button counts what is ticked; an act that is not done goes on by itself while its page is open.

import { waitOf } from "./limits.js";
import { sessionEnded, signIn } from "./page.js";

const RETRY_MS = 3_000;

function count(form) {
  const ticked = form.querySelectorAll("[name=item]:checked").length;
  form.querySelector("[data-bulk-submit]").textContent = form.dataset.saySubmit.replace("{n}", ticked);
}

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("[data-bulk-go]");
  if (form) count(form);
});

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Send the form of an unfinished act, show what the answer shows, and so on until nothing waits. */
async function goOn() {
  for (;;) {
    const form = document.querySelector("[data-goes-on]");
    if (!form) return;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
      if (sessionEnded(answer)) return signIn();
      if (answer.status === 429) {
        await pause(waitOf(answer) || RETRY_MS);
        continue;
      }
      if (!answer.ok) return; // the button is there
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      document.getElementById("bulk-act").replaceWith(page.getElementById("bulk-act"));
    } catch {
      await pause(RETRY_MS); // no network: nothing is lost
    }
  }
}

goOn();
