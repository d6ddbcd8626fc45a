const DAY = 24 * 60 * 60 * 1000;

/** A day as an <input type="date"> writes it, in the person's own time zone. */
export const isoDay = (date: Date): string =>
  `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`;

export function addDays(date: Date, days: number): Date {
  const moved = new Date(date);
  moved.setDate(moved.getDate() + days);
  return moved;
}

/** Whole days from today to an ISO day: negative when it is past. Not a number for text that is no day. */
export function daysUntil(day: string, today: Date): number {
  const start = new Date(`${isoDay(today)}T12:00`).getTime();
  return Math.round((new Date(`${day}T12:00`).getTime() - start) / DAY);
}

/** "Today", "Tomorrow", "3 days late", "14 May". */
export function friendlyDay(day: string, today: Date): string {
  const days = daysUntil(day, today);
  if (Number.isNaN(days)) return day;
  if (days === 0) return "Today";
  if (days === 1) return "Tomorrow";
  if (days === -1) return "Yesterday";
  if (days < 0) return `${-days} days ago`;
  if (days < 7) return `In ${days} days`;
  return new Date(`${day}T12:00`).toLocaleDateString(undefined, { day: "numeric", month: "short" });
}
