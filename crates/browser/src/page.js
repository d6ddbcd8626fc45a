// What we ask pages. Runs in a world of its own: the page's scripts see none of it, and cannot change what it uses.
globalThis.qv = (() => {
  const MOST_NODES = 20000;
  const SHOWN = 'img,svg,canvas,video,iframe,input,button,textarea,select,hr';
  const PRESSED =
    'button,a[href],summary,label,option,input[type=submit],input[type=button],input[type=reset],input[type=image],input[type=checkbox],input[type=radio],' +
    '[role=button],[role=link],[role=tab],[role=menuitem],[role=menuitemcheckbox],[role=menuitemradio],[role=option],[role=checkbox],' +
    '[role=radio],[role=switch],[role=treeitem],[role=gridcell],[tabindex],[onclick]';
  const NOT_FILLED = 'checkbox,radio,button,submit,reset,image,file,hidden'.split(',');
  const FILLED = 'input,textarea,[contenteditable=""],[contenteditable=true],[contenteditable=plaintext-only],[role=textbox],[role=searchbox],[role=spinbutton]';

  const squeezed = (text) => String(text ?? '').replace(/\s+/g, ' ').trim();
  const plain = (text) => squeezed(text).toLowerCase().replace(/[\s:*…]+$/, '');
  const cut = (text, most) => (text.length > most ? `${text.slice(0, most)}…` : text);

  /** Every element, those in open shadow trees included, in order. */
  const elements = () => {
    const found = [];
    const walk = (root) => {
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT);
      for (let node = walker.nextNode(); node && found.length < MOST_NODES; node = walker.nextNode()) {
        // Ours, not the app's.
        if (node.localName === 'quickvibe-overlay') continue;
        found.push(node);
        if (node.shadowRoot) walk(node.shadowRoot);
      }
    };
    if (document.body) walk(document.body);
    return found;
  };
  const matching = (selector) => elements().filter((element) => element.matches(selector));
  /** Those of elements that a person can reach: beside a modal dialog nothing is. */
  const reachable = (list) => {
    const modal = [...document.querySelectorAll('dialog:modal')].at(-1);
    return modal ? list.filter((element) => inside(modal, element)) : list;
  };

  const visible = (element) => {
    if (!element.checkVisibility({ visibilityProperty: true })) return false;
    const { width, height } = element.getBoundingClientRect();
    return width > 0 && height > 0;
  };

  const textOf = (element) => {
    const parts = [];
    const walk = (node) => {
      for (const child of node.childNodes) {
        if (child.nodeType === 3) parts.push(child.data);
        else if (child.nodeType === 1 && child.getAttribute('aria-hidden') !== 'true' && !child.matches('script,style,template')) {
          const label = child.getAttribute('aria-label') || (child.matches('img') && child.getAttribute('alt')) || '';
          if (label) parts.push(` ${label} `);
          else if (child.matches('svg')) parts.push(child.querySelector('title')?.textContent ?? '');
          else if (!child.matches('select,textarea')) walk(child);
          if (!label && getComputedStyle(child).display !== 'inline') parts.push(' ');
        }
      }
    };
    walk(element);
    return squeezed(parts.join(''));
  };

  /** Names by which people and screen readers know an element, the best first. */
  const names = (element) => {
    const all = [];
    const ids = element.getAttribute('aria-labelledby');
    if (ids) {
      const root = element.getRootNode();
      all.push(ids.split(/\s+/).map((id) => { const by = root.getElementById?.(id); return by ? textOf(by) : ''; }).join(' '));
    }
    all.push(element.getAttribute('aria-label'));
    for (const label of element.labels ?? []) all.push(textOf(label));
    if (element.matches('input[type=submit],input[type=button],input[type=reset]')) all.push(element.value || element.type);
    if (element.matches('img,input[type=image]')) all.push(element.getAttribute('alt'));
    if (!element.matches('input,select,textarea')) all.push(textOf(element));
    all.push(element.getAttribute('placeholder'), element.getAttribute('title'));
    return all.map(squeezed).filter(Boolean);
  };

  /** The elements of this name, exact ones first. */
  const named = (candidates, name) => {
    const wanted = plain(name);
    const exact = [];
    const partly = [];
    for (const element of candidates) {
      const all = names(element).map(plain);
      if (all.includes(wanted)) exact.push(element);
      else if (all.some((one) => one.length < 200 && one.includes(wanted))) partly.push(element);
    }
    // The innermost of several that are inside each other.
    const inner = (list) => list.filter((element) => !list.some((other) => other !== element && element.contains(other)));
    return exact.length ? inner(exact) : inner(partly);
  };

  const listed = (candidates, kind) => {
    const seen = [...new Set(candidates.map((element) => cut(names(element)[0] ?? '', 40)).filter(Boolean))].slice(0, 12);
    return seen.length ? `${kind}: ${seen.map((name) => `"${name}"`).join(', ')}` : `there are no ${kind}`;
  };

  const disabled = (element) => element.matches(':disabled') || element.getAttribute('aria-disabled') === 'true';

  const deepest = (x, y) => {
    let hit = document.elementFromPoint(x, y);
    while (hit?.shadowRoot) {
      const inner = hit.shadowRoot.elementFromPoint(x, y);
      if (!inner || inner === hit) break;
      hit = inner;
    }
    return hit;
  };
  const inside = (outer, node) => {
    for (let at = node; at; at = at.parentNode ?? at.host) if (at === outer) return true;
    return false;
  };

  /** Resolves with the next frame; where none comes, a moment later. */
  const frame = () =>
    new Promise((done) => {
      const late = setTimeout(done, 100);
      requestAnimationFrame(() => {
        clearTimeout(late);
        done();
      });
    });

  /** Where an element is once it stays there: a press on what moves would miss it. What never rests is taken as it is. */
  const resting = async (element, frames) => {
    let before = element.getBoundingClientRect();
    while (frames.left-- > 0) {
      await frame();
      const box = element.getBoundingClientRect();
      if (['x', 'y', 'width', 'height'].every((side) => box[side] === before[side])) return box;
      before = box;
    }
    return before;
  };

  /** Where to press an element: a point where nothing covers it, or what does. */
  const point = async (element, frames) => {
    element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
    const box = await resting(element, frames);
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const hit = deepest(x, y);
    if (hit && (inside(element, hit) || hit.closest?.('label')?.control === element)) return { x, y };
    return { cover: hit ? cut(textOf(hit) || hit.localName, 40) : 'nothing that can be reached' };
  };

  const pressed = async (found, what) => {
    let why = '';
    const frames = { left: 20 };
    for (const element of found) {
      if (disabled(element)) {
        why ||= `${what} is disabled`;
        continue;
      }
      const at = await point(element, frames);
      if ('x' in at) return { x: at.x, y: at.y };
      // Boxes that are drawn by their label are too small or hidden themselves.
      const label = [...(element.labels ?? [])].find(visible);
      const beside = label && (await point(label, frames));
      if (beside && 'x' in beside) return { x: beside.x, y: beside.y };
      why ||= `${what} is covered by "${at.cover}"`;
    }
    return { why };
  };

  /** A label is pressed for the box that it has; for a field it is only its name. */
  const namesField = (element) => element.matches('label') && element.control && !/^(checkbox|radio|file)$/.test(element.control.type);
  const pressable = () =>
    reachable(matching(PRESSED)).filter((element) => !namesField(element) && (visible(element) || [...(element.labels ?? [])].some(visible)));

  const press = (name) => {
    const candidates = pressable();
    let found = named(candidates, name);
    if (!found.length) {
      // Anything that says so, and looks as if it could be pressed.
      found = elements().filter((element) => plain(textOf(element)) === plain(name) && visible(element) && getComputedStyle(element).cursor === 'pointer');
    }
    if (!found.length) return { why: `nothing to press is named "${name}"; ${listed(candidates, 'buttons and links')}` };
    return pressed(found, `"${name}"`);
  };

  const fields = () => reachable(matching(FILLED)).filter((element) => !NOT_FILLED.includes(element.type) && visible(element));

  const fill = (label, text) => {
    const candidates = fields();
    const [field] = named(candidates, label);
    if (!field) return { why: `no field is named "${label}"; ${listed(candidates, 'fields')}` };
    if (disabled(field) || field.readOnly) return { why: `the field "${label}" cannot be written to` };
    field.scrollIntoView({ block: 'center', behavior: 'instant' });
    field.focus();
    if (!('value' in field)) {
      getSelection().selectAllChildren(field);
      document.execCommand(text ? 'insertText' : 'delete', false, text);
      return {};
    }
    // The setter that the browser has: frameworks put their own before it, to notice that somebody else wrote.
    const prototype = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement.prototype : HTMLInputElement.prototype;
    Object.getOwnPropertyDescriptor(prototype, 'value').set.call(field, text);
    if (text && !field.value) return { why: `the field "${label}" takes no "${text}"` };
    field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true, inputType: 'insertText', data: text }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
    return {};
  };

  const choose = async (option, label) => {
    const lists = reachable(matching('select')).filter(visible);
    const [list] = named(lists, label);
    if (list) {
      if (disabled(list)) return { why: `the list "${label}" is disabled` };
      const index = [...list.options].findIndex((one) => plain(one.label) === plain(option));
      if (index < 0) return { why: `the list "${label}" has no "${option}"; ${listed([...list.options], 'options')}` };
      list.focus();
      list.selectedIndex = index;
      list.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
      list.dispatchEvent(new Event('change', { bubbles: true }));
      return {};
    }
    const options = matching('[role=option],[role=menuitemradio],[role=radio],input[type=radio]').filter(
      (element) => visible(element) || [...(element.labels ?? [])].some(visible),
    );
    const found = named(options, option);
    if (found.length) return pressed(found, `"${option}"`);
    const openers = matching('[role=combobox],[aria-haspopup],button').filter(visible);
    const [opener] = named(openers, label);
    if (opener) return { ...(await pressed([opener], `"${label}"`)), opens: true };
    return { why: `no list is named "${label}"; ${listed(lists, 'lists')}` };
  };

  const shownText = () => {
    const parts = [document.body?.innerText ?? ''];
    for (const element of elements()) {
      if (element.shadowRoot) parts.push([...element.shadowRoot.children].map((child) => child.innerText ?? '').join(' '));
      if (!element.matches('input,textarea,select,img,[role=img]') || element.type === 'password' || !visible(element)) continue;
      if (element.matches('select')) parts.push(element.selectedOptions[0]?.label ?? '');
      else if (element.matches('img,[role=img]')) parts.push(element.getAttribute('alt') ?? element.getAttribute('aria-label') ?? '');
      else if (!NOT_FILLED.includes(element.type)) parts.push(element.value, element.placeholder ?? '');
      else if (/submit|button|reset/.test(element.type)) parts.push(element.value);
    }
    return squeezed(parts.join(' \n '));
  };
  /** What a person looks at first: a dialog that is open, else the page. */
  const foremost = (shown) => {
    const dialogs = matching('dialog[open],[role=dialog],[role=alertdialog]').filter(visible);
    const text = squeezed(dialogs.at(-1)?.innerText ?? '');
    return text ? `a dialog: ${text}` : shown;
  };
  const see = (text) => {
    const all = shownText();
    if (all.toLowerCase().includes(squeezed(text).toLowerCase())) return {};
    const shown = foremost(all);
    return { why: shown ? `the page does not show "${text}"; it shows: ${cut(shown, 240)}` : `the page does not show "${text}"; it is empty` };
  };
  const unseen = (text) => ('why' in see(text) ? {} : { why: `the page still shows "${text}"` });

  const painted = () => {
    if (!document.body) return false;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(), left = 4000; node && left; node = walker.nextNode(), left -= 1) {
      const element = node instanceof Element ? node : node.parentElement;
      if (!element || element.closest('script,style,template,noscript')) continue;
      const counts = node instanceof Element ? element.matches(SHOWN) : node.textContent.trim();
      if (counts && visible(element)) return true;
    }
    return false;
  };
  const look = () => ({ painted: painted(), title: cut(document.title, 200), busy: document.readyState !== 'complete' });

  const RULES = [
    'area-alt', 'aria-allowed-attr', 'aria-command-name', 'aria-conditional-attr', 'aria-hidden-body', 'aria-hidden-focus',
    'aria-input-field-name', 'aria-meter-name', 'aria-progressbar-name', 'aria-prohibited-attr', 'aria-required-attr', 'aria-required-children',
    'aria-required-parent', 'aria-roles', 'aria-toggle-field-name', 'aria-tooltip-name', 'aria-valid-attr', 'aria-valid-attr-value', 'button-name',
    'color-contrast', 'duplicate-id-aria', 'form-field-multiple-labels', 'frame-title', 'html-has-lang', 'image-alt', 'input-button-name', 'input-image-alt', 'label',
    'link-name', 'list', 'listitem', 'nested-interactive', 'role-img-alt', 'select-name', 'svg-img-alt', 'video-caption',
  ];
  const audit = async () => {
    const known = new Set(axe.getRules().map(({ ruleId }) => ruleId));
    const { violations } = await axe.run(
      { exclude: [['quickvibe-overlay']] },
      { runOnly: { type: 'rule', values: RULES.filter((rule) => known.has(rule)) }, resultTypes: ['violations'], iframes: false, elementRef: false },
    );
    const found = violations.flatMap(({ id, impact, help, nodes }) =>
      nodes.slice(0, 5).map(({ target, html }) => ({
        id, impact: impact ?? 'minor', help: cut(help, 200), target: cut(target.flat().join(' '), 200), html: cut(html, 300),
      })),
    );
    return found.slice(0, 40);
  };

  return { press, fill, choose, see, unseen, look, audit };
})();
