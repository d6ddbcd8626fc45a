// @ts-check
/**
 * Runs first in every preview page: tells the app around it what happens inside, and takes in new
 * versions of modules and styles. A classic script, so that it is there before any code of the
 * generated app; everything that is not needed at once is imported when it is.
 *
 * Whatever the page sends is untrusted: it shares this page with generated code. So nothing secret
 * is here, and the app around checks every message.
 *
 * @typedef {import('./types.js').Diagnostic} Diagnostic
 * @typedef {import('./types.js').HotModule} HotModule
 * @typedef {import('./types.js').Patch} Patch
 * @typedef {import('./types.js').Config} Config
 */
(() => {
  const qv = /** @type {any} */ (globalThis).__qv;
  /** @type {Config} */
  const config = qv.config;
  const embedded = parent !== window;
  // The app's code may replace these; what runs later must not depend on it.
  const { requestAnimationFrame: frame, setTimeout: later, performance: clock } = window;
  const post = parent.postMessage.bind(parent);

  // ---- Reports ------------------------------------------------------------------------------

  /** Most messages at once, and how many a second after that. */
  const BURST = 100;
  const PER_SECOND = 20;
  const MAX_TEXT = 4000;
  let tokens = BURST;
  let refilled = clock.now();
  let dropped = 0;

  /** @param {string} text */
  const cut = (text) => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);

  /**
   * @param {string} type
   * @param {Record<string, unknown>} [data]
   * @param {boolean} [always] Our own messages, which generated code cannot multiply.
   */
  const send = (type, data = {}, always = false) => {
    if (!embedded) return;
    const now = clock.now();
    tokens = Math.min(BURST, tokens + ((now - refilled) / 1000) * PER_SECOND);
    refilled = now;
    if (!always && tokens < 1) {
      dropped += 1;
      return;
    }
    tokens -= always ? 0 : 1;
    const message = { qv: 1, type, ...data, ...(dropped ? { dropped } : {}) };
    dropped = 0;
    post(message, config.opaque ? '*' : config.app);
  };
  qv.send = send;

  /** @param {unknown} value @returns {string} */
  const show = (value) => {
    try {
      if (value instanceof Error) return cut(value.stack || String(value));
      if (typeof value === 'string') return cut(value);
      if (value instanceof Element) return cut(/** @type {Element} */ (value.cloneNode()).outerHTML);
      if (typeof value === 'object' && value !== null) {
        const seen = new WeakSet();
        let left = 500;
        const text = JSON.stringify(value, (_, inner) => {
          if (typeof inner === 'bigint') return `${inner}n`;
          if (typeof inner === 'function') return `[function ${inner.name}]`;
          if (typeof inner !== 'object' || inner === null) return inner;
          if (seen.has(inner) || (left -= 1) < 0) return '[…]';
          seen.add(inner);
          return inner instanceof Map || inner instanceof Set ? [...inner] : inner;
        });
        return cut(text ?? String(value));
      }
      return cut(String(value));
    } catch {
      return '[value that cannot be shown]';
    }
  };

  /** Fills `%s` and the like in, as consoles do. @param {unknown[]} args @returns {string[]} */
  const formatted = (args) => {
    const [first, ...rest] = args.slice(0, 20);
    if (typeof first !== 'string' || !first.includes('%')) return [first, ...rest].map(show);
    const text = first.replace(/%([sdifoOc%])/g, (whole, letter) => {
      if (letter === '%') return '%';
      if (!rest.length) return whole;
      const value = rest.shift();
      return letter === 'c' ? '' : show(value);
    });
    return [cut(text), ...rest.map(show)];
  };

  for (const level of /** @type {const} */ (['debug', 'log', 'info', 'warn', 'error'])) {
    const original = console[level];
    console[level] = (...args) => {
      original.apply(console, args);
      if (args.length) send('console', { level, args: formatted(args) });
    };
  }

  addEventListener(
    'error',
    (event) => {
      const target = event.target;
      if (target instanceof Element) {
        const url = target.getAttribute('src') || target.getAttribute('href') || '';
        send('resource-error', { url: cut(url), tag: target.tagName.toLowerCase() });
        return;
      }
      send('error', {
        message: cut(event.message || ''),
        file: event.filename,
        line: event.lineno,
        col: event.colno,
        stack: event.error?.stack ? cut(String(event.error.stack)) : undefined,
      });
    },
    true,
  );

  addEventListener('unhandledrejection', ({ reason }) => {
    const message = reason instanceof Error ? reason.message : show(reason);
    const stack = reason instanceof Error && reason.stack ? cut(reason.stack) : undefined;
    send('unhandledrejection', { message: cut(message), stack });
  });

  /** @param {string} method @param {unknown} url @param {Record<string, unknown>} outcome */
  const network = (method, url, outcome) => {
    send('network', { method, url: cut(String(url)), ...outcome });
  };
  const fetchOriginal = window.fetch;
  window.fetch = async (input, init) => {
    const method = init?.method ?? (input instanceof Request ? input.method : 'GET');
    const url = input instanceof Request ? input.url : input;
    try {
      const response = await fetchOriginal.call(window, input, init);
      if (response.status >= 400) network(method, url, { status: response.status });
      return response;
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'AbortError')) {
        network(method, url, { error: show(error).split('\n')[0] });
      }
      throw error;
    }
  };
  const open = XMLHttpRequest.prototype.open;
  XMLHttpRequest.prototype.open = function (/** @type {any[]} */ ...args) {
    const [method, url] = args;
    this.addEventListener('load', () => {
      if (this.status >= 400) network(method, url, { status: this.status });
    });
    this.addEventListener('error', () => network(method, url, { error: 'request failed' }));
    return open.apply(this, /** @type {any} */ (args));
  };

  // ---- Life of the page ---------------------------------------------------------------------

  const where = () => {
    const { pathname, search, hash } = location;
    const path = pathname.startsWith(`${config.base}/`) ? pathname.slice(config.base.length) : pathname;
    return path + search + hash;
  };
  // The address may have lost its base.
  const reload = () => (config.opaque ? location.replace(config.base + where()) : location.reload());
  const navigated = () => send('navigated', { path: cut(where()) });
  for (const name of /** @type {const} */ (['pushState', 'replaceState'])) {
    const original = history[name];
    history[name] = function (state, title, url) {
      original.call(this, state, title, url);
      navigated();
    };
  }
  addEventListener('popstate', navigated);
  addEventListener('hashchange', navigated);

  /** Two frames on, what was changed is on the screen. A hidden page has no frames. */
  const onceShown = (/** @type {() => void} */ then) => {
    let done = false;
    const once = () => {
      if (!done) then();
      done = true;
    };
    frame(() => frame(once));
    later(once, 250);
  };

  const SEEN = 'img,svg,canvas,video,iframe,input,button,textarea,select,hr';
  const hasContent = () => {
    if (!document.body) return false;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(), left = 2000; node && left; node = walker.nextNode(), left -= 1) {
      const element = node instanceof Element ? node : node.parentElement;
      if (!element || element.closest('script,style,template,noscript')) continue;
      const counts = node instanceof Element ? element.matches(SEEN) : node.textContent?.trim();
      if (counts && element.getClientRects().length) return true;
    }
    return false;
  };
  const watchForPaint = () => {
    let waiting = false;
    const look = () => {
      waiting = false;
      if (!hasContent()) return;
      observer.disconnect();
      onceShown(() => send('painted', { ms: clock.now(), title: cut(document.title) }, true));
    };
    const observer = new MutationObserver(() => {
      if (!waiting) onceAFrame();
      waiting = true;
    });
    const onceAFrame = () => frame(look);
    observer.observe(document.documentElement, { childList: true, subtree: true, characterData: true });
    look();
  };

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
    if (event.source !== parent || !embedded) return;
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

  // What compiled decorators call.
  /** @type {any} */ (globalThis).babelHelpers ??= {
    decorate(/** @type {any[]} */ decorators, /** @type {any} */ target, /** @type {any} */ key, /** @type {any} */ descriptor) {
      const isMember = arguments.length > 2;
      let value = isMember ? (descriptor ?? Object.getOwnPropertyDescriptor(target, key)) : target;
      for (const decorator of [...decorators].reverse()) {
        value = (isMember ? decorator(target, key, value) : decorator(value)) ?? value;
      }
      if (isMember && value) Object.defineProperty(target, key, value);
      return value;
    },
    decorateParam: (/** @type {number} */ index, /** @type {any} */ decorator) =>
      (/** @type {any} */ target, /** @type {any} */ key) => decorator(target, key, index),
    decorateMetadata: () => () => {},
  };
  // Libraries written for bundlers ask for it.
  /** @type {any} */ (globalThis).process ??= { env: { NODE_ENV: 'development' } };

  // A service worker would answer with yesterday's modules. Nothing that waits for one goes on.
  if (!config.opaque && navigator.serviceWorker) {
    navigator.serviceWorker.register = () => new Promise(() => {});
  }

  send('boot', { path: cut(where()), revision }, true);
  const ready = () => {
    watchForPaint();
    overlay();
  };
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', ready);
  else ready();
  // After the app's own requests: a browser opens few connections at once.
  if (document.readyState === 'complete') listen();
  else addEventListener('load', listen);
})();
