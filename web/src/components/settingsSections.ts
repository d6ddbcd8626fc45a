import {
  ChartColumn,
  CircleAlert,
  Cpu,
  KeyRound,
  MonitorSmartphone,
  Palette,
  ScrollText,
  UserRound,
  type LucideIcon,
} from 'lucide-react'

import { type SettingsSection } from './paths'

/** The pages of the settings, in their order. */
export const SETTINGS: { section: SettingsSection; label: string; icon: LucideIcon; words: string }[] = [
  { section: 'models', label: 'Models', icon: Cpu, words: 'keys providers default connect api' },
  { section: 'account', label: 'Account', icon: UserRound, words: 'name e-mail password second factor' },
  { section: 'sessions', label: 'Sessions', icon: MonitorSmartphone, words: 'devices sign out' },
  { section: 'tokens', label: 'API tokens', icon: KeyRound, words: 'programs scripts ci bearer' },
  { section: 'activity', label: 'Activity', icon: ScrollText, words: 'audit log security history' },
  { section: 'appearance', label: 'Appearance', icon: Palette, words: 'theme light dark motion' },
  { section: 'usage', label: 'Usage', icon: ChartColumn, words: 'cost tokens money' },
  { section: 'failed-turns', label: 'Failed turns', icon: CircleAlert, words: 'errors retry dead letters' },
]
