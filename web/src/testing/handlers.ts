import { http, HttpResponse, type HttpHandler, type WebSocketHandler } from 'msw'

import {
  type CreateProject,
  type Instance,
  type KeyList,
  type ModelList,
  type SaveBudget,
  type SaveKey,
  type SaveModelChoice,
  type StarterList,
  type UpdateAccount,
} from '@/api/generated/wire'

import { accountHandlers } from './accountHandlers'
import { adminHandlers } from './adminHandlers'
import { type MockDb } from './db'
import { problem } from './problem'
import { projectHandlers } from './projectHandlers'
import { sandboxHandlers } from './sandboxHandlers'
import { turnHandlers } from './turnHandlers'
import { PRICES, usageHandlers } from './usageHandlers'

/** The whole API over a `MockDb`: for `npm run dev:mock` and tests, never in a build. */
export function handlers(db: MockDb): (HttpHandler | WebSocketHandler)[] {
  return [
    ...authHandlers(db),
    ...modelHandlers(db),
    ...otherHandlers(db),
    ...accountHandlers(db),
    ...usageHandlers(db),
    ...adminHandlers(db),
    ...projectHandlers(db),
    ...turnHandlers(db),
    ...sandboxHandlers(db),
  ]
}

function authHandlers(db: MockDb): HttpHandler[] {
  const signedIn = db.session
  const signIn = () => {
    db.session = signedIn
    return HttpResponse.json(db.session)
  }
  return [
    http.get('/api/auth/session', () =>
      db.session ? HttpResponse.json(db.session) : problem(401, 'unauthenticated', 'Sign in to go on.'),
    ),
    http.post('/api/auth/setup', signIn),
    http.post('/api/auth/login', async ({ request }) => {
      const body = (await request.json()) as { password: string }
      return body.password === 'wrong'
        ? problem(401, 'bad_credentials', 'The address or the password is wrong.')
        : signIn()
    }),
    http.post('/api/auth/logout', () => {
      db.session = null
      return new HttpResponse(null, { status: 204 })
    }),
    http.post('/api/auth/clear-session', () => {
      db.session = null
      return new HttpResponse(null, { status: 204 })
    }),
    http.post('/api/auth/password', () => {
      if (db.session) db.session.account.has_password = true
      return new HttpResponse(null, { status: 204 })
    }),
    http.patch('/api/account', async ({ request }) => {
      if (db.session) Object.assign(db.session.account, (await request.json()) as UpdateAccount)
      return HttpResponse.json(db.session?.account)
    }),
    http.get('/api/auth/sessions', () =>
      HttpResponse.json({
        items: [
          {
            id: db.session?.session_id ?? '',
            current: true,
            user_agent: 'Chromium 140 on Linux',
            address: '127.0.0.1',
            created_at: new Date(Date.now() - 3_600_000).toISOString(),
            last_seen_at: new Date().toISOString(),
          },
          {
            id: '0192f000-0000-7000-8000-00000000ffff',
            current: false,
            user_agent: 'Safari 26 on iPhone',
            address: '192.168.1.24',
            created_at: new Date(Date.now() - 86_400_000 * 3).toISOString(),
            last_seen_at: new Date(Date.now() - 86_400_000).toISOString(),
          },
        ],
      }),
    ),
    http.delete('/api/auth/sessions/:id', () => new HttpResponse(null, { status: 204 })),
  ]
}

