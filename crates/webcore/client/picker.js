// @ts-check
/**
 * Lets a person point at an element: outlines what is under the pointer, reports what is clicked.
 *
 * @typedef {(type: string, data: Record<string, unknown>, always: boolean) => void} Send
 */

/** @type {Send | null} */
let send = null;
/** @type {HTMLElement | null} */
let outline = null;

/** @param {Element} element */
const selector = (element) => {
  const parts = [];
  for (let at = /** @type {Element | null} */ (element); at && at !== document.documentElement && parts.length < 8; at = at.parentElement) {
    const name = at.tagName.toLowerCase();
    if (at.id) {
      parts.unshift(`${name}#${CSS.escape(at.id)}`);
      break;
    }
    const same = at.parentElement ? [...at.parentElement.children].filter((other) => other.tagName === at?.tagName) : [];
    parts.unshift(same.length > 1 ? `${name}:nth-of-type(${same.indexOf(at) + 1})` : name);
  }
  return parts.join(' > ');
};

/** The name of a React component; none of an element's. @param {any} fiber @returns {string | undefined} */
const nameOf = (fiber) => {
  const type = fiber?.type?.render ?? fiber?.type?.type ?? fiber?.type;
  return (typeof type === 'function' && (type.displayName || type.name)) || undefined;
};

/** Names of the React or Vue components around an element, innermost first. @param {any} element */
const components = (element) => {
  const names = [];
  const key = Object.keys(element).find((name) => name.startsWith('__reactFiber$'));
  for (let fiber = key && element[key]; fiber && names.length < 8; fiber = fiber.return) {
    const name = nameOf(fiber);
    if (name) names.push(name);
  }
  for (let vue = element.__vueParentComponent; vue && names.length < 8; vue = vue.parent) {
    const name = vue.type?.name ?? vue.type?.__name;
    if (name) names.push(name);
  }
  return names;
};

// ---- Where an element is drawn -------------------------------------------------------------

/**
 * A place in the app's code; `line` is from 1, `component` is whose code it is.
 *
 * @typedef {{file: string, line: number | null, component?: string}} Place
 */

