import { type Model } from '@/api/generated/wire'

/** The word for "never ask a model": a starter answers. */
export const STARTERS = 'starters'

/** What a model costs, in a few words. */
export function priceOf(model: Model): string {
  if (model.source === 'local') return 'On this machine, free'
  if (model.input_price_microusd === null || model.output_price_microusd === null) return 'Price not known'
  const dollars = (micro: number) => `$${(micro / 1e6).toFixed(2)}`
  return `${dollars(model.input_price_microusd)} in, ${dollars(model.output_price_microusd)} out per million tokens`
}
