// Replaces still pictures by plots that respond; whatever fails leaves the still picture where it is.
"use strict";
(() => {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  // A finger that scrolls the page must not draw a zoom box.
  const finger = window.matchMedia("(pointer: coarse)").matches;
  const config = {
    // Nothing leaves the page: no button that would upload the plot.
    showSendToCloud: false,
    plotlyServerURL: "",
    displaylogo: false,
    displayModeBar: finger ? false : "hover",
    responsive: true,
    modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
    toImageButtonOptions: { format: "svg", filename: "constriction" },
  };
  const drawn = new Set();

  // Strings such as --ink are names of colours in the style sheet.
  function themed(value, style) {
    if (typeof value === "string") return value.startsWith("--") ? style.getPropertyValue(value).trim() : value;
    if (Array.isArray(value)) return value.map((item) => themed(item, style));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, themed(item, style)]));
  }

  function canDraw(figure) {
    return !figure.layout.scene || document.createElement("canvas").getContext("webgl") !== null;
  }

  async function draw(id) {
    const figure = figures[id];
    const box = document.getElementById(id);
    const live = box.querySelector(".live");
    if (!canDraw(figure)) return;
    const { data, layout } = themed(figure, getComputedStyle(document.documentElement));
    if (finger) layout.dragmode = layout.scene ? "turntable" : false;
    box.classList.add("is-live");
    // With equal axes a narrow page needs less height.
    if (layout.meta) layout.height = Math.max(260, Math.min(layout.height, layout.meta.shape * live.clientWidth + 150));
    try {
      await Plotly.react(live, data, layout, config);
      drawn.add(id);
    } catch (error) {
      box.classList.remove("is-live");
    }
  }

  // Only what comes into view is drawn: a long report opens as fast as a short one.
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries.filter((one) => one.isIntersecting)) {
      seen.unobserve(entry.target);
      draw(entry.target.id);
    }
  }, { rootMargin: "400px" });
  for (const id of Object.keys(figures)) seen.observe(document.getElementById(id));
  dark.addEventListener("change", () => drawn.forEach(draw));
})();
