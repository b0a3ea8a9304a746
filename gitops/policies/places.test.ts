// Rules that plans are held to beside their manifests: each with what passes and what fails.
import { describe } from 'vitest'
import { placeCases } from './places.fixture.ts'
import { examine } from './policies.fixture.ts'

describe('places', () => examine(placeCases))
