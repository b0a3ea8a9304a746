// The product's main job, told step by step over HTTP: real workerd, real Git, the real Functions bundle; the forge's
// rules and the clusters are simulated. Each step leans on the ones before it: read from the top.
import { appendFile, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import { TemplateDetail } from '../../gitops/catalog.ts'
import { type ChangeState, ChangeView, mayMove } from '../../schemas/change.ts'
import { ResourceView } from '../../schemas/resource.ts'
import { buildFunctions } from '../cli/build.ts'
import { configIn, connect } from './arm/agent.ts'
import { digestsIn, digestsLogged } from './bundle-digests.fixture.ts'
import {
  caller,
  changesOf,
  expectStatus,
  forgeOf,
  problemOf,
  type RunningLaptop,
  readEvents,
  runGit,
  type Send,
  type StreamEvent,
  startTestLaptop,
  until,
} from './story-client.ts'

const NETWORK = {
  action: 'create',
  template: 'besu-network',
  name: 'smom-dbis-138',
  parameters: { sites: ['r630-01', 'ml110-01'] },
}
const LEAF = 'rendered/loc-mgmt/60-smom-dbis-138'

let laptop: RunningLaptop
let owner: Send
let rita: Send
let anton: Send
let changes: ReturnType<typeof changesOf>
let forge: Record<'administrator' | 'requester' | 'approver', ReturnType<typeof forgeOf>>
/** The clone that a reviewer would make. */
let clone: string
/** Pseudonyms of the two. */
const ids = { rita: '', anton: '' }
/** What the parts of the laptop said. */
const lines: string[] = []

beforeAll(async () => {
  laptop = await startTestLaptop((line) => void lines.push(line))
  const { url, tokens, forgeTokens, tenant } = laptop.local
  owner = caller(url, tokens.owner)
  rita = caller(url, tokens.requester)
  anton = caller(url, tokens.approver)
  changes = changesOf(caller(url, tokens.auditor), tenant)
  forge = {
    administrator: forgeOf(laptop.local, forgeTokens.administrator),
    requester: forgeOf(laptop.local, forgeTokens.requester),
    approver: forgeOf(laptop.local, forgeTokens.approver),
  }
  clone = join(laptop.folder, 'clone')
  for (const [handle, who] of Object.entries({ rita, anton }) as ['rita' | 'anton', Send][]) {
    const Own = z.object({ member: z.string(), handle: z.literal(handle) })
    ids[handle] = expectStatus(await who('GET', `/v1/tenants/${tenant}/me`), 200, Own).member
  }
})
afterAll(() => laptop?.stop())

const request = (body: unknown, key: string) => rita('POST', changes.root, { body, key })
const preview = async (body: unknown) =>
  expectStatus(await rita('POST', `${changes.root}?validateOnly=true`, { body }), 200, ChangeView)
/** Accepts a request and waits for its pull request and the first, red gate. */
const propose = async (body: unknown, key: string): Promise<ChangeView> => {
  const { id } = expectStatus(await request(body, key), 202, ChangeView)
  return changes.when(
    String(id),
    'a pull request with a gate',
    ({ state, gate }) => state === 'proposed' && gate.state === 'red',
  )
}
const decide = async (who: Send, { id }: ChangeView, what: string) =>
  who('POST', `${changes.root}/${id}/${what}`, { key: crypto.randomUUID() })
const approveAndMerge = async (change: ChangeView, who: Send = anton): Promise<void> => {
  expectStatus(await decide(who, change, 'approvals'), 201, ChangeView)
  expectStatus(await decide(who, change, 'merge'), 200, ChangeView)
}
const inState = (state: ChangeState) => (change: ChangeView) => change.state === state
const whenIn = ({ id }: ChangeView, state: ChangeState): Promise<ChangeView> =>
  changes.when(String(id), state, inState(state))
const pullOf = ({ pullRequest }: ChangeView) => {
  if (!pullRequest) throw new Error('the change has no pull request')
  return pullRequest
}
const resourcesOf = async (query: string): Promise<ResourceView[]> =>
  expectStatus(
    await rita('GET', `/v1/tenants/dbis/resources?limit=200${query}`),
    200,
    z.object({ items: z.array(ResourceView) }),
  ).items
const machine = (name: string) => ({
  action: 'create',
  template: 'virtual-machine',
  name,
  parameters: { site: 'ml110-01', cores: 1, memory: { value: 1, unit: 'GiB' } },
})
const ruleOf = (change: ChangeView, rule: string) =>
  change.findings.filter((finding) => finding.rule === rule)

describe('from a request to applied machines', () => {
  let network: ChangeView
  let seen: StreamEvent[] = []
  const key = 'story-network'

  it('is healthy, and everything it depends on answers', async () => {
    const nobody = caller(laptop.local.url, null)
    expect((await nobody('GET', '/healthz')).body).toEqual({ status: 'ok' })
    expect((await nobody('GET', '/readyz')).body).toEqual({
      ready: true,
      dependencies: { directory: 'ok', forge: 'ok', backOffice: 'ok', identityProviders: 'ok' },
      findings: [],
    })
  })

  it('shows its templates with their parameters as JSON Schema', async () => {
    const List = z.object({ items: z.array(z.object({ name: z.string() })) })
    const { items } = expectStatus(await rita('GET', '/v1/templates?limit=200'), 200, List)
    expect(items.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['besu-network', 'tenant-base', 'virtual-machine']),
    )
    for (const { name } of items) {
      const template = expectStatus(await rita('GET', `/v1/templates/${name}`), 200, TemplateDetail)
      expect(template.parameters).toMatchObject({
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        additionalProperties: false,
      })
    }
  })

  it('previews the consequence without writing anything', async () => {
    const shown = await preview(NETWORK)
    expect(shown).toMatchObject({ id: null, state: 'preview', pullRequest: null })
    expect(shown.totals).toEqual({
      vms: 18,
      cores: 72,
      memory: { value: 140, unit: 'GiB' },
      disk: { value: 278, unit: 'GiB' },
    })
    const hosts = shown.plan?.placement.map(({ host }) => host) ?? []
    expect(hosts).toHaveLength(18)
    expect(hosts.filter((host) => host === 'r630-01')).toHaveLength(11)
    expect(hosts.filter((host) => host === 'ml110-01')).toHaveLength(7)
    expect(shown.plan?.capacity).toMatchObject([
      { host: 'r630-01', fits: true, yoursBefore: { vms: 0 }, yoursAfter: { vms: 11, cores: 46 } },
      { host: 'ml110-01', fits: true, yoursBefore: { vms: 0 }, yoursAfter: { vms: 7, cores: 26 } },
    ])
    expect(shown.plan?.hostLoss).toMatchObject([
      { host: 'r630-01', machinesLost: 11, survives: false },
      { host: 'ml110-01', machinesLost: 7, survives: true },
    ])
    expect(ruleOf(shown, 'QBFT-SITE-LOSS')).toHaveLength(1)
    expect(ruleOf(shown, 'QBFT-SITE-HOLDS')).toHaveLength(1)
    expect(ruleOf(shown, 'BESU-DISK')[0]?.message).toContain('200-500 GB')
    expect(await changes.list()).toEqual([])
    expect(await forge.requester.pulls()).toEqual([])
    expect((await forge.requester.refs()).map((line) => line.split(' ')[0])).toEqual([
      'refs/heads/live',
      'refs/heads/main',
    ])
  })

  it('accepts a request with a receipt that anybody with the public key can check', async () => {
    const answer = await request(NETWORK, key)
    network = expectStatus(answer, 202, ChangeView)
    expect(answer.headers.get('location')).toBe(`${changes.root}/${network.id}`)
    const keys = await caller(laptop.local.url, null)('GET', '/v1/log/keys')
    const { payload, protectedHeader } = await compactVerify(
      network.receipt ?? '',
      createLocalJWKSet(keys.body as JSONWebKeySet),
      { algorithms: ['EdDSA'] },
    )
    expect(protectedHeader.typ).toBe('phoenix-receipt+jwt')
    expect(JSON.parse(new TextDecoder().decode(payload))).toMatchObject({
      iss: laptop.local.url,
      sub: network.id,
      leaf: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })

  it('has a pull request', async () => {
    const proposed = await until('a pull request', async () => {
      const now = await changes.read(String(network.id))
      return now.pullRequest ? now : null
    })
    expect(pullOf(proposed).url).toBe(`${laptop.local.forgeUrl}/dbis/infrastructure/pull/1`)
    expect((await fetch(pullOf(proposed).url)).status).toBe(200)
    const { receipt = '' } = network
    const gated = await changes.when(
      String(network.id),
      'a red gate',
      ({ gate }) => gate.state === 'red',
    )
    network = { ...gated, receipt }
  })

  it('has exactly its commit on the branch that git clones', async () => {
    const { branch, headSha, baseSha, number } = pullOf(network)
    await runGit(
      laptop.folder,
      'clone',
      '--quiet',
      '--branch',
      branch,
      laptop.local.cloneUrl,
      'clone',
    )
    const commit = network.commit
    expect(await runGit(clone, 'rev-parse', 'HEAD', 'HEAD^{tree}', 'HEAD^')).toBe(
      [commit?.sha, commit?.tree, baseSha].join('\n'),
    )
    expect(headSha).toBe(commit?.sha)
    const body = await readFile(join(clone, `changes/${network.id}/PLAN.md`), 'utf8')
    expect((await forge.requester.pull(number)).body).toBe(body)
    const markdown = await rita('GET', `${changes.root}/${network.id}/plan`, {
      headers: { accept: 'text/markdown' },
    })
    expect(markdown.body).toBe(body)
  })

  it('has a tree that a kustomization reads completely, with the sums that were asked for', async () => {
    const Kustomization = z.strictObject({
      metadata: z.strictObject({ name: z.string() }),
      apiVersion: z.literal('kustomize.config.k8s.io/v1beta1'),
      kind: z.literal('Kustomization'),
      resources: z.array(z.string()),
    })
    const yaml = async (path: string): Promise<unknown> =>
      parse(await readFile(join(clone, path), 'utf8'))
    const leaves = await readdir(join(clone, 'rendered/loc-mgmt'))
    expect(leaves).toContain('60-smom-dbis-138')
    const ids: string[] = []
    for (const leaf of leaves.map((name) => `rendered/loc-mgmt/${name}`)) {
      const { resources } = Kustomization.parse(await yaml(`${leaf}/kustomization.yaml`))
      const files = (await readdir(join(clone, leaf))).filter(
        (name) => name !== 'kustomization.yaml',
      )
      expect([...resources].sort()).toEqual(files.sort())
      for (const file of files) {
        const Id = z.object({ kind: z.string(), metadata: z.object({ name: z.string() }) })
        const { kind, metadata } = Id.parse(await yaml(`${leaf}/${file}`))
        ids.push(`${kind}/${metadata.name}`)
      }
    }
    expect(new Set(ids).size).toBe(ids.length)
    const Machine = z.object({
      spec: z.object({
        forProvider: z.object({
          cpu: z.tuple([z.object({ cores: z.int() })]),
          memory: z.tuple([z.object({ dedicated: z.int() })]),
          disk: z.tuple([z.object({ size: z.int() })]),
        }),
      }),
    })
    const names = (await readdir(join(clone, LEAF))).filter((name) =>
      name.startsWith('environmentvm-'),
    )
    const specs = await Promise.all(
      names.map(async (name) => Machine.parse(await yaml(`${LEAF}/${name}`)).spec.forProvider),
    )
    const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0)
    expect([
      specs.length,
      sum(specs.map(({ cpu }) => cpu[0].cores)),
      sum(specs.map(({ memory }) => memory[0].dedicated)) / 1024,
      sum(specs.map(({ disk }) => disk[0].size)),
    ]).toEqual([18, 72, 140, 278])
  })

  it('is the same change for the same key and body, and refuses the key for another body', async () => {
    const repeated = await request(NETWORK, key)
    const again = expectStatus(repeated, 202, ChangeView)
    expect(repeated.headers.get('idempotent-replayed')).toBe('true')
    expect([again.id, again.receipt]).toEqual([network.id, network.receipt])
    const other = { ...NETWORK, name: 'smom-dbis-139' }
    expect(problemOf(await request(other, key)).name).toBe('idempotency-key-reused')
    const keyless = await rita('POST', changes.root, { body: NETWORK })
    expect([keyless.status, problemOf(keyless).name]).toEqual([400, 'idempotency-key-missing'])
    expect(await forge.requester.pulls()).toHaveLength(1)
    expect(await changes.list()).toHaveLength(1)
  })

  it('shows its history as events, and resumes where the reader stopped', async () => {
    seen = await readEvents(
      `${laptop.local.url}${changes.root}/${network.id}/events`,
      laptop.local.tokens.auditor,
      { isLast: ({ data }) => data.to === 'proposed' },
    )
    expect(seen[0]).toMatchObject({ event: 'state', data: { from: 'none', to: 'accepted' } })
  })

  it('lets the requester neither approve nor merge, through no door', async () => {
    expect(problemOf(await decide(rita, network, 'approvals')).status).toBe(403)
    expect(problemOf(await decide(rita, network, 'merge')).status).toBe(403)
    const { number } = pullOf(network)
    // The forge takes the review, as GitHub would: the App opened the pull request. Phoenix must not count it.
    expect((await forge.requester.approve(number)).status).toBe(200)
    expect(await forge.requester.merge(number)).toMatchObject({ status: 405 })
    expect(await forge.approver.merge(number)).toMatchObject({ status: 405 })
  })

  it('turns the gate green on exactly the head that another person approved', async () => {
    const { headSha } = pullOf(network)
    expect(await forge.requester.gate(headSha)).toBe('failure')
    const approved = expectStatus(await decide(anton, network, 'approvals'), 201, ChangeView)
    expect(approved.approvals).toMatchObject([{ subject: ids.anton, source: 'api', headSha }])
    await changes.when(String(network.id), 'a green gate', ({ gate }) => gate.state === 'green')
    expect(await forge.requester.gate(headSha)).toBe('success')
    expect(await forge.requester.gate(pullOf(network).baseSha)).toBe('absent')
  })

  it('turns it red when one byte is pushed, and voids the approval', async () => {
    const { branch, number } = pullOf(network)
    await appendFile(join(clone, 'README.md'), '.')
    await runGit(clone, 'commit', '--quiet', '--all', '-m', 'By hand')
    const pushed = await runGit(clone, 'rev-parse', 'HEAD')
    const remote = laptop.local.cloneUrl.replace(
      '//',
      `//rita:${laptop.local.forgeTokens.requester}@`,
    )
    await runGit(clone, 'push', '--quiet', remote, `HEAD:${branch}`)
    // From the push on, whether Phoenix has heard of it or not.
    expect(await forge.approver.merge(number)).toMatchObject({ status: 405 })
    const touched = await changes.when(
      String(network.id),
      'a red gate on the pushed head',
      ({ state, gate, pullRequest }) =>
        state === 'proposed' && gate.state === 'red' && pullRequest?.headSha === pushed,
    )
    expect(touched.gate.reason).toContain('changed outside Phoenix')
    expect(touched.approvals).toMatchObject([{ subject: ids.anton, voidedAt: expect.any(String) }])
    expect(await forge.requester.gate(pushed)).toBe('failure')
    expect(problemOf(await decide(anton, network, 'approvals')).name).toBe('wrong-state')
    expect(problemOf(await decide(anton, network, 'merge')).name).toBe('wrong-state')
    expect(await forge.approver.merge(number)).toMatchObject({ status: 405 })
  })

  it('is restored by a revision, which needs an approval of its own', async () => {
    const first = pullOf(network)
    const answer = await rita('POST', `${changes.root}/${network.id}/revisions`, {
      key: `${key}-2`,
    })
    expectStatus(answer, 202, ChangeView)
    network = await changes.when(
      String(network.id),
      'the second revision with its red gate',
      ({ revision, commit, gate, reason }) =>
        revision === 2 && commit !== null && gate.reason.startsWith('waiting') && reason === null,
    )
    const { number, branch, headSha } = pullOf(network)
    expect(number).toBe(first.number)
    expect(headSha).toBe(network.commit?.sha)
    expect(await forge.requester.tip(branch)).toBe(headSha)
    expect(await forge.requester.gate(headSha)).toBe('failure')
    expect(problemOf(await decide(anton, network, 'merge')).name).toBe('wrong-state')
  })

  it('is merged, promoted, applied, and nobody sees a step twice or misses one', async () => {
    const stream = readEvents(
      `${laptop.local.url}${changes.root}/${network.id}/events`,
      laptop.local.tokens.auditor,
      { after: seen.at(-1)?.id ?? 0, isLast: ({ event }) => event === 'end' },
    )
    await approveAndMerge(network)
    const rest = await stream
    network = await changes.read(String(network.id))
    expect(network.state).toBe('applied')
    const ids = [...seen, ...rest.slice(0, -1)].map(({ id }) => id ?? 0)
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b))
    const steps = [...seen, ...rest].filter(({ event }) => event === 'state')
    expect(steps.map(({ data }) => data.to)).toEqual([
      ...['accepted', 'proposed', 'approved', 'proposed', 'approved'],
      ...['merged', 'promoted', 'applying', 'applied'],
    ])
    for (const { data } of steps.slice(1))
      expect(mayMove(data.from as ChangeState, data.to as ChangeState)).toBe(true)
    const whole = await readEvents(
      `${laptop.local.url}${changes.root}/${network.id}/events`,
      laptop.local.tokens.auditor,
      { isLast: ({ event }) => event === 'end' },
    )
    expect(whole.map(({ id }) => id)).toEqual([...seen, ...rest].map(({ id }) => id))
  })

  it('stands on live, healthy, and says that the cluster is simulated', async () => {
    expect(network.targets).toMatchObject([
      {
        cluster: 'loc-mgmt',
        component: '60-smom-dbis-138',
        state: 'healthy',
        revision: network.mergeSha,
        simulated: true,
      },
    ])
    expect(network.simulated).toContain('the reconciler and its reports are simulated')
    expect(network.liveSha).toBe(network.mergeSha)
    expect(await forge.requester.tip('main')).toBe(network.mergeSha)
    expect(await forge.requester.tip('live')).toBe(network.mergeSha)
    expect(network.approvals.map(({ subject }) => subject)).toEqual([ids.anton, ids.anton])
    const { branch } = pullOf(network)
    await until('the branch to be gone', async () =>
      (await forge.requester.tip(branch)) === null ? true : null,
    )
  })

  it('lists its 18 machines at that commit', async () => {
    const machines = await resourcesOf('&kind=virtual-machine&parent=smom-dbis-138')
    expect(machines).toHaveLength(18)
    expect(new Set(machines.map(({ placement }) => placement?.address)).size).toBe(18)
    for (const { commit, change, health } of machines) {
      expect([commit, change]).toEqual([network.mergeSha, network.id])
      expect(health).toMatchObject({ state: 'healthy', simulated: true })
    }
  })

  it('previews a deletion with its destroy list, and refuses to delete unconfirmed', async () => {
    const { action: _create, parameters: _none, ...named } = NETWORK
    const removal = { ...named, action: 'delete' }
    const { plan } = await preview(removal)
    expect(plan?.phase).toBe('lift-guards')
    expect(plan?.destroys?.objects.filter(({ kind }) => kind === 'EnvironmentVM')).toHaveLength(18)
    const before = await changes.list()
    expect(problemOf(await request(removal, `${key}-3`)).name).toBe('confirm-required')
    const wrong = { ...removal, confirm: `sha256:${'0'.repeat(64)}` }
    expect(problemOf(await request(wrong, `${key}-4`)).name).toBe('confirm-required')
    expect(await changes.list()).toEqual(before)
    expect(plan?.destroys?.digest).toMatch(/^sha256:[0-9a-f]{64}$/)
  })
})

