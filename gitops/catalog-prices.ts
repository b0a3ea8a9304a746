// What a template is priced by: the units of its machines, and the Azure resources it asks for. No amounts: there is no
// price book, and what has no price is null with the reason, never 0.
import * as z from 'zod'
import { Money } from '../schemas/quantity.ts'
import { apiVersions, type Kind } from '../templates/index.ts'
import type { ExamplePart } from './catalog-sample.ts'

export const PriceLine = z.strictObject({
  /** `vCPU`, `GiB memory`, `GiB disk`, or the kind of an Azure resource. */
  unit: z.string(),
  /** How many of it the example asks for; null where a template does not say. */
  quantity: z.number().nullable(),
  price: Money,
})
export type PriceLine = z.infer<typeof PriceLine>

const UNPRICED = { amountMinor: null, reason: 'no price book is installed' } as const
const MIB_PER_GIB = 1024

const isAzure = (kind: string): boolean =>
  Object.hasOwn(apiVersions, kind) && apiVersions[kind as Kind].includes('.azure.com/')

export const priceLines = (parts: ExamplePart[]): PriceLine[] => {
  const machines = parts.flatMap(
    ({ template, name, parameters }) =>
      template.demand(name, template.parameters.parse(parameters)).vms,
  )
  const sum = (amount: (vm: (typeof machines)[number]) => number) =>
    machines.reduce((total, vm) => total + amount(vm), 0)
  const units: [string, number | null][] =
    machines.length === 0
      ? []
      : [
          ['vCPU', sum(({ cores }) => cores)],
          ['GiB memory', sum(({ memoryMiB }) => memoryMiB) / MIB_PER_GIB],
          ['GiB disk', sum(({ diskGiB }) => diskGiB)],
        ]
  const azure = [...new Set(parts.flatMap(({ template }) => template.renders))].filter(isAzure)
  return [...units, ...azure.map((kind): [string, null] => [kind, null])].map(
    ([unit, quantity]) => ({ unit, quantity, price: UNPRICED }),
  )
}
