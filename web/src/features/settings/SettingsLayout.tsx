import { paths } from '@/components/paths'
import { SectionsLayout } from '@/components/SectionsLayout'
import { SETTINGS } from '@/components/settingsSections'

const SECTIONS = SETTINGS.map(({ section, label, icon }) => ({ to: paths.settings(section), label, icon }))

/** The settings. */
export const SettingsLayout = () => <SectionsLayout title="Settings" sections={SECTIONS} />
