// The QBFT table that a plan prints: for this number of validators and those near it, what makes a quorum, how many may
// lie or stop, and which numbers survive the loss of one of so many sites. The arithmetic is schemas/qbft.ts.
import type { BesuNetworkParameters } from '../../schemas/parameters/besu-network.ts'
import type { Finding } from '../../schemas/plan.ts'
import {
  byzantineTolerance,
  faultTolerance,
  quorum,
  survivesSite,
  surviving,
} from '../../schemas/qbft.ts'
import { finding } from '../parts/findings.ts'

/** Numbers of validators that people choose between. */
const USUAL = [3, 4, 6, 7, 9, 10]
const SITES = [2, 3, 4]
const SHOWN_AT_MOST = 12

/** `4: quorum 3, f 1, 1 may stop`. */
const row = (validators: number): string =>
  `${validators}: quorum ${quorum(validators)}, f ${byzantineTolerance(validators)}, ${faultTolerance(validators)} may stop`

const siteRow = (sites: number): string => {
  const numbers = surviving(sites, SHOWN_AT_MOST)
  return `of ${sites} sites: ${numbers.length === 0 ? 'no number' : `${numbers.join(', ')}`}`
}

export const quorumFindings = (
  validators: number,
  { sites }: Pick<BesuNetworkParameters, 'sites'>,
): Finding[] => {
  const rows = [...new Set([...USUAL, validators])].sort((a, b) => a - b)
  const places = sites.length
  const largest = Math.ceil(validators / places)
  const mayStop = faultTolerance(validators)
  return [
    finding('QBFT-QUORUM', `Validators, ${rows.map(row).join('; ')}.`, {
      pointer: '/parameters/groups',
      numbers: {
        validators,
        quorum: quorum(validators),
        faulty: byzantineTolerance(validators),
        mayStop,
      },
    }),
    finding(
      'QBFT-SITES',
      `Spread evenly, numbers of validators up to ${SHOWN_AT_MOST} that survive the loss of one, ${SITES.map(siteRow).join('; ')}. ${validators} on ${places} ${places === 1 ? 'site' : 'sites'} ${survivesSite(validators, places) ? 'do' : 'do not'}.`,
      {
        pointer: '/parameters/sites',
        numbers: { validators, sites: places, largestShare: largest, mayStop },
      },
    ),
  ]
}
