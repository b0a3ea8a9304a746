// Policies on pods: each with what passes and what fails. CloudNativePG is exempt: its operator makes the pods.
import { describe, expect, it } from 'vitest'
import { podCases } from './pods.fixture.ts'
import { bent, examine, judged, objectOf } from './policies.fixture.ts'

describe('pods', () => examine(podCases))

it('leaves a Cluster of CloudNativePG alone', () => {
  expect(judged(bent(objectOf('postgres', 'Cluster'), 'spec/resources', undefined))).toEqual([])
})
