import type { MethodName } from '../contract/candidates.js';
import type { RunRecord } from '../contract/records.js';
import { RECOVERABILITY_HINT } from '../contract/recoverability.js';
import { RUN_SETTINGS, SETTING_NAMES, settingText } from '../contract/settings.js';
import { decimalText } from '../contract/text.js';
import { type Html, html } from './html.js';
import { files } from './summary.js';

/** All that is needed to repeat the run and to check its files. */
export function appendix(record: RunRecord): Html {
  const { settings, result, versions } = record;
  const rows: [string, string][] = [
    ...SETTING_NAMES.map((name): [string, string] => [RUN_SETTINGS[name].title, settingText(name, settings)]),
    ['Model format', record.source.format],
    ...Object.entries(versions).map(([name, version]): [string, string] => [name, version]),
    ...Object.entries(result.seconds).map(([phase, seconds]): [string, string] => [
      `Seconds, ${phase}`,
      decimalText(seconds),
    ]),
  ];
  const inputs = record.config ? [record.config, ...record.data] : record.data;
  return html`<section>
    <h2>Settings and versions</h2>
    <table class="facts two">${rows.map(([name, value]) => html`<tr><th>${name}</th><td>${value}</td></tr>`)}</table>
  </section>
  <section>
    <h2>Files used</h2>
    ${inputs.length === 0 ? html`<p class="quiet">None besides the model.</p>` : files(inputs)}
    <p class="quiet">The codes are SHA-256 digests. Paths are relative to the folder that holds the run's <code>.lethe</code> folder.</p>
  </section>`;
}

/** How it works and what the numbers do and do not show. */
export function method({ result }: RunRecord): Html {
  const { recoverability } = result;
  return html`<section>
    <h2>How to read this</h2>
    <p>For every layer, the inputs that samples of the kept classes cause span a <i>retain space</i>, and those of the classes to
      forget a <i>forget space</i>. The part of the forget space that the retain space does not share is projected out of the
      layer's weights: W<sub>p</sub> = W − W (I − P<sub>r</sub>) P<sub>f</sub>
      (Kodge, Saha and Roy, “Deep Unlearning: Fast and Efficient Gradient-free Class Forgetting”, TMLR 2024, arXiv 2312.00761).</p>
    <p>${THEN[result.candidate.recipe.method]}</p>
    <p>Accuracy is the share of samples of a class whose largest output is that class. An accuracy near zero shows that the model no
      longer gives the class as its answer; it does not by itself show that no trace of it is left inside the model.
      ${
        recoverability.after
          ? html`That is what <i>recoverability</i> is for: how often a linear probe on the last hidden layer tells samples of the
      forgotten classes from others, with both counted alike, on samples that neither the probe nor the model was fitted to. 50% is
      guessing. ${RECOVERABILITY_HINT}`
          : html`How much of it is left was not measured in this run.`
      }</p>
  </section>`;
}

/** What becomes of the projected weights, by method. */
const THEN: Readonly<Record<MethodName, Html>> = {
  refit: html`Then every layer is fitted again by least squares, from the first to the last, with its bias. The new weight W′ is
      the one for which the sum of three things is least: how far the outputs for kept samples, in the network as edited so far, are
      from those that the model gave before; how far the outputs for samples to forget are from those of the projected layer; and,
      with a small weight, how far W′ is from W<sub>p</sub>: E<sub>r</sub>|W′x′ − Wx|² + λ E<sub>f</sub>|W′x′ − W<sub>p</sub>x′|² +
      μ t |W′ − W<sub>p</sub>|², where t is the mean square of an input. The last layer is to give forgotten classes the smallest of its outputs. No gradients are taken;
      normalisation stays as it was.`,
  projection: html`Nothing is trained; biases and normalisation stay as they were.`,
};
