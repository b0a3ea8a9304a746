// Policies on what every tenant stands on: each with what passes and what fails.
import { describe } from 'vitest'
import { baseCases } from './base.fixture.ts'
import { examine } from './policies.fixture.ts'

describe('the base', () => examine(baseCases))
