// What a month that broke its promise gives back: stand-in data, until an installation agrees on something with its tenants.
import type { CreditTable } from '../../schemas/availability.ts'

export const standInCredits: CreditTable = {
  name: 'phoenix-stand-in-credits',
  version: '1',
  date: '2026-11-21',
  standIn: true,
  steps: [
    { belowPercent: null, creditPercent: 10 },
    { belowPercent: 99, creditPercent: 25 },
    { belowPercent: 95, creditPercent: 100 },
  ],
}
