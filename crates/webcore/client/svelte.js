// @ts-check
/**
 * Compiles Svelte components with Svelte's own compiler, loaded when the first component is met.
 * The compiler adds its own hot replacement; the server finishes what it makes.
 *
 * @typedef {import('./types.js').ComponentRequest} Request
 */

import { finish, reported } from './vue.js';

const qv = /** @type {any} */ (globalThis).__qv;

/** @param {Request} request @returns {Promise<any>} The component's module. */
export const load = async ({ path, source, compiler: compilerUrl }) => {
  const [compilerModule, text] = await Promise.all([
    import(compilerUrl),
    fetch(source).then((response) => response.text()),
  ]);
  const compiler = compilerModule.compile ? compilerModule : compilerModule.default;
  const options = { filename: path, generate: 'client', dev: true, css: 'external', hmr: true };
  const { js, css } = reported(path, () => compiler.compile(text, options));
  const module = await finish(path, js.code);
  if (css?.code) {
    const tailwind = /@(apply|reference|theme)\b/.test(css.code);
    qv.css(`${path}#style`, css.code.replace(/@reference[^;]*;/g, ''), { tailwind });
  }
  return module;
};
