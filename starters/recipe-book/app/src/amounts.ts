export interface Ingredient {
  /** Null for "salt" or "bread, to serve". */
  amount: number | null;
  unit: string;
  name: string;
  note: string;
}

const UNITS = [
  "g",
  "kg",
  "mg",
  "ml",
  "cl",
  "dl",
  "l",
  "tsp",
  "tbsp",
  "cup",
  "cups",
  "oz",
  "lb",
  "clove",
  "cloves",
  "slice",
  "slices",
  "pinch",
  "can",
  "cans",
  "bunch",
  "sprig",
  "sprigs",
  "part",
  "parts",
  "dash",
  "dashes",
];

const FRACTIONS: Record<string, number> = { "½": 0.5, "⅓": 1 / 3, "⅔": 2 / 3, "¼": 0.25, "¾": 0.75 };

/** Reads a line such as "1.5 tbsp white miso, chopped" or "½ lemon". A line without a number has no amount. */
export function parseIngredient(line: string): Ingredient {
  const [, number = "", rest = ""] = /^\s*((?:\d+(?:[.,]\d+)?)?\s*(?:\d+\/\d+|[½⅓⅔¼¾])?)\s*(.*)$/u.exec(line) ?? [];
  const amount = readNumber(number.trim());
  const [first = "", ...others] = rest.split(" ");
  const hasUnit = amount !== null && UNITS.includes(first.toLowerCase()) && others.length > 0;
  const [name = "", ...note] = (hasUnit ? others.join(" ") : rest).split(",");
  return { amount, unit: hasUnit ? first : "", name: name.trim(), note: note.join(",").trim() };
}

function readNumber(text: string): number | null {
  if (text === "") return null;
  const parts = text
    .replace(/([½⅓⅔¼¾])/u, " $1")
    .trim()
    .split(/\s+/);
  const total = parts.reduce((sum, part) => sum + readPart(part), 0);
  return Number.isFinite(total) && total > 0 ? total : null;
}

function readPart(part: string): number {
  const [over, under] = part.split("/").map(Number);
  if (part.includes("/")) return (over ?? 0) / (under ?? 1);
  return FRACTIONS[part] ?? Number(part.replace(",", "."));
}

/** Units that are weighed or measured finely; the others read better as fractions. */
const METRIC = ["g", "kg", "mg", "ml", "cl", "dl", "l"];

/** An amount as a cook would say it: "1½ tbsp", "240 ml", "1.2 kg". */
export function formatAmount(amount: number | null, unit: string): string {
  if (amount === null) return "";
  const [value, name] = rightSized(amount, unit);
  return `${METRIC.includes(name) ? metric(value) : fraction(value)}${name ? ` ${name}` : ""}`;
}

/** 1500 g is 1.5 kg, and 0.4 kg is 400 g. */
function rightSized(amount: number, unit: string): [number, string] {
  if (unit === "g" && amount >= 1000) return [amount / 1000, "kg"];
  if (unit === "ml" && amount >= 1000) return [amount / 1000, "l"];
  if (unit === "kg" && amount < 1) return [amount * 1000, "g"];
  if (unit === "l" && amount < 1) return [amount * 1000, "ml"];
  return [amount, unit];
}

function metric(value: number): string {
  if (value >= 100) return String(Math.round(value / 5) * 5);
  if (value >= 10) return String(Math.round(value));
  return String(Math.round(value * 100) / 100);
}

function fraction(value: number): string {
  const whole = Math.floor(value + 0.02);
  const rest = value - whole;
  const sign = Object.entries(FRACTIONS).find(([, size]) => Math.abs(size - rest) < 0.05)?.[0];
  if (sign) return whole > 0 ? `${whole}${sign}` : sign;
  return Math.abs(rest) < 0.05 ? String(whole) : String(Math.round(value * 10) / 10);
}

export const scaled = (ingredient: Ingredient, factor: number): Ingredient => ({
  ...ingredient,
  amount: ingredient.amount === null ? null : ingredient.amount * factor,
});
