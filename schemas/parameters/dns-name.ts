// Public DNS names of at least two labels in lower case (RFC 1034), and those with a wildcard in front (RFC 4592).
import * as z from 'zod'

const NAME = '(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.){1,10}[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?'
const name = (pattern: string, what: string) =>
  z
    .string()
    .max(253)
    .regex(new RegExp(`^${pattern}$`), what)

/** One host, no wildcard. */
export const DnsHost = name(NAME, 'a DNS name in lower case')
export const DnsName = name(
  `(?:\\*\\.)?${NAME}`,
  'a DNS name in lower case, optionally with *. in front',
)
