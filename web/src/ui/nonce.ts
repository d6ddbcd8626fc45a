/** The nonce of this page's content security policy, for the few libraries that add style elements. */
export function cspNonce(): string | undefined {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce
}
