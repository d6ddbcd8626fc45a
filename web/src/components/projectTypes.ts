import { Gamepad2, LayoutTemplate, MonitorSmartphone, Smartphone, type LucideIcon } from 'lucide-react'

import { type ProjectType } from '@/api/generated/wire'

/** How each type of app is called and drawn, everywhere. */
export const PROJECT_TYPES: Record<ProjectType, { label: string; icon: LucideIcon }> = {
  web_app: { label: 'Web app', icon: MonitorSmartphone },
  mobile_app: { label: 'Mobile app', icon: Smartphone },
  game: { label: 'Game', icon: Gamepad2 },
  landing_page: { label: 'Landing page', icon: LayoutTemplate },
}
