import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { App } from "../app/src/App";
import { config } from "../app/src/config";
import { isOpen, nextChange } from "../app/src/hours";
import { expectAccessible } from "../../setup/axe";

describe("the page", () => {
  it("shows every section that is on, in order, and axe finds no fault", async () => {
    const { container } = render(<App />);
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Good work, close to home");
    const titles = screen.getAllByRole("heading", { level: 2 }).map((h) => h.textContent);
    expect(titles).toEqual(config.sections.filter((s) => s.on && s.id !== "hero").map((s) => s.title));
    await expectAccessible(container);
  });

  it("leads every link to a section that exists, and to telephone and e-mail", () => {
    const { container } = render(<App />);
    const targets = [...container.querySelectorAll("a")].map((a) => a.getAttribute("href") ?? "");
    for (const target of targets.filter((t) => t.startsWith("#"))) expect(container.querySelector(target), target).not.toBeNull();
    expect(targets).toContain("tel:+15550142");
    expect(targets.some((t) => t.startsWith("mailto:hello@example.com?subject=Maple"))).toBe(true);
  });

  it("lists services with their prices", () => {
    render(<App />);
    const first = screen.getByRole("heading", { name: "First visit" }).closest("li");
    expect(first).toHaveTextContent("Free");
  });

  it("opens the menu on a phone and closes it on the way", async () => {
    const user = userEvent.setup();
    render(<App />);
    const button = screen.getByRole("button", { name: config.words.menu });
    await user.click(button);
    expect(button).toHaveAttribute("aria-expanded", "true");
    await user.click(within(screen.getByRole("navigation", { name: "Mobile" })).getByRole("link", { name: "Hours" }));
    expect(button).toHaveAttribute("aria-expanded", "false");
  });
});

describe("the open sign", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("says what the clock says", () => {
    vi.setSystemTime(new Date(2026, 4, 20, 12, 0));
    const { unmount } = render(<App />);
    expect(screen.getAllByText("Open now")).not.toHaveLength(0);
    expect(screen.getByRole("row", { name: /Wednesday/ })).toHaveTextContent("Today");
    unmount();
    vi.setSystemTime(new Date(2026, 4, 20, 23, 0));
    render(<App />);
    expect(screen.getAllByText("Closed now")).not.toHaveLength(0);
  });

  it("knows when it changes", () => {
    const wednesday = (hour: number) => new Date(2026, 4, 20, hour, 0);
    expect(isOpen(config.hours, wednesday(9))).toBe(true);
    expect(isOpen(config.hours, wednesday(18))).toBe(false);
    expect(nextChange(config.hours, wednesday(10))).toBe("until 18:00");
    expect(nextChange(config.hours, wednesday(7))).toBe("opens today at 9:00");
    expect(nextChange(config.hours, wednesday(20))).toBe("opens tomorrow at 9:00");
    expect(nextChange(config.hours, new Date(2026, 4, 23, 20, 0))).toBe("opens Monday at 9:00");
    expect(nextChange([], wednesday(10))).toBe("");
  });
});
