// A board's marks under a hand: press to open or close, drag to move to the nearest free place, or the same by keys.
// The page works without this file: its tables hold buttons for all of it.
"use strict";
(() => {
  const figure = document.querySelector("[data-board]");
  const svg = figure.querySelector("svg.board");
  const state = document.getElementById("board-state");
  const marks = [...svg.querySelectorAll(".mark")];
  const dots = [...svg.querySelectorAll(".demand circle")];
  const at = marks.map((mark) => mark.getAttribute("transform").match(/-?\d+/g).map(Number));
  const isOpen = (number) => marks[number].classList.contains("open");
  const numbers = (said) => (said ? said.split(",").map(Number) : []);
  const told = () => state.querySelector(".board-told").dataset;
  let picked = null;
  let asked = 0;
  figure.querySelector(".board-how").hidden = false;

  async function flip(...changed) {
    const flips = new Set(numbers(told().flips));
    for (const number of changed) if (!flips.delete(number)) flips.add(number);
    await show([...flips].sort((a, b) => a - b).join(","), true);
  }

  async function show(flips, isNew) {
    const turn = ++asked;
    const address = `${figure.dataset.board}${flips ? `?flip=${flips}` : ""}`;
    const answer = await fetch(address, { headers: { "HX-Request": "true" } });
    if (!answer.ok) {
      location.assign(address);
      return;
    }
    const part = await answer.text();
    // A slower answer to an earlier question must not undo a later one.
    if (turn !== asked) return;
    const fresh = new DOMParser().parseFromString(part, "text/html").querySelector(".board-told");
    const details = state.querySelector("details").open;
    state.replaceChildren(fresh);
    state.querySelector("details").open = details;
    if (isNew) history.pushState(null, "", address);
    draw();
  }

  function draw() {
    const open = new Set(numbers(told().open));
    const out = new Set(numbers(told().out));
    marks.forEach((mark, number) => {
      mark.classList.toggle("open", open.has(number));
      mark.setAttribute("aria-pressed", open.has(number));
      mark.setAttribute("transform", `translate(${at[number][0]} ${at[number][1]})`);
    });
    dots.forEach((dot, number) => dot.classList.toggle("out", out.has(number)));
  }

  function place(event) {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    return [point.x, point.y];
  }
  const nearest = (x, y, wanted) => {
    let best = null;
    let least = Infinity;
    at.forEach(([left, top], number) => {
      const far = (left - x) ** 2 + (top - y) ** 2;
      if (wanted(number) && far < least) [best, least] = [number, far];
    });
    return best;
  };

  // A mark that is dragged leaves its place empty until it is put down.
  let drag = null;
  svg.addEventListener("pointerdown", (event) => {
    if (!event.target.closest(".mark") || event.button !== 0) return;
    // Where the rings of marks overlap, the mark nearest to the hand is meant, not the one drawn last.
    const start = place(event);
    drag = { number: nearest(...start, () => true), start, moved: false };
    marks[drag.number].setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", (event) => {
    if (!drag || !isOpen(drag.number)) return;
    const [x, y] = place(event);
    drag.moved ||= Math.hypot(x - drag.start[0], y - drag.start[1]) > 6;
    if (!drag.moved) return;
    marks[drag.number].setAttribute("transform", `translate(${x} ${y})`);
    const to = nearest(x, y, (number) => !isOpen(number) || number === drag.number);
    marks.forEach((mark, number) => mark.classList.toggle("aimed", number === to));
  });
  const drop = (event) => {
    if (!drag) return;
    const { number, moved } = drag;
    drag = null;
    const aimed = marks.findIndex((mark) => mark.classList.contains("aimed"));
    marks.forEach((mark) => mark.classList.remove("aimed"));
    if (event.type === "pointercancel" || (moved && (aimed < 0 || aimed === number))) draw();
    else if (moved) flip(number, aimed);
    else flip(number);
  };
  svg.addEventListener("pointerup", drop);
  svg.addEventListener("pointercancel", drop);

  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  function beside(number, [dx, dy]) {
    const [x, y] = at[number];
    let best = number;
    let least = Infinity;
    at.forEach(([left, top], other) => {
      const along = (left - x) * dx + (top - y) * dy;
      const across = Math.abs((left - x) * dy) + Math.abs((top - y) * dx);
      if (other !== number && along > 0 && along + 2 * across < least) [best, least] = [other, along + 2 * across];
    });
    return best;
  }
  function go(number) {
    for (const mark of marks) mark.setAttribute("tabindex", "-1");
    marks[number].setAttribute("tabindex", "0");
    marks[number].focus();
  }
  svg.addEventListener("keydown", (event) => {
    const mark = event.target.closest(".mark");
    if (!mark || event.ctrlKey || event.altKey || event.metaKey) return;
    const number = Number(mark.dataset.mark);
    const put = () => {
      const from = picked;
      picked = null;
      figure.querySelector(".picked")?.classList.remove("picked");
      return from;
    };
    if (event.key in ways) go(beside(number, ways[event.key]));
    else if (event.key === "Enter" || event.key === " ") {
      const from = put();
      if (from !== null && from !== number && !isOpen(number)) flip(from, number);
      else if (from === null) flip(number);
    } else if (event.key.toLowerCase() === "m" && isOpen(number)) {
      put();
      picked = number;
      mark.classList.add("picked");
    } else if (event.key === "Escape") put();
    else return;
    event.preventDefault();
  });

  // The table's buttons ask for the same without leaving the page.
  state.addEventListener("submit", (event) => {
    const data = new FormData(event.target, event.submitter);
    const changed = ["toggle", "from", "to"].filter((name) => data.has(name)).map((name) => Number(data.get(name)));
    if (!changed.length) return;
    event.preventDefault();
    flip(...changed).then(() => (state.querySelector("button") ?? figure).focus());
  });
  window.addEventListener("popstate", () => show(new URLSearchParams(location.search).get("flip") ?? "", false));
})();