describe('the forge as the other door', () => {
  let bastion: ChangeView

  it('counts an approving review of a linked account as that person’s approval', async () => {
    bastion = await propose(machine('bastion'), 'story-bastion')
    expect((await forge.approver.approve(pullOf(bastion).number)).status).toBe(200)
    bastion = await changes.when(
      String(bastion.id),
      'a green gate',
      ({ gate }) => gate.state === 'green',
    )
    const { headSha } = pullOf(bastion)
    expect(bastion.approvals).toMatchObject([{ subject: ids.anton, source: 'forge', headSha }])
    expect(await forge.approver.gate(headSha)).toBe('success')
  })

  it('promotes what the forge’s own button merged under a green gate', async () => {
    const { number, headSha } = pullOf(bastion)
    expect((await forge.approver.merge(number, headSha)).status).toBe(200)
    bastion = await whenIn(bastion, 'applied')
    expect(await forge.approver.tip('live')).toBe(bastion.mergeSha)
    expect(await resourcesOf('&parent=bastion')).toEqual([])
    expect((await resourcesOf('')).find(({ name }) => name === 'bastion')).toMatchObject({
      state: 'applied',
      commit: bastion.mergeSha,
      placement: { site: 'ml110-01' },
    })
  })

  it('takes a resource away in two changes, the second by itself', async () => {
    const removal = { action: 'delete', template: 'virtual-machine', name: 'bastion' }
    const confirm = (await preview(removal)).plan?.destroys?.digest
    const lifting = await propose({ ...removal, confirm }, 'story-bastion-away')
    const planOf = async ({ id }: ChangeView) =>
      (await rita('GET', `${changes.root}/${id}/plan`)).body
    expect(await planOf(lifting)).toMatchObject({ phase: 'lift-guards' })
    await approveAndMerge(lifting, owner)
    await whenIn(lifting, 'applied')
    expect((await rita('GET', '/v1/tenants/dbis/resources/bastion')).status).toBe(200)

    const removing = await until('the second half', async () => {
      const [newest] = await changes.list('&name=bastion')
      return newest && newest.id !== lifting.id && newest.gate.state === 'red' ? newest : null
    })
    expect(removing).toMatchObject({ action: 'delete', requester: ids.rita, state: 'proposed' })
    expect(await planOf(removing)).toMatchObject({ phase: 'remove' })
    expect(problemOf(await decide(rita, removing, 'approvals')).status).toBe(403)
    await approveAndMerge(removing)
    await whenIn(removing, 'applied')
    expect(problemOf(await rita('GET', '/v1/tenants/dbis/resources/bastion')).status).toBe(404)
    expect((await resourcesOf('')).map(({ name }) => name)).not.toContain('bastion')
    await runGit(clone, 'fetch', '--quiet', 'origin', 'live')
    const left = await runGit(clone, 'ls-tree', '-r', '--name-only', 'FETCH_HEAD')
    expect(left.split('\n').filter((path) => path.includes('environmentvm-bastion'))).toEqual([])
    // Its place is free again, and so is its name.
    expect((await preview(machine('bastion'))).plan?.placement).toMatchObject([{ name: 'bastion' }])
  })
})

