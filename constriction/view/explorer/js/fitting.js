/** A fit of the page to its measurement, one at a time. */
import { curveFrom } from "./curves.js";
import { fitInterface } from "./fit.js";
import { frequencies, impedance } from "./model.js";
import { toAddress } from "./page_state.js";
import { freePaths } from "./parameters.js";

const SEEN_AFTER = 40; // ms, so that it is seen that a fit runs

/** The curves of states that fit as well. */
function bandCurves(atlas, found) {
  const frequency = frequencies(found.state.sweep);
  return (found.band ?? []).map((state) => curveFrom("band", "fits as well", frequency, impedance(atlas, state, frequency)));
}

/** Fit the app's page, unless its measurement is another one by then. */
export async function fitPage(app) {
  const { measured } = app;
  if (app.isFitting || !app.measuring.spectrum()) return undefined;
  app.isFitting = true;
  app.measuring.showRunning(freePaths(app.page));
  await new Promise((resolve) => {
    setTimeout(resolve, SEEN_AFTER);
  });
  app.isFitting = false;
  if (["name", "chosen", "area"].some((key) => app.measured?.[key] !== measured[key])) return app.measuring.showFit();
  const spectrum = app.measuring.spectrum();
  const free = freePaths(app.page);
  try {
    const found = fitInterface(app.atlas, app.page.state, free, spectrum);
    const isOwn = free.some((path) => path.startsWith("electrolyte."));
    const page = { ...app.page, state: found.state, material: isOwn ? "own" : app.page.material };
    app.fits.push({ found: found.state.electrolyte, before: app.page });
    app.fit = { found, free, spectrum, band: bandCurves(app.atlas, found), address: toAddress(page), moved: false };
    app.change(page, true);
    app.measuring.showFit();
  } catch (error) {
    app.measuring.showFailure(error);
  }
  return undefined;
}
