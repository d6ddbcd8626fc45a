import { type SessionInfo } from './generated/wire'

/** What every change must carry: it goes with the session, and only pages of our own origin can read it. */
let token: string | undefined

export function csrfToken(): string | undefined {
  return token
}

/** Keeps the token of a session that was just read. */
export function keepToken(session: SessionInfo): SessionInfo {
  token = session.csrf_token
  return session
}
