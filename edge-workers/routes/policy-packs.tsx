// Policy packs: which rules speak to which controls, for anyone; and the evidence of one tenant for one pack, for those of
// its people who may read it. Pages and JSON say the same.
import * as z from 'zod'
import { Evidence, EvidenceControl, EvidenceQuery } from '../../schemas/evidence.ts'
import type { PolicyPack } from '../../schemas/policy-packs/pack.ts'
import { controlView, findPack, PACK_NOTE, policyPacks } from '../../schemas/policy-packs/packs.ts'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import { tenantDoor } from '../auth/door.ts'
import { refusedPage } from '../console/answers.tsx'
import { EvidencePage } from '../console/evidence-page.tsx'
import { answerPageHtml } from '../console/layout.tsx'
import { PackPage, PacksPage } from '../console/pack-pages.tsx'
import { handlesOf, People } from '../console/people.tsx'
import { sessionDoor } from '../console/session.ts'
import { answer, answerJson } from '../http/answer.ts'
import type { App, AppContext } from '../http/context.ts'
import { readQuery } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { CACHE, show } from './shown.ts'

const TAG = 'Policy packs'
const DAY_MILLISECONDS = 86_400_000
const PRIVATE = { 'cache-control': 'private, no-cache' }
/** Both ends included. */
const LONGEST_PERIOD_DAYS = 366
const USUAL_PERIOD_DAYS = 90

const summaryOf = ({ env }: AppContext, { name, title, edition, controls }: PolicyPack) => ({
  ...{ name, title, edition, controls: controls.length },
  url: `${env.PUBLIC_URL}/policy-packs/${name}`,
})
const packJson = (c: AppContext, pack: PolicyPack) => ({
  ...summaryOf(c, pack),
  note: PACK_NOTE,
  controls: pack.controls.map(controlView),
})
const listJson = (c: AppContext) => ({
  items: policyPacks.map((pack) => summaryOf(c, pack)),
  next: null,
})

/** The days asked for: at most a year, the last 90 where nothing is said. */
const readPeriod = (c: AppContext): Result<{ from: string; to: string }> => {
  const query = readQuery(c, EvidenceQuery)
  if (!query.ok) return query
  const day = (at: number): string => new Date(at).toISOString().slice(0, 10)
  const to = query.value.to ?? day(c.get('clock')().getTime())
  const from = query.value.from ?? day(Date.parse(to) - (USUAL_PERIOD_DAYS - 1) * DAY_MILLISECONDS)
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MILLISECONDS + 1
  return days >= 1 && days <= LONGEST_PERIOD_DAYS
    ? ok({ from, to })
    : refuse('invalid-parameters', {
        detail: `The period is of 1 to ${LONGEST_PERIOD_DAYS} days, and begins before it ends.`,
        errors: [{ pointer: '/from', detail: 'Not after `to`, and at most a year before it.' }],
      })
}

export const registerPolicyPackRoutes = (app: App): void => {
  registerPacks(app)
  registerEvidence(app)
  registerEvidencePages(app)
}

const PackSummary = z.strictObject({
  ...{ name: z.string(), title: z.string(), edition: z.string() },
  controls: z.int(),
  url: z.url(),
})
const PackList = z.strictObject({ items: z.array(PackSummary), next: z.null() })
const PackView = PackSummary.extend({
  note: z.string(),
  controls: z.array(
    EvidenceControl.pick({
      ...{ id: true, title: true, reading: true, rules: true, evidence: true },
      ...{ has: true, lacks: true },
    }),
  ),
})

const forAnyone = {
  ...{ method: 'get' as const, tag: TAG, action: 'open' as const },
  description: 'What Phoenix checks and records for laws and standards, and what it does not.',
}

