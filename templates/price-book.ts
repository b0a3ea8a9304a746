// Template price-book: what things cost, as a file in Git. Whoever installs it answers for its amounts; nothing is looked up.
import { PriceBook } from '../schemas/price-book.ts'
import type { Template } from '../schemas/template.ts'
import { recordTemplate } from './parts/record-template.ts'

const DIRECTORY = 'inventory/price-books'

export const priceBook: Template<PriceBook> = recordTemplate<PriceBook>({
  name: 'price-book',
  version: '1.0.0',
  title: 'Price book',
  description:
    'Prices by the month in one currency, of one day, for the jurisdictions it names: every plan there is priced by it from ' +
    'its promotion on. Only the operators’ own tenant may ask for it. What has no row stays unpriced.',
  kind: 'price-book',
  parameters: PriceBook,
  examples: [
    {
      title: 'Own hardware, and the container registry of Azure',
      name: 'rates',
      parameters: {
        ...{ name: 'rates', version: '1', date: '2026-11-01', currency: 'EUR', standIn: true },
        jurisdictions: ['eu'],
        ownHardware: [
          {
            prices: [
              { unit: 'vCPU', leastMinor: 200, mostMinor: 300, source: 'an example' },
              { unit: 'GiB memory', leastMinor: 100, mostMinor: 150, source: 'an example' },
              { unit: 'GiB disk', leastMinor: 5, mostMinor: 10, source: 'an example' },
            ],
          },
        ],
        azure: [
          {
            ...{ meter: 'container-registry', sku: 'Basic', unit: 'registry' },
            ...{ leastMinor: 400, mostMinor: 600, source: 'an example' },
          },
        ],
      },
    },
  ],
  unfit: (name, parameters) =>
    parameters.name === name
      ? []
      : [{ pointer: '/parameters/name', detail: 'Must be the name of the resource.' }],
  records: {
    directory: DIRECTORY,
    files: ({ name, parameters }) => [
      {
        path: `${DIRECTORY}/${name}.yaml`,
        value: { schema: 'phoenix.price-book/v1', ...parameters },
      },
    ],
    platform: (_name, parameters) => ({ kind: 'price-book', value: parameters }),
  },
})
