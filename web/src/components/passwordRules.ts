import { type Account } from '@/api/generated/wire'

/** The same as the server's, which has the last word: its `security` crate. */
const LEAST_CHARS = 12
/** From here on any characters will do. */
const FREE_CHARS = 15

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
    {
      text: `${FREE_CHARS} characters of any kind, or ${LEAST_CHARS} with small and capital letters, digits and signs`,
      held: characters.length >= FREE_CHARS || (characters.length >= LEAST_CHARS && hasAllClasses(password)),
    },
    { text: 'Not one character again and again', held: new Set(characters).size > 1 },
    {
      text: 'Without your name or e-mail address',
      held: password !== '' && !personal.some((word) => lower.includes(word)),
    },
  ]
}

/** Of any script, as on the server. */
const hasAllClasses = (password: string) =>
  [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}]/u].every((kind) => kind.test(password))
