// Sweetens the form: a slider beside each bounded number, with the city's value marked. The form works without it.
"use strict";
for (const box of document.querySelectorAll("input.amount[data-kind]")) {
  const own = Number(box.dataset.default);
  if (box.dataset.default === "" || !Number.isFinite(own) || own === 0) continue;
  const within = (value, fallback) => (value === undefined ? fallback : Number(value));
  const low = Math.max(within(box.dataset.low, -Infinity), own > 0 ? 0 : 2 * own);
  const high = Math.min(within(box.dataset.high, Infinity), own > 0 ? 2 * own : 0);
  if (!(low < high)) continue;
  const slider = document.createElement("input");
  slider.type = "range";
  slider.min = low;
  slider.max = high;
  slider.step = box.dataset.kind === "integer" ? 1 : "any";
  slider.value = box.value;
  slider.setAttribute("aria-label", box.labels.length ? box.labels[0].textContent : box.name);
  const marks = document.createElement("datalist");
  marks.id = `${box.name}-mark`;
  marks.append(new Option("", own));
  slider.setAttribute("list", marks.id);
  const show = () => box.closest(".input").classList.toggle("input-changed", box.value.trim() !== box.dataset.default);
  slider.addEventListener("input", () => {
    box.value = Number(Number(slider.value).toPrecision(4));
    show();
  });
  box.addEventListener("input", () => {
    slider.value = box.value;
    show();
  });
  box.parentElement.append(slider, marks);
}
