// Lets readers point at a chart's marks. The drawing stands in the page without this file; the program that draws in
// the page is fetched when a reader presses a chart or its button, not before; the charts below then follow by themselves.
"use strict";
(() => {
  const root = document.currentScript;
  const words = JSON.parse(root.dataset.words);
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  let program;

  const make = (tag, name, text = "") => Object.assign(document.createElement(tag), { className: name, textContent: text });
  const load = () =>
    (program ??= new Promise((done, failed) => {
      const script = Object.assign(document.createElement("script"), { src: root.dataset.vega, onload: done, onerror: failed });
      document.head.append(script);
    }));

  const bubble = make("div", "tip");
  bubble.hidden = true;
  bubble.setAttribute("aria-hidden", "true");
  document.body.append(bubble);
  const hide = () => (bubble.hidden = true);
  function say(text, x, y) {
    bubble.textContent = text;
    bubble.hidden = false;
    const box = bubble.getBoundingClientRect();
    const right = document.documentElement.clientWidth - box.width - 8;
    bubble.style.left = `${Math.max(8, Math.min(x + 14, right)) + window.scrollX}px`;
    bubble.style.top = `${(y - box.height - 12 < 0 ? y + 18 : y - box.height - 12) + window.scrollY}px`;
  }

  const told = (item) => item?.datum?._tip;
  // A raw histogram's bars are counted in the browser: their words are a table of names and values.
  const tabled = (value) => Object.entries(value).map(([name, part]) => `${name}: ${part}`).join("\n");
  function pointed(handler, event, item, value) {
    if (!value || event.type === "pointerout") hide();
    else say(typeof value === "string" ? value : tabled(value), event.clientX, event.clientY);
  }

  function spoken(plot) {
    const says = (mark) => told(mark.__data__) && mark.__data__.mark.marktype !== "text";
    const symbols = [...plot.querySelectorAll("[role=graphics-symbol]")];
    const marks = symbols.filter(says);
    // What bears no words of its own (names at lines' ends, rules) stands in the title, the notes and the table twin.
    for (const symbol of symbols.filter((one) => !marks.includes(one))) symbol.removeAttribute("role");
    if (!marks.length) return;
    let here = 0;
    const place = (mark) => told(mark.__data__).split("\n")[0].split(" · ")[0];
    const go = (to) => {
      marks[here].setAttribute("tabindex", "-1");
      here = (to + marks.length) % marks.length;
      marks[here].setAttribute("tabindex", "0");
      marks[here].focus();
    };
    const beside = (step) => {
      for (let next = here + step; next >= 0 && next < marks.length; next += step) {
        if (place(marks[next]) === place(marks[here])) return next;
      }
      return here + step;
    };
    const steps = {
      ArrowRight: () => here + 1, ArrowLeft: () => here - 1, Home: () => 0, End: () => marks.length - 1,
      ArrowDown: () => beside(1), ArrowUp: () => beside(-1),
    };
    for (const mark of marks) {
      mark.setAttribute("tabindex", "-1");
      mark.setAttribute("role", "img");
      mark.addEventListener("focus", () => {
        const box = mark.getBoundingClientRect();
        say(told(mark.__data__), box.x + box.width / 2, box.y);
      });
      mark.addEventListener("blur", hide);
    }
    marks[0].setAttribute("tabindex", "0");
    plot.addEventListener("keydown", (event) => {
      if (event.key === "Escape") hide();
      if (!(event.key in steps) || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      go(steps[event.key]());
    });
    return marks;
  }

  function fitted(told, room) {
    let text = JSON.stringify(told.spec);
    if (dark.matches) for (const [light, night] of Object.entries(told.dark)) text = text.replaceAll(light, night);
    const spec = JSON.parse(text);
    if (spec.layer && !spec.projection) {
      spec.autosize = { type: "fit-x", contains: "padding" };
      spec.width = room;
    }
    return spec;
  }

  async function draw(figure, plot, told) {
    const spec = fitted(told, plot.clientWidth);
    plot.classList.toggle("plot-wide", !spec.autosize);
    const options = { mode: "vega-lite", renderer: "svg", actions: false, ast: true, defaultStyle: false, tooltip: pointed };
    await window.vegaEmbed(plot, spec, options);
    plot.querySelector("svg").setAttribute("aria-label", told.title);
    return spoken(plot);
  }

  async function open(figure, button, byKey) {
    if (figure.dataset.state) return;
    figure.dataset.state = "opening";
    button.disabled = true;
    const picture = figure.querySelector("img");
    const stood = picture.closest(".rows") ?? picture;
    const live = make("div", "live-chart");
    try {
      const [told] = await Promise.all([fetch(figure.dataset.chart).then((answer) => answer.json()), load()]);
      const plot = make("div", "plot");
      live.append(make("p", "chart-title", told.title), make("p", "chart-subtitle", told.subtitle), plot);
      live.append(...told.notes.map((note) => make("p", "chart-note", note)));
      stood.before(live);
      const marks = await draw(figure, plot, told);
      stood.classList.add("drawn");
      dark.addEventListener("change", () => draw(figure, plot, told));
      figure.dataset.state = "open";
      button.remove();
      figures.filter((one) => !one.dataset.state).forEach((one) => follow.observe(one));
      if (byKey && marks) marks[0].focus();
    } catch {
      // The drawing that came with the page stays.
      live.remove();
      button.remove();
      figure.dataset.state = "still";
    }
  }

  const figures = [...document.querySelectorAll("figure[data-chart]")];
  const follow = new IntersectionObserver(
    (seen) => seen.filter((one) => one.isIntersecting).forEach(({ target }) => open(target, target.querySelector("figcaption button"), false)),
    { rootMargin: "0px 0px 300px 0px" },
  );
  for (const figure of figures) {
    const button = make("button", "button-plain button-small noprint", words.open);
    button.type = "button";
    figure.querySelector("figcaption").prepend(button, " ");
    button.addEventListener("click", () => open(figure, button, true));
    const picture = figure.querySelector("img");
    picture.addEventListener("click", () => open(figure, button, false));
  }
})();
