// Buttons that add a line to a text: <button data-adds="id of the textarea">. What was typed stays.

document.addEventListener("click", ({ target }) => {
  const phrase = target.closest("[data-adds]");
  if (!phrase) return;
  const field = document.getElementById(phrase.dataset.adds);
  const line = phrase.textContent.trim();
  const lines = field.value.split("\n").filter((each) => each.trim());
  if (!lines.includes(line)) lines.push(line);
  field.value = `${lines.join("\n")}\n`;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});
