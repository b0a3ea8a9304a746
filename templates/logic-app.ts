// Template logic-app: the runtime of Logic Apps (Standard) as the tenant's own container. It is not the resource in
// Azure: neither Azure Service Operator nor Crossplane, as this catalogue knows them, has a kind for that.
import { LogicAppParameters } from '../schemas/parameters/logic-app.ts'
import type { Template } from '../schemas/template.ts'
import { finding } from './parts/findings.ts'
import { allowIn, OWN_PODS } from './parts/network-policy.ts'
import { scopeOf } from './parts/object.ts'
import { deployment, deploymentPods, podsOf } from './parts/pod.ts'
import { demandOfPods } from './parts/pod-demand.ts'
import { disruptionBudget, service } from './parts/service.ts'
import {
  WORKFLOW_PORT,
  WORKFLOW_SCRATCH,
  workflowEnvironment,
  workflowGate,
  workflowProbes,
} from './parts/workflow-host.ts'

const NAME = 'logic-app'

export const logicApp: Template<LogicAppParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Logic app',
  description:
    'Workflows of Logic Apps (Standard) in a container image of the tenant, on the Functions host. ' +
    'Not a Logic Apps resource in Azure: no designer, no run history in the portal, no hosted connectors.',
  kind: NAME,
  parameters: LogicAppParameters,
  examples: [
    {
      title: 'An intake workflow with its storage account in a Secret',
      name: 'intake-flow',
      parameters: {
        image: 'theorder.azurecr.io/intake-workflows:1.4.0',
        storage: { name: 'workflow-storage', key: 'connection-string' },
        settings: [
          {
            name: 'WORKFLOW_SERVICEBUS',
            secretKeyRef: { name: 'workflow-connections', key: 'service-bus' },
          },
        ],
      },
    },
  ],
  renders: ['Deployment', 'Service', 'PodDisruptionBudget', 'NetworkPolicy'],
  cluster: ({ cluster }) => cluster,
  demand: (name, parameters) =>
    demandOfPods(
      deploymentPods(name, { count: parameters.replicas, resources: parameters.resources }),
    ),
  rules: ['SINGLE-INSTANCE'],
  findings: ({ parameters: { replicas } }) =>
    replicas === 1
      ? [
          finding('SINGLE-INSTANCE', 'With one pod, every restart stops the workflows.', {
            pointer: '/parameters/replicas',
          }),
        ]
      : [],
  render: (input) => {
    const { name, parameters } = input
    const { image, resources, replicas, runAsUser, readOnlyRootFilesystem, pullSecret } = parameters
    const scope = scopeOf(NAME, input)
    return [
      {
        wave: 70,
        name,
        objects: [
          deployment(scope, {
            ...{ image, resources, replicas, runAsUser, readOnlyRootFilesystem },
            ...(pullSecret === undefined ? {} : { pullSecret }),
            args: [],
            env: workflowEnvironment(scope, parameters),
            port: { name: 'http', containerPort: WORKFLOW_PORT },
            probes: workflowProbes(parameters),
            volumes: [WORKFLOW_SCRATCH],
          }),
          service(scope, WORKFLOW_PORT),
          disruptionBudget(scope),
          allowIn(scope, {
            name: 'port',
            pods: podsOf(name),
            peers: [OWN_PODS],
            ports: [{ protocol: 'TCP', port: WORKFLOW_PORT }],
          }),
          workflowGate(scope),
        ],
      },
    ]
  },
}
