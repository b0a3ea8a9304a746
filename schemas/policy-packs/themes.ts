// What Phoenix checks and records, by theme: the rules of each, and in words what an auditor gets to see. Controls of the
// policy packs name themes; so a new rule is named once and serves every control that its theme serves.
import type { RuleId } from '../rules.ts'

/** Beside findings: exceptions in force, who approved what was merged, and the leaves of the tenant's log. */
export type Evidence = 'findings' | 'exceptions' | 'approvals' | 'log'

export interface Theme {
  rules: readonly RuleId[]
  evidence: readonly Evidence[]
  /** What there is to see. */
  has: string
}

const JUDGED = ['findings', 'exceptions'] as const

export const themes = {
  change: {
    rules: [
      'OWN-PATHS',
      'SIZE-LIMIT',
      'TEMPLATE-VERSION',
      'TASK-ORDER',
      'ROLLOUT-ONLY',
      'EXCEPTION-EXPIRED',
      'EXCEPTION-TERM',
    ],
    evidence: [...JUDGED, 'approvals', 'log'],
    has: 'Every change has its plan, an approval by somebody who did not ask for it, the commit that was merged, and its steps in the log.',
  },
  duties: {
    rules: ['CLUSTER-OWNER'],
    evidence: ['approvals', 'log'],
    has: 'Who asked and who approved stand beside each other; nobody approves or merges his own change, by no token of his either.',
  },
  access: {
    rules: [
      'TENANT-SCOPE',
      'VAULT-NAME',
      'OWN-PATHS',
      'CLUSTER-OWNER',
      'AKS-HARDENED',
      'KV-HARDENED',
    ],
    evidence: [...JUDGED],
    has: 'What is rendered stays in the tenant’s own namespace and directories; a plan that reaches beyond them is refused.',
  },
  records: {
    rules: [],
    evidence: ['approvals', 'log'],
    has: 'Each step of each change is a leaf of the tenant’s log, with a hash over who, what and when; the commits are in Git.',
  },
  configuration: {
    rules: [
      'MANIFEST-SHAPE',
      'TEMPLATE-VERSION',
      'BASE-VERSION',
      'SYSTEM-PLACEHOLDER',
      'DEPRECATED-API',
      'ENGINE-UNIQUE',
      'CHAIN',
      'CHAIN-GENESIS',
    ],
    evidence: [...JUDGED, 'approvals'],
    has: 'What is to run is written in Git, made by a published version of a template, and checked against the shape of its kind.',
  },
  secrets: {
    rules: ['SECRET-PLAINTEXT', 'VAULT-NAME', 'KV-HARDENED', 'STORAGE-TLS'],
    evidence: [...JUDGED],
    has: 'A rendered file that holds something like a password or a key is refused; manifests name secrets in a vault.',
  },
  residency: {
    rules: [
      'REGION-ALLOWED',
      'REGION-SETTINGS',
      'RESIDENCY-UNPROVED',
      'RESIDENCY-UNKNOWN',
      'RESIDENCY-GLOBAL',
    ],
    evidence: [...JUDGED],
    has: 'Each plan says where compute, copies, backups, logs and keys would be; what is not allowed there is refused.',
  },
  availability: {
    rules: [
      'HOST-LOSS',
      'QUORUM-HOSTS',
      'QBFT-SITE-LOSS',
      'QBFT-VALIDATORS',
      'SINGLE-INSTANCE',
      'PG-HA',
      'REPLICAS',
      'PDB',
    ],
    evidence: [...JUDGED],
    has: 'Each plan says what goes on and what stops when a host or a place is lost, and what has no second.',
  },
  capacity: {
    rules: ['CAPACITY', 'QUOTA', 'NAMESPACE-QUOTA', 'BASE-QUOTA', 'RES-LIMITS', 'SYSTEM-GUESTS'],
    evidence: [...JUDGED],
    has: 'Each plan is held against the size of the hosts, the tenant’s quota and what other open changes hold.',
  },
  destruction: {
    rules: ['DESTROYS', 'GUARDS-LIFTED', 'PRUNE-GUARD'],
    evidence: [...JUDGED, 'approvals', 'log'],
    has: 'What a change destroys is listed, confirmed by its digest and approved; what holds data is guarded until then.',
  },
  network: {
    rules: ['NET-DEFAULT-DENY', 'IP-UNIQUE', 'WAF-DETECTION'],
    evidence: [...JUDGED],
    has: 'Network rules are rendered from the request and reviewed as text; what is not opened stays closed in the namespace.',
  },
  origin: {
    rules: [
      'IMG-PINNED',
      'IMG-DIGEST',
      'IMG-REGISTRY',
      'IMG-SIGNED',
      'DOWNLOAD-CHECKSUM',
      'BESU-CHECKSUM',
    ],
    evidence: [...JUDGED],
    has: 'Each plan says which downloads and images are not pinned to a checksum.',
  },
  hardening: {
    rules: [
      'PSS-RESTRICTED',
      'RES-LIMITS',
      'AKS-HARDENED',
      'KV-HARDENED',
      'STORAGE-TLS',
      'WAF-DETECTION',
      'DEPRECATED-API',
    ],
    evidence: [...JUDGED],
    has: 'Workloads and services are held against a baseline before anybody is asked to approve them.',
  },
  watching: {
    rules: ['PROBES', 'ALERTS-UNHEARD', 'HEALTH-UNSEEN'],
    evidence: [...JUDGED],
    has: 'Each plan says what nobody would be told of, and what reports no health.',
  },
} as const satisfies Record<string, Theme>

export type ThemeName = keyof typeof themes
