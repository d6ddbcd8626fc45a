/** Asks the person for their password; true once they have given it. */
type Ask = () => Promise<boolean>

let ask: Ask | null = null

/** The page that asks; gives back how to take it away. */
export function confirmBy(next: Ask): () => void {
  ask = next
  return () => {
    if (ask === next) ask = null
  }
}

/** Whether the person has shown who they are, now; never where nobody can ask. */
export const confirmed = (): Promise<boolean> => ask?.() ?? Promise.resolve(false)
