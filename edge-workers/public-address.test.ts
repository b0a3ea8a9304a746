// Addresses that strangers give: every trick to reach something that is not public, and the plain ones that have to pass.
import { describe, expect, it } from 'vitest'
import { publicAddress } from './public-address.ts'

const own = ['https://phoenix.example', 'https://back-office.example.net/']
const detailOf = (text: string, rules = {}): string | null => {
  const result = publicAddress(text, { own, ...rules })
  return result.ok ? null : (result.refusal.errors?.[0]?.detail ?? 'no detail')
}

const IPV4_TRICKS = [
  ...['127.0.0.1', '127.1', '127.0.1', '2130706433', '0x7f000001', '0x7f.1', '017700000001'],
  ...['0177.0.0.1', '0x7F.0.0.0x1', '%31%32%37.0.0.1', '127.0.0.1.', '0', '0.0.0.0', '0x0'],
  ...['127.255.255.254', '10.0.0.1', '167772161', '172.16.0.1', '172.31.255.255'],
  ...[
    '192.168.0.1',
    '192.168.257',
    '169.254.169.254',
    '2852039166',
    '0xa9fea9fe',
    '0251.0376.43518',
  ],
  ...[
    '168.63.129.16',
    '2822734096',
    '0xa83f8110',
    '100.64.0.1',
    '100.100.100.200',
    '100.127.255.255',
  ],
  ...['192.0.0.192', '192.0.2.1', '198.51.100.1', '203.0.113.9', '198.18.0.1', '198.19.255.255'],
  ...['192.88.99.1', '224.0.0.1', '239.255.255.250', '240.0.0.1', '255.255.255.255'],
  ...[
    '256.1.1.1',
    '1.2.3.4.5',
    '4294967296',
    '0x1ffffffff',
    '1.2.3.400',
    '08.8.8.8',
    '127.0.0.0x1',
  ],
]
const IPV6_TRICKS = [
  ...['::', '::1', '0:0:0:0:0:0:0:1', '0000:0000:0000:0000:0000:0000:0000:0001', '::127.0.0.1'],
  ...['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:0:127.0.0.1', '::ffff:8.8.8.8'],
  ...['64:ff9b::127.0.0.1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::7f00:1', '64:ff9b::8.8.8.8'],
  ...['2002:7f00:1::', '2002:a9fe:a9fe::1', '2001:0:7f00:1::', '2001::1', '2001:db8::1', '3fff::1'],
  ...['fd00::1', 'fd00:ec2::254', 'fc00::1', 'fe80::1', 'fe80::1%25eth0', 'fec0::1', 'ff02::1'],
  ...['100::1', '5f00::1', '4000::1', '2001:2::1', '2001:20::1', 'a000::1'],
  ...['2a00:1450::5efe:7f00:1', '2a00:1450::200:5efe:10.0.0.1'],
]
const NAME_TRICKS = [
  ...['localhost', 'LOCALHOST', 'localhost.', 'a.localhost', 'a.localhost.', 'printer.local'],
  ...['metadata.google.internal', 'metadata.google.internal.', 'router.home.arpa', 'nas.lan'],
  ...['kubernetes.default.svc', 'kubernetes.default.svc.cluster.local', 'intranet', 'metadata'],
  ...['example.com.', 'example..com', '.example.com', '-a.example.com', 'a-.example.com'],
  ...['a_b.example.com', `${'a'.repeat(64)}.example.com`, `${'a.'.repeat(130)}com`, 'ip6.arpa'],
  ...['a.test', 'x.onion', 'x.invalid', 'host.docker.internal', 'localhost.localdomain'],
]

describe('addresses that are not public', () => {
  it.each(IPV4_TRICKS)('refuses the IPv4 notation %s', (host) => {
    expect(detailOf(`https://${host}/hook`)).not.toBeNull()
  })

  it.each(IPV6_TRICKS)('refuses the IPv6 notation %s', (host) => {
    expect(detailOf(`https://[${host}]/hook`)).not.toBeNull()
  })

  it.each(NAME_TRICKS)('refuses the name %s', (host) => {
    expect(detailOf(`https://${host}/hook`)).not.toBeNull()
  })

  it.each([
    ...['https://phoenix.example', 'https://PHOENIX.example/x', 'https://phoenix.example./x'],
    ...[
      'https://phoenix.example:8443',
      'https://api.phoenix.example',
      'https://back-office.example.net/api',
    ],
  ])('refuses this installation itself: %s', (text) => {
    expect(detailOf(text)).not.toBeNull()
  })

  it('does not take a name that only ends alike for its own', () => {
    expect(detailOf('https://notphoenix.example/')).toBeNull()
  })
})

