// The guard's rules as policies: each with what passes and what fails. What else the guard does is in ../guard.test.ts.
import { describe } from 'vitest'
import { guardCases } from './guard.fixture.ts'
import { examine } from './policies.fixture.ts'

describe('the guard', () => examine(guardCases))
