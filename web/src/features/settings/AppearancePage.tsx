import { Check } from 'lucide-react'

import { PageHead, Panel } from '@/components/Panel'
import { cx } from '@/ui/cx'
import { useTheme, type ThemeChoice } from '@/ui/theme'
import { useMediaQuery } from '@/ui/useMediaQuery'
import { usePageTitle } from '@/ui/usePageTitle'

const CHOICES: { value: ThemeChoice; label: string; themes: ('light' | 'dark')[] }[] = [
  { value: 'system', label: 'As the system', themes: ['light', 'dark'] },
  { value: 'light', label: 'Light', themes: ['light'] },
  { value: 'dark', label: 'Dark', themes: ['dark'] },
]

/** Theme and motion. Kept in this browser. */
export function AppearancePage() {
  usePageTitle('Appearance')
  const { choice, choose } = useTheme()
  const still = useMediaQuery('(prefers-reduced-motion: reduce)')
  return (
    <>
      <PageHead
        title="Appearance"
        lead="How QuickVibe looks in this browser. Your apps keep their own looks."
      />
      <Panel title="Theme">
        <fieldset className="grid grid-cols-1 gap-3 min-[26rem]:grid-cols-3">
          <legend className="sr-only">Theme</legend>
          {CHOICES.map(({ value, label, themes }) => (
            <label
              key={value}
              className="relative cursor-pointer rounded-card border p-2 transition-colors hover:border-line-strong has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
            >
              <input
                type="radio"
                name="theme"
                checked={choice === value}
                onChange={() => choose(value)}
                className="absolute inset-0 cursor-pointer appearance-none rounded-card outline-none"
              />
              <span aria-hidden className="flex h-20 overflow-hidden rounded-control border">
                {themes.map((theme) => (
                  <Miniature key={theme} theme={theme} />
                ))}
              </span>
              <span className="mt-2 flex items-center justify-between px-1 font-medium">
                {label}
                {choice === value && <Check aria-hidden className="size-4 text-accent-text" />}
              </span>
            </label>
          ))}
        </fieldset>
      </Panel>
      <Panel title="Motion">
        <p>
          {still
            ? 'Your system asks for less motion, so nothing moves here.'
            : 'Small movements show what leads to what. Turn on "reduce motion" in your system to stop them.'}
        </p>
      </Panel>
    </>
  )
}

/** The workshop in small, in one theme's own colours. */
const Miniature = ({ theme }: { theme: 'light' | 'dark' }) => (
  <span data-theme={theme} className="flex min-w-0 flex-1 gap-1 bg-canvas p-1.5">
    <span className="flex w-2/5 flex-col gap-1 pt-1">
      <span className="h-1 w-full rounded-full bg-line-strong" />
      <span className="h-1 w-2/3 rounded-full bg-line-strong" />
      <span className="mt-auto h-2.5 w-full rounded-sm bg-accent" />
    </span>
    <span className={cx('flex-1 rounded-sm border bg-surface')} />
  </span>
)
