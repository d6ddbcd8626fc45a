import { QueryClientProvider } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { createBrowserRouter, RouterProvider } from 'react-router'

import { createQueryClient } from '@/api/queryClient'
import { watchReachability } from '@/api/reachability'
import { Toaster } from '@/ui/Toaster'
import { TooltipProvider } from '@/ui/Tooltip'

import { OfflineBar } from './OfflineBar'
import { routes } from './routes'

export function App() {
  const [client] = useState(createQueryClient)
  const [router] = useState(() => createBrowserRouter(routes))
  useEffect(watchReachability, [])
  return (
    <QueryClientProvider client={client}>
      <TooltipProvider>
        <div className="flex h-full flex-col">
          <OfflineBar />
          <div className="min-h-0 flex-1">
            <RouterProvider router={router} />
          </div>
        </div>
        <Toaster />
      </TooltipProvider>
    </QueryClientProvider>
  )
}
