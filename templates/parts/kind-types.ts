// The types of kinds that a package of @kubernetes-models describes: what `object` is given is held to them by the
// compiler. Kinds that no package describes are held to our own shapes alone (schemas/manifests).

import type { IApplicationSet } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/ApplicationSet'
import type { IAppProject } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/AppProject'
import type { IRollout } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/Rollout'
import type { ICertificate } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate'
import type { IIssuer } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Issuer'
import type { ICluster } from '@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Cluster'
import type { IScheduledBackup } from '@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/ScheduledBackup'
import type { IExternalSecret } from '@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret'
import type { ISecretStore } from '@kubernetes-models/external-secrets/external-secrets.io/v1/SecretStore'
import type { IHelmRelease } from '@kubernetes-models/flux-cd/helm.toolkit.fluxcd.io/v2/HelmRelease'
import type { IKustomization } from '@kubernetes-models/flux-cd/kustomize.toolkit.fluxcd.io/v1/Kustomization'
import type { IGitRepository } from '@kubernetes-models/flux-cd/source.toolkit.fluxcd.io/v1/GitRepository'
import type { IHelmRepository } from '@kubernetes-models/flux-cd/source.toolkit.fluxcd.io/v1/HelmRepository'
import type { IOCIRepository } from '@kubernetes-models/flux-cd/source.toolkit.fluxcd.io/v1/OCIRepository'
import type { IOpenTelemetryCollector } from '@kubernetes-models/opentelemetry-operator/opentelemetry.io/v1beta1/OpenTelemetryCollector'
import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule'
import type { IAlertmanagerConfig } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1/AlertmanagerConfig'
import type { IScrapeConfig } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1/ScrapeConfig'
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment'
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler'
import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1/Ingress'
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget'
import type { IRole } from 'kubernetes-models/rbac.authorization.k8s.io/v1/Role'
import type { IRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding'
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap'
import type { ILimitRange } from 'kubernetes-models/v1/LimitRange'
import type { IResourceQuota } from 'kubernetes-models/v1/ResourceQuota'
import type { IService } from 'kubernetes-models/v1/Service'
import type { IServiceAccount } from 'kubernetes-models/v1/ServiceAccount'

interface Described {
  AlertmanagerConfig: IAlertmanagerConfig
  AppProject: IAppProject
  ApplicationSet: IApplicationSet
  Certificate: ICertificate
  Cluster: ICluster
  ConfigMap: IConfigMap
  Deployment: IDeployment
  ExternalSecret: IExternalSecret
  GitRepository: IGitRepository
  HelmRelease: IHelmRelease
  HelmRepository: IHelmRepository
  HorizontalPodAutoscaler: IHorizontalPodAutoscaler
  Ingress: IIngress
  Issuer: IIssuer
  Kustomization: IKustomization
  LimitRange: ILimitRange
  NetworkPolicy: INetworkPolicy
  OCIRepository: IOCIRepository
  OpenTelemetryCollector: IOpenTelemetryCollector
  PodDisruptionBudget: IPodDisruptionBudget
  PrometheusRule: IPrometheusRule
  ResourceQuota: IResourceQuota
  Role: IRole
  RoleBinding: IRoleBinding
  Rollout: IRollout
  ScheduledBackup: IScheduledBackup
  ScrapeConfig: IScrapeConfig
  SecretStore: ISecretStore
  Service: IService
  ServiceAccount: IServiceAccount
}

/**
 * The same, where what may be left out may be undefined too, as schemas infer it. What is written has no undefined: the
 * YAML writer refuses it.
 */
type Inferred<T> = T extends (infer Item)[]
  ? Inferred<Item>[]
  : T extends object
    ? { [K in keyof T]: Inferred<T[K]> | (MayBeAbsent<T, K> extends true ? undefined : never) }
    : T
type MayBeAbsent<T, K extends keyof T> = string extends K
  ? true
  : Partial<Pick<T, K>> extends Pick<T, K>
    ? true
    : false

/** The fields of a kind beside apiVersion, kind and metadata. */
export type FieldsOf<K extends string> = K extends keyof Described
  ? Inferred<Omit<Described[K], 'apiVersion' | 'kind' | 'metadata'>>
  : Record<string, unknown>
