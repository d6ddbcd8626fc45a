/** A day as an <input type="date"> writes it, in the person's own time zone. */
export const isoDay = (date: Date): string =>
  `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`;

/** Noon of a day, so that no clock change moves it to another one. */
export const dateOf = (day: string): Date => new Date(`${day}T12:00`);

export function addDays(day: string, days: number): string {
  const date = dateOf(day);
  date.setDate(date.getDate() + days);
  return isoDay(date);
}

/** 0 for Sunday to 6 for Saturday. */
export const weekdayOf = (day: string): number => dateOf(day).getDay();

/** The days from `first` to `last`, both included. */
export function daysBetween(first: string, last: string): string[] {
  const days: string[] = [];
  for (let day = first; day <= last; day = addDays(day, 1)) days.push(day);
  return days;
}

/** The seven days of the week that a day is in. */
export function weekOf(day: string, weekStartsOn: number): string[] {
  const first = addDays(day, -((weekdayOf(day) - weekStartsOn + 7) % 7));
  return daysBetween(first, addDays(first, 6));
}

/** The weeks that show a whole month (`2026-05`), each of seven days. */
export function weeksOfMonth(month: string, weekStartsOn: number): string[][] {
  const weeks: string[][] = [];
  for (let day = `${month}-01`; weeks.length === 0 || day.startsWith(month);) {
    const week = weekOf(day, weekStartsOn);
    weeks.push(week);
    day = addDays(week[6] ?? day, 1);
  }
  return weeks;
}

/** The month before or after: `2026-01` and -1 is `2025-12`. */
export function addMonths(month: string, count: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return isoDay(new Date(year, number - 1 + count, 1)).slice(0, 7);
}

export const weekdayName = (weekday: number, style: "short" | "long" | "narrow" = "short"): string =>
  // 4 January 2026 is a Sunday.
  new Date(2026, 0, 4 + weekday).toLocaleDateString(undefined, { weekday: style });

export const monthName = (month: string): string =>
  dateOf(`${month}-01`).toLocaleDateString(undefined, { month: "long", year: "numeric" });

export const longDay = (day: string): string =>
  dateOf(day).toLocaleDateString(undefined, { weekday: "long", day: "numeric", month: "long" });

export const shortDay = (day: string): string => dateOf(day).toLocaleDateString(undefined, { day: "numeric", month: "short" });
