// @ts-check
/**
 * A page without an origin has no storage or cookies; merely touching them throws. Apps that keep
 * a setting there should run all the same, so these stand in: they last as long as the page. And
 * its addresses begin with a base that the app knows nothing of.
 */
(() => {
  /** @type {import('./types.js').Config} */
  const config = /** @type {any} */ (globalThis).__qv.config;

  class MemoryStorage {
    /** @type {Map<string, string>} */
    #items = new Map();
    get length() {
      return this.#items.size;
    }
    /** @param {number} index */
    key(index) {
      return [...this.#items.keys()][index] ?? null;
    }
    /** @param {string} name */
    getItem(name) {
      return this.#items.get(String(name)) ?? null;
    }
    /** @param {string} name @param {string} value */
    setItem(name, value) {
      this.#items.set(String(name), String(value));
    }
    /** @param {string} name */
    removeItem(name) {
      this.#items.delete(String(name));
    }
    clear() {
      this.#items.clear();
    }
    keys() {
      return [...this.#items.keys()];
    }
  }

  /** `storage.name` means `storage.getItem('name')`. */
  const storage = () => {
    const memory = new MemoryStorage();
    return new Proxy(memory, {
      get(target, name) {
        const own = Reflect.get(target, name, target);
        if (typeof own === 'function') return own.bind(target);
        return own !== undefined || typeof name === 'symbol' ? own : (target.getItem(name) ?? undefined);
      },
      set(target, name, value) {
        target.setItem(String(name), value);
        return true;
      },
      deleteProperty(target, name) {
        target.removeItem(String(name));
        return true;
      },
      has: (target, name) => name in MemoryStorage.prototype || target.getItem(String(name)) !== null,
      ownKeys: (target) => target.keys(),
      getOwnPropertyDescriptor(target, name) {
        const value = target.getItem(String(name));
        return value === null ? undefined : { value, enumerable: true, configurable: true, writable: true };
      },
    });
  };

  /** @param {object} on @param {string} name @param {PropertyDescriptor} descriptor */
  const define = (on, name, descriptor) => Object.defineProperty(on, name, { configurable: true, ...descriptor });
  for (const name of ['localStorage', 'sessionStorage']) {
    const value = storage();
    define(window, name, { get: () => value });
  }
  // Libraries that look for it fall back; those that find it would fail at the first call.
  for (const name of ['indexedDB', 'caches', 'cookieStore']) define(window, name, { value: undefined });

  // Apps ask whether there is such a thing and then use it.
  const never = new Promise(() => {});
  const serviceWorker = {
    register: () => never,
    ready: never,
    controller: null,
    getRegistration: async () => undefined,
    getRegistrations: async () => [],
    addEventListener() {},
  };
  define(navigator, 'serviceWorker', { value: serviceWorker });

  /** @type {Map<string, string>} */
  const cookies = new Map();
  define(document, 'cookie', {
    get: () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    set: (/** @type {unknown} */ text) => {
      const [pair, ...rest] = String(text).split(';');
      const [name, ...value] = (pair ?? '').split('=');
      const gone = rest.some((part) => /^\s*max-age\s*=\s*(0|-)/i.test(part));
      if (gone) cookies.delete((name ?? '').trim());
      else cookies.set((name ?? '').trim(), value.join('=').trim());
    },
  });

  // A router reads the address and must not see the base. Without one the base stays, because
  // relative URLs of the page depend on it, and comes before addresses that the app makes up.
  const shown = location.pathname.slice(config.base.length) || '/';
  if (config.router) history.replaceState(history.state, '', shown + location.search + location.hash);
  for (const name of /** @type {const} */ (['pushState', 'replaceState'])) {
    const original = history[name];
    history[name] = function (state, title, url) {
      const rooted = typeof url === 'string' && /^\/(?!\/)/.test(url);
      const address = rooted && !config.router ? config.base + url : url;
      try {
        original.call(this, state, title, address);
      } catch {
        // Where a browser does not let such a page change its address, the state is kept.
        original.call(this, state, title);
      }
    };
  }
})();
