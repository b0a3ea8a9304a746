// The currencies of ISO 4217 that money is really counted in, with the decimals of their minor unit. No exchange rates:
// amounts of two currencies never meet. Left out are funds, metals and codes for tests.
import * as z from 'zod'
import { ruled } from './ruled.ts'

const codesOf = (text: string): string[] => text.trim().split(/\s+/)

/** Source: ISO 4217 list one, six-iso.com. */
const BY_DECIMALS: Record<number, string[]> = {
  0: codesOf('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'),
  3: codesOf('BHD IQD JOD KWD LYD OMR TND'),
  2: codesOf(`
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF
    CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD
    HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA
    MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN
    QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP
    TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW ZWG
  `),
}

const decimals = new Map(
  Object.entries(BY_DECIMALS).flatMap(([digits, codes]) =>
    codes.map((code): [string, number] => [code, Number(digits)]),
  ),
)

export const Currency = ruled(
  z.string().refine((code) => decimals.has(code)),
  {
    rule: 'PRICE-CURRENCY',
    detail: 'a currency code of ISO 4217, in capitals',
    numbers: { currencies: decimals.size },
  },
)

/** Decimals between the minor unit and the currency itself: 2 for EUR, 0 for JPY. */
export const decimalsOf = (currency: string): number => decimals.get(currency) ?? 2
