import { type Finding, type FindingLevel, type FindingTopic } from '@/api/generated/wire'

export const TOPICS: Record<FindingTopic, string> = {
  secret: 'Secrets',
  package: 'Packages',
  security: 'Security',
  accessibility: 'Accessibility',
}

/** The worst first. */
const LEVELS: FindingLevel[] = ['critical', 'warning', 'note']

const rank = ({ level }: Finding): number => LEVELS.indexOf(level)

export interface Group {
  topic: FindingTopic
  items: Finding[]
}

/** Findings by topic: in each the worst first, and the topic with the worst before the others. */
export function groupsOf(findings: readonly Finding[]): Group[] {
  const groups = new Map<FindingTopic, Finding[]>()
  for (const finding of findings.toSorted((a, b) => rank(a) - rank(b))) {
    groups.set(finding.topic, [...(groups.get(finding.topic) ?? []), finding])
  }
  return [...groups].map(([topic, items]) => ({ topic, items }))
}

export const countOf = (findings: readonly Finding[], level: FindingLevel): number =>
  findings.filter((finding) => finding.level === level).length

/** Where it was found: `src/App.tsx:12`. */
export const placeOf = ({ path, line }: Finding): string | null =>
  path === null ? null : line > 0 ? `${path}:${line}` : path

/** Findings in one message: more than this would drown each. */
export const MOST_SENT = 10

/** A message to the agent about what was found, the worst first. */
export function findingsPrompt(findings: readonly Finding[]): string {
  const lines = groupsOf(findings)
    .flatMap(({ items }) => items)
    .toSorted((a, b) => rank(a) - rank(b))
    .slice(0, MOST_SENT)
    .map((finding) => {
      const place = placeOf(finding)
      return `- ${place === null ? '' : `${place}: `}${finding.message} ${finding.remedy}`
    })
  return `A check of this project found ${lines.length === 1 ? 'this' : 'these'}. Please mend ${lines.length === 1 ? 'it' : 'them'} and change nothing else:\n\n${lines.join('\n')}`
}
