// A public DNS name of at least two labels in lower case, optionally with a wildcard in front (RFC 1034, RFC 4592).
import * as z from 'zod'

export const DnsName = z
  .string()
  .max(253)
  .regex(
    /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,10}[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    'a DNS name in lower case, optionally with *. in front',
  )
