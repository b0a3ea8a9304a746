// Who may do what, written out: a change of the table is a change of this list, and is seen in a review.
import { expect, it } from 'vitest'
import { type Action, actions, refusedFor } from './principal.ts'

const row = (action: Action): string => {
  const { roles, scope, condition, suspended, ...rest } = actions[action]
  const more = [condition, suspended && 'when suspended', ...Object.values(rest)].filter(Boolean)
  return `${action}: ${[...roles].sort().join(' ')} (${scope})${more.map((each) => `, ${each}`).join('')}`
}

it('the table of actions is what has been agreed on', () => {
  expect((Object.keys(actions) as Action[]).sort().map(row)).toMatchInlineSnapshot(`
    [
      "arc.read: admin approver auditor operator owner requester (arc:read)",
      "arc.remove: admin owner (arc:write), when suspended",
      "arc.scope: operator (platform:write)",
      "arc.write: admin owner (arc:write), refused",
      "backups.read: operator (platform:write)",
      "backups.write: operator (platform:write), person, when suspended",
      "catalogue.read: admin approver auditor operator owner requester (catalogue:read)",
      "changes.approve: approver owner (changes:approve), person-not-requester",
      "changes.create: admin owner requester (changes:write), refused",
      "changes.merge: approver owner (changes:approve), person-not-requester",
      "changes.read: admin approver auditor owner requester (changes:read)",
      "changes.reject: approver owner (changes:approve), person",
      "changes.revert: admin owner requester (changes:write)",
      "changes.revise: admin owner requester (changes:write), requester-of-change",
      "components.read: admin approver auditor operator owner requester (components:read)",
      "components.write: admin operator owner (components:write)",
      "configurations.read: admin approver auditor owner requester (credentials:read)",
      "configurations.write: admin owner (credentials:write)",
      "credentials.offer: admin owner (credentials:write)",
      "credentials.read: admin auditor owner (credentials:read)",
      "credentials.status: admin owner (credentials:write), when suspended",
      "evidence.read: admin auditor owner (changes:read)",
      "forge-accounts.link: admin approver auditor owner requester (self:write), person",
      "freeze.lift: operator (platform:write), person",
      "freeze.set: operator (platform:write)",
      "invoices.attest: admin auditor operator owner (billing:write), person",
      "invoices.issue: operator (billing:write), person",
      "invoices.read: admin auditor operator owner (billing:read)",
      "issuer.read: admin approver auditor operator owner requester (credentials:read)",
      "issuer.write: owner (credentials:write)",
      "log.read: admin auditor operator owner (log:read)",
      "members.create: operator (members:write)",
      "members.erase: admin approver auditor operator owner requester (self:write), own, when suspended",
      "members.export: admin approver auditor operator owner requester (members:read), own",
      "members.read: admin approver auditor operator owner requester (members:read)",
      "members.write: admin operator owner (members:write)",
      "platform.write: operator (platform:write)",
      "presentations.read: admin auditor owner (credentials:read)",
      "presentations.write: admin owner (credentials:write)",
      "quota.read: admin approver auditor operator owner requester (tenant:read)",
      "resources.read: admin approver auditor owner requester (resources:read)",
      "rollouts.create: admin owner requester (changes:write), refused",
      "rollouts.order: admin owner requester (changes:write), refused",
      "rollouts.read: admin approver auditor owner requester (changes:read)",
      "rollouts.report: admin owner requester (changes:write), person",
      "secrets.close: admin owner (secrets:write), when suspended",
      "secrets.purge: owner (secrets:write), person",
      "secrets.read: admin auditor owner (secrets:read)",
      "secrets.write: admin owner (secrets:write), refused",
      "self.read: admin approver auditor operator owner requester (tenant:read)",
      "sessions.end: admin approver auditor operator owner requester (tokens:write), own, when suspended",
      "sessions.read: admin approver auditor operator owner requester (tokens:read), own",
      "tenant.delete: operator owner (tenant:write), when suspended",
      "tenant.read: admin approver auditor operator owner requester (tenant:read)",
      "tenant.suspend: operator (platform:write), when suspended",
      "tenant.update: operator owner (tenant:write)",
      "tokens.confirm: operator owner (tokens:write), person",
      "tokens.create: admin approver auditor operator owner requester (tokens:write), own",
      "tokens.read: admin approver auditor operator owner requester (tokens:read), own",
      "tokens.write: admin approver auditor operator owner requester (tokens:write), own, when suspended",
      "usage.read: admin auditor operator owner (billing:read)",
      "webhooks.read: admin auditor owner (webhooks:read)",
      "webhooks.write: admin owner (webhooks:write)",
      "workloads.create: admin owner (members:write)",
      "workloads.delete: admin operator owner (members:write), when suspended",
      "workloads.read: admin approver auditor operator owner requester (members:read)",
    ]
  `)
})

it('a token without the scope is told which, and whoever lacks the role is told nothing of scopes', () => {
  const who = { roles: ['requester' as const], scopes: ['changes:read' as const] }
  expect(refusedFor(who, 'changes.read')).toBeNull()
  expect(refusedFor(who, 'changes.create')?.refusal).toEqual({
    problem: 'forbidden',
    detail: expect.stringContaining('it lacks the scope changes:write'),
  })
  expect(refusedFor(who, 'changes.approve')?.refusal).toEqual({ problem: 'forbidden' })
})
