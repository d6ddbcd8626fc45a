import { configure, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { App } from "../app/src/App";
import { config } from "../app/src/config";
import { expectAccessible } from "../../setup/axe";

// jsdom is slow at telling what can be seen and clicked; Chromium sees to that.
configure({ defaultHidden: true });
const user = userEvent.setup({ pointerEventsCheck: 0 });
vi.setConfig({ testTimeout: 60_000 });

async function fill(input: HTMLElement, text: string) {
  await user.click(input);
  await user.paste(text);
}
beforeEach(() => vi.spyOn(window, "scrollTo").mockImplementation(() => undefined));

const saved = () => JSON.parse(localStorage.getItem("habits.data") ?? "null");
const open = async (screenName: string) =>
  userEvent.click(within(screen.getByRole("navigation")).getByRole("button", { name: screenName }));

describe("today", () => {
  it("lists the day's habits by time of day and is accessible", async () => {
    const { container } = render(<App />);
    expect(screen.getByRole("heading", { level: 1, name: config.words.today })).toBeVisible();
    expect(within(screen.getByRole("region", { name: "Morning" })).getByRole("button", { name: "Stretch" })).toBeVisible();
    await expectAccessible(container);
  });
  it("checks a habit off, keeps it and takes it back", async () => {
    const { unmount } = render(<App />);
    const before = Number(screen.getByText(/^\d+\/\d+$/).textContent?.split("/")[0]);
    await user.click(screen.getByRole("button", { name: "Stretch" }));
    expect(screen.getByText(new RegExp(`^${before + 1}/`))).toBeVisible();
    unmount();
    render(<App />);
    expect(screen.getByRole("button", { name: "Stretch" })).toHaveAttribute("aria-pressed", "true");
    await user.click(screen.getByRole("button", { name: "Stretch" }));
    expect(screen.getByRole("button", { name: "Stretch" })).toHaveAttribute("aria-pressed", "false");
  });
  it("counts towards a goal and back", async () => {
    render(<App />);
    await user.click(screen.getByRole("button", { name: "Drink water: 0 of 6 glasses, add 1" }));
    await user.click(screen.getByRole("button", { name: "Drink water: 1 of 6 glasses, add 1" }));
    await user.click(screen.getByRole("button", { name: "Drink water: take 1 away" }));
    expect(screen.getByText(/^1 \/ 6 glasses/)).toBeVisible();
  });
  it("lets a person look back a week", async () => {
    render(<App />);
    await user.click(screen.getByRole("button", { name: "Week before" }));
    expect(screen.getByRole("heading", { level: 1, name: "Looking back" })).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Week after" }));
    expect(screen.getByRole("heading", { level: 1, name: config.words.today })).toBeVisible();
  });
});

describe("habits", () => {
  it("are added", async () => {
    const { container } = render(<App />);
    await user.click(screen.getByRole("button", { name: "New" }));
    await expectAccessible(container);
    await fill(screen.getByLabelText("Name"), "Water the plants");
    await user.click(screen.getByRole("radio", { name: "garden" }));
    await fill(screen.getByLabelText("Reminder"), "Before breakfast");
    await user.click(screen.getByRole("button", { name: /^Add/ }));
    expect(screen.getByRole("button", { name: "Water the plants" })).toBeVisible();
    expect(saved().habits.at(-1)).toMatchObject({
      name: "Water the plants",
      icon: "garden",
      goal: 1,
      values: { reminder: "Before breakfast" },
    });
  });
  it("are changed, archived, brought back by undo, and deleted", async () => {
    render(<App />);
    await open("Habits");
    await user.click(screen.getByRole("button", { name: /^Edit\s*Read/ }));
    await user.clear(screen.getByLabelText("Name"));
    await fill(screen.getByLabelText("Name"), "Read a novel");
    await user.click(screen.getByRole("button", { name: "Save" }));
    await user.click(screen.getByRole("button", { name: /^Edit\s*Read a novel/ }));
    await user.click(screen.getByRole("button", { name: "Archive" }));
    expect(screen.getByRole("region", { name: "Archived" })).toHaveTextContent("Read a novel");
    await user.click(screen.getByRole("button", { name: "Delete Read a novel" }));
    expect(screen.queryByText("Read a novel")).toBeNull();
    await user.click(screen.getByRole("button", { name: "Undo" }));
    await user.click(screen.getByRole("button", { name: "Bring Read a novel back" }));
    expect(screen.queryByRole("region", { name: "Archived" })).toBeNull();
  });
  it("change places", async () => {
    render(<App />);
    await open("Habits");
    await user.click(screen.getByRole("button", { name: "Move Stretch up" }));
    expect(saved().habits[0].name).toBe("Stretch");
  });
});

describe("progress", () => {
  it("shows numbers, a month and a week, accessibly", async () => {
    const { container } = render(<App />);
    await open(config.words.progress);
    expect(screen.getByText("Perfect days").nextElementSibling).toHaveTextContent(/\d+/);
    expect(screen.getByRole("table", { name: /each day of/ })).toBeVisible();
    await user.click(screen.getByRole("radio", { name: "Week" }));
    expect(screen.getByRole("rowheader", { name: "Stretch" })).toBeVisible();
    await expectAccessible(container);
  });
});

describe("storage", () => {
  it("may be forbidden or broken", () => {
    localStorage.setItem("habits.data", `{"habits":7}`);
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("no", "SecurityError");
    });
    render(<App />);
    expect(screen.getByRole("button", { name: "Stretch" })).toBeVisible();
  });
});
