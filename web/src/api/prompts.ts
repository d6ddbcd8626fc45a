import { useMutation } from '@tanstack/react-query'

import { api, apiPath } from './client'
import { type EnhancedPrompt, type EnhancePrompt } from './generated/wire'

/** Asks a model for the same wish in more useful words. */
export const useEnhancePrompt = () =>
  useMutation({
    mutationFn: (body: EnhancePrompt) => api.post<EnhancedPrompt>(apiPath('prompts', 'enhance'), body),
  })
