import { type TurnMode } from '@/api/generated/wire'

/** What a turn is for, in a word. */
export const MODE_NAMES: Record<TurnMode, string> = { build: 'Build', ask: 'Ask', plan: 'Plan' }
