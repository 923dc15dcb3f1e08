/** What names of variables and files say of credentials. Words: https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/ */

const secretWords = new Set([
  'token',
  'password',
  'passwd',
  'pword',
  'passphrase',
  'secret',
  'secrets',
  'credential',
  'credentials',
  'cred',
  'creds',
  'apikey',
  'pat',
]);
/** A key of these is one; any other may be a fingerprint, an index or a place. */
const secretKeys = new Set(['api', 'access', 'private', 'secret', 'ssh', 'deploy', 'auth', 'account', 'sa']);
/** What is about a credential and is none, or is there for everyone to see. */
const openWords = new Set(
  'public file filename version path dir directory name names id ids url uri endpoint host port type ttl expiry expires expiration expire length size prefix header enabled required algorithm provider mode'.split(
    ' ',
  ),
);
/** Frameworks put these into what browsers get: they are settings. */
const published = /^(NEXT_PUBLIC|VITE|REACT_APP|NUXT_PUBLIC|GATSBY|EXPO_PUBLIC|PUBLIC|VUE_APP|NG_APP)_/;
/** Credentials by names of their own. */
const known =
  /^(AWS_ACCESS_KEY_ID|(NPM_CONFIG|npm_config)__auth(Token)?|COMPOSER_AUTH|NuGetPackageSourceCredentials_\w+|VSS_NUGET_EXTERNAL_FEED_ENDPOINTS|NPM_AUTH|BUNDLE_\w+__[A-Z]+)$/;

/** True for a variable whose name says that it holds a credential. */
export function isCredentialName(name: string): boolean {
  if (known.test(name)) return true;
  if (published.test(name) || name === 'GOOGLE_APPLICATION_CREDENTIALS') return false;
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[_.-]+/)
    .filter((word) => word !== '');
  if (words.some((word) => openWords.has(word))) return false;
  return words.some(
    (word, i) => secretWords.has(word) || (word === 'key' && secretKeys.has(words[i - 1] ?? '')) || (word === 'auth' && i === words.length - 1 && i > 0),
  );
}

/** Values that stand for a credential and are none, or that nobody would take for one. */
const placeholder =
  /^$|^[a-z]{1,12}$|^\d{1,8}$|dummy|placeholder|change[-_ ]?me|example|not[-_ ]?set|your[-_ ]|x{3,}|\*{3,}|^<.*>$|^\.+$|^x-(oauth-basic|access-token)$/i;

/** `build-key`, `not-so-secret`: plain words that say so themselves. */
const saysSo = /^(?=(?:[a-z]+[-_])*(?:build|test|testing|dev|development|fake|temp|tmp|ci|not|no|unused|insecure|unsafe)(?:[-_]|$))[a-z]+(?:[-_][a-z]+)*$/;

/** `NPM_TOKEN`, as bake and Terraform name variables. */
const nameOfVariable = /^[A-Z][A-Z\d]*(_+[A-Z\d]+)+(_[a-z][A-Za-z]*)?$/;

/** True for a text that somebody has to keep to himself; one with a variable in it is none, nor is the name of one, nor a path. */
export function isSecretValue(text: string): boolean {
  return !text.includes('$') && !placeholder.test(text) && !saysSo.test(text) && !nameOfVariable.test(text) && !/^~?\.{0,2}\/\w/.test(text);
}

/** Files that hold nothing but credentials, or that are there to hold them. */
const credentialFile =
  /\.(pem|key|p12|pfx|jks|keystore|asc|gpg|kdbx|ovpn)$|^id_(rsa|dsa|ecdsa|ed25519)|(^|[-_.])key\.json$|credential|secret|token|passw|service[-_]account|^\.?(npmrc|netrc|pypirc|dockercfg|env)\b|^(auth\.json|settings(-security)?\.xml|kubeconfig|nuget\.config|pip\.conf|gradle\.properties|\.condarc|hex\.config|\.git-credentials|\.sentryclirc|bunfig\.toml|\.yarnrc\.yml)$/i;

/** True for a file name, without folders, that says so. */
export function isCredentialFile(name: string): boolean {
  return credentialFile.test(name);
}

/** Files that are there for nothing else. */
const certain =
  /^(\.netrc|\.pypirc|\.git-credentials|\.dockercfg|auth\.json|credentials(\.(txt|json|csv|ini|ya?ml))?|service[-_]account[\w-]*\.json|[\w-]*(secret|token|password|credential)s?\.(txt|json|ya?ml|env)|[\w.-]+\.(p12|pfx|jks|keystore|kdbx|ovpn))$/i;

/** The same where its text cannot be seen. */
export function isCertainlySecret(name: string): boolean {
  return certain.test(name);
}

const texts: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /^\s*[^#\n]*:_(?:authToken|auth|password)\s*=\s*["']?([^\s"']+)/m,
  /<(?:password|passphrase|privateKey)>([^<]+)<\//,
  /key="(?:ClearText)?Password"\s+value="([^"]+)"/,
  /\bmachine\s+\S+\s+login\s+\S+\s+password\s+(\S+)/,
  /:\/\/[^\s/:@]*:([^\s/@]+)@/,
  /"(?:[\w-]*(?:token|password|secret|private_key|api_?key))"\s*:\s*"([^"]+)"/i,
];

/** True for the text of a file in which a credential is written. */
export function holdsSecret(text: string): boolean {
  for (const pattern of texts) {
    const found = pattern.exec(text);
    if (found && (found[1] === undefined || isSecretValue(found[1]))) return true;
  }
  for (const [, name = '', value = ''] of text.matchAll(/^\s*(?:export\s+)?([A-Za-z_]\w*)\s*[=:]\s*["']?([^\s"'#]*)/gm))
    if (isCredentialName(name) && isSecretValue(value)) return true;
  return false;
}
