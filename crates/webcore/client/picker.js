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

/** Names of the React or Vue components around an element, innermost first. @param {any} element */
const components = (element) => {
  const names = [];
  const key = Object.keys(element).find((name) => name.startsWith('__reactFiber$'));
  for (let fiber = key && element[key]; fiber && names.length < 8; fiber = fiber.return) {
    const type = fiber.type?.render ?? fiber.type?.type ?? fiber.type;
    const name = typeof type === 'function' && (type.displayName || type.name);
    if (name) names.push(name);
  }
  for (let vue = element.__vueParentComponent; vue && names.length < 8; vue = vue.parent) {
    const name = vue.type?.name ?? vue.type?.__name;
    if (name) names.push(name);
  }
  return names;
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
const onClick = (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
  const target = pointed(event);
  if (!target || event.type !== 'click') return;
  const { x, y, width, height } = target.getBoundingClientRect();
  send?.('picked', {
    path: selector(target).slice(0, 500),
    html: target.outerHTML.slice(0, 2000),
    text: (target.textContent ?? '').trim().slice(0, 200),
    components: components(target),
    rect: [x, y, width, height],
  }, true);
  stop();
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
