// @ts-check
/**
 * Compiles Vue components with Vue's own compiler, loaded when the first component is met. What it
 * makes still has TypeScript and bare imports; the server finishes it (`/@qv/transform`).
 *
 * @typedef {{path: string, source: string, compiler: string, runtime: string}} Request
 */

const qv = /** @type {any} */ (globalThis).__qv;
/** Scripts by path: when only the template changed, the component keeps its state. @type {Map<string, string>} */
const scripts = new Map();

/** FNV-1a, as eight hex digits. @param {string} text */
const hash = (text) => {
  let value = 0x811c9dc5;
  for (const unit of text) value = Math.imul(value ^ (unit.codePointAt(0) ?? 0), 0x01000193);
  return (value >>> 0).toString(16).padStart(8, '0');
};

/** @param {string} path @param {string} code */
export const finish = async (path, code) => {
  const address = `${qv.config.base}/@qv/transform?path=${encodeURIComponent(path)}`;
  const response = await fetch(address, { method: 'POST', body: code });
  const text = await response.text();
  if (!response.ok) throw new SyntaxError(`${path}: ${text}`);
  const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  try {
    return await import(url);
  } finally {
    URL.revokeObjectURL(url);
  }
};

/** @param {unknown[]} errors @param {string} path */
const check = (errors, path) => {
  const first = /** @type {any} */ (errors[0]);
  if (!first) return;
  const line = first.loc?.start?.line;
  throw new SyntaxError(`${path}${line ? `:${line}` : ''}: ${first.message ?? first}`);
};

/** @param {any} compiler @param {any} descriptor @param {string} path @param {string} id */
const compile = (compiler, descriptor, path, id) => {
  const scoped = descriptor.styles.some((/** @type {any} */ style) => style.scoped);
  const isTs = /^tsx?$/.test(descriptor.scriptSetup?.lang ?? descriptor.script?.lang ?? '');
  const plugins = isTs ? ['typescript'] : [];
  let script = 'const __sfc__ = {};';
  let bindings;
  if (descriptor.script || descriptor.scriptSetup) {
    const compiled = compiler.compileScript(descriptor, { id, genDefaultAs: '__sfc__', inlineTemplate: false });
    ({ content: script, bindings } = compiled);
  }
  let template = '';
  if (descriptor.template) {
    const compiled = compiler.compileTemplate({
      source: descriptor.template.content, filename: path, id, scoped,
      slotted: descriptor.slotted, isProd: false,
      compilerOptions: { bindingMetadata: bindings, expressionPlugins: plugins, scopeId: scoped ? `data-v-${id}` : undefined },
    });
    check(compiled.errors, path);
    template = `${compiled.code.replace(/\nexport (function|const) render/, '\n$1 render')}\n__sfc__.render = render;`;
  }
  const parts = [script, template, `__sfc__.__hmrId = ${JSON.stringify(id)};`, `__sfc__.__file = ${JSON.stringify(path)};`];
  if (scoped) parts.push(`__sfc__.__scopeId = "data-v-${id}";`);
  parts.push('export default __sfc__;');
  return { code: parts.join('\n'), script };
};

/** @param {any} compiler @param {any} descriptor @param {string} path @param {string} id */
const style = (compiler, descriptor, path, id) => {
  descriptor.styles.forEach((/** @type {any} */ block, /** @type {number} */ index) => {
    const tailwind = /@(apply|reference|theme|tailwind)\b|@import\s+["']tailwindcss/.test(block.content);
    const source = block.content.replace(/@reference[^;]*;/g, '');
    const compiled = compiler.compileStyle({ source, filename: path, id: `data-v-${id}`, scoped: !!block.scoped });
    check(compiled.errors, path);
    qv.css(`${path}#style${index}`, compiled.code, { tailwind });
  });
};

/** @param {Request} request @returns {Promise<any>} The component's module. */
export const load = async ({ path, source, compiler: compilerUrl }) => {
  const [compilerModule, text] = await Promise.all([
    import(compilerUrl),
    fetch(source).then((response) => response.text()),
  ]);
  const compiler = compilerModule.parse ? compilerModule : compilerModule.default;
  const { descriptor, errors } = compiler.parse(text, { filename: path, sourceMap: false });
  check(errors, path);
  const id = hash(path);
  const { code, script } = compile(compiler, descriptor, path, id);
  const module = await finish(path, code);
  style(compiler, descriptor, path, id);
  const runtime = /** @type {any} */ (globalThis).__VUE_HMR_RUNTIME__;
  const before = scripts.get(path);
  scripts.set(path, script);
  qv.selfReplacing.add(path);
  if (before === undefined) runtime?.createRecord(id, module.default);
  else if (before === script) runtime?.rerender(id, module.default.render);
  else runtime?.reload(id, module.default);
  return module;
};
