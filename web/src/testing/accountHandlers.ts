import { http, HttpResponse, type HttpHandler } from 'msw'

import {
  type ApiToken,
  type ApiTokenCreated,
  type ApiTokenList,
  type CreateApiToken,
  type CreateInvite,
  type Invite,
  type InviteCreated,
  type InviteList,
  type Page,
  type UpdateUser,
  type UserEntry,
  type InviteInfo,
  type InviteToken,
  type ResetPassword,
} from '@/api/generated/wire'

import { newId, type MockDb } from './db'
import { problem } from './problem'

/** API tokens, sign-up and forgotten passwords. */
export function accountHandlers(db: MockDb): HttpHandler[] {
  const signedIn = db.session
  return [
    http.post('/api/auth/invite', async ({ request }) => {
      const { token } = (await request.json()) as InviteToken
      return token === 'old'
        ? problem(401, 'bad_credentials', 'This invitation was used already.')
        : HttpResponse.json({
            email: token === 'bobs' ? 'bob@example.org' : null,
            expires_at: '2030-01-01T00:00:00Z',
          } satisfies InviteInfo)
    }),
    http.post('/api/auth/signup', () => {
      db.session = signedIn
      return HttpResponse.json(signedIn)
    }),
    http.post('/api/auth/forgot', () => new HttpResponse(null, { status: 202 })),
    http.post('/api/auth/reset', async ({ request }) => {
      const { token } = (await request.json()) as ResetPassword
      return token === 'old'
        ? problem(401, 'bad_credentials', 'This link was used already.')
        : new HttpResponse(null, { status: 204 })
    }),
    http.get('/api/admin/users', () =>
      HttpResponse.json({ items: db.users, next_cursor: null } satisfies Page<UserEntry>),
    ),
    http.patch('/api/admin/users/:id', async ({ request, params }) => {
      const { suspended, plan, is_admin } = (await request.json()) as UpdateUser
      db.users = db.users.map((user) =>
        user.id === params.id
          ? {
              ...user,
              plan: plan ?? user.plan,
              is_admin: is_admin ?? user.is_admin,
              ...(suspended !== undefined && {
                suspended_at: suspended ? new Date().toISOString() : null,
              }),
            }
          : user,
      )
      return HttpResponse.json(db.users.find((user) => user.id === params.id))
    }),
    http.get('/api/admin/invites', () => HttpResponse.json({ items: db.invites } satisfies InviteList)),
    http.post('/api/admin/invites', async ({ request }) => {
      const { email } = (await request.json()) as CreateInvite
      const entry: Invite = {
        id: newId(),
        email: email ?? null,
        created_at: new Date().toISOString(),
        expires_at: new Date(Date.now() + 7 * 86_400_000).toISOString(),
      }
      db.invites = [entry, ...db.invites]
      return HttpResponse.json({ token: 'invite-token', entry } satisfies InviteCreated, { status: 201 })
    }),
    http.delete('/api/admin/invites/:id', ({ params }) => {
      db.invites = db.invites.filter((invite) => invite.id !== params.id)
      return new HttpResponse(null, { status: 204 })
    }),
    http.get('/api/tokens', () => HttpResponse.json({ items: db.apiTokens } satisfies ApiTokenList)),
    http.post('/api/tokens', async ({ request }) => {
      const { name, scope, expires_in_days: days } = (await request.json()) as CreateApiToken
      const entry: ApiToken = {
        id: newId(),
        name,
        last4: '9xyz',
        scope,
        created_at: new Date().toISOString(),
        expires_at: new Date(Date.now() + days * 86_400_000).toISOString(),
        last_used_at: null,
      }
      db.apiTokens = [entry, ...db.apiTokens]
      const token = 'qvp_0123456789abcdefghijklmnopqrstuvwxyzABC9xyz'
      return HttpResponse.json({ token, entry } satisfies ApiTokenCreated, { status: 201 })
    }),
    http.delete('/api/tokens/:id', ({ params }) => {
      db.apiTokens = db.apiTokens.filter((token) => token.id !== params.id)
      return new HttpResponse(null, { status: 204 })
    }),
  ]
}
