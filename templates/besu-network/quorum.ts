// How many validators QBFT needs: at least two thirds (Besu docs, QBFT).

/** Smallest number of validators that can still make blocks. */
export const quorum = (validators: number): number => Math.ceil((2 * validators) / 3)

/** Fewest validators that tolerate one faulty one: f = floor((n - 1) / 3). */
export const MIN_VALIDATORS = 4