/** How long a place may be looked for, in milliseconds: what is picked is told without one then. */
const PLACE_MS = 1_500;
/** Components around an element whose places are looked at. */
const MOST_FIBERS = 30;
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The numbers of one segment of a source map. @param {string} text */
const numbers = (text) => {
  const all = [];
  let value = 0;
  let shift = 0;
  for (const char of text) {
    const digit = DIGITS.indexOf(char);
    value += (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    all.push(value & 1 ? -(value >> 1) : value >> 1);
    value = 0;
    shift = 0;
  }
  return all;
};

/**
 * The line of the source, from 1, that a place in the served code comes from.
 *
 * @param {string} mappings @param {number} line From 1. @param {number} column From 1.
 * @returns {number | null}
 */
const sourceLine = (mappings, line, column) => {
  let source = 0;
  let found = null;
  for (const [at, group] of mappings.split(';').slice(0, line).entries()) {
    let from = 0;
    for (const segment of group ? group.split(',') : []) {
      const [step = 0, , down] = numbers(segment);
      from += step;
      if (down === undefined) continue;
      source += down;
      if (at === line - 1 && (from < column || found === null)) found = source + 1;
    }
  }
  return found;
};

/** The path in the project, of the address of one of its modules. @param {string} url @returns {string | null} */
const fileOf = (url) => {
  const { origin, pathname } = new URL(url);
  const base = /** @type {any} */ (globalThis).__qv.config.base;
  if (origin !== new URL(document.baseURI).origin || !pathname.startsWith(`${base}/`)) return null;
  const file = decodeURIComponent(pathname.slice(base.length + 1));
  // Ours, and packages.
  return file === '' || file.startsWith('@') || file.startsWith('node_modules/') ? null : file;
};

/** @param {string} stack @returns {Promise<Place | null>} The first place in it that is the app's own. */
const inStack = async (stack) => {
  for (const [, url = '', line, column] of stack.matchAll(/(https?:\/\/[^\s()]+?):(\d+):(\d+)/g)) {
    const file = fileOf(url);
    if (file === null) continue;
    try {
      const code = await (await fetch(url)).text();
      const map = /\/\/# sourceMappingURL=(\S+)\s*$/.exec(code)?.[1];
      if (!map) return { file, line: null };
      const { mappings } = await (await fetch(new URL(map, url))).json();
      return { file, line: sourceLine(mappings, Number(line), Number(column)) };
    } catch {
      return { file, line: null };
    }
  }
  return null;
};

/** Where React, Vue or Svelte says that an element is made. @param {any} element @returns {Promise<Place | null>} */
const placeOf = async (element) => {
  for (let at = element; at; at = at.parentElement) {
    const loc = at.__svelte_meta?.loc;
    if (typeof loc?.file === 'string') return { file: loc.file, line: Number(loc.line) || null };
    const vue = at.__vueParentComponent?.type?.__file;
    if (typeof vue === 'string') return { file: vue, line: null };
    const key = Object.keys(at).find((name) => name.startsWith('__reactFiber$'));
    if (!key) continue;
    for (let fiber = at[key], left = MOST_FIBERS; fiber && left; fiber = fiber.return, left -= 1) {
      const component = nameOf(fiber._debugOwner);
      // React up to 18 keeps the source of development builds, later ones the stack of the call that made it.
      if (fiber._debugSource) {
        const { fileName, lineNumber } = fiber._debugSource;
        return { file: String(fileName), line: Number(lineNumber) || null, component };
      }
      const stack = fiber._debugStack?.stack ?? fiber._debugStack;
      const place = typeof stack === 'string' ? await inStack(stack) : null;
      if (place) return { ...place, component };
    }
    return null;
  }
  return null;
};

/** @param {Event} event @returns {Element | null} */
const pointed = (event) => {
  const target = event.composedPath()[0];
  return target instanceof Element && target !== outline ? target : null;
};

/** @param {Event} event */
const onMove = (event) => {
  const target = pointed(event);
  if (!target || !outline) return;
  const { x, y, width, height } = target.getBoundingClientRect();
  Object.assign(outline.style, { transform: `translate(${x}px, ${y}px)`, width: `${width}px`, height: `${height}px` });
};

/** @param {Event} event */
const onClick = async (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
  const target = pointed(event);
  const tell = send;
  if (!target || !tell || event.type !== 'click') return;
  stop();
  const { x, y, width, height } = target.getBoundingClientRect();
  const picked = {
    path: selector(target).slice(0, 500),
    html: target.outerHTML.slice(0, 2000),
    text: (target.textContent ?? '').trim().slice(0, 200),
    components: components(target),
    rect: [x, y, width, height],
  };
  const late = new Promise((resolve) => setTimeout(() => resolve(null), PLACE_MS));
  const source = await Promise.race([placeOf(target).catch(() => null), late]);
  tell('picked', { ...picked, source }, true);
};

/** @param {KeyboardEvent} event */
const onKey = (event) => {
  if (event.key !== 'Escape') return;
  event.preventDefault();
  event.stopImmediatePropagation();
  send?.('picked', { cancelled: true }, true);
  stop();
};

const PRESSES = ['click', 'pointerdown', 'pointerup', 'mousedown', 'mouseup'];

/** @param {Send} to */
export const start = (to) => {
  stop();
  send = to;
  outline = document.createElement('div');
  Object.assign(outline.style, {
    position: 'fixed', inset: '0 auto auto 0', zIndex: '2147483646', pointerEvents: 'none',
    outline: '2px solid #6366f1', background: '#6366f120', borderRadius: '3px',
  });
  document.documentElement.append(outline);
  addEventListener('pointermove', onMove, true);
  for (const press of PRESSES) addEventListener(press, onClick, true);
  addEventListener('keydown', onKey, true);
};

export const stop = () => {
  outline?.remove();
  outline = null;
  send = null;
  removeEventListener('pointermove', onMove, true);
  for (const press of PRESSES) removeEventListener(press, onClick, true);
  removeEventListener('keydown', onKey, true);
};