describe('a merge past the gate', () => {
  let live: string | null
  let rogue: ChangeView
  let later: ChangeView

  it('is recorded as unauthorised and never reaches live', async () => {
    rogue = await propose(machine('rogue'), 'story-rogue')
    live = await forge.administrator.tip('live')
    expect((await forge.administrator.merge(pullOf(rogue).number)).status).toBe(200)
    rogue = await whenIn(rogue, 'merged_unauthorised')
    expect(rogue.reason).toContain('merged past the gate')
    expect(rogue.mergeSha).toBe(await forge.administrator.tip('main'))
    expect(rogue.liveSha).toBeNull()
    expect(await forge.administrator.tip('live')).toBe(live)
    expect((await resourcesOf('')).map(({ name }) => name)).not.toContain('rogue')
  })

  it('makes every later promotion wait, and says why', async () => {
    later = await propose(machine('later'), 'story-later')
    await approveAndMerge(later)
    later = await changes.when(
      String(later.id),
      'a reason to wait',
      ({ state, reason }) => state === 'merged' && reason !== null,
    )
    expect(later.reason).toContain('live does not move past it')
    expect(later.mergeSha).toBe(await forge.administrator.tip('main'))
    expect(await forge.administrator.tip('live')).toBe(live)
  })

  it('ends with its revert: what waited is applied, what went around the gate never is', async () => {
    const answer = await rita('POST', `${changes.root}/${rogue.id}/revert`, { key: 'story-back' })
    const { id } = expectStatus(answer, 202, ChangeView)
    const revert = await changes.when(
      String(id),
      'a red gate',
      ({ state, gate }) => state === 'proposed' && gate.state === 'red',
    )
    expect(revert).toMatchObject({ action: 'delete', name: 'rogue' })
    await approveAndMerge(revert)
    await whenIn(later, 'applied')
    await whenIn(revert, 'applied')
    expect(await forge.administrator.tip('live')).toBe(await forge.administrator.tip('main'))
    expect((await changes.read(String(rogue.id))).state).toBe('merged_unauthorised')
    const names = (await resourcesOf('')).map(({ name }) => name)
    expect([names.includes('later'), names.includes('rogue')]).toEqual([true, false])
  })
})

