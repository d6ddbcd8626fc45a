import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { App } from "../app/src/App";
import { config } from "../app/src/config";
import { Visual } from "../app/src/visuals/Visual";
import { expectAccessible } from "../../setup/axe";

describe("the page", () => {
  it("shows every section that is on, in order, and axe finds no fault", async () => {
    const { container } = render(<App />);
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Know what is going well");
    const titles = screen.getAllByRole("heading", { level: 2 }).map((h) => h.textContent);
    const wanted = config.sections.filter((s) => s.on && !["hero", "numbers"].includes(s.id)).map((s) => s.title);
    expect(titles).toEqual(wanted);
    await expectAccessible(container);
  });

  it("leads every link of the menu to a section that exists", () => {
    const { container } = render(<App />);
    const targets = [...container.querySelectorAll<HTMLAnchorElement>('a[href^="#"]')].map((a) => a.getAttribute("href") ?? "");
    expect(targets.length).toBeGreaterThan(8);
    for (const target of targets) expect(container.querySelector(target), target).not.toBeNull();
  });

  it("changes prices between month and year", async () => {
    const user = userEvent.setup();
    render(<App />);
    const team = screen.getByText("For a team that meets every week").closest("li");
    expect(team).toHaveTextContent("$29per month");
    await user.click(screen.getByRole("button", { name: "Yearly" }));
    expect(team).toHaveTextContent("$24.17per month");
    expect(team).toHaveTextContent("$290 a year, two months free");
  });

  it("opens the menu on a phone and closes it on the way", async () => {
    const user = userEvent.setup();
    render(<App />);
    const button = screen.getByRole("button", { name: config.words.menu });
    await user.click(button);
    expect(button).toHaveAttribute("aria-expanded", "true");
    await user.click(within(screen.getByRole("navigation", { name: "Mobile" })).getByRole("link", { name: "Pricing" }));
    expect(button).toHaveAttribute("aria-expanded", "false");
  });

  it.each(["dashboard", "phone", "terminal", "object", "book", "unknown"])("draws the %s", (name) => {
    const { container } = render(<Visual name={name} />);
    expect(container.firstElementChild).not.toBeNull();
  });
});
