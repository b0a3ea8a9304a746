// The address that an installation may have.
import { expect, it } from 'vitest'
import { publicUrlFault } from './public-url.ts'

it.each([
  ['https://phoenix.example', true],
  ['https://phoenix.example:8443', true],
  ['http://127.0.0.1:8787', true],
  ['http://localhost:8787', true],
  ['http://[::1]:8787', true],
  ['http://phoenix.example', false],
  ['http://127.0.0.1.example', false],
  ['http://10.0.0.1', false],
  ['ftp://phoenix.example', false],
  ['https://phoenix.example/', false],
  ['https://phoenix.example/path', false],
  ['https://someone:secret@phoenix.example', false],
  ['https://phoenix.example#x', false],
  ['phoenix.example', false],
])('%s: %s', (text, isGood) => {
  expect(publicUrlFault(text) === null).toBe(isGood)
})

it('is an https origin; http is for loopback alone', () => {
  expect(publicUrlFault('http://phoenix.example')).toContain('not https')
  expect(publicUrlFault('https://someone:secret@phoenix.example')).not.toContain('secret')
})
