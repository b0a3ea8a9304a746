// Signing in with a real browser against a real laptop: from the console's button over the identity provider to the tenant's page,
// on to a change, and out when the session is ended from elsewhere. Skipped, and saying so, where there is no browser.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ChangeView } from '../../../schemas/change.ts'
import { caller, startTestLaptop } from '../../local/story-client.ts'
import { type Browser, noBrowser, openBrowser, type Page } from './browser.ts'

if (noBrowser) console.warn(`SKIPPED: ${noBrowser}.`)

describe.skipIf(noBrowser !== null)('signing in with Chromium', () => {
  let browser: Browser
  let laptop: Awaited<ReturnType<typeof startTestLaptop>>
  beforeAll(async () => {
    laptop = await startTestLaptop()
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await laptop?.stop()
  })

  /** A browser of its own, and what it asked of anybody but the laptop. */
  const open = async (javaScriptEnabled: boolean) => {
    const context = await browser.newContext({ javaScriptEnabled })
    const page = await context.newPage()
    const foreign: string[] = []
    const faults: string[] = []
    page.on('request', (request) => {
      if (!/^(?:http:\/\/127\.0\.0\.1:|data:)/.test(request.url())) foreign.push(request.url())
    })
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text())
    })
    return { page, foreign, faults }
  }

  const signIn = async (page: Page, name: string) => {
    await page.goto(laptop.local.url)
    await page.getByRole('link', { name: 'Sign in', exact: true }).first().click()
    await page.getByRole('link', { name: 'Sign in with' }).click()
    expect(page.url()).toContain(laptop.local.identityProviderUrl)
    expect(await page.textContent('body')).toContain('Simulated identity provider')
    await page.getByRole('button', { name }).click()
  }

  const askFor = async (name: string): Promise<string> => {
    const send = caller(`${laptop.local.url}/v1/tenants/dbis`, laptop.local.tokens.requester)
    const asked = await send('POST', '/changes', {
      ...{ key: `verify-${name}` },
      body: {
        ...{ action: 'create', template: 'virtual-machine', name },
        parameters: { site: 'ml110-01', cores: 1, memory: { value: 1, unit: 'GiB' } },
      },
    })
    return (asked.body as ChangeView).id ?? ''
  }

  it.each([true, false])('goes all the way, with scripts: %s', async (scripts) => {
    const id = await askFor(`browser-${scripts ? 'with' : 'without'}-scripts`)
    const { page, foreign, faults } = await open(scripts)
    await signIn(page, 'Anton')
    expect(page.url()).toBe(`${laptop.local.url}/t/dbis`)
    await page.getByRole('link', { name: 'Changes', exact: true }).last().click()
    await page.locator(`a[href="/changes/${id}"]`).click()
    expect(page.url()).toBe(`${laptop.local.url}/changes/${id}`)
    expect(await page.textContent('body')).toContain('Anton Approver')

    const elsewhere = await open(scripts)
    await signIn(elsewhere.page, 'Anton')
    await elsewhere.page.goto(`${laptop.local.url}/sessions`)
    await elsewhere.page
      .locator('tr')
      .filter({ hasNotText: 'this browser' })
      .getByRole('button', { name: 'End' })
      .first()
      .click()
    await page.goto(`${laptop.local.url}/changes/${id}`)
    expect(page.url()).toContain('/sign-in?next=')
    expect(await page.textContent('body')).not.toContain(`browser-${scripts ? 'with' : 'without'}`)

    await elsewhere.page.getByRole('button', { name: 'Sign out' }).click()
    await elsewhere.page.goto(`${laptop.local.url}/t/dbis`)
    expect(elsewhere.page.url()).toContain('/sign-in?next=')
    expect([...foreign, ...elsewhere.foreign]).toEqual([])
    expect([...faults, ...elsewhere.faults]).toEqual([])
  })

  it('brings a stranger nowhere near another’s tenant', async () => {
    const { page } = await open(true)
    await signIn(page, 'Olga')
    const there = await page.goto(`${laptop.local.url}/t/platform`)
    const never = await page.goto(`${laptop.local.url}/t/never-was`)
    expect([there?.status(), never?.status()]).toEqual([404, 404])
  })
})
