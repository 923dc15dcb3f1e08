/** Files that an install finds without being told of them: by the environment, or where programs look by themselves. */

/** Variables that name certificates and settings of what fetches. */
export const namingSettings: readonly string[] = [
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NODE_EXTRA_CA_CERTS',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'GIT_CONFIG_GLOBAL',
  'NPM_CONFIG_USERCONFIG',
  'npm_config_userconfig',
  'NPM_CONFIG_CAFILE',
  'npm_config_cafile',
  'PIP_CERT',
  'UV_CONFIG_FILE',
  'BUNDLE_SSL_CA_CERT',
];

/** Variables that name code which programs load when they start. */
export const namingCode: readonly string[] = ['NODE_OPTIONS', 'RUBYOPT', 'BASH_ENV', 'LD_PRELOAD'];

/** The system's settings and certificates, and settings in a home. */
export const settingsOfSystem =
  /^\/(etc|usr\/(local\/)?(etc|share\/(ca-certificates|keyrings)))\/|^(\/root|\/home\/[^/]+)?\/\.((npm|yarn|net|curl|wget|gem|bash)rc|gitconfig|ssh|config|pip|m2|gem|bundle|cargo|gnupg|local|cache|profile)(\/|$)/;

/** Folders of the root that are the system's, where a project may lie in others. */
export const ofSystem = /^\/(bin|boot|etc|lib\w*|media|run|sbin|tmp|usr\/(?!(local\/)?(src|app)\/)|var\/(?!(www|app|task)\/))/;