describe('forms that are read differently by different readers', () => {
  it.each([
    ...['http://example.com', 'HTTP://example.com', 'ftp://example.com', 'file:///etc/passwd'],
    ...[
      'gopher://example.com:70/_x',
      'data:text/plain,x',
      'javascript:alert(1)',
      'ws://example.com',
    ],
    ...[
      '//example.com',
      '/hook',
      'example.com',
      '',
      ' ',
      'https://',
      'https:///',
      'https:example.com',
    ],
    ...['https:/example.com', 'https:\\\\example.com', 'https://example.com\\@127.0.0.1/'],
    ...[
      'https://example.com#@127.0.0.1/',
      'https://127.0.0.1#@example.com/',
      'https://example.com/#',
    ],
    ...['https://user@example.com', 'https://user:word@example.com', 'https://@example.com'],
    ...['https://:@example.com', 'https://example.com@127.0.0.1', 'https://a%40b@example.com'],
    ...['https://example.com:22', 'https://example.com:25', 'https://example.com:6379'],
    ...[
      'https://example.com:80',
      'https://example.com:0',
      'https://example.com:65536',
      'https://example.com:x',
    ],
    ...[
      ' https://example.com',
      'https://example.com ',
      'https://exam\tple.com',
      'https://example.com/\r\nx: y',
    ],
    ...[
      'https://127。0。0。1/',
      'https://127．0．0．1/',
      'https://127｡0｡0｡1/',
      'https://①②⑦.0.0.1/',
    ],
    ...[
      'https://localhos\u{ff54}/',
      'https://exa\u00admple.com/',
      'https://ｅxample.com',
      'https://bücher.example',
    ],
    ...['https://example.com%2f@127.0.0.1', 'https://exam%00ple.com', 'https://%6c%6f%63alhost/'],
    ...[
      'https://127%E3%80%820%E3%80%820%E3%80%821/',
      'https://[::1',
      'https://[v1.x]/',
      'https://a b.com',
    ],
  ])('refuses %j', (text) => {
    expect(detailOf(text)).not.toBeNull()
  })

  it('refuses what is longer than any address', () => {
    expect(detailOf(`https://example.com/${'a'.repeat(2028)}`)).toBeNull()
    expect(detailOf(`https://example.com/${'a'.repeat(2029)}`)).not.toBeNull()
  })

  it('never repeats what was sent', () => {
    expect(detailOf('https://kanarienvogel:22/x')).not.toContain('kanarienvogel')
    expect(detailOf('https://kanarienvogel@example.com')).not.toContain('kanarienvogel')
  })

  it('points at the field', () => {
    expect(publicAddress('x', { pointer: '/issuer' })).toMatchObject({
      ok: false,
      refusal: { problem: 'invalid-parameters', errors: [{ pointer: '/issuer' }] },
    })
  })
})

describe('addresses that are public', () => {
  it.each([
    ['https://example.com', 'https://example.com/'],
    ['HTTPS://Example.COM:443/Hook?a=b', 'https://example.com/Hook?a=b'],
    ['https://hooks.example.com:8443/x', 'https://hooks.example.com:8443/x'],
    ['https://xn--bcher-kva.example/', 'https://xn--bcher-kva.example/'],
    ['https://8.8.8.8/', 'https://8.8.8.8/'],
    ['https://0x08080808/', 'https://8.8.8.8/'],
    ['https://[2606:4700:4700::1111]/', 'https://[2606:4700:4700::1111]/'],
    ['https://example.com/@x', 'https://example.com/@x'],
    ['https://1and1.example.com/', 'https://1and1.example.com/'],
  ])('takes %s as %s', (text, href) => {
    const result = publicAddress(text, { own })
    expect(result.ok && result.value.href).toBe(href)
  })
})

describe('the one local origin', () => {
  const localOrigin = 'http://127.0.0.1:9461'
  it('is taken exactly, and nothing beside it', () => {
    expect(detailOf(`${localOrigin}/hook`, { localOrigin })).toBeNull()
    for (const near of [
      ...['http://127.0.0.1:9462/hook', 'http://127.0.0.1/hook', 'https://127.0.0.1:9461/hook'],
      ...['http://localhost:9461/hook', 'http://user@127.0.0.1:9461/', 'http://127.0.0.1:9461/#x'],
    ])
      expect(detailOf(near, { localOrigin }), near).not.toBeNull()
  })

  it('is refused where none is given', () => {
    expect(detailOf(`${localOrigin}/hook`)).not.toBeNull()
  })
})
