import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { App } from "../app/src/App";
import { type Card, cardsOf, matches, move, seed } from "../app/src/board";
import { config } from "../app/src/config";
import { daysUntil, friendlyDay } from "../app/src/dates";
import { expectAccessible } from "../../setup/axe";

const column = (name: string) => screen.getByRole("region", { name });
const titles = (name: string) => within(column(name)).queryAllByRole("heading", { level: 3 }).map((h) => h.textContent);
const card = (id: string, col: string): Card => ({ id, column: col, title: id, note: "", values: {} });

describe("the board", () => {
  it("shows the columns and cards of config.json, and axe finds no fault", async () => {
    const { container } = render(<App />);
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent(config.title);
    for (const { title } of config.columns) expect(column(title)).toBeVisible();
    expect(titles("To do")).toContain("Write the release notes");
    await expectAccessible(container);
  });

  it("adds a card and still has it after a reload", async () => {
    const user = userEvent.setup();
    const { unmount } = render(<App />);
    await user.type(screen.getByLabelText("Add card to Review"), "Proofread{Enter}");
    expect(titles("Review").at(-1)).toBe("Proofread");
    unmount();
    render(<App />);
    expect(titles("Review").at(-1)).toBe("Proofread");
  });

  it("moves a card by keyboard and takes the move back", async () => {
    const user = userEvent.setup();
    render(<App />);
    const name = "Write the release notes";
    screen.getByRole("button", { name }).focus();
    await user.keyboard("{Alt>}{ArrowRight}{/Alt}");
    expect(titles("In progress")).toContain(name);
    expect(screen.getByRole("status")).toHaveTextContent("Moved to In progress");
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(titles("To do")[0]).toBe(name);
  });

  it("edits every kind of field in the dialog", async () => {
    const user = userEvent.setup();
    const { container } = render(<App />);
    await user.click(screen.getByRole("button", { name: "Choose photos for the team page" }));
    const dialog = within(screen.getByRole("dialog"));
    await user.selectOptions(dialog.getByLabelText("Priority"), "High");
    await user.clear(dialog.getByLabelText("Tags"));
    await user.type(dialog.getByLabelText("Tags"), "photos, press");
    await expectAccessible(container);
    await user.click(dialog.getByRole("button", { name: "Save" }));
    const tile = screen.getByRole("button", { name: "Choose photos for the team page" }).closest("article");
    expect(tile).toHaveTextContent("High");
    expect(tile).toHaveTextContent("press");
  });

  it("deletes with undo", async () => {
    const user = userEvent.setup();
    render(<App />);
    await user.click(screen.getByRole("button", { name: "Move the newsletter" }));
    await user.click(screen.getByRole("button", { name: "Delete" }));
    expect(titles("Done")).not.toContain("Move the newsletter");
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(titles("Done")).toContain("Move the newsletter");
  });

  it("searches and filters", async () => {
    const user = userEvent.setup();
    render(<App />);
    await user.type(screen.getByRole("searchbox"), "colour");
    expect(titles("Review")).toEqual(["New colours for charts"]);
    expect(titles("To do")).toEqual([]);
    await user.clear(screen.getByRole("searchbox"));
    await user.selectOptions(screen.getByLabelText("Priority"), "Low");
    expect(titles("Done")).toEqual(["Move the newsletter"]);
  });

  it("works where storage is not allowed", () => {
    vi.spyOn(Storage.prototype, "getItem").mockImplementation(() => { throw new DOMException("denied"); });
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => { throw new DOMException("denied"); });
    render(<App />);
    expect(titles("To do").length).toBeGreaterThan(0);
  });
});

describe("the rules of the board", () => {
  it("moves cards within and between columns", () => {
    const cards = [card("a", "x"), card("b", "x"), card("c", "y")];
    expect(move(cards, "b", "x", 0).map((c) => c.id)).toEqual(["b", "a", "c"]);
    expect(move(cards, "a", "y", 0).filter((c) => c.column === "y").map((c) => c.id)).toEqual(["a", "c"]);
    expect(move(cards, "a", "y", 9).at(-1)).toMatchObject({ id: "a", column: "y" });
    expect(move(cards, "nobody", "y", 0)).toBe(cards);
  });

  it("keeps cards of a column that was removed in the first one", () => {
    const columns = [{ id: "x", title: "X" }, { id: "y", title: "Y" }];
    expect(cardsOf([card("a", "gone"), card("b", "y")], { id: "x", title: "X" }, columns).map((c) => c.id)).toEqual(["a"]);
  });

  it("turns sample dates into days from today", () => {
    const today = new Date(2026, 0, 30);
    const [first] = seed([{ column: "x", title: "t", due: 3 }], [{ id: "due", label: "Due", kind: "date" }], today);
    expect(first?.values.due).toBe("2026-02-02");
    expect(daysUntil("2026-02-02", today)).toBe(3);
    expect(friendlyDay("2026-01-29", today)).toBe("Yesterday");
  });

  it("searches in titles, notes and values", () => {
    const found = { ...card("a", "x"), values: { tags: ["Press"] } };
    expect(matches(found, { text: "press", choices: {} })).toBe(true);
    expect(matches(found, { text: "", choices: { priority: "High" } })).toBe(false);
  });
});
