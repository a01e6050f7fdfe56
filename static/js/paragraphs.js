// Plan and opinion pages: moving between paragraphs and comments by keys.

import { bind } from "./keys.js";

const paragraphs = () => [...document.querySelectorAll(".blk")];
const openRemarks = () => [...document.querySelectorAll("[data-open-remark]")];
const current = () => document.activeElement?.closest?.(".blk");

function move(all, at, by) {
  if (!all.length) return false;
  const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))];
  if (!next.hasAttribute("tabindex")) next.tabIndex = -1;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

const step = (by) => () => move(paragraphs(), paragraphs().indexOf(current()), by);

function nextRemark() {
  const all = openRemarks();
  return move(all, all.findIndex((remark) => remark.contains(document.activeElement)), 1);
}

const within = (selector, act) => () => {
  const element = current()?.querySelector(selector);
  if (element) act(element);
  return Boolean(element);
};

bind({
  j: step(1),
  k: step(-1),
  n: nextRemark,
  e: within("textarea", (field) => field.focus()),
  c: within(".add", (button) => button.click()),
});
