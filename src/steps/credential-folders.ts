import { posix } from 'node:path';
import type { Instruction } from '../dockerfile/model.ts';
import { contextPath } from '../workspace/context-path.ts';
import type { Facts } from './facts.ts';

/** A folder of credentials that a COPY brings into a layer. */
export interface CredentialFolder {
  readonly at: Instruction;
  /** In the build context. */
  readonly source: string;
  /** How a RUN gets what it needs of it. */
  readonly instead: string;
}

interface KnownFolder {
  /** Its last names. */
  readonly path: RegExp;
  /** The files in it that are credentials, by their paths in it. */
  readonly holds: RegExp;
  readonly instead: string;
}

const known: readonly KnownFolder[] = [
  { path: /(^|\/)\.ssh$/, holds: /(^|\/)id_\w+$|\.pem$|(^|\/)[\w.-]*_(rsa|ed25519|ecdsa)$/, instead: '`--mount=type=ssh`' },
  // https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
  { path: /(^|\/)\.aws$/, holds: /^credentials$|^(sso|cli)\/cache\//, instead: '`--mount=type=secret,id=aws,target=/root/.aws/credentials`' },
  // https://docs.docker.com/reference/cli/docker/login/#credential-stores
  { path: /(^|\/)\.docker$/, holds: /^config\.json$/, instead: '`--mount=type=secret,id=docker,target=/root/.docker/config.json`' },
  // https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
  { path: /(^|\/)\.kube$/, holds: /^config$/, instead: '`--mount=type=secret,id=kubeconfig,target=/root/.kube/config`' },
  // https://cloud.google.com/docs/authentication/application-default-credentials
  {
    path: /(^|\/)\.config\/gcloud$/,
    holds: /^(application_default_credentials\.json|credentials\.db|access_tokens\.db)$|^legacy_credentials\//,
    instead: '`--mount=type=secret,id=gcloud,target=/root/.config/gcloud/application_default_credentials.json`',
  },
  { path: /(^|\/)\.azure$/, holds: /^(msal_token_cache|service_principal_entries|accessTokens)\b/, instead: '`--mount=type=secret`' },
  { path: /(^|\/)\.gnupg$/, holds: /^private-keys-v1\.d\/|^secring\.gpg$/, instead: '`--mount=type=secret` for the exported key' },
];

/** The folders of credentials that COPYs of a Dockerfile bring from its build context, or one file of such a folder. */
export function credentialFolders({ steps, context }: Facts): CredentialFolder[] {
  return steps.flatMap(({ instruction, copy }) => {
    if (!copy || copy.from !== undefined) return [];
    const path = copy.path ?? copy.destination.replace(/\/+$/, '');
    return copy.sources.flatMap((written): CredentialFolder[] => {
      const source = contextPath(written);
      const folder = known.find((one) => one.path.test(source));
      if (folder) {
        const inside = context.below(source).map((file) => file.slice(source.length + 1));
        // What is not in the repository lies on the machine that builds: it is one by where it goes.
        const isOne = inside.length > 0 ? inside.some((file) => folder.holds.test(file)) : folder.path.test(path);
        return isOne ? [{ at: instruction, source, instead: folder.instead }] : [];
      }
      // A key of its own is mount-ssh's.
      if (posix.basename(posix.dirname(source)) === '.ssh') return [];
      const holder = known.find((one) => one.path.test(posix.dirname(source)) && one.holds.test(posix.basename(source)));
      return holder ? [{ at: instruction, source, instead: holder.instead }] : [];
    });
  });
}
