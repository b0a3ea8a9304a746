// What people report about an EVM chain, in the forms that its tools print.
import * as z from 'zod'

/** 20 bytes in hex, in any case; nobody deploys to the zero address. */
export const EvmAddress = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, '0x and 40 hex digits')
  .refine((address) => !/^0x0{40}$/.test(address), 'the zero address is nobody’s')
/** 32 bytes in hex: a transaction, a block, a code hash. */
export const EvmHash = z.string().regex(/^0x[0-9a-f]{64}$/, '0x and 64 lower-case hex digits')
export const BlockNumber = z.int().min(0).max(Number.MAX_SAFE_INTEGER)
/** Chainlink's id of a chain: an unsigned 64-bit number, as decimal text. */
export const ChainSelector = z
  .string()
  .regex(/^[1-9][0-9]{0,19}$/, 'a decimal number')
  .refine((selector) => BigInt(selector) < 2n ** 64n, 'at most 64 bits')
