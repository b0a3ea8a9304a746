// Takes the README's request through the whole product once, so that there is a change to read that has everything:
// pull request, approval, targets, place in live. Everything around it (forge, clusters) is the laptop's, simulated.
import { setTimeout as delay } from 'node:timers/promises'
import { type LocalFile, startLaptop } from '../../local/laptop.ts'
import { choosePorts } from '../../local/ports.ts'
import { openStateFolder } from '../../local/state-folder.ts'

const WITHIN_MILLISECONDS = 60_000
const POLL_MILLISECONDS = 50

const REQUEST = {
  action: 'create',
  template: 'besu-network',
  name: 'smom-dbis-138',
  parameters: { sites: ['r630-01', 'ml110-01'] },
}

interface Change {
  id: string
  state: string
  reason: string | null
  pullRequest: { headSha: string } | null
}

type Role = keyof LocalFile['tokens']

const createCaller =
  ({ url, tenant, tokens }: LocalFile) =>
  async (role: Role, method: string, path: string, body?: unknown): Promise<Change> => {
    const answer = await fetch(`${url}/v1/tenants/${tenant}/changes${path}`, {
      method,
      headers: {
        authorization: `Bearer ${tokens[role]}`,
        'content-type': 'application/json',
        'idempotency-key': `bench-${path}`,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}`)
    return (await answer.json()) as Change
  }

const carry = async (local: LocalFile): Promise<string> => {
  const call = createCaller(local)
  const { id } = await call('requester', 'POST', '', REQUEST)
  const until = Date.now() + WITHIN_MILLISECONDS
  const reach = async (state: string): Promise<Change> => {
    for (;;) {
      const change = await call('requester', 'GET', `/${id}`)
      if (change.state === state) return change
      if (Date.now() > until)
        throw new Error(`the change stays ${change.state} (${change.reason ?? 'no reason given'})`)
      await delay(POLL_MILLISECONDS)
    }
  }
  const proposed = await reach('proposed')
  await call('approver', 'POST', `/${id}/approvals`, { headSha: proposed.pullRequest?.headSha })
  await reach('approved')
  await call('approver', 'POST', `/${id}/merge`)
  await reach('applied')
  return id
}

/** What is left in `folder` when everything has ended again: an installation with one applied change. */
export const prepareAppliedChange = async (
  folder: string,
): Promise<{ tenant: string; token: string; changeId: string }> => {
  const state = await openStateFolder(folder)
  const laptop = await startLaptop({
    folder: state,
    ports: await choosePorts('0'),
    log: () => {},
    onCrash: (what) => {
      throw new Error(`${what} ended while the change was on its way`)
    },
  })
  try {
    const changeId = await carry(laptop.local)
    const { tenant, tokens } = laptop.local
    return { tenant, token: tokens.requester, changeId }
  } finally {
    await laptop.stop()
    state.close()
  }
}
