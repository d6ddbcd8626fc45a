import { http, HttpResponse, type HttpHandler } from 'msw'

import { type EnhancePrompt, type Roles } from '@/api/generated/wire'

import { type MockDb } from './db'

const PICTURE =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 400"><rect width="640" height="400" fill="#14161f"/><text x="320" y="215" fill="#f4f2ee" font-size="64" font-family="sans-serif" text-anchor="middle">25:00</text><rect x="260" y="260" width="120" height="44" rx="8" fill="#6366f1"/></svg>'

/** What turns need beside the chat: pictures of the app, who does what, better words. */
export function turnHandlers(db: MockDb): HttpHandler[] {
  return [
    http.get('/api/projects/:id/screenshots/:hash', () =>
      HttpResponse.text(PICTURE, { headers: { 'content-type': 'image/svg+xml' } }),
    ),
    http.get('/api/roles', () => HttpResponse.json(db.roles)),
    http.put('/api/roles', async ({ request }) => {
      db.roles = (await request.json()) as Roles
      return HttpResponse.json(db.roles)
    }),
    http.post('/api/prompts/enhance', async ({ request }) => {
      const { prompt } = (await request.json()) as EnhancePrompt
      return HttpResponse.json({
        prompt: `${prompt.trim()}\n\n- It works by keyboard and on a phone.\n- What was entered is kept in this browser.`,
        cost_nanousd: 2_100_000,
      })
    }),
  ]
}
