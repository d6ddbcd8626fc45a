import { type LaunchOptions } from '@playwright/test'

import { chromiumPath } from './environment.js'

/**
 * Playwright switches storage partitioning off, which people's browsers have on: the flag is passed anew without
 * it. It must be Playwright's own text to the letter; `chromium.spec.ts` fails when a new Playwright has another.
 */
const DISABLED = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'TcpPortRandomizationWin',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
  'msForceBrowserSignIn',
  'msEdgeUpdateLaunchServicesPreferredVersion',
]
const flag = (features: string[]): string => `--disable-features=${features.join(',')}`

/** How the browser is started: as people have it, and with no name but this machine's that it could resolve. */
export const launchOptions = (): LaunchOptions => ({
  executablePath: chromiumPath(),
  ignoreDefaultArgs: [flag(DISABLED)],
  args: [
    flag(DISABLED.filter((feature) => feature !== 'ThirdPartyStoragePartitioning')),
    '--no-sandbox',
    '--disable-quic',
    '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE *.localhost , EXCLUDE 127.0.0.1',
  ],
})

/** Whether an address leads nowhere but to this machine. */
export function isLocal(address: string): boolean {
  const url = new URL(address)
  if (!/^(https?|wss?):$/.test(url.protocol)) return true
  return /^(localhost|.+\.localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)
}
