// What people do around the K3s cluster of loc_az_hci: before it is made, when it is shown to Azure, and for its GitOps.
import {
  ClusterInArc,
  ClusterRegistered,
  FluxCompliant,
  GitReady,
  K3sRuns,
  ProxmoxToken,
  RepositoryMade,
  VmTemplates,
} from '../../../schemas/tasks/loc-az-hci.ts'
import { connectedClusterName } from './blocks.ts'
import { AZURE_OPERATOR, HOST_OPERATOR, type LocTask, SCOPE } from './tasks.ts'

export const PLATFORM_OPERATOR = 'the platform operator'

export const kubernetesTasks: LocTask[] = [
  {
    id: 'vm-templates',
    title: 'Make a template for Kubernetes machines on every host',
    owner: HOST_OPERATOR,
    when: 'before',
    after: [],
    inputs: VmTemplates,
    steps: ({ parameters: { kubernetes } }) => [
      'Fetch ubuntu-22.04-cloud.img, check its SHA-256, and put the guest agent in: `virt-customize -a ubuntu-22.04-cloud.img --install qemu-guest-agent --truncate /etc/machine-id`.',
      ...kubernetes.templates.map(
        ({ host, vmId }) =>
          `On ${host}: \`qm create ${vmId} --name k3s-template --memory 2048 --scsihw virtio-scsi-pci --agent enabled=1 --net0 virtio,bridge=vmbr0\`, \`qm importdisk ${vmId} ubuntu-22.04-cloud.img local-lvm\`, \`qm set ${vmId} --scsi0 local-lvm:vm-${vmId}-disk-0 --ide2 local-lvm:cloudinit --boot order=scsi0\`, \`qm template ${vmId}\`.`,
      ),
      'Report host, VM id, boot disk and the image’s SHA-256 of each.',
    ],
    source: `${SCOPE}, storage: VMs and templates`,
  },
  {
    id: 'proxmox-token',
    title: 'Give Cluster API a token of Proxmox',
    owner: PLATFORM_OPERATOR,
    when: 'before',
    after: [],
    inputs: ProxmoxToken,
    steps: ({ parameters: { kubernetes } }) => [
      'On a host: `pveum user add capi@pve`, `pveum user token add capi@pve phoenix --privsep 1 --expire <time>`, and roles for its pool, storages and the hosts.',
      `Put url, token, secret, root_ca and insecure=false into the vault, so that the Secret ${kubernetes.credentials} stands in the tenant’s namespace. Never into Git.`,
      `\`kubectl get secret ${kubernetes.credentials}\` finds it.`,
      'Report the Secret’s name, the token’s id and when it expires; not its value.',
    ],
    source: `${SCOPE}, deployment phase 3`,
  },
  {
    id: 'k3s-runs',
    title: 'Confirm that the K3s cluster runs',
    owner: PLATFORM_OPERATOR,
    when: 'after',
    after: [],
    inputs: K3sRuns,
    steps: ({ name }) => [
      `\`kubectl get clusters.cluster.x-k8s.io ${name}-k3s\` says Available on the management cluster.`,
      `\`clusterctl get kubeconfig ${name}-k3s --namespace <tenant> > k3s.kubeconfig\`; keep the file to yourself.`,
      '`kubectl --kubeconfig k3s.kubeconfig get nodes` says Ready for every machine of the plan.',
      'Report version and numbers of nodes.',
    ],
    source: `${SCOPE}, deployment phase 3: K3s installation; critical path 3`,
  },
  {
    id: 'cluster-in-arc',
    title: 'Onboard the K3s cluster to Azure Arc',
    owner: AZURE_OPERATOR,
    when: 'after',
    after: ['k3s-runs'],
    inputs: ClusterInArc,
    steps: ({ name, parameters: { azure } }) => [
      '`az extension add --name connectedk8s` and `az extension add --name k8s-configuration`.',
      `\`az connectedk8s connect --name ${connectedClusterName(name)} --resource-group ${azure.resourceGroup} --location ${azure.location} --kube-config k3s.kubeconfig\`.`,
      `\`az connectedk8s show --name ${connectedClusterName(name)} --resource-group ${azure.resourceGroup}\` says Connected.`,
      'Report resource id, version of the agents and connectivityStatus.',
    ],
    source: `${SCOPE}, deployment phase 3: Kubernetes onboarding`,
  },
]

export const gitTask: LocTask = {
  id: 'git-ready',
  title: 'Confirm the Git server',
  owner: PLATFORM_OPERATOR,
  when: 'after',
  after: [],
  inputs: GitReady,
  steps: ({ name, parameters: { git, addresses } }) =>
    git === 'git-server'
      ? [
          `On ${name}-git: \`systemctl is-active gitea\`. Make the first administrator: \`sudo -u gitea /opt/gitea/current/gitea admin user create --admin --config /etc/gitea/app.ini --username <name> --email <address> --random-password\`.`,
          `\`curl -s http://${addresses.git}:3000/api/healthz\` says pass.`,
          'Report kind, address and version.',
        ]
      : git === 'azure-devops-agent'
        ? [
            `On ${name}-agent: unpack the agent’s release, check its SHA-256, then \`./config.sh --unattended --url https://dev.azure.com/<organisation> --pool <pool>\`, \`sudo ./svc.sh install\`, \`sudo ./svc.sh start\`.`,
            'The pool shows the agent online.',
            'Report the organisation’s address and the agent’s version.',
          ]
        : ['Report kind, address and version of the Git server that is there already.'],
  source: `${SCOPE}, deployment phase 4`,
}

export const gitopsTasks: LocTask[] = [
  {
    id: 'repository',
    title: 'Make the repository that the cluster follows',
    owner: PLATFORM_OPERATOR,
    when: 'before',
    after: [],
    inputs: RepositoryMade,
    steps: () => [
      'The tenant’s repository is the one that Phoenix writes to. If it shall stand on the Git server of this system, mirror it there and protect the branch `live`.',
      '`git ls-remote <address> refs/heads/live` says a commit.',
      'Report address and commit.',
    ],
    source: `${SCOPE}, deployment phase 5: repository creation`,
  },
  {
    id: 'cluster-registered',
    title: 'Register the K3s cluster with Phoenix',
    owner: PLATFORM_OPERATOR,
    when: 'before',
    after: ['repository'],
    inputs: ClusterRegistered,
    steps: ({ parameters: { workloadCluster, gitSecret } }) => [
      `Register the cluster as ${workloadCluster}, engine flux, and ask for the tenant’s base there.`,
      `Put a read-only credential for the repository into the vault, so that the Secret ${gitSecret} stands in the tenant’s namespace on the K3s cluster.`,
      'Report cluster, commit of the base and name of the Secret.',
    ],
    source: `${SCOPE}, deployment phase 5`,
  },
  {
    id: 'flux-compliant',
    title: 'Confirm that the cluster follows the repository',
    owner: AZURE_OPERATOR,
    when: 'after',
    after: [],
    inputs: FluxCompliant,
    steps: ({ name, parameters: { azure } }) => [
      `\`az k8s-configuration flux show --cluster-type connectedClusters --cluster-name ${connectedClusterName(name)} --resource-group ${azure.resourceGroup} --name phoenix\` says Compliant.`,
      '`flux get sources git --all-namespaces` on the cluster shows the commit.',
      'Report the cluster’s resource id, the state and the commit.',
    ],
    source: `${SCOPE}, deployment phase 5: Azure Arc GitOps connection; critical path 4`,
  },
]
