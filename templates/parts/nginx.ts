// Text of nginx configurations. Values are addresses, ports, host names and paths that our schemas let through.

/** A block, with what is in it moved in by two spaces. */
export const block = (head: string, inner: readonly string[]): string[] => [
  `${head} {`,
  ...inner.map((line) => `  ${line}`),
  '}',
]

export const upstream = (name: string, servers: readonly string[]): string[] =>
  block(
    `upstream ${name}`,
    servers.map((server) => `server ${server};`),
  )

/** Hands a request on, and what was asked for with it; connections may become WebSockets. */
export const handOn = (target: string): string[] => [
  `proxy_pass ${target};`,
  'proxy_http_version 1.1;',
  'proxy_set_header Host $host;',
  'proxy_set_header X-Real-IP $remote_addr;',
  'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
  'proxy_set_header X-Forwarded-Proto $forwarded_proto;',
  'proxy_set_header Upgrade $http_upgrade;',
  'proxy_set_header Connection $connection_upgrade;',
]

/**
 * A request without an upgrade keeps no connection open. Where TLS ended further out, whoever ended it said so:
 * an application that saw plain HTTP instead would send its visitors round in circles.
 */
export const preamble = (): string[] => [
  'server_tokens off;',
  ...block('map $http_upgrade $connection_upgrade', ['default upgrade;', "'' close;"]),
  ...block('map $http_x_forwarded_proto $forwarded_proto', [
    'default $http_x_forwarded_proto;',
    "'' $scheme;",
  ]),
]
