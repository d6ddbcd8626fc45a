// @ts-check
/**
 * Runs first in every preview page and tells the app around it what happens inside. A classic
 * script, so that it is there before any code of the generated app; served with `update.js` as
 * `/@qv/client.js`.
 *
 * Whatever the page sends is untrusted: it shares this page with generated code. So nothing secret
 * is here, and the app around checks every message.
 */
(() => {
  const qv = /** @type {any} */ (globalThis).__qv;
  /** @type {import('./types.js').Config} */
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

  // ---- Stand-ins ----------------------------------------------------------------------------

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

  Object.assign(qv, { send, show, cut, where, onceShown });
  send('boot', { path: cut(where()), revision: config.revision }, true);
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', watchForPaint);
  else watchForPaint();
})();
