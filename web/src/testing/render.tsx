import { QueryClientProvider } from '@tanstack/react-query'
import { render, type RenderResult } from '@testing-library/react'
import { type ReactNode } from 'react'
import { createMemoryRouter, RouterProvider } from 'react-router'

import { createQueryClient } from '@/api/queryClient'
import { Toaster } from '@/ui/Toaster'
import { TooltipProvider } from '@/ui/Tooltip'

/** Renders inside the app's providers, at an address. */
export function renderApp(ui: ReactNode, { path = '/', route = '*' } = {}): RenderResult {
  const router = createMemoryRouter([{ path: route, element: ui }], { initialEntries: [path] })
  return render(
    <QueryClientProvider client={createQueryClient()}>
      <TooltipProvider>
        <RouterProvider router={router} />
        <Toaster />
      </TooltipProvider>
    </QueryClientProvider>,
  )
}
