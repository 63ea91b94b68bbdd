import { chromium, type Browser } from 'playwright-core';

/**
 * Chromium loads the first two for the address bar of each window, even without a window, which took a third of the
 * time of opening a page. Of several such lists Chromium takes the last one, so Playwright's features follow.
 */
const DISABLED_FEATURES = [
  ...['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'],
  ...['AimEnabled', 'AvoidCorsURLLoaderRestartOnRedirect', 'AvoidUnnecessaryBeforeUnloadCheckSync'],
  ...['DestroyProfileOnBrowserClose', 'HttpsFirstBalancedModeAutoEnable', 'HttpsUpgrades', 'LensOverlay'],
  ...['MediaRouter', 'NetworkTimeServiceQuerying', 'OptimizationHints', 'PaintHolding', 'PreconnectToSearch'],
  ...['TcpPortRandomizationWin', 'ThirdPartyStoragePartitioning'],
  ...['msEdgeUpdateLaunchServicesPreferredVersion', 'msForceBrowserSignIn'],
];

/** For running as root, without a GPU and without background traffic. */
export const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--disable-features=${DISABLED_FEATURES.join(',')}`,
];

/**
 * Launches the browser without a window.
 *
 * @param executablePath as returned by `findBrowser`
 * @param timeZone IANA name; the machine's time zone by default
 */
export function launch(executablePath: string, timeZone?: string): Promise<Browser> {
  const env = timeZone === undefined ? process.env : { ...process.env, TZ: timeZone };
  return chromium.launch({ executablePath, args: ARGUMENTS, env });
}
