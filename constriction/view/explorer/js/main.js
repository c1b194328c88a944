/** The script is the page, or, in a worker that the page made of it, what computes beside the page. */
import { Explorer } from "./explorer.js";
import { serveTasks } from "./serving.js";

if (typeof document === "undefined") serveTasks(globalThis);
else new Explorer(JSON.parse(document.getElementById("data").textContent), document.currentScript.textContent).start();
