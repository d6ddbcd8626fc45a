import axe from "axe-core";
import { expect } from "vitest";

/** Fails with the rule and the element when axe finds a fault. Colours are checked in Chromium (`npm run look`). */
export async function expectAccessible(root: Element): Promise<void> {
  const { violations } = await axe.run(root, { rules: { "color-contrast": { enabled: false } } });
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" | ")}`)).toEqual([]);
}
