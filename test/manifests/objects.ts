/** As much of Kubernetes' objects as the checks look at; everything else is left as it is. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels };
  readonly spec?: Spec;
  readonly data?: Readonly<Record<string, string>>;
  readonly rules?: readonly Rule[];
}

type Labels = Readonly<Record<string, string>>;

export interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

interface Spec {
  readonly template?: PodTemplate;
  readonly selector?: { readonly matchLabels?: Labels };
  readonly podSelector?: { readonly matchLabels?: Labels; readonly matchExpressions?: readonly unknown[] };
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly unknown[];
  readonly egress?: readonly unknown[];
  readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
}

export interface PodTemplate {
  readonly metadata?: { readonly labels?: Labels };
  readonly spec: PodSpec;
}

export interface PodSpec {
  readonly serviceAccountName?: string;
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Volume[];
}

export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly secretKeyRef?: Ref; readonly configMapKeyRef?: Ref };
  }[];
  readonly envFrom?: readonly { readonly configMapRef?: Ref; readonly secretRef?: Ref }[];
  readonly ports?: readonly unknown[];
  readonly startupProbe?: unknown;
  readonly readinessProbe?: unknown;
  readonly livenessProbe?: unknown;
  readonly resources?: { readonly requests?: Labels; readonly limits?: Labels };
}

interface Ref {
  readonly name: string;
}

interface Volume {
  readonly configMap?: Ref;
  readonly secret?: { readonly secretName: string };
  readonly persistentVolumeClaim?: { readonly claimName: string };
}

/** `Deployment/retrainer` */
export const nameOf = ({ kind, metadata }: KubernetesObject): string => `${kind}/${metadata.name}`;

/** Those that make pods, with what their pods look like. */
export function podsIn(
  objects: readonly KubernetesObject[],
): { readonly of: KubernetesObject; readonly name: string; readonly pod: PodTemplate }[] {
  return objects.flatMap((of) => {
    const pod = of.spec?.template;
    return pod === undefined ? [] : [{ of, name: nameOf(of), pod }];
  });
}
