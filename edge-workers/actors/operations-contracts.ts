// What callers may ask of a tenant's actor beyond changes, rollouts and resources: one row for each, its input and its output.
// The table that runs them is tenant/operations.ts; the contracts of each concern stand beside its implementation.

import type { ArcClusterOperations } from './tenant/arc/clusters/contracts.ts'
import type { ArcMachineOperations } from './tenant/arc/machines/contracts.ts'
import type { AzureScopeOperations } from './tenant/arc/scope-contracts.ts'
import type { BackupOperations } from './tenant/backup/contracts.ts'
import type { BillingOperations } from './tenant/billing/contracts.ts'
import type { ComponentOperations } from './tenant/components/contracts.ts'
import type { EntraOperations } from './tenant/credentials/entra/contracts.ts'
import type { IssuanceOperations } from './tenant/credentials/issuance/contracts.ts'
import type { IssuerOperations } from './tenant/credentials/issuer/contracts.ts'
import type { PowerOperations } from './tenant/credentials/powers/contracts.ts'
import type { PresentationOperations } from './tenant/credentials/presentations/contracts.ts'
import type { StatusOperations } from './tenant/credentials/status/contracts.ts'
import type { DriftOperations } from './tenant/drift/contracts.ts'
import type { ForgeAccountOperations } from './tenant/forge-accounts/contracts.ts'
import type { FreezeOperations } from './tenant/freeze/contracts.ts'
import type { LifecycleOperations } from './tenant/lifecycle/contracts.ts'
import type { LogOperations } from './tenant/log/contracts.ts'
import type { PeopleOperations } from './tenant/people/contracts.ts'
import type { SecretOperations } from './tenant/secrets/contracts.ts'
import type { WebhookOperations } from './tenant/webhooks/contracts.ts'
import type { WorkloadOperations } from './tenant/workloads/contracts.ts'

export type Operations = PeopleOperations &
  WorkloadOperations &
  ForgeAccountOperations &
  WebhookOperations &
  ArcClusterOperations &
  ArcMachineOperations &
  AzureScopeOperations &
  BackupOperations &
  BillingOperations &
  ComponentOperations &
  EntraOperations &
  IssuanceOperations &
  IssuerOperations &
  PowerOperations &
  PresentationOperations &
  StatusOperations &
  DriftOperations &
  FreezeOperations &
  LogOperations &
  SecretOperations &
  LifecycleOperations

export type OperationName = keyof Operations
export type InputOf<Name extends OperationName> = Operations[Name]['input']
export type OutputOf<Name extends OperationName> = Operations[Name]['output']
