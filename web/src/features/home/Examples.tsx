import { type ProjectType, type Starter } from '@/api/generated/wire'

interface ExamplesProps {
  starters: readonly Starter[]
  /** Only of this type, when one is chosen. */
  type: ProjectType | null
  onPick: (example: string) => void
}

const SHOWN = 4

/** Prompts to begin with: a click puts one in the box, nothing is sent. */
export function Examples({ starters, type, onPick }: ExamplesProps) {
  const examples = chooseExamples(starters, type)
  if (examples.length === 0) return <div aria-hidden className="mt-5 h-8" />
  return (
    <ul aria-label="Examples" className="mt-5 flex flex-wrap justify-center gap-2">
      {examples.map((example) => (
        <li key={example} className="max-w-full">
          <button
            type="button"
            onClick={() => onPick(example)}
            className="flex min-h-8 max-w-full items-center rounded-full border bg-surface px-3 py-1 text-left text-sm text-ink-muted transition-colors hover:border-line-strong hover:text-ink pointer-coarse:min-h-10"
          >
            <span className="truncate">{example}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

/** A few short ones: one of each type first, or all of one type. */
export function chooseExamples(starters: readonly Starter[], type: ProjectType | null): string[] {
  const fitting = starters.filter((s) => type === null || s.project_type === type)
  const seen = new Set<ProjectType>()
  const first = fitting.filter((s) => !seen.has(s.project_type) && seen.add(s.project_type))
  const ordered = [...first, ...fitting.filter((s) => !first.includes(s))]
  // The second example of a starter shows more of what can be asked for than the first.
  const rounds = [1, 0, 2].flatMap((round) => ordered.map((s) => s.examples[round]))
  return [...new Set(rounds.filter((example) => example !== undefined))].slice(0, SHOWN)
}
