import { act, configure, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { App } from "../app/src/App";
import { config } from "../app/src/config";
import { linkTo } from "../app/src/useRoute";
import { expectAccessible } from "../../setup/axe";

// jsdom is slow at telling what can be seen and clicked; Chromium sees to that.
configure({ defaultHidden: true });
// The drawings are a thousand shapes that axe would walk through again and again; art.test.tsx looks at them.
vi.mock("../app/src/art/DishArt", () => ({ DishArt: () => <svg aria-hidden />, ArtLight: () => null }));

const user = userEvent.setup({ pointerEventsCheck: 0 });
vi.setConfig({ testTimeout: 60_000 });

async function fill(input: HTMLElement, text: string) {
  await user.click(input);
  await user.paste(text);
}

beforeEach(() => {
  vi.spyOn(window, "scrollTo").mockImplementation(() => undefined);
  window.location.hash = "";
});

/** Goes to an address as a link does; jsdom tells listeners later. */
async function visit(address: string) {
  await act(async () => {
    window.location.hash = address;
    window.dispatchEvent(new HashChangeEvent("hashchange"));
  });
}
const cards = () => within(screen.getByRole("region", { name: config.words.many })).queryAllByRole("heading", { level: 3 });

describe("the book", () => {
  it("shows its recipes and is accessible", async () => {
    const { container } = render(<App />);
    expect(cards()).toHaveLength(config.samples.length);
    await expectAccessible(container);
  });
  it("is searched by word and by tag", async () => {
    render(<App />);
    await fill(screen.getByRole("searchbox"), "coconut");
    expect(cards().map((card) => card.textContent)).toEqual(["Chickpea and spinach curry"]);
    await fill(screen.getByRole("searchbox"), " unicorn");
    expect(screen.getByText(config.words.empty)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Clear search" }));
    await user.click(screen.getByRole("button", { name: "Breakfast" }));
    expect(cards().map((card) => card.textContent)).toEqual(["Buttermilk pancakes", "Shakshuka"]);
  });
  it("keeps favourites", async () => {
    const { unmount } = render(<App />);
    await user.click(screen.getByRole("button", { name: "Favourite: Greek salad" }));
    unmount();
    render(<App />);
    await visit(linkTo("favourites"));
    expect(cards().map((card) => card.textContent)).toEqual(["Greek salad"]);
  });
  it("takes new recipes", async () => {
    const { container } = render(<App />);
    await user.click(screen.getByRole("button", { name: "New" }));
    await expectAccessible(container);
    await fill(screen.getByLabelText("Title"), "Toast");
    await fill(screen.getByLabelText(/one on each line/), "2 slices bread\nbutter");
    await fill(screen.getByLabelText(/one step on each line/), "Toast the bread. (3 min)");
    await user.click(screen.getByRole("button", { name: "Add recipe" }));
    expect(cards()[0]).toHaveTextContent("Toast");
  });
});

describe("a recipe", () => {
  it("scales, and fills the shopping list", async () => {
    const { container } = render(<App />);
    await visit(linkTo("recipe", "aglio-e-olio"));
    expect(screen.getByRole("checkbox", { name: /^spaghetti\s*200 g/ })).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "One more" }));
    expect(screen.getByRole("checkbox", { name: /^spaghetti\s*300 g/ })).toBeInTheDocument();
    await expectAccessible(container);
    await user.click(screen.getByRole("button", { name: /Add to the/ }));
    await visit(linkTo("shopping"));
    await user.click(screen.getByRole("checkbox", { name: /^spaghetti/ }));
    expect(within(screen.getByRole("region", { name: "In the basket" })).getByText("spaghetti")).toBeVisible();
    await expectAccessible(container);
  });
  it("is deleted and brought back", async () => {
    render(<App />);
    await visit(linkTo("recipe", "pancakes"));
    await user.click(screen.getByRole("button", { name: "Delete Buttermilk pancakes" }));
    await visit(linkTo("recipes"));
    expect(cards()).toHaveLength(config.samples.length - 1);
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(cards()).toHaveLength(config.samples.length);
  });
});

describe("cooking", () => {
  it("goes step by step, by button and key", async () => {
    const { container } = render(<App />);
    await visit(linkTo("cook", "greek-salad"));
    expect(screen.getByText("Step 1 of 4")).toBeVisible();
    await expectAccessible(container);
    await user.click(screen.getByRole("button", { name: "Next" }));
    await user.keyboard("{ArrowRight}{ArrowRight}");
    expect(screen.getByText("Step 4 of 4")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Finish" }));
    expect(screen.getByText(config.words.finished)).toBeVisible();
    await user.keyboard("{ArrowLeft}");
    expect(screen.getByText("Step 4 of 4")).toBeVisible();
  });
  it("times a step and rings, on any page", async () => {
    render(<App />);
    await visit(linkTo("cook", "greek-salad"));
    vi.useFakeTimers({ shouldAdvanceTime: true });
    try {
      const hurried = userEvent.setup({ pointerEventsCheck: 0, advanceTimers: vi.advanceTimersByTime });
      await hurried.click(screen.getByRole("button", { name: "Start 5 min" }));
      await act(() => vi.advanceTimersByTimeAsync(60_000));
      expect(screen.getByRole("timer")).toHaveTextContent(/^(4:00|3:5\d)$/);
      await visit(linkTo("recipes"));
      await act(() => vi.advanceTimersByTimeAsync(241_000));
      expect(screen.getByRole("alert")).toHaveTextContent("Time is up");
      await hurried.click(screen.getByRole("button", { name: "Stop ringing" }));
      expect(screen.queryByRole("alert")).toBeNull();
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("storage", () => {
  it("may be forbidden or broken", () => {
    localStorage.setItem("recipes.book", `{"recipes":[]}`);
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("no", "SecurityError");
    });
    render(<App />);
    expect(cards()).toHaveLength(config.samples.length);
  });
});
