import { type RouteObject } from 'react-router'

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
        element: <SessionGate />,
        children: [
          {
            element: <Shell />,
            children: [
              {
                path: '/',
                lazy: async () => ({ Component: (await import('@/features/home/HomePage')).HomePage }),
                errorElement: <RouteError />,
              },
            ],
          },
          {
            path: '/projects/:projectId',
            lazy: async () => ({
              Component: (await import('@/features/workspace/WorkspacePage')).WorkspacePage,
            }),
            errorElement: <RouteError />,
          },
        ],
      },
      { path: '*', element: <NotFoundPage /> },
    ],
  },
]
