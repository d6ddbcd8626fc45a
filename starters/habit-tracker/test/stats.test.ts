import { describe, expect, it } from "vitest";
import { addMonths, daysBetween, weekOf, weeksOfMonth } from "../app/src/dates";
import { blankHabit, completion, type Habit, isDue, type Log, record, seed, tapped } from "../app/src/habits";
import { byWeekday, percent, rateOf, streakOf, summarise } from "../app/src/stats";

const TODAY = "2026-05-20"; // a Wednesday
const habit = (over: Partial<Habit> = {}): Habit => ({ ...blankHabit("2026-05-01"), id: "a", name: "Read", ...over });
const logOf = (days: string[], amount = 1): Log => ({ a: Object.fromEntries(days.map((day) => [day, amount])) });

describe("dates", () => {
  it("finds weeks and months whatever the week starts with", () => {
    expect(weekOf(TODAY, 1)).toEqual(daysBetween("2026-05-18", "2026-05-24"));
    expect(weekOf(TODAY, 0)[0]).toBe("2026-05-17");
    expect(weeksOfMonth("2026-05", 1).map((week) => week[0])).toEqual([
      "2026-04-27",
      "2026-05-04",
      "2026-05-11",
      "2026-05-18",
      "2026-05-25",
    ]);
    expect(weeksOfMonth("2027-02", 1)).toHaveLength(4);
    expect([addMonths("2026-01", -1), addMonths("2026-12", 1)]).toEqual(["2025-12", "2027-01"]);
  });
});

describe("checking off", () => {
  it("ticks and unticks", () => {
    const once = tapped({}, habit(), TODAY);
    expect(once).toEqual({ a: { [TODAY]: 1 } });
    expect(tapped(once, habit(), TODAY)).toEqual({ a: { [TODAY]: 0 } });
  });
  it("counts up to the goal in steps and never below nothing", () => {
    const pages = habit({ goal: 20, step: 15 });
    const twice = tapped(tapped({}, pages, TODAY), pages, TODAY);
    expect(twice.a?.[TODAY]).toBe(20);
    expect(record(twice, pages, TODAY, -5).a?.[TODAY]).toBe(0);
  });
  it("knows when a habit is due", () => {
    expect(isDue(habit({ days: [3] }), TODAY)).toBe(true);
    expect(isDue(habit({ days: [4] }), TODAY)).toBe(false);
    expect(isDue(habit({ archived: true }), TODAY)).toBe(false);
    expect(isDue(habit({ since: "2026-05-21" }), TODAY)).toBe(false);
  });
  it("measures a day, part of a goal as that part", () => {
    const both = [habit(), habit({ id: "b", goal: 4 })];
    expect(completion(both, { a: { [TODAY]: 1 }, b: { [TODAY]: 2 } }, TODAY)).toBe(0.75);
    expect(completion([], {}, TODAY)).toBeNull();
  });
});

describe("streaks", () => {
  it("count days in a row and forgive an unfinished today", () => {
    const days = daysBetween("2026-05-16", "2026-05-19");
    expect(streakOf(habit(), logOf(days), TODAY)).toEqual({ current: 4, best: 4 });
    expect(streakOf(habit(), logOf([...days, TODAY]), TODAY)).toEqual({ current: 5, best: 5 });
  });
  it("end with a missed day and keep the record", () => {
    expect(streakOf(habit(), logOf([...daysBetween("2026-05-02", "2026-05-08"), "2026-05-19"]), TODAY)).toEqual({
      current: 1,
      best: 7,
    });
  });
  it("pass over days that are not due", () => {
    const weekdays = habit({ days: [1, 2, 3, 4, 5] });
    expect(streakOf(weekdays, logOf(["2026-05-14", "2026-05-15", "2026-05-18", "2026-05-19"]), TODAY).current).toBe(4);
  });
  it("need the whole goal", () => {
    expect(streakOf(habit({ goal: 5 }), logOf(["2026-05-18", "2026-05-19"], 4), TODAY)).toEqual({ current: 0, best: 0 });
  });
});

describe("statistics", () => {
  it("rate the due days only, and not a today that is not over", () => {
    expect(rateOf(habit(), logOf(["2026-05-18", "2026-05-19"]), TODAY, 5)).toBe(0.5);
    expect(rateOf(habit({ since: TODAY }), {}, TODAY, 30)).toBeNull();
  });
  it("sum up a month", () => {
    expect(summarise([habit()], logOf(daysBetween("2026-05-10", "2026-05-19")), TODAY)).toEqual({
      rate: 10 / 19,
      before: null,
      perfectDays: 10,
      checkOffs: 10,
      longest: 10,
    });
  });
  it("show which weekday goes well", () => {
    const shares = byWeekday([habit()], logOf(["2026-05-05", "2026-05-12", "2026-05-19"]), TODAY);
    expect([shares[2], shares[3]]).toEqual([1, 0]);
  });
  it("write shares as per cent", () => {
    expect([percent(0.666), percent(null)]).toEqual(["67 %", "–"]);
  });
});

describe("samples", () => {
  const sample = { name: "Water", goal: 6, history: 0.8, time: "Morning", other: 1 };
  it("take the configured fields and get a believable past", () => {
    const { habits, log } = seed([sample], [{ id: "time", label: "Time", kind: "choice" }], TODAY);
    expect(habits[0]).toMatchObject({ name: "Water", goal: 6, values: { time: "Morning" } });
    const done = Object.values(log["sample-0"] ?? {}).filter((amount) => amount === 6).length;
    expect(done / 84).toBeGreaterThan(0.6);
    expect(done / 84).toBeLessThan(1);
    expect(seed([sample], [], TODAY).log).toEqual(log);
  });
  it("have no past when none is asked for", () => {
    const { habits, log } = seed([{ name: "New" }], [], TODAY);
    expect([habits[0]?.since, log]).toEqual([TODAY, { "sample-0": {} }]);
  });
});
