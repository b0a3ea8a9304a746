// A headless Chromium, where this machine has one. playwright-core is installed beside the verification and not with the product,
// so it is loaded when it is needed, and typed here as far as it is used.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

export interface Locator {
  click: () => Promise<void>
  first: () => Locator
  last: () => Locator
  filter: (options: { hasText?: string; hasNotText?: string }) => Locator
  getByRole: (role: string, options: { name: string; exact?: boolean }) => Locator
}
export interface Page {
  goto: (url: string) => Promise<{ status: () => number } | null>
  url: () => string
  textContent: (selector: string) => Promise<string | null>
  getByRole: Locator['getByRole']
  locator: (selector: string) => Locator
  on: ((event: 'request', listener: (request: { url: () => string }) => void) => unknown) &
    ((
      event: 'console',
      listener: (message: { type: () => string; text: () => string }) => void,
    ) => unknown)
}
export interface Browser {
  newContext: (options: { javaScriptEnabled: boolean }) => Promise<{ newPage: () => Promise<Page> }>
  close: () => Promise<void>
}
interface Playwright {
  chromium: { launch: (options: { executablePath: string; args: string[] }) => Promise<Browser> }
}

const PLACES = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]
const executablePath = PLACES.find((path) => path !== undefined && existsSync(path))
const require = createRequire(join(import.meta.dirname, '../package.json'))

const isInstalled = (name: string): boolean => {
  try {
    return require.resolve(name) !== ''
  } catch {
    return false
  }
}

/** Null when a browser can be opened, else why not. */
export const noBrowser: string | null = !executablePath
  ? 'no Chromium on this machine: apt-get install chromium, or set CHROMIUM'
  : isInstalled('playwright-core')
    ? null
    : 'playwright-core is not installed: npm ci --prefix functions/verify'

export const openBrowser = (): Promise<Browser> => {
  const { chromium } = require('playwright-core') as Playwright
  return chromium.launch({
    executablePath: executablePath ?? '',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
}
