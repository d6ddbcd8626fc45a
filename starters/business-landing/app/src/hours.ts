import type { Hours } from "./config";

/** Monday first, as in config.json. */
const dayOf = (now: Date): number => (now.getDay() + 6) % 7;

const minutes = (time: string): number => {
  const [hours = 0, rest = 0] = time.split(":").map(Number);
  return hours * 60 + rest;
};

/** The entry of today: the days of config.json are Monday to Sunday. */
export const today = (hours: Hours[], now: Date): Hours | undefined => hours[dayOf(now)];

export function isOpen(hours: Hours[], now: Date): boolean {
  const day = today(hours, now);
  if (!day?.open || !day.close) return false;
  const time = now.getHours() * 60 + now.getMinutes();
  return time >= minutes(day.open) && time < minutes(day.close);
}

/** "until 18:00", "opens today at 9:00", "opens Monday at 9:00". Nothing when it never opens. */
export function nextChange(hours: Hours[], now: Date): string {
  const day = today(hours, now);
  if (isOpen(hours, now)) return `until ${day?.close}`;
  const time = now.getHours() * 60 + now.getMinutes();
  if (day?.open && time < minutes(day.open)) return `opens today at ${day.open}`;
  for (let ahead = 1; ahead <= 7; ahead++) {
    const next = hours[(dayOf(now) + ahead) % 7];
    if (next?.open) return `opens ${ahead === 1 ? "tomorrow" : next.day} at ${next.open}`;
  }
  return "";
}