const registerPacks = (app: App): void => {
  addRoute(
    app,
    {
      ...{ ...forAnyone, path: '/v1/policy-packs', summary: 'List policy packs' },
      answers: {
        200: { text: 'The packs, all of them.', schema: PackList, name: 'PolicyPackList' },
      },
    },
    (c) => answerJson(c, listJson(c), { headers: { 'cache-control': CACHE } }),
  )
  addRoute(
    app,
    {
      ...{ ...forAnyone, path: '/v1/policy-packs/{name}', summary: 'Read a policy pack' },
      answers: { 200: { text: 'The pack.', schema: PackView, name: 'PolicyPack' } },
    },
    (c) => {
      const pack = findPack(param(c, 'name'))
      if (!pack) return answerRefusal(c, { problem: 'not-found' })
      return answerJson(c, packJson(c, pack), { headers: { 'cache-control': CACHE } })
    },
  )
  app.get('/policy-packs', (c) => show(c, listJson(c), 'Policy packs', () => <PacksPage />))
  app.get('/policy-packs/:name', (c) => {
    const pack = findPack(c.req.param('name'))
    if (!pack) return answerRefusal(c, { problem: 'not-found' })
    return show(c, packJson(c, pack), pack.title, () => <PackPage pack={pack} />)
  })
}

const registerEvidence = (app: App): void =>
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/tenants/{tenant}/evidence/{pack}',
      summary: 'Export evidence',
      description:
        'For each control of a policy pack: its rules, findings of the plans of the period by severity, exceptions in force with owner, reason and end, and the changes with their approvals, merge commits and log leaves. `digest` is over all of it; a past period gives the same document each time.',
      tag: TAG,
      action: 'evidence.read',
      query: EvidenceQuery,
      answers: { 200: { text: 'The evidence.', schema: Evidence, name: 'Evidence' } },
      problems: ['invalid-parameters'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const { tenant, caller } = door.value
      const who = await tenant.whoAmI(caller, 'evidence.read')
      if (!who.ok) return answerRefusal(c, who.refusal)
      const period = readPeriod(c)
      if (!period.ok) return answerRefusal(c, period.refusal)
      return answer(c, await tenant.readEvidence(caller, param(c, 'pack'), period.value), {
        headers: PRIVATE,
      })
    },
  )

const registerEvidencePages = (app: App): void => {
  // The short way from a pack to one's own evidence.
  app.get('/evidence/:pack', async (c) => {
    const door = await sessionDoor(c)
    if (!door.ok) return refusedPage(c, door.refusal)
    if (!findPack(c.req.param('pack'))) return refusedPage(c, { problem: 'not-found' })
    return c.redirect(`/t/${door.value.entry.slug}/evidence/${c.req.param('pack')}`, 303)
  })
  app.get('/t/:tenant/evidence/:pack', async (c) => {
    const evidence = await ownEvidence(c)
    if (!evidence.ok) return refusedPage(c, evidence.refusal)
    const { pack, tenant, changes, controls } = evidence.value
    const door = await sessionDoor(c)
    const answering = controls.flatMap(({ exceptions }) => exceptions.map(({ owner }) => owner))
    const acting = changes.flatMap(({ requester, approvals, steps }) => [
      ...[requester, ...approvals.map(({ subject }) => subject)],
      ...steps.map(({ actor }) => actor),
    ])
    return answerPageHtml(
      c,
      { title: `${pack.title} evidence of ${tenant}`, headers: PRIVATE },
      <People.Provider
        value={door.ok ? await handlesOf(door.value, [...answering, ...acting]) : {}}
      >
        <EvidencePage evidence={evidence.value} />
      </People.Provider>,
    )
  })
  // The same document for a browser to keep: the API asks for a token in a header.
  app.get('/t/:tenant/evidence/:pack/document.json', async (c) =>
    answer(c, await ownEvidence(c), {
      headers: { ...PRIVATE, 'content-disposition': 'attachment; filename="evidence.json"' },
    }),
  )
}

/** Of the reader's own tenant, if that is the one in the path. */
const ownEvidence = async (c: AppContext): Promise<Result<Evidence>> => {
  const door = await sessionDoor(c)
  if (!door.ok) return door
  const { tenant, caller, entry } = door.value
  if (c.req.param('tenant') !== entry.slug) return refuse('not-found')
  const period = readPeriod(c)
  return period.ok ? tenant.readEvidence(caller, c.req.param('pack') ?? '', period.value) : period
}
