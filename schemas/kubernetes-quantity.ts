// Quantities as Kubernetes writes them (Kubernetes docs, "Quantity"), in whole thousandths of a core and whole MiB.

const QUANTITY = /^([0-9]+(?:\.[0-9]+)?)(m|k|[MGT]|[KMGT]i)?$/
const FACTORS: Record<string, number> = {
  ...{ m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 },
}
const MIB = 2 ** 20

/** @throws {Error} when the text is no quantity: a defect, since schemas let none through. */
const amountOf = (text: string): number => {
  const [, value, suffix = ''] = QUANTITY.exec(text) ?? []
  const factor = FACTORS[suffix]
  if (value === undefined || factor === undefined) throw new Error('not a quantity')
  return Number(value) * factor
}

/** A schema's checks of a whole object run also where a field of it is wrong already: they ask this first. */
export const isQuantity = (text: string): boolean => QUANTITY.test(text)

const whole = (amount: number): number => Math.min(amount, Number.MAX_SAFE_INTEGER)

/** Thousandths of a core; Kubernetes knows nothing finer. */
export const cpuMilliOf = (text: string): number => whole(Math.round(amountOf(text) * 1000))

/** Whole MiB that a demand needs, rounded up: demand is never understated. */
export const demandMiBOf = (text: string): number => whole(Math.ceil(amountOf(text) / MIB))

/** Whole MiB in a limit, rounded down: supply is never overstated. */
export const supplyMiBOf = (text: string): number => whole(Math.floor(amountOf(text) / MIB))
