import { createElement } from "react";
import {
  Award, BarChart3, Battery, Bell, BookOpen, Bot, Box, Calendar, Camera, Check, Clock, Cloud, Code, Cpu, CreditCard, Droplets, FileText,
  Gauge, Globe, GraduationCap, Hand, Headphones, Heart, Layers, Leaf, Lightbulb, Lock, type LucideIcon, type LucideProps, MapPin, MessageCircle, Mic, Music,
  Package, Palette, PenLine, Plug, Recycle, Rocket, Ruler, Search, Shield, Smartphone, Sparkles, Star, Sun, Terminal, Truck, Users, Video,
  Wallet, WifiOff, Wrench, Zap,
} from "lucide-react";

/** The icons that config.json can name. */
const ICONS: Record<string, LucideIcon> = {
  award: Award, battery: Battery, bell: Bell, bolt: Zap, book: BookOpen, bot: Bot, box: Box, calendar: Calendar, camera: Camera, card: CreditCard,
  chart: BarChart3, chat: MessageCircle, check: Check, clock: Clock, cloud: Cloud, code: Code, cpu: Cpu, droplets: Droplets, file: FileText,
  gauge: Gauge, globe: Globe, graduation: GraduationCap, hand: Hand, headphones: Headphones, heart: Heart, idea: Lightbulb, layers: Layers,
  leaf: Leaf, lock: Lock, mic: Mic, music: Music, offline: WifiOff, package: Package, palette: Palette, pen: PenLine, phone: Smartphone, pin: MapPin,
  plug: Plug, recycle: Recycle, rocket: Rocket, ruler: Ruler, search: Search, shield: Shield, sparkles: Sparkles, star: Star, sun: Sun,
  terminal: Terminal, truck: Truck, users: Users, video: Video, wallet: Wallet, wrench: Wrench,
};

/** An icon by the name that config.json gives. */
export const NamedIcon = ({ name, ...props }: { name: string | undefined } & LucideProps) => createElement(ICONS[name ?? ""] ?? Sparkles, props);
