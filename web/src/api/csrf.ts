import { type SessionInfo } from './generated/wire'

/** What every change must carry: it goes with the session, and only pages of our own origin can read it. */
let token: string | undefined
/** Whose session that is. */
let owner: string | undefined

export function csrfToken(): string | undefined {
  return token
}

/** Keeps the token of a session that was just read. */
export function keepToken(session: SessionInfo): SessionInfo {
  token = session.csrf_token
  owner = session.account.id
  return session
}

/** Whether a session is of whom this page was loaded for: what they meant must not be done as somebody else. */
export function isSamePerson(session: SessionInfo): boolean {
  return owner === undefined || owner === session.account.id
}
