/** A fit of the page to its measurement, one at a time, beside the page. */
import { curveFrom } from "./curves.js";
import { frequencies, impedance } from "./model.js";
import { toAddress } from "./page_state.js";
import { freePaths } from "./parameters.js";

/** The curves of states that fit as well. */
function bandCurves(atlas, found) {
  const frequency = frequencies(found.state.sweep);
  return (found.band ?? []).map((state) => curveFrom("band", "fits as well", frequency, impedance(atlas, state, frequency)));
}

/** Fit the app's page. Where it is another one at the end it stays, and the fit is a link; another measurement ends it. */
export async function fitPage(app) {
  const { page } = app;
  const spectrum = app.measuring.spectrum();
  if (app.isFitting || !spectrum) return undefined;
  const free = freePaths(page);
  app.isFitting = true;
  app.measuring.showRunning(free.length);
  try {
    const found = await app.fitting.run("fit", { state: page.state, free, measured: spectrum }, (progress) => app.measuring.showProgress(progress));
    app.isFitting = false;
    if (found) takeFit(app, page, { found, free, spectrum });
    return app.measuring.showFit();
  } catch (error) {
    app.isFitting = false;
    return app.measuring.showFailure(error);
  }
}

function takeFit(app, before, { found, free, spectrum }) {
  const isOwn = free.some((path) => path.startsWith("electrolyte."));
  const page = { ...before, state: found.state, material: isOwn ? "own" : before.material };
  const isThere = toAddress(app.page) === toAddress(before);
  app.fits.push({ found: found.state.electrolyte, before });
  app.fit = { found, free, spectrum, band: bandCurves(app.atlas, found), address: toAddress(page), moved: !isThere };
  app.change(isThere ? page : app.page, isThere);
}
