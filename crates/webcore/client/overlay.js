// @ts-check
/**
 * Says what keeps the app's newest text from running. The last version that ran stays usable
 * behind it: the panel takes only the lower part of the page and can be put away.
 *
 * @typedef {import('./types.js').Diagnostic} Diagnostic
 */

const STYLE = `
  :host { all: initial; position: fixed; inset: auto 0 0 0; z-index: 2147483647; }
  .panel { font: 14px/1.5 system-ui, sans-serif; color: #e7e5e4; background: #1c1917;
    border-top: 2px solid #dc6b4a; box-shadow: 0 -4px 24px #0003; max-height: 60vh; overflow: auto; }
  header { display: flex; align-items: center; gap: 12px; padding: 12px 16px 0; }
  h1 { font-size: 14px; font-weight: 600; margin: 0; flex: 1; }
  button { font: inherit; color: inherit; background: #292524; border: 1px solid #57534e;
    border-radius: 6px; padding: 2px 10px; cursor: pointer; }
  button:focus-visible { outline: 2px solid #a5b4fc; outline-offset: 2px; }
  ol { list-style: none; margin: 0; padding: 4px 16px 16px; }
  li { padding: 10px 0; border-bottom: 1px solid #292524; }
  li:last-child { border-bottom: 0; }
  .place { font: 12px/1.5 ui-monospace, monospace; color: #a8a29e; }
  .message { margin: 2px 0; overflow-wrap: anywhere; }
  .help { color: #a8a29e; margin: 2px 0; overflow-wrap: anywhere; }
  pre { font: 12px/1.5 ui-monospace, monospace; background: #0c0a09; border-radius: 6px;
    padding: 8px 12px; margin: 6px 0 0; overflow: auto; color: #d6d3d1; }
`;

/** @type {HTMLElement | null} */
let host = null;
/** What was put away; shown again when it changes. */
let dismissed = '';

/** @param {string} tag @param {string} text @param {string} [name] */
const element = (tag, text, name) => {
  const created = document.createElement(tag);
  created.textContent = text;
  if (name) created.className = name;
  return created;
};

/** @param {Diagnostic} diagnostic */
const item = (diagnostic) => {
  const { file, line, column, message, help, frame } = diagnostic;
  const entry = document.createElement('li');
  entry.append(element('div', line ? `${file}:${line}:${column}` : file, 'place'));
  entry.append(element('p', message, 'message'));
  if (help) entry.append(element('p', help, 'help'));
  if (frame) entry.append(element('pre', frame));
  return entry;
};

/** Shows what is wrong, or nothing. @param {Diagnostic[]} errors */
export const show = (errors) => {
  const key = JSON.stringify(errors);
  host?.remove();
  host = null;
  if (!errors.length || key === dismissed) return;
  dismissed = '';
  host = document.createElement('quickvibe-overlay');
  const root = host.attachShadow({ mode: 'open' });
  const panel = element('div', '', 'panel');
  panel.setAttribute('role', 'alert');
  const header = document.createElement('header');
  const waiting = errors.every(({ kind }) => kind === 'package_pending');
  const title = waiting ? 'Waiting for packages' : errors.length === 1 ? 'This does not run yet' : `${errors.length} things keep this from running`;
  const close = /** @type {HTMLButtonElement} */ (element('button', 'Hide'));
  close.onclick = () => {
    dismissed = key;
    host?.remove();
    host = null;
  };
  header.append(element('h1', title), close);
  const list = document.createElement('ol');
  list.append(...errors.slice(0, 20).map(item));
  panel.append(header, list);
  root.append(element('style', STYLE), panel);
  document.documentElement.append(host);
};
