// The server answers 429 to what came too often: nothing was recorded, nothing on the page is replaced (htmx-config in
// base.html), and the form may be sent again.

import { words } from "./page.js";
import { toast } from "./toasts.js";

const TOO_MANY = 429;

/** After how many milliseconds an answer lets one try again; 0 where it does not say. */
export const waitOf = (response) => 1_000 * (Number(response?.headers.get("retry-after")) || 0);

document.addEventListener("htmx:response:error", (event) => {
  if (event.detail.ctx?.response?.status === TOO_MANY) toast(words.tooMany, { iconName: "clock" });
});
