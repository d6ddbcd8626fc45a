import { type Question } from '@/api/generated/wire'

/** What is said to the agent: each question with its answer, and that it decides the rest. */
export function composed(questions: readonly Question[], answers: readonly string[]): string {
  const given = questions.flatMap(({ text }, i) => {
    const answer = answers[i]?.trim() ?? ''
    return answer === '' ? [] : [`- ${text} ${answer}`]
  })
  if (given.length === 0) return 'Just build it. Decide for yourself what you asked.'
  const rest = given.length < questions.length ? '\n\nDecide the rest for yourself, and build it.' : ''
  return `${given.join('\n')}${rest}`
}
