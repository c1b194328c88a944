/** Elements made from values: text is always text, whatever characters it has. */

const SVG = "http://www.w3.org/2000/svg";

function filledNode(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return made;
}

/** An HTML element; attributes that begin with "on" are listeners. */
export function element(tag, attributes = {}, ...children) {
  return filledNode(document.createElement(tag), attributes, children);
}

/** An SVG element. */
export function drawn(tag, attributes = {}, ...children) {
  return filledNode(document.createElementNS(SVG, tag), attributes, children);
}

/** A name such as R_cstr as a symbol. */
export function symbol(name) {
  const [first, below] = name.split("_");
  return element("span", { class: "symbol" }, element("var", {}, first), below ? element("sub", {}, below) : "");
}

/** A button of words. */
export function button(words, action, attributes = {}) {
  return element("button", { type: "button", onclick: action, ...attributes }, words);
}

/** A select of [value, words, disabled] rows. */
export function select(rows, action, attributes = {}) {
  const options = rows.map(([value, words, disabled]) => element("option", { value, disabled }, words));
  return element("select", { onchange: (event) => action(event.target.value), ...attributes }, options);
}

let statusTimer = 0;

/** Say something for a moment, to the eye and to screen readers. */
export function announce(words, caution = false) {
  const place = document.getElementById("status");
  place.textContent = words;
  place.className = caution ? "status caution shown" : "status shown";
  clearTimeout(statusTimer);
  statusTimer = setTimeout(() => place.classList.remove("shown"), caution ? 9000 : 3500);
}
