import { act, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { App } from "../app/src/App";
import { config } from "../app/src/config";
import { days, duration, seed, streak } from "../app/src/history";
import { clock, fresh, left, next, pause, type Settings, start } from "../app/src/timer";
import { expectAccessible } from "../../setup/axe";

const NOON = new Date(2026, 4, 20, 12, 0, 0);
const MINUTE = 60_000;
const settings: Settings = { minutes: { focus: 25, short: 5, long: 15 }, rounds: 4, autoStart: false, sound: false };

const time = () => screen.getByRole("timer").textContent;
const press = (name: string | RegExp) => fireEvent.click(screen.getByRole("button", { name }));
const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms));

describe("the app", () => {
  beforeEach(() => vi.useFakeTimers({ now: NOON }));
  afterEach(() => vi.useRealTimers());

  it("counts down, pauses, and goes on from there", () => {
    render(<App />);
    expect(time()).toBe("25:00");
    press("Start");
    pass(61_000);
    expect(time()).toBe("23:59");
    press("Pause");
    pass(5 * MINUTE);
    expect(time()).toBe("23:59");
    press("Start");
    pass(MINUTE);
    expect(time()).toBe("22:59");
  });

  it("notes a finished session with its task and offers the break", () => {
    render(<App />);
    fireEvent.change(screen.getByLabelText(config.words.task), { target: { value: "Water the plants" } });
    press("Start");
    pass(25 * MINUTE + 500);
    expect(time()).toBe("05:00");
    const history = within(screen.getByRole("region", { name: "History" }));
    expect(history.getByText("Water the plants")).toBeVisible();
    expect(screen.getByRole("img", { name: "1 of 4 rounds done" })).toBeVisible();
  });

  it("keeps running through a reload, and counts an end that was slept through once", () => {
    const first = render(<App />);
    press("Start");
    pass(10 * MINUTE);
    first.unmount();
    vi.setSystemTime(NOON.getTime() + 20 * MINUTE);
    const second = render(<App />);
    pass(400);
    expect(time()).toBe("05:00");
    second.unmount();
    vi.setSystemTime(NOON.getTime() + 60 * MINUTE);
    render(<App />);
    pass(400);
    const rows = within(screen.getByRole("region", { name: "History" })).getAllByText(/^Untitled session$/);
    expect(rows).toHaveLength(1);
  });

  it("listens to the keyboard, but not while somebody types", () => {
    render(<App />);
    fireEvent.keyDown(screen.getByLabelText(config.words.task), { key: " " });
    expect(screen.getByRole("button", { name: "Start" })).toBeVisible();
    fireEvent.keyDown(document.body, { key: " " });
    expect(screen.getByRole("button", { name: "Pause" })).toBeVisible();
    fireEvent.keyDown(document.body, { key: "s" });
    expect(time()).toBe("05:00");
  });

  it("takes new lengths from the settings", () => {
    render(<App />);
    press("Settings");
    const dialog = within(screen.getByRole("dialog"));
    fireEvent.change(dialog.getByLabelText("Focus"), { target: { value: "50" } });
    fireEvent.click(dialog.getByRole("button", { name: "Save" }));
    expect(time()).toBe("50:00");
  });

  it("clears the example sessions", () => {
    render(<App />);
    press("Start empty");
    expect(screen.getByText("Finish a session and it is noted here.")).toBeVisible();
  });
});

it("has no fault that axe finds", async () => {
  const { container } = render(<App />);
  fireEvent.click(screen.getByRole("button", { name: "Settings" }));
  await expectAccessible(container);
});

describe("the rules", () => {
  it("gives a long break after the last round and begins again", () => {
    let timer = fresh("focus", settings);
    const modes: string[] = [];
    for (let i = 0; i < 9; i++) {
      modes.push(timer.mode);
      timer = next(timer, settings);
    }
    expect(modes).toEqual(["focus", "short", "focus", "short", "focus", "short", "focus", "long", "focus"]);
    expect(timer.round).toBe(1);
  });

  it("loses no time when it is paused", () => {
    const running = start(fresh("focus", settings), 1000);
    expect(left(running, 61_000)).toBe(24 * MINUTE);
    expect(left(pause(running, 61_000), 9_999_999)).toBe(24 * MINUTE);
    expect(left(running, 99_999_999)).toBe(0);
  });

  it("writes times and durations", () => {
    expect([clock(0), clock(1), clock(25 * MINUTE), clock(61 * MINUTE)]).toEqual(["00:00", "00:01", "25:00", "1:01:00"]);
    expect([duration(45), duration(60), duration(125)]).toEqual(["45 min", "1 h", "2 h 05"]);
  });

  it("adds up days and streaks", () => {
    const sessions = seed(
      [
        { daysAgo: 0, at: "23:00", minutes: 25, task: "later today" },
        { daysAgo: 1, at: "09:00", minutes: 25, task: "a" },
        { daysAgo: 1, at: "10:00", minutes: 30, task: "b" },
        { daysAgo: 2, at: "10:00", minutes: 25, task: "c" },
        { daysAgo: 4, at: "10:00", minutes: 25, task: "d" },
      ],
      NOON,
    );
    expect(sessions).toHaveLength(4);
    expect(days(sessions, 3, NOON).map((d) => d.minutes)).toEqual([25, 55, 0]);
    expect(streak(sessions, NOON)).toBe(2);
    expect(streak([], NOON)).toBe(0);
  });
});
