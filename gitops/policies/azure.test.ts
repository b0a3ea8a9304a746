// Policies on Azure’s services: each with what passes and what fails.
import { describe } from 'vitest'
import { azureCases } from './azure.fixture.ts'
import { examine } from './policies.fixture.ts'

describe('Azure', () => examine(azureCases))
