// The firewall for web requests that stands before an application gateway: OWASP's core rules, all of them on.
import type { ApplicationGatewayParameters } from '../../schemas/parameters/application-gateway.ts'
import type { Manifest } from '../../schemas/template.ts'
import { azureObject, inOwnGroup } from './azure.ts'
import type { Scope } from './object.ts'

export const webFirewallPolicy = (
  scope: Scope,
  { location, firewall: { mode, maxBodyKiB, maxUploadMiB } }: ApplicationGatewayParameters,
): Manifest =>
  azureObject('WebApplicationFirewallPolicy', scope.resource, scope, {
    ...inOwnGroup(scope, { azureName: `${scope.resource}-waf`, location }),
    policySettings: {
      state: 'Enabled',
      mode,
      requestBodyCheck: true,
      maxRequestBodySizeInKb: maxBodyKiB,
      fileUploadLimitInMb: maxUploadMiB,
    },
    managedRules: { managedRuleSets: [{ ruleSetType: 'OWASP', ruleSetVersion: '3.2' }] },
  })
