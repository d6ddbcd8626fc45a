import { createElement } from "react";
import {
  Bath, Bike, BookOpen, Brush, Cake, Camera, Car, Cat, Cherry, CookingPot, Croissant, CupSoda, Coffee, Dog, Droplets, Dumbbell, Fish, Flower2,
  Footprints, Gem, Glasses, GraduationCap, Hammer, Heart, HeartPulse, House, Image, Key, Leaf, Lightbulb, type LucideIcon, type LucideProps, Moon, Music, Paintbrush,
  Palette, PawPrint, Pizza, Plug, Salad, Scale, Scissors, Shirt, ShoppingBag, Smile, Soup, Sparkles, Sprout, Star, Stethoscope, Store, Sun, Syringe,
  Trees, Truck, Users, Utensils, Wheat, Wine, Wrench,
} from "lucide-react";

/** The icons that config.json can name. */
const ICONS: Record<string, LucideIcon> = {
  bath: Bath, bike: Bike, book: BookOpen, brush: Brush, cake: Cake, camera: Camera, car: Car, cat: Cat, cherry: Cherry, pot: CookingPot,
  croissant: Croissant, cup: CupSoda, coffee: Coffee, dog: Dog, droplets: Droplets, dumbbell: Dumbbell, fish: Fish, flower: Flower2,
  footprints: Footprints, gem: Gem, glasses: Glasses, graduation: GraduationCap, hammer: Hammer, heart: Heart, pulse: HeartPulse, house: House,
  image: Image, key: Key, leaf: Leaf, light: Lightbulb, moon: Moon, music: Music, paint: Paintbrush, palette: Palette, paw: PawPrint, pizza: Pizza,
  plug: Plug, salad: Salad, scale: Scale, scissors: Scissors, shirt: Shirt, bag: ShoppingBag, smile: Smile, soup: Soup, sparkles: Sparkles,
  sprout: Sprout, star: Star, stethoscope: Stethoscope, store: Store, sun: Sun, syringe: Syringe, trees: Trees, truck: Truck, users: Users,
  utensils: Utensils, wheat: Wheat, wine: Wine, wrench: Wrench,
};

/** An icon by the name that config.json gives. */
export const NamedIcon = ({ name, ...props }: { name: string | undefined } & LucideProps) => createElement(ICONS[name ?? ""] ?? Sparkles, props);
