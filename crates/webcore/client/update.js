// @ts-check
/**
 * Takes new versions of modules and styles in, and shows what keeps the newest from running. Runs
 * right after `report.js`; what is not needed at once is imported when it is.
 *
 * @typedef {import('./types.js').Diagnostic} Diagnostic
 * @typedef {import('./types.js').HotModule} HotModule
 * @typedef {import('./types.js').Patch} Patch
 */
(() => {
  const qv = /** @type {any} */ (globalThis).__qv;
  /** @type {import('./types.js').Config} */
  const config = qv.config;
  const { send, show, cut, where, onceShown } = qv;
  const { setTimeout: later, performance: clock } = window;

  // The address may have lost its base.
  const reload = () => (config.opaque ? location.replace(config.base + where()) : location.reload());

  // ---- Hot updates --------------------------------------------------------------------------

  let revision = config.revision;
  /** Something on this page could not run: only a new page can. */
  let failed = false;
  /** @type {any} */
  let refreshRuntime = null;
  /** @typedef {{data: any, accepts: ((module: any) => void)[], accepting: boolean, disposes: ((data: any) => void)[]}} Hot */
  /** @type {Map<string, Hot>} */
  const hots = new Map();
  /** Paths whose loader replaces the component itself. @type {Set<string>} */
  const selfReplacing = new Set();
  qv.selfReplacing = selfReplacing;

  /** A script of a page without origin has no base to import from. @param {string} url */
  const full = (url) => new URL(url, document.baseURI).href;

  qv.broken = () => {
    failed = true;
  };
  qv.refresh = (/** @type {any} */ runtime) => {
    refreshRuntime = runtime.injectIntoGlobalHook ? runtime : runtime.default;
    refreshRuntime.injectIntoGlobalHook(window);
    qv.register = refreshRuntime.register;
    qv.signature = refreshRuntime.createSignatureFunctionForTransform;
  };
  /** `import.meta.hot` of a module. @param {string} path */
  qv.hot = (path) => {
    /** @type {Hot} */
    const hot = { data: hots.get(path)?.data ?? {}, accepts: [], accepting: false, disposes: [] };
    hots.set(path, hot);
    return {
      data: hot.data,
      accept(/** @type {unknown} */ callback) {
        hot.accepting = true;
        if (typeof callback === 'function') hot.accepts.push(/** @type {any} */ (callback));
      },
      dispose: (/** @type {any} */ callback) => hot.disposes.push(callback),
      prune() {},
      decline() {},
      on() {},
      off() {},
      send() {},
      invalidate: () => reload(),
    };
  };

  /** @param {HotModule} module @returns {Promise<boolean>} Whether it could be replaced. */
  const replace = async ({ path, url }) => {
    const before = hots.get(path);
    for (const dispose of before?.disposes ?? []) dispose(before?.data);
    const module = await import(full(url));
    if (before?.accepting) {
      for (const accept of before.accepts) accept(module);
      return true;
    }
    if (selfReplacing.has(path)) return true;
    return refreshRuntime !== null && Object.values(module).every(refreshRuntime.isLikelyComponentType);
  };

  /** @param {string} path @returns {HTMLStyleElement | null} */
  const styleOf = (path) => document.querySelector(`style[data-qv-file="${CSS.escape(path)}"]`);

  let loadsTailwind = false;
  const needTailwind = () => {
    const source = `${config.base}/@qv/tailwind.js`;
    if (loadsTailwind || document.querySelector(`script[src="${source}"]`)) return;
    loadsTailwind = true;
    const script = document.createElement('script');
    script.src = source;
    document.head.append(script);
  };

  /**
   * Applies a style sheet that a module imports.
   * @param {string} path @param {string} text @param {{tailwind?: boolean, remote?: string}} [options]
   */
  qv.css = (path, text, { tailwind = false, remote = '' } = {}) => {
    if (remote) qv.css(`${path}#remote`, remote);
    let style = styleOf(path);
    const type = tailwind ? 'text/tailwindcss' : '';
    if (style && style.type !== type) {
      style.remove();
      style = null;
    }
    if (style) {
      // Written again only when it differs: Tailwind starts over with every change.
      if (style.textContent !== text) style.textContent = text;
      return;
    }
    style = document.createElement('style');
    if (type) style.type = type;
    style.dataset.qvFile = path;
    style.textContent = text;
    document.head.append(style);
    if (tailwind) needTailwind();
  };
  /** Links a package's style sheet, once. @param {string} url */
  qv.link = (url) => {
    if (document.querySelector(`link[rel=stylesheet][href="${CSS.escape(url)}"]`)) return;
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = url;
    document.head.append(link);
  };

  /** @param {HotModule} sheet */
  const restyle = async ({ path, url }) => {
    const { pathname } = new URL(url, location.href);
    for (const link of /** @type {NodeListOf<HTMLLinkElement>} */ (document.querySelectorAll('link[rel~=stylesheet]'))) {
      if (new URL(link.href).pathname !== pathname) continue;
      const next = /** @type {HTMLLinkElement} */ (link.cloneNode());
      next.href = url;
      // The old one goes when the new one is there, so that the page is never without.
      await new Promise((resolve) => {
        next.onload = next.onerror = resolve;
        link.after(next);
      });
      link.remove();
    }
    if (styleOf(path)) await import(full(url.includes('?') ? url.replace('?', '?import&') : `${url}?import`));
  };

  /** Tailwind's build stops for good at the first style sheet that it cannot compile. */
  const tailwindStopped = () => clock.getEntriesByName('(error)').length > 0;

  /** @param {Patch} patch */
  const apply = async (patch) => {
    if (patch.revision <= revision) return;
    const started = clock.now();
    revision = patch.revision;
    found = patch.diagnostics;
    overlay();
    const changes = patch.hot.length + patch.css.length;
    const empty = document.body?.hasAttribute('data-qv-empty');
    if (patch.reload || empty || (changes && failed) || (patch.css.length && tailwindStopped())) {
      reload();
      return;
    }
    if (!changes) return;
    try {
      await Promise.all(patch.css.map(restyle));
      const replaced = await Promise.all(patch.hot.map(replace));
      if (!replaced.every(Boolean)) {
        reload();
        return;
      }
      if (patch.hot.length) refreshRuntime?.performReactRefresh();
      const paths = [...patch.hot, ...patch.css].map(({ path }) => path);
      onceShown(() => send('hot-done', { ms: clock.now() - started, revision: patch.revision, paths }, true));
    } catch (error) {
      if (problems.size) return;
      const stack = error instanceof Error && error.stack ? cut(error.stack) : undefined;
      send('error', { message: `The new version could not be shown: ${show(error).split('\n')[0]}`, stack }, true);
    }
  };

  let queue = Promise.resolve();
  let delay = 500;
  const listen = () => {
    const events = new EventSource(`${config.base}/@qv/events?revision=${revision}`);
    events.addEventListener('open', () => {
      delay = 500;
    });
    events.addEventListener('patch', (event) => {
      const patch = JSON.parse(event.data);
      queue = queue.then(() => apply(patch));
    });
    events.onerror = () => {
      // Opened anew rather than by the browser, whose address would name the old revision.
      events.close();
      later(listen, delay);
      delay = Math.min(delay * 2, 10_000);
    };
  };

  // ---- Overlay and picker -------------------------------------------------------------------

  /** What the server found. @type {Diagnostic[]} */
  let found = config.diagnostics;
  /** What compilers in this page found, by file. @type {Map<string, Diagnostic>} */
  const problems = new Map();
  /** @type {Promise<any> | null} */
  let overlayModule = null;
  const overlay = () => {
    const errors = [...found, ...problems.values()].filter(({ severity }) => severity === 'error');
    if (!errors.length && !overlayModule) return;
    overlayModule ??= import(full(`${config.base}/@qv/overlay.js`));
    overlayModule.then((module) => module.show(errors)).catch(() => {});
  };

  /**
   * A component that its compiler refuses, or, without a problem, takes again.
   * @param {string} file @param {Partial<Diagnostic>} [problem]
   */
  qv.problem = (file, problem) => {
    if (!problem && !problems.delete(file)) return;
    if (problem) {
      const whole = { file, line: 0, column: 0, severity: 'error', kind: 'syntax', message: '', frame: '', ...problem };
      problems.set(file, whole);
      send('compile-error', { file, line: whole.line, col: whole.column, message: cut(whole.message) });
    }
    overlay();
  };

  addEventListener('message', (event) => {
    if (event.source !== parent || parent === window) return;
    if (!config.opaque && event.origin !== config.app) return;
    const message = event.data;
    if (typeof message !== 'object' || message === null || message.qv !== 1) return;
    if (message.type === 'reload') {
      reload();
    } else if (message.type === 'navigate' && typeof message.path === 'string' && /^\/(?!\/)/.test(message.path)) {
      location.assign(config.base + message.path);
    } else if (message.type === 'pick') {
      const on = message.on !== false;
      import(full(`${config.base}/@qv/picker.js`)).then((module) => (on ? module.start(send) : module.stop()));
    }
  });

  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', overlay);
  else overlay();
  // After the app's own requests: a browser opens few connections at once.
  if (document.readyState === 'complete') listen();
  else addEventListener('load', listen);
})();