it('hands a machine a script that connects it in its tenant’s place in Azure, and in no other', async () => {
  const path = `/v1/tenants/${laptop.local.tenant}/arc/machines`
  const Made = z.object({ link: z.object({ url: z.url() }) })
  const body = { name: 'pve-2', kind: 'host' }
  const { link } = expectStatus(await owner('POST', path, { body, key: 'pve-2' }), 201, Made)
  const answer = await fetch(link.url, { headers: { 'user-agent': 'curl/8.5.0' } })
  const script = await answer.text()
  expect([answer.status, script]).toEqual([200, expect.stringContaining('access-token')])
  const { 'resource-group': group = '' } = configIn(script)
  const origin = laptop.local.armUrl
  expect(await connect(script, { origin })).toContain(`/resourceGroups/${group}/`)
  const elsewhere = script.replaceAll(group, 'phoenix-ten_eu_aaaaaaaaaaaaaaaa')
  await expect(connect(elsewhere, { origin })).rejects.toThrow('403: AuthorizationFailed')
})

it('runs, byte for byte, the bundle that is built and that a deployment would ship', async () => {
  // The host starts twice, and loads the same.
  const loaded = [...new Set(digestsLogged(lines))]
  expect(loaded).toHaveLength(2)
  expect(loaded).toEqual(await digestsIn(join(import.meta.dirname, '../../dist/functions')))
  const elsewhere = join(laptop.folder, 'built')
  await buildFunctions({ outfile: join(elsewhere, 'index.cjs') })
  expect(loaded).toEqual(await digestsIn(elsewhere))
})
