// Votes of Proxmox hosts: of v votes a majority is floor(v / 2) + 1, so two hosts need each other, unless a QDevice
// outside both has the third vote. The validators' quorum is schemas/qbft.ts.
import type { Site } from '../schemas/place.ts'
import type { Finding } from '../schemas/plan.ts'
import { finding } from './finding.ts'

/** Votes that are a majority of all. */
export const majority = (votes: number): number => Math.floor(votes / 2) + 1

/** The hosts of a plan's sites as one cluster: two of them, in one site or in two, without a QDevice at any. */
export const judgeHostQuorum = (sites: readonly Pick<Site, 'hosts' | 'qdevice'>[]): Finding[] => {
  const hosts = sites.reduce((sum, site) => sum + site.hosts.length, 0)
  const qDevices = sites.some(({ qdevice }) => qdevice === true) ? 1 : 0
  const votes = hosts + qDevices
  if (hosts !== 2 || votes - 1 >= majority(votes)) return []
  const known = sites.some(({ qdevice }) => qdevice === false)
    ? 'and no QDevice'
    : 'and nothing says that a QDevice votes'
  return [
    finding(
      'QUORUM-HOSTS',
      `The plan stands on exactly two Proxmox hosts, ${known}: one lost leaves ${votes - 1} of the ${majority(votes)} votes that are a majority.`,
      {
        pointer: '/parameters',
        numbers: { hosts, qDevices, votes, majority: majority(votes), votesLeft: votes - 1 },
      },
    ),
  ]
}
