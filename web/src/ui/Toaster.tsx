import { CircleAlert } from 'lucide-react'
import { Toaster as Sonner } from 'sonner'

/** Where toasts appear; once, in the app's root. */
export function Toaster() {
  return (
    <Sonner
      position="bottom-right"
      gap={8}
      offset={16}
      mobileOffset={{ bottom: 72, left: 12, right: 12 }}
      icons={{ error: <CircleAlert aria-hidden className="size-4 text-danger" /> }}
      containerAriaLabel="Notifications"
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            'flex w-[22rem] max-w-full font-sans items-start gap-2.5 rounded-card bg-surface px-3 py-2.5 text-base text-ink shadow-float',
          content: 'min-w-0 flex-1',
          icon: 'mt-0.5',
          title: 'font-medium',
          description: 'mt-0.5 text-sm text-ink-muted',
          actionButton:
            'shrink-0 self-center rounded-control border px-2 py-1 text-sm font-medium hover:bg-hover',
        },
      }}
    />
  )
}
