// Votes of Proxmox hosts: two need a QDevice, three do not. And the QBFT table, as the approver of a chain reads it.
import { expect, it } from 'vitest'
import type { Site } from '../schemas/place.ts'
import { planBody } from './plan-body/body.ts'
import { judgeHostQuorum, majority } from './quorum.ts'
import { CHAIN_REQUEST, chainSnapshot, hostOf, planned, siteOf } from './world.fixture.ts'

const two = (more: Partial<Site> = {}) => [siteOf('a', more), siteOf('b')]

it('warns of two hosts without a QDevice, with the votes', () => {
  for (const sites of [two(), [siteOf('a', { hosts: [hostOf('one'), hostOf('two')] })]])
    expect(judgeHostQuorum(sites)).toMatchObject([
      {
        rule: 'QUORUM-HOSTS',
        severity: 'warn',
        numbers: { hosts: 2, qDevices: 0, votes: 2, majority: 2, votesLeft: 1 },
      },
    ])
})

it('says whether it is known that there is none', () => {
  expect(judgeHostQuorum(two())[0]?.message).toContain('nothing says')
  expect(judgeHostQuorum(two({ qdevice: false }))[0]?.message).toContain('and no QDevice')
})

it('is silent with a QDevice at one of the sites, with one host, and with three', () => {
  expect(judgeHostQuorum(two({ qdevice: true }))).toEqual([])
  expect(judgeHostQuorum([siteOf('a')])).toEqual([])
  expect(judgeHostQuorum([...two(), siteOf('c')])).toEqual([])
})

it('counts a majority of votes', () => {
  expect([1, 2, 3, 4, 5].map(majority)).toEqual([1, 2, 2, 3, 3])
})

it('prints the QBFT table in the pull request of a chain, and each place’s loss with its numbers', () => {
  const { plan } = planned(CHAIN_REQUEST, chainSnapshot())
  const body = planBody(
    plan,
    { id: `chg_${'a'.repeat(26)}`, revision: 1 },
    'https://phoenix.example',
  )
  for (const row of [
    '3: quorum 2, f 0, 1 may stop',
    '4: quorum 3, f 1, 1 may stop',
    '6: quorum 4, f 1, 2 may stop',
    '7: quorum 5, f 2, 2 may stop',
    'of 2 sites: no number; of 3 sites: 6, 9, 12; of 4 sites: 4, 6, 7',
  ])
    expect(body).toContain(row)
  const lost = plan.findings.filter(({ rule }) => rule.startsWith('QBFT-SITE-'))
  expect(lost.map(({ rule, numbers }) => [rule, numbers])).toEqual([
    ['QBFT-SITE-LOSS', { validators: 4, left: 1, needed: 3 }],
    ['QBFT-SITE-HOLDS', { validators: 4, left: 3, needed: 3 }],
  ])
})
