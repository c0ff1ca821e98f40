// forward.mjs FILE: ports of this machine that lead to the space-manager and to NATS of the namespace nse, as `nse --namespace`
// opens them; each connection gets a pod that is ready then. Writes the two addresses to FILE and stays until it is ended.
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { ClusterApi } from '../../libs/cli/dist/cluster/api.js';
import { Forward } from '../../libs/cli/dist/cluster/forward.js';
import { placeOf } from '../../libs/cli/dist/cluster/kubeconfig.js';

const api = new ClusterApi(placeOf({ namespace: 'nse' }, process.env));
const [grpc, nats] = [await Forward.open(api, 'space-manager'), await Forward.open(api, 'nats')];
writeFileSync(process.argv[2], `${grpc.address} ${nats.address}\n`);