function modelHandlers(db: MockDb): HttpHandler[] {
  const list = (): ModelList => ({
    default: db.defaultModel,
    prices: PRICES,
    items: [
      {
        id: 'anthropic/claude-sonnet',
        provider: 'anthropic',
        label: 'Claude Sonnet',
        source: 'hosted',
        context_window: 200_000,
        sees_images: true,
        input_price_microusd: 3_000_000,
        output_price_microusd: 15_000_000,
      },
      {
        id: 'ollama/qwen3-coder',
        provider: 'ollama',
        label: 'Qwen3 Coder',
        source: 'local',
        context_window: 32_768,
        sees_images: false,
        input_price_microusd: 0,
        output_price_microusd: 0,
      },
    ],
    providers: [
      {
        id: 'anthropic',
        label: 'Anthropic',
        state: 'connected',
        note: 'Connected with the key from the environment.',
        needs_key: true,
        env_var: 'ANTHROPIC_API_KEY',
        base_url: 'https://api.anthropic.com',
      },
      {
        id: 'openai',
        label: 'OpenAI',
        state: 'not_connected',
        note: 'Add a key to use its models.',
        needs_key: true,
        env_var: 'OPENAI_API_KEY',
        base_url: 'https://api.openai.com/v1',
      },
      {
        id: 'ollama',
        label: 'Ollama',
        state: 'connected',
        note: 'Found on this machine.',
        needs_key: false,
        env_var: null,
        base_url: 'http://localhost:11434/v1',
      },
      {
        id: 'custom',
        label: 'Another OpenAI-compatible server',
        state: 'not_connected',
        note: 'Give its address.',
        needs_key: false,
        env_var: null,
        base_url: '',
      },
    ],
  })
  return [
    http.get('/api/models', () => HttpResponse.json(list())),
    http.post('/api/models/refresh', () => HttpResponse.json(list())),
    http.put('/api/models/default', async ({ request }) => {
      db.defaultModel = ((await request.json()) as SaveModelChoice).model
      return HttpResponse.json(list())
    }),
    http.get('/api/keys', () => HttpResponse.json({ items: db.keys } satisfies KeyList)),
    http.put<{ provider: string }>('/api/keys/:provider', async ({ request, params }) => {
      const body = (await request.json()) as SaveKey
      if (body.secret.length < 8) {
        return problem(400, 'invalid', 'The key is not right.', [
          { field: 'secret', message: 'This is too short for a key: paste the whole of it.' },
        ])
      }
      const key = {
        id: '0192f000-0000-7000-8000-00000000aaaa',
        provider: params.provider,
        label: body.label ?? params.provider,
        base_url: body.base_url ?? null,
        source: 'own' as const,
        last4: body.secret.slice(-4),
        created_at: new Date().toISOString(),
        last_used_at: null,
      }
      db.keys = [...db.keys.filter((k) => k.provider !== key.provider), key]
      return HttpResponse.json(key)
    }),
    http.delete('/api/keys/:provider', ({ params }) => {
      db.keys = db.keys.filter((k) => k.provider !== params.provider)
      return new HttpResponse(null, { status: 204 })
    }),
    http.post('/api/keys/:provider/test', () =>
      HttpResponse.json({ ok: true, message: 'The provider took the key.' }),
    ),
  ]
}

function otherHandlers(db: MockDb): HttpHandler[] {
  return [
    http.get('/api/instance', () =>
      HttpResponse.json({
        needs_setup: false,
        sign_up: db.signUp,
        reset_by_mail: true,
        preview_mode: 'opaque',
        webcontainer: db.webcontainer,
        limits: {
          file_bytes: 1_000_000,
          project_bytes: 50_000_000,
          upload_bytes: 20_000_000,
          project_files: 2_000,
          message_chars: 32_000,
        },
      } satisfies Instance),
    ),
    http.get('/api/starters', () =>
      HttpResponse.json({
        items: [
          ['kanban', 'Kanban board', 'web_app', 'Columns, cards and drag and drop.'],
          ['focus-timer', 'Focus timer', 'web_app', 'Work and rest, with statistics.'],
          ['habits', 'Habit tracker', 'mobile_app', 'Streaks for what you do every day.'],
          ['recipes', 'Recipe book', 'mobile_app', 'Recipes that scale and stay offline.'],
          ['breakout', 'Breakout', 'game', 'Bricks, a ball and a paddle.'],
          ['tiles', 'Sliding tiles', 'game', 'Order fifteen tiles.'],
          ['product', 'Product page', 'landing_page', 'One product, told well.'],
          ['local', 'Local business', 'landing_page', 'Hours, place and what is on offer.'],
        ].map(([id = '', title = '', type, summary = '']) => ({
          id,
          title,
          project_type: type as CreateProject['project_type'] & string,
          summary,
          examples: [`a ${title.toLowerCase()} with a calm look`],
          thumbnail: `/api/starters/${id}/thumbnail`,
        })),
      } satisfies StarterList),
    ),
    http.get('/api/starters/:id/thumbnail', ({ params }) =>
      HttpResponse.text(
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 200"><rect width="320" height="200" fill="hsl(${(String(params.id).length * 47) % 360} 40% 88%)"/><rect x="40" y="40" width="240" height="120" rx="10" fill="#fff"/></svg>`,
        { headers: { 'content-type': 'image/svg+xml' } },
      ),
    ),
    http.get('/api/budgets', () => HttpResponse.json(db.budgets)),
    http.put('/api/budgets', async ({ request }) => {
      const { limit_nanousd: limit } = (await request.json()) as SaveBudget
      db.budgets.own_limit_nanousd = limit
      db.budgets.user.limit_nanousd = limit
      return HttpResponse.json(db.budgets)
    }),
    http.post('/api/estimate', () => HttpResponse.json(db.estimate)),
    http.post('/api/projects/:id/estimate', () => HttpResponse.json(db.estimate)),
    http.post('/api/projects', async ({ request }) => {
      const body = (await request.json()) as CreateProject
      const state = db.addProject(body.name ?? body.prompt?.slice(0, 40) ?? 'New project', body.project_type)
      const turn = body.prompt === undefined ? null : db.startTurn(state, body.prompt)
      return HttpResponse.json({ project: state.project, turn }, { status: 201 })
    }),
  ]
}
