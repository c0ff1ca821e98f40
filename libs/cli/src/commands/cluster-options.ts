import type { Command } from 'commander';

/** The options of every command that say which cluster it talks to, and as whom. */
export const clusterFlags = [
  ['--context <name>', "a Kubernetes cluster: the kubeconfig's context of that name"],
  ['--namespace <name>', "where NSE is in it (default: the context's, else nse)"],
  ['--kubeconfig <file>', "the kubeconfig (default: KUBECONFIG's, ~/.kube/config)"],
  ['--tls-ca <file>', 'who signed what services show there (NSE_TLS_CA)'],
  ['--tls-cert <file>', 'the certificate to show them (NSE_TLS_CERT)'],
  ['--tls-key <file>', 'its key (NSE_TLS_KEY)'],
  ['--token-file <file>', 'holds the token to show them (NSE_TOKEN_FILE)'],
] as const;

/** Adds them to the program: they may stand before and after a command's name. */
export function addClusterOptions(program: Command): void {
  program.optionsGroup('A cluster:');
  for (const [flags, description] of clusterFlags) program.option(flags, description);
}
