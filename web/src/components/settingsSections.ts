import { useQuery } from '@tanstack/react-query'
import {
  ChartColumn,
  CircleAlert,
  Cpu,
  KeyRound,
  MonitorSmartphone,
  Palette,
  UserRound,
  Users,
  type LucideIcon,
} from 'lucide-react'

import { sessionQuery } from '@/api/auth'

import { type SettingsSection } from './paths'

interface SettingsPage {
  section: SettingsSection
  label: string
  icon: LucideIcon
  words: string
  /** Only administrators see it. */
  admin?: true
}

/** The pages of the settings, in their order. */
const SETTINGS: SettingsPage[] = [
  { section: 'models', label: 'Models', icon: Cpu, words: 'keys providers default connect api' },
  { section: 'account', label: 'Account', icon: UserRound, words: 'name e-mail password' },
  { section: 'sessions', label: 'Sessions', icon: MonitorSmartphone, words: 'devices sign out' },
  { section: 'tokens', label: 'API tokens', icon: KeyRound, words: 'programs scripts ci bearer' },
  { section: 'appearance', label: 'Appearance', icon: Palette, words: 'theme light dark motion' },
  { section: 'usage', label: 'Usage', icon: ChartColumn, words: 'cost tokens money' },
  { section: 'failed-turns', label: 'Failed turns', icon: CircleAlert, words: 'errors retry dead letters' },
  { section: 'people', label: 'People', icon: Users, words: 'users invite suspend admin', admin: true },
]

/** Those that whoever is signed in sees. */
export function useSettingsPages(): SettingsPage[] {
  const { data: session } = useQuery(sessionQuery())
  return SETTINGS.filter((page) => page.admin !== true || session?.account.is_admin === true)
}
