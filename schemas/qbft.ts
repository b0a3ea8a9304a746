// How many validators QBFT needs: at least two thirds (Besu docs, QBFT). The one home of this arithmetic.

/** Smallest number of validators that can still make blocks. */
export const quorum = (validators: number): number => Math.ceil((2 * validators) / 3)

/** Validators that may stop before no block is made any more. */
export const faultTolerance = (validators: number): number => validators - quorum(validators)

/** Validators that may lie, f = floor((n - 1) / 3). */
export const byzantineTolerance = (validators: number): number =>
  Math.floor(Math.max(0, validators - 1) / 3)

/** Fewest validators that tolerate one faulty one. */
export const MIN_VALIDATORS = 4

/** Whether the loss of any one of `sites` leaves a quorum, validators being spread as evenly as they go. */
export const survivesSite = (validators: number, sites: number): boolean =>
  sites > 0 && Math.ceil(validators / sites) <= faultTolerance(validators)

/** Numbers of validators, from the least that tolerate a fault up to `atMost`, that survive the loss of one of `sites`. */
export const surviving = (sites: number, atMost: number): number[] =>
  Array.from(
    { length: Math.max(0, atMost - MIN_VALIDATORS + 1) },
    (_, i) => i + MIN_VALIDATORS,
  ).filter((validators) => survivesSite(validators, sites))

/** Fewest sites over which some number of validators survives the loss of one. */
export const leastSites = (): number => {
  let sites = 1
  while (surviving(sites, 12).length === 0) sites += 1
  return sites
}
