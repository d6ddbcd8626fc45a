import { Navigate, type RouteObject } from 'react-router'

import { paths } from '@/components/paths'

import { NotFoundPage } from './NotFoundPage'
import { RouteError } from './RouteError'
import { SessionGate } from './SessionGate'
import { Shell } from './Shell'

/** Each page is a chunk of its own. */
export const routes: RouteObject[] = [
  {
    errorElement: <RouteError />,
    hydrateFallbackElement: <></>,
    children: [
      {
        path: '/login',
        lazy: async () => ({ Component: (await import('@/features/auth/LoginPage')).LoginPage }),
      },
      {
        path: '/setup',
        lazy: async () => ({ Component: (await import('@/features/auth/SetupPage')).SetupPage }),
      },
      {
        path: '/join',
        lazy: async () => ({ Component: (await import('@/features/auth/JoinPage')).JoinPage }),
      },
      {
        path: '/forgot',
        lazy: async () => ({ Component: (await import('@/features/auth/ForgotPage')).ForgotPage }),
      },
      {
        path: '/reset',
        lazy: async () => ({ Component: (await import('@/features/auth/ResetPage')).ResetPage }),
      },
      {
        element: <SessionGate />,
        children: [
          {
            element: <Shell />,
            children: [
              {
                path: '/',
                lazy: async () => ({ Component: (await import('@/features/home/HomePage')).HomePage }),
                errorElement: <RouteError framed />,
              },
              {
                path: '/projects',
                lazy: async () => ({
                  Component: (await import('@/features/projects/ProjectsPage')).ProjectsPage,
                }),
                errorElement: <RouteError framed />,
              },
              {
                path: '/settings',
                lazy: async () => ({
                  Component: (await import('@/features/settings/SettingsLayout')).SettingsLayout,
                }),
                errorElement: <RouteError framed />,
                children: [
                  { index: true, element: <Navigate to={paths.settings('models')} replace /> },
                  {
                    path: 'models',
                    lazy: async () => ({
                      Component: (await import('@/features/settings/models/ModelsPage')).ModelsPage,
                    }),
                  },
                  {
                    path: 'account',
                    lazy: async () => ({
                      Component: (await import('@/features/settings/account/AccountPage')).AccountPage,
                    }),
                  },
                  {
                    path: 'sessions',
                    lazy: async () => ({
                      Component: (await import('@/features/settings/sessions/SessionsPage')).SessionsPage,
                    }),
                  },
                  {
                    path: 'tokens',
                    lazy: async () => ({
                      Component: (await import('@/features/settings/tokens/TokensPage')).TokensPage,
                    }),
                  },
                  {
                    path: 'activity',
                    lazy: async () => ({
                      Component: (await import('@/features/settings/activity/ActivityPage')).ActivityPage,
                    }),
                  },
                  {
                    path: 'appearance',
                    lazy: async () => ({
                      Component: (await import('@/features/settings/AppearancePage')).AppearancePage,
                    }),
                  },
                  {
                    path: 'usage',
                    lazy: async () => ({
                      Component: (await import('@/features/settings/usage/UsagePage')).UsagePage,
                    }),
                  },
                  {
                    path: 'failed-turns',
                    lazy: async () => ({
                      Component: (await import('@/features/settings/failed/FailedTurnsPage')).FailedTurnsPage,
                    }),
                  },
                ],
              },
              {
                path: '/admin',
                lazy: async () => ({
                  Component: (await import('@/features/admin/AdminLayout')).AdminLayout,
                }),
                errorElement: <RouteError framed />,
                children: [
                  { index: true, element: <Navigate to={paths.admin('health')} replace /> },
                  {
                    path: 'health',
                    lazy: async () => ({
                      Component: (await import('@/features/admin/HealthPage')).HealthPage,
                    }),
                  },
                  {
                    path: 'people',
                    lazy: async () => ({
                      Component: (await import('@/features/admin/people/PeoplePage')).PeoplePage,
                    }),
                  },
                  {
                    path: 'limits',
                    lazy: async () => ({
                      Component: (await import('@/features/admin/LimitsPage')).LimitsPage,
                    }),
                  },
                  {
                    path: 'sandboxes',
                    lazy: async () => ({
                      Component: (await import('@/features/admin/sandboxes/SandboxesPage')).SandboxesPage,
                    }),
                  },
                  {
                    path: 'prices',
                    lazy: async () => ({
                      Component: (await import('@/features/admin/prices/PricesPage')).PricesPage,
                    }),
                  },
                  {
                    path: 'failed-turns',
                    lazy: async () => ({
                      Component: (await import('@/features/settings/failed/FailedTurnsPage')).FailedTurnsPage,
                    }),
                  },
                  {
                    path: 'audit',
                    lazy: async () => ({
                      Component: (await import('@/features/admin/AuditPage')).AuditPage,
                    }),
                  },
                ],
              },
              { path: '*', element: <NotFoundPage /> },
            ],
          },
          {
            path: '/projects/:projectId',
            lazy: async () => ({
              Component: (await import('@/features/workspace/WorkspacePage')).WorkspacePage,
            }),
            errorElement: <RouteError />,
          },
          {
            // The server cuts this address off from all other pages (COOP and COEP).
            path: '/run/:projectId',
            lazy: async () => ({ Component: (await import('@/features/run/RunPage')).RunPage }),
            errorElement: <RouteError />,
          },
        ],
      },
    ],
  },
]
