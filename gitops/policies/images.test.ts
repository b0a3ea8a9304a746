// Policies on images: each with what passes and what fails, and how a name is read.
import { describe, expect, it } from 'vitest'
import { imageCases } from './images.fixture.ts'
import { readImage } from './images.ts'
import { examine } from './policies.fixture.ts'

describe('images', () => examine(imageCases))

it.each([
  ['nginx', { host: 'docker.io', path: 'nginx', tag: null, digest: null }],
  ['acme/portal:1', { host: 'docker.io', path: 'acme/portal', tag: '1', digest: null }],
  ['h.io:5000/a/b', { host: 'h.io:5000', path: 'a/b', tag: null, digest: null }],
  ['localhost/a:1@sha256:0', { host: 'localhost', path: 'a', tag: '1', digest: 'sha256:0' }],
])('%s is read as registries read it', (image, parts) => {
  expect(readImage(image)).toEqual(parts)
})
