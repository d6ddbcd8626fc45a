import { ArrowUp, Hammer } from 'lucide-react'
import { useId, useState } from 'react'

import { type Question } from '@/api/generated/wire'
import { type TurnState } from '@/stream/state'
import { Button } from '@/ui/Button'
import { cx } from '@/ui/cx'
import { Input } from '@/ui/Input'

import { composed } from './answers'
import { useSay } from './useSay'

/** The agent's questions, each with choices and room for one's own words. The answers are the next message. */
export function AnswerCard({ turn }: { turn: TurnState }) {
  const { questions, mode, model } = turn
  const { say, busy } = useSay()
  const [answers, setAnswers] = useState(() => questions.map(() => ''))
  const titleId = useId()
  const left = answers.filter((answer) => answer.trim() === '').length
  const send = () => say({ message: composed(questions, answers), mode, model: model ?? undefined })
  return (
    <form
      aria-labelledby={titleId}
      className="flex flex-col gap-4 rounded-card border border-line-strong bg-surface p-3"
      onSubmit={(event) => {
        event.preventDefault()
        if (left === 0) send()
      }}
    >
      <h3 id={titleId} className="font-medium">
        {questions.length === 1 ? 'A question before it goes on' : 'A few questions before it goes on'}
      </h3>
      {questions.map((question, i) => (
        <OneQuestion
          key={i}
          question={question}
          answer={answers[i] ?? ''}
          onAnswer={(answer) => setAnswers((old) => old.with(i, answer))}
        />
      ))}
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" variant="primary" size="sm" icon={<ArrowUp />} busy={busy} disabled={left > 0}>
          {busy ? 'Sending' : questions.length === 1 ? 'Send the answer' : 'Send the answers'}
        </Button>
        <Button size="sm" icon={<Hammer />} disabled={busy} onClick={send}>
          Just build it
        </Button>
        <p role="status" className="text-xs text-ink-muted">
          {left > 0 && left < questions.length && `${left} to answer`}
        </p>
      </div>
    </form>
  )
}

interface OneQuestionProps {
  question: Question
  answer: string
  onAnswer: (answer: string) => void
}

function OneQuestion({ question: { text, choices }, answer, onAnswer }: OneQuestionProps) {
  const name = useId()
  // Words of one's own are in the field; a choice leaves it empty.
  const own = choices.includes(answer) ? '' : answer
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-2 wrap-anywhere">{text}</legend>
      {choices.length > 0 && (
        <div className="flex flex-wrap gap-1.5">
          {choices.map((choice) => (
            <label
              key={choice}
              className={cx(
                'flex min-h-7 cursor-pointer items-center rounded-control border px-2.5 py-1 text-sm transition-colors pointer-coarse:min-h-10',
                'has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent',
                choice === answer
                  ? 'border-accent bg-accent-soft font-medium text-accent-text'
                  : 'bg-surface hover:bg-hover',
              )}
            >
              <input
                type="radio"
                name={name}
                className="sr-only"
                checked={choice === answer}
                onChange={() => onAnswer(choice)}
              />
              <span className="min-w-0 wrap-anywhere">{choice}</span>
            </label>
          ))}
        </div>
      )}
      <Input
        aria-label={choices.length > 0 ? `Another answer: ${text}` : text}
        placeholder={choices.length > 0 ? 'Something else' : 'Your answer'}
        maxLength={1_000}
        value={own}
        onChange={(event) => onAnswer(event.target.value)}
      />
    </fieldset>
  )
}
