// What an installation may call its own address (PUBLIC_URL): issuers, requests and links of wallets are below it.

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Null: an https origin and nothing after it, as OpenID4VCI 1.0 §12.2.1 and OpenID4VP 1.0 §8.2 want every address. http is for
 * this machine alone. The sentence never has the value.
 */
export const publicUrlFault = (text: string): string | null => {
  if (!URL.canParse(text)) return 'PUBLIC_URL is not an address'
  const { origin, protocol, hostname } = new URL(text)
  if (protocol !== 'https:' && !(protocol === 'http:' && LOOPBACK.has(hostname)))
    return 'PUBLIC_URL is not https: http is for loopback alone'
  return text === origin
    ? null
    : 'PUBLIC_URL is not an origin alone, such as https://phoenix.example'
}
