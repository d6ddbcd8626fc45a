import { type Account } from '@/api/generated/wire'

/** The same as the server's, which has the last word: its `security` crate. */
const LEAST_CHARS = 12

export interface Rule {
  text: string
  held: boolean
}

/** What a new password must hold to, and whether this one does. */
export function passwordRules(password: string, account: Pick<Account, 'name' | 'email'>): Rule[] {
  const lower = password.toLowerCase()
  const personal = [account.name, account.email ?? '', account.email?.split('@')[0] ?? '']
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word.length >= 3)
  const characters = Array.from(password)
  return [
    { text: `At least ${LEAST_CHARS} characters`, held: characters.length >= LEAST_CHARS },
    { text: 'Not one character again and again', held: new Set(characters).size > 1 },
    {
      text: 'Without your name or e-mail address',
      held: password !== '' && !personal.some((word) => lower.includes(word)),
    },
  ]
}
