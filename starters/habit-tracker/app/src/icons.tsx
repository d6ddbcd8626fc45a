import {
  Apple,
  Bike,
  BookOpen,
  Brain,
  Brush,
  Code,
  Coffee,
  Dog,
  Droplets,
  Dumbbell,
  Footprints,
  Heart,
  Languages,
  Leaf,
  type LucideIcon,
  Moon,
  Music,
  PenLine,
  Phone,
  PiggyBank,
  Pill,
  ShowerHead,
  Smile,
  Sparkles,
  Sprout,
  StretchHorizontal,
  Sun,
} from "lucide-react";
import { createElement } from "react";

/** The pictures that a habit can have, by the name that is kept with it. */
export const ICONS: Record<string, LucideIcon> = {
  spark: Sparkles,
  water: Droplets,
  book: BookOpen,
  sport: Dumbbell,
  walk: Footprints,
  stretch: StretchHorizontal,
  bike: Bike,
  moon: Moon,
  sun: Sun,
  mind: Brain,
  food: Apple,
  coffee: Coffee,
  write: PenLine,
  language: Languages,
  music: Music,
  art: Brush,
  code: Code,
  save: PiggyBank,
  pill: Pill,
  shower: ShowerHead,
  heart: Heart,
  smile: Smile,
  call: Phone,
  leaf: Leaf,
  garden: Sprout,
  dog: Dog,
};

/** A habit's picture; a spark for a name that is not known. */
export function HabitIcon({ name, size }: { name: string; size: number }) {
  return createElement(ICONS[name] ?? Sparkles, { size, "aria-hidden": true });
}

/** The colours that a habit can have: their hue. Lightness and strength are the theme's. */
export const HUES: Record<string, number> = {
  green: 155,
  teal: 195,
  blue: 240,
  indigo: 275,
  violet: 305,
  pink: 350,
  red: 25,
  orange: 55,
  yellow: 90,
};

export const hueOf = (color: string): number => HUES[color] ?? 155;
