/** Away with it: files, the clipboard, pictures. */
import { announce } from "./dom.js";

const SCALE = 3; // of a png, for print

/** Offer bytes or text as a file. */
export function download(name, content, type) {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
  announce(`Saved: ${name}`);
}

/** Copy a text; where a browser refuses it to a page from disk, through a selection. */
export async function copyText(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "away";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) return announce(`${what} could not be copied: this browser does not allow it`, true);
  }
  return announce(`${what} copied`);
}

/** An SVG element as the text of a file. */
export function svgText(svg) {
  const copy = svg.cloneNode(true);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return new XMLSerializer().serializeToString(copy);
}

/** An SVG element as a png of three times its size. */
export async function pngOf(svg) {
  const [width, height] = ["width", "height"].map((name) => SCALE * Number(svg.getAttribute(name)));
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText(svg))}`;
  await picture.decode();
  const board = document.createElement("canvas");
  Object.assign(board, { width, height });
  board.getContext("2d").drawImage(picture, 0, 0, width, height);
  return new Promise((resolve) => {
    board.toBlob(resolve, "image/png");
  });
}
