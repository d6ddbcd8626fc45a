import { useState } from 'react'

import { type PreviewAddress } from '@/api/generated/wire'

import { hasTicket } from '@/components/engines'

const isSameApp = (one: PreviewAddress, other: PreviewAddress) =>
  one.engine === other.engine && one.mode === other.mode && one.origin === other.origin

/**
 * The address that the frame was made with. A newer one of the same app only bears another ticket: taking it would
 * load the app anew under the person's hands. It is taken with the next frame.
 */
export function useFrameAddress(address: PreviewAddress | undefined, loads: number) {
  const [held, setHeld] = useState({ address, loads })
  const anew =
    held.loads !== loads ||
    !held.address ||
    !address ||
    !isSameApp(held.address, address) ||
    // Without a ticket an address is what it is.
    (!hasTicket(address.engine) && held.address.url !== address.url)
  if (anew && held.address !== address) setHeld({ address, loads })
  else if (held.loads !== loads) setHeld({ address: held.address, loads })
  return anew ? address : held.address
}
