// @ts-check
/**
 * Compiles Vue components with Vue's own compiler, loaded when the first component is met. What it
 * makes still has TypeScript and bare imports; the server finishes it (`/@qv/transform`).
 *
 * @typedef {import('./types.js').ComponentRequest} Request
 */

const qv = /** @type {any} */ (globalThis).__qv;
/** Scripts by path: when only the template changed, the component keeps its state. @type {Map<string, string>} */
const scripts = new Map();
/** Components that ran in this page: the last version lives on when the next is refused. @type {Set<string>} */
const ran = new Set();

/** FNV-1a, as eight hex digits. @param {string} text */
const hash = (text) => {
  let value = 0x811c9dc5;
  for (const unit of text) value = Math.imul(value ^ (unit.codePointAt(0) ?? 0), 0x01000193);
  return (value >>> 0).toString(16).padStart(8, '0');
};

/**
 * @param {string} path @param {string} code What the compiler made of it.
 * @returns {Promise<any>} The module.
 */
export const finish = async (path, code) => {
  const address = `${qv.config.base}/@qv/transform?path=${encodeURIComponent(path)}`;
  const response = await fetch(address, { method: 'POST', body: code });
  const text = await response.text();
  if (!response.ok) throw new SyntaxError(text);
  const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  try {
    return await import(url);
  } finally {
    URL.revokeObjectURL(url);
  }
};

/**
 * Says in the overlay what a compiler refuses, and takes it back when it is mended.
 * @template T @param {string} path @param {() => T} work @returns {T}
 */
export const reported = (path, work) => {
  try {
    const result = work();
    qv.problem(path);
    ran.add(path);
    return result;
  } catch (error) {
    const { message = String(error), loc, start, frame = '' } = /** @type {any} */ (error);
    const at = loc?.start ?? loc ?? start ?? {};
    const line = at.line ?? 0;
    qv.problem(path, { message: String(message).split('\n')[0], line, column: line ? (at.column ?? 0) + (start ? 1 : 0) : 0, frame });
    if (!ran.has(path)) qv.broken(path);
    throw error;
  }
};

/** @param {unknown[]} errors */
const check = (errors) => {
  const first = /** @type {any} */ (errors[0]);
  if (first) throw typeof first === 'string' ? new SyntaxError(first) : first;
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
      source: descriptor.template.content, ast: descriptor.template.ast, filename: path, id, scoped,
      slotted: descriptor.slotted, isProd: false,
      compilerOptions: { bindingMetadata: bindings, expressionPlugins: plugins, scopeId: scoped ? `data-v-${id}` : undefined },
    });
    check(compiled.errors);
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
    check(compiled.errors);
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
  const id = hash(path);
  const { code, script, descriptor } = reported(path, () => {
    const parsed = compiler.parse(text, { filename: path, sourceMap: false });
    check(parsed.errors);
    return { ...compile(compiler, parsed.descriptor, path, id), descriptor: parsed.descriptor };
  });
  const module = await finish(path, code);
  reported(path, () => style(compiler, descriptor, path, id));
  const runtime = /** @type {any} */ (globalThis).__VUE_HMR_RUNTIME__;
  const before = scripts.get(path);
  scripts.set(path, script);
  qv.selfReplacing.add(path);
  if (before === undefined) runtime?.createRecord(id, module.default);
  else if (before === script) runtime?.rerender(id, module.default.render);
  else runtime?.reload(id, module.default);
  return module;
};
