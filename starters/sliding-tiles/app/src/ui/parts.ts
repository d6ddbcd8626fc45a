/** An element of the layout by its `data-part`; a missing one is a mistake in layout.ts, so it says which. */
export function part<T extends HTMLElement = HTMLElement>(root: HTMLElement, name: string): T {
  const found = root.querySelector<T>(`[data-part="${name}"]`);
  if (!found) throw new Error(`layout.ts has no element with data-part="${name}"`);
  return found;
}

/** Writes text only when it differs, so that screen readers and the browser are left alone. */
export function write(element: HTMLElement | null, text: string): void {
  if (element && element.textContent !== text) element.textContent = text;
}
